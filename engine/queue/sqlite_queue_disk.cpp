// Care of the disk and of the journal, on the store's own time: is there room, are the files still ours, how long has the
// journal become. Nothing here fails a commit; what is found is told, and refuses new events where they would go nowhere.
#include <sys/statvfs.h>

#include <algorithm>

#include "sqlite_queue.hpp"

namespace ilbud {
namespace {

constexpr Duration disk_look_interval = 100ms;  // statvfs for each event would be one system call too many
// Pages of SQLite's 4 KiB. A large journal makes reads slower and the next start longer; a small one is moved too
// often, and each time its pages are written and synced once more.
constexpr int journal_pages_idle = 256;    // moved into the database when there is nothing else to do
constexpr int journal_pages_busy = 8000;   // 32 MB: moved even so
constexpr int journal_pages_told = 16384;  // 64 MB that cannot be moved, and at each doubling
constexpr Duration lost_told_every = 1min;

}  // namespace

// Asked before the disk is really full, so that what remains is for settlements: events can wait at their senders,
// outcomes cannot (S48). Unprivileged free space (f_bavail), since we do not run as root.
bool SqliteQueue::disk_has_room() {
    if (steady_now_ - disk_looked_at_ < disk_look_interval) return disk_has_room_;
    disk_looked_at_ = steady_now_;
    struct statvfs disk {};
    const bool had_room = disk_has_room_;
    // A disk that cannot be asked is found out by the commit.
    disk_has_room_ = statvfs(folder_.c_str(), &disk) != 0 || disk.f_bavail * disk.f_frsize >= settings_.disk_free_min;
    if (disk_has_room_) scarce_since_.reset();
    if (!disk_has_room_ && !scarce_since_) scarce_since_ = clock_now_.wall;
    if (had_room && !disk_has_room_) log_.error("queue.disk_nearly_full", {{"free_bytes", disk.f_bavail * disk.f_frsize}});
    return disk_has_room_;
}

bool SqliteQueue::journal_waits() const {
    return store_.journal_pages() >= journal_pages_idle;
}

// On the store's own time: idle after a few pages, busy only when it has grown. A reader that is inside the journal
// lets a checkpoint get no further than itself; the next one goes on. A failure loses nothing, as the journal stays.
void SqliteQueue::keep_journal_small(bool idle) {
    if (idle ? journal_waits() : store_.journal_pages() >= journal_pages_busy) move_journal();
}

// Taken for as many as there are: what waits is still in the files that are open, and goes out; nothing is taken on beside it.
bool SqliteQueue::files_lost() {
    if (!files_.lost()) return false;
    if (steady_now_ - lost_told_at_ >= lost_told_every) {
        lost_told_at_ = steady_now_;
        log_.error(
            "queue.store_lost",
            {{"folder", folder_.string()},
             {"detail",
              "the database or its journal was removed, renamed or replaced; what waits in it goes out, and no event is taken. "
              "Put the very files back and it goes on; else stop the daemon when nothing waits, restore the last backup, start "
              "it, and "
              "send again what was accepted since"}});
    }
    return true;
}

void SqliteQueue::move_journal() {
    try {
        const auto left = store_.checkpoint();
        if (left < journal_told_ * 2) {
            if (left < journal_pages_told) journal_told_ = journal_pages_told / 2;
            return;
        }
        journal_told_ = left;
        log_.warning("queue.journal_grows",
                     {{"mib", left / 256},
                      {"detail", "another process keeps an old view of the queue open (a reader that does not end)"}});
    } catch (const SqliteError& error) {
        log_.warning("queue.checkpoint_failed", {{"detail", error.what()}});
    }
}

}  // namespace ilbud
