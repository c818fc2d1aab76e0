// The parts of the SQLite store put together: the folder's lock, the writer with its thread, a reader beside it.
#include "ilbud/queue/store.hpp"
#include "sqlite_log.hpp"
#include "sqlite_queue.hpp"
#include "sqlite_schema.hpp"

namespace ilbud {
namespace {

class SqliteAdapter final : public Store {
 public:
    SqliteAdapter(std::unique_ptr<SqliteQueue> writer, std::unique_ptr<SqliteDatabase> for_reading)
        : writer_(std::move(writer)), log_(std::move(for_reading)) {}
    Queue& queue() override { return *writer_; }
    MailLog& log() override { return log_; }
    Shelf& shelf() override { return *writer_; }
    Suppressions& suppressions() override { return *writer_; }

 private:
    std::unique_ptr<SqliteQueue> writer_;
    SqliteLog log_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const QueueSettings& settings, const Clock& clock, Log& log,
                                                 Counters& counters) try {
    auto lock = own_folder(settings.folder);
    if (!lock) return lock.error();
    auto database = open_for_writing(settings.folder);
    if (!database) return database.error();
    if (lock->is_new) log.warning("queue.created", {{"folder", settings.folder.string()}, {"detail", "a new, empty queue was made"}});
    auto writer = std::make_unique<SqliteQueue>(std::move(*lock), std::move(*database), settings, clock, log, counters);
    auto reading = open_for_reading(settings.folder);
    if (!reading) return reading.error();
    return std::unique_ptr<Store>(std::make_unique<SqliteAdapter>(std::move(writer), std::move(*reading)));
} catch (const SqliteError& error) {
    return Error{"queue_unusable", settings.folder.string(), error.what()};
}

}  // namespace ilbud
