/// What senders of events need to know, made from the rules that the door itself checks by.
///
/// Pure
/// See   DOMAIN §4; JSON Schema 2020-12
#pragma once
#include <array>
#include <optional>
#include <string>

#include "ilbud/intake/event.hpp"

namespace ilbud {

/// Those that somebody outside may send.
inline constexpr std::array sent_types{EventType::created,
                                       EventType::confirmed,
                                       EventType::stopped,
                                       EventType::cancelled,
                                       EventType::withdrawn,
                                       EventType::renewing,
                                       EventType::price_changed,
                                       EventType::ending,
                                       EventType::card_charged,
                                       EventType::card_expiring,
                                       EventType::invoice_issued,
                                       EventType::invoice_reminded,
                                       EventType::subscriber_changed,
                                       EventType::login_requested};

/// Fields that are not known: let through, as the door does (and names them), or refused, to find slips while one develops.
enum class UnknownFields : std::uint8_t { ignored, refused };

/// A JSON Schema of the events of `type`, of all types without one; one line with its end. It refuses nothing that the door takes,
/// and cannot say all that the door checks (addresses, check digits, what base64 holds).
[[nodiscard]] std::string event_schema(std::optional<EventType> type, UnknownFields unknown);

/// Markdown (docs/events.md): every field of every event with its form, its limits and what it means.
[[nodiscard]] std::string event_reference();

}  // namespace ilbud
