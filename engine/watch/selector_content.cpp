// Keys are compared by what they are, not by the text of their records: providers fold, reorder and quote TXT records,
// and two records with the same algorithm and the same p= are the same key to a receiver.
#include "selector_content.hpp"

#include <algorithm>
#include <array>

#include "ilbud/base/id.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

// Bytes of it that are kept: enough to recognise a record, and no place for a stranger to store things in.
constexpr std::size_t found_max = 200;

std::string print_of(const DkimKey& key) {
    return key.state == DkimKey::State::usable ? stable_id({key.algorithm, key.key}) : std::string();
}

// All customers' names lead to the same few records, and OpenSSL takes longer to read a key than the rest of a look.
DkimKey key_of(const std::string& record) {
    // Both slots, Ed25519, and one for what others have there. Fewer, and three keys in turn push each other out at every
    // look.
    constexpr std::size_t kept = 4;
    thread_local std::array<std::pair<std::string, DkimKey>, kept> read;
    thread_local std::size_t next = 0;
    // An empty place would match it.
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

std::optional<SelectorContent> read_selector(const DnsAnswer& answer, const std::string& target) {
    // Nothing is known, which is something else than nothing being there (S43).
    if (answer.status == DnsStatus::failed) return std::nullopt;
    SelectorContent content;
    content.ttl = answer.ttl;
    const auto wanted = lower_case(target);
    // Anywhere in the chain: behind our target there may be CNAMEs of the platform's own.
    content.aliased = std::find(answer.aliases.begin(), answer.aliases.end(), wanted) != answer.aliases.end();
    if (answer.records.size() == 1) {
        const auto key = key_of(answer.records.front());
        content.key = print_of(key);
        if (key.state == DkimKey::State::unusable) content.found = answer.records.front().substr(0, found_max);
        // Behind our own target a revoked key is an idle slot, as it should be; without the CNAME nobody can tell whose it is.
        if (key.state == DkimKey::State::revoked && !content.aliased) content.found = "a revoked key";
    } else if (answer.records.size() > 1) {
        content.found = "several TXT records";  // which one a receiver takes is undefined
    }
    // A CNAME that leads elsewhere and ends in nothing: its end tells people whose it is.
    if (content.key.empty() && content.found.empty() && !content.aliased && !answer.aliases.empty())
        content.found = answer.aliases.back();
    return content;
}

SelectorStatus status_of(const SelectorContent& content, const ExpectedKey& expected) {
    if (!content.key.empty()) return content.key == expected.key ? SelectorStatus::ours : SelectorStatus::foreign;
    if (!content.found.empty()) return SelectorStatus::elsewhere;
    return content.aliased ? SelectorStatus::empty : SelectorStatus::absent;
}

}  // namespace ilbud
