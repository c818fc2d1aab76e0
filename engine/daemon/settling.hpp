/// What becomes of a mail that a lane had in hand: a row for the store, and a line in the log.
///
/// In    the lease, and how it went
/// Out   the Settlement that the queue is given; what is not over has its next due time
/// Threads  any
#pragma once
#include "ilbud/base/log.hpp"
#include "ilbud/delivery/outcome.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/queue/queue.hpp"

namespace ilbud {

[[nodiscard]] AttemptContext attempt_of(const Lease& lease, Time now);
/// How long its kind is tried; the mail itself may be given up earlier (PlannedMail::give_up_at).
[[nodiscard]] RetryPolicy retry_of(const Lease& lease, const Snapshot& snapshot, Time now);
/// Until when it is of use, as its event says.
[[nodiscard]] std::optional<Time> give_up_of(const Lease& lease, const Snapshot& snapshot);

/// It was offered to a relay. `letter` is what was sent, kept for the next attempt if there is one.
[[nodiscard]] Settlement settle_sent(const Lease& lease, const Reply& reply, const Outcome& outcome, const std::string& letter,
                                     Time now, Log& log);
/// Its letter could not be written or signed.
[[nodiscard]] Settlement settle_unwritten(const Lease& lease, const Error& error, const RetryPolicy& policy, Time now, Log& log);
/// Why it must not be sent now (R38, R39): held_reason, test_mode_reason, too_late_reason; empty: it may. What was kept back until its
/// time was over is not sent, either, when it is let go.
[[nodiscard]] std::string_view kept_back_by(const Lease& lease, const Snapshot& snapshot, Time now);
/// It is kept back, for that reason.
[[nodiscard]] Settlement settle_kept_back(const Lease& lease, std::string_view reason, const RetryPolicy& policy, Time now,
                                          Log& log);
/// Nothing was done with it.
[[nodiscard]] Settlement settle_unused(const Lease& lease, Time now);

}  // namespace ilbud
