// A book answers for every mail and changes seldom, so whatever can be prepared is
// made with it: four rings (two slots, with and without Ed25519), and an answer is
// a pointer to one of them. Copies of keys in rings share the key's data.
#include "ilbud/sign/signing_book.hpp"

#include "own_signature.hpp"

namespace ilbud {
namespace {

// Settings and choices know slots 0 and 1 alone; whatever else
// would come counts as the first instead of leaving the array.
std::size_t index(int slot) {
    return slot == 1 ? 1 : 0;
}

}  // namespace

SigningBook::SigningBook(KeysInForce keys, SigningChoices choices, PlatformSigner platform)
    : keys_(std::move(keys)), choices_(std::move(choices)), platform_(std::move(platform)) {
    // The ring of a slot without a key stays empty, also of Ed25519: RSA is what every receiver
    // can check, and a mail signed by Ed25519 alone is unsigned to all that do not know RFC 8463.
    for (std::size_t slot = 0; slot < rings_.size(); ++slot) {
        if (!keys_.slots[slot]) continue;
        rings_[slot][0].keys = {*keys_.slots[slot]};
        rings_[slot][1].keys = {*keys_.slots[slot]};
        if (keys_.ed25519) rings_[slot][1].keys.push_back(*keys_.ed25519);
    }
}

const KeyRing& SigningBook::ring(int slot, bool ed25519) const {
    return rings_[index(slot)][ed25519 ? 1 : 0];
}

// RSA alone: it is what every receiver can check, and this signature is for those that cannot check the domain's own.
SecondSigner SigningBook::second_signer(std::string_view from_domain, bool wanted) const {
    if (!wanted || platform_.domain.empty() || platform_.domain == from_domain || !keys_.slots[index(platform_.slot)]) return {};
    return {platform_.domain, &ring(platform_.slot, false)};
}

// Nothing known of a domain is no reason to wait: so an engine begins, and so it stays where domains
// are not watched. If even the preferred slot has no key the ring is empty, and sign() refuses it.
Result<Signer> SigningBook::signer(std::string_view from_domain) const {
    const auto found = choices_.find(std::string(from_domain));
    if (found == choices_.end())
        return Signer{from_domain, &ring(keys_.preferred, true), second_signer(from_domain, platform_.always)};
    const auto& [domain, choice] = *found;
    const auto without_key = [](std::string_view name) {
        return Error{"domain_unsigned", std::string(name), "no key is in force that receivers find under this domain"};
    };
    switch (choice.by) {
        case SignedBy::own:
            if (!keys_.slots[index(choice.slot)]) return without_key(domain);
            return Signer{domain, &ring(choice.slot, choice.usable.ed25519), second_signer(domain, choice.twice)};
        // d= is the platform's: it passes DKIM, though DMARC does not count it for the domain of From.
        case SignedBy::platform:
            if (platform_.domain.empty() || !keys_.slots[index(platform_.slot)]) return without_key(domain);
            return Signer{platform_.domain, &ring(platform_.slot, platform_.usable.ed25519)};
        case SignedBy::nobody:
            break;
    }
    return Error{"domain_unsigned", domain, choice.reason};
}

// Only two names can stand in d= of our mails: that of From and the platform's. Under any other no key is good.
const SigningKey* SigningBook::usable_key(std::string_view domain, std::string_view selector,
                                          std::string_view from_domain) const {
    constexpr UsableKeys all{{true, true}, true};
    const bool own = domain == from_domain;
    if (!own && (domain != platform_.domain || platform_.domain.empty())) return nullptr;
    const auto found = own ? choices_.find(std::string(domain)) : choices_.end();
    const UsableKeys& usable = !own ? platform_.usable : found == choices_.end() ? all : found->second.usable;
    for (std::size_t slot = 0; slot < keys_.slots.size(); ++slot)
        if (usable.slots[slot] && keys_.slots[slot] && keys_.slots[slot]->selector() == selector) return &*keys_.slots[slot];
    if (usable.ed25519 && keys_.ed25519 && keys_.ed25519->selector() == selector) return &*keys_.ed25519;
    return nullptr;
}

// Every signature has to hold: one by a retired key would fail at each receiver, beside a good one too.
bool SigningBook::still_good(std::string_view message, std::string_view from_domain) const {
    const auto signatures = own_signatures(message);
    for (const auto& signature : signatures) {
        const auto* key = usable_key(signature.domain, signature.selector, from_domain);
        if (key == nullptr || !made_by(signature, *key)) return false;
    }
    return !signatures.empty();
}

}  // namespace ilbud
