// Samples are events as a sender would write them, in JSON, so that they pass the same door as
// real ones and break when the form of events changes. Names of people and files have letters
// beyond ASCII: what breaks in mails breaks on these.
#include "samples.hpp"

#include <algorithm>

#include "ilbud/base/address.hpp"
#include "ilbud/base/id.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/notice/notice.hpp"

namespace ilbud {
namespace {

// One empty page.
// The offsets in the cross-reference table are bytes from the start and
// must fit the objects, or readers complain.
constexpr std::string_view blank_pdf =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    "trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n";

// A calendar day in UTC; a sample need not be right to the hour.
std::string day(Time time) {
    return to_text(Date{std::chrono::floor<std::chrono::days>(time)});
}

// The currency that goes with the language, so that amounts have their usual form.
std::string currency_of(Locale locale) {
    switch (locale) {
        case Locale::nb:
            return "NOK";
        case Locale::sv:
            return "SEK";
        case Locale::de:
            return "EUR";
        case Locale::en:
        case Locale::da:
            break;
    }
    return "DKK";
}

// With letters and spaces that a file name must survive (RFC 2231 in the attachment's header).
std::string_view word_for_invoice(Locale locale) {
    switch (locale) {
        case Locale::sv:
            return "Fakturaöversikt";
        case Locale::en:
            return "Invoice";
        case Locale::de:
            return "Rechnung für März";
        case Locale::nb:
        case Locale::da:
            break;
    }
    return "Faktura på årsabonnement";
}

// What reminders may cost, about: Denmark 100 kr., Norway 38 kr., Sweden 60 kr., Germany the cost of sending it.
std::int64_t reminder_fee(Locale locale) {
    switch (locale) {
        case Locale::nb:
            return 3800;
        case Locale::sv:
            return 6000;
        case Locale::de:
            return 250;
        case Locale::en:
        case Locale::da:
            break;
    }
    return 10000;
}

struct Sample {
    const Situation& situation;
    const Unit& unit;
    Locale locale;
    Time now;
    JsonWriter& json;
    std::string currency;

    [[nodiscard]] bool is(std::string_view name) const { return situation.name == name; }
};

// Starts in a week, but for one of several, which starts now: texts differ by that.
void write_sign_up(const Sample& sample) {
    JsonWriter& json = sample.json;
    json.field("form", preview_form).field("order", "2025-10442");
    if (sample.situation.kind == Kind::confirmation) json.field("confirmation_url", "https://example.com/confirm?token=5f3c9a71");
    if (sample.is("gift")) json.field("gift", true);
    json.key("subscriptions").begin_array();
    const auto begins = to_text(sample.now + 24h * 7);
    json.begin_object().field("id", "880021").field("product", sample.unit.name).field("starts_at", begins).end_object();
    if (sample.is("several")) {
        json.begin_object()
            .field("id", "880022")
            .field("product", sample.unit.name + " Digital")
            .field("starts_at", to_text(sample.now))
            .end_object();
        json.begin_object()
            .field("id", "880023")
            .field("product", sample.unit.name + " Weekend")
            .field("starts_at", begins)
            .end_object();
    }
    json.end_array();
}

// A day is 24 hours here; the texts count calendar days in the unit's time zone (R16), so near a
// change of the clock they may say one more or less.
void write_ending(const Sample& sample) {
    JsonWriter& json = sample.json;
    json.key("subscription").begin_object().field("id", "880021").field("product", sample.unit.name).end_object();
    json.field("requested_at", to_text(sample.now));
    if (sample.situation.kind == Kind::stopped)
        json.field("stopped_at", to_text(sample.now));
    else
        json.field("ends_at", to_text(sample.now + (sample.is("last_day") ? 0h : 24h * 23)))
            .field("ends", sample.is("date") ? "date" : "period");
    // Above any triviality limit that makes sense, so that the paragraph is there to be read.
    const std::int64_t amount = std::max<std::int64_t>(14900, sample.unit.triviality_limit);
    if (sample.is("unpaid"))
        json.field("delivered_unpaid", amount).field("other_open_invoices", 2).field("currency", sample.currency);
    if (sample.is("refund")) json.field("refund_due", amount).field("currency", sample.currency);
}

void write_lines(const Sample& sample) {
    JsonWriter& json = sample.json;
    json.key("lines").begin_array();
    json.begin_object().field("text", sample.unit.name).field("quantity", 1).field("amount", 74900).end_object();
    json.begin_object().field("text", sample.unit.name + " Digital").field("quantity", 2).field("amount", 19800).end_object();
    json.end_array();
}

// A charge without an invoice has neither lines nor a card, the least that an event may say.
void write_charge(const Sample& sample) {
    JsonWriter& json = sample.json;
    const bool bare = sample.is("without_invoice"), failed = sample.is("failed") || sample.situation.kind == Kind::payment_failed;
    json.key("charge").begin_object().field("id", "ch_4711").field("succeeded", !failed).field("amount", bare ? 4900 : 94700);
    if (!bare) json.field("vat", 18940);
    json.field("currency", sample.currency).field("charged_at", to_text(sample.now));
    if (sample.situation.kind == Kind::payment_failed) json.field("payment_url", "https://example.com/pay/100417");
    if (sample.is("retried")) json.field("retry_on", day(sample.now + 24h * 3));
    if (!bare) json.key("card").begin_object().field("brand", "visa").field("last4", "4242").end_object();
    json.end_object();
    if (bare) return;
    json.key("invoice").begin_object().field("number", "100417");
    write_lines(sample);
    json.end_object();
}

// A credit has one negative line and the total is below zero (R37).
void write_invoice(const Sample& sample) {
    JsonWriter& json = sample.json;
    const bool reminder = sample.situation.kind == Kind::reminder;
    const bool credit = sample.situation.kind == Kind::credit_note;
    json.key("invoice")
        .begin_object()
        .field("number", "100417")
        .field("issued_on", day(sample.now - (reminder ? 24h * 30 : 0h)))
        .field("due_on", day(sample.now + (reminder ? -24h * 16 : 24h * 14)));
    if (credit)
        json.key("lines")
            .begin_array()
            .begin_object()
            .field("text", sample.unit.name)
            .field("quantity", 1)
            .field("amount", -24900)
            .end_object()
            .end_array();
    else
        write_lines(sample);
    const bool free = sample.is("free");
    json.field("total", credit ? -24900 : free ? 0 : 94700);
    json.field("vat", credit ? -4980 : free ? 0 : 18940).field("currency", sample.currency);
    if (sample.is("part_paid")) json.field("open_amount", 50000);
    if (sample.is("overpaid")) json.field("open_amount", -10000);
    if (sample.is("paid")) json.field("open_amount", 0);
    // The payment link and the PDF are there in every situation: whether the
    // text shows them is what one looks at.
    json.field("payment_url", "https://example.com/pay/100417");
    json.key("pdf").begin_object().field("filename", std::string(word_for_invoice(sample.locale)) + " 100417.pdf");
    json.field("content_type", "application/pdf").field("base64", base64(blank_pdf)).end_object().end_object();
    json.field("method", "email");
    if (sample.is("automatic")) json.field("automatic_agreement", true);
    if (sample.is("fallback")) json.field("fallback_from", "betalingsservice");
    if (sample.is("reminder")) json.field("resend", true);
    // A copy is planned beside the main mail (R22); sample_mail picks it by its flag.
    if (sample.is("copy")) json.key("copy_to").begin_array().value("accounts@example.com").end_array();
}

void write_subscription(const Sample& sample) {
    sample.json.key("subscription").begin_object().field("id", "880021").field("product", sample.unit.name).end_object();
}

void write_renewal(const Sample& sample) {
    JsonWriter& json = sample.json;
    write_subscription(sample);
    // Midnight where the unit is, near enough: of a zone behind UTC the day before.
    const auto midnight = [&sample](int days) {
        const Time there = std::chrono::floor<std::chrono::days>(sample.now) + 24h * days;
        return to_text(there - utc_offset(there, sample.unit.time_zone));
    };
    json.key("renewal")
        .begin_object()
        .field("renews_at", midnight(30))
        .field("price", 74900)
        .field("currency", sample.currency)
        .field("cancel_before", midnight(16))
        .end_object();
}

void write_price_change(const Sample& sample) {
    write_subscription(sample);
    sample.json.key("price")
        .begin_object()
        .field("old", 74900)
        .field("new", sample.is("cheaper") ? 69900 : 79900)
        .field("currency", sample.currency)
        .field("from", day(sample.now + 24h * 30))
        .end_object();
}

void write_coming_end(const Sample& sample) {
    write_subscription(sample);
    sample.json.field("ends_at", to_text(sample.now + (sample.is("last_day") ? 1min : 24h * 14))).field("gift", true);
}

void write_withdrawal(const Sample& sample) {
    write_subscription(sample);
    sample.json.field("received_at", to_text(sample.now));
    if (sample.is("refund"))
        sample.json.field("refund_due", std::max<std::int64_t>(14900, sample.unit.triviality_limit))
            .field("currency", sample.currency);
}

void write_expiring_card(const Sample& sample) {
    JsonWriter& json = sample.json;
    json.key("card").begin_object().field("brand", "visa").field("last4", "4242");
    json.field("expires", day(sample.now + 24h * 31).substr(0, 7)).end_object();
    if (!sample.is("without_link")) json.field("update_url", "https://example.com/card");
}

void write_login(const Sample& sample) {
    sample.json.key("login")
        .begin_object()
        .field("url", "https://example.com/login?token=9d2e41c07b")
        .field("expires_at", to_text(sample.now + 30min))
        .end_object();
}

void write_reminder(const Sample& sample) {
    write_invoice(sample);
    const int level = sample.is("second") ? 2 : sample.is("last") ? 3 : 1;
    JsonWriter& json = sample.json;
    json.key("reminder").begin_object().field("level", level);
    if (level == 3) json.field("fee", reminder_fee(sample.locale));
    json.end_object();
}

// Of the first unit; an account without units has none, and any example will do.
std::string domain_of_account(const Settings& settings, const Account& account) {
    for (const auto& [id, unit] : settings.units)
        if (unit.account == account.id) return std::string(domain_of(unit.invoice_email));
    return "example.com";
}

}  // namespace

// self_service is the origin that settings_for_preview allows for every kind.
std::string sample_event(const Situation& situation, const Unit& unit, Locale locale, Time now) {
    std::string out;
    JsonWriter json(out);
    const Sample sample{situation, unit, locale, now, json, currency_of(locale)};
    json.begin_object()
        .field("specversion", "1.0")
        .field("id", "preview")
        .field("source", "ilbud/preview")
        .field("type", traits_of(situation.kind).event);
    json.key("data").begin_object().field("unit", unit.id).field("origin", "self_service");
    json.key("subscriber")
        .begin_object()
        .field("id", "10482")
        .field("name", "Birgitte Ågesen")
        .field("email", sample.is("removed") ? "" : "birgitte@example.com");
    json.field("email_unique", true).field("locale", to_word(locale)).end_object();
    // The payer stands in the event only where the situation is about one,
    // for it changes the recipient elsewhere.
    if (sample.is("gift") || sample.is("payer"))
        json.key("payer").begin_object().field("name", "Henrik Ågesen").field("email", "henrik@example.com").end_object();
    switch (situation.kind) {
        case Kind::confirmation:
        case Kind::welcome:
            write_sign_up(sample);
            break;
        case Kind::stopped:
        case Kind::cancelled:
            write_ending(sample);
            break;
        case Kind::receipt:
        case Kind::payment_failed:
            write_charge(sample);
            break;
        case Kind::invoice:
        case Kind::credit_note:
            write_invoice(sample);
            break;
        case Kind::reminder:
            write_reminder(sample);
            break;
        case Kind::renewal_notice:
            write_renewal(sample);
            break;
        case Kind::price_change:
            write_price_change(sample);
            break;
        case Kind::card_expiring:
            write_expiring_card(sample);
            break;
        case Kind::gift_ending:
            write_coming_end(sample);
            break;
        case Kind::login_link:
            write_login(sample);
            break;
        case Kind::email_changed:
            json.key("before").begin_object().field("email", "b.aagesen@example.com").end_object();
            break;
        case Kind::withdrawn:
            write_withdrawal(sample);
            break;
        case Kind::known_address:
            json.field("form", preview_form);
            break;
        case Kind::notice:
            break;  // sample_notice
    }
    json.end_object().end_object();
    return out;
}

// Turns on everything that could hold the mail back: test mode (R6), the kind (R38), the start and stop switches (R9, R14),
// origins (R4), receipts (R17), the method (R20), the language. What a mail says is left alone.
Settings settings_for_preview(Settings settings, const Unit& unit, const Situation& situation, Locale locale) {
    auto& account = settings.accounts.find(unit.account)->second;
    account.test_mode = false;
    Form form;
    form.id = preview_form;
    form.confirm_first = situation.kind == Kind::confirmation;
    if (situation.name == "payer") {
        form.welcome_to = {Addressee::payer};
        form.welcome_to_given = true;
    }
    account.forms.insert_or_assign(form.id, form);
    auto& service = account.customer_services.find(unit.customer_service)->second;
    service.mail_on_start = true;
    service.mail_on_stop = true;
    // Every kind's list, so the one origin that samples use is allowed throughout.
    for (auto& origins : service.mail_origins) origins.insert(Origin::self_service);
    auto& changed = settings.units.find(unit.id)->second;
    changed.card_receipts = true;
    // A failed charge is a receipt's situation, too: which mail it makes, or none, hangs on the other's switch.
    if (situation.kind == Kind::receipt) changed.kinds[static_cast<std::size_t>(Kind::payment_failed)] = false;
    changed.kinds[static_cast<std::size_t>(situation.kind)] = true;
    if (std::find(changed.methods.begin(), changed.methods.end(), "email") == changed.methods.end())
        changed.methods.emplace_back("email");
    if (std::find(changed.locales.begin(), changed.locales.end(), locale) == changed.locales.end())
        changed.locales.push_back(locale);
    return settings;
}

// Facts as the watch and the rates would give them, with plausible numbers; the
// wording is made from them by notice_event.
std::string sample_notice(const Situation& situation, const Settings& settings, const Account& account, Time now) {
    const std::string domain = domain_of_account(settings, account);
    Notice notice{account.id, std::string(to_word(situation.cause)), domain, {{"since", to_text(now - 2h)}}, {}};
    const Platform& platform = settings.platform;
    const std::string include = platform.spf_includes.empty() ? "_spf.example.net" : platform.spf_includes.front();
    switch (situation.cause) {
        case NoticeCause::domain_broken:
            notice.facts.emplace_back("SPF", "v=spf1 a mx -all");
            if (situation.name == "domain_broken_signed") notice.facts.emplace_back("signed_by", "example.net");
            if (situation.name == "domain_broken_waiting") notice.facts.emplace_back("waiting", "true");
            notice.records = domain + ". IN TXT \"v=spf1 a mx include:" + include + " -all\"";
            break;
        case NoticeCause::key_change_stuck:
            notice.records = platform.dkim.selectors[1].name + "._domainkey." + domain + ". IN CNAME " +
                             platform.dkim.selectors[1].target + ".";
            break;
        case NoticeCause::bounce_rate:
        case NoticeCause::complaint_rate: {
            const bool bounced = situation.cause == NoticeCause::bounce_rate;
            // Rates concern the account as a whole and no domain.
            notice.subject.clear();
            notice.facts = {{"rate", bounced ? "0.0711" : "0.0046"},
                            {"limit", bounced ? "0.05" : "0.003"},
                            {"mails", "1520"},
                            {"failed", bounced ? "108" : "7"},
                            {"hours", "24"}};
            break;
        }
        case NoticeCause::domain_fixed:
            break;
    }
    return notice_event(notice, now);
}

// The sender's address is needed for a notice to be planned; an invented one will do, since nothing is sent.
Settings settings_for_notice(Settings settings, const Account& account, Locale locale) {
    auto& changed = settings.accounts.find(account.id)->second;
    changed.test_mode = false;
    changed.language = locale;
    auto& notices = settings.platform.notices;
    notices.enabled = true;
    if (notices.from.empty()) notices.from = "notices@example.com";
    return settings;
}

}  // namespace ilbud
