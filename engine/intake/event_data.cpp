// One function for each object of DOMAIN §4, read field by field in the order of the table there. None returns early on
// a mistake: the reader keeps the first one, the rest is read into values nobody will see, and the code stays a list.
#include "event_data.hpp"

#include "event_fields.hpp"
#include "field_values.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// What a number of a scheme looks like is the network's matter.
std::optional<ElectronicAddress> read_electronic_address(FieldReader& subscriber) {
    auto in = subscriber.object(fields::subscriber["e_invoice"]);
    if (!in) return std::nullopt;
    ElectronicAddress address;
    address.scheme = in->text(fields::e_invoice["scheme"]);
    if (!is_scheme(address.scheme))
        in->fail("scheme", "invalid_value", "expected the network's name for it, such as 0088, 0184 or DK:CVR");
    address.id = in->identifier(fields::e_invoice["id"]);
    return address;
}

// A tag in good form without texts ("fr") is no mistake: the mail falls back to the unit's language.
std::optional<Locale> read_locale(FieldReader& in, const FieldRule& rule) {
    const std::string_view locale = in.text(rule);
    if (!locale.empty() && !is_language_tag(locale))
        in.fail("locale", "invalid_value", "expected a language tag such as da or da-DK");
    return locale_of(locale);
}

Subscriber read_subscriber(FieldReader& in) {
    Subscriber subscriber;
    subscriber.id = in.identifier(fields::subscriber["id"]);
    subscriber.name = in.text(fields::subscriber["name"]);
    subscriber.email = in.email(fields::subscriber["email"]);
    subscriber.email_unique = in.flag(fields::subscriber["email_unique"]).value_or(false);
    subscriber.locale = read_locale(in, fields::subscriber["locale"]);
    subscriber.invoicing = in.text(fields::subscriber["invoicing"]);
    subscriber.ean = in.text(fields::subscriber["ean"]);
    if (!subscriber.ean.empty() && !is_ean(subscriber.ean))
        in.fail("ean", "invalid_value", "expected 13 digits of which the last is the check digit");
    subscriber.e_invoice = read_electronic_address(in);
    return subscriber;
}

// A payer without an address is taken: whether somebody else is written to instead is for the rules
// of each kind to say (R10, R17).
std::optional<Payer> read_payer(FieldReader& data) {
    auto in = data.object(fields::common["payer"]);
    if (!in) return std::nullopt;
    Payer payer;
    payer.name = in->text(fields::payer["name"]);
    payer.email = in->email(fields::payer["email"]);
    payer.id = in->identifier(fields::payer["id"]);
    return payer;
}

// The same object in all events of a subscription, hence one reader.
Subscription read_subscription(FieldReader& in, const FieldRule& starts_at) {
    Subscription subscription;
    subscription.id = in.identifier(fields::subscription["id"]);
    subscription.product = in.text(fields::subscription["product"]);
    subscription.campaign = in.text(fields::subscription["campaign"]);
    subscription.starts_at = in.time(starts_at);
    return subscription;
}

SignUp read_sign_up(FieldReader& data) {
    SignUp sign_up;
    sign_up.form = data.identifier(fields::sign_up["form"]);
    sign_up.order = data.identifier(fields::sign_up["order"]);
    sign_up.gift = data.flag(fields::sign_up["gift"]);
    // Optional here: only settings know whether the form needs it, so its absence is refused by policy (R8).
    sign_up.confirmation_url = data.web_url(fields::sign_up["confirmation_url"]);
    for (auto& in : data.objects(fields::sign_up["subscriptions"]))
        sign_up.subscriptions.push_back(read_subscription(in, fields::subscription_to_start["starts_at"]));
    return sign_up;
}

Ending read_ending(FieldReader& data, EventType type) {
    Ending ending;
    if (auto in = data.object(fields::cancelled["subscription"]))
        ending.subscription = read_subscription(*in, fields::subscription["starts_at"]);
    ending.requested_at = data.time(fields::cancelled["requested_at"]).value_or(Time{});
    if (type == EventType::stopped) {
        // Stopped at once has no choice of period or date, so `ends` is not asked for.
        ending.ends_at = data.time(fields::stopped["stopped_at"]).value_or(Time{});
    } else {
        ending.ends_at = data.time(fields::cancelled["ends_at"]).value_or(Time{});
        ending.ends = data.word<Ends>(fields::cancelled["ends"]).value_or(Ends::date);
    }
    ending.delivered_unpaid = data.owed(fields::cancelled["delivered_unpaid"]);
    ending.other_open_invoices = data.count(fields::cancelled["other_open_invoices"]);
    ending.refund_due = data.owed(fields::cancelled["refund_due"]);
    // Without an amount there is nothing that the currency would be of.
    const bool has_amount = ending.delivered_unpaid > 0 || ending.refund_due > 0;
    ending.currency = data.currency(fields::cancelled["currency"], has_amount);
    return ending;
}

// The sum of the lines is not compared with the total: rounding, discounts and fees are the sender's matter.
std::vector<InvoiceLine> read_lines(FieldReader& invoice, const FieldRule& rule) {
    std::vector<InvoiceLine> lines;
    for (auto& in : invoice.objects(rule)) {
        InvoiceLine line;
        line.text = in.text(fields::line["text"]);
        line.quantity = in.quantity(fields::line["quantity"]);
        line.amount = in.money(fields::line["amount"]).value_or(0);
        line.subscription = in.identifier(fields::line["subscription"]);
        lines.push_back(std::move(line));
    }
    return lines;
}

// Text for people, or two dates.
// Dates are better: they are written in the mail's own language later. A text is shown as it stands.
void read_period(FieldReader& invoice, Charge& charge) {
    if (!invoice.has("period") || invoice.is_text("period")) {
        charge.period = invoice.text(fields::charged_invoice["period"]);
        return;
    }
    auto in = invoice.object(fields::charged_invoice["period"]);
    if (!in) return;
    const auto from = in->date(fields::period["from"]);
    const auto to = in->date(fields::period["to"]);
    if (!from || !to) return;
    if (*to < *from) in->fail("to", "invalid_value", "expected a day not before from");
    charge.period_dates = Period{*from, *to};
}

// Exactly four digits: a whole card number put here by mistake must not get into a mail, the store or a log.
std::string read_last4(FieldReader& card, const FieldRule& rule) {
    std::string digits(card.text(rule));
    if (digits.size() != 4 || digits.find_first_not_of("0123456789") != std::string::npos)
        card.fail("last4", "invalid_value", "expected four digits");
    return digits;
}

// A charge that did not succeed is read as strictly: it is stored and explained as well (R18).
Charge read_charge(FieldReader& data) {
    Charge charge;
    if (auto in = data.object(fields::card_charged["charge"])) {
        charge.id = in->identifier(fields::charge["id"]);
        charge.succeeded = in->flag(fields::charge["succeeded"]).value_or(false);
        charge.amount = in->money(fields::charge["amount"]).value_or(0);
        charge.currency = in->currency(fields::charge["currency"]);
        charge.vat = in->money(fields::charge["vat"]);
        charge.charged_at = in->time(fields::charge["charged_at"]).value_or(Time{});
        charge.test = in->flag(fields::charge["test"]).value_or(false);
        if (auto card = in->object(fields::charge["card"])) {
            charge.card_brand = card->text(fields::card["brand"]);
            charge.card_last4 = read_last4(*card, fields::card["last4"]);
        }
        charge.retry_on = in->date(fields::charge["retry_on"]);
        charge.payment_url = in->web_url(fields::charge["payment_url"]);
    }
    if (auto invoice = data.object(fields::card_charged["invoice"])) {
        charge.invoice_number = invoice->identifier(fields::charged_invoice["number"]);
        charge.lines = read_lines(*invoice, fields::charged_invoice["lines"]);
        read_period(*invoice, charge);
    }
    charge.document_sent_before = data.flag(fields::card_charged["document_sent_before"]);
    return charge;
}

// Whatever is wrong here is invalid_attachment, since to the sender it is one thing that was put together wrongly.
std::optional<Attachment> read_attachment(FieldReader& invoice) {
    auto in = invoice.object(fields::invoice["pdf"]);
    if (!in) return std::nullopt;
    Attachment attachment;
    attachment.filename = trimmed(in->text(fields::attachment["filename"]));
    if (!is_file_name(attachment.filename))
        in->fail("filename", "invalid_attachment", "expected a name without folders or a leading dot");
    attachment.content_type = in->text(fields::attachment["content_type"]);
    if (!is_attachment_type(attachment.content_type))
        in->fail("content_type", "invalid_attachment", "expected type/subtype such as application/pdf, without parameters");
    attachment.path = in->text(fields::attachment["path"]);
    const std::string_view encoded = in->text(fields::attachment["base64"]);
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
Invoice read_invoice(FieldReader& data, EventType type) {
    Invoice invoice;
    if (auto in = data.object(fields::invoice_issued["invoice"])) {
        invoice.number = in->identifier(fields::invoice["number"]);
        invoice.issued_on = in->date(fields::invoice["issued_on"]).value_or(Date{});
        invoice.due_on = in->date(fields::invoice["due_on"]).value_or(Date{});
        invoice.lines = read_lines(*in, fields::invoice["lines"]);
        invoice.total = in->money(fields::invoice["total"]).value_or(0);
        invoice.vat = in->money(fields::invoice["vat"]).value_or(0);
        invoice.currency = in->currency(fields::invoice["currency"]);
        invoice.open_amount = in->money(fields::invoice["open_amount"]);
        invoice.payment_url = in->web_url(fields::invoice["payment_url"]);
        invoice.pdf = read_attachment(*in);
    }
    invoice.method = data.text(fields::invoice_issued["method"]);
    invoice.automatic_agreement = data.flag(fields::invoice_issued["automatic_agreement"]).value_or(false);
    invoice.fallback_from = data.text(fields::invoice_issued["fallback_from"]);
    // Not made distinct here: that one address gets one mail is a rule of policy (R22), which also explains it.
    invoice.copy_to = data.emails(fields::invoice_issued["copy_to"], invoice.refused_copies);
    invoice.resend = data.flag(fields::invoice_issued["resend"]).value_or(false);
    if (type != EventType::invoice_reminded) return invoice;
    invoice.reminder.emplace();
    if (auto in = data.object(fields::invoice_reminded["reminder"])) {
        invoice.reminder->level = in->level(fields::reminder["level"]);
        invoice.reminder->fee = in->owed(fields::reminder["fee"]);
    }
    return invoice;
}

Subscription read_own_subscription(FieldReader& data) {
    auto in = data.object(fields::of_subscription["subscription"]);
    return in ? read_subscription(*in, fields::subscription["starts_at"]) : Subscription{};
}

Renewal read_renewal(FieldReader& data) {
    Renewal renewal;
    renewal.subscription = read_own_subscription(data);
    if (auto in = data.object(fields::renewing["renewal"])) {
        renewal.renews_at = in->time(fields::renewal["renews_at"]).value_or(Time{});
        renewal.price = in->owed(fields::renewal["price"]);
        renewal.currency = in->currency(fields::renewal["currency"]);
        renewal.cancel_before = in->time(fields::renewal["cancel_before"]).value_or(Time{});
        if (renewal.cancel_before > renewal.renews_at)
            in->fail("cancel_before", "invalid_value", "expected a time not after renews_at");
    }
    return renewal;
}

PriceChange read_price_change(FieldReader& data) {
    PriceChange change;
    change.subscription = read_own_subscription(data);
    if (auto in = data.object(fields::price_changed["price"])) {
        change.before = in->owed(fields::price["old"]);
        change.now = in->owed(fields::price["new"]);
        change.currency = in->currency(fields::price["currency"]);
        change.from = in->date(fields::price["from"]).value_or(Date{});
    }
    return change;
}

ComingEnd read_coming_end(FieldReader& data) {
    ComingEnd end;
    end.subscription = read_own_subscription(data);
    end.ends_at = data.time(fields::coming_end["ends_at"]).value_or(Time{});
    end.gift = data.flag(fields::coming_end["gift"]).value_or(false);
    return end;
}

Withdrawal read_withdrawal(FieldReader& data) {
    Withdrawal withdrawal;
    withdrawal.subscription = read_own_subscription(data);
    withdrawal.received_at = data.time(fields::withdrawn["received_at"]).value_or(Time{});
    withdrawal.refund_due = data.owed(fields::withdrawn["refund_due"]);
    withdrawal.currency = data.currency(fields::withdrawn["currency"], withdrawal.refund_due > 0);
    return withdrawal;
}

SubscriberChange read_change(FieldReader& data) {
    SubscriberChange before;
    if (auto in = data.object(fields::subscriber_changed["before"])) {
        before.email = in->email(fields::before["email"]);
        before.name = in->text(fields::before["name"]);
        before.locale = read_locale(*in, fields::before["locale"]);
    }
    return before;
}

ExpiringCard read_expiring_card(FieldReader& data) {
    ExpiringCard card;
    if (auto in = data.object(fields::card_expiring["card"])) {
        card.brand = in->text(fields::expiring["brand"]);
        card.last4 = read_last4(*in, fields::expiring["last4"]);
        card.expires = in->month(fields::expiring["expires"]).value_or(std::chrono::year_month{});
    }
    card.update_url = data.web_url(fields::card_expiring["update_url"]);
    return card;
}

LoginRequest read_login_request(FieldReader& data) {
    LoginRequest request;
    if (auto in = data.object(fields::login_requested["login"])) {
        request.url = in->web_url(fields::login["url"]);
        request.expires_at = in->time(fields::login["expires_at"]).value_or(Time{});
    }
    return request;
}

// The engine wrote it itself; it is checked all the same, as the store may have been written by another version.
AccountNotice read_notice(FieldReader& data) {
    AccountNotice notice;
    notice.to_operator = data.flag(fields::notice["operator"]).value_or(false);
    if (!notice.to_operator) {
        notice.account = data.identifier(fields::notice["account"]);
        if (notice.account.empty()) data.fail("account", "missing_field", "is required");
        const auto cause = data.word<NoticeCause>(fields::notice["cause"]);
        if (!cause) data.fail("cause", "missing_field", "is required");
        notice.cause = cause.value_or(NoticeCause{});
    }
    notice.subject = data.text(fields::notice["subject"]);
    for (auto& in : data.objects(fields::notice["facts"]))
        notice.facts.push_back({std::string(in.text(fields::fact["name"])), std::string(in.text(fields::fact["value"]))});
    for (auto& in : data.objects(fields::notice["records"])) notice.records.emplace_back(in.text(fields::record["line"]));
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
    event.unit = data.text(fields::common["unit"]);
    event.origin = data.word<Origin>(fields::common["origin"]).value_or(Origin::system);
    if (auto in = data.object(fields::common["subscriber"])) event.subscriber = read_subscriber(*in);
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
        case EventType::invoice_reminded:
            event.data = read_invoice(data, event.type);
            break;
        case EventType::renewing:
            event.data = read_renewal(data);
            break;
        case EventType::price_changed:
            event.data = read_price_change(data);
            break;
        case EventType::ending:
            event.data = read_coming_end(data);
            break;
        case EventType::withdrawn:
            event.data = read_withdrawal(data);
            break;
        case EventType::subscriber_changed:
            event.data = read_change(data);
            break;
        case EventType::card_expiring:
            event.data = read_expiring_card(data);
            break;
        case EventType::login_requested:
            event.data = read_login_request(data);
            break;
        case EventType::known_address:
            event.data = KnownAddress{data.identifier(fields::known_address["form"])};
            break;
        case EventType::account_notice:
            break;
    }
}

}  // namespace ilbud
