/// What a client of the sink says, taken apart.
///
/// In    a command's line, without its end
/// Pure
/// See   RFC 5321 §4.1.1, RFC 6531 §3
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ilbud::sink_command {

/// In upper case.
[[nodiscard]] std::string upper_verb(std::string_view line);
/// The path of "MAIL FROM:<…>" or "RCPT TO:<…>", or nothing if there is none.
[[nodiscard]] std::optional<std::string> path_of(std::string_view line);
/// The words behind the path, in upper case: "SIZE=1000", "SMTPUTF8".
[[nodiscard]] std::vector<std::string> parameters_of(std::string_view line);
/// Why an address may not stand in a command, as a reply; empty: it may.
[[nodiscard]] std::string refusal_of(std::string_view address, bool smtputf8);

}  // namespace ilbud::sink_command
