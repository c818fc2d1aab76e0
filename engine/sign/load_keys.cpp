// Keys are read once, with the settings: a PEM parsed for each message would make a signature four times as dear.
// Every finding names the option that led to the file, since the file's own name may say nothing to the reader.
#include "ilbud/sign/signing_book.hpp"

#include <algorithm>

namespace ilbud {
namespace {

// A string of a TXT record has one octet for its length (RFC 1035 §3.3). The record of an RSA-2048
// key is longer, so it always comes as two; receivers join them without a blank (RFC 6376 §3.6.2.2).
constexpr std::size_t zone_string_max = 255;

Result<SigningKey> load_key(const DkimSelector& selector, const Platform& platform, const std::string& option,
                            SecretOwner owner) {
    const auto located = [&](Error error) {
        const auto file = error.place.empty() ? secret_place(selector.key_file, platform.folder).string() : error.place;
        error.place = option + " (" + file + ')';
        return error;
    };
    const auto pem = read_secret(selector.key_file, platform.folder, owner);
    if (!pem) return located(pem.error());
    auto key = SigningKey::from_pem(*pem, selector.name);
    if (!key) return located(std::move(key).error());
    return key;
}

}  // namespace

Result<KeysInForce> load_keys(const Settings& settings, SecretOwner owner) {
    const auto& dkim = settings.platform.dkim;
    const auto active = static_cast<std::size_t>(dkim.active);
    // A file tells the active one by its name, so only settings made
    // by hand can be wrong here. A negative number is huge as a size.
    if (active >= dkim.selectors.size()) return Error{"out_of_range", "dkim.active", "expected 0 or 1"};
    KeysInForce keys;
    keys.preferred = dkim.active;
    for (std::size_t slot = 0; slot < dkim.selectors.size(); ++slot) {
        if (dkim.selectors[slot].key_file.empty()) continue;  // idle, or the queue knows its key
        auto key = load_key(dkim.selectors[slot], settings.platform, "dkim.selector.key_file", owner);
        if (!key) return std::move(key).error();
        keys.slots[slot] = *std::move(key);
    }
    if (dkim.ed25519) {
        auto second = load_key(*dkim.ed25519, settings.platform, "dkim.ed25519.key_file", owner);
        if (!second) return std::move(second).error();
        keys.ed25519 = *std::move(second);
    }
    return keys;
}

// Parentheses and quoted strings as in RFC 1035 §5.1, where a backslash takes the meaning of a quote or of itself
// away. An empty record still gives one (empty) string, because TXT data of no string at all is not allowed.
std::string zone_line(std::string_view name, std::string_view record) {
    std::string line(name);
    line += " IN TXT (";
    do {
        line += " \"";
        for (const char c : record.substr(0, zone_string_max)) {
            if (c == '"' || c == '\\') line += '\\';
            line += c;
        }
        line += '"';
        record.remove_prefix(std::min(record.size(), zone_string_max));
    } while (!record.empty());
    return line += " )";
}

}  // namespace ilbud
