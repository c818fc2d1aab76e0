/// When to look at which domain: never more at a stroke nor a second than allowed, however many are due.
///
/// In    domains with the time of their next look
/// Out   the domains to look at now, the longest due first
/// Pure  the time is a parameter
/// See   SECURITY S47: a clock that jumps ahead makes everything due, and the rate still holds; one set back delays nothing by more
///       than `longest`
#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/base/time.hpp"

namespace ilbud {

class LookSchedule {
 public:
    struct Limits {
        double per_second = 10;  ///< looks on average, and at most at a stroke (but one)
        Duration longest{};      ///< no look is further ahead than this
    };

    void set_limits(const Limits& limits);
    void put(const std::string& domain, Time at);
    /// At `at`, or earlier if it is in the schedule so.
    void put_by(const std::string& domain, Time at);
    void remove(const std::string& domain);
    /// At most `most` domains that are due; they are no longer in the schedule.
    std::vector<std::string> take(std::size_t most, Time now);
    /// When take() can give something again; nothing if nothing is in the schedule.
    [[nodiscard]] std::optional<Time> next(Time now) const;
    [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
    [[nodiscard]] double burst() const { return std::max(limits_.per_second, 1.0); }
    void refill(Time now);

    Limits limits_;
    std::set<std::pair<Time, std::string>> order_;
    std::map<std::string, Time> places_;
    double tokens_ = 1;
    std::optional<Time> filled_at_;
};

}  // namespace ilbud
