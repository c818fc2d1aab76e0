/// A DKIM verifier on top of the engine's canonical forms: what it accepts of other people's mail proves those forms.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/compose/compose.hpp"

namespace ilbud::test {

/// The tags of one DKIM-Signature field, white space removed.
using Tags = std::map<std::string, std::string>;

/// Header and body of a raw message; LF line ends become CRLF.
Message parse_message(std::string_view raw);

/// The DKIM-Signature fields of `message`, in order.
std::vector<Tags> signatures_of(const Message& message);

/// The body hash as the tags' c= wants it, base64.
std::string body_hash(const Message& message, const Tags& tags);

/// Verifies signature `index` against the key record `record`. Empty if it holds, else the reason.
std::string verify(const Message& message, std::size_t index, std::string_view record);

}  // namespace ilbud::test
