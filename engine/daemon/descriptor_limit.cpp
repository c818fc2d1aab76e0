// Counted with something to spare: a daemon that runs out of them refuses senders at best. Libraries beneath it end the process,
// and none says which limit it was.
#include "descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace ilbud {
namespace {

constexpr std::size_t of_process = 48;   // standard streams, loop, signals, listeners, files that are read, programs that are run
constexpr std::size_t of_queue = 16;     // database, journal, lock, temporary files
constexpr std::size_t of_lane = 20;      // loop, what libcurl wakes and resolves with, attachments that are read
constexpr std::size_t of_resolver = 32;  // as dns/unbound_context.cpp takes them
constexpr std::size_t resolvers = 3;     // looks that are asked for have one of their own

}  // namespace

std::size_t descriptors_needed(const Platform& platform, std::size_t lanes) {
    auto needed = of_process + of_queue + lanes * of_lane + resolvers * of_resolver;
    // Senders get no more than theirs, however many come: what relays, files and the DNS need stays free.
    needed += platform.intake.connections_max + 2 * platform.intake.control_connections_max;
    // A lane has one at least (curl_pool.cpp).
    for (const auto& relay : platform.delivery.relays) needed += std::max(relay.connections_max, lanes);
    return needed;
}

Result<std::size_t> allow_descriptors(const Platform& platform, std::size_t lanes, std::size_t leaving_least) {
    const auto needed = descriptors_needed(platform, lanes) + leaving_least;
    const auto wanted = std::max(needed, descriptors_needed(platform, lanes) + platform.intake.leaving_max);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max >= needed && limit.rlim_cur < wanted) {
        rlimit raised{std::min<rlim_t>(wanted, limit.rlim_max), limit.rlim_max};
        if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    if (limit.rlim_cur >= needed) return leaving_least + std::min<std::size_t>(limit.rlim_cur - needed, wanted - needed);
    return Error{"too_few_descriptors", "RLIMIT_NOFILE",
                 "these settings need " + std::to_string(needed) + " file descriptors and the limit is " +
                     std::to_string(limit.rlim_max) +
                     ": raise it (LimitNOFILE= of a service), or lower intake.connections_max or the relays'"};
}

}  // namespace ilbud
