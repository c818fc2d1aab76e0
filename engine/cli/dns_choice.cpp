// `domain check` shall work on a machine without Ilbud's settings, so a missing file at the usual place is no
// error; one that was named by the user, or cannot be read, is.
#include "cli/dns_choice.hpp"

#include "ilbud/settings/load.hpp"

namespace ilbud {

Result<DnsSettings> choose_dns(const CommonOptions& common, const std::string& resolver) {
    DnsSettings dns;
    // An error of exists() (no permission, say) leaves the file "not absent", so
    // find_platform tells what is wrong with it.
    std::error_code unreachable;  // is told when it is read
    const bool absent = !std::filesystem::exists(common.config, unreachable) && !unreachable;
    if (!(absent && common.config == usual_config)) {
        auto platform = find_platform(common.config);
        if (platform) dns = std::move(platform->dns);
        // With --resolver the settings are only a source of time-outs; without them the defaults do.
        else if (resolver.empty())
            return platform.error();
    }
    if (resolver.empty()) return dns;
    // Told at once and by the option's name, before anything is opened or asked.
    if (!is_dns_server(resolver))
        return Error{"invalid_resolver", "--resolver", "expected an IP address, or ADDRESS@PORT, found " + resolver};
    // No trust anchor: the server asked may be authoritative for names that the root does not know.
    dns.servers = {resolver};
    dns.trust_anchor.clear();
    return dns;
}

}  // namespace ilbud
