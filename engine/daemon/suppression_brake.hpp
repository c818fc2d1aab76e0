/// The brake: a relay that says of everybody that the mailbox does not exist must not suppress them all (R7).
///
/// In    how each mail came to its end, from all lanes
/// Out   whether a reply may suppress; where it may not, a hold of the account (R39) and word of it
/// Rules An account is braked by the reply that would be the one too many by both limits of BrakeSettings. That reply and all
///       like it that are still under way suppress nobody and bounce nothing: their mails go back into the queue, where the
///       hold keeps them. So no more than suppressed_max are suppressed by a relay of which nothing else was heard. Other
///       answers count as ever. It ends with begin_anew(), when somebody releases the account.
/// Threads  any: one for all lanes, as each sees but a part of what a relay says. A lock, held for some additions
/// Durable  the hold is the store's; counts are taken from it at the start (load)
#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/delivery/outcome.hpp"
#include "ilbud/notice/notice.hpp"
#include "ilbud/queue/store.hpp"

namespace ilbud {

/// Why a mail went back: its reply was not believed.
inline constexpr std::string_view brake_reason = "brake";

/// An account that was braked, and by what.
struct Braked {
    std::string account;
    std::size_t suppressed = 0, ended = 0;  ///< within the time, without the reply that was one too many
    Duration within{};
    Reply reply;  ///< that one
    Time since{};
};

/// One line for people, without addresses: "20 of 20 mails within 1h; relay r1 said 550 5.1.1 no such user".
[[nodiscard]] std::string to_text(const Braked& braked);

/// The mail to whoever runs the platform.
[[nodiscard]] OperatorNotice to_notice(const Braked& braked);

class SuppressionBrake {
 public:
    /// `tell` is called once for each time an account is braked, on the lane's thread, when its hold is stored.
    SuppressionBrake(Queue& queue, const Clock& clock, Log& log, std::function<void(const Braked&)> tell = {})
        : queue_(queue), clock_(clock), log_(log), tell_(std::move(tell)) {}

    /// What ended before this start: by the suppressions' rows, and by the store's counts of whole hours. Before the lanes run.
    Task<void> load(Store& store, const Settings& settings, SteadyTime now = std::chrono::steady_clock::now());

    /// Counts the outcome. True: it would suppress and must not; hold() says what comes instead.
    /// A mail of no account is the platform's own, to its operator: that one is never suppressed.
    [[nodiscard]] bool stops(const std::string& account, const Outcome& outcome, const BrakeSettings& limits,
                             SteadyTime now = std::chrono::steady_clock::now());

    /// Holds the account; the mail's outcome: `later`, which is what a temporary refusal would have been, or due at once if the
    /// hold is stored. If it cannot be, the next such reply tries again.
    Task<Outcome> hold(const std::string& account, const Reply& reply, Outcome later);

    /// Forgets what was counted for the account, and that it is braked.
    void begin_anew(const std::string& account);

 private:
    // Of a twelfth of the time, so that the window slides in steps and stays small.
    struct Step {
        SteadyTime begin;
        std::size_t ended = 0, suppressed = 0;
    };
    struct Account {
        std::deque<Step> steps;
        std::optional<Braked> braked;
        bool told = false;
    };
    Account& account_at(const std::string& account, Duration within, SteadyTime now);
    std::optional<Braked> braked(const std::string& account, const Reply& reply);
    bool is_first(const std::string& account);

    Queue& queue_;
    const Clock& clock_;
    Log& log_;
    std::function<void(const Braked&)> tell_;
    std::mutex mutex_;
    std::unordered_map<std::string, Account> accounts_;
};

}  // namespace ilbud
