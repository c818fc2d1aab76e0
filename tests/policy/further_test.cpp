// The further kinds (R38): what switches them on, whom they go to, until when, and what they make pointless.
#include "policy/support/example.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

template <class Data>
Event further(EventType type, Data data, Origin origin = Origin::self_service) {
    Event event = event_of(type, origin);
    event.data = std::move(data);
    return event;
}

const Subscription paper{"s-1", "Avisen", {}, std::nullopt};

Event failed(std::string invoice = "20117") {
    Event event = charged();
    charge_of(event).succeeded = false;
    charge_of(event).invoice_number = std::move(invoice);
    return event;
}
Event reminded(int level, Amount fee = 0) {
    Event event = invoiced();
    event.type = EventType::invoice_reminded;
    invoice_of(event).due_on = *parse_date("2025-06-23");
    invoice_of(event).reminder = Reminder{level, fee};
    return event;
}
Event renewing(std::string_view until = "2025-07-01T00:00:00+02:00") {
    return further(EventType::renewing,
                   Renewal{paper, *parse_time("2025-08-01T00:00:00+02:00"), 24900, "DKK", *parse_time(until)});
}
Event repriced() {
    return further(EventType::price_changed, PriceChange{paper, 24900, 26900, "DKK", *parse_date("2025-08-01")});
}
Event coming_end(bool gift, std::string_view until = "2025-07-31T22:00:00Z") {
    return further(EventType::ending, ComingEnd{paper, *parse_time(until), gift});
}
Event withdrawal(Origin origin = Origin::self_service) {
    return further(EventType::withdrawn, Withdrawal{paper, noon, 0, {}}, origin);
}
Event moved(std::string before, std::string now) {
    Event event = further(EventType::subscriber_changed, SubscriberChange{std::move(before), {}, {}});
    event.subscriber.email = std::move(now);
    return event;
}
Event expiring(std::chrono::year_month month) {
    return further(EventType::card_expiring, ExpiringCard{"Visa", "4242", month, {}});
}
Event login(std::string_view until = "2025-06-24T12:30:00+02:00") {
    return further(EventType::login_requested, LoginRequest{"https://avis.example/login", *parse_time(until)});
}
Event known() {
    return further(EventType::known_address, KnownAddress{"net"}, Origin::form);
}

const std::string aase = "aase@holm.example";

}  // namespace

TEST_CASE("R38: every shipped kind is made by an event that there is") {
    for (const auto& traits : kind_traits) {
        INFO(to_word(traits.kind));
        CHECK(from_word<EventType>(traits.event).has_value());
        CHECK(traits.urgency >= 0);
        CHECK(static_cast<std::size_t>(traits.urgency) < urgency_count);
        CHECK(shipped_kinds()[static_cast<std::size_t>(traits.kind)].kind == traits.kind);
    }
}

TEST_CASE("R38: the further kinds mail nothing until the unit switches them on, and say so") {
    Example example;
    const std::vector<std::pair<Event, std::string>> all{{reminded(1), "reminder"},
                                                         {renewing(), "renewal_notice"},
                                                         {repriced(), "price_change"},
                                                         {coming_end(true), "gift_ending"},
                                                         {withdrawal(), "withdrawn"},
                                                         {moved("old@holm.example", aase), "email_changed"},
                                                         {expiring(std::chrono::year(2025) / 9), "card_expiring"},
                                                         {login(), "login_link"}};
    for (const auto& [event, kind] : all) {
        INFO(kind);
        CHECK(effects(example, event) == Lines{kind + " skipped: kind_off"});
        const auto on = from_word<Kind>(kind);
        REQUIRE(on);
        Example switched;
        switched.unit().kinds[static_cast<std::size_t>(*on)] = true;
        const auto mails = decided(switched, event).mails;
        REQUIRE_FALSE(mails.empty());
        for (const auto& mail : mails) {
            CHECK(to_word(mail.kind) == kind);
            CHECK(mail.from == (mail.kind == Kind::reminder ? "faktura@avis.example" : "kunder@avis.example"));
        }
        // By the row it is on for every unit that does not say.
        Example by_row;
        by_row.settings.platform.kinds[static_cast<std::size_t>(*on)].on = true;
        CHECK_FALSE(decided(by_row, event).mails.empty());
        by_row.unit().kinds[static_cast<std::size_t>(*on)] = false;
        CHECK(decided(by_row, event).mails.empty());
    }
    // A failed charge is recorded as it ever was.
    CHECK(effects(example, failed()) == Lines{"receipt skipped: charge_failed"});
    CHECK(effects(example, known()) == Lines{"known_address skipped: kind_off"});
}

TEST_CASE("R38: a switch takes the six kinds away as well") {
    Example example;
    example.unit().kinds[static_cast<std::size_t>(Kind::invoice)] = false;
    CHECK(effects(example, invoiced()) == Lines{"invoice skipped: kind_off"});
}

TEST_CASE(
    "R38: what the law of the unit's country asks for is mailed unless it is an import, and told as undeliverable if it cannot "
    "be") {
    Example example;
    CHECK(effects(example, withdrawal()) == Lines{"withdrawn skipped: kind_off"});
    example.unit().country = "DK";
    CHECK(effects(example, withdrawal(Origin::publisher)) == Lines{"withdrawn to " + aase});
    CHECK(effects(example, withdrawal(Origin::import)) == Lines{"withdrawn skipped: origin_not_mailed"});
    Event notice = cancelled();
    notice.origin = Origin::publisher;
    CHECK(effects(example, notice) == Lines{"cancelled skipped: origin_not_mailed"});  // Germany's alone
    example.unit().country = "DE";
    example.service().mail_on_stop = false;
    CHECK(effects(example, notice) == Lines{"cancelled to " + aase});
    CHECK(only_mail(example, notice).required_by_law);
    CHECK(is_undeliverable(only_mail(example, notice), "suppressed"));
    CHECK_FALSE(is_undeliverable(only_mail(example, notice), "superseded"));
    Event nobody = notice;
    nobody.subscriber.email.clear();
    const auto decision = decided(example, nobody);
    REQUIRE(decision.skipped.size() == 1);
    CHECK(decision.skipped[0].reason == "no_email");
    CHECK(decision.skipped[0].undeliverable);
    example.settings.platform.kinds[static_cast<std::size_t>(Kind::receipt)].required_by_law = {"DE"};
    example.unit().card_receipts = false;
    CHECK(effects(example, charged()) == Lines{"receipt to " + aase});
    // A stop is nothing that the law speaks of.
    CHECK(effects(example, stopped()) == Lines{"stopped skipped: service_switch_off"});
    example.unit().country = "NO";
    CHECK(effects(example, withdrawal()) == Lines{"withdrawn skipped: kind_off"});
    // What somebody says outweighs it, and `ilbud check` remarks that.
    example.unit().country = "DE";
    example.unit().kinds[static_cast<std::size_t>(Kind::cancelled)] = false;
    CHECK(effects(example, notice) == Lines{"cancelled skipped: kind_off"});
}

TEST_CASE(
    "R18: a failed charge is told to the debtor in the place of a receipt, and withdrawn when the invoice is paid after all") {
    Example example;
    example.switch_on();
    Event event = failed();
    event.payer = Payer{"Bo", "bo@holm.example"};
    CHECK(effects(example, event) == Lines{"payment_failed to bo@holm.example"});
    const auto mail = only_mail(example, event);
    CHECK(mail.from == "faktura@avis.example");
    CHECK(mail.replaces == "payment_failed:avis:20117");
    CHECK(decided(example, charged()).supersedes == std::vector<std::string>{"payment_failed:avis:20117", "reminder:avis:20117:1",
                                                                             "reminder:avis:20117:2", "reminder:avis:20117:3"});
    CHECK(only_mail(example, failed("")).replaces.empty());
    charge_of(event).amount = 0;
    CHECK(effects(example, event) == Lines{"payment_failed skipped: amount_zero"});
    charge_of(event).test = true;
    CHECK(effects(example, event) == Lines{"payment_failed skipped: test_charge"});
    // What charges nobody does not undo a failure.
    Event test = charged();
    charge_of(test).test = true;
    CHECK(decided(example, test).supersedes.empty());
    Event nothing = charged();
    charge_of(nothing).amount = 0;
    CHECK(decided(example, nothing).supersedes.empty());
    example.unit().card_receipts = false;
    CHECK_FALSE(decided(example, charged()).supersedes.empty());
    CHECK(decided(Example(), charged()).supersedes.empty());
}

TEST_CASE("R37: an invoice below zero is a credit note, decided as an invoice is") {
    Example example;
    Event event = invoiced();
    invoice_of(event).total = -125000;
    invoice_of(event).copy_to = {"regnskab@holm.example"};
    CHECK(effects(example, event) == Lines{"credit_note to " + aase, "credit_note to regnskab@holm.example"});
    CHECK(decided(example, event).mails[0].once_key == "invoice:avis:20118:" + aase);
    invoice_of(event).method = "paper";
    CHECK(effects(example, event) == Lines{"credit_note skipped: method_paper"});
    example.unit().kinds[static_cast<std::size_t>(Kind::credit_note)] = false;
    CHECK(effects(example, event) == Lines{"credit_note skipped: kind_off"});
    invoice_of(event).total = 0;
    invoice_of(event).method.clear();
    CHECK(effects(example, event).front() == "invoice to " + aase);
}

TEST_CASE("R38: a reminder goes to the debtor and its copies whatever the method, once a level, and withdraws lower ones") {
    Example example;
    example.switch_on();
    Event event = reminded(3);
    invoice_of(event).method = "betalingsservice";
    invoice_of(event).copy_to = {"regnskab@holm.example", "AASE@holm.example"};
    CHECK(effects(example, event) == Lines{"reminder to " + aase, "reminder to regnskab@holm.example"});
    const auto decision = decided(example, event);
    CHECK(decision.mails[0].once_key == "reminder:avis:20118:3:" + aase);
    CHECK(decision.mails[0].topics == std::vector<std::string>{"reminder:avis:20118:3"});
    CHECK(decision.supersedes == std::vector<std::string>{"reminder:avis:20118:1", "reminder:avis:20118:2"});
    CHECK(decided(example, reminded(1)).supersedes.empty());
    invoice_of(event).open_amount = 0;
    CHECK(effects(example, event) == Lines{"reminder skipped: nothing_open"});
    CHECK(decided(example, event).supersedes.size() == 3);
    invoice_of(event).open_amount = 100;
    invoice_of(event).resend = true;
    CHECK(decided(example, event).mails[0].repeat);
    invoice_of(event).due_on = *parse_date("2025-06-24");
    CHECK(effects(example, event) == Lines{"reminder skipped: not_due"});
    Event settled = invoiced();
    CHECK(decided(example, settled).supersedes.empty());
    invoice_of(settled).open_amount = 0;
    CHECK(decided(example, settled).supersedes.size() == 3);
    CHECK(decided(Example(), settled).supersedes.empty());
    CHECK(once_reason(Kind::reminder) == "mailed_before");
    CHECK(once_reason(Kind::credit_note) == "invoice_mailed_before");
}

TEST_CASE("R38: what is of no use any more is not mailed, and the mail says until when it is") {
    Example example;
    example.switch_on();
    CHECK(only_mail(example, login()).give_up_at == *parse_time("2025-06-24T12:30:00+02:00"));
    CHECK(only_mail(example, login()).replaces == "login_link:avis:1001");
    CHECK(effects(example, login("2025-06-24T12:00:00+02:00")) == Lines{"login_link skipped: too_late"});
    CHECK(only_mail(example, renewing()).give_up_at == *parse_time("2025-07-01T00:00:00+02:00"));
    CHECK(effects(example, renewing("2025-06-24T11:59:59+02:00")) == Lines{"renewal_notice skipped: too_late"});
    CHECK(only_mail(example, coming_end(true)).give_up_at == *parse_time("2025-07-31T22:00:00Z"));
    CHECK(effects(example, coming_end(false)) == Lines{"gift_ending skipped: not_a_gift"});
    CHECK(effects(example, coming_end(true, "2025-06-24T09:00:00Z")) == Lines{"gift_ending skipped: too_late"});
    // The end of its last month, where the unit is.
    CHECK(only_mail(example, expiring(std::chrono::year(2025) / 6)).give_up_at == *parse_time("2025-07-01T00:00:00+02:00"));
    CHECK(only_mail(example, expiring(std::chrono::year(2025) / 12)).give_up_at == *parse_time("2026-01-01T00:00:00+01:00"));
    CHECK(effects(example, expiring(std::chrono::year(2025) / 5)) == Lines{"card_expiring skipped: too_late"});
    CHECK_FALSE(only_mail(example, repriced()).give_up_at);
    CHECK(only_mail(example, repriced()).replaces == "price_change:avis:s-1");
    Event same = repriced();
    std::get<PriceChange>(same.data).now = 24900;
    CHECK(effects(example, same) == Lines{"price_change skipped: price_unchanged"});
    CHECK(decided(example, same).supersedes == std::vector<std::string>{"price_change:avis:s-1"});  // taken back
}

TEST_CASE("R36: what ends a subscription withdraws what waits about its renewal, its price and its end as a gift") {
    Example example;
    const std::vector<std::string> always{"request:avis:s-1", "welcome:avis:s-1"};
    CHECK(decided(example, stopped()).supersedes == always);
    CHECK(decided(example, withdrawal()).supersedes == always);
    example.switch_on();
    const std::vector<std::string> all{"request:avis:s-1", "welcome:avis:s-1", "renewal_notice:avis:s-1", "price_change:avis:s-1",
                                       "gift_ending:avis:s-1"};
    for (const Event& event : {stopped(), cancelled(), withdrawal()}) CHECK(decided(example, event).supersedes == all);
    CHECK(only_mail(example, renewing()).topics == std::vector<std::string>{"renewal_notice:avis:s-1"});
    CHECK(only_mail(example, coming_end(true)).topics == std::vector<std::string>{"gift_ending:avis:s-1"});
    for (const Event& event : {renewing(), repriced(), coming_end(true)}) CHECK(may_have_topics(only_mail(example, event).kind));
}

TEST_CASE("R38: another address is told to both, a removed one to the old one alone, and no change to nobody") {
    Example example;
    example.switch_on();
    CHECK(effects(example, moved("old@holm.example", aase)) ==
          Lines{"email_changed to old@holm.example", "email_changed to " + aase});
    CHECK(effects(example, moved("old@holm.example", "")) == Lines{"email_changed to old@holm.example"});
    CHECK(decided(example, moved("old@holm.example", aase)).supersedes == std::vector<std::string>{"login_link:avis:1001"});
    CHECK(decided(example, moved(aase, aase)).supersedes.empty());
    CHECK(effects(example, moved("AASE@holm.example", aase)) == Lines{"email_changed skipped: address_unchanged"});
    CHECK(effects(example, moved("", aase)) == Lines{"email_changed skipped: address_unchanged"});
    // Whoever takes an address over chooses no language for its owner.
    Event foreign = moved("old@holm.example", aase);
    example.unit().locales = {Locale::sv, Locale::en};
    foreign.subscriber.locale = Locale::sv;
    std::get<SubscriberChange>(foreign.data).locale = Locale::en;
    std::get<SubscriberChange>(foreign.data).name = "Old Name";
    const auto mails = decided(example, foreign).mails;
    REQUIRE(mails.size() == 2);
    CHECK(mails[0].locale == Locale::en);
    CHECK(mails[0].to_name == "Old Name");
    CHECK(mails[1].locale == Locale::sv);
    CHECK(mails[1].to_name == "Åse Holm");
    Event import = moved("old@holm.example", aase);
    import.origin = Origin::import;
    CHECK(effects(example, import) == Lines{"email_changed skipped: origin_not_mailed"});
}

TEST_CASE("R25: who owns a known address is told at most once a day of the unit's own") {
    Example example;
    example.switch_on();
    CHECK(only_mail(example, known()).once_key == "known_address:avis:" + aase + ":2025-06-24");
    CHECK(only_mail(example, known()).from == "kunder@avis.example");
}

TEST_CASE("R38: mail of a further kind is subject to test mode, the account's own addresses and the sender as any other") {
    Example example;
    example.switch_on();
    example.account().test_mode = true;
    CHECK(effects(example, login()) == Lines{"login_link skipped: test_mode, to " + aase});
    example.account().test_mode = false;
    Event own = login();
    own.subscriber.email = "ejer@bladet.example";
    CHECK(effects(example, own) == Lines{"login_link skipped: account_address, to ejer@bladet.example"});
    example.settings.platform.kinds[static_cast<std::size_t>(Kind::login_link)].from = MailFrom::invoice;
    CHECK(only_mail(example, login()).from == "faktura@avis.example");
}

TEST_CASE("R38: class and group of a mail are those of its kind's row when it is planned") {
    Example example;
    CHECK(only_mail(example, invoiced()).urgency == 2);
    CHECK(group_of(only_mail(example, invoiced())) == "payment");
    CHECK(only_mail(example, created("bekraeft")).urgency == 0);
    CHECK(group_of(only_mail(example, created("bekraeft"))) == "subscription");
    auto& row = example.settings.platform.kinds[static_cast<std::size_t>(Kind::invoice)];
    row.urgency = 0;
    row.group = "papers";
    CHECK(only_mail(example, invoiced()).urgency == 0);
    CHECK(group_of(only_mail(example, invoiced())) == "papers");
}
