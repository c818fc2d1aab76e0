/// What is held, and its release: for the control socket.
///
/// In    the queue's holds, the log's counts
/// Out   values to be shown
/// Threads  one: that of the caller's context
#pragma once
#include <optional>
#include <vector>

#include "ilbud/base/json.hpp"
#include "ilbud/queue/store.hpp"

namespace ilbud {

struct HeldMails {
    Hold hold;
    std::optional<std::uint64_t> waiting;  ///< mails; none for a hold of a site or a kind, which nobody counts
};

/// By `since`.
Task<std::vector<HeldMails>> held_mails(Store& store, const Settings& settings);

struct Released {
    bool was_held = false;
    std::uint64_t waiting = 0;  ///< mails of the scope that waited before
    std::vector<Hold> others;   ///< that hold mails of the account still
};

/// Ends the hold of exactly this account, or of this unit of it.  Throws  as Queue::release does; the hold stands then
Task<Released> release(Store& store, const Settings& settings, MailScope scope);

/// One object.
void write_json(JsonWriter& json, const Hold& hold, std::optional<std::uint64_t> waiting = {});

}  // namespace ilbud
