/// A reply in the form that the table of causes asks about: code, status, and its text as plain words.
///
/// Pure
/// See   RFC 5321 §4.2 (the text is meant for people, in no fixed form); RFC 3463
#pragma once
#include <string>
#include <string_view>

#include "ilbud/reply/reply.hpp"

namespace ilbud {

struct Said {
    Stage stage;
    int code;
    std::string status;  ///< without the class: "1.1" of "5.1.1"; empty if none
    /// Lower case, one blank between words and at either end. Addresses have become "@" and IPv4 addresses "#", so that no
    /// word of a mailbox or host is taken for one of the server's; there are no quotes or dashes.
    std::string words;

    explicit Said(const Reply& reply);
    [[nodiscard]] bool permanent() const { return code >= 500; }
    /// Whether one of `phrases`, which are parted by "|", is in the text. A phrase begins where a word begins and may end
    /// within one: "block list" is in "block listed". "(a/b) c" is "a c" or "b c"; "a * b" is `a` and, not far behind it,
    /// `b`.
    [[nodiscard]] bool says(std::string_view phrases) const;
};

/// Whether `list`, words parted by blanks, has `word`. No list has the empty word.
bool lists(std::string_view list, std::string_view word);

}  // namespace ilbud
