/// Puts names in the place of mail addresses, so that a log can be read, kept and passed on without them.
///
/// In    any text: a recipient's address, a server's reply that repeats it
/// Out   the text with addr:0123456789abcdef for each address, the same name for the same address whatever its case
/// Pure  the same key gives the same names; without the key nobody can tell which address a name stands for, not even by trying
///       all that he knows
/// Threads  any
#pragma once
#include <string>
#include <string_view>

#include "ilbud/base/secret.hpp"

namespace ilbud {

class AddressMask {
 public:
    explicit AddressMask(Secret key) : key_(std::move(key)) {}

    /// An address is what stands around an '@' (or %40, as in links) without a space, bracket, comma, semicolon or colon; a local
    /// part in quotes is one with all that is in them. What only looks like an address is masked as well.
    [[nodiscard]] std::string masked(std::string_view text) const;
    /// Whether masked() would look any closer: nearly no text has one.
    [[nodiscard]] static bool may_hold_address(std::string_view text);

 private:
    [[nodiscard]] std::string name_of(std::string_view local, std::string_view domain) const;

    Secret key_;
};

}  // namespace ilbud
