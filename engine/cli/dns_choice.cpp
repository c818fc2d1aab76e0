#include "cli/dns_choice.hpp"

#include "ilbud/settings/load.hpp"

namespace ilbud {

Result<DnsSettings> choose_dns(const CommonOptions& common, const std::string& resolver) {
    DnsSettings dns;
    std::error_code unreachable;  // is told when it is read
    const bool absent = !std::filesystem::exists(common.config, unreachable) && !unreachable;
    if (!(absent && common.config == usual_config)) {
        auto platform = find_platform(common.config);
        if (platform)
            dns = std::move(platform->dns);
        else if (resolver.empty())
            return platform.error();
    }
    if (resolver.empty()) return dns;
    if (!is_dns_server(resolver))
        return Error{"invalid_resolver", "--resolver", "expected an IP address, or ADDRESS@PORT, found " + resolver};
    dns.servers = {resolver};
    dns.trust_anchor.clear();
    return dns;
}

}  // namespace ilbud
