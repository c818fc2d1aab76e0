/// One store with its four ports, and what can be read of it beside the daemon that owns it.
///
/// In    the queue's folder
/// Out   the ports. Every adapter passes tests/contract/queue_contract.hpp.
/// Threads  any
/// Storing has three outcomes: stored (it survives a power cut); away (events are answered `busy`: perhaps stored, sending them
/// again is safe); broken (an exception, also to everybody who asks later).
/// See   DESIGN §5; SECURITY S28, S45–S48
#pragma once
#include <memory>

#include "ilbud/base/counters.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/queue/mail_log.hpp"
#include "ilbud/queue/queue.hpp"
#include "ilbud/queue/shelf.hpp"
#include "ilbud/queue/suppressions.hpp"

namespace ilbud {

class StoreReader {
 public:
    virtual ~StoreReader() = default;
    virtual MailLog& log() = 0;
    virtual ShelfReader& shelf() = 0;
    virtual SuppressionReader& suppressions() = 0;
};

class Store {
 public:
    virtual ~Store() = default;
    virtual Queue& queue() = 0;
    virtual MailLog& log() = 0;
    virtual Shelf& shelf() = 0;
    virtual Suppressions& suppressions() = 0;
};

/// Opens (and, if needed, creates or migrates) the SQLite store in `settings.folder`. One process only: a second open of the
/// same folder fails. Mails that a process which died had lent are due again, and uncertain.
/// Errors  queue_in_use, queue_schema (made by a newer version), queue_unusable
Result<std::unique_ptr<Store>> open_sqlite_store(const QueueSettings& settings, const Clock& clock, Log& log, Counters& counters);

/// Opens it for reading only, whether or not a daemon runs.
/// Errors  queue_missing, queue_older (a start of its daemon brings it up to date), queue_schema, queue_unusable
Result<std::unique_ptr<StoreReader>> open_sqlite_reader(const QueueSettings& settings);

}  // namespace ilbud
