// What must hold for every decision, tried on all combinations of what decisions depend on.
#include <map>
#include <set>

#include "ilbud/base/address.hpp"
#include "support/example.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

/// Takes one value after the other out of a number, so that counting goes through all combinations.
class Choice {
 public:
    explicit Choice(std::size_t number) : rest_(number) {}
    std::size_t of(std::size_t count) {
        const std::size_t chosen = rest_ % count;
        rest_ /= count;
        return chosen;
    }
    bool flag() { return of(2) == 1; }
    [[nodiscard]] bool beyond_last() const { return rest_ > 0; }  ///< the number was beyond the last combination

 private:
    std::size_t rest_;
};

const std::vector<std::string> addresses{"", "aase@holm.example", "AASE@holm.example", "ejer@bladet.example",
                                         "bo@betaler.example"};

void choose_people(Choice& choice, Event& event) {
    event.origin = static_cast<Origin>(choice.of(words<Origin>.size()));
    event.subscriber.email = addresses[choice.of(3)];
    const std::size_t payer = choice.of(addresses.size() + 1);
    if (payer < addresses.size()) event.payer = Payer{"Bo Betaler", addresses[payer]};
}

void choose_test_mode(Choice& choice, Account& account) {
    account.test_mode = choice.flag();
    account.test_domains = {"holm.example"};
}

/// The suppression key of an address that must be in wire form; nothing if it is not.
const std::string& key_of(const std::string& text) {
    static std::map<std::string, std::string> known;
    const auto [entry, fresh] = known.try_emplace(text);
    if (fresh)
        if (const auto address = parse_address(text); address && address->text() == text)
            entry->second = suppression_key(*address);
    return entry->second;
}

bool account_has(const Account& account, const std::string& email) {
    return !email.empty() && (key_of(email) == key_of(account.email) || key_of(email) == key_of(account.contact_email));
}

std::string complaint_about(const PlannedMail& mail, const Account& account) {
    for (const std::string& address : {mail.to, mail.from})
        if (key_of(address).empty()) return "not an address in wire form: " + address;
    for (const std::string& address : {mail.to, mail.from, mail.reply_to})
        if (account_has(account, address)) return "R3: an account address is used: " + address;
    if (account.test_mode) {
        const std::string domain = mail.to.substr(mail.to.find('@') + 1);
        if (domain != account.test_domains.front()) return "R6: test mode lets out " + mail.to;
    }
    return {};
}

/// What is wrong with `decision`, or nothing. `kinds` are those the event could have made.
std::string complaint(const Account& account, const Decision& decision, const std::vector<Kind>& kinds) {
    std::set<std::string> told;
    std::set<Kind> settled;
    for (const PlannedMail& mail : decision.mails) {
        if (auto wrong = complaint_about(mail, account); !wrong.empty()) return wrong;
        if (!told.insert(std::string(to_word(mail.kind)) + key_of(mail.to)).second) return "two mails to " + mail.to;
        if (!told.insert(mail.id).second) return "two mails with one id";
        settled.insert(mail.kind);
    }
    for (const Skip& skip : decision.skipped) {
        if (explain_skip(skip.reason).empty()) return "no explanation for " + skip.reason;
        if (!skip.to.empty() && !told.insert(std::string(to_word(skip.kind)) + key_of(skip.to)).second)
            return "mailed and skipped, or skipped twice: " + skip.to;
        settled.insert(skip.kind);
    }
    if (settled != std::set<Kind>(kinds.begin(), kinds.end())) return "a kind is neither planned nor skipped, or does not belong";
    if (decision.chain.empty()) return "no chain";
    for (const RuleStep& step : decision.chain)
        if (!step.rule.starts_with('R') || step.finding.empty()) return "an empty step in the chain";
    return {};
}

/// Goes through all combinations that `make` draws from its Choice (always the same draws), and names the first wrong one.
template <class Make>
void hold_for_all(Make make, std::size_t combinations) {
    std::size_t count = 0;
    std::string wrong;
    for (;; ++count) {
        Choice choice(count);
        Example example;
        std::vector<Kind> kinds;
        const Event event = make(choice, example, kinds);
        if (choice.beyond_last()) break;
        const auto decision = decide(example.settings, event, noon);
        wrong = decision ? complaint(example.account(), *decision, kinds) : to_text(decision.error());
        if (!wrong.empty()) break;
    }
    INFO("combination " << count);
    CHECK(wrong == "");
    CHECK(count == combinations);
}

}  // namespace

TEST_CASE(
    "decide: sign-ups: whatever the settings, origin and people, each kind is planned or skipped for a reason, once per "
    "address") {
    hold_for_all(
        [](Choice& choice, Example& example, std::vector<Kind>& kinds) {
            const std::string form = choice.flag() ? "bekraeft" : "net";
            Event event = choice.flag() ? created(form) : confirmed(form);
            choose_people(choice, event);
            choose_test_mode(choice, example.account());
            const std::vector<std::vector<Addressee>> addressees{
                {}, {Addressee::subscriber}, {Addressee::payer}, {Addressee::subscriber, Addressee::payer}};
            example.form(form).welcome_to = addressees[choice.of(addressees.size())];
            const std::size_t gift = choice.of(3);
            sign_up_of(event).gift = gift > 0;
            example.form(form).welcome_to_given = gift == 2;
            const std::size_t switches = choice.of(3);
            example.form(form).welcome_mail = switches != 1;
            example.service().mail_on_start = switches != 2;
            kinds = {Kind::welcome};
            if (event.type == EventType::created && form == "bekraeft") kinds.push_back(Kind::confirmation);
            return event;
        },
        2 * 2 * 6 * 3 * 6 * 2 * 4 * 3 * 3);
}

TEST_CASE("decide: endings: whatever the settings, origin and people, the mail is planned or skipped for a reason") {
    hold_for_all(
        [](Choice& choice, Example& example, std::vector<Kind>& kinds) {
            const bool stop = choice.flag();
            Event event = stop ? stopped() : cancelled();
            kinds = {stop ? Kind::stopped : Kind::cancelled};
            choose_people(choice, event);
            choose_test_mode(choice, example.account());
            example.service().mail_on_stop = choice.flag();
            example.service().reply_to = choice.flag() ? "kontakt@bladet.example" : "svar@avis.example";
            return event;
        },
        2 * 6 * 3 * 6 * 2 * 2 * 2);
}

TEST_CASE("decide: charges: whatever the settings, origin, people and charge, the receipt is planned or skipped for a reason") {
    hold_for_all(
        [](Choice& choice, Example& example, std::vector<Kind>& kinds) {
            Event event = charged();
            kinds = {Kind::receipt};
            choose_people(choice, event);
            choose_test_mode(choice, example.account());
            example.unit().card_receipts = choice.flag();
            charge_of(event).succeeded = choice.flag();
            charge_of(event).test = choice.flag();
            charge_of(event).amount = choice.flag() ? 100 : 0;
            charge_of(event).document_sent_before = choice.flag();
            return event;
        },
        6 * 3 * 6 * 2 * 2 * 2 * 2 * 2 * 2);
}

TEST_CASE("decide: invoices: whatever the settings, origin, people and copies, each address gets one mail or a reason") {
    hold_for_all(
        [](Choice& choice, Example& example, std::vector<Kind>& kinds) {
            Event event = invoiced();
            kinds = {Kind::invoice};
            choose_people(choice, event);
            choose_test_mode(choice, example.account());
            static const auto methods = shipped_methods();
            const std::size_t method = choice.of(methods.size() + 1);
            if (method < methods.size()) invoice_of(event).method = methods[method].name;
            if (choice.flag()) event.subscriber.ean = "5798000420526";
            invoice_of(event).automatic_agreement = choice.flag();
            invoice_of(event).resend = choice.flag();
            if (choice.flag()) invoice_of(event).copy_to = {addresses[1], addresses[2], addresses[3], addresses[4]};
            return event;
        },
        6 * 3 * 6 * 2 * 11 * 2 * 2 * 2 * 2);
}
