/// Turns: one coroutine at a time, in the order of asking. What a mutex is to threads, for the coroutines of one context.
///
/// Threads  one: that of the context
/// Bounds   as many may wait as ask; who waits is woken once, when it is its turn
#pragma once
#include <deque>
#include <memory>

#include "ilbud/base/task.hpp"

namespace ilbud {

class Turns {
    struct Waiter;
    // Held by turns and waiters, too: a coroutine's frame may be destroyed after this object.
    struct State {
        bool taken = false;
        std::deque<std::weak_ptr<Waiter>> waiting;
    };

 public:
    /// Lasts until it goes out of scope.
    class [[nodiscard]] Turn {
     public:
        Turn(Turn&& other) noexcept = default;
        Turn& operator=(Turn&&) = delete;
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() {
            if (state_) pass_on(state_);
        }

     private:
        friend class Turns;
        explicit Turn(std::shared_ptr<State> state) : state_(std::move(state)) {}
        std::shared_ptr<State> state_;
    };

    /// Waits for the turn of whoever awaits it.
    Task<Turn> next();
    /// Whether next() would wait now.
    [[nodiscard]] bool taken() const { return state_->taken; }

 private:
    // To the one that waits longest, if it still does.
    static void pass_on(const std::shared_ptr<State>& state);

    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace ilbud
