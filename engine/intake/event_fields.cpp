#include "event_fields.hpp"

namespace ilbud {

std::span<const FieldRule> data_fields(EventType type) {
    switch (type) {
        case EventType::created:
        case EventType::confirmed:
            return fields::sign_up.rules;
        case EventType::stopped:
            return fields::stopped.rules;
        case EventType::cancelled:
            return fields::cancelled.rules;
        case EventType::card_charged:
            return fields::card_charged.rules;
        case EventType::invoice_issued:
            return fields::invoice_issued.rules;
        case EventType::invoice_reminded:
            return fields::invoice_reminded.rules;
        case EventType::renewing:
            return fields::renewing.rules;
        case EventType::price_changed:
            return fields::price_changed.rules;
        case EventType::ending:
            return fields::coming_end.rules;
        case EventType::withdrawn:
            return fields::withdrawn.rules;
        case EventType::subscriber_changed:
            return fields::subscriber_changed.rules;
        case EventType::card_expiring:
            return fields::card_expiring.rules;
        case EventType::login_requested:
            return fields::login_requested.rules;
        case EventType::known_address:
            return fields::known_address.rules;
        case EventType::account_notice:
            break;
    }
    return fields::notice.rules;
}

}  // namespace ilbud
