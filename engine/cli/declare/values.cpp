#include "cli/declare/values.hpp"

namespace ilbud {

// CLI11 knows no durations, so the text is bound and the check writes the value. A check runs only on what the
// user typed: a default in `text` never passes it and has to be set in `value` as well (send's patience below).
CLI::Option* duration_option(CLI::App* command, const std::string& name, std::string& text, Duration& value,
                             const std::string& help) {
    return command->add_option(name, text, help)
        ->capture_default_str()
        ->type_name("DURATION")
        ->check([&value](const std::string& given) {
            const auto duration = parse_duration(given);
            if (!duration) return std::string("expected a duration such as 100ms, 30s, 1h30m");
            value = *duration;
            return std::string();
        });
}

// "2h" is read after the time and wins, but no text is both.
CLI::Option* time_option(CLI::App* command, const std::string& name, std::string& text, Time& value, const std::string& help) {
    return command->add_option(name, text, help + " (RFC 3339, or how long ago: 2h)")
        ->type_name("TIME")
        ->check([&value](const std::string& given) {
            auto time = parse_time(given);
            if (const auto ago = parse_duration(given)) time = system_clock().now() - *ago;
            if (!time) return std::string("expected a time such as 2025-06-24T10:00:00Z or a duration such as 2h");
            value = *time;
            return std::string();
        });
}

// CLI11 would take the empty text for a path, and to the commands an empty path means that none was given.
const CLI::Validator is_given([](std::string& text) { return std::string(text.empty() ? "expected a path, found nothing" : ""); },
                              "");

void add_common(CLI::App* command, Options& options) {
    command->add_option("--config,-c", options.common.config, "settings file")->capture_default_str()->type_name("FILE");
    command->add_flag("--json", options.common.json, "print JSON");
}

}  // namespace ilbud
