/// Which DNS servers a command asks: those of --resolver, else those of the settings, else the system's.
#pragma once
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "ilbud/dns/unbound_resolver.hpp"

namespace ilbud {

/// With `resolver` ("ADDRESS" or "ADDRESS@PORT") that server alone, else those of [dns] of the settings file; the product's
/// defaults if it is the usual one and does not exist. The trust anchor is that of the settings in any case.
/// Errors  invalid_resolver; those of find_platform
Result<DnsSettings> choose_dns(const CommonOptions& common, const std::string& resolver);

/// Opens it, on a context that runs nothing else yet. Answers are validated wherever that can be had: the server that --resolver
/// names (`resolver` is not empty) may know names that the rest of the world does not and nothing of the root, or the trust
/// anchor may not be there. Then answers are taken as they come, and standard error says so. `not_validated`, unless null, is told
/// why answers are not validated, also where the settings want it so.
/// Errors  those of open_unbound_resolver
Result<std::unique_ptr<Resolver>> open_chosen_resolver(asio::io_context& context, DnsSettings dns, const std::string& resolver,
                                                       std::string* not_validated = nullptr);

}  // namespace ilbud
