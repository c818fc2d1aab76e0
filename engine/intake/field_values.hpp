/// The forms that single values of an event must have.
///
/// Pure
#pragma once
#include <optional>
#include <string_view>

#include "ilbud/settings/words.hpp"

namespace ilbud {

/// 13 digits, the last one the check digit of the others (GS1 General Specifications §7.9).
[[nodiscard]] bool is_ean(std::string_view text);

/// The name of a kind of electronic address: "0088" (ISO 6523), "DK:CVR"; at most 25 letters, digits, ':', '-' and '_'.
[[nodiscard]] bool is_scheme(std::string_view text);

/// RFC 3986 URI-reference, as CloudEvents wants for `source`.
[[nodiscard]] bool is_uri_reference(std::string_view text);

/// "type/subtype" of RFC 2045 tokens, and not a container (multipart, message), which an attachment cannot be.
[[nodiscard]] bool is_attachment_type(std::string_view text);

/// A name for an attachment: no folders, not hidden, not "." or ".." (SECURITY S41); control characters are refused before.
[[nodiscard]] bool is_file_name(std::string_view text);

/// A path that stays below the folder it starts in: relative, no empty, "." or ".." segment, no backslash.
[[nodiscard]] bool is_inner_path(std::string_view text);

/// Whether `text` is a type in JSON syntax ("application/json", "text/json", "*/*+json"), with or without parameters.
[[nodiscard]] bool is_json_type(std::string_view text);

/// Whether `text` has the shape of a language tag: "da", "da-DK", "nb_NO"; at most 35 letters, digits, '-' and '_'.
[[nodiscard]] bool is_language_tag(std::string_view text);

/// The language with texts that the tag `text` names; "no" and "nn" are read as nb. Nothing for others.
[[nodiscard]] std::optional<Locale> locale_of(std::string_view text);

}  // namespace ilbud
