#include <algorithm>

#include "support/example.hpp"

using namespace ilbud;
using namespace ilbud::test;
using Catch::Matchers::Contains;

namespace {

Event gift() {
    Event event = created();
    sign_up_of(event).gift = true;
    event.payer = Payer{"Bo Giver", "bo@giver.example"};
    return event;
}

}  // namespace

TEST_CASE("decide: a form the account does not have is refused by its field") {
    const Example example;
    for (const Event& event : {created("ukendt"), confirmed("ukendt")}) {
        const auto decision = decide(example.settings, event, noon);
        REQUIRE_FALSE(decision);
        CHECK(decision.error().code == "unknown_form");
        CHECK(decision.error().place == "data.form");
        CHECK_THAT(decision.error().detail, Contains("'ukendt'"));
    }
}

TEST_CASE("decide: an event that names no form is decided by a form's default settings, and the chain says so") {
    const Example example;
    const Decision decision = decided(example, created(""));
    CHECK(effects(decision) == Lines{"welcome to aase@holm.example"});
    CHECK_THAT(findings(decision, "R9"), Contains("names no form"));
    CHECK(effects(example, confirmed("")) == Lines{"welcome skipped: welcome_belongs_to_created"});
}

TEST_CASE("R8: a form that confirms first makes a confirmation request to the address typed") {
    const Example example;
    Event event = created("bekraeft");
    event.payer = Payer{"Bo Giver", "bo@giver.example"};
    CHECK(effects(example, event) == Lines{"confirmation to aase@holm.example", "welcome skipped: awaits_confirmation"});
    event.subscriber.email.clear();
    CHECK(effects(example, event) == Lines{"confirmation skipped: no_email", "welcome skipped: awaits_confirmation"});
}

TEST_CASE("R8: a created event that asks for confirmation must bring the link; one that mails nothing need not") {
    const Example example;
    Event event = created("bekraeft");
    sign_up_of(event).confirmation_url.clear();
    const auto decision = decide(example.settings, event, noon);
    REQUIRE_FALSE(decision);
    CHECK(decision.error().code == "missing_field");
    CHECK(decision.error().place == "data.confirmation_url");
    event.origin = Origin::import;
    CHECK(effects(example, event) == Lines{"confirmation skipped: origin_not_mailed", "welcome skipped: awaits_confirmation"});
}

TEST_CASE("R8: without confirmation no link is needed, nor is it on confirmed") {
    const Example example;
    for (Event event : {created(), confirmed()}) {
        sign_up_of(event).confirmation_url.clear();
        CHECK(effects(example, event) == Lines{"welcome to aase@holm.example"});
    }
}

TEST_CASE("R8: the switch for mail on start does not govern the confirmation request") {
    Example example;
    example.service().mail_on_start = false;
    example.form("bekraeft").welcome_mail = false;
    CHECK(effects(example, created("bekraeft")) ==
          Lines{"confirmation to aase@holm.example", "welcome skipped: awaits_confirmation"});
}

TEST_CASE("R9: the welcome mail comes on created, or on confirmed if the form confirms first, never on both") {
    const Example example;
    CHECK(effects(example, created("net")) == Lines{"welcome to aase@holm.example"});
    CHECK(effects(example, confirmed("net")) == Lines{"welcome skipped: welcome_belongs_to_created"});
    CHECK(effects(example, created("bekraeft")) ==
          Lines{"confirmation to aase@holm.example", "welcome skipped: awaits_confirmation"});
    CHECK(effects(example, confirmed("bekraeft")) == Lines{"welcome to aase@holm.example"});
}

TEST_CASE("R9: the welcome mail needs both switches, and the reason names the one that is off") {
    Example example;
    example.form("net").welcome_mail = false;
    CHECK(effects(example, created()) == Lines{"welcome skipped: form_switch_off"});
    example.form("net").welcome_mail = true;
    example.service().mail_on_start = false;
    CHECK(effects(example, created()) == Lines{"welcome skipped: service_switch_off"});
    CHECK(effects(example, confirmed()) == Lines{"welcome skipped: service_switch_off"});
}

TEST_CASE("R9: a form that names nobody for its welcome mail counts as switched off") {
    Example example;
    example.form("net").welcome_to = {};
    CHECK(effects(example, created()) == Lines{"welcome skipped: form_switch_off"});
}

TEST_CASE("R9: a start date in the future does not delay the welcome mail") {
    Event event = created();
    sign_up_of(event).subscriptions.front().starts_at = noon + 24h * 60;
    CHECK(only_mail(Example{}, event).planned_at == noon);
}

TEST_CASE("R10: the form says to whom: subscriber, payer or both, each in a mail of its own") {
    Example example;
    Event event = created();
    event.payer = Payer{"Bo Betaler", "bo@betaler.example"};
    CHECK(effects(example, event) == Lines{"welcome to aase@holm.example"});
    example.form("net").welcome_to_given = true;
    example.form("net").welcome_to = {Addressee::payer};
    CHECK(effects(example, event) == Lines{"welcome to bo@betaler.example"});
    CHECK(only_mail(example, event).to_name == "Bo Betaler");
    example.form("net").welcome_to = {Addressee::subscriber, Addressee::payer};
    const Decision both = decided(example, event);
    CHECK(effects(both) == Lines{"welcome to aase@holm.example", "welcome to bo@betaler.example"});
    CHECK(both.mails[0].id != both.mails[1].id);
}

TEST_CASE("R10: subscriber and payer with one address get one mail") {
    Example example;
    example.form("net").welcome_to = {Addressee::subscriber, Addressee::payer};
    Event event = created();
    CHECK(effects(example, event) == Lines{"welcome to aase@holm.example"});
    event.payer = Payer{"Åse Holm", "AASE@holm.example"};
    const Decision decision = decided(example, event);
    CHECK(effects(decision) == Lines{"welcome to aase@holm.example"});
    CHECK_THAT(findings(decision, "R10"), Contains("no second welcome mail to one address"));
}

TEST_CASE("R10: the subscriber is the payer where the event names none") {
    Example example;
    example.form("net").welcome_to = {Addressee::payer};
    CHECK(effects(example, created()) == Lines{"welcome to aase@holm.example"});
}

TEST_CASE("R10: a payer without an address is skipped, while the subscriber is mailed") {
    Example example;
    example.form("net").welcome_to = {Addressee::payer, Addressee::subscriber};
    Event event = created();
    event.payer = Payer{"Bo Betaler", {}};
    CHECK(effects(example, event) == Lines{"welcome to aase@holm.example", "welcome skipped: no_email"});
}

TEST_CASE("R10: a gift welcomes the payer alone, so that the recipient learns nothing early") {
    CHECK(effects(Example{}, gift()) == Lines{"welcome to bo@giver.example"});
}

TEST_CASE("R10: a gift whose payer has no address mails nobody") {
    const Example example;
    Event event = gift();
    event.payer->email.clear();
    CHECK(effects(example, event) == Lines{"welcome skipped: no_email"});
    event.payer.reset();
    CHECK(effects(example, event) == Lines{"welcome skipped: no_email"});
}

TEST_CASE("R10: a gift goes where the form says, if it says so") {
    Example example;
    example.form("net").welcome_to_given = true;
    CHECK(effects(example, gift()) == Lines{"welcome to aase@holm.example"});
    example.form("net").welcome_to = {Addressee::payer};
    Event event = gift();
    event.payer.reset();
    CHECK(effects(example, event) == Lines{"welcome skipped: no_email"});
}

TEST_CASE("R10: gift false is no gift") {
    Event event = gift();
    sign_up_of(event).gift = false;
    CHECK(effects(Example{}, event) == Lines{"welcome to aase@holm.example"});
}

TEST_CASE("R11: an empty welcome message still makes a welcome mail, for its automatic note") {
    Example example;
    example.service().welcome_message.clear();
    CHECK(effects(example, created()) == Lines{"welcome to aase@holm.example"});
}

TEST_CASE("R12: an order with several subscriptions makes one mail") {
    Event event = created();
    sign_up_of(event).subscriptions = {
        {"s-1", "Avisen", {}, std::nullopt}, {"s-2", "Magasinet", {}, std::nullopt}, {"s-3", "Ugen", {}, std::nullopt}};
    CHECK(effects(Example{}, event) == Lines{"welcome to aase@holm.example"});
}

TEST_CASE("R13: login options and a shared address change the wording alone") {
    Example example;
    example.service().login = {Login::number};
    Event event = created();
    event.subscriber.email_unique = false;
    CHECK(effects(example, event) == Lines{"welcome to aase@holm.example"});
}

TEST_CASE("R36: a confirmation request is about its order, by which it replaces earlier ones, and about its subscriptions") {
    const Example example;
    Event event = created("bekraeft");
    sign_up_of(event).subscriptions.push_back({"s-2", "Søndag", {}, std::nullopt});
    const Decision decision = decided(example, event);
    REQUIRE(decision.mails.size() == 1);
    CHECK(decision.mails[0].topics == Lines{"request:avis:s-1", "request:avis:s-2"});
    CHECK(decision.mails[0].replaces == "confirmation:avis:o-7");
    CHECK(decision.supersedes.empty());
    CHECK_THAT(findings(decision, "R36"), Contains("order o-7"));
    sign_up_of(event).order.clear();
    const PlannedMail without = only_mail(example, event);
    CHECK(without.topics == decision.mails[0].topics);
    CHECK(without.replaces.empty());
}

TEST_CASE("R36: a confirmation request that waits is made pointless by `confirmed`: by its order, and by its subscriptions") {
    Example example;
    Event event = confirmed();
    const PlannedMail request = only_mail(example, created("bekraeft"));
    CHECK(decided(example, event).supersedes == Lines{request.replaces, request.topics.at(0)});
    CHECK_THAT(findings(decided(example, event), "R36"), Contains("order o-7"));
    sign_up_of(event).order.clear();
    CHECK(decided(example, event).supersedes == request.topics);
    CHECK_THAT(findings(decided(example, event), "R36"), Contains("subscriptions") && !Contains("order"));
    // Also where nothing is mailed, and where the form asks for no confirmation any more.
    event.origin = Origin::import;
    CHECK(decided(example, event).mails.empty());
    CHECK(decided(example, event).supersedes == request.topics);
    CHECK(decided(example, confirmed("net")).supersedes == Lines{request.replaces, request.topics.at(0)});
    // In another unit it is another request.
    example.settings.units["magasin"] = example.unit();
    example.settings.units["magasin"].id = "magasin";
    event.unit = "magasin";
    CHECK(decided(example, event).supersedes == Lines{"request:magasin:s-1"});
}

TEST_CASE("R36: `confirmed` leaves the welcome mail alone, its own and that of others") {
    const Example example;
    const Decision decision = decided(example, confirmed());
    REQUIRE(decision.mails.size() == 1);
    for (const std::string& topic : decision.mails[0].topics)
        CHECK(std::find(decision.supersedes.begin(), decision.supersedes.end(), topic) == decision.supersedes.end());
}

TEST_CASE("R36: a request that makes no mail replaces none") {
    const Example example;
    Event event = created("bekraeft");
    event.subscriber.email.clear();
    CHECK(decided(example, event).supersedes.empty());
    CHECK(findings(decided(example, event), "R36").empty());
}

TEST_CASE("R36: a welcome mail is about each subscription it lists, whoever it goes to; it replaces nothing") {
    Example example;
    example.form("net").welcome_to = {Addressee::subscriber, Addressee::payer};
    Event event = created();
    event.payer = Payer{"Bo Betaler", "bo@betaler.example"};
    sign_up_of(event).subscriptions.push_back({"s-2", "Søndag", {}, std::nullopt});
    const Decision decision = decided(example, event);
    REQUIRE(decision.mails.size() == 2);
    for (const PlannedMail& mail : decision.mails) {
        CHECK(mail.topics == Lines{"welcome:avis:s-1", "welcome:avis:s-2"});
        CHECK(mail.replaces.empty());
    }
    CHECK(only_mail(example, gift()).topics == Lines{"welcome:avis:s-1"});
    CHECK(only_mail(example, confirmed()).topics == Lines{"welcome:avis:s-1"});
}
