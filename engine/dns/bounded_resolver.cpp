#include "ilbud/dns/bounded_resolver.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

DnsAnswer failed(std::string why) {
    DnsAnswer answer;
    answer.failure = std::move(why);
    return answer;
}

}  // namespace

Duration BoundedResolver::left() const {
    const auto gone = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun_);
    return std::max(limits_.time_max - gone, Duration{});
}

Task<DnsAnswer> BoundedResolver::query(std::string name, RecordType type) {
    const std::pair<std::string, RecordType> question(lower_case(name), type);
    if (const auto known = answers_.find(question); known != answers_.end()) co_return known->second;
    if (queries_ >= limits_.queries_max) co_return failed("too many questions");
    if (left() == Duration{} || left() < limits_.query_max) co_return failed("timeout");
    ++queries_;
    DnsAnswer answer = co_await inner_.query(std::move(name), type);
    answers_.emplace(question, answer);
    co_return answer;
}

}  // namespace ilbud
