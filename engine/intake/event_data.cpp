// One function for each object of DOMAIN §4, read field by field in the order of the table there. None returns early on
// a mistake: the reader keeps the first one, the rest is read into values nobody will see, and the code stays a list.
// Fields not asked for are ignored.
#include "event_data.hpp"

#include "field_values.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// Limits in code points and elements: generous for every real sender, small enough for every mail.
// Anything with a meaning of its own (a unit's id, a locale) is shorter by far.
constexpr std::size_t word_max = 100;
constexpr std::size_t name_max = 200;
constexpr std::size_t product_max = 300;
constexpr std::size_t line_text_max = 500;
constexpr std::size_t period_max = 100;
constexpr std::size_t brand_max = 50;
constexpr std::size_t file_name_max = 200;
// RFC 6838 §4.2 gives type and subtype 127 characters each; 127 for both together is ample.
constexpr std::size_t content_type_max = 127;
constexpr std::size_t path_max = 1000;
constexpr std::size_t base64_max = 64 * 1024 * 1024;  // the event's own limit is lower
constexpr std::size_t subscriptions_max = 100;
constexpr std::size_t lines_max = 500;
constexpr std::size_t copies_max = 50;
// What an account's notice is about is a domain (253) at most; facts and records hold a finding of the domain
// check and the lines to publish.
constexpr std::size_t subject_max = 255;
constexpr std::size_t facts_max = 40;
constexpr std::size_t fact_max = 500;
constexpr std::size_t records_max = 60;
constexpr std::size_t record_max = 2000;

Subscriber read_subscriber(FieldReader& in) {
    Subscriber subscriber;
    subscriber.id = in.identifier("id", Need::required);
    subscriber.name = in.text("name", Need::required, name_max);
    subscriber.email = in.email("email");
    subscriber.email_unique = in.flag("email_unique", Need::optional).value_or(false);
    // A tag in good form without texts ("fr") is no mistake: the mail falls back to the unit's language.
    const std::string_view locale = in.text("locale", Need::optional, word_max);
    if (!locale.empty() && !is_language_tag(locale))
        in.fail("locale", "invalid_value", "expected a language tag such as da or da-DK");
    subscriber.locale = locale_of(locale);
    subscriber.invoicing = in.word<Method>("invoicing", Need::optional);
    subscriber.ean = in.text("ean", Need::optional, word_max);
    if (!subscriber.ean.empty() && !is_ean(subscriber.ean))
        in.fail("ean", "invalid_value", "expected 13 digits of which the last is the check digit");
    return subscriber;
}

// A payer without an address is taken: whether somebody else is written to instead is for the rules
// of each kind to say (R10, R17).
std::optional<Payer> read_payer(FieldReader& data) {
    auto in = data.object("payer", Need::optional);
    if (!in) return std::nullopt;
    Payer payer;
    payer.name = in->text("name", Need::required, name_max);
    payer.email = in->email("email");
    return payer;
}

// The same object in all events of a subscription, hence one reader.
Subscription read_subscription(FieldReader& in, Need start) {
    Subscription subscription;
    subscription.id = in.identifier("id", Need::required);
    subscription.product = in.text("product", Need::required, product_max);
    subscription.campaign = in.text("campaign", Need::optional, product_max);
    // Required where the subscription begins, optional where it ends.
    subscription.starts_at = in.time("starts_at", start);
    return subscription;
}

SignUp read_sign_up(FieldReader& data) {
    SignUp sign_up;
    sign_up.form = data.identifier("form", Need::optional);
    sign_up.order = data.identifier("order", Need::optional);
    sign_up.gift = data.flag("gift", Need::optional);
    // Optional here: only settings know whether the form needs it, so its absence is refused by policy (R8).
    sign_up.confirmation_url = data.web_url("confirmation_url");
    for (auto& in : data.objects("subscriptions", Need::required, 1, subscriptions_max))
        sign_up.subscriptions.push_back(read_subscription(in, Need::required));
    return sign_up;
}

Ending read_ending(FieldReader& data, EventType type) {
    Ending ending;
    if (auto in = data.object("subscription", Need::required)) ending.subscription = read_subscription(*in, Need::optional);
    ending.requested_at = data.time("requested_at", Need::required).value_or(Time{});
    if (type == EventType::stopped) {
        // Stopped at once has no choice of period or date, so `ends` is not asked for.
        ending.ends_at = data.time("stopped_at", Need::required).value_or(Time{});
    } else {
        ending.ends_at = data.time("ends_at", Need::required).value_or(Time{});
        ending.ends = data.word<Ends>("ends", Need::required).value_or(Ends::date);
    }
    ending.delivered_unpaid = data.owed("delivered_unpaid");
    ending.other_open_invoices = data.count("other_open_invoices");
    ending.refund_due = data.owed("refund_due");
    // Without an amount there is nothing that the currency would be of.
    const bool has_amount = ending.delivered_unpaid > 0 || ending.refund_due > 0;
    ending.currency = data.currency("currency", has_amount ? Need::required : Need::optional);
    return ending;
}

// The sum of the lines is not compared with the total: rounding, discounts and fees are the sender's matter.
std::vector<InvoiceLine> read_lines(FieldReader& invoice, Need need) {
    std::vector<InvoiceLine> lines;
    for (auto& in : invoice.objects("lines", need, 0, lines_max)) {
        InvoiceLine line;
        line.text = in.text("text", Need::required, line_text_max);
        line.quantity = in.quantity("quantity");
        line.amount = in.money("amount", Need::required).value_or(0);
        line.subscription = in.identifier("subscription", Need::optional);
        lines.push_back(std::move(line));
    }
    return lines;
}

// Text for people, or two dates.
// Dates are better: they are written in the mail's own language later. A text is shown as it stands.
void read_period(FieldReader& invoice, Charge& charge) {
    if (!invoice.has("period") || invoice.is_text("period")) {
        charge.period = invoice.text("period", Need::optional, period_max);
        return;
    }
    auto in = invoice.object("period", Need::optional);
    if (!in) return;
    const auto from = in->date("from", Need::required);
    const auto to = in->date("to", Need::required);
    if (!from || !to) return;
    if (*to < *from) in->fail("to", "invalid_value", "expected a day not before from");
    charge.period_dates = Period{*from, *to};
}

// A charge that did not succeed is read as strictly: it is stored and explained as well (R18).
Charge read_charge(FieldReader& data) {
    Charge charge;
    if (auto in = data.object("charge", Need::required)) {
        charge.id = in->identifier("id", Need::required);
        charge.succeeded = in->flag("succeeded", Need::required).value_or(false);
        charge.amount = in->money("amount", Need::required).value_or(0);
        charge.currency = in->currency("currency", Need::required);
        charge.vat = in->money("vat", Need::optional);
        charge.charged_at = in->time("charged_at", Need::required).value_or(Time{});
        charge.test = in->flag("test", Need::optional).value_or(false);
        if (auto card = in->object("card", Need::optional)) {
            charge.card_brand = card->text("brand", Need::required, brand_max);
            // Exactly four digits: a whole card number put here by mistake must not get
            // into a mail, the store or a log.
            charge.card_last4 = card->text("last4", Need::required, word_max);
            if (charge.card_last4.size() != 4 || charge.card_last4.find_first_not_of("0123456789") != std::string::npos)
                card->fail("last4", "invalid_value", "expected four digits");
        }
    }
    if (auto invoice = data.object("invoice", Need::optional)) {
        charge.invoice_number = invoice->identifier("number", Need::required);
        charge.lines = read_lines(*invoice, Need::optional);
        read_period(*invoice, charge);
    }
    charge.document_sent_before = data.flag("document_sent_before", Need::optional).value_or(false);
    return charge;
}

// Whatever is wrong here is invalid_attachment, since to the sender it is one thing that was put together wrongly.
std::optional<Attachment> read_attachment(FieldReader& invoice) {
    auto in = invoice.object("pdf", Need::optional);
    if (!in) return std::nullopt;
    Attachment attachment;
    attachment.filename = trimmed(in->text("filename", Need::required, file_name_max));
    if (!is_file_name(attachment.filename))
        in->fail("filename", "invalid_attachment", "expected a name without folders or a leading dot");
    attachment.content_type = in->text("content_type", Need::required, content_type_max);
    if (!is_attachment_type(attachment.content_type))
        in->fail("content_type", "invalid_attachment", "expected type/subtype such as application/pdf, without parameters");
    attachment.path = in->text("path", Need::optional, path_max);
    const std::string_view encoded = in->text("base64", Need::optional, base64_max);
    // Both or neither: which one was meant cannot be guessed.
    if (encoded.empty() == attachment.path.empty()) {
        invoice.fail("pdf", "invalid_attachment", "expected either base64 or path");
        return attachment;
    }
    if (!attachment.path.empty()) {
        // Form only; the folder is opened with openat when the mail is composed. A path that climbs out
        // is refused at the door already.
        if (!is_inner_path(attachment.path))
            in->fail("path", "invalid_attachment", "expected a relative path without empty, . or .. segments");
        return attachment;
    }
    auto bytes = from_base64(encoded);
    if (!bytes) in->fail("base64", "invalid_attachment", "expected RFC 4648 base64 with padding and without white space");
    attachment.bytes = std::move(bytes).value_or(std::string());
    return attachment;
}

// An amount below zero is let in, as money takes both signs: what it means is said by the rules and the texts (R37).
Invoice read_invoice(FieldReader& data) {
    Invoice invoice;
    if (auto in = data.object("invoice", Need::required)) {
        invoice.number = in->identifier("number", Need::required);
        invoice.issued_on = in->date("issued_on", Need::required).value_or(Date{});
        invoice.due_on = in->date("due_on", Need::required).value_or(Date{});
        invoice.lines = read_lines(*in, Need::required);
        invoice.total = in->money("total", Need::required).value_or(0);
        invoice.vat = in->money("vat", Need::required).value_or(0);
        invoice.currency = in->currency("currency", Need::required);
        invoice.open_amount = in->money("open_amount", Need::optional);
        invoice.payment_url = in->web_url("payment_url");
        invoice.pdf = read_attachment(*in);
    }
    invoice.method = data.word<Method>("method", Need::optional);
    invoice.automatic_agreement = data.flag("automatic_agreement", Need::optional).value_or(false);
    // Not made distinct here: that one address gets one mail is a rule of policy (R22), which also explains it.
    invoice.copy_to = data.emails("copy_to", copies_max, invoice.refused_copies);
    invoice.resend = data.flag("resend", Need::optional).value_or(false);
    return invoice;
}

// The engine wrote it itself; it is checked all the same, as the store may have been written by another version.
AccountNotice read_notice(FieldReader& data) {
    AccountNotice notice;
    notice.to_operator = data.flag("operator", Need::optional).value_or(false);
    if (!notice.to_operator) {
        notice.account = data.identifier("account", Need::required);
        notice.cause = data.word<NoticeCause>("cause", Need::required).value_or(NoticeCause{});
    }
    notice.subject = data.text("subject", Need::optional, subject_max);
    for (auto& in : data.objects("facts", Need::optional, 0, facts_max))
        notice.facts.push_back(
            {std::string(in.text("name", Need::required, word_max)), std::string(in.text("value", Need::required, fact_max))});
    for (auto& in : data.objects("records", Need::optional, 0, records_max))
        notice.records.emplace_back(in.text("line", Need::optional, record_max));
    return notice;
}

}  // namespace

// A notice has no unit, no origin to choose and no subscriber; so it is read before these are asked for.
void read_data(FieldReader& data, Event& event) {
    if (event.type == EventType::account_notice) {
        event.origin = Origin::system;
        event.data = read_notice(data);
        return;
    }
    event.unit = data.text("unit", Need::required, word_max);
    event.origin = data.word<Origin>("origin", Need::required).value_or(Origin::system);
    if (auto in = data.object("subscriber", Need::required)) event.subscriber = read_subscriber(*in);
    event.payer = read_payer(data);
    switch (event.type) {
        case EventType::created:
        case EventType::confirmed:
            event.data = read_sign_up(data);
            break;
        case EventType::stopped:
        case EventType::cancelled:
            event.data = read_ending(data, event.type);
            break;
        case EventType::card_charged:
            event.data = read_charge(data);
            break;
        case EventType::invoice_issued:
            event.data = read_invoice(data);
            break;
        case EventType::account_notice:
            break;
    }
}

}  // namespace ilbud
