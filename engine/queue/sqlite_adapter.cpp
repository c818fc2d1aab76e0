// The parts of the SQLite store put together: the folder's lock, the writer with its thread, a reader beside it.
#include "ilbud/queue/store.hpp"
#include "sqlite_log.hpp"
#include "sqlite_queue.hpp"
#include "sqlite_schema.hpp"

namespace ilbud {
namespace {

class SqliteAdapter final : public Store {
 public:
    SqliteAdapter(std::unique_ptr<SqliteLog> log, std::unique_ptr<SqliteQueue> writer)
        : log_(std::move(log)), writer_(std::move(writer)) {}
    Queue& queue() override { return *writer_; }
    MailLog& log() override { return *log_; }
    Shelf& shelf() override { return *writer_; }
    Suppressions& suppressions() override { return *writer_; }

 private:
    std::unique_ptr<SqliteLog> log_;  // the writer asks it
    std::unique_ptr<SqliteQueue> writer_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const QueueSettings& settings, const Clock& clock, Log& log,
                                                 Counters& counters) try {
    auto lock = own_folder(settings.folder);
    if (!lock) return lock.error();
    auto opened = open_for_writing(settings.folder, log);
    if (!opened) return opened.error();
    if (opened->is_new)
        log.warning("queue.created", {{"folder", settings.folder.string()}, {"detail", "a new, empty queue was made"}});
    auto for_reading = open_for_reading(settings.folder);
    if (!for_reading) return for_reading.error();
    auto reads = std::make_unique<SqliteLog>(std::move(*for_reading));
    auto writer =
        std::make_unique<SqliteQueue>(std::move(*lock), std::move(opened->database), settings, clock, log, counters, *reads);
    reads->look_for_damage(log);
    return std::unique_ptr<Store>(std::make_unique<SqliteAdapter>(std::move(reads), std::move(writer)));
} catch (const SqliteError& error) {
    return Error{"queue_unusable", settings.folder.string(), error.what()};
}

}  // namespace ilbud
