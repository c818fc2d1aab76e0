/// What only one of several daemons on a store does: the domain watch, key changes, notices, pruning.
///
/// In    the shelf, which gives duties to one holder at a time
/// Out   work begun once its duty is this daemon's; an exception from run() when another one has taken a duty from it
/// Threads  one: that of the context
/// See   DESIGN §5
#pragma once
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/queue/shelf.hpp"

namespace ilbud {

/// Taken again at a third of it. A daemon that died is followed by another one after this at most.
inline constexpr Duration duty_hold = std::chrono::seconds(30);

class Duties {
 public:
    /// `holder`: no other daemon's name, nor this one's before.
    Duties(asio::io_context& context, Shelf& shelf, Log& log, std::string holder, Duration hold = duty_hold)
        : context_(context), shelf_(shelf), log_(log), holder_(std::move(holder)), hold_(hold), pause_(context) {}

    /// Does `work` as soon as the duty is ours; not at all if stop() comes before.
    Task<void> perform(std::string duty, std::function<Task<void>()> work);
    /// Holds on to what is ours until stop(). Throws if another daemon has a duty that was ours: this one stood still for longer
    /// than duty_hold, and what it goes on doing may be done twice.
    Task<void> run();
    void stop();

 private:
    enum class Holder : std::uint8_t { we, another, unknown };
    Task<Holder> take(std::string duty);

    asio::io_context& context_;
    Shelf& shelf_;
    Log& log_;
    std::string holder_;
    Duration hold_;
    std::vector<std::string> ours_;
    std::list<Wake> waiting_;  // one for each duty that is not ours yet
    Wake pause_;
    bool stopping_ = false;
};

}  // namespace ilbud
