// simdjson parses strictly but lets duplicate keys, "\u0000" and any nesting below its own limit through
// (FACTS). One walk over its document finds all three and writes the canonical form as it goes, so that being
// checked and being compared are one cost.
#include "json_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <new>
#include <vector>

#include "field_path.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// What most bytes are comes out of one look-up; only a suspect one is looked at together with those behind it.
enum ByteClass : std::uint8_t { plain, escaped, forbidden, suspect };

// A suspect byte leads characters of which some are forbidden.
// C2: C1 controls. E2: separators and bidirectional characters. ED: surrogates. EF: U+FEFF.
constexpr std::array<ByteClass, 256> byte_classes = [] {
    std::array<ByteClass, 256> table{};
    for (std::size_t c = 0; c < 32; ++c) table[c] = forbidden;
    table[127] = forbidden;
    table['"'] = table['\\'] = escaped;
    table[0xC2] = table[0xE2] = table[0xED] = table[0xEF] = suspect;
    return table;
}();

// By the unsigned value: char may be negative.
ByteClass class_of(char c) {
    return byte_classes[static_cast<unsigned char>(c)];
}

// `at` is at a suspect byte.
// UTF-8 is known to be well formed but for surrogates, so the bytes behind may be compared alone.
bool is_forbidden_character(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    switch (byte(0)) {
        case 0xC2:
            return byte(1) < 0xA0;  // C1
        case 0xED:
            return byte(1) >= 0xA0;  // surrogates
        case 0xEF:
            return byte(1) == 0xBB && byte(2) == 0xBF;  // U+FEFF
        default:
            break;
    }
    if (byte(1) == 0x80) return byte(2) >= 0xA8 && byte(2) <= 0xAE;  // U+2028–202E
    return byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;    // U+2066–2069
}

// Appends `text` as a canonical JSON string; false if it holds a forbidden character.
// Control characters are refused, hence '"' and '\' are all there is to escape; runs between them are copied whole.
bool append_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const ByteClass which = class_of(text[i]);
        if (which == plain) continue;
        if (which == forbidden || (which == suspect && is_forbidden_character(text, i))) return false;
        if (which == suspect) continue;
        out.append(text, run, i - run);
        out += '\\';
        run = i;
    }
    out.append(text, run);
    out += '"';
    return true;
}

// to_chars: no locale, and the same text for the same number on every machine. 32 characters hold any of these types.
template <class Number>
void append_digits(std::string& out, Number number) {
    std::array<char, 32> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), result.ptr);
}

// 1, 1.0 and 1e0 are one number to every sender, so they must give one digest; -0 becomes 0. Up to 2^53 a whole double
// is exact; beyond, the shortest digits that read back stand for it.
void append_number(std::string& out, double number) {
    constexpr double exact_max = 9007199254740992.0;  // 2^53
    if (std::trunc(number) == number && std::abs(number) < exact_max)
        append_digits(out, static_cast<std::int64_t>(number));
    else
        append_digits(out, number);
}

// Both point into simdjson's document.
struct Member {
    std::string_view key;
    element value;
};

class CanonicalWriter {
 public:
    explicit CanonicalWriter(std::size_t depth_max) : depth_max_(depth_max) {
        text_.reserve(1024);  // most events stay below both
        members_.reserve(32);
    }

    // False once something is wrong; error() then says what.
    bool write(element value, const FieldPath& path, std::size_t depth);

    std::string& text() { return text_; }
    Error& error() { return error_; }

 private:
    bool write_object(simdjson::dom::object object, const FieldPath& path, std::size_t depth);
    bool write_array(simdjson::dom::array array, const FieldPath& path, std::size_t depth);
    bool write_text(std::string_view text, const FieldPath& path);
    bool fail(std::string code, const FieldPath& path, std::string detail);

    std::size_t depth_max_;
    std::string text_;
    Error error_;
    std::vector<Member> members_;  // those of the open objects, the innermost last
};

// Always false, so that whoever fails says so and returns in one line.
bool CanonicalWriter::fail(std::string code, const FieldPath& path, std::string detail) {
    error_ = {std::move(code), path.text(), std::move(detail)};
    return false;
}

bool CanonicalWriter::write_text(std::string_view text, const FieldPath& path) {
    return append_string(text_, text) ||
           fail("control_character", path, "control, line-breaking and direction-changing characters are not taken");
}

// The members of all open objects share one vector, as a stack: a sort needs them side by side, and a vector for each
// object would be an allocation each. After an error it is left as it is, since the writer is not used again.
bool CanonicalWriter::write_object(simdjson::dom::object object, const FieldPath& path, std::size_t depth) {
    const auto by_key = [](const Member& a, const Member& b) { return a.key < b.key; };
    const std::size_t first = members_.size();
    for (const auto field : object) members_.push_back({field.key, field.value});
    const std::size_t last = members_.size();
    std::sort(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end(), by_key);
    text_ += '{';
    for (std::size_t i = first; i < last; ++i) {
        const Member member = members_[i];  // a copy: inner objects grow the vector
        const FieldPath inner{&path, member.key};
        if (i > first) {
            // Sorted, equal keys are neighbours. What two of them mean differs from reader to reader, which is how a
            // checked event and a mailed one could differ.
            if (members_[i - 1].key == member.key) return fail("duplicate_key", inner, "the key stands twice in one object");
            text_ += ',';
        }
        if (!write_text(member.key, path)) return false;
        text_ += ':';
        if (!write(member.value, inner, depth)) return false;
    }
    text_ += '}';
    members_.resize(first);
    return true;
}

// One path step for all elements, counted up: inner steps point at it only while they are written.
bool CanonicalWriter::write_array(simdjson::dom::array array, const FieldPath& path, std::size_t depth) {
    text_ += '[';
    FieldPath inner{&path, {}, 0};
    for (const element value : array) {
        if (inner.index > 0) text_ += ',';
        if (!write(value, inner, depth)) return false;
        ++inner.index;
    }
    text_ += ']';
    return true;
}

// `depth` is how many objects and arrays are open around `value`.
// It also bounds the recursion, and with it the stack: simdjson itself would go down 1,024 levels.
bool CanonicalWriter::write(element value, const FieldPath& path, std::size_t depth) {
    const element_type type = value.type();
    if ((type == element_type::OBJECT || type == element_type::ARRAY) && depth >= depth_max_)
        return fail("too_deep", path, "more than " + std::to_string(depth_max_) + " objects and arrays in one another");
    switch (type) {
        case element_type::OBJECT:
            return write_object(value.get_object().value_unsafe(), path, depth + 1);
        case element_type::ARRAY:
            return write_array(value.get_array().value_unsafe(), path, depth + 1);
        case element_type::STRING:
            return write_text(value.get_string().value_unsafe(), path);
        case element_type::INT64:
            append_digits(text_, value.get_int64().value_unsafe());
            return true;
        case element_type::UINT64:
            append_digits(text_, value.get_uint64().value_unsafe());
            return true;
        case element_type::DOUBLE:
            append_number(text_, value.get_double().value_unsafe());
            return true;
        case element_type::BOOL:
            text_ += value.get_bool().value_unsafe() ? "true" : "false";
            return true;
        case element_type::NULL_VALUE:
            text_ += "null";
            return true;
    }
    return true;
}

// Our words for simdjson's codes: its texts speak of its own parts ("structural", "tape") and change with its version.
Error json_error(simdjson::error_code code) {
    switch (code) {
        case simdjson::DEPTH_ERROR:
            return {"too_deep", "", "objects and arrays are nested too deeply"};
        case simdjson::CAPACITY:
            return {"too_large", "", "the event is too large"};
        case simdjson::UTF8_ERROR:
            return {"invalid_utf8", "", "the event is not UTF-8"};
        case simdjson::NUMBER_ERROR:
            return {"invalid_json", "", "a number is malformed or too large"};
        case simdjson::STRING_ERROR:
            return {"invalid_json", "", "a string has a bad escape or half a surrogate pair"};
        case simdjson::UNCLOSED_STRING:
            return {"invalid_json", "", "a string does not end"};
        case simdjson::UNESCAPED_CHARS:
            return {"invalid_json", "", "a string has an unescaped control character"};
        case simdjson::EMPTY:
            return {"invalid_json", "", "there is nothing to read"};
        // Our world and not the sender's bytes.
        case simdjson::MEMALLOC:
            throw std::bad_alloc();
        default:
            return {"invalid_json", "", "it is not one JSON value (RFC 8259)"};
    }
}

}  // namespace

Result<element> parse_json(simdjson::dom::parser& parser, std::string_view bytes, const EventLimits& limits) {
    if (bytes.size() > limits.bytes_max)
        return Error{"too_large", "", "more than " + std::to_string(limits.bytes_max) + " bytes"};
    // Before parsing, which would find it as well but may give another name to what the bad bytes broke.
    if (!simdjson::validate_utf8(bytes.data(), bytes.size())) return json_error(simdjson::UTF8_ERROR);
    element document;
    // simdjson reads beyond the end of its input; this form copies the bytes into a padded buffer of the parser.
    if (const auto code = parser.parse(bytes.data(), bytes.size()).get(document)) return json_error(code);
    return document;
}

Result<std::string> to_canonical(element document, std::size_t depth_max) {
    CanonicalWriter writer(depth_max);
    if (!writer.write(document, FieldPath{}, 0)) return std::move(writer.error());
    return std::move(writer.text());
}

// The same rule for texts that are no part of an event's walk: names in refused lines.
std::size_t find_forbidden_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const ByteClass which = class_of(text[i]);
        if (which == forbidden || (which == suspect && is_forbidden_character(text, i))) return i;
    }
    return std::string_view::npos;
}

}  // namespace ilbud
