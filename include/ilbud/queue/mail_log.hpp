/// What became of events and mails: the store as people, replays and rates read it. It never waits for the writer, nor the writer for it.
///
/// In    questions
/// Out   rows, page by page
/// Threads  any; answers come on the awaiter's executor. Reading is done on a thread of the log's own.
/// Consistent  each call sees one moment of the store; leases are the holders': a leased mail shows as queued
/// Errors  invalid_cursor; throws if the store is broken
/// See   DESIGN §5, §8
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/policy/decide.hpp"
#include "ilbud/queue/mail_state.hpp"

namespace ilbud {

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

/// Where a reader goes on; whoever holds one knows nothing of what is in it. Empty: at the beginning.
struct LogCursor {
    std::string text;

    bool operator==(const LogCursor&) const = default;
};

struct MailPage {
    std::vector<MailRow> mails;
    std::optional<LogCursor> next;  ///< none: that was all
};

/// A change of a mail's state, as it was stored with what caused it: timelines, feeds and counts are made of these.
struct OutcomeRow {
    std::string mail;  ///< its id
    std::string source, event;
    Kind kind{};
    std::string account, unit, to;
    Time at{};
    MailState state{};
    int attempts = 0;  ///< with this one
    bool uncertain = false;
    std::string cause;
    int reply_code = 0;
    std::string enhanced, reply_text, relay;
};

struct OutcomePage {
    std::vector<OutcomeRow> outcomes;
    LogCursor next;  ///< behind the last of them; the same again if there is nothing new
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
    std::uint64_t number = 0;  ///< rises in the order of acceptance
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

struct EventPage {
    std::vector<StoredEvent> events;
    std::uint64_t pruned = 0;       ///< no longer stored, beside events of the span: of its time, or just outside
    std::optional<LogCursor> next;  ///< none: that was all
};

struct QueueCounts {
    std::array<std::uint64_t, words<MailState>.size()> mails{};  ///< by MailState
    std::uint64_t events = 0;
    std::uint64_t suppressions = 0;
    std::optional<Time> oldest_due;      ///< of the queued mails
    std::optional<Time> oldest_planned;  ///< of the queued and leased mails; none from Queue::counts
    /// Why nothing is taken or stored, in the words of Accepted::busy_reason; empty: all is well. None from MailLog::counts.
    std::string trouble{};
    std::optional<Time> trouble_since{};
};

/// How many mails reached their end with a relay's word: delivered, bounced or expired, notices aside.
struct EndedMails {
    std::uint64_t finished = 0;
    std::uint64_t bounced = 0;  ///< of these

    bool operator==(const EndedMails&) const = default;
};

class MailLog {
 public:
    virtual ~MailLog() = default;
    /// By number of acceptance, `query.most` a page.
    virtual Task<Result<MailPage>> mails(MailQuery query, LogCursor from = {}) = 0;
    virtual Task<std::optional<EventRow>> event(std::string source, std::string id) = 0;
    /// A piece of the span, bounded in number and bytes. If the clock was once set back by more than ten minutes, events of the
    /// time that came twice may be left out.
    virtual Task<Result<EventPage>> events(EventSpan span, LogCursor from = {}) = 0;
    /// Why the queue would not have taken `mail` of `event`, going by what it holds today of earlier events and of suppressions: a
    /// reason for a skip (R7, R14, R23), or empty.
    virtual Task<std::string> refusal(PlannedMail mail, StoredEvent event) = 0;
    /// The changes behind `after` in the order in which they were stored, at most `most`.
    virtual Task<Result<OutcomePage>> outcomes(LogCursor after, std::size_t most) = 0;
    /// The changes of one mail, from the first on.
    virtual Task<std::vector<OutcomeRow>> timeline(std::string mail) = 0;
    virtual Task<QueueCounts> counts() = 0;
    /// How many mails are queued, by unit; those of no unit (notices) under "".
    virtual Task<std::vector<std::pair<std::string, std::uint64_t>>> queued_by_unit() = 0;
    /// What ended in the hour of the wall clock that begins at `hour`, by unit; kept for at least 8 days.
    virtual Task<std::vector<std::pair<std::string, EndedMails>>> ended_in_hour(Time hour) = 0;
    /// Addresses suppressed since `since` because of complaint_reason, by account.
    virtual Task<std::vector<std::pair<std::string, std::uint64_t>>> complaints_since(Time since) = 0;
};

}  // namespace ilbud
