/// How the daemon stands, as a value; `ilbud status` shows it.
///
/// In    the store's counts, the lanes, the keys, the domains, the counters
/// Out   one JSON object
/// Pure
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "holds.hpp"
#include "ilbud/base/counters.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/keys/key_keeper.hpp"
#include "ilbud/queue/queue.hpp"
#include "ilbud/watch/domain_watch.hpp"
#include "relay_board.hpp"
#include "relay_troubles.hpp"
#include "test_modes.hpp"

namespace ilbud {

struct Status {
    int pid = 0;
    Time started_at{};
    std::filesystem::path settings_file;
    std::size_t lanes = 0;
    bool stopping = false;
    std::size_t in_hand = 0;  ///< mails that lanes have leased and not settled
    QueueCounts counts;
    std::optional<KeySummary> keys;  ///< none: the daemon is starting
    DomainCounts domains;
    const Counters* counters = nullptr;  ///< read when written; never null
    std::vector<HeldMails> holds{};
    std::vector<RelayTrouble> troubles{};
    std::vector<RelayView> relays{};
    std::vector<TestMode> test_modes{};
    Duration store_busy{};                   ///< how long the store is at one piece of work
    std::optional<Time> letter_failed_at{};  ///< since the start: the last letter that could not be written
};

/// What is no illness yet, or no more.
struct HealthLimits {
    Duration relays_down = std::chrono::minutes(10);  ///< so long without any relay is `failing`, less is `degraded`
    Duration letter_failed = std::chrono::hours(1);   ///< so long a letter that could not be written is told
};

/// `now`: for ages, and for the health (health.hpp).
void write_json(JsonWriter& json, const Status& status, Time now, const HealthLimits& limits = {});

}  // namespace ilbud
