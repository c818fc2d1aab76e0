/// What one answer says about a selector.
///
/// In    the answer to a TXT question, the CNAME's expected target
/// Out   which key was seen, or what stands there instead; nothing where the DNS failed
/// Pure
/// See   RFC 6376 §3.6.2.2
#pragma once
#include <optional>
#include <string>

#include "ilbud/watch/domain_state.hpp"

namespace ilbud {

struct SelectorContent {
    bool aliased = false;
    std::string key;    // key_print(); empty: no usable key
    std::string found;  // what stands there instead
    Duration ttl{};
};

std::optional<SelectorContent> read_selector(const DnsAnswer& answer, const std::string& target);
/// How it stands to what is expected. A key counts as ours also without the CNAME: providers that flatten CNAMEs hide them.
SelectorStatus status_of(const SelectorContent& content, const ExpectedKey& expected);

}  // namespace ilbud
