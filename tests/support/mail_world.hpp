/// A publisher with settings, templates and events of every kind, for tests of templates and rendering.
#pragma once
#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/render/render.hpp"

namespace ilbud::test {

inline Time at(std::string_view text) {
    return *parse_time(text);
}
inline Date day(std::string_view text) {
    return *parse_date(text);
}

/// What a publisher and his events say in one language: data, no text of a template.
struct Tongue {
    std::string paper, service, currency, weekend, magazine, campaign, month_line, quarter_line, abroad, month, file, link;
};
inline const Tongue& tongue(Locale locale) {
    static const std::array<Tongue, words<Locale>.size()> all{{
        {"Morgenposten", "Morgenpostens kundeservice", "DKK", "Weekendavisen", "Magasinet Rum & Form", "Forår 2025",
         "Morgenposten, juni 2025", "Morgenposten, 3. kvartal 2025", "Levering til udlandet", "1.–30. juni 2025",
         "faktura-20250031.pdf", "bekraeft"},
        {"Morgenposten", "Morgenpostens kundeservice", "NOK", "Helgeavisen", "Magasinet Rom & Form", "Vår 2025",
         "Morgenposten, juni 2025", "Morgenposten, 3. kvartal 2025", "Levering til utlandet", "1.–30. juni 2025",
         "faktura-20250031.pdf", "bekreft"},
        {"Morgonposten", "Morgonpostens kundtjänst", "SEK", "Helgtidningen", "Magasinet Rum & Form", "Våren 2025",
         "Morgonposten, juni 2025", "Morgonposten, tredje kvartalet 2025", "Leverans till utlandet", "1–30 juni 2025",
         "faktura-20250031.pdf", "bekrafta"},
        {"Morgenposten", "Morgenposten Customer Service", "DKK", "Weekend edition", "Room & Form Magazine", "Spring 2025",
         "Morgenposten, June 2025", "Morgenposten, third quarter 2025", "Delivery abroad", "1–30 June 2025",
         "invoice-20250031.pdf", "confirm"},
        {"Morgenpost", "Morgenpost Leserservice", "EUR", "Wochenendausgabe", "Magazin Raum & Form", "Frühjahr 2025",
         "Morgenpost, Juni 2025", "Morgenpost, 3. Quartal 2025", "Auslandsversand", "1.–30. Juni 2025", "Rechnung-20250031.pdf",
         "bestaetigen"},
    }};
    return all[static_cast<std::size_t>(locale)];
}

/// One account "forlag" with the unit "avis", which is at home in `locale` and offers all others.
inline Settings publisher(Locale locale = Locale::da) {
    Settings settings;
    settings.platform.templates = std::filesystem::path(ILBUD_SOURCE_DIR) / "templates";
    settings.platform.notices.from = "notices@ilbud.example";
    settings.platform.notices.reply_to = "support@ilbud.example";
    Account account;
    account.id = "forlag";
    CustomerService service;
    service.id = "kundeservice";
    service.name = tongue(locale).service;
    service.support_email = "kundeservice@morgenposten.example";
    service.self_service_url = "https://morgenposten.example/min-side";
    account.customer_services["kundeservice"] = service;
    settings.accounts["forlag"] = account;
    Unit unit;
    unit.id = "avis";
    unit.account = "forlag";
    unit.customer_service = "kundeservice";
    unit.name = tongue(locale).paper;
    unit.language = locale;
    for (std::size_t i = 0; i < words<Locale>.size(); ++i)
        if (static_cast<Locale>(i) != locale) unit.locales.push_back(static_cast<Locale>(i));
    unit.invoice_email = "faktura@morgenposten.example";
    unit.branding.colour = "#0b5c4d";
    for (const auto kind : subscriber_kinds) unit.kinds[static_cast<std::size_t>(kind)] = true;
    settings.units["avis"] = unit;
    return settings;
}
inline CustomerService& service_of(Settings& settings) {
    return settings.accounts["forlag"].customer_services["kundeservice"];
}
inline const CustomerService& service_of(const Settings& settings) {
    return settings.accounts.at("forlag").customer_services.at("kundeservice");
}
inline Unit& unit_of(Settings& settings) {
    return settings.units["avis"];
}

/// A mail and the event that made it.
struct Case {
    PlannedMail mail;
    Event event;
};

/// The contact of "forlag" is told of `cause`.
inline Case sample_notice(NoticeCause cause, Locale locale) {
    Case out;
    Event& event = out.event;
    event.id = "n1";
    event.source = "ilbud:notices";
    event.type = EventType::account_notice;
    event.origin = Origin::system;
    AccountNotice notice;
    notice.account = "forlag";
    notice.cause = cause;
    if (cause == NoticeCause::bounce_rate || cause == NoticeCause::complaint_rate) {
        const bool bounced = cause == NoticeCause::bounce_rate;
        notice.facts = {{"rate", bounced ? "0.0711" : "0.0046"},
                        {"limit", bounced ? "0.05" : "0.003"},
                        {"mails", "1520"},
                        {"failed", bounced ? "108" : "7"},
                        {"hours", "24"},
                        {"Morgenposten", "108 / 1520"}};
        if (!bounced) notice.facts.pop_back();
    } else {
        notice.subject = "morgenposten.example";
        notice.facts = {{"since", "2025-06-02T07:05:00Z"}};
    }
    if (cause == NoticeCause::domain_broken) {
        notice.facts.push_back({"signed_by", "ilbud.example"});
        notice.facts.push_back({"SPF", "v=spf1 a -all"});
    }
    if (cause == NoticeCause::domain_broken || cause == NoticeCause::key_change_stuck)
        notice.records = {"morgenposten.example.                     IN TXT   \"v=spf1 include:_spf.ilbud.example -all\"",
                          "ilbud1._domainkey.morgenposten.example.   IN CNAME ilbud1._domainkey.ilbud.example.",
                          "ilbud2._domainkey.morgenposten.example.   IN CNAME ilbud2._domainkey.ilbud.example."};
    event.data = notice;
    PlannedMail& mail = out.mail;
    mail.id = "abcdefghijklmnopqrstuvwx27";
    mail.kind = Kind::notice;
    mail.account = "forlag";
    mail.to = "anne.holm@morgenposten.example";
    mail.from = "notices@ilbud.example";
    mail.from_name = "Ilbud";
    mail.reply_to = "support@ilbud.example";
    mail.locale = locale;
    mail.planned_at = at("2025-06-02T09:30:00Z");
    return out;
}

inline Case sample_case(Kind kind, Locale locale = Locale::da) {
    Case out;
    Event& event = out.event;
    event.id = "e1";
    event.source = "/test";
    event.unit = "avis";
    event.subscriber.id = "104711";
    event.subscriber.name = "Karen Holm";
    event.subscriber.email = "karen@example.org";
    event.subscriber.email_unique = true;
    PlannedMail& mail = out.mail;
    mail.id = "abcdefghijklmnopqrstuvwx27";
    mail.kind = kind;
    mail.account = "forlag";
    mail.unit = "avis";
    mail.to = event.subscriber.email;
    mail.to_name = event.subscriber.name;
    mail.from = "kundeservice@morgenposten.example";
    mail.locale = locale;
    mail.planned_at = at("2025-06-02T09:30:00Z");
    const Tongue& says = tongue(locale);
    switch (kind) {
        case Kind::confirmation:
        case Kind::welcome: {
            SignUp sign_up;
            sign_up.subscriptions = {{"2201", says.paper, "", at("2025-06-02T00:00:00Z")}};
            if (kind == Kind::confirmation)
                sign_up.confirmation_url =
                    "https://morgenposten.example/" + says.link + "?token=7f3a_91c-QZ&lang=" + std::string(to_word(locale));
            event.data = sign_up;
            break;
        }
        case Kind::stopped:
        case Kind::cancelled: {
            Ending ending;
            ending.subscription = {"2201", says.paper, "", {}};
            ending.requested_at = at("2025-06-02T09:29:00Z");
            ending.ends_at = at(kind == Kind::stopped ? "2025-06-02T09:29:00Z" : "2025-06-30T10:00:00Z");
            ending.ends = Ends::period;
            ending.currency = says.currency;
            event.data = ending;
            break;
        }
        case Kind::receipt:
        case Kind::payment_failed: {
            Charge charge;
            charge.id = "c1";
            charge.succeeded = kind == Kind::receipt;
            charge.amount = 24900;
            charge.currency = says.currency;
            charge.vat = 4980;
            charge.charged_at = at("2025-06-02T09:29:00Z");
            charge.card_brand = "Visa";
            charge.card_last4 = "4242";
            charge.invoice_number = "20250031";
            charge.lines = {{says.month_line, 1, 24900, "2201"}};
            charge.period = says.month;
            if (kind == Kind::payment_failed) {
                charge.retry_on = day("2025-06-05");
                charge.payment_url = "https://betal.example/i/20250031?s=a_b";
            }
            event.data = charge;
            break;
        }
        case Kind::invoice:
        case Kind::credit_note:
        case Kind::reminder: {
            Invoice invoice;
            invoice.number = "20250031";
            invoice.issued_on = day("2025-06-02");
            invoice.due_on = day("2025-06-16");
            invoice.lines = {{says.quarter_line, 1, 104700, "2201"}, {says.weekend, 2, 19800, "2202"}, {says.abroad, 1, 500, ""}};
            invoice.total = 125000;
            invoice.vat = 25000;
            invoice.currency = says.currency;
            invoice.payment_url = "https://betal.example/i/20250031?s=a_b";
            invoice.pdf = Attachment{says.file, "application/pdf", "%PDF-1.4", ""};
            if (kind == Kind::credit_note) {
                invoice.lines = {{says.quarter_line, 1, -104700, "2201"}};
                invoice.total = -104700;
                invoice.vat = -20940;
            }
            if (kind == Kind::reminder) {
                invoice.issued_on = day("2025-05-05");
                invoice.due_on = day("2025-05-19");
                invoice.reminder = Reminder{1, 0};
            }
            event.data = invoice;
            break;
        }
        case Kind::renewal_notice:
            event.data = Renewal{
                {"2201", says.paper, "", {}}, at("2025-06-30T22:00:00Z"), 24900, says.currency, at("2025-06-23T22:00:00Z")};
            break;
        case Kind::price_change:
            event.data = PriceChange{{"2201", says.paper, "", {}}, 24900, 26900, says.currency, day("2025-07-01")};
            break;
        case Kind::card_expiring:
            event.data = ExpiringCard{"Visa", "4242", std::chrono::year(2025) / 6, "https://morgenposten.example/kort?s=a_b"};
            break;
        case Kind::gift_ending:
            event.data = ComingEnd{{"2201", says.paper, "", {}}, at("2025-06-30T10:00:00Z"), true};
            break;
        case Kind::login_link:
            event.data = LoginRequest{"https://morgenposten.example/login?token=7f3a_91c-QZ", at("2025-06-02T10:00:00Z")};
            break;
        case Kind::email_changed:
            event.data = SubscriberChange{"karen.holm@post.example", "", {}};
            break;
        case Kind::withdrawn:
            event.data = Withdrawal{{"2201", says.paper, "", {}}, at("2025-06-02T09:29:00Z"), 0, says.currency};
            break;
        case Kind::known_address:
            event.data = KnownAddress{"web"};
            break;
        case Kind::notice:
            return sample_notice(NoticeCause::domain_broken, locale);
    }
    return out;
}
template <class Data>
Data& data_of(Case& sample) {
    return std::get<Data>(sample.event.data);
}

inline Content must_render(const Case& sample, const Settings& settings, const TemplateSet& templates) {
    auto content = render(sample.mail, sample.event, settings, templates);
    if (!content) throw std::runtime_error(to_text(content.error()));
    return std::move(*content);
}
inline Content must_render(const Case& sample, const Settings& settings) {
    auto templates = load_templates(settings);
    if (!templates) {
        std::string all;
        for (const Error& error : templates.error()) all += to_text(error) + '\n';
        throw std::runtime_error(all);
    }
    return must_render(sample, settings, *templates);
}

}  // namespace ilbud::test
