#include "ilbud/keys/stored_keys.hpp"

#include "ilbud/base/secret.hpp"
#include "ilbud/keys/key_change.hpp"

namespace ilbud {

Result<KeySlots> stored_key_slots(const Platform& platform) {
    std::vector<ShelfRow> rows;
    const auto reader = open_sqlite_reader(platform.queue);
    if (reader)
        rows = (*reader)->shelf(key_shelf_name);
    else if (reader.error().code != "queue_missing")
        return reader.error();
    return read_key_slots(rows, platform);
}

Result<KeysInForce> stored_keys(const Settings& settings) {
    const auto slots = stored_key_slots(settings.platform);
    if (!slots) return slots.error();
    auto named = load_keys(settings);
    if (!named) return named;
    KeysInForce keys;
    keys.ed25519 = std::move(named->ed25519);
    for (std::size_t slot = 0; slot < slots->slots.size(); ++slot) {
        const auto& one = slots->slots[slot];
        if (!in_force(one)) continue;
        const auto pem = read_secret(one.file);
        auto key =
            pem ? SigningKey::from_pem(*pem, settings.platform.dkim.selectors[slot].name) : Result<SigningKey>(pem.error());
        if (key) keys.slots[slot] = *std::move(key);
        if (!key && one.stage == KeyStage::signing) return Error{"no_signing_key", one.file, key.error().detail};
    }
    if (slots->signing() < 0) return no_signing_key();
    keys.preferred = slots->signing();
    return keys;
}

}  // namespace ilbud
