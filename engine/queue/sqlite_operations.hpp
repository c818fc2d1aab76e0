/// What callers ask of the store thread, each with whoever waits for it, and what is remembered between commit and answer.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "completion.hpp"
#include "ilbud/queue/queue.hpp"
#include "sqlite_store.hpp"

namespace ilbud {

struct AcceptOperation {
    std::vector<Entry> entries;
    Awaiting<std::vector<Accepted>> reply;
    std::vector<SqliteStore::Stored> stored = {};
    std::uint64_t checked = 0;  ///< ReadyMail::checked of its mails
};

struct LeaseOperation {
    std::size_t most;
    std::chrono::steady_clock::time_point until;
    Awaiting<std::vector<Lease>> reply;
};

struct SettleOperation {
    struct Effect {
        WaitingMail was;
        std::optional<WaitingMail> next;  ///< it waits on
        const Settlement* settlement;
    };
    std::vector<Settlement> settlements;
    std::optional<Awaiting<>> reply;  ///< none: the store's own finding
    std::vector<Effect> effects = {};
};

struct CountsOperation {
    Awaiting<QueueCounts> reply;
};

struct SuppressOperation {
    Suppression suppression;
    bool add;
    Awaiting<bool> reply;
    bool changed = false;
};

struct PruneOperation {
    Time before;
    std::size_t most;
    Awaiting<Pruned> reply;
    Pruned pruned{};
};

struct HastenOperation {
    struct Part {
        std::size_t mails = 0;
        std::uint64_t next = 0;  ///< where to go on; 0: that was all
    };
    std::string reason;
    std::string domain;
    std::uint64_t from;
    Awaiting<Part> reply;
    SqliteStore::Hastened found = {};
};

struct ShelfOperation {
    std::string shelf;
    Awaiting<std::vector<ShelfRow>> reply;
};

struct PutOperation {
    std::string shelf;
    std::vector<ShelfRow> rows;
    Awaiting<> reply;
};

struct EndedOperation {
    Time hour;
    Awaiting<std::vector<std::pair<std::string, EndedMails>>> reply;
};

struct ComplaintsOperation {
    Time since;
    Awaiting<std::vector<std::pair<std::string, std::uint64_t>>> reply;
};

using StoreOperation =
    std::variant<AcceptOperation, LeaseOperation, SettleOperation, CountsOperation, SuppressOperation, PruneOperation,
                 HastenOperation, ShelfOperation, PutOperation, EndedOperation, ComplaintsOperation>;

/// Operations that only read: they are answered after the commit, outside it.
template <class Operation>
inline constexpr bool is_question = std::is_same_v<Operation, CountsOperation> || std::is_same_v<Operation, ShelfOperation> ||
                                    std::is_same_v<Operation, EndedOperation> || std::is_same_v<Operation, ComplaintsOperation>;

}  // namespace ilbud
