#include "support/example.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("R17: a successful charge mails a receipt to the subscriber") {
    CHECK(effects(Example{}, charged()) == Lines{"receipt to aase@holm.example"});
}

TEST_CASE("R17: the receipt goes to the payer who has an address, else to the subscriber") {
    const Example example;
    Event event = charged();
    event.payer = Payer{"Bo Betaler", "bo@betaler.example"};
    CHECK(effects(example, event) == Lines{"receipt to bo@betaler.example"});
    CHECK(only_mail(example, event).to_name == "Bo Betaler");
    event.payer->email.clear();
    CHECK(effects(example, event) == Lines{"receipt to aase@holm.example"});
}

TEST_CASE("R17: a charge of nothing mails no receipt, one of the smallest amount does") {
    const Example example;
    Event event = charged();
    for (const Amount amount : {Amount{0}, Amount{-100}}) {
        charge_of(event).amount = amount;
        CHECK(effects(example, event) == Lines{"receipt skipped: amount_zero"});
    }
    charge_of(event).amount = 1;
    CHECK(effects(example, event) == Lines{"receipt to aase@holm.example"});
}

TEST_CASE("R17: a unit without card receipts mails none") {
    Example example;
    example.unit().card_receipts = false;
    CHECK(effects(example, charged()) == Lines{"receipt skipped: receipts_off"});
}

TEST_CASE("R17: an invoice that was sent ahead makes the receipt needless") {
    Event event = charged();
    charge_of(event).document_sent_before = true;
    CHECK(effects(Example{}, event) == Lines{"receipt skipped: document_sent_before"});
}

TEST_CASE("R17: a receipt asks for the invoice mail of that number to that mailbox, unless the event knows better") {
    const Example example;
    Event event = charged();
    charge_of(event).invoice_number = "20118";
    event.payer = Payer{"Firma ApS", "Bogholderi@firma.example"};
    const PlannedMail mail = only_mail(example, event);
    CHECK(mail.unless_mailed == "invoice:avis:20118:bogholderi@firma.example");
    CHECK(mail.once_key.empty());
    Event invoice = invoiced();
    invoice.payer = event.payer;
    CHECK(only_mail(example, invoice).once_key == mail.unless_mailed);
    charge_of(event).document_sent_before = false;
    CHECK(only_mail(example, event).unless_mailed.empty());
    charge_of(event).document_sent_before.reset();
    charge_of(event).invoice_number.clear();
    CHECK(only_mail(example, event).unless_mailed.empty());
}

TEST_CASE("R18: a failed charge mails nothing and is recorded as such, whatever else holds") {
    Example example;
    example.unit().card_receipts = false;
    Event event = charged();
    charge_of(event).succeeded = false;
    charge_of(event).test = true;
    const Decision decision = decided(example, event);
    CHECK(effects(decision) == Lines{"receipt skipped: charge_failed"});
    CHECK(findings(decision, "R18") == "charge c-1 did not succeed, which mails nothing by itself\n");
}

TEST_CASE("R19: a test charge mails only if the account is in test mode, and then by its rules") {
    Example example;
    Event event = charged();
    charge_of(event).test = true;
    CHECK(effects(example, event) == Lines{"receipt skipped: test_charge"});
    example.account().test_mode = true;
    CHECK(effects(example, event) == Lines{"receipt skipped: test_mode, to aase@holm.example"});
    example.account().test_domains = {"holm.example"};
    CHECK(effects(example, event) == Lines{"receipt to aase@holm.example"});
}
