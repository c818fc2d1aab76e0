/// A small publisher and its events, made by hand; tests change what they are about.
#pragma once
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "ilbud/policy/decide.hpp"

namespace ilbud::test {

inline const Time noon = *parse_time("2025-06-24T12:00:00+02:00");

/// Account `bladet` with unit `avis`, customer service `kunder` and the forms `net` (defaults) and `bekraeft` (confirms first).
struct Example {
    Settings settings;

    /// All kinds on, as no test of the further ones is about the switch alone.
    void switch_on() {
        for (const auto kind : subscriber_kinds) unit().kinds[static_cast<std::size_t>(kind)] = true;
    }

    Example() {
        Account& bladet = settings.accounts["bladet"];
        bladet.id = "bladet";
        bladet.email = "ejer@bladet.example";
        bladet.contact_email = "kontakt@bladet.example";
        CustomerService& kunder = bladet.customer_services["kunder"];
        kunder.id = "kunder";
        kunder.name = "Avisens kundeservice";
        kunder.support_email = "kunder@avis.example";
        bladet.forms["net"].id = "net";
        bladet.forms["bekraeft"].id = "bekraeft";
        bladet.forms["bekraeft"].confirm_first = true;
        Unit& avis = settings.units["avis"];
        avis.id = "avis";
        avis.account = "bladet";
        avis.customer_service = "kunder";
        avis.name = "Avisen A/S";
        avis.invoice_email = "faktura@avis.example";
    }

    Account& account() { return settings.accounts["bladet"]; }
    Unit& unit() { return settings.units["avis"]; }
    CustomerService& service() { return account().customer_services["kunder"]; }
    Form& form(const std::string& id) { return account().forms[id]; }
    WordSet<Origin>& origins(Kind kind) { return service().mail_origins[static_cast<std::size_t>(kind)]; }
};

inline Event event_of(EventType type, Origin origin) {
    Event event;
    event.id = "e-1";
    event.source = "/abonnement/test";
    event.type = type;
    event.unit = "avis";
    event.origin = origin;
    event.subscriber = {"1001", "Åse Holm", "aase@holm.example", true, std::nullopt, {}, {}, {}};
    return event;
}

inline Event sign_up(EventType type, const std::string& form) {
    Event event = event_of(type, Origin::form);
    SignUp data;
    data.form = form;
    data.order = "o-7";
    data.confirmation_url = "https://avis.example/bekraeft/7";
    data.subscriptions = {{"s-1", "Avisen", {}, std::nullopt}};
    event.data = data;
    return event;
}
inline Event created(const std::string& form = "net") {
    return sign_up(EventType::created, form);
}
inline Event confirmed(const std::string& form = "bekraeft") {
    return sign_up(EventType::confirmed, form);
}

inline Event ending(EventType type, const std::string& at) {
    Event event = event_of(type, Origin::self_service);
    Ending data;
    data.subscription = {"s-1", "Avisen", {}, std::nullopt};
    data.requested_at = noon;
    data.ends_at = *parse_time(at);
    event.data = data;
    return event;
}
inline Event stopped(const std::string& at = "2025-06-24T12:00:00+02:00") {
    return ending(EventType::stopped, at);
}
inline Event cancelled(const std::string& at = "2025-07-31T12:00:00+02:00") {
    return ending(EventType::cancelled, at);
}

inline Event charged() {
    Event event = event_of(EventType::card_charged, Origin::system);
    Charge data;
    data.id = "c-1";
    data.succeeded = true;
    data.amount = 14900;
    data.currency = "DKK";
    data.charged_at = noon;
    data.invoice_number = "20117";
    event.data = data;
    return event;
}

inline Event invoiced() {
    Event event = event_of(EventType::invoice_issued, Origin::system);
    Invoice data;
    data.number = "20118";
    data.issued_on = *parse_date("2025-06-24");
    data.due_on = *parse_date("2025-07-08");
    data.lines = {{"Avisen, 3. kvartal", 1, 125000, "s-1"}};
    data.total = 125000;
    data.vat = 25000;
    data.currency = "DKK";
    event.data = data;
    return event;
}

inline SignUp& sign_up_of(Event& event) {
    return std::get<SignUp>(event.data);
}
inline Ending& ending_of(Event& event) {
    return std::get<Ending>(event.data);
}
inline Charge& charge_of(Event& event) {
    return std::get<Charge>(event.data);
}
inline Invoice& invoice_of(Event& event) {
    return std::get<Invoice>(event.data);
}

inline Decision decided(const Example& example, const Event& event) {
    auto decision = decide(example.settings, event, noon);
    if (!decision) FAIL(to_text(decision.error()));
    return std::move(*decision);
}

/// "welcome to aase@holm.example" for each mail, "welcome skipped: no_email" for each skip (", to …" if an address is concerned).
using Lines = std::vector<std::string>;
inline Lines effects(const Decision& decision) {
    Lines lines;
    for (const PlannedMail& mail : decision.mails) lines.push_back(std::string(to_word(mail.kind)) + " to " + mail.to);
    for (const Skip& skip : decision.skipped)
        lines.push_back(std::string(to_word(skip.kind)) + " skipped: " + skip.reason +
                        (skip.to.empty() ? "" : ", to " + skip.to));
    return lines;
}
inline Lines effects(const Example& example, const Event& event) {
    return effects(decided(example, event));
}

/// The only mail of an event that must make exactly one.
inline PlannedMail only_mail(const Example& example, const Event& event) {
    const Decision decision = decided(example, event);
    REQUIRE(decision.mails.size() == 1);
    return decision.mails.front();
}

/// Every finding of `rule`, joined.
inline std::string findings(const Decision& decision, std::string_view rule) {
    std::string text;
    for (const RuleStep& step : decision.chain)
        if (step.rule == rule) text += step.finding + '\n';
    return text;
}

}  // namespace ilbud::test
