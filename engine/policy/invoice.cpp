// Invoices by e-mail and their copies (R20–R24).
// The method is decided once and holds for the main mail and its copies alike: copies of an invoice that goes by
// another way would look like a second claim (R22). What was mailed before is the queue's knowledge; this source only
// says by which key it is to be asked (R23).
#include <algorithm>

#include "builder.hpp"

namespace ilbud {

namespace {

bool allows(const Unit& unit, std::string_view method) {
    return std::find(unit.methods.begin(), unit.methods.end(), method) != unit.methods.end();
}

// Whether `method`, wished for by `whose`, counts; one the unit does not allow is passed over.
// Each level that was asked leaves its line, also one passed over: "why not by paper?" is what people ask.
bool counts(Builder& builder, const std::string& method, std::string_view whose) {
    if (method.empty()) return false;
    const bool allowed = allows(builder.unit, method);
    builder.explain("R20", sentence({whose, " is ", method, allowed ? "" : ", which the unit does not allow: passed over"}));
    return allowed;
}

// From the invoice outwards. The unit's preference always counts, as the settings hold it to be one of its methods.
const std::string& chosen_method(Builder& builder, const Invoice& invoice) {
    if (counts(builder, invoice.method, "the subscription's own method")) return invoice.method;
    const auto& wished = builder.event.subscriber.invoicing;
    if (counts(builder, wished, "the subscriber's choice")) return wished;
    builder.explain("R20", sentence({"the unit's preference is ", builder.unit.preferred_method}));
    return builder.unit.preferred_method;
}

// R37: an invoice below zero is a credit note, and reads otherwise.
Kind kind_of(const Invoice& invoice) {
    return invoice.total < 0 ? Kind::credit_note : Kind::invoice;
}

void skip_method(Builder& builder, Kind kind, const std::string& method, std::string finding, bool undeliverable = false) {
    builder.skip({.kind = kind, .reason = sentence({method_reason, method}), .to = {}, .undeliverable = undeliverable}, "R20",
                 std::move(finding));
}

// A debtor who must be invoiced electronically gets no other document, also from a unit that has no such way: then nobody sends
// it, which must be known.
bool is_electronic_mailed(Builder& builder, Kind kind, const InvoicingMethod& method) {
    const bool allowed = allows(builder.unit, method.name);
    const auto* whose = builder.event.subscriber.ean.empty() ? "another electronic address" : "an EAN number";
    builder.explain("R20", sentence({"the method of a subscriber with ", whose, " is ", method.name,
                                     allowed ? "" : ", though the unit does not allow it"}));
    if (method.mails == MailedBy::always) return true;
    skip_method(builder, kind, method.name,
                allowed ? sentence({"an invoice by ", method.name, " is not mailed, nor are its copies"})
                        : sentence({"an invoice by ", method.name, " is not mailed, and the unit sends none: nobody gets it"}),
                !allowed);
    return false;
}

bool is_mailed_without_agreement(Builder& builder, Kind kind, const InvoicingMethod& method, bool agreement) {
    if (!agreement) {
        builder.explain("R20", sentence({"there is no automatic agreement for ", method.name, ", so the invoice is mailed"}));
        return true;
    }
    if (builder.unit.card_document == CardDocument::ahead) {
        builder.explain("R20", sentence({"an automatic agreement pays it by ", method.name,
                                         ", and the unit mails the document ahead of the charge"}));
        return true;
    }
    skip_method(builder, kind, method.name,
                sentence({"an invoice by ", method.name, " under an automatic agreement is not mailed, nor are its copies"}));
    return false;
}

// R20: whether this invoice is mailed. What the event falls back from did not reach the debtor, so its word does not count.
bool is_mailed(Builder& builder, const Invoice& invoice) {
    if (!invoice.fallback_from.empty()) {
        builder.explain("R20", sentence({"it did not reach the debtor by ", invoice.fallback_from,
                                         " (fallback_from), so it is mailed whatever its method says"}));
        return true;
    }
    const auto& methods = builder.settings.platform.methods;
    const auto& subscriber = builder.event.subscriber;
    if (!subscriber.ean.empty() || subscriber.e_invoice)
        if (const auto* electronic = find_method(methods, electronic_method))
            return is_electronic_mailed(builder, kind_of(invoice), *electronic);
    const auto& name = chosen_method(builder, invoice);
    const auto* method = find_method(methods, name);
    const auto mails = method == nullptr ? MailedBy::never : method->mails;  // settings made by hand may lack it
    if (mails == MailedBy::always) return true;
    if (mails == MailedBy::without_agreement)
        return is_mailed_without_agreement(builder, kind_of(invoice), *method, invoice.automatic_agreement);
    skip_method(builder, kind_of(invoice), name, sentence({"an invoice by ", name, " is not mailed, nor are its copies"}));
    return false;
}

// It is set also for a resend, whose mail counts as mailed for what comes later.
void plan_one(Builder& builder, const Invoice& invoice, const Recipient& recipient, std::string_view rule) {
    PlannedMail* mail = builder.plan(kind_of(invoice), recipient, rule);
    if (mail == nullptr) return;
    mail->repeat = invoice.resend;
    mail->once_key = invoice_key(builder.unit, invoice.number, mail->to);
}

}  // namespace

// By mailbox and not by spelling, so that an address in other capitals is no second recipient. Stored text, as marks are: receipts
// ask by it, and mails that wait have it.
std::string invoice_key(const Unit& unit, std::string_view number, std::string_view to) {
    return sentence({"invoice:", unit.id, ":", number, ":", mailbox_of(to)});
}

void decide_invoice(Builder& builder, const Invoice& invoice) {
    const Kind kind = kind_of(invoice);
    if (kind == Kind::credit_note)
        builder.explain("R37", sentence({"the total of invoice ", invoice.number, " is below zero: a credit note"}));
    if (invoice.open_amount.value_or(invoice.total) <= 0) withdraw_reminders(builder, invoice.number);
    if (!builder.is_mailed(kind)) return;
    if (!is_mailed(builder, invoice)) return;
    builder.explain("R23", invoice.resend
                               ? sentence({"resend: invoice ", invoice.number, " is mailed whether or not it was before"})
                               : sentence({"invoice ", invoice.number, " is mailed once to each recipient"}));
    // The debtor first: a copy to the same address is then the one left out. A debtor without an address is skipped,
    // and the copies still go (R22).
    plan_one(builder, invoice, builder.debtor(), "R21");
    for (const std::string& address : invoice.copy_to) plan_one(builder, invoice, {address, {}, "a copy", true}, "R22");
    skip_refused_copies(builder, invoice, kind);
}

// One slip in a list is no reason to keep an invoice from everybody else.
void skip_refused_copies(Builder& builder, const Invoice& invoice, Kind kind) {
    for (const Error& refused : invoice.refused_copies)
        builder.skip({.kind = kind, .reason = std::string(name_of(Reason::copy_invalid)), .to = {}, .field = refused.place},
                     "R22", sentence({refused.place, " is no address (", refused.detail, "), so no copy goes there"}));
}

}  // namespace ilbud
