/// The `data` of an event: what DOMAIN §4 says of each type.
///
/// Pure
#pragma once
#include "field_reader.hpp"
#include "ilbud/intake/event.hpp"

namespace ilbud {

/// Fills unit, origin, subscriber, payer and the part that belongs to event.type. What is wrong is in the reader's Problem.
void read_data(FieldReader& data, Event& event);

}  // namespace ilbud
