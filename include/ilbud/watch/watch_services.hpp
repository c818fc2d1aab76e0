/// What the watches over the sending domains need of the daemon, and what they tell its accounts.
///
/// Pure  types only
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/queue/shelf.hpp"
#include "ilbud/watch/verdict_state.hpp"

namespace ilbud {

/// Something that an account should know of one of its domains.
struct DomainNews {
    std::string account;
    std::string domain;
    bool broken = false;                   ///< false: fixed
    Time since{};                          ///< of the trouble; fixed: since when it is in order
    std::string signed_by;                 ///< the platform's domain if that signs instead
    bool waiting = false;                  ///< its mail waits
    std::string records;                   ///< zone lines to publish; empty if fixed
    std::optional<DomainAspect> aspect{};  ///< nothing: it is about DKIM
    std::string found;                     ///< with an aspect: what is wrong, in the account's language
};

/// What is referred to outlives the watch.
struct WatchServices {
    asio::io_context& context;
    const SnapshotHolder& snapshots;
    Shelf& shelf;
    const Clock& clock;
    Log& log;
    Resolver& resolver;
    /// One whose cache is empty, for looks that somebody asked for; may be empty: the usual one is asked then.
    std::function<std::unique_ptr<Resolver>()> fresh_resolver;
    std::function<KeysInForce()> keys;
    std::function<Task<void>(std::vector<DomainNews>)> tell;
};

}  // namespace ilbud
