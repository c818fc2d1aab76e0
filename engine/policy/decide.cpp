// One function for all events, and no table of handlers: types decided by a few sources read quicker as a switch
// that the compiler checks for completeness. What is wrong with the settings or the event is an Error at the door; what
// is merely not mailed is a skip in a Decision.
#include "ilbud/policy/decide.hpp"

#include <vector>

#include "builder.hpp"
#include "ilbud/base/nearest_name.hpp"

namespace ilbud {

namespace {

// std::get cannot throw here: read_data() (intake) chooses the alternative by the same type. Only sign-ups can be
// refused, for a form nobody knows or a missing link; the others decide whatever comes.
Result<void> decide_by_type(Builder& builder, const Event& event) {
    switch (event.type) {
        case EventType::created:
            return decide_created(builder, std::get<SignUp>(event.data));
        case EventType::confirmed:
            return decide_confirmed(builder, std::get<SignUp>(event.data));
        case EventType::stopped:
            decide_ending(builder, std::get<Ending>(event.data), Kind::stopped);
            break;
        case EventType::cancelled:
            decide_ending(builder, std::get<Ending>(event.data), Kind::cancelled);
            break;
        case EventType::card_charged:
            decide_receipt(builder, std::get<Charge>(event.data));
            break;
        case EventType::invoice_issued:
            decide_invoice(builder, std::get<Invoice>(event.data));
            break;
        case EventType::invoice_reminded:
            decide_reminder(builder, std::get<Invoice>(event.data));
            break;
        case EventType::renewing:
            decide_renewal(builder, std::get<Renewal>(event.data));
            break;
        case EventType::price_changed:
            decide_price_change(builder, std::get<PriceChange>(event.data));
            break;
        case EventType::ending:
            decide_coming_end(builder, std::get<ComingEnd>(event.data));
            break;
        case EventType::withdrawn:
            decide_withdrawal(builder, std::get<Withdrawal>(event.data));
            break;
        case EventType::subscriber_changed:
            decide_changed_subscriber(builder, std::get<SubscriberChange>(event.data));
            break;
        case EventType::card_expiring:
            decide_expiring_card(builder, std::get<ExpiringCard>(event.data));
            break;
        case EventType::login_requested:
            decide_login(builder, std::get<LoginRequest>(event.data));
            break;
        case EventType::known_address:
            decide_known_address(builder, std::get<KnownAddress>(event.data));
            break;
        case EventType::account_notice:
            break;  // decided without a unit
    }
    return {};
}

// Which methods there are the settings say, so names are judged here and not at the door.
Result<void> check_methods(const Settings& settings, const Event& event) {
    const auto check = [&](std::string_view field, const std::string& name) -> Result<void> {
        const auto& methods = settings.platform.methods;
        if (name.empty() || find_method(methods, name) != nullptr) return {};
        std::vector<std::string_view> known;
        for (const auto& method : methods) known.emplace_back(method.name);
        const auto nearest = nearest_name(name, known);
        return Error{"unknown_method", std::string(field),
                     sentence({"there is no invoicing method '", name, "' in the settings", nearest.empty() ? "" : "; is ",
                               nearest, nearest.empty() ? "" : " meant?"})};
    };
    if (auto known = check("data.subscriber.invoicing", event.subscriber.invoicing); !known) return known;
    const auto* invoice = std::get_if<Invoice>(&event.data);
    if (invoice == nullptr) return {};
    if (auto known = check("data.method", invoice->method); !known) return known;
    return check("data.fallback_from", invoice->fallback_from);
}

}  // namespace

Result<Decision> decide(const Settings& settings, const Event& event, Time now) {
    // Before the unit is looked for: a notice has none.
    if (event.type == EventType::account_notice) return decide_notice(settings, event, std::get<AccountNotice>(event.data), now);
    const Unit* unit = settings.unit(event.unit);
    if (unit == nullptr) {
        return Error{"unknown_unit", "data.unit", sentence({"there is no business unit '", event.unit, "' in the settings"})};
    }
    if (auto known = check_methods(settings, event); !known) return known.error();
    // On an error the half-made decision is dropped whole: nothing of it may reach the queue.
    Builder builder(settings, *unit, event, now);
    if (auto decided = decide_by_type(builder, event); !decided) return decided.error();
    return builder.take();
}

}  // namespace ilbud
