// The options of [notices], one row each.
// Rates are shares and not per cent: a 5 that was meant as 5 % is out of range.
#include "options.hpp"

namespace ilbud::settings_file {

template <>
const Options<NoticeSettings>& options() {
    using N = NoticeSettings;
    constexpr Number share{0.001, 1};
    static const Options<N> all{
        option("enabled", &N::enabled, Flag{}, "Mail them. Off: they are only logged (notice.not_mailed)."),
        option("from", &N::from, an_address.or_empty(),
               "Sender's address; its domain is signed, so our selectors must be published below it. Empty: notices are only "
               "logged."),
        option("from_name", &N::from_name, a_line, "Sender's name."),
        option("reply_to", &N::reply_to, an_address.or_empty(), "Where replies go, and whom to ask. Empty: the sender."),
        // An hour at least, or a domain that comes and goes would fill a mailbox.
        option("once_per", &N::once_per, Span{1h, 24h * 30},
               "At most one mail within this time to the same account for the same cause and the same domain."),
        // Whole hours, since that is how outcomes are counted; two at least, as the one that runs is never full.
        option("rate_window", &N::rate_window, Span{2h, 24h * 7},
               "The bounce and complaint rates are those of the time until now, in whole hours."),
        option("rate_interval", &N::rate_interval, Span{10s, 1h}, "How often they are looked at."),
        option("bounce_rate", &N::bounce_rate, share,
               "Share of an account's finished mails that bounced, from which on it is told …"),
        // One bounce of three mails is 33 % and says nothing.
        option("bounce_mails_min", &N::bounce_mails_min, Count{1, 1'000'000'000, "mails"}, "… if so many are finished."),
        option("complaint_rate", &N::complaint_rate, share,
               "Complaints as a share of an account's finished mails, from which on it is told …"),
        option("complaint_mails_min", &N::complaint_mails_min, Count{1, 1'000'000'000, "mails"}, "… if so many are finished."),
        option(
            "operator", &N::operator_email, an_address.or_empty(),
            "Whom to tell of what only the platform's operator can mend: a relay that refuses our account, an account whose mail "
            "is held (delivery.brake). In English; best at a domain of which no relay of ours is the mail server. Empty: only "
            "the log and `ilbud status` tell."),
        option("operator_once_per", &N::operator_once_per, Span{10min, 24h * 7},
               "At most one mail within this time to the operator about the same trouble; besides one when it is over."),
    };
    return all;
}

}  // namespace ilbud::settings_file
