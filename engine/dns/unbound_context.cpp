// libunbound is the validator and the cache, so this file only chooses. Its configuration is text, name and value, and
// it takes none after it was put to use. Hence the zones come last: ub_ctx_zone_remove makes the context final, and
// options, anchors or the choice of a thread would fail behind it with UB_AFTERFINAL.
#include "unbound_context.hpp"

#include <array>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace ilbud {
namespace {

// unbound counts whole seconds: what is shorter becomes 0.
std::string seconds(Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

// unbound's own names and values; see unbound.conf(5).
std::vector<std::pair<const char*, std::string>> options(const DnsSettings& settings) {
    // The records' cache twice as large as that of the answers which refer to them, as
    // unbound's manual advises; keys are few.
    const auto quarter = std::to_string(settings.cache_bytes / 4);
    return {
        {"use-syslog:", "no"},
        {"do-not-query-localhost:", "no"},  // a server on this machine is the usual case
        {"unblock-lan-zones:", "yes"},      // names of private addresses are asked for like all others …
        {"insecure-lan-zones:", "yes"},     // … and nobody signs them
        // Against forged and stripped answers (S42): glue only from within the zone, no way
        // round a signature by leaving it out or by offering a weaker one, nothing asked for
        // below a name that is denied (RFC 8020), and no odd sizes.
        {"harden-glue:", "yes"},
        {"harden-dnssec-stripped:", "yes"},
        {"harden-below-nxdomain:", "yes"},
        {"harden-algo-downgrade:", "yes"},
        {"harden-short-bufsize:", "yes"},
        {"harden-large-queries:", "yes"},
        {"edns-buffer-size:", "1232"},  // DNS flag day 2020: no fragments; larger answers come over TCP
        // Less to read: the additional section would only be passed over.
        {"minimal-responses:", "yes"},
        {"max-query-restarts:", std::to_string(settings.aliases_max)},
        {"cache-min-ttl:", seconds(settings.ttl_min)},
        {"cache-max-ttl:", seconds(settings.ttl_max)},
        {"cache-max-negative-ttl:", seconds(settings.negative_ttl_max)},
        {"msg-cache-size:", quarter},
        {"rrset-cache-size:", std::to_string(settings.cache_bytes / 2)},
        {"key-cache-size:", quarter},
        {"num-queries-per-thread:", std::to_string(2 * settings.questions_max)},  // one question may need others
        {"infra-host-ttl:", "60"},       // a server that was away is tried again within a minute …
        {"infra-keep-probing:", "yes"},  // … and now and then before that
        {"module-config:", settings.trust_anchor.empty() ? "iterator" : "validator iterator"},
    };
}

// Names that unbound would answer by itself (RFC 6761, 6303) although the servers may know them. Those of private addresses are
// options above.
constexpr std::array own_zones{"localhost.",
                               "test.",
                               "invalid.",
                               "onion.",
                               "home.arpa.",
                               "127.in-addr.arpa.",
                               "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa."};

}  // namespace

// The first two words of a line count; comments and other options begin with another word. A file that is not there
// names nobody, and then libunbound asks from the root on.
std::vector<std::string> system_dns_servers(const std::string& file) {
    std::vector<std::string> servers;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string keyword, address;
        if (words >> keyword >> address && keyword == "nameserver") servers.push_back(address);
    }
    return servers;
}

Result<UnboundContext> make_unbound_context(const DnsSettings& given) {
    auto settings = given;
    std::error_code unreachable;  // is as good as absent
    // The default names a file of another package. Where it is not installed answers go unvalidated, and `secure` stays
    // false; a file that the settings name themselves was asked for when they were read.
    if (!std::filesystem::is_regular_file(settings.trust_anchor, unreachable)) settings.trust_anchor.clear();
    UnboundContext context(ub_ctx_create());
    if (!context) return Error{"resolver_failed", "dns", "libunbound has no memory or no file descriptors left"};
    const auto refused = [](const std::string& what, int code) {
        return Error{"resolver_failed", "dns", what + ": " + ub_strerror(code)};
    };
    // Else the library writes to our standard error.
    ub_ctx_debugout(context.get(), nullptr);
    for (const auto& [name, value] : options(settings))
        if (const int code = ub_ctx_set_option(context.get(), name, value.c_str()); code != 0)
            return refused(std::string(name) + ' ' + value, code);
    if (!settings.trust_anchor.empty())
        if (const int code = ub_ctx_add_ta_file(context.get(), settings.trust_anchor.c_str()); code != 0)
            return refused(settings.trust_anchor.string(), code);
    bool forwards = false;
    for (const auto& server : settings.servers.empty() ? system_dns_servers() : settings.servers) {
        // The system's list may hold what libunbound cannot read (a link-local address with its interface): passed
        // over. A server that the settings name must work, or somebody believes in one that is never asked.
        const int code = ub_ctx_set_fwd(context.get(), server.c_str());
        if (code != 0 && !settings.servers.empty()) return refused(server, code);
        forwards = forwards || code == 0;
    }
    // A thread, not a fork: a child would hold copies of the keys in memory, of sockets and of the queue's lock.
    if (const int code = ub_ctx_async(context.get(), 1); code != 0) return refused("thread", code);
    // Only towards servers that may know better. Without one we ask from the root on, which
    // knows nothing of these names.
    if (forwards)
        for (const auto* zone : own_zones)
            if (const int code = ub_ctx_zone_remove(context.get(), zone); code != 0) return refused(zone, code);
    return context;
}

}  // namespace ilbud
