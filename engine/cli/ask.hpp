/// Asks the running daemon over its control socket and shows the answer.
#pragma once
#include <simdjson.h>

#include <functional>
#include <string>

#include "cli/commands.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {

/// A text as it is, anything else as JSON.
/// Never fails; an object or a list becomes one line.
[[nodiscard]] std::string text_of(const simdjson::dom::element& value);

/// One question; the answer's line.
/// Errors  those of ask_daemon and of the settings
[[nodiscard]] Result<std::string> ask(const CommonOptions& common, const ReloadOptions& options, const std::string& line,
                                      Duration deadline);

/// One question, its answer parsed and shown by `show`, or as it stands with --json. An {"error"} or {"errors"} is printed as such.
/// The exit status.
int ask_and_show(const CommonOptions& common, const ReloadOptions& options, const std::string& line,
                 /// Blocks for `deadline` at most. 60 s, since a reload reads all
                 /// settings and templates before it answers.
                 const std::function<void(const simdjson::dom::element&)>& show, Duration deadline = std::chrono::seconds(60));

}  // namespace ilbud
