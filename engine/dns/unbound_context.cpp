// libunbound is the validator and the cache, so this file only chooses. Its configuration is text, name and value, and
// it takes none after it was put to use. Hence the zones come last: ub_ctx_zone_remove makes the context final, and
// options, anchors or the choice of a thread would fail behind it with UB_AFTERFINAL.
#include "unbound_context.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "ilbud/base/descriptor.hpp"

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

// Pipes to and from the thread, its event loop, 16 ports and 2 connections.
constexpr std::size_t descriptors_of_context = 32;
// A name that the library answers itself, so that its thread can be heard before anything is asked of a server.
constexpr const char* start_name = "ilbud-start.invalid.";
constexpr auto start_deadline = std::chrono::seconds(5);

// libevent, the thread's event loop, ends the whole process where it gets no descriptor.
bool descriptors_left() {
    std::vector<Descriptor> taken;
    while (taken.size() < descriptors_of_context) {
        taken.emplace_back(::eventfd(0, EFD_CLOEXEC));
        if (taken.back().number() < 0) return false;
    }
    return true;
}

void heard(void* heard, int /*error*/, ub_result* result) {
    ub_resolve_free(result);
    *static_cast<bool*>(heard) = true;
}

// Starts the library's thread with a first question. Where none is to be had the library says nothing: no question would be
// answered, and ub_ctx_delete() would wait for the thread for ever. Empty: it answers.
std::string start_thread(UnboundContext& context) {
    try {
        std::thread([] {}).join();  // says why, and at once
    } catch (const std::system_error& failure) {
        return failure.what();
    }
    bool answered = false;
    int id = 0;
    if (const int code = ub_resolve_async(context.get(), start_name, 1, 1, &answered, &heard, &id); code != 0)
        return ub_strerror(code);
    const auto until = std::chrono::steady_clock::now() + start_deadline;
    pollfd wait{ub_fd(context.get()), POLLIN, 0};
    while (!answered && std::chrono::steady_clock::now() < until)
        if (::poll(&wait, 1, 100) > 0) ub_process(context.get());
    if (answered) return {};
    [[maybe_unused]] auto* left_as_it_is = context.release();  // it cannot be deleted
    return "it does not answer";
}

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
    UnboundContext context(descriptors_left() ? ub_ctx_create() : nullptr);
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
    if (const int code = ub_ctx_zone_add(context.get(), start_name, "static"); code != 0) return refused(start_name, code);
    if (const auto why = start_thread(context); !why.empty())
        return Error{"resolver_failed", "dns", "the thread of libunbound cannot be started: " + why};
    return context;
}

}  // namespace ilbud
