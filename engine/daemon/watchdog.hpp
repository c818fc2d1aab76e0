/// Feeds systemd's watchdog while every lane turns: where one is stuck, the whole daemon is started again.
///
/// In    when each lane last turned
/// Out   WATCHDOG=1 to systemd three times an interval, or a line in the log instead
/// Threads  one: that of the context
/// See   sd_watchdog_enabled(3), WatchdogSec= in systemd.service(5)
#pragma once
#include <functional>

#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"

namespace ilbud {

class Watchdog {
 public:
    /// `last_beat`: of the lane that turned least recently.
    Watchdog(asio::io_context& context, Log& log, std::function<SteadyTime()> last_beat)
        : log_(log), last_beat_(std::move(last_beat)), pause_(context) {}

    /// Until stop(); returns at once where systemd does not watch.
    Task<void> run();
    void stop();

 private:
    Log& log_;
    std::function<SteadyTime()> last_beat_;
    Wake pause_;
    bool stopping_ = false;
};

/// Whether a lane that last turned at `last_beat` still does.
[[nodiscard]] bool turns(SteadyTime last_beat, SteadyTime now);

}  // namespace ilbud
