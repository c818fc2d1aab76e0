// The keys that the settings name, until the shelf knows better.
// A selector with a row on the shelf is never read from them, not even where the row says idle: a key that was withdrawn
// would come back at the next start just because its file is still named. A selector that was renamed has no row and
// begins anew.
#include <sys/stat.h>

#include "ilbud/base/secret.hpp"
#include "ilbud/keys/key_change.hpp"
#include "key_shelf.hpp"

namespace ilbud {
namespace {

// A key's age, as far as a file can tell.
// A file that was copied without its times makes the key look younger, and an automatic change comes later by that.
Time written_at(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {};
    return Time(std::chrono::duration_cast<Duration>(std::chrono::seconds(status.st_mtim.tv_sec)));
}

// The active one signs, as it always did; the other one may be published or not: a look tells.
KeySlot from_settings(const DkimSelector& selector, bool signs) {
    KeySlot slot;
    if (selector.key_file.empty()) return slot;
    const auto place = secret_place(selector.key_file);
    slot.stage = signs ? KeyStage::signing : KeyStage::made;
    slot.file = place.string();
    slot.ours = false;
    slot.since = written_at(place);
    slot.made_at = slot.since;
    if (signs) slot.signing_since = slot.published_at = slot.since;
    // Without a record no look can ever find the key, so a file that cannot be read never comes into force. If it is the
    // one that signs, KeyChange::load makes an error of it.
    const auto pem = read_secret(selector.key_file);
    if (!pem) return slot;
    const auto key = SigningKey::from_pem(*pem, selector.name);
    if (!key) return slot;
    slot.type = key->algorithm() == KeyAlgorithm::rsa_sha256 ? KeyType::rsa : KeyType::ed25519;
    slot.bits = key->bits();
    slot.record = key->dns_record();
    return slot;
}

}  // namespace

Result<KeySlots> read_key_slots(const std::vector<ShelfRow>& rows, const Platform& platform) {
    const auto& dkim = platform.dkim;
    auto shelved = from_rows(rows, {dkim.selectors[0].name, dkim.selectors[1].name});
    if (!shelved) return shelved.error();
    // No key change ends with two keys that sign. So `active` counts only while the shelf names none: once a change has
    // switched, the option is older than what it says, and nobody has to edit it.
    const bool one_signs = shelved->slots.signing() >= 0;
    for (std::size_t i = 0; i < dkim.selectors.size(); ++i)
        if (!shelved->known[i])
            shelved->slots.slots[i] = from_settings(dkim.selectors[i], !one_signs && dkim.active == static_cast<int>(i));
    return shelved->slots;
}

}  // namespace ilbud
