#include "support/example.hpp"

#include "ilbud/base/address.hpp"

using namespace ilbud;
using namespace ilbud::test;
using Catch::Matchers::Contains;

TEST_CASE("decide: a unit that is not in the settings is refused by its field") {
    Event event = created();
    event.unit = "ukendt";
    const auto decision = decide(Example{}.settings, event, noon);
    REQUIRE_FALSE(decision);
    CHECK(decision.error().code == "unknown_unit");
    CHECK(decision.error().place == "data.unit");
    CHECK_THAT(decision.error().detail, Contains("'ukendt'"));
}

TEST_CASE("decide: names sender, recipient, unit, account and time of each mail") {
    const Example example;
    const PlannedMail welcome = only_mail(example, created());
    CHECK(welcome.kind == Kind::welcome);
    CHECK(welcome.account == "bladet");
    CHECK(welcome.unit == "avis");
    CHECK(welcome.to == "aase@holm.example");
    CHECK(welcome.to_name == "Åse Holm");
    CHECK(welcome.planned_at == noon);
    CHECK_FALSE(welcome.copy);
    CHECK(welcome.once_key.empty());
    CHECK(welcome.unless_mailed.empty());
    CHECK(welcome.unless_marked.empty());
}

TEST_CASE(
    "decide: confirmation, welcome, stop and cancel mails come from customer service, receipts and invoices from the unit") {
    const Example example;
    for (const Event& event : {created("bekraeft"), created(), stopped(), cancelled()}) {
        const PlannedMail mail = only_mail(example, event);
        CHECK(mail.from == "kunder@avis.example");
        CHECK(mail.from_name == "Avisens kundeservice");
    }
    for (const Event& event : {charged(), invoiced()}) {
        const PlannedMail mail = only_mail(example, event);
        CHECK(mail.from == "faktura@avis.example");
        CHECK(mail.from_name == "Avisen A/S");
    }
}

TEST_CASE("decide: Reply-To is the customer service's for every kind, and absent where none is set") {
    Example example;
    const std::vector<Event> events{created("bekraeft"), created(), stopped(), cancelled(), charged(), invoiced()};
    for (const Event& event : events) CHECK(only_mail(example, event).reply_to.empty());
    example.service().reply_to = "svar@avis.example";
    for (const Event& event : events) CHECK(only_mail(example, event).reply_to == "svar@avis.example");
}

TEST_CASE("decide: the subscriber's language is used only where the unit offers it") {
    Example example;
    example.unit().locales = {Locale::en};
    Event event = created();
    CHECK(only_mail(example, event).locale == Locale::da);
    event.subscriber.locale = Locale::en;
    CHECK(only_mail(example, event).locale == Locale::en);
    event.subscriber.locale = Locale::da;
    CHECK(only_mail(example, event).locale == Locale::da);
    event.subscriber.locale = Locale::sv;
    CHECK(only_mail(example, event).locale == Locale::da);
    CHECK_THAT(findings(decided(example, event), "R2"), Contains("in da; the unit does not offer sv"));
}

TEST_CASE("R1: the same event gives the same decision, ids included") {
    const Example example;
    const Decision first = decided(example, invoiced());
    const Decision second = decided(example, invoiced());
    CHECK(first.mails.front().id == second.mails.front().id);
    CHECK(effects(first) == effects(second));
    Event other = invoiced();
    other.id = "e-2";
    CHECK(only_mail(example, other).id != first.mails.front().id);
    other = invoiced();
    other.source = "/abonnement/andet";
    CHECK(only_mail(example, other).id != first.mails.front().id);
}

TEST_CASE("R2: a mail's id depends on event, kind and recipient, and on nothing else") {
    Example example;
    const std::string id = only_mail(example, created()).id;
    CHECK(id.size() == 26);

    Event event = created();
    event.subscriber.name = "Åse Holm-Krogh";
    example.service().name = "Kundecentret";
    const auto later = decide(example.settings, event, noon + 1h);
    REQUIRE(later);
    CHECK(later->mails.front().id == id);

    event.subscriber.email = "aase2@holm.example";
    CHECK(only_mail(example, event).id != id);
    CHECK(only_mail(example, confirmed()).id == id);
    CHECK(only_mail(example, created("bekraeft")).id != id);
}

TEST_CASE("R3: the account's own addresses get no mail, however they are capitalised") {
    const Example example;
    for (const std::string address : {"ejer@bladet.example", "Kontakt@bladet.example"}) {
        Event event = invoiced();
        event.subscriber.email = address;
        invoice_of(event).copy_to = {"bogholder@firma.example"};
        CHECK(effects(example, event) ==
              Lines{"invoice to bogholder@firma.example", "invoice skipped: account_address, to " + address});
    }
}

TEST_CASE("R3: the account's own addresses are never the sender") {
    Example example;
    example.unit().invoice_email = example.account().email;
    CHECK(effects(example, invoiced()) == Lines{"invoice skipped: account_sender, to aase@holm.example"});
    CHECK(effects(example, created()) == Lines{"welcome to aase@holm.example"});
    example.service().support_email = example.account().contact_email;
    CHECK(effects(example, created()) == Lines{"welcome skipped: account_sender, to aase@holm.example"});
}

TEST_CASE("R3: a Reply-To that is an account address is left out, and the chain says so") {
    Example example;
    example.service().reply_to = example.account().contact_email;
    const Decision decision = decided(example, created());
    REQUIRE(decision.mails.size() == 1);
    CHECK(decision.mails.front().reply_to.empty());
    CHECK_THAT(findings(decision, "R3"), Contains("Reply-To is left out: kontakt@bladet.example"));
}

TEST_CASE("R4: by default a publisher's changes mail no confirmation, welcome, stop or cancellation") {
    const Example example;
    for (Event event : {created("bekraeft"), created(), stopped(), cancelled()}) {
        event.origin = Origin::publisher;
        const Decision decision = decided(example, event);
        CHECK(decision.mails.empty());
        CHECK(decision.skipped.front().reason == "origin_not_mailed");
    }
}

TEST_CASE("R4: the default origins of each kind") {
    const Example example;
    const auto mailed_for = [&](Event event) {
        Lines origins;
        for (const Origin origin :
             {Origin::form, Origin::self_service, Origin::publisher, Origin::api, Origin::import, Origin::system}) {
            event.origin = origin;
            if (!decided(example, event).mails.empty()) origins.emplace_back(to_word(origin));
        }
        return origins;
    };
    const Lines sign_ups{"form", "self_service", "api"};
    const Lines every{"form", "self_service", "publisher", "api", "import", "system"};
    CHECK(mailed_for(created("bekraeft")) == sign_ups);
    CHECK(mailed_for(created()) == sign_ups);
    CHECK(mailed_for(confirmed()) == sign_ups);
    CHECK(mailed_for(stopped()) == Lines{"self_service"});
    CHECK(mailed_for(cancelled()) == Lines{"self_service"});
    CHECK(mailed_for(charged()) == every);
    CHECK(mailed_for(invoiced()) == every);
}

TEST_CASE("R4: the customer service may choose other origins for each kind") {
    Example example;
    example.origins(Kind::welcome) = {Origin::publisher};
    example.origins(Kind::invoice) = {};
    Event event = created();
    const Decision skipped = decided(example, event);
    CHECK(effects(skipped) == Lines{"welcome skipped: origin_not_mailed"});
    CHECK(findings(skipped, "R4") == "origin form mails no welcome; customer service 'kunder' mails it for: publisher\n");
    event.origin = Origin::publisher;
    CHECK(effects(example, event) == Lines{"welcome to aase@holm.example"});
    CHECK(effects(example, invoiced()) == Lines{"invoice skipped: origin_not_mailed"});
}

TEST_CASE("R5: without an address each kind is skipped as no_email") {
    const Example example;
    for (Event event : {created(), stopped(), cancelled(), charged(), invoiced()}) {
        event.subscriber.email.clear();
        const Decision decision = decided(example, event);
        CHECK(decision.mails.empty());
        REQUIRE(decision.skipped.size() == 1);
        CHECK(decision.skipped.front().reason == "no_email");
        CHECK_THAT(findings(decision, "R5"), Contains("the subscriber has no e-mail address"));
    }
}

TEST_CASE("R6: in test mode only the allowed domains are mailed, each recipient by itself") {
    Example example;
    example.account().test_mode = true;
    Event event = invoiced();
    invoice_of(event).copy_to = {"test@bladet.example", "x@sub.bladet.example", "x@notbladet.example"};
    CHECK(decided(example, event).mails.empty());
    example.account().test_domains = {"bladet.example"};
    CHECK(effects(example, event) == Lines{"invoice to test@bladet.example", "invoice skipped: test_mode, to aase@holm.example",
                                           "invoice skipped: test_mode, to x@sub.bladet.example",
                                           "invoice skipped: test_mode, to x@notbladet.example"});
}

TEST_CASE("R6: an allowed domain that begins with a dot covers the names below it too") {
    Example example;
    example.account().test_mode = true;
    example.account().test_domains = {"andet.example", ".bladet.example"};
    Event event = invoiced();
    event.subscriber.email = "x@bladet.example";
    invoice_of(event).copy_to = {"x@a.b.bladet.example", "x@notbladet.example"};
    CHECK(effects(example, event) == Lines{"invoice to x@bladet.example", "invoice to x@a.b.bladet.example",
                                           "invoice skipped: test_mode, to x@notbladet.example"});
}

TEST_CASE("R7: suppression is the queue's to apply: a decision names the address it will ask about") {
    const Example example;
    CHECK(effects(example, invoiced()) == Lines{"invoice to aase@holm.example"});
    CHECK_THAT(std::string(explain_skip("suppressed")), Contains("hard bounce"));
}

TEST_CASE("decide: the chain tells in order how a welcome mail came about") {
    const Decision decision = decided(Example{}, created());
    Lines chain;
    for (const RuleStep& step : decision.chain) chain.push_back(step.rule + ": " + step.finding);
    const std::string id = decision.mails.front().id;
    CHECK(chain == Lines{"R9: form 'net' asks for no confirmation, so the welcome mail belongs to created",
                         "R4: origin form mails welcome", "R10: form 'net' sends the welcome mail to the subscriber",
                         "R2: welcome mail " + id + " to aase@holm.example (the subscriber) from kunder@avis.example, in da"});
}
