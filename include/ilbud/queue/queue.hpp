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
/// Counts  in Counters: store_*, superseded, and by settlements attempts, delivered, deferred, bounced, expired, suppressed, uncertain
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
#include "ilbud/settings/settings.hpp"

namespace ilbud {

enum class MailState : std::uint8_t { queued, leased, delivered, bounced, expired, cancelled, suppressed };
template <>
inline constexpr std::array<std::string_view, 7> words<MailState>{"queued",  "leased",    "delivered", "bounced",
                                                                  "expired", "cancelled", "suppressed"};

/// One event to store with what was decided about it.
struct Entry {
    std::shared_ptr<const Event> event;
    Decision decision;
};

struct Accepted {
    enum class Status : std::uint8_t { accepted, duplicate, conflict, busy };
    Status status = Status::accepted;
    std::string busy_reason;  ///< "queue_full" or "disk_full"
    /// What was really planned and skipped: once_key, unless_marked, topics and suppressions applied (R7, R14, R23, R36). For a
    /// duplicate: what the first one got.
    std::vector<PlannedMail> mails;
    std::vector<Skip> skipped;
    std::vector<std::string> withdrawn;  ///< ids of the waiting mails that this event superseded (R36)
};

/// A due mail, lent. It belongs to the holder until settled or until the hold time is over.
struct Lease {
    std::uint64_t row = 0;    ///< the store's own number of the mail
    std::uint64_t token = 0;  ///< a settlement with another token than the newest lease's is ignored
    PlannedMail mail;         ///< without unless_marked and topics, which the store knows
    std::shared_ptr<const Event> event;
    int attempt = 1;         ///< 1 for the first
    std::string frozen;      ///< the signed message of the first attempt (header + blank line + body); empty: render it
    bool uncertain = false;  ///< an earlier attempt lost the reply to the final dot (S36)
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

/// A mail as the log shows it.
struct MailRow {
    std::string id;
    std::string source;
    std::string event;
    Kind kind{};
    std::string account, unit, to, from;
    MailState state{};
    Time planned_at{}, due{}, changed_at{};
    int attempts = 0;
    bool uncertain = false;
    std::string reason;
    int reply_code = 0;
    std::string enhanced, reply_text, relay;
    /// The event that made it pointless (R36); no id: none. The mail is cancelled, or was on its way when that event came.
    EventName superseded_by;
};

struct MailQuery {
    std::optional<MailState> state;
    std::optional<Kind> kind;
    std::string unit, to, source, event, id;  ///< empty: any
    std::optional<Time> since;
    std::size_t most = 50;
    bool newest_first = true;
};

/// A stored event with its decision, for `explain`.
struct EventRow {
    std::string source, id, raw;
    Time accepted_at{};
    std::vector<Skip> skipped;
    std::vector<RuleStep> chain;
    std::vector<MailRow> mails;
};

struct StoredMail {
    PlannedMail mail;  ///< as in a Lease
    MailState state{};
};

/// A stored event whole, for whoever decides it anew.
struct StoredEvent {
    std::uint64_t number = 0;  ///< in the order of acceptance, from 1, without gaps until events are pruned
    std::string source, id, raw;
    Time accepted_at{};
    std::vector<Skip> skipped;
    std::vector<RuleStep> chain;
    std::vector<StoredMail> mails;
};

/// The events accepted from `since` on and before `until`.
struct EventSpan {
    Time since{};
    Time until = Time::max();
};

/// Where in a span a reader goes on; as it is made: at the beginning.
struct EventPlace {
    std::uint64_t number = 0;
    bool inside = false;  ///< the event before it was of the span
};

struct EventPage {
    std::vector<StoredEvent> events;
    std::uint64_t pruned = 0;        ///< no longer stored, beside events of the span: of its time, or just outside
    std::optional<EventPlace> next;  ///< none: that was all
};

struct QueueCounts {
    std::array<std::uint64_t, words<MailState>.size()> mails{};  ///< by MailState
    std::uint64_t events = 0;
    std::uint64_t suppressions = 0;
    std::optional<Time> oldest_due;  ///< of the queued mails
};

struct Suppression {
    std::string account, address, reason;
    Time since{};
};

/// One small thing that must survive a restart and belongs to no event: the state of a key, of a watched domain, of a throttle.
struct ShelfRow {
    std::string name;
    std::string value;  ///< JSON text
    bool operator==(const ShelfRow&) const = default;
};

/// Why an address is suppressed whose owner complained (pressed "this is spam"); such rows are counted as complaints.
inline constexpr std::string_view complaint_reason = "complaint";

/// How many mails reached their end with a relay's word: delivered, bounced or expired, notices aside.
struct EndedMails {
    std::uint64_t finished = 0;
    std::uint64_t bounced = 0;  ///< of these

    bool operator==(const EndedMails&) const = default;
};

/// What anyone may ask, also while a daemon owns the queue. Leases are in the daemon's memory: a leased mail shows as queued.
/// Threads  one at a time
class QueueReader {
 public:
    virtual ~QueueReader() = default;
    virtual std::vector<MailRow> mails(const MailQuery& query) = 0;
    virtual std::optional<EventRow> event(std::string_view source, std::string_view id) = 0;
    /// A piece of the span, bounded in number and bytes. If the clock was once set back by more than ten minutes, events of the
    /// time that came twice may be left out.
    virtual EventPage events(const EventSpan& span, const EventPlace& from) = 0;
    /// Why the queue would not have taken `mail` of `event`, going by what it holds today of earlier events and of suppressions: a
    /// reason for a skip (R7, R14, R23), or empty.
    virtual std::string refusal(const PlannedMail& mail, const StoredEvent& event) = 0;
    virtual QueueCounts counts() = 0;
    /// Of one account; of all where `account` is empty.
    virtual std::vector<Suppression> suppressions(std::string_view account) = 0;
    /// All rows of one shelf, by name.
    virtual std::vector<ShelfRow> shelf(std::string_view shelf) = 0;
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
    virtual Task<std::vector<Accepted>> accept(std::vector<Entry> entries) = 0;
    /// Lends up to `most` due mails: urgent classes first by the weights, round-robin over units inside a class. Waits until at
    /// least one is due, at most `wait`; then empty. Mails to suppressed addresses are settled `suppressed` on the way (S45), those
    /// that were superseded while they were lent before `cancelled`.
    /// A mail whose stored event can no longer be read is settled `bounced`, "event_unreadable".
    virtual Task<std::vector<Lease>> lease(std::size_t most, Duration wait) = 0;
    /// Ends leases. Never ends one before its outcome is stored. A settlement counts as long as nobody else has leased the mail,
    /// even if its hold is over; any other is ignored. A mail whose settlement waits for the disk is not lent again. One that would
    /// wait again although a newer event superseded it is settled `cancelled`.
    virtual Task<void> settle(std::vector<Settlement> settlements) = 0;
    /// Waiting and waited-for mails, cheaply.
    virtual Task<QueueCounts> counts() = 0;
    /// What ended in the hour of the wall clock that begins at `hour`, by unit; counted in the commit of the settlement, kept for
    /// at least 8 days.
    virtual Task<std::vector<std::pair<std::string, EndedMails>>> ended_in_hour(Time hour) = 0;
    /// Addresses suppressed since `since` because of complaint_reason, by account.
    virtual Task<std::vector<std::pair<std::string, std::uint64_t>>> complaints_since(Time since) = 0;
    /// Adds or removes a suppression by hand. Returns whether anything changed.
    virtual Task<bool> suppress(Suppression suppression) = 0;
    virtual Task<bool> unsuppress(std::string account, std::string address) = 0;
    /// Removes what is finished and accepted before `before`, at most `most` events with their mails, once-keys and marks. Each call
    /// goes on where the last one stopped. What still waits stays, and is met again by the next sweep.
    virtual Task<Pruned> prune(Time before, std::size_t most) = 0;
    /// Mails that wait for a later attempt because of `reason`, and whose From is of `domain` (lower-case A-labels), become due now.
    /// Returns how many. Mails that are lent keep their time.
    virtual Task<std::size_t> hasten(std::string reason, std::string domain) = 0;
    /// All rows of one shelf, by name (bytewise), with everything that was put there before the call.
    virtual Task<std::vector<ShelfRow>> shelf(std::string shelf) = 0;
    /// Puts the rows on the shelf, over those of the same name, all or none; durable when it returns. An empty value removes the row.
    virtual Task<void> put_on_shelf(std::string shelf, std::vector<ShelfRow> rows) = 0;
    /// New weights and limits after a reload.
    virtual void apply(const QueueSettings& settings) = 0;
    /// No more leases: pending and future lease() calls return empty at once.
    virtual void stop_lending() = 0;
};

/// Opens (and, if needed, creates or migrates) the SQLite queue in `settings.folder`. One process only: a second open of the
/// same folder fails. Leases of a process that died are void: their mails are due again.
/// Errors  queue_in_use, queue_schema (made by a newer version), queue_unusable
Result<std::unique_ptr<Queue>> open_sqlite_queue(const QueueSettings& settings, const Clock& clock, Log& log, Counters& counters);

/// Opens it for reading only, whether or not a daemon runs.
/// Errors  queue_missing, queue_older (a start of its daemon brings it up to date), queue_schema, queue_unusable
Result<std::unique_ptr<QueueReader>> open_sqlite_reader(const QueueSettings& settings);

}  // namespace ilbud
