#include "domain_sight.hpp"

#include <algorithm>
#include <array>

#include "ilbud/base/id.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

constexpr std::size_t found_max = 200;

std::string print_of(const DkimKey& key) {
    return key.state == DkimKey::State::usable ? stable_id({key.algorithm, key.key}) : std::string();
}

// All customers' names lead to the same few records, and OpenSSL takes longer to read a key than the rest of a look.
DkimKey key_of(const std::string& record) {
    constexpr std::size_t kept = 4;
    thread_local std::array<std::pair<std::string, DkimKey>, kept> read;
    thread_local std::size_t next = 0;
    if (record.empty()) return parse_dkim_key(record);
    for (const auto& [text, key] : read)
        if (text == record) return key;
    auto& place = read.at(next++ % kept);
    place = {record, parse_dkim_key(record)};
    return place.second;
}

}  // namespace

std::string key_print(std::string_view record) {
    return print_of(parse_dkim_key(record));
}

std::optional<KeySight> see(const DnsAnswer& answer, const std::string& target) {
    if (answer.status == DnsStatus::failed) return std::nullopt;
    KeySight sight;
    sight.ttl = answer.ttl;
    const auto wanted = lower_case(target);
    sight.aliased = std::find(answer.aliases.begin(), answer.aliases.end(), wanted) != answer.aliases.end();
    if (answer.records.size() == 1) {
        const auto key = key_of(answer.records.front());
        sight.key = print_of(key);
        if (key.state == DkimKey::State::unusable) sight.found = answer.records.front().substr(0, found_max);
        if (key.state == DkimKey::State::revoked && !sight.aliased) sight.found = "a revoked key";
    } else if (answer.records.size() > 1) {
        sight.found = "several TXT records";  // which one a receiver takes is undefined
    }
    if (sight.key.empty() && sight.found.empty() && !sight.aliased && !answer.aliases.empty())
        sight.found = answer.aliases.back();
    return sight;
}

Sight sight_of(const KeySight& sight, const ExpectedKey& expected) {
    if (!sight.key.empty()) return sight.key == expected.key ? Sight::ours : Sight::foreign;
    if (!sight.found.empty()) return Sight::elsewhere;
    return sight.aliased ? Sight::empty : Sight::absent;
}

}  // namespace ilbud
