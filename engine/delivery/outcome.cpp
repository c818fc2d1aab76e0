#include "ilbud/delivery/outcome.hpp"

#include <algorithm>
#include <cstdint>

#include "ilbud/reply/cause.hpp"

namespace ilbud {
namespace {

constexpr Duration wait_min = 1s;

/// A number in [-1, 1) that depends on the mail and the attempt alone.
double spread(std::string_view mail, int number) {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, then stirred as splitmix64 does
    for (const char c : mail) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    hash += static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
    hash ^= hash >> 31;
    return static_cast<double>(hash >> 11) * 0x1p-52 - 1.0;
}

Duration step_by_number(const RetryPolicy& policy, int number) {
    const auto index = static_cast<std::size_t>(std::max(number, 1) - 1);
    return policy.steps[std::min(index, policy.steps.size() - 1)];
}

Duration step_by_age(const RetryPolicy& policy, Duration age) {
    Duration reached{};
    for (const Duration step : policy.steps) {
        reached += step;
        if (reached > age) return step;
    }
    return policy.steps.back();
}

Duration wait_before(const RetryPolicy& policy, const AttemptContext& attempt, Duration age, bool counts) {
    if (policy.steps.empty()) return 1min;
    const Duration step = counts ? step_by_number(policy, attempt.number) : step_by_age(policy, age);
    const double factor = 1.0 + std::clamp(policy.jitter, 0.0, 0.9) * spread(attempt.mail, attempt.number);
    const auto varied = static_cast<double>(step.count()) * factor;
    return std::max(wait_min, Duration(static_cast<Duration::rep>(varied)));
}

}  // namespace

Outcome judge(const Reply& reply, const AttemptContext& attempt, const RetryPolicy& policy, Time now) {
    const Cause cause = find_cause(reply);
    Outcome outcome;
    outcome.reason = cause.reason;
    outcome.attempted = cause.attempted;
    outcome.uncertain = cause.uncertain;
    outcome.suppress = cause.suppress;
    if (cause.kind == Cause::Kind::success) {
        outcome.verdict = Verdict::delivered;
        return outcome;
    }
    if (cause.kind == Cause::Kind::permanent) {
        outcome.verdict = Verdict::bounced;
        return outcome;
    }
    const Duration age = std::max(Duration{}, now - attempt.accepted);
    if (age >= policy.give_up_after) {
        outcome.verdict = Verdict::expired;
        outcome.reason = "expired";
        return outcome;
    }
    outcome.verdict = Verdict::retry;
    outcome.due = now + std::min(wait_before(policy, attempt, age, cause.attempted), policy.give_up_after - age);
    return outcome;
}

}  // namespace ilbud
