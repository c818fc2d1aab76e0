/// The settings of the daemon that the bench starts: the product's defaults, but for what the bench must say.
///
/// Pure  but for missing_templates, which looks at the disk
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "child.hpp"

namespace ilbud::bench {

/// TOML, as an operator would write it.
[[nodiscard]] std::string platform_settings(const DaemonOptions& options);
/// Why the daemon would find no templates in `folder`, and what to do; nothing: they are there. The default is the source tree's,
/// which a program that was copied elsewhere is not in.
[[nodiscard]] std::optional<std::string> missing_templates(const std::filesystem::path& folder);
/// One account with `units` business units ("unit-1", …), a customer service and the forms "web" and "confirm".
[[nodiscard]] std::string account_settings(std::size_t units);

/// --sink: "HOST:PORT", "[2001:db8::1]:PORT"; the host comes without brackets, as delivery.relay.host has it.
/// Throws  std::runtime_error  it is neither
[[nodiscard]] std::pair<std::string, std::uint16_t> host_and_port(const std::string& text);

}  // namespace ilbud::bench
