/// Kinds of options that several commands have.
#pragma once
#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "cli/declare/declare.hpp"

namespace ilbud {

/// `text` is what is shown as the default, `value` what a typed text becomes; a default has to be set in both.
CLI::Option* duration_option(CLI::App* command, const std::string& name, std::string& text, Duration& value,
                             const std::string& help);
/// A time, or how long ago it was.
CLI::Option* time_option(CLI::App* command, const std::string& name, std::string& text, Time& value, const std::string& help);
/// --config and --json. Every command has both, so scripts may pass them always.
void add_common(CLI::App* command, Options& options);
/// What an unset shell variable leaves of "$DIR" is refused.
extern const CLI::Validator is_given;

/// The words of an enum as choices, so that the command line and the files never drift apart.
template <class Enum>
std::vector<std::string> words_of() {
    return {words<Enum>.begin(), words<Enum>.end()};
}

}  // namespace ilbud
