/// Events and mails that outlive the process. Every adapter passes tests/contract/queue_contract.hpp.
///
/// In    checked events with their decisions; settlements of mails that were lent
/// Out   leases of due mails; rows for people who ask
/// Threads  any: an operation is carried out by the store's own thread, and the awaiter resumes on its own executor
/// Durable  when accept or settle return, their effect survives a power cut. Throws std::system_error (or an adapter's own
///          std::exception) if the storage is broken. The awaiter's context outlives the operation.
/// Full disk  events are answered busy; settlements and what is put on a shelf are kept and tried again until they are stored (S48)
/// Order   classes by QueueSettings::class_weights while several have something due, units in a circle inside a class, mails of
///         one class and unit by due time
/// Time    mails are due by the wall clock. Set back by more than a minute, it delays nothing: a deferred mail waits what it
///         had left to wait. Set ahead, what was deferred falls due, each mail once. Holds and waits go by steady time (S47).
/// Counts  in Counters: store_*, superseded, and by settlements attempts, delivered, deferred, bounced, expired, suppressed, uncertain,
///         letter_failed. Deferred is what waits again for a reason, tried or not; not what was given back or is kept back by people
/// Newer  an event is newer than another if its time is later, or its arrival where the times are equal or one of them is not
///        told. A mail that is lent when a newer event supersedes it is on its way: it is not withdrawn, but neither lent again (R36).
/// See   DESIGN §5; DOMAIN R1, R7, R14, R23, R36; SECURITY S28, S45–S48
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/policy/decide.hpp"
#include "ilbud/queue/mail_log.hpp"
#include "ilbud/queue/mail_state.hpp"
#include "ilbud/queue/shelf.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// One event to store with what was decided about it.
struct Entry {
    std::shared_ptr<const Event> event;
    Decision decision;
};

struct Accepted {
    enum class Status : std::uint8_t { accepted, duplicate, conflict, busy };
    Status status = Status::accepted;
    /// "queue_full": not stored. "disk_full", "disk_failed", "store_locked", "store_lost", "shelf_changed": perhaps
    /// stored; sent again it has one effect.
    std::string busy_reason;
    /// What was really planned and skipped: once_key, unless_mailed, unless_marked, topics and suppressions applied (R7, R14, R23, R36). For a
    /// duplicate: what the first one got.
    std::vector<PlannedMail> mails;
    std::vector<Skip> skipped;
    std::vector<std::string> withdrawn;  ///< ids of the waiting mails that this event superseded (R36)
};

/// A due mail, lent. It belongs to the holder until settled, or until its time is over without having been renewed.
struct Lease {
    std::uint64_t row = 0;    ///< the store's own number of the mail
    std::uint64_t token = 0;  ///< a settlement with another token than the newest lease's is ignored
    /// What cannot end before this is not begun: from then on somebody else may have the mail. See Queue::renew.
    SteadyTime until{};
    PlannedMail mail;  ///< mostly without unless_marked and topics, which the store knows
    std::shared_ptr<const Event> event;
    int attempt = 1;     ///< 1 for the first
    std::string frozen;  ///< the signed message of the first attempt (header + blank line + body); empty: render it
    bool uncertain =
        false;  ///< an earlier attempt lost the reply to the final dot (S36), or its holder died (of those, some had not begun)
    std::string refused_by{};  ///< the relay of its last outcome, which did not take it; empty: none
    std::string waited_for{};  ///< the reason of its last outcome; empty: it has none
    Duration age{};            ///< how long ago the event was accepted: time that passed, whatever somebody did to the wall clock
    /// It is on hold and must not be sent: to be settled `queued`, held_reason, due when it would be given up, or `expired` if that is
    /// over. Should its hold end meanwhile, the store makes it due at once.
    bool held = false;
};

/// Which lease is meant.
struct LeaseName {
    std::uint64_t row = 0;
    std::uint64_t token = 0;
};

/// What became of one attempt.
struct Settlement {
    std::uint64_t row = 0;
    std::uint64_t token = 0;
    MailState state = MailState::delivered;  ///< queued: again at `due`
    Time at{};
    Time due{};  ///< state queued only
    /// snake_case: "delivered", "greylisted", "no_such_mailbox", "render_failed", … Empty for a mail given back untried: the
    /// log then keeps what the last attempt brought.
    std::string reason;
    int reply_code = 0;      ///< SMTP; 0: none
    std::string enhanced;    ///< "5.1.1"; may be empty
    std::string reply_text;  ///< bounded, one line (S34)
    std::string relay;
    bool attempted = true;   ///< false: given back untried (shutdown, relay unreachable); `attempt` does not rise
    bool uncertain = false;  ///< the mail may have arrived (S36)
    bool suppress = false;   ///< hard bounce: no more mail to this address from this account (R7)
    std::string frozen;      ///< to store for the next attempt; empty: keep what is stored
};

/// Which mails are meant. What is empty is any.
struct MailScope {
    std::string account{}, unit{};
    std::string site{};  ///< the domain behind the recipient's @, lower case
    std::optional<Kind> kind{};

    bool operator==(const MailScope&) const = default;
    [[nodiscard]] bool covers(const PlannedMail& mail) const {
        return (account.empty() || account == mail.account) && (unit.empty() || unit == mail.unit) &&
               (site.empty() || site == mail.site) && (!kind || *kind == mail.kind);
    }
};

/// Mails of the scope do not leave (R39), also those that were planned before.
struct Hold {
    MailScope scope;
    std::string reason;  ///< who said so, why
    Time since{};
};

/// Why a held mail waits, or expired (R39).
inline constexpr std::string_view held_reason = "held";
/// The same for one whose account is in test mode: the settings say so, not the queue.
inline constexpr std::string_view test_mode_reason = "test_mode";
/// Why a mail expired whose turn came after the time until which it is of use (PlannedMail::give_up_at).
inline constexpr std::string_view too_late_reason = "too_late";

/// Why a mail waits, or expired, of which no letter could be made.
inline constexpr std::string_view letter_failed_reason = "letter_failed";
/// Bounced before any attempt: with its attachment it is larger than platform.mail_bytes_max.
inline constexpr std::string_view message_too_large_reason = "message_too_large";

/// Whether people keep the mail back, and will let it go: nothing but that wakes it.
[[nodiscard]] constexpr bool is_kept_back(std::string_view reason) {
    return reason == held_reason || reason == test_mode_reason;
}

enum class Cancellation : std::uint8_t {
    cancelled,
    on_its_way,  ///< lent: it may be with a server already
    finished,    ///< before
    unknown      ///< no such mail
};

/// What was learned of a mail behind its end: a report of a bounce or a complaint after `delivered`.
struct Amendment {
    std::string mail;                        ///< its id
    MailState state = MailState::delivered;  ///< delivered (a complaint) or bounced
    Time at{};
    std::string reason;
    int reply_code = 0;
    std::string enhanced{};
    std::string reply_text{};
    std::string relay{};
};

/// What one call of prune did.
struct Pruned {
    std::size_t removed = 0;  ///< events; may be none although there are more
    bool more = false;        ///< the sweep is not at its end: call again

    bool operator==(const Pruned&) const = default;
};

class Queue {
 public:
    virtual ~Queue() = default;
    /// Stores events, decisions and mails in one commit, in order; answers in the same order. An event whose source and id are
    /// known is not stored again: duplicate (same digest) or conflict; also within one call.
    /// `writes` are put on their shelves in the same commit; if a version does not fit, nothing is stored and all are busy, "shelf_changed".
    virtual Task<std::vector<Accepted>> accept(std::vector<Entry> entries, std::vector<ShelfWrite> writes = {}) = 0;
    /// Lends up to `most` due mails: urgent classes first by the weights, round-robin over units inside a class. Waits until at
    /// least one is due, at most `wait`; then empty. Mails to suppressed addresses are settled `suppressed` on the way (S45), those
    /// that were superseded while they were lent before `cancelled`.
    /// A mail whose stored event can no longer be read is settled `bounced`, "event_unreadable".
    /// No more once the events of those lent are `bytes_most` together: an attachment makes one a thousand times as large as another.
    virtual Task<std::vector<Lease>> lease(std::size_t most, Duration wait, std::size_t bytes_most = SIZE_MAX) = 0;
    /// Gives leases their whole hold time once more. Answers in the same order when each ends now; none where it is not the
    /// caller's any more: settled, lapsed, or lent to somebody else. To be called at about a quarter of the hold, well before
    /// the end, as an answer may take as long as a commit.
    /// Nothing lapses while the store cannot store what became of mails, nor for a while after that or after it stood still:
    /// holders get their time to renew and to settle.
    virtual Task<std::vector<std::optional<SteadyTime>>> renew(std::vector<LeaseName> leases) = 0;
    /// Ends leases. Never ends one before its outcome is stored. A settlement counts as long as nobody else has leased the mail,
    /// even if its hold is over; any other is ignored. A mail whose settlement waits for the disk is not lent again. One that would
    /// wait again although a newer event superseded it is settled `cancelled`.
    /// Each writes its outcome (MailLog::outcomes) in the same commit; so are `writes` put on their shelves, whatever is there:
    /// one that names a version (`replaces`) is std::invalid_argument.
    virtual Task<void> settle(std::vector<Settlement> settlements, std::vector<ShelfWrite> writes = {}) = 0;
    /// Waiting and waited-for mails, and what is wrong with the store; also while the store waits for its disk. Costs nothing. With
    /// several holders they are about right.
    virtual Task<QueueCounts> counts() = 0;
    /// Since when the store is at work without having come to an end; max(): it waits for something to do. For a watchdog.
    [[nodiscard]] virtual SteadyTime busy_since() const = 0;
    /// Removes what is finished and accepted before `before`, at most `most` events with their mails, once-keys and marks. Each call
    /// goes on where the last one stopped. What still waits stays, and is met again by the next sweep.
    virtual Task<Pruned> prune(Time before, std::size_t most) = 0;
    /// Mails that wait for a later attempt because of `reason`, and whose From is of one of `domains` (lower-case A-labels), become
    /// due now. Returns how many. Mails that are lent keep their time. It goes once through all mails that wait for a later attempt,
    /// however many domains are named, in commits of a few hundred mails each: name together what comes together.
    virtual Task<std::size_t> hasten(std::string reason, std::vector<std::string> domains) = 0;
    /// The same for the mails of a scope which people kept back; what is lent meanwhile and comes back kept back is due at once, too.
    /// Throws while the store cannot write; some of the mails may be due then.
    virtual Task<std::size_t> hasten(std::string reason, MailScope scope) = 0;
    /// From now on mails of the scope are lent `held`. What is lent already may still be sent. A hold of the same scope is replaced.
    /// Survives a restart. Throws, as release, cancel and amend do, while the store cannot write: nothing was changed then.
    virtual Task<void> hold(Hold hold) = 0;
    /// Ends the hold of exactly this scope; its mails are due at once. Whether there was one. If it throws, or the process ends
    /// meanwhile, the hold stands, and is to be released again.
    virtual Task<bool> release(MailScope scope) = 0;
    /// By `since`.
    virtual Task<std::vector<Hold>> holds() = 0;
    /// Ends waiting mails `cancelled`, for `reason`. Answers in the same order.
    virtual Task<std::vector<Cancellation>> cancel(std::vector<std::string> mails, std::string reason) = 0;
    /// Writes what was learned later: an outcome, and with it the state that stands from now on. In the same order whether the
    /// mail was `delivered` and is amended; `writes` as for settle. A bounce counts in ended_in_hour as one more that ended.
    virtual Task<std::vector<bool>> amend(std::vector<Amendment> amendments, std::vector<ShelfWrite> writes = {}) = 0;
    /// New weights and limits after a reload.
    virtual void apply(const QueueSettings& settings) = 0;
    /// No more leases: pending and future lease() calls return empty at once.
    virtual void stop_lending() = 0;
};

}  // namespace ilbud
