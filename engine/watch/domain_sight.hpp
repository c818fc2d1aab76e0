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

struct KeySight {
    bool aliased = false;
    std::string key;    // key_print(); empty: no usable key
    std::string found;  // what stands there instead
    Duration ttl{};
};

std::optional<KeySight> see(const DnsAnswer& answer, const std::string& target);
/// How it stands to what is expected. A key counts as ours also without the CNAME: providers that flatten CNAMEs hide them.
Sight sight_of(const KeySight& sight, const ExpectedKey& expected);

}  // namespace ilbud
