// The limits of one check, kept here and not in the adapter: the adapter serves many checks beside each other and knows
// nothing of where one begins or ends. SPF counts its look-ups by rules of its own (RFC 7208 §4.6.4); this is the belt
// around everything a check asks, so that a zone built to cost us time costs a known amount of it.
#include "ilbud/dns/bounded_resolver.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// A new answer has status failed already: what is not known must change nothing (S43).
DnsAnswer failed(std::string why) {
    DnsAnswer answer;
    answer.failure = std::move(why);
    return answer;
}

}  // namespace

// Steady time: a wall clock set forward in the middle of a check would end it, one set back would let it run on.
Duration BoundedResolver::remaining() const {
    const auto gone = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun_);
    return std::max(limits_.time_max + waited_ - gone, Duration{});
}

// Questions wait side by side: a moment in which several do is counted once. What our own pace takes is not the zone's time.
void BoundedResolver::count_wait(std::chrono::steady_clock::time_point from, Duration waited) {
    const auto to = from + waited;
    if (to <= waited_until_) return;
    waited_ += std::chrono::duration_cast<Duration>(to - std::max(from, waited_until_));
    waited_until_ = to;
}

Task<DnsAnswer> BoundedResolver::query(std::string name, RecordType type) {
    // Letters count without their case (RFC 1035 §2.3.3). A last dot is left on: with it
    // the name is asked once more, no worse.
    const std::pair<std::string, RecordType> question(lower_case(name), type);
    if (const auto known = answers_.find(question); known != answers_.end()) co_return known->second;
    // Only what is passed on is counted, and what is known is told even when nothing may be asked any more.
    if (queries_ >= limits_.queries_max) co_return failed("too many questions");
    // A query that begins may take all of query_max. It begins only if even then the whole stays within time_max.
    if (remaining() == Duration{} || remaining() < limits_.query_max) co_return failed("timeout");
    ++queries_;
    // A failure is remembered as well: a dead name server costs this check its deadline once, not for every judge that
    // asks. Two equal questions that wait at the same time both go out; the first one back is the one that is kept.
    const auto asked = std::chrono::steady_clock::now();
    DnsAnswer answer = co_await inner_.query(std::move(name), type);
    count_wait(asked, answer.waited);
    answers_.emplace(question, answer);
    co_return answer;
}

}  // namespace ilbud
