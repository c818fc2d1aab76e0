#include "cli/declare/values.hpp"
#include "ilbud/intake/event_reference.hpp"

namespace ilbud {

void add_events(CLI::App& app, Options& options, int& status) {
    auto* events = app.add_subcommand("events", "what an event may say, for those who write senders");
    events->require_subcommand(1);
    auto* schema = events->add_subcommand("schema", "a JSON Schema (draft 2020-12) of the events, on one line");
    add_common(schema, options);
    schema->add_option("type", options.events_type, "only of this type, such as invoice.issued")
        ->check([&](const std::string& given) {
            std::string known;
            for (const auto type : sent_types) {
                known += (known.empty() ? "" : ", ") + std::string(to_word(type));
                if (given == to_word(type)) options.events_schema.type = type;
            }
            return options.events_schema.type ? std::string() : "expected one of " + known;
        });
    schema->add_flag("--strict", options.events_schema.strict,
                     "refuse fields of data that are not known; the daemon lets them through and names them in its answer");
    schema->callback([&] { status = events_schema_command(options.events_schema); });
    auto* reference = events->add_subcommand("reference", "every field with its form, limits and meaning, as Markdown");
    add_common(reference, options);
    reference->callback([&] { status = events_reference_command(); });
}

}  // namespace ilbud
