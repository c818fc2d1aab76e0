#include "support/example.hpp"

using namespace ilbud;
using namespace ilbud::test;
using Catch::Matchers::Contains;

namespace {

Event invoiced_by(const std::string& method) {
    Event event = invoiced();
    invoice_of(event).method = method;
    return event;
}

}  // namespace

TEST_CASE("R20: an invoice by e-mail is mailed, by other methods skipped under the method's name") {
    const Example example;
    CHECK(effects(example, invoiced_by("email")) == Lines{"invoice to aase@holm.example"});
    CHECK(effects(example, invoiced_by("betalingsservice")) == Lines{"invoice skipped: method_betalingsservice"});
    CHECK(effects(example, invoiced_by("autogiro")) == Lines{"invoice skipped: method_autogiro"});
    CHECK(effects(example, invoiced_by("nemhandel")) == Lines{"invoice skipped: method_nemhandel"});
    CHECK(effects(example, invoiced_by("paper")) == Lines{"invoice skipped: method_paper"});
}

TEST_CASE("R20: an invoice by card is mailed unless there is an automatic agreement") {
    const Example example;
    Event event = invoiced_by("card");
    CHECK(effects(example, event) == Lines{"invoice to aase@holm.example"});
    invoice_of(event).automatic_agreement = true;
    CHECK(effects(example, event) == Lines{"invoice skipped: method_card"});
}

TEST_CASE("R20: an automatic agreement does not stop an invoice by e-mail") {
    Event event = invoiced_by("email");
    invoice_of(event).automatic_agreement = true;
    CHECK(effects(Example{}, event) == Lines{"invoice to aase@holm.example"});
}

TEST_CASE("R20: the subscription's own method comes before the subscriber's choice, and that before the unit's preference") {
    Example example;
    example.unit().preferred_method = "paper";
    Event event = invoiced();
    CHECK(effects(example, event) == Lines{"invoice skipped: method_paper"});
    event.subscriber.invoicing = "efaktura";
    CHECK(effects(example, event) == Lines{"invoice skipped: method_efaktura"});
    invoice_of(event).method = "email";
    CHECK(effects(example, event) == Lines{"invoice to aase@holm.example"});
}

TEST_CASE("R20: an EAN number means nemhandel, whatever else was chosen") {
    const Example example;
    Event event = invoiced();
    event.subscriber.ean = "5798000420526";
    event.subscriber.invoicing = "email";
    CHECK(effects(example, event) == Lines{"invoice skipped: method_nemhandel"});
    invoice_of(event).method = "email";
    CHECK(effects(example, event) == Lines{"invoice skipped: method_nemhandel"});
}

TEST_CASE("R20: a method the unit does not allow is passed over at each level") {
    Example example;
    example.unit().methods = {"email", "betalingsservice"};
    Event event = invoiced_by("paper");
    event.subscriber.invoicing = "betalingsservice";
    const Decision decision = decided(example, event);
    CHECK(effects(decision) == Lines{"invoice skipped: method_betalingsservice"});
    CHECK(findings(decision, "R20") ==
          "the subscription's own method is paper, which the unit does not allow: passed over\n"
          "the subscriber's choice is betalingsservice\n"
          "an invoice by betalingsservice is not mailed, nor are its copies\n");
    event.subscriber.invoicing = "card";
    CHECK(effects(example, event) == Lines{"invoice to aase@holm.example"});
}

TEST_CASE(
    "R20: a debtor who must be invoiced electronically gets no other invoice from a unit that sends none: it is undeliverable") {
    Example example;
    Event event = invoiced_by("email");
    invoice_of(event).copy_to = {"revisor@tal.example"};
    event.subscriber.e_invoice = ElectronicAddress{"0192", "974760673"};
    CHECK(effects(example, event) == Lines{"invoice skipped: method_nemhandel"});
    CHECK_FALSE(decided(example, event).skipped.at(0).undeliverable);
    example.unit().methods = {"email", "card"};
    CHECK(effects(example, event) == Lines{"invoice skipped: method_nemhandel"});
    const Decision decision = decided(example, event);
    CHECK(decision.skipped.at(0).undeliverable);
    CHECK(findings(decision, "R20") ==
          "the method of a subscriber with another electronic address is nemhandel, though the unit does not allow it\n"
          "an invoice by nemhandel is not mailed, and the unit sends none: nobody gets it\n");
}

TEST_CASE("R20: what did not reach the debtor by its method is mailed, copies too, and the chain says so") {
    Example example;
    example.unit().methods = {"email", "betalingsservice"};
    Event event = invoiced_by("betalingsservice");
    invoice_of(event).automatic_agreement = true;
    invoice_of(event).copy_to = {"revisor@tal.example"};
    event.subscriber.ean = "5798000420526";
    invoice_of(event).fallback_from = "nemhandel";
    const Decision decision = decided(example, event);
    CHECK(effects(decision) == Lines{"invoice to aase@holm.example", "invoice to revisor@tal.example"});
    CHECK(findings(decision, "R20") ==
          "it did not reach the debtor by nemhandel (fallback_from), so it is mailed whatever its method says\n");
}

TEST_CASE("R20: a method that the settings do not know is refused, wherever it is named, with the one that may be meant") {
    const Example example;
    const auto refusal = [&](const Event& event) {
        const auto decision = decide(example.settings, event, noon);
        REQUIRE_FALSE(decision.has_value());
        return to_text(decision.error());
    };
    Event event = invoiced_by("e-mail");
    CHECK(refusal(event) ==
          "data.method: there is no invoicing method 'e-mail' in the settings; is email meant? (unknown_method)");
    event = invoiced();
    event.subscriber.invoicing = "pigeon";
    CHECK(refusal(event) == "data.subscriber.invoicing: there is no invoicing method 'pigeon' in the settings (unknown_method)");
    event = invoiced();
    invoice_of(event).fallback_from = "Vipps";
    CHECK_THAT(refusal(event), Contains("data.fallback_from") && Contains("is vipps meant?"));
    event = created();
    event.subscriber.invoicing = "pigeon";
    CHECK_THAT(refusal(event), Contains("data.subscriber.invoicing"));
}

TEST_CASE("R20: methods of the settings count as the shipped ones do") {
    Example example;
    example.settings.platform.methods.push_back({"girokort", MailedBy::always, "girokort"});
    example.settings.platform.methods.push_back({"factoring", MailedBy::never, {}});
    example.unit().methods = {"email", "girokort", "factoring"};
    CHECK(effects(example, invoiced_by("girokort")) == Lines{"invoice to aase@holm.example"});
    CHECK(effects(example, invoiced_by("factoring")) == Lines{"invoice skipped: method_factoring"});
    CHECK_THAT(std::string(explain_skip("method_factoring")), Contains("not mailed"));
}

// The whole table in one place, so that it can be read: what becomes of an invoice by its method, with and without an automatic
// agreement, by when the unit sends documents, and where the method failed.
TEST_CASE("R20: the decision table of the shipped methods") {
    const auto outcome = [](const std::string& method, bool agreement, CardDocument document, bool fallback) {
        Example example;
        example.unit().card_document = document;
        Event event = invoiced_by(method);
        invoice_of(event).automatic_agreement = agreement;
        if (fallback) invoice_of(event).fallback_from = method;
        return effects(example, event) == Lines{"invoice to aase@holm.example"}        ? "mailed  "
               : effects(example, event) == Lines{"invoice skipped: method_" + method} ? "skipped "
                                                                                       : "?       ";
    };
    std::string table = "\n                  alone   agreement: at_charge  ahead   fallback_from\n";
    for (const auto& method : shipped_methods()) {
        auto line = method.name;
        line.resize(18, ' ');
        line += outcome(method.name, false, CardDocument::at_charge, false);
        line += "           ";
        line += outcome(method.name, true, CardDocument::at_charge, false);
        line += "   ";
        line += outcome(method.name, true, CardDocument::ahead, false);
        line += outcome(method.name, true, CardDocument::at_charge, true);
        table += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    INFO(table);
    CHECK(table == R"(
                  alone   agreement: at_charge  ahead   fallback_from
email             mailed             mailed     mailed  mailed
card              mailed             skipped    mailed  mailed
mobilepay         mailed             skipped    mailed  mailed
vipps             mailed             skipped    mailed  mailed
betalingsservice  skipped            skipped    skipped mailed
autogiro          skipped            skipped    skipped mailed
avtalegiro        skipped            skipped    skipped mailed
efaktura          skipped            skipped    skipped mailed
nemhandel         skipped            skipped    skipped mailed
paper             skipped            skipped    skipped mailed
)");
}

TEST_CASE("R21: the invoice goes to the payer who has an address, else to the subscriber") {
    const Example example;
    Event event = invoiced();
    event.payer = Payer{"Firma ApS", "bogholderi@firma.example"};
    const PlannedMail mail = only_mail(example, event);
    CHECK(mail.to == "bogholderi@firma.example");
    CHECK(mail.to_name == "Firma ApS");
    CHECK_FALSE(mail.copy);
    event.payer->email.clear();
    CHECK(effects(example, event) == Lines{"invoice to aase@holm.example"});
}

TEST_CASE("R21: the mail to a payer is in the subscriber's language") {
    Example example;
    example.unit().locales = {Locale::en};
    Event event = invoiced();
    event.payer = Payer{"Firma ApS", "bogholderi@firma.example"};
    event.subscriber.locale = Locale::en;
    CHECK(only_mail(example, event).locale == Locale::en);
}

TEST_CASE("R22: each copy is a mail of its own") {
    Event event = invoiced();
    invoice_of(event).copy_to = {"revisor@tal.example", "arkiv@firma.example"};
    const Decision decision = decided(Example{}, event);
    CHECK(effects(decision) ==
          Lines{"invoice to aase@holm.example", "invoice to revisor@tal.example", "invoice to arkiv@firma.example"});
    CHECK_FALSE(decision.mails[0].copy);
    CHECK(decision.mails[1].copy);
    CHECK(decision.mails[2].copy);
    CHECK(decision.mails[1].to_name.empty());
    CHECK(decision.mails[1].id != decision.mails[2].id);
}

TEST_CASE("R22: no address gets the invoice twice, the debtor's included") {
    Event event = invoiced();
    invoice_of(event).copy_to = {"AASE@holm.example", "revisor@tal.example", "Revisor@tal.example", "revisor@tal.example"};
    const Decision decision = decided(Example{}, event);
    CHECK(effects(decision) == Lines{"invoice to aase@holm.example", "invoice to revisor@tal.example"});
    CHECK_THAT(findings(decision, "R22"), Contains("AASE@holm.example (a copy)"));
}

TEST_CASE("R22: a missing main address does not suppress the copies") {
    Event event = invoiced();
    event.subscriber.email.clear();
    invoice_of(event).copy_to = {"revisor@tal.example"};
    CHECK(effects(Example{}, event) == Lines{"invoice to revisor@tal.example", "invoice skipped: no_email"});
}

TEST_CASE("R22: an address of copy_to that is none keeps the invoice from nobody else, and the sender is told which") {
    Event event = invoiced();
    invoice_of(event).copy_to = {"revisor@tal.example"};
    invoice_of(event).refused_copies = {{"invalid_address", "data.copy_to[1]", "has no '@'"}};
    const Decision decision = decided(Example{}, event);
    CHECK(effects(decision) ==
          Lines{"invoice to aase@holm.example", "invoice to revisor@tal.example", "invoice skipped: copy_invalid"});
    CHECK(decision.skipped.front().field == "data.copy_to[1]");
    CHECK_THAT(findings(decision, "R22"), Contains("data.copy_to[1] is no address (has no '@')"));
    invoice_of(event).method = "paper";
    CHECK(effects(Example{}, event) == Lines{"invoice skipped: method_paper"});
}

TEST_CASE("R22: copies go out only when the method sends mail at all") {
    Event event = invoiced_by("betalingsservice");
    invoice_of(event).copy_to = {"revisor@tal.example"};
    CHECK(effects(Example{}, event) == Lines{"invoice skipped: method_betalingsservice"});
}

TEST_CASE("R23: one invoice number makes one mail per recipient: the key is the same for every event of it") {
    const Example example;
    Event first = invoiced();
    invoice_of(first).copy_to = {"Revisor@tal.example"};
    Event second = first;
    second.id = "e-2";
    invoice_of(second).copy_to = {"revisor@tal.example"};
    const Decision one = decided(example, first);
    const Decision two = decided(example, second);
    REQUIRE(one.mails.size() == 2);
    CHECK(one.mails[0].once_key == "invoice:avis:20118:aase@holm.example");
    CHECK(one.mails[1].once_key == "invoice:avis:20118:revisor@tal.example");
    CHECK(two.mails[0].once_key == one.mails[0].once_key);
    CHECK(two.mails[1].once_key == one.mails[1].once_key);
    CHECK(two.mails[0].id != one.mails[0].id);
}

TEST_CASE("R23: resend mails again, and counts as mailed") {
    Event event = invoiced();
    invoice_of(event).resend = true;
    invoice_of(event).copy_to = {"revisor@tal.example"};
    const Decision decision = decided(Example{}, event);
    REQUIRE(decision.mails.size() == 2);
    for (const PlannedMail& mail : decision.mails) {
        CHECK(mail.repeat);
        CHECK(mail.once_key.starts_with("invoice:avis:20118:"));
    }
}

TEST_CASE("R24: an invoice for several products makes one mail") {
    Event event = invoiced();
    invoice_of(event).lines = {{"Avisen", 1, 100000, "s-1"}, {"Magasinet", 2, 25000, "s-2"}};
    CHECK(effects(Example{}, event) == Lines{"invoice to aase@holm.example"});
}
