/// Mail addresses and domain names as far as the engine lets them in: exactly one addr-spec, never a comment, group or list.
///
/// In    text as typed, UTF-8
/// Out   the address as it stands on the wire: the local part as given, the domain as lower-case A-labels (UTS 46)
/// Pure
/// See   RFC 5321 §4.1.2 (Mailbox), §4.5.3.1 (lengths), RFC 6531 (UTF-8 local parts), UTS 46; SECURITY S1, S7, S8, S9
#pragma once
#include <string>
#include <string_view>

#include "ilbud/base/result.hpp"

namespace ilbud {

struct Address {
    std::string local;   ///< as given, quotes included ("\"a b\"")
    std::string domain;  ///< lower-case A-labels; no address literal

    [[nodiscard]] std::string text() const { return local + '@' + domain; }
    /// Whether the local part has bytes beyond ASCII, so that only an SMTPUTF8 server can take it (RFC 6531).
    [[nodiscard]] bool needs_smtputf8() const;
    bool operator==(const Address&) const = default;
};

/// Reads one address. Leading and trailing white space is not removed: it is refused.
/// Errors  invalid_address; `detail` says what is wrong and where
Result<Address> parse_address(std::string_view text);

/// The domain as lower-case A-labels, at least two labels, each 1 to 63 characters, 253 in all, letters digits hyphens.
/// Errors  invalid_domain
Result<std::string> parse_domain(std::string_view text);

/// The same of a name as the DNS writes it: with or without the root's dot at its end, which is not part of what comes out.
/// For domains that people type; in an address there is no room for that dot.
/// Errors  invalid_domain
Result<std::string> parse_dns_domain(std::string_view text);

/// The domain of an address that has been read before: what follows its last '@'.
[[nodiscard]] inline std::string_view domain_of(std::string_view address) {
    return address.substr(address.rfind('@') + 1);
}

/// What a suppression list compares: local part in lower case (as nearly all receivers do), composed (NFC) and without quotes,
/// which name the same mailbox, + domain (SECURITY S9). For comparing only: it is not an address.
[[nodiscard]] std::string suppression_key(const Address& address);

}  // namespace ilbud
