/// A Resolver for one check: remembers answers, and ends the questions of a zone that takes too many or too long (S42).
///
/// In    another Resolver, which answers within limits.query_max
/// Out   its answers; failed "too many questions" or "timeout" without a query once a limit is reached, so that everything ends
///       within limits.time_max, not counting what its questions wait for our own turn (DnsAnswer::waited)
#pragma once
#include <chrono>
#include <map>
#include <utility>

#include "ilbud/dns/resolver.hpp"

namespace ilbud {

struct QuestionLimits {
    std::size_t queries_max = 300;
    Duration time_max = std::chrono::seconds(10);  ///< for all questions together
    Duration query_max =
        std::chrono::seconds(5);  ///< the resolver's own deadline: later than time_max less this, no query begins
};

/// `inner` must outlive it, and it must outlive its questions under way.
class BoundedResolver final : public Resolver {
 public:
    BoundedResolver(Resolver& inner, const QuestionLimits& limits) : inner_(inner), limits_(limits) {}

    Task<DnsAnswer> query(std::string name, RecordType type) override;
    [[nodiscard]] std::size_t queries() const { return queries_; }
    /// For whoever has a deadline of their own for some of the questions: what is left of the time, and what these may have to
    /// wait for their turn; zero at the end.
    [[nodiscard]] Duration left() const { return remaining() > Duration{} ? remaining() + turn_max : Duration{}; }

 private:
    [[nodiscard]] Duration remaining() const;
    void count_wait(std::chrono::steady_clock::time_point from, Duration waited);

    Resolver& inner_;
    QuestionLimits limits_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point waited_until_ = begun_;  // up to here waits are counted
    Duration waited_{};
    std::size_t queries_ = 0;
    std::map<std::pair<std::string, RecordType>, DnsAnswer> answers_;
};

}  // namespace ilbud
