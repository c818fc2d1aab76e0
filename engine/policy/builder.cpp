// Every mail but a notice is planned through plan(), so that R3, R5 and R6 hold for kinds that are added later,
// too. The order of its checks is the order of the explanations: no address, the same address again, the
// account's own, test mode, the sender.
// Suppressions (R7) are not looked at here: they change while a mail waits, so the queue
// asks when it lends (SECURITY S45).
#include "builder.hpp"

#include <algorithm>

#include "ilbud/base/address.hpp"
#include "ilbud/base/id.hpp"

namespace ilbud {

namespace {

// By suppression_key and not by bytes: "Anne@example.org" must not slip past R3 as another address than
// "anne@example.org". Domains are compared first, since they differ nearly always and a key costs an allocation.
bool same_address(std::string_view left, std::string_view right) {
    return domain_of(left) == domain_of(right) && mailbox_of(left) == mailbox_of(right);
}

// "example.org" allows itself alone, ".example.org" also every name below it.
// The dot stays part of what is compared, so that ".example.org" does not allow "notexample.org".
bool covers(std::string_view allowed, std::string_view domain) {
    if (!allowed.starts_with('.')) return domain == allowed;
    return domain == allowed.substr(1) || domain.ends_with(allowed);
}

// A language the unit has no texts in would mix two languages in one mail: then the unit's
// own is taken, and add() says so.
Locale locale_for(const Unit& unit, const std::optional<Locale>& asked) {
    if (!asked) return unit.language;
    const bool offered = std::find(unit.locales.begin(), unit.locales.end(), *asked) != unit.locales.end();
    return offered ? *asked : unit.language;
}

// In the order of the vocabulary, whatever the order in the settings: the same decision always reads the same.
std::string origins_of(const WordSet<Origin>& origins) {
    std::string list;
    for (std::size_t i = 0; i < words<Origin>.size(); ++i) {
        if (!origins.contains(static_cast<Origin>(i))) continue;
        if (!list.empty()) list += ", ";
        list += words<Origin>[i];
    }
    return list.empty() ? "none" : list;
}

// The rule behind a reason of the queue's own.
std::string_view rule_of(std::string_view reason) {
    if (reason == name_of(Reason::document_sent_before)) return "R17";
    if (reason == name_of(Reason::cancelled_before)) return "R14";
    if (reason == name_of(Reason::superseded)) return "R36";
    if (reason == name_of(Reason::suppressed)) return "R7";
    return "R23";
}

}  // namespace

// Findings are made for every event, also when nobody asks to see them: one allocation each instead of one a "+".
std::string sentence(std::initializer_list<std::string_view> parts) {
    std::size_t length = 0;
    for (const std::string_view part : parts) length += part.size();
    std::string text;
    text.reserve(length);
    for (const std::string_view part : parts) text += part;
    return text;
}

std::string kind_topic(Kind kind, const Unit& unit, std::string_view about) {
    return sentence({to_word(kind), ":", unit.id, ":", about});
}

// Topics are stored and compared by the queue. Another spelling here would no longer meet the topics
// of mails that wait since before.
std::string confirmation_topic(const Unit& unit, std::string_view order) {
    return sentence({"confirmation:", unit.id, ":", order});
}

// Named otherwise than confirmation_topic, since an order and a subscription may have the same id; and otherwise than
// welcome_topic, since `confirmed` withdraws the request and brings the welcome.
std::string request_topic(const Unit& unit, std::string_view subscription) {
    return sentence({"request:", unit.id, ":", subscription});
}

std::string welcome_topic(const Unit& unit, std::string_view subscription) {
    return sentence({"welcome:", unit.id, ":", subscription});
}

// Not parse_address: what is in wire form was checked when the event or the settings were read, and here it is asked
// several times a mail. The last '@' separates, as a quoted local part may hold others.
std::string mailbox_of(std::string_view email) {
    const std::size_t at = email.rfind('@');
    return suppression_key(Address{std::string(email.substr(0, at)), std::string(domain_of(email))});
}

// An empty list allows nobody: test mode without domains sends nothing at all.
bool may_leave(const Account& account, std::string_view email) {
    if (!account.test_mode) return true;
    return std::any_of(account.test_domains.begin(), account.test_domains.end(),
                       [&](const std::string& allowed) { return covers(allowed, domain_of(email)); });
}

// References only: settings and event outlive the builder, which lives as long as one decide(). Reply-To is the
// same for all mails of an event and found out once.
Builder::Builder(const Settings& snapshot, const Unit& its_unit, const Event& its_event, Time at)
    : settings(snapshot),
      unit(its_unit),
      account(snapshot.account_of(its_unit)),
      service(snapshot.customer_service_of(its_unit)),
      event(its_event),
      now_(at),
      reply_to_allowed_(!is_account_address(service.reply_to)) {
    // Room for a usual chain; a longer one costs one more allocation.
    decision_.chain.reserve(8);
}

void Builder::explain(std::string_view rule, std::string finding) {
    decision_.chain.push_back({std::string(rule), std::move(finding)});
}

// Topics of further kinds only where the unit mails them: nobody else's events have more to look up.
void Builder::withdraw_mails_of(std::string_view subscription) {
    supersede(request_topic(unit, subscription));
    supersede(welcome_topic(unit, subscription));
    explain("R36", sentence({"a confirmation request or welcome mail of subscription ", subscription,
                             " that has not left is withdrawn"}));
    for (const Kind kind : {Kind::renewal_notice, Kind::price_change, Kind::gift_ending}) {
        if (!is_on(kind)) continue;
        supersede(kind_topic(kind, unit, subscription));
        explain("R36", sentence({"so is a ", to_word(kind), " mail"}));
    }
}

// Reason and finding go together: the reason is for programs and counts, the finding names the very setting or address.
void Builder::skip(Kind kind, Reason reason, std::string_view rule, std::string finding, std::string_view to) {
    skip({.kind = kind, .reason = std::string(name_of(reason)), .to = std::string(to)}, rule, std::move(finding));
}

void Builder::skip(Skip skip, std::string_view rule, std::string finding) {
    decision_.skipped.push_back(std::move(skip));
    explain(rule, std::move(finding));
}

bool Builder::is_mailed(Kind kind) {
    if (is_on(kind)) return origin_mails(kind);
    skip(kind, Reason::kind_off, "R38", sentence({"unit '", unit.id, "' does not mail ", to_word(kind)}));
    return false;
}

// Asked before any address is looked at: what an import or an editor changes must mail nobody,
// however sound the addresses are.
bool Builder::origin_mails(Kind kind) {
    const WordSet<Origin>& mailed = service.mail_origins[static_cast<std::size_t>(kind)];
    const std::string_view origin = to_word(event.origin);
    if (mailed.contains(event.origin)) {
        explain("R4", sentence({"origin ", origin, " mails ", to_word(kind)}));
        return true;
    }
    if (is_required(kind) && event.origin != Origin::import) {
        explain("R38", sentence({"the law of ", unit.country, " asks for ", to_word(kind), ", so origin ", origin, " mails it"}));
        return true;
    }
    skip(kind, Reason::origin_not_mailed, "R4",
         sentence({"origin ", origin, " mails no ", to_word(kind), "; customer service '", service.id,
                   "' mails it for: ", origins_of(mailed)}));
    return false;
}

Recipient Builder::subscriber() const {
    return {event.subscriber.email, event.subscriber.name, "the subscriber"};
}

// A payer without an address cannot be written to; the subscriber, whose product it is,
// gets the document then (R17, R21).
Recipient Builder::debtor() const {
    if (event.payer && !event.payer->email.empty()) return {event.payer->email, event.payer->name, "the payer"};
    return subscriber();
}

// Only settings made by hand leave one of them empty: the loader takes email for a contact that is not told.
bool Builder::is_account_address(std::string_view email) const {
    for (const std::string* own : {&account.email, &account.contact_email})
        if (!own->empty() && same_address(*own, email)) return true;
    return false;
}

// The loader refuses such an address as well (account_file.cpp), but by its bytes; this is the
// check that knows other spellings.
bool Builder::sender_allowed(Kind kind, std::string_view from, std::string_view to) {
    if (!is_account_address(from)) return true;
    refuse(kind, Reason::account_sender, "R3",
           sentence({"the sender address ", from, " is one of account '", account.id, "' itself, so no ", to_word(kind),
                     " mail is made from it"}),
           to);
    return false;
}

// What the law asks for must then reach its recipient in another way.
void Builder::refuse(Kind kind, Reason reason, std::string_view rule, std::string finding, std::string_view to) {
    skip({.kind = kind, .reason = std::string(name_of(reason)), .to = std::string(to), .undeliverable = is_required(kind)}, rule,
         std::move(finding));
}

PlannedMail* Builder::plan(Kind kind, const Recipient& recipient, std::string_view rule) {
    const std::string_view name = to_word(kind);
    if (recipient.email.empty()) {
        refuse(kind, Reason::no_email, "R5", sentence({recipient.role, " has no e-mail address, so no ", name, " mail is made"}));
        return nullptr;
    }
    // By suppression key, so that two spellings of one mailbox get one mail (R22). It counts as seen also if a later
    // check refuses it: the same address as a copy would only repeat the refusal.
    if (!seen_.insert(mailbox_of(recipient.email)).second) {
        explain(rule, sentence({recipient.email, " (", recipient.role, ") was considered above; no second ", name,
                                " mail to one address"}));
        return nullptr;
    }
    // Skips and does not fail: the publisher's own people may subscribe with such an address, and the event is sound.
    if (is_account_address(recipient.email)) {
        refuse(kind, Reason::account_address, "R3",
               sentence({recipient.email, " (", recipient.role, ") is an address of account '", account.id,
                         "' itself and gets no ", name, " mail"}),
               recipient.email);
        return nullptr;
    }
    if (!may_leave(account, recipient.email)) {
        skip(kind, Reason::test_mode, "R6",
             sentence({"account '", account.id, "' is in test mode and ", domain_of(recipient.email),
                       " is not an allowed domain, so no ", name, " mail goes to ", recipient.email}),
             recipient.email);
        return nullptr;
    }
    const bool invoicing = settings.platform.kind(kind).from == MailFrom::invoice;
    // The sender is checked last: only a mail that would leave makes a wrong setting worth telling.
    const std::string& from = invoicing ? unit.invoice_email : service.support_email;
    if (!sender_allowed(kind, from, recipient.email)) return nullptr;
    return &add(kind, recipient, from, invoicing ? unit.name : service.name);
}

// The reference holds until the next mail is added: mails lie in a vector.
PlannedMail& Builder::add(Kind kind, const Recipient& recipient, const std::string& from, const std::string& from_name) {
    PlannedMail& mail = decision_.mails.emplace_back();
    mail.id = stable_id({event.source, event.id, to_word(kind), recipient.email});
    mail.kind = kind;
    mail.account = account.id;
    mail.unit = unit.id;
    mail.to = recipient.email;
    mail.site = domain_of(mail.to);
    mail.to_name = recipient.name;
    mail.from = from;
    mail.from_name = from_name;
    // Left out rather than refused: without Reply-To answers go to From, which is the unit's or its
    // customer service's address (R3).
    if (reply_to_allowed_) mail.reply_to = service.reply_to;
    const auto& asked = recipient.locale ? recipient.locale : event.subscriber.locale;
    mail.locale = locale_for(unit, asked);
    mail.copy = recipient.copy;
    mail.planned_at = now_;
    const auto& row = settings.platform.kind(kind);
    mail.urgency = row.urgency;
    mail.group = row.group;
    mail.give_up_at = gives_up_at(event, kind, unit.time_zone);
    mail.required_by_law = is_required(kind);

    const bool refused = asked && *asked != mail.locale;
    explain("R2",
            sentence({to_word(kind), " mail ", mail.id, " to ", mail.to, " (", recipient.role, ") from ", mail.from, ", in ",
                      to_word(mail.locale), refused ? "; the unit does not offer " : "", refused ? to_word(*asked) : ""}));
    if (!reply_to_allowed_)
        explain("R3",
                sentence({"Reply-To is left out: ", service.reply_to, " is an address of account '", account.id, "' itself"}));
    return mail;
}

bool is_undeliverable(const PlannedMail& mail, std::string_view reason) {
    return (traits_of(mail.kind).must_arrive || mail.required_by_law) && reason == name_of(Reason::suppressed);
}

std::string_view once_reason(Kind kind) {
    const bool of_invoice = kind == Kind::invoice || kind == Kind::credit_note;
    return name_of(of_invoice ? Reason::invoice_mailed_before : Reason::mailed_before);
}

void take_back(std::vector<RuleStep>& chain, const PlannedMail& mail, std::string_view reason) {
    RuleStep step{std::string(rule_of(reason)),
                  sentence({"no ", to_word(mail.kind), " mail to ", mail.to, " is made. ", explain_skip(reason)})};
    const auto name = sentence({to_word(mail.kind), " mail ", mail.id, " "});  // as add() begins
    const auto told =
        std::ranges::find_if(chain, [&name](const RuleStep& one) { return one.rule == "R2" && one.finding.starts_with(name); });
    if (told == chain.end())
        chain.push_back(std::move(step));
    else
        *told = std::move(step);
}

}  // namespace ilbud
