/// libunbound's context, made from the settings.
///
/// Not pure  reads /etc/resolv.conf and the trust anchor
#pragma once
#include <unbound.h>

#include <memory>
#include <string>

#include "ilbud/base/result.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// Stops the library's thread and waits for it; questions under way get no answer any more.
struct UnboundDelete {
    void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using UnboundContext = std::unique_ptr<ub_ctx, UnboundDelete>;

/// A context that asks as `settings` say. Its thread runs and has answered, but no server was asked yet.
/// Errors  resolver_failed  also if there is no thread to be had, or too few descriptors
Result<UnboundContext> make_unbound_context(const DnsSettings& settings);

/// The servers that /etc/resolv.conf names.
[[nodiscard]] std::vector<std::string> system_dns_servers(const std::string& file = "/etc/resolv.conf");

}  // namespace ilbud
