/// A publisher with settings, templates and events of every kind, for tests of templates and rendering.
#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/mail/render.hpp"

namespace ilbud::test {

inline Time at(std::string_view text) {
    return *parse_time(text);
}
inline Date day(std::string_view text) {
    return *parse_date(text);
}

/// One account "forlag" with the unit "avis" (Morgenposten, da and en).
inline Settings publisher() {
    Settings settings;
    settings.platform.templates = std::filesystem::path(ILBUD_SOURCE_DIR) / "templates";
    Account account;
    account.id = "forlag";
    CustomerService service;
    service.id = "kundeservice";
    service.name = "Morgenpostens kundeservice";
    service.support_email = "kundeservice@morgenposten.example";
    service.self_service_url = "https://morgenposten.example/min-side";
    account.customer_services["kundeservice"] = service;
    settings.accounts["forlag"] = account;
    Unit unit;
    unit.id = "avis";
    unit.account = "forlag";
    unit.customer_service = "kundeservice";
    unit.name = "Morgenposten";
    unit.locales = {Locale::en};
    unit.invoice_email = "faktura@morgenposten.example";
    unit.branding.colour = "#0b5c4d";
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
    const bool en = locale == Locale::en;
    switch (kind) {
        case Kind::confirmation:
        case Kind::welcome: {
            SignUp sign_up;
            sign_up.subscriptions = {{"2201", "Morgenposten", "", at("2025-06-02T00:00:00Z")}};
            if (kind == Kind::confirmation)
                sign_up.confirmation_url = "https://morgenposten.example/bekraeft?token=7f3a_91c-QZ&lang=da";
            event.data = sign_up;
            break;
        }
        case Kind::stopped:
        case Kind::cancelled: {
            Ending ending;
            ending.subscription = {"2201", "Morgenposten", "", {}};
            ending.requested_at = at("2025-06-02T09:29:00Z");
            ending.ends_at = at(kind == Kind::stopped ? "2025-06-02T09:29:00Z" : "2025-06-30T10:00:00Z");
            ending.ends = Ends::period;
            ending.currency = "DKK";
            event.data = ending;
            break;
        }
        case Kind::receipt: {
            Charge charge;
            charge.id = "c1";
            charge.succeeded = true;
            charge.amount = 24900;
            charge.currency = "DKK";
            charge.vat = 4980;
            charge.charged_at = at("2025-06-02T09:29:00Z");
            charge.card_brand = "Visa";
            charge.card_last4 = "4242";
            charge.invoice_number = "20250031";
            charge.lines = {{en ? "Morgenposten, June 2025" : "Morgenposten, juni 2025", 1, 24900, "2201"}};
            charge.period = en ? "1–30 June 2025" : "1.–30. juni 2025";
            event.data = charge;
            break;
        }
        case Kind::invoice: {
            Invoice invoice;
            invoice.number = "20250031";
            invoice.issued_on = day("2025-06-02");
            invoice.due_on = day("2025-06-16");
            invoice.lines = {{en ? "Morgenposten, third quarter 2025" : "Morgenposten, 3. kvartal 2025", 1, 104700, "2201"},
                             {en ? "Weekend edition" : "Weekendavisen", 2, 19800, "2202"},
                             {en ? "Delivery abroad" : "Levering til udlandet", 1, 500, ""}};
            invoice.total = 125000;
            invoice.vat = 25000;
            invoice.currency = "DKK";
            invoice.payment_url = "https://betal.example/i/20250031?s=a_b";
            invoice.pdf = Attachment{"faktura-20250031.pdf", "application/pdf", "%PDF-1.4", ""};
            event.data = invoice;
            break;
        }
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
