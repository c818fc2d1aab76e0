/// Which DNS servers a command asks: those of --resolver, else those of the settings, else the system's.
#pragma once
#include <string>

#include "cli/commands.hpp"

namespace ilbud {

/// With `resolver` ("ADDRESS" or "ADDRESS@PORT") that server alone, whose answers are taken as they come: it may know names that the
/// rest of the world does not, which no signature of the root covers. Else [dns] of the settings file; the product's defaults if
/// it is the usual one and does not exist.
/// Errors  invalid_resolver; those of find_platform
Result<DnsSettings> choose_dns(const CommonOptions& common, const std::string& resolver);

}  // namespace ilbud
