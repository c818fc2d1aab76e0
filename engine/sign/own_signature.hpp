/// Signatures that sign() put on a message, read back: was this key the one that made them?
///
/// In    a message as sign() returned it; keys
/// Out   its signatures; whether a key made one. The body is not hashed again: who stored the message kept it as it was
/// Pure
/// See   RFC 6376 §3.5, §3.7
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/sign/sign.hpp"

namespace ilbud {

struct OwnSignature {
    std::string domain;    ///< d=
    std::string selector;  ///< s=
    std::string value;     ///< b=, raw bytes
    std::string data;      ///< what was signed
};

/// Of a message with such fields in another form than sign() writes (its header list, relaxed/relaxed), the data fits no key.
[[nodiscard]] std::vector<OwnSignature> own_signatures(std::string_view message);
[[nodiscard]] bool made_by(const OwnSignature& signature, const SigningKey& key);

}  // namespace ilbud
