/// Test mode and what was planned before it (R39): such mail waits, and goes once the settings let it.
///
/// In    the settings in force, and which accounts' mail lanes have kept back
/// Out   mails that wait are due again when test mode ends for their account, or its allowed domains change
/// Threads  kept_back(): any; the others that of the context
/// Durable  shelf "test_mode": a row for each account of which mail may wait, with the domains that were allowed then. Lanes write it in
///          the commit that lets a mail wait, so a daemon that starts with other settings knows whom to let go
#pragma once
#include <string>
#include <vector>

#include "ilbud/base/json.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/queue/store.hpp"

namespace ilbud {

/// An account in test mode.
struct TestMode {
    std::string account;
    std::vector<std::string> domains;  ///< to which its mail leaves
    bool keeps_back = false;           ///< mail that was planned before may wait
};

void write_json(JsonWriter& json, const TestMode& mode);

class TestModes {
 public:
    TestModes(asio::io_context& context, const SnapshotHolder& snapshots, Store& store, Log& log);

    /// What is to be stored with a mail of the account that is kept back.
    [[nodiscard]] static ShelfWrite note_of(const Account& account);
    /// To be called when such a note is stored: its lane may have gone by settings that are in force no more.
    void kept_back();
    /// After a reload.
    void settings_changed();
    /// Those of the settings, as of the last look.
    [[nodiscard]] std::vector<TestMode> current() const;

    /// Looks at the start, and whenever something may have changed, until stopped. What the store cannot do now is tried again.
    Task<void> run();
    void stop();
    /// One look of run(): whether all that may go is due.
    Task<bool> step();

 private:
    Task<bool> let_go(ShelfRow row, std::string allowed);

    const SnapshotHolder& snapshots_;
    Store& store_;
    Log& log_;
    asio::io_context& context_;
    Wake look_;
    std::vector<std::string> kept_;  // accounts with a row, as of the last look
    bool look_again_ = false;        // something changed since the look that is under way began
    bool stopping_ = false;
};

}  // namespace ilbud
