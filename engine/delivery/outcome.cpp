// What a reply means is one table in the reply room; here is only when the next attempt
// is due. It is kept apart from the clock and from chance: the same mail, attempt and
// time give the same answer, so a schedule can be shown and tested.
#include "ilbud/delivery/outcome.hpp"

#include <algorithm>
#include <cstdint>

#include "ilbud/reply/cause.hpp"

namespace ilbud {
namespace {

// Guards against steps of zero: without it a mail that is refused for now would go round as fast as it can be sent.
constexpr Duration wait_min = 1s;

/// A number in [-1, 1) that depends on the mail and the attempt alone.
/// Mails that failed together must not come back together. From the id and not by chance, so that it is pure; not from
/// the id alone, or the same mails would be the early ones at each attempt.
double spread(std::string_view mail, int number) {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, then stirred as splitmix64 does
    for (const char c : mail) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    hash += static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
    // 53 bits, as many as a double holds: scaled to [0, 2), moved to [-1, 1).
    hash ^= hash >> 31;
    return static_cast<double>(hash >> 11) * 0x1p-52 - 1.0;
}

// Behind the last step it goes on at the last step's pace.
Duration step_by_number(const RetryPolicy& policy, int number) {
    if (policy.steps.empty()) return {};
    const auto index = static_cast<std::size_t>(std::max(number, 1) - 1);
    return policy.steps[std::min(index, policy.steps.size() - 1)];
}

// The first step whose end lies ahead.
Duration step_by_age(const RetryPolicy& policy, Duration age) {
    if (policy.steps.empty()) return {};
    Duration reached{};
    for (const Duration step : policy.steps) {
        reached += step;
        if (reached > age) return step;
    }
    return policy.steps.back();
}

Duration varied(const RetryPolicy& policy, const AttemptContext& attempt, Duration step) {
    // Settings have steps; this is for a policy made by hand.
    if (policy.steps.empty()) return 1min;
    // At most 0.9, or a wait could shrink to nothing.
    const double factor = 1.0 + std::clamp(policy.jitter, 0.0, 0.9) * spread(attempt.mail, attempt.number);
    return std::max(wait_min, Duration(static_cast<Duration::rep>(static_cast<double>(step.count()) * factor)));
}

// A clock set back makes a mail younger than new: that counts as new, never as a wait
// that is longer than its step (S47).
Duration age_of(const AttemptContext& attempt, Time now) {
    return std::max(Duration{}, now - attempt.accepted);
}

}  // namespace

Outcome judge(const Reply& reply, const AttemptContext& attempt, const RetryPolicy& policy, Time now) {
    const Cause cause = find_cause(reply);
    Outcome outcome;
    outcome.reason = cause.reason;
    outcome.attempted = cause.attempted;
    outcome.uncertain = cause.uncertain;
    outcome.suppress = cause.consequence == Consequence::suppress;
    // What the server decided stands, however late it is; only what is open can run out of time.
    if (cause.consequence == Consequence::delivered) {
        outcome.verdict = Verdict::delivered;
        return outcome;
    }
    if (cause.permanent) {
        outcome.verdict = Verdict::bounced;
        return outcome;
    }
    const Duration age = age_of(attempt, now);
    if (age >= policy.give_up_after) {
        outcome.verdict = Verdict::expired;
        outcome.reason = "expired";
        return outcome;
    }
    outcome.verdict = Verdict::retry;
    // No session came about: it waits for the relay, and the transport knows when that is back.
    const bool waits_for_relay = !cause.attempted && reply.stage <= Stage::auth;
    // Never behind the end: the last attempt is made at give_up_after and not a step before it.
    outcome.due = now + std::min(waits_for_relay ? Duration{} : varied(policy, attempt, step_by_number(policy, attempt.number)),
                                 policy.give_up_after - age);
    return outcome;
}

Time next_by_age(const AttemptContext& attempt, const RetryPolicy& policy, Time now) {
    const Duration age = age_of(attempt, now);
    return now + std::min(varied(policy, attempt, step_by_age(policy, age)), policy.give_up_after - age);
}

}  // namespace ilbud
