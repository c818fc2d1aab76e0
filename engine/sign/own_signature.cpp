// No DKIM verifier: it reads only what sign() writes and takes every short cut that this
// allows. A message of another form fits no key, is then written and signed anew, and
// nothing is lost but the time. So a mistake here can only be too strict. The body hash
// (bh=) is not made again: what is asked is who signed, not whether the disk kept the bytes.
#include "own_signature.hpp"

#include <algorithm>

#include "covered_fields.hpp"
#include "ilbud/base/id.hpp"
#include "openssl_key.hpp"

namespace ilbud {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string without_spaces(std::string_view text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return !is_space(c); });
    return out;
}

// The value of tag `name` as it stands; a view into `field`, so that its place is known.
// Tags stand in any order and with white space around them (RFC 6376 §3.2); the first of a name counts.
std::string_view tag_of(std::string_view field, std::string_view name) {
    auto at = field.find(':') + 1;
    while (at < field.size()) {
        const auto end = std::min(field.find(';', at), field.size());
        const auto tag = field.substr(at, end - at);
        const auto equals = tag.find('=');
        if (equals != std::string_view::npos && without_spaces(tag.substr(0, equals)) == name) return tag.substr(equals + 1);
        at = end + 1;
    }
    return {};
}

std::vector<std::string_view> entries(std::string_view list) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < list.size();) {
        const auto end = std::min(list.find(':', at), list.size());
        out.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

OwnSignature read(std::string_view field, const std::vector<HeaderField>& fields) {
    OwnSignature out;
    out.domain = without_spaces(tag_of(field, "d"));
    out.selector = without_spaces(tag_of(field, "s"));
    const auto list = without_spaces(tag_of(field, "h"));
    out.data = canonical_fields(fields, entries(list), true);
    // from_base64 is strict: the folding has to go first. What is
    // malformed becomes an empty value, which no key verifies.
    const auto value = tag_of(field, "b");
    out.value = from_base64(without_spaces(value)).value_or("");
    // b= is the last tag that sign() writes: what stands before it was signed.
    const auto head = value.data() == nullptr ? field : field.substr(0, static_cast<std::size_t>(value.data() - field.data()));
    append_canonical_field(out.data, head, true);
    if (out.data.ends_with("\r\n")) out.data.resize(out.data.size() - 2);
    return out;
}

}  // namespace

// A message without the blank line (or shorter than two bytes)
// is all header: the bounds only keep the views inside it.
std::vector<OwnSignature> own_signatures(std::string_view message) {
    const auto header =
        message.substr(0, std::min(message.find("\r\n\r\n"), message.size() - std::min<std::size_t>(message.size(), 2)) + 2);
    const auto fields = header_fields(header);
    std::vector<OwnSignature> out;
    for (const auto& field : fields) {
        if (!same_field_name(field.name, "DKIM-Signature")) break;  // sign() puts them on top
        out.push_back(read(field.bytes, fields));
    }
    return out;
}

bool made_by(const OwnSignature& signature, const SigningKey& key) {
    return signature.selector == key.selector() && verifies(key, signature.data, signature.value);
}

}  // namespace ilbud
