#include "cli/samples.hpp"

#include <algorithm>

#include "ilbud/base/json.hpp"
#include "ilbud/intake/event.hpp"
#include "notice.hpp"

namespace ilbud {
namespace {

std::string day(Time time) { return to_text(Date{std::chrono::floor<std::chrono::days>(time)}); }

std::string currency_of(Locale locale) {
    switch (locale) {
        case Locale::nb: return "NOK";
        case Locale::sv: return "SEK";
        case Locale::de: return "EUR";
        case Locale::en:
        case Locale::da: break;
    }
    return "DKK";
}

void write_sign_up(JsonWriter& json, const Unit& unit, Time now, bool confirmation) {
    json.field("form", preview_form).field("order", "2025-10442");
    if (confirmation) json.field("confirmation_url", "https://example.com/confirm?token=5f3c9a71");
    json.key("subscriptions").begin_array();
    json.begin_object().field("id", "880021").field("product", unit.name).field("starts_at", to_text(now + 24h * 7)).end_object();
    json.end_array();
}

void write_ending(JsonWriter& json, const Unit& unit, Time now, bool stopped, const std::string& currency) {
    json.key("subscription").begin_object().field("id", "880021").field("product", unit.name).end_object();
    json.field("requested_at", to_text(now));
    if (stopped) {
        json.field("stopped_at", to_text(now)).field("refund_due", 14900).field("currency", currency);
        return;
    }
    json.field("ends_at", to_text(now + 24h * 23)).field("ends", "period");
    json.field("delivered_unpaid", 9900).field("other_open_invoices", 1).field("currency", currency);
}

void write_lines(JsonWriter& json, const Unit& unit) {
    json.key("lines").begin_array();
    json.begin_object().field("text", unit.name).field("quantity", 1).field("amount", 74900).end_object();
    json.begin_object().field("text", "E-" + unit.name).field("quantity", 2).field("amount", 19800).end_object();
    json.end_array();
}

void write_charge(JsonWriter& json, const Unit& unit, Time now, const std::string& currency) {
    json.key("charge").begin_object().field("id", "ch_4711").field("succeeded", true).field("amount", 94700).field("vat", 18940);
    json.field("currency", currency).field("charged_at", to_text(now));
    json.key("card").begin_object().field("brand", "visa").field("last4", "4242").end_object().end_object();
    json.key("invoice").begin_object().field("number", "100417");
    write_lines(json, unit);
    json.end_object();
}

void write_invoice(JsonWriter& json, const Unit& unit, Time now, const std::string& currency) {
    json.key("invoice").begin_object().field("number", "100417").field("issued_on", day(now)).field("due_on", day(now + 24h * 14));
    write_lines(json, unit);
    json.field("total", 94700).field("vat", 18940).field("currency", currency);
    json.field("payment_url", "https://example.com/pay/100417").end_object();
    json.field("method", "email");
}

EventType event_type_of(Kind kind) {
    switch (kind) {
        case Kind::confirmation:
        case Kind::welcome: return EventType::created;
        case Kind::stopped: return EventType::stopped;
        case Kind::cancelled: return EventType::cancelled;
        case Kind::receipt: return EventType::card_charged;
        case Kind::notice: return EventType::account_notice;
        case Kind::invoice: break;
    }
    return EventType::invoice_issued;
}

}  // namespace

std::string sample_event(Kind kind, const Unit& unit, Locale locale, Time now) {
    const auto currency = currency_of(locale);
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("specversion", "1.0").field("id", "preview").field("source", "ilbud/preview").field("type", to_word(event_type_of(kind)));
    json.key("data").begin_object().field("unit", unit.id).field("origin", "self_service");
    json.key("subscriber").begin_object().field("id", "10482").field("name", "Birgitte Ågesen").field("email", "birgitte@example.com");
    json.field("email_unique", true).field("locale", to_word(locale)).end_object();
    switch (kind) {
        case Kind::confirmation:
        case Kind::welcome: write_sign_up(json, unit, now, kind == Kind::confirmation); break;
        case Kind::stopped:
        case Kind::cancelled: write_ending(json, unit, now, kind == Kind::stopped, currency); break;
        case Kind::receipt: write_charge(json, unit, now, currency); break;
        case Kind::invoice: write_invoice(json, unit, now, currency); break;
        case Kind::notice: break;  // sample_notice
    }
    json.end_object().end_object();
    return out;
}

std::string sample_notice(NoticeCause cause, const Settings& settings, const Account& account, Time now) {
    std::string domain = "example.com";
    for (const auto& [id, unit] : settings.units)
        if (unit.account == account.id) {
            domain = unit.invoice_email.substr(unit.invoice_email.rfind('@') + 1);
            break;
        }
    Notice notice{account.id, std::string(to_word(cause)), domain, {{"since", to_text(now - 2h)}}, {}};
    const Platform& platform = settings.platform;
    const std::string include = platform.spf_includes.empty() ? "_spf.example.net" : platform.spf_includes.front();
    switch (cause) {
        case NoticeCause::domain_broken:
            notice.facts.emplace_back("SPF", "v=spf1 a mx -all");
            notice.records = domain + ". IN TXT \"v=spf1 a mx include:" + include + " -all\"";
            break;
        case NoticeCause::key_change_stuck:
            notice.records = platform.dkim.selectors[1].name + "._domainkey." + domain + ". IN CNAME " + platform.dkim.selectors[1].target + ".";
            break;
        case NoticeCause::bounce_rate:
        case NoticeCause::complaint_rate: {
            const bool bounced = cause == NoticeCause::bounce_rate;
            notice.subject.clear();
            notice.facts = {{"rate", bounced ? "0.0711" : "0.0046"}, {"limit", bounced ? "0.05" : "0.003"}, {"mails", "1520"},
                            {"failed", bounced ? "108" : "7"}, {"hours", "24"}};
            break;
        }
        case NoticeCause::domain_fixed:
            break;
    }
    return notice_event(notice, now);
}

Settings settings_for_notice(Settings settings, const Account& account, Locale locale) {
    auto& changed = settings.accounts.find(account.id)->second;
    changed.test_mode = false;
    changed.language = locale;
    auto& notices = settings.platform.notices;
    notices.enabled = true;
    if (notices.from.empty()) notices.from = "notices@example.com";
    return settings;
}

Settings settings_for_preview(Settings settings, const Unit& unit, Kind kind, Locale locale) {
    auto& account = settings.accounts.find(unit.account)->second;
    account.test_mode = false;
    Form form;
    form.id = preview_form;
    form.confirm_first = kind == Kind::confirmation;
    account.forms.insert_or_assign(form.id, form);
    auto& service = account.customer_services.find(unit.customer_service)->second;
    service.mail_on_start = true;
    service.mail_on_stop = true;
    for (auto& origins : service.mail_origins) origins.insert(Origin::self_service);
    auto& changed = settings.units.find(unit.id)->second;
    changed.card_receipts = true;
    changed.methods.insert(Method::email);
    if (std::find(changed.locales.begin(), changed.locales.end(), locale) == changed.locales.end()) changed.locales.push_back(locale);
    return settings;
}

}  // namespace ilbud
