#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "ilbud/intake/event_reference.hpp"

namespace ilbud {

int events_schema_command(const EventsSchemaOptions& options) {
    print(event_schema(options.type, options.strict ? UnknownFields::refused : UnknownFields::ignored));
    return 0;
}

int events_reference_command() {
    print(event_reference());
    return 0;
}

}  // namespace ilbud
