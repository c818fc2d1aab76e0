// Identities must outlive everything: a mail's id is the left part of its Message-ID, its key in the store and the name
// in log lines. So the alphabet, the length and the way parts are joined never change.
#include "ilbud/base/id.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <stdexcept>

namespace ilbud {

// The one-shot form needs no context; OpenSSL 3 deprecates only the one in steps.
Digest sha256(std::string_view bytes) {
    Digest digest{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    return digest;
}

// 26 letters of five bits are 130 of the digest's 256: two alike by chance are out of sight, and the id
// still fits into a header line. Lower-case base32, because ids end up in addresses, file names and URLs,
// some of which forget the case.
std::string stable_id(std::initializer_list<std::string_view> parts) {
    std::string joined;
    for (const auto part : parts) {
        joined += std::to_string(part.size());
        joined += ':';
        joined += part;
    }
    const Digest digest = sha256(joined);
    static constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::string id;
    id.reserve(26);
    unsigned bits = 0;
    int count = 0;
    for (std::size_t i = 0; id.size() < 26; ++i) {
        // What is shifted out at the top was written already; at most 12 bits are waiting.
        bits = (bits << 8U) | digest[i];
        count += 8;
        while (count >= 5 && id.size() < 26) {
            count -= 5;
            id += alphabet[(bits >> static_cast<unsigned>(count)) & 31U];
        }
    }
    return id;
}

std::string base64(std::string_view bytes) {
    // One byte more than the text: EVP_EncodeBlock ends it with a zero.
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                       reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    // OpenSSL would skip white space around the text and take "=" in the middle: both are refused here.
    const auto padding = text.find('=');
    const auto letters = padding == std::string_view::npos ? text : text.substr(0, padding);
    const auto pads = text.size() - letters.size();
    if (pads > 2 || text.substr(letters.size()) != std::string_view("==").substr(0, pads)) return std::nullopt;
    for (const char c : letters)
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
            return std::nullopt;
    // EVP_DecodeBlock takes '=' for zero bits and counts them as bytes, hence the subtraction below.
    std::string bytes(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(length) - pads);
    return bytes;
}

}  // namespace ilbud
