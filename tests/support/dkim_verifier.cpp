#include "dkim_verifier.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "ilbud/base/id.hpp"
#include "ilbud/sign/canonical.hpp"

namespace ilbud::test {
namespace {

Tags tags_of(std::string_view list) {
    Tags tags;
    while (!list.empty()) {
        const auto end = std::min(list.find(';'), list.size());
        std::string tag;
        for (const char c : list.substr(0, end))
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') tag += c;
        if (const auto equals = tag.find('='); equals != std::string::npos) tags[tag.substr(0, equals)] = tag.substr(equals + 1);
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return tags;
}

bool relaxed(const Tags& tags, bool body) {
    const auto found = tags.find("c");
    const std::string forms = found == tags.end() ? "simple/simple" : found->second;
    const auto slash = forms.find('/');
    if (!body) return forms.substr(0, slash) == "relaxed";
    return slash != std::string::npos && forms.substr(slash + 1) == "relaxed";
}

std::vector<HeaderField> signature_fields(const Message& message) {
    auto fields = header_fields(message.header);
    std::erase_if(fields, [](const HeaderField& field) { return !same_field_name(field.name, "DKIM-Signature"); });
    return fields;
}

// The field with the value of its b= tag taken out.
std::string without_signature(std::string_view field) {
    for (auto at = field.find(';'); at != std::string_view::npos; at = field.find(';', at + 1)) {
        const auto name = field.find_first_not_of(" \t\r\n", at + 1);
        if (name == std::string_view::npos || field[name] != 'b') continue;
        const auto equals = field.find_first_not_of(" \t\r\n", name + 1);
        if (equals == std::string_view::npos || field[equals] != '=') continue;
        const auto end = std::min(field.find(';', equals), field.size());
        return std::string(field.substr(0, equals + 1)).append(field.substr(end));
    }
    return std::string(field);
}

std::string signed_data(const Message& message, const Tags& tags, std::string_view field) {
    std::string out;
    auto fields = header_fields(message.header);
    const auto& list = tags.at("h");
    for (std::size_t at = 0; at <= list.size();) {
        const auto end = std::min(list.find(':', at), list.size());
        const auto name = std::string_view(list).substr(at, end - at);
        for (auto i = fields.size(); i-- > 0;) {
            if (!same_field_name(fields[i].name, name)) continue;
            append_canonical_field(out, fields[i].bytes, relaxed(tags, false));
            fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
            break;
        }
        at = end + 1;
    }
    append_canonical_field(out, without_signature(field), relaxed(tags, false));
    out.resize(out.size() - 2);
    return out;
}

EVP_PKEY* public_key(const Tags& record) {
    const auto bytes = from_base64(record.at("p")).value_or("");
    const auto* start = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto size = static_cast<long>(bytes.size());
    if (record.contains("k") && record.at("k") == "ed25519")
        return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, start, bytes.size());
    if (EVP_PKEY* key = d2i_PUBKEY(nullptr, &start, size)) return key;
    return d2i_PublicKey(EVP_PKEY_RSA, nullptr, &start, size);  // the older form that RFC 6376 §3.6.1 shows
}

}  // namespace

Message parse_message(std::string_view raw) {
    std::string text;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '\n' && (i == 0 || raw[i - 1] != '\r')) text += '\r';
        text += raw[i];
    }
    const auto blank = text.find("\r\n\r\n");
    return {text.substr(0, blank + 2), text.substr(blank + 4)};
}

std::vector<Tags> signatures_of(const Message& message) {
    std::vector<Tags> all;
    for (const auto& field : signature_fields(message)) all.push_back(tags_of(field.bytes.substr(field.bytes.find(':') + 1)));
    return all;
}

std::string body_hash(const Message& message, const Tags& tags) {
    std::string buffer;
    const auto digest = sha256(canonical_body(message.body, relaxed(tags, true), buffer));
    return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string verify(const Message& message, std::size_t index, std::string_view record) {
    const auto tags = signatures_of(message).at(index);
    if (tags.at("bh") != body_hash(message, tags)) return "the body hash differs";
    auto data = signed_data(message, tags, signature_fields(message)[index].bytes);
    const auto signature = from_base64(tags.at("b")).value_or("");
    EVP_PKEY* key = public_key(tags_of(record));
    if (key == nullptr) return "no public key";
    const bool rsa = tags.at("a") == "rsa-sha256";
    if (!rsa) {
        const auto digest = sha256(data);
        data.assign(digest.begin(), digest.end());
    }
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, rsa ? EVP_sha256() : nullptr, nullptr, key);
    const int valid = EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                                       reinterpret_cast<const unsigned char*>(data.data()), data.size());
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return valid == 1 ? "" : "the signature does not hold";
}

}  // namespace ilbud::test
