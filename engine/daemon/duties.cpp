// A store that cannot answer (a full disk, a network that is down) neither gives a duty nor takes it: nobody else gets one from it
// meanwhile. Work that has begun goes on.
#include "duties.hpp"

#include <stdexcept>

namespace ilbud {

Task<void> Duties::perform(std::string duty, std::function<Task<void>()> work) {
    auto holder = Holder::unknown;
    const auto pause = waiting_.emplace(waiting_.end(), context_);
    while (!stopping_) {
        const auto before = holder;
        holder = co_await take(duty);
        if (holder == Holder::we) break;
        if (holder == Holder::another && before != holder) log_.info("daemon.duty_waits", {{"duty", duty}});
        if (!stopping_) co_await pause->wait_for(hold_ / 3);
    }
    waiting_.erase(pause);
    if (stopping_) co_return;
    ours_.push_back(duty);
    co_await work();
}

Task<void> Duties::run() {
    while (!stopping_) {
        co_await pause_.wait_for(hold_ / 3);
        const auto ours = ours_;
        for (const auto& duty : ours) {
            if (stopping_) co_return;
            const auto holder = co_await take(duty);
            if (holder == Holder::another) throw std::runtime_error("another daemon has taken the duty " + duty);
        }
    }
}

Task<Duties::Holder> Duties::take(std::string duty) {
    try {
        const auto taken = co_await shelf_.take_duty(duty, holder_, hold_);
        co_return taken ? Holder::we : Holder::another;
    } catch (const std::exception& error) {
        log_.warning("daemon.duty_unknown", {{"duty", duty}, {"detail", error.what()}});
    }
    co_return Holder::unknown;
}

void Duties::stop() {
    stopping_ = true;
    pause_.wake();
    for (auto& waiting : waiting_) waiting.wake();
}

}  // namespace ilbud
