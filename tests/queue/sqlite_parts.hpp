/// What tests of the SQLite queue alone share: its parts in a folder, and a process that is killed. Include sqlite_adapter.hpp
/// first.
#pragma once
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <functional>
#include <thread>

#include "../../engine/queue/sqlite_schema.hpp"
#include "ilbud/queue/store.hpp"

namespace ilbud::test {

struct Parts {
    QueueSettings settings;
    Log log{LogLevel::error, LogFormat::text, [](std::string_view) {}};
    Counters counters;

    explicit Parts(const std::filesystem::path& folder) {
        settings.folder = folder;
        settings.disk_free_min = 0;
    }
    Result<std::unique_ptr<Store>> open() { return open_sqlite_store(settings, system_clock(), log, counters); }
};

/// A database as version 1 made it: what versions 2 to 4 added is taken away again.
inline constexpr const char* back_to_version_1 =
    "DROP TABLE shelf; DROP TABLE ended; DROP INDEX suppression_complaint; DROP TABLE topic; DROP TABLE superseded; "
    "ALTER TABLE mark DROP COLUMN at; PRAGMA user_version = 1";

/// What version 7 added is taken away again.
inline constexpr const char* back_to_version_6 =
    "ALTER TABLE mail DROP COLUMN urgency; ALTER TABLE mail DROP COLUMN complaints; ";

/// Runs `child` in a process of its own, which writes numbers to a pipe, and kills it a moment after the first of them. Returns
/// how it ended.
inline int run_until_killed(const std::function<void(int)>& child, const std::function<void(std::uint32_t)>& each,
                            std::chrono::microseconds moment) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const auto process = ::fork();  // no other thread runs now: every queue opened before is closed
    REQUIRE(process >= 0);
    if (process == 0) {
        ::close(ends[0]);
        child(ends[1]);
        _exit(3);
    }
    ::close(ends[1]);
    std::uint32_t number = 0;
    REQUIRE(::read(ends[0], &number, sizeof number) == sizeof number);
    each(number);
    std::this_thread::sleep_for(moment);
    ::kill(process, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(process, &status, 0) == process);
    while (::read(ends[0], &number, sizeof number) == sizeof number) each(number);
    ::close(ends[0]);
    return status;
}

}  // namespace ilbud::test
