// Receipts for card charges (R17–R19).
// Every check answers with its own reason, and the first "no" ends it: what the charge says of itself (failed, test,
// nothing charged) before what the settings say, so that a failed charge is never explained by a switch.
#include "builder.hpp"

namespace ilbud {

namespace {

// What failed before has succeeded now, and what was reminded of is paid, whether or not a receipt tells so.
void withdraw_claims(Builder& builder, const Charge& charge) {
    if (charge.invoice_number.empty()) return;
    if (builder.is_on(Kind::payment_failed)) {
        builder.supersede(kind_topic(Kind::payment_failed, builder.unit, charge.invoice_number));
        builder.explain("R36", sentence({"a mail that has not left about a failed payment of invoice ", charge.invoice_number,
                                         " is withdrawn"}));
    }
    withdraw_reminders(builder, charge.invoice_number);
}

}  // namespace

// In test mode a test charge is mailed as a real one would be, to the allowed domains: that is how a set-up is tried.
bool skips_test_charge(Builder& builder, const Charge& charge, Kind kind) {
    if (!charge.test || builder.account.test_mode) return false;
    builder.skip(kind, Reason::test_charge, "R19",
                 sentence({"charge ", charge.id, " is a test, and account '", builder.account.id, "' is not in test mode"}));
    return true;
}

void decide_receipt(Builder& builder, const Charge& charge) {
    constexpr Kind kind = Kind::receipt;
    if (!charge.succeeded) {
        if (builder.is_on(Kind::payment_failed)) {
            decide_payment_failed(builder, charge);
            return;
        }
        builder.skip(kind, Reason::charge_failed, "R18",
                     sentence({"charge ", charge.id, " did not succeed, which mails nothing by itself"}));
        return;
    }
    if (skips_test_charge(builder, charge, kind)) return;
    // Below zero it is money going back, which is not what this mail says.
    if (charge.amount <= 0) {
        builder.skip(kind, Reason::amount_zero, "R17", sentence({"the amount of charge ", charge.id, " is not above zero"}));
        return;
    }
    withdraw_claims(builder, charge);
    if (!builder.unit.card_receipts && !builder.is_required(kind)) {
        builder.skip(kind, Reason::receipts_off, "R17", sentence({"unit '", builder.unit.id, "' sends no card receipts"}));
        return;
    }
    if (charge.document_sent_before.value_or(false)) {
        builder.skip(kind, Reason::document_sent_before, "R17",
                     sentence({"the invoice of charge ", charge.id, " was sent before it, as the event says"}));
        return;
    }
    if (!builder.is_mailed(kind)) return;
    builder.explain("R17", sentence({"charge ", charge.id, " succeeded, and unit '", builder.unit.id, "' sends card receipts"}));
    PlannedMail* mail = builder.plan(kind, builder.debtor(), "R17");
    if (mail == nullptr || charge.invoice_number.empty()) return;
    if (charge.document_sent_before) {
        builder.explain("R17", "the event says that the document was not sent before, whatever was mailed");
        return;
    }
    // What was mailed is the queue's knowledge, so the condition travels with the mail.
    mail->unless_mailed = invoice_key(builder.unit, charge.invoice_number, mail->to);
    builder.explain("R17", sentence({"not mailed if invoice ", charge.invoice_number, " was mailed to ", mail->to}));
}

}  // namespace ilbud
