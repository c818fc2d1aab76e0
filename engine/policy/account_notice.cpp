// Notices to an account (R3): one mail from the platform to its contact. No unit and no subscriber has a part in it.
// Apart from Builder, which needs a unit. The checks stand in the order in which a person would mend what they find:
// the platform's switch, its sender, the account's address, test mode. What was not mailed is a decision as well,
// stored and explained like any other.
#include "builder.hpp"
#include "ilbud/base/id.hpp"

namespace ilbud {

namespace {

// One skip and one step of the chain: a notice has one recipient, so the first "no" is the whole answer.
Decision refused(std::string_view rule, Reason reason, std::string finding, const std::string& to = {}) {
    Decision decision;
    decision.skipped.push_back({Kind::notice, std::string(name_of(reason)), to});
    decision.chain.push_back({std::string(rule), std::move(finding)});
    return decision;
}

PlannedMail mail_of(const Event& event, const Account& account, const NoticeSettings& notices, Time now) {
    PlannedMail mail;
    // The same four parts as any other mail's id (R2), so a notice that is accepted again is the mail it was.
    mail.id = stable_id({event.source, event.id, to_word(Kind::notice), account.contact_email});
    mail.kind = Kind::notice;
    mail.urgency = traits_of(Kind::notice).urgency;
    mail.account = account.id;
    mail.to = account.contact_email;
    mail.site = domain_of(mail.to);
    mail.from = notices.from;
    mail.from_name = notices.from_name;
    mail.reply_to = notices.reply_to;
    // The account's own: no subscriber is there who could have chosen one. unit stays empty, by which
    // the later rooms know a notice.
    mail.locale = account.language;
    mail.planned_at = now;
    return mail;
}

// To whoever runs the platform: no account has a part in it, so no test mode and no account's hold keeps it.
Decision decide_for_operator(const Event& event, const NoticeSettings& notices, Time now) {
    const std::string& to = notices.operator_email;
    if (!notices.enabled) return refused("R3", Reason::notices_off, "the platform mails no notices (notices.enabled)", to);
    if (notices.from.empty())
        return refused("R3", Reason::no_notice_sender, "the platform has no address to send notices from (notices.from)", to);
    if (to.empty()) return refused("R5", Reason::no_email, "nobody is named who runs the platform (notices.operator)");
    Account platform;  // whose contact is the operator
    platform.contact_email = to;
    platform.language = Locale::en;
    Decision decision;
    decision.mails.push_back(mail_of(event, platform, notices, now));
    decision.chain.push_back(
        {"R2", sentence({"notice mail ", decision.mails.front().id, " to ", to, " (the operator) from ", notices.from})});
    return decision;
}

}  // namespace

Result<Decision> decide_notice(const Settings& settings, const Event& event, const AccountNotice& notice, Time now) {
    if (notice.to_operator) return decide_for_operator(event, settings.platform.notices, now);
    // An error and not a skip: nobody is there for whom to record it. A reload may have taken the account away
    // since the notice was thought of.
    const Account* account = settings.account(notice.account);
    if (account == nullptr)
        return Error{"unknown_account", "data.account", sentence({"there is no account '", notice.account, "' in the settings"})};
    const NoticeSettings& notices = settings.platform.notices;
    const std::string& to = account->contact_email;
    if (!notices.enabled) return refused("R3", Reason::notices_off, "the platform mails no notices (notices.enabled)", to);
    if (notices.from.empty())
        return refused("R3", Reason::no_notice_sender, "the platform has no address to send notices from (notices.from)", to);
    if (to.empty()) return refused("R5", Reason::no_email, sentence({"account '", account->id, "' has no contact address"}));
    if (!may_leave(*account, to))
        return refused("R6", Reason::test_mode,
                       sentence({"account '", account->id, "' is in test mode and the domain of ", to, " is not an allowed one"}),
                       to);
    Decision decision;
    decision.mails.push_back(mail_of(event, *account, notices, now));
    const PlannedMail& mail = decision.mails.front();
    decision.chain.push_back({"R3", sentence({"a notice (", to_word(notice.cause), notice.subject.empty() ? "" : " of ",
                                              notice.subject, ") is for the contact of account '", account->id, "' alone"})});
    decision.chain.push_back({"R2", sentence({"notice mail ", mail.id, " to ", mail.to, " (the account's contact) from ",
                                              mail.from, ", in ", to_word(mail.locale)})});
    return decision;
}

}  // namespace ilbud
