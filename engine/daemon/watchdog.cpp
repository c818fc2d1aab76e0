// Nothing is mended here. systemd is told that all is well, or it is not told, and then starts the daemon anew: a lane
// that hangs in a library cannot be ended alone, and all that was acknowledged is on disk.
#include "watchdog.hpp"

#include <systemd/sd-daemon.h>

namespace ilbud {
namespace {

// Longer than any one piece of a lane's work (a big attachment, a batch of signatures on a busy machine); a lane beats twice a
// second.
constexpr Duration silence_max = 20s;

}  // namespace

bool turns(SteadyTime last_beat, SteadyTime now) {
    return now - last_beat < silence_max;
}

Task<void> Watchdog::run() {
    std::uint64_t interval = 0;  // microseconds
    // 0 keeps the variables for whoever else asks. Without WatchdogSec= there is nobody to feed.
    if (::sd_watchdog_enabled(0, &interval) <= 0) co_return;
    while (!stopping_) {
        if (turns(last_beat_(), std::chrono::steady_clock::now()))
            ::sd_notify(0, "WATCHDOG=1");
        else
            log_.error("daemon.stuck", {{"detail", "a lane's or the store's thread has not turned for too long"}});
        co_await pause_.wait_for(std::chrono::microseconds(interval / 3));  // one that is lost or late does not end us
    }
}

void Watchdog::stop() {
    stopping_ = true;
    pause_.wake();
}

}  // namespace ilbud
