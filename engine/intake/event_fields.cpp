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
        case EventType::account_notice:
            break;
    }
    return fields::notice.rules;
}

}  // namespace ilbud
