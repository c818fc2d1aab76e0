#include "ilbud/sign/signing_book.hpp"

#include "own_signature.hpp"

namespace ilbud {
namespace {

std::size_t index(int slot) {
    return slot == 1 ? 1 : 0;
}

}  // namespace

SigningBook::SigningBook(KeysInForce keys, SigningChoices choices, PlatformSigner platform)
    : keys_(std::move(keys)), choices_(std::move(choices)), platform_(std::move(platform)) {
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

Result<Signer> SigningBook::signer(std::string_view from_domain) const {
    const auto found = choices_.find(std::string(from_domain));
    if (found == choices_.end()) return Signer{from_domain, &ring(keys_.preferred, true)};
    const auto& [domain, choice] = *found;
    const auto without_key = [](std::string_view name) {
        return Error{"domain_unsigned", std::string(name), "no key is in force that receivers find under this domain"};
    };
    switch (choice.by) {
        case SignedBy::own:
            if (!keys_.slots[index(choice.slot)]) return without_key(domain);
            return Signer{domain, &ring(choice.slot, choice.usable.ed25519)};
        case SignedBy::platform:
            if (platform_.domain.empty() || !keys_.slots[index(platform_.slot)]) return without_key(domain);
            return Signer{platform_.domain, &ring(platform_.slot, platform_.usable.ed25519)};
        case SignedBy::nobody:
            break;
    }
    return Error{"domain_unsigned", domain, choice.reason};
}

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

bool SigningBook::still_good(std::string_view message, std::string_view from_domain) const {
    const auto signatures = own_signatures(message);
    for (const auto& signature : signatures) {
        const auto* key = usable_key(signature.domain, signature.selector, from_domain);
        if (key == nullptr || !made_by(signature, *key)) return false;
    }
    return !signatures.empty();
}

}  // namespace ilbud
