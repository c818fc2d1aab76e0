// Invoices by e-mail and their copies (R20–R24).
// The method is decided once and holds for the main mail and its copies alike: copies of an invoice that goes by
// another way would look like a second claim (R22). What was mailed before is the queue's knowledge; this source only
// says by which key it is to be asked (R23).
#include "builder.hpp"

namespace ilbud {

namespace {

// Whether `method`, wished for by `whose`, counts; one the unit does not allow is passed over.
// Each level that was asked leaves its line, also one passed over: "why not by paper?" is what people ask.
bool counts(Builder& builder, std::optional<Method> method, std::string_view whose) {
    if (!method) return false;
    const bool allowed = builder.unit.methods.contains(*method);
    builder.explain("R20",
                    sentence({whose, " is ", to_word(*method), allowed ? "" : ", which the unit does not allow: passed over"}));
    return allowed;
}

// The EAN number, then from the invoice outwards. The unit's preference always counts, as the settings
// hold it to be one of its methods.
Method effective_method(Builder& builder, const Invoice& invoice) {
    const Subscriber& subscriber = builder.event.subscriber;
    if (!subscriber.ean.empty() && counts(builder, Method::nemhandel, "the method of a subscriber with an EAN number"))
        return Method::nemhandel;
    if (counts(builder, invoice.method, "the subscription's own method")) return *invoice.method;
    if (counts(builder, subscriber.invoicing, "the subscriber's choice")) return *subscriber.invoicing;
    builder.explain("R20", sentence({"the unit's preference is ", to_word(builder.unit.preferred_method)}));
    return builder.unit.preferred_method;
}

// R20: whether invoices of this method are mailed.
// automatic_agreement matters for the card alone: the other methods collect by themselves or
// reach the debtor outside of mail.
bool is_mailed(Builder& builder, Method method, bool automatic_agreement) {
    if (method == Method::email) return true;
    if (method == Method::card && !automatic_agreement) {
        builder.explain("R20", "there is no automatic agreement for the card, so the invoice is mailed");
        return true;
    }
    const std::string_view agreement = method == Method::card ? " under an automatic agreement" : "";
    builder.skip(Kind::invoice, reason_of(method), "R20",
                 sentence({"an invoice by ", to_word(method), agreement, " is not mailed, nor are its copies"}));
    return false;
}

// The key is by mailbox and not by spelling, so that an address in other capitals is no second recipient. It is set
// also for a resend, whose mail counts as mailed for what comes later.
void plan_one(Builder& builder, const Invoice& invoice, const Recipient& recipient, std::string_view rule) {
    PlannedMail* mail = builder.plan(Kind::invoice, recipient, rule);
    if (mail == nullptr) return;
    mail->repeat = invoice.resend;
    mail->once_key = sentence({"invoice:", builder.unit.id, ":", invoice.number, ":", suppression_key(split_wire(mail->to))});
}

}  // namespace

void decide_invoice(Builder& builder, const Invoice& invoice) {
    if (!builder.origin_mails(Kind::invoice)) return;
    if (!is_mailed(builder, effective_method(builder, invoice), invoice.automatic_agreement)) return;
    builder.explain("R23", invoice.resend
                               ? sentence({"resend: invoice ", invoice.number, " is mailed whether or not it was before"})
                               : sentence({"invoice ", invoice.number, " is mailed once to each recipient"}));
    // The debtor first: a copy to the same address is then the one left out. A debtor without an address is skipped,
    // and the copies still go (R22).
    plan_one(builder, invoice, builder.debtor(), "R21");
    for (const std::string& address : invoice.copy_to) plan_one(builder, invoice, {address, {}, "a copy", true}, "R22");
    // One slip in a list is no reason to keep an invoice from everybody else.
    for (const Error& refused : invoice.refused_copies)
        builder.skip(Kind::invoice, Reason::copy_invalid, "R22",
                     sentence({refused.place, " is no address (", refused.detail, "), so no copy goes there"}), {},
                     refused.place);
}

}  // namespace ilbud
