/// The notifier: tells accounts' contacts what concerns them, each thing at most once a day (R3).
///
/// In    notices from whoever watches something; the store's counts of bounces and complaints
/// Out   events of the engine's own (account.notice), which the store keeps as any other; lines in the log
/// Threads  one: that of its context
/// Durable  a notice that was taken survives a crash and is told exactly once: shelf "notice" says what is to be told before the
///          event is stored, and the event's id is the same in every attempt
#pragma once
#include <functional>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/base/turn.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/notice/notice_book.hpp"
#include "ilbud/notice/rate_watch.hpp"
#include "ilbud/queue/store.hpp"

namespace ilbud {

class Notifier {
 public:
    Notifier(asio::io_context& context, const SnapshotHolder& snapshots, Store& store, const Clock& clock, Log& log,
             Counters& counters);

    /// Tells it now, later or not at all, as notice_book.hpp says; logged as notice.told, notice.held, or notice.not_mailed with the
    /// reason (settings, test mode, a suppressed contact). Causes that last may be told as often as one likes.
    /// Many together are a few commits; of those about the same thing what holds at the end is told.
    /// Throws  if the store is broken
    Task<void> tell(std::vector<Notice> notices);

    /// Tells what had to wait and watches the rates, until stopped.
    Task<void> run();
    void stop();
    /// One round of run().
    Task<void> step();

 private:
    void take(Notice notice);
    Task<void> load();
    Task<void> tell_due(std::vector<std::string> names);
    std::optional<Entry> entry_of(const std::string& name);
    bool conclude(const std::string& name, const std::string& event, const Accepted& accepted, bool says_so);
    Task<void> look_at_rates();
    Task<RateCounts> count_window(Time from, Time to);
    Task<void> save();
    void note(const Notice& notice, const std::string& event, const Accepted& accepted);

    const SnapshotHolder& snapshots_;
    Store& store_;
    const Clock& clock_;
    Log& log_;
    Counters& counters_;
    Wake pause_;
    Turns turns_;  // one change of the book at a time, across its waits for the store
    NoticeBook book_;
    bool loaded_ = false;
    bool stopping_ = false;
    std::optional<Time> rates_looked_at_;
};

}  // namespace ilbud
