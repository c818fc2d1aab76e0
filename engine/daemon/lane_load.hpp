/// What a lane has in hand, and what it may do next because of it: lease more, send more, give results to the store.
///
/// In    what happened (leased, concluded, stored), how many mails may be in flight, the time
/// Out   what to do now, or when to look again if nothing happens before
/// Pure  the time is a parameter
/// See   DESIGN §1.2: a kill may repeat only what was sent and not yet stored, so that little of it may be outstanding
#pragma once
#include <cstddef>
#include <optional>

#include "ilbud/base/time.hpp"
#include "ilbud/delivery/transport.hpp"

namespace ilbud {

class LaneLoad {
 public:
    /// Of what a kill may repeat the lane has its share: all lanes together have exactly that.
    explicit LaneLoad(LaneShare share);

    /// So many mails now; none: look again when something happens, or at `look_again`.
    struct Next {
        std::size_t mails = 0;
        SteadyTime look_again = SteadyTime::max();

        bool operator==(const Next&) const = default;
    };
    struct Places {
        std::size_t all = 0;       ///< mails that may be in flight
        std::size_t together = 1;  ///< mails whose signatures are made together (dkim.sign_together)
    };

    /// How many mails to lease. Waits until half of the places are free and as many as are signed together, or one has been free
    /// for a while: a slow relay must not hold up an urgent mail.
    [[nodiscard]] Next lease_next(const Places& places, SteadyTime now);
    void leased(std::size_t mails) { in_hand_ += mails; }

    /// Whether more may be sent: not while too many results wait for the store. `answered`: mails that have their answer and are
    /// not concluded yet, though they will be before anything else happens.
    [[nodiscard]] bool may_send(std::size_t answered = 0) const { return unsettled() + answered < unsettled_most_; }

    /// A mail has its answer: it takes no place any more, though the store does not know yet.
    void concluded() { ++results_; }
    /// How many results to give to the store. While one batch is being stored, the next one gathers.
    [[nodiscard]] Next settle_next(SteadyTime now);
    void storing(std::size_t results);
    void stored();
    /// Nothing is sent any more: results are stored as they are there.
    void end() { ended_ = true; }
    [[nodiscard]] bool ended() const { return ended_; }

    [[nodiscard]] std::size_t in_hand() const { return in_hand_; }

 private:
    [[nodiscard]] std::size_t unsettled() const { return results_ + storing_; }

    std::size_t unsettled_most_;
    std::size_t in_hand_ = 0;  // leased and not yet stored
    std::size_t results_ = 0;  // of these, concluded and not yet given to the store
    std::size_t storing_ = 0;  // given to it
    std::optional<SteadyTime> lease_by_, settle_by_;
    bool ended_ = false;
};

}  // namespace ilbud
