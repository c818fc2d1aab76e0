// The table is the one list of what mails can tell: the help, the folder of all previews and the samples go by
// it. The first of a kind is its usual one, so the order within a kind matters.
#include "situations.hpp"

namespace ilbud {
namespace {

constexpr Situation table[]{
    {Kind::confirmation, "standard", "One subscription"},
    {Kind::confirmation, "several", "Several subscriptions in one order"},
    {Kind::welcome, "standard", "One subscription"},
    {Kind::welcome, "several", "Several subscriptions in one order"},
    {Kind::welcome, "gift", "A gift: to the giver"},
    {Kind::welcome, "payer", "To who pays for somebody else"},
    {Kind::stopped, "standard", "Nothing is owed"},
    {Kind::stopped, "unpaid", "Something delivered is unpaid"},
    {Kind::stopped, "refund", "Money is due back"},
    {Kind::cancelled, "standard", "Ends with the paid period"},
    {Kind::cancelled, "date", "Ends on a date"},
    {Kind::cancelled, "last_day", "Ends today"},
    {Kind::cancelled, "unpaid", "Something delivered is unpaid"},
    {Kind::cancelled, "refund", "Money is due back"},
    {Kind::receipt, "standard", "A card paid an invoice"},
    {Kind::receipt, "without_invoice", "A card was charged without an invoice"},
    {Kind::receipt, "failed", "The charge failed"},
    {Kind::invoice, "standard", "To be paid"},
    {Kind::invoice, "automatic", "An agreement pays it by itself"},
    {Kind::invoice, "part_paid", "A part is paid"},
    {Kind::invoice, "paid", "Paid already"},
    {Kind::invoice, "overpaid", "More is paid than it costs"},
    {Kind::invoice, "free", "Costs nothing"},
    {Kind::invoice, "reminder", "Sent again"},
    {Kind::invoice, "fallback", "By mail after another way failed"},
    {Kind::invoice, "copy", "A copy to somebody else"},
    {Kind::payment_failed, "standard", "It will not be tried again"},
    {Kind::payment_failed, "retried", "It will be tried again"},
    {Kind::payment_failed, "without_invoice", "A charge without an invoice"},
    {Kind::credit_note, "standard", "Something in credit"},
    {Kind::credit_note, "copy", "A copy to somebody else"},
    {Kind::reminder, "first", "The first reminder"},
    {Kind::reminder, "second", "The second reminder"},
    {Kind::reminder, "last", "The last reminder, with a fee"},
    {Kind::reminder, "copy", "A copy to somebody else"},
    {Kind::renewal_notice, "standard", "It goes on by itself"},
    {Kind::price_change, "standard", "It will cost more"},
    {Kind::price_change, "cheaper", "It will cost less"},
    {Kind::card_expiring, "standard", "With a link to give another card"},
    {Kind::card_expiring, "without_link", "Without a link"},
    {Kind::gift_ending, "standard", "A gift ends in a while"},
    {Kind::gift_ending, "last_day", "A gift ends today"},
    {Kind::login_link, "standard", "A link was asked for"},
    {Kind::email_changed, "standard", "Another address"},
    {Kind::email_changed, "removed", "No address any more"},
    {Kind::withdrawn, "standard", "Nothing was paid"},
    {Kind::withdrawn, "refund", "Money is due back"},
    {Kind::known_address, "standard", "Somebody typed a known address"},
    {Kind::notice, "domain_broken", "A domain's DNS is not in order", NoticeCause::domain_broken},
    {Kind::notice, "domain_broken_signed", "The same; the platform signs instead", NoticeCause::domain_broken},
    {Kind::notice, "domain_broken_waiting", "The same; the mails wait", NoticeCause::domain_broken},
    {Kind::notice, "domain_fixed", "A domain's DNS is in order again", NoticeCause::domain_fixed},
    {Kind::notice, "key_change_stuck", "A key change waits for the DNS", NoticeCause::key_change_stuck},
    {Kind::notice, "bounce_rate", "Much mail bounces", NoticeCause::bounce_rate},
    {Kind::notice, "complaint_rate", "Many recipients complain", NoticeCause::complaint_rate},
};

}  // namespace

std::span<const Situation> situations() {
    return table;
}

// An empty name finds the usual one.
const Situation* find_situation(Kind kind, std::string_view name) {
    for (const Situation& each : table)
        if (each.kind == kind && (name.empty() || each.name == name)) return &each;
    return nullptr;
}

std::string situation_names(Kind kind) {
    std::string out;
    for (const Situation& each : table)
        if (each.kind == kind) (out += out.empty() ? "" : ", ") += each.name;
    return out;
}

}  // namespace ilbud
