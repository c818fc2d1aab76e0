#include "ilbud/sign/signing_book.hpp"

#include <algorithm>

namespace ilbud {
namespace {

constexpr std::size_t zone_string_max = 255;

Result<SigningKey> load_key(const DkimSelector& selector, const Platform& platform, const std::string& option) {
    const auto located = [&](Error error) {
        error.place = error.place.empty() ? option : option + " (" + error.place + ')';
        return error;
    };
    const auto pem = read_secret(selector.key_file, platform.folder);
    if (!pem) return located(pem.error());
    auto key = SigningKey::from_pem(*pem, selector.name);
    if (!key) return located(std::move(key).error());
    return key;
}

}  // namespace

Result<KeysInForce> load_keys(const Settings& settings) {
    const auto& dkim = settings.platform.dkim;
    const auto active = static_cast<std::size_t>(dkim.active);
    if (active >= dkim.selectors.size()) return Error{"out_of_range", "dkim.active", "expected 0 or 1"};
    KeysInForce keys;
    keys.preferred = dkim.active;
    for (std::size_t slot = 0; slot < dkim.selectors.size(); ++slot) {
        if (dkim.selectors[slot].key_file.empty()) continue;  // idle, or the queue knows its key
        auto key = load_key(dkim.selectors[slot], settings.platform, "dkim.selectors[" + std::to_string(slot) + "].key_file");
        if (!key) return std::move(key).error();
        keys.slots[slot] = *std::move(key);
    }
    if (dkim.ed25519) {
        auto second = load_key(*dkim.ed25519, settings.platform, "dkim.ed25519.key_file");
        if (!second) return std::move(second).error();
        keys.ed25519 = *std::move(second);
    }
    return keys;
}

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
