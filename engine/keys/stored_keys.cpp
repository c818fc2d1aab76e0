// KeyChange is not used here: it wants a loop, a resolver and the right to write. A reader may be opened beside the
// daemon and shows what is committed. Where the shelf is empty this is what a daemon starts with, before any look: of the
// settings' keys only the active one is in force.
#include "ilbud/keys/stored_keys.hpp"

#include "ilbud/base/run_to_end.hpp"
#include "ilbud/base/secret.hpp"
#include "ilbud/keys/key_change.hpp"
#include "ilbud/queue/store.hpp"

namespace ilbud {
namespace {

// What is no key, as far as can be seen, would be told as one that is broken.
Settings without_unseen(Settings settings) {
    auto& dkim = settings.platform.dkim;
    for (const auto& [option, path] : settings.platform.unseen) {
        for (auto& selector : dkim.selectors)
            if (selector.key_file == path) selector.key_file.clear();
        if (dkim.ed25519 && dkim.ed25519->key_file == path) dkim.ed25519.reset();
    }
    return settings;
}

// A credential lies where the service manager has put it for the service, and is gone with it.
bool is_unseen(const Error& error, const KeySlot& slot, const DkimSelector& selector) {
    const bool credential =
        is_credential_name(selector.key_file) && std::filesystem::path(slot.file).filename() == selector.key_file;
    return is_unseen_secret(error, credential ? selector.key_file : std::filesystem::path(slot.file));
}

}  // namespace

Result<KeySlots> stored_key_slots(const Platform& platform) {
    std::vector<ShelfRow> rows;
    const auto reader = open_sqlite_reader(platform.queue);
    // Before the first start there is no queue, and the settings are all that is known.
    if (reader)
        rows = run_to_end((*reader)->shelf().rows(key_shelf_name));
    else if (reader.error().code != "queue_missing")
        return reader.error();
    return read_key_slots(rows, platform);
}

Result<KeysInForce> stored_keys(const Settings& settings) {
    // For the Ed25519 key, which has no slot and does not change by itself; and a file that holds no key is told, whatever the
    // queue says.
    auto named = load_keys(without_unseen(settings), SecretOwner::anybody);
    if (!named) return named;
    const auto slots = stored_key_slots(settings.platform);
    if (!slots) return slots.error();
    KeysInForce keys;
    keys.ed25519 = std::move(named->ed25519);
    for (std::size_t slot = 0; slot < slots->slots.size(); ++slot) {
        const auto& one = slots->slots[slot];
        if (!in_force(one)) continue;
        // As in KeyChange::read_keys only the key that signs has to be readable.
        const auto pem = read_secret(one.file, {}, SecretOwner::anybody);
        auto key =
            pem ? SigningKey::from_pem(*pem, settings.platform.dkim.selectors[slot].name) : Result<SigningKey>(pem.error());
        if (key)
            keys.slots[slot] = *std::move(key);
        else if (one.stage == KeyStage::signing)
            return Error{
                is_unseen(key.error(), one, settings.platform.dkim.selectors[slot]) ? "secret_unreadable" : "no_signing_key",
                one.file, key.error().detail};
    }
    if (slots->signing() < 0) return no_signing_key();
    keys.preferred = slots->signing();
    return keys;
}

}  // namespace ilbud
