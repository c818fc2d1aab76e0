// The keys that the settings name, until the shelf knows better.
#include <sys/stat.h>

#include "ilbud/base/secret.hpp"
#include "ilbud/keys/key_change.hpp"
#include "key_shelf.hpp"

namespace ilbud {
namespace {

// A key's age, as far as a file can tell.
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
    const bool one_signs = shelved->slots.signing() >= 0;
    for (std::size_t i = 0; i < dkim.selectors.size(); ++i)
        if (!shelved->known[i])
            shelved->slots.slots[i] = from_settings(dkim.selectors[i], !one_signs && dkim.active == static_cast<int>(i));
    return shelved->slots;
}

}  // namespace ilbud
