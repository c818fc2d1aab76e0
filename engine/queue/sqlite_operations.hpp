/// What callers ask of the store thread, each with whoever waits for it, and what is remembered between commit and answer.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "completion.hpp"
#include "ilbud/queue/store.hpp"
#include "sqlite_store.hpp"

namespace ilbud {

struct AcceptOperation {
    std::vector<Entry> entries;
    std::vector<ShelfWrite> writes;
    Awaiting<std::vector<Accepted>> reply;
    std::vector<SqliteStore::Stored> stored = {};
    std::uint64_t checked = 0;  ///< ReadyMail::checked of its mails
};

struct LeaseOperation {
    std::size_t most, bytes_most;
    std::chrono::steady_clock::time_point until;
    Awaiting<std::vector<Lease>> reply;
};

struct RenewOperation {
    std::vector<LeaseName> leases;
    Awaiting<std::vector<std::optional<SteadyTime>>> reply;
};

struct SettleOperation {
    struct Effect {
        WaitingMail was;
        std::optional<WaitingMail> next;  ///< it waits on
        const Settlement* settlement;
    };
    std::vector<Settlement> settlements;
    std::vector<ShelfWrite> writes;
    std::optional<Awaiting<>> reply;  ///< none: the store's own finding
    std::vector<Effect> effects = {};
};

struct SuppressOperation {
    Suppression suppression;
    bool add;
    Awaiting<bool> reply;
    bool changed = false;
};

/// Some of those that SuppressionScope means, as they were read; what changed meanwhile stays.
struct UnsuppressOperation {
    std::vector<Suppression> suppressions;
    Awaiting<std::size_t> reply;
    std::size_t removed = 0;
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
    std::shared_ptr<SqliteStore::HastenSweep> sweep;  ///< the store thread's as long as the question is out
    std::uint64_t from;
    Awaiting<Part> reply;
    SqliteStore::Hastened found = {};
};

struct ShelfOperation {
    std::string shelf;
    Awaiting<std::vector<ShelfRow>> reply;
};

struct PutOperation {
    std::vector<ShelfWrite> writes;
    Awaiting<bool> reply;
    bool fits = false;
};

struct SuppressionsOperation {
    std::string account;
    Awaiting<std::vector<Suppression>> reply;
};

struct DutyOperation {
    std::string name;
    std::string holder;
    Duration hold;
    Awaiting<std::optional<Duty>> reply;
    std::optional<Duty> taken = {};
};

struct HoldOperation {
    Hold hold;
    Awaiting<> reply;
};

/// In two steps, so that a process which ends between them finds the hold as it was: first it holds nothing any more, and when its
/// mails are due again it is forgotten. A sweep that failed puts it back (`undo`).
struct ReleaseOperation {
    enum class Step : std::uint8_t { begin, undo, end };
    MailScope scope;
    Step step;
    std::optional<Hold> hold;  ///< undo: what was in force
    Awaiting<std::optional<Hold>> reply;
};

struct HoldsOperation {
    Awaiting<std::vector<Hold>> reply;
};

struct CancelOperation {
    std::vector<std::string> mails;   ///< ids
    std::vector<std::uint64_t> rows;  ///< of the mails; 0: unknown
    std::string reason;
    Awaiting<std::vector<Cancellation>> reply;
    std::vector<SqliteStore::Cancelled> ended = {};
};

struct AmendOperation {
    std::vector<Amendment> amendments;
    std::vector<std::uint64_t> rows;
    std::vector<ShelfWrite> writes;
    Awaiting<std::vector<bool>> reply;
    std::vector<bool> amended = {};
};

using StoreOperation =
    std::variant<AcceptOperation, LeaseOperation, SettleOperation, SuppressOperation, UnsuppressOperation, PruneOperation,
                 HastenOperation, ShelfOperation, PutOperation, SuppressionsOperation, DutyOperation, RenewOperation,
                 HoldOperation, ReleaseOperation, HoldsOperation, CancelOperation, AmendOperation>;

/// Operations that write nothing: they are answered after the commit, outside it.
template <class Operation>
inline constexpr bool is_question =
    std::is_same_v<Operation, ShelfOperation> || std::is_same_v<Operation, SuppressionsOperation> ||
    std::is_same_v<Operation, RenewOperation> || std::is_same_v<Operation, HoldsOperation>;

}  // namespace ilbud
