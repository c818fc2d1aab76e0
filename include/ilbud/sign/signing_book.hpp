/// The signing book: which domain and which keys sign a mail at this moment, by the domain of its From.
///
/// In    the keys in force; for domains of which something is known, what may sign their mail
/// Out   per mail a Signer, or that the mail must wait and why; whether a message signed earlier may still go out
/// Pure  immutable once made: threads share one by pointer, and a change is a new book
/// See   DOMAIN R27, R30; DESIGN §1.4: mail is never unsigned, never signed by a key that is not published
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "ilbud/sign/sign.hpp"

namespace ilbud {

/// What may sign now, whoever the mail is from.
struct KeysInForce {
    std::array<std::optional<SigningKey>, 2> slots;  ///< by slot; empty: the slot has no published key
    int preferred = 0;                               ///< the signing slot
    std::optional<SigningKey> ed25519;               ///< beside the first (its own selector)
};

/// Reads the keys that `settings` name: those of both selectors as far as they have a key file, the active one preferred, and the
/// Ed25519 key. Relative paths start at the platform's folder.
/// Errors  those of read_secret and SigningKey::from_pem; `place` names
///         the option
Result<KeysInForce> load_keys(const Settings& settings, SecretOwner owner = SecretOwner::this_user);

enum class SignedBy : std::uint8_t {
    own,       ///< the domain of From itself
    platform,  ///< the platform's domain: signed, though not aligned with From
    nobody,    ///< the mail waits
};
template <>
inline constexpr std::array<std::string_view, 3> words<SignedBy>{"own", "platform", "nobody"};

/// What may be put under one name: each flag says that a receiver finds the key there.
struct UsableKeys {
    std::array<bool, 2> slots{};
    bool ed25519 = false;

    bool operator==(const UsableKeys&) const = default;
};

/// What is decided about one domain.
struct SigningChoice {
    SignedBy by = SignedBy::own;
    int slot = 0;        ///< of the keys in force; `own` only
    UsableKeys usable;   ///< under the domain itself: what was signed with them may still go out; ed25519 signs too
    std::string reason;  ///< `nobody`: why, for people
    bool twice = false;  ///< `own` only: the platform's domain signs too

    bool operator==(const SigningChoice&) const = default;
};
using SigningChoices = std::unordered_map<std::string, SigningChoice>;  ///< by domain, lower-case A-labels

/// The platform's own domain, which signs for domains that cannot sign for themselves.
struct PlatformSigner {
    std::string domain;  ///< empty: there is none
    int slot = 0;
    UsableKeys usable;
    bool always = false;  ///< signs too for domains without a choice

    bool operator==(const PlatformSigner&) const = default;
};

/// Borrowed: the keys from the book; the domain from the book too or, where nothing is known of it, from what was asked for.
struct Signer {
    std::string_view domain;  ///< d=
    const KeyRing* keys = nullptr;
    SecondSigner second{};
};

class SigningBook {
 public:
    /// A domain without a choice is signed by its own name with the preferred key and the Ed25519 key: nothing is known of it.
    explicit SigningBook(KeysInForce keys, SigningChoices choices = {}, PlatformSigner platform = {});

    /// Errors  domain_unsigned  the mail must wait; `place` is the domain, `detail` says why
    [[nodiscard]] Result<Signer> signer(std::string_view from_domain) const;
    /// Whether each signature of `message` (header first, as sign() made it) is of a key that is in force under the name that
    /// it gives; false without any signature. The key itself is compared, so that a selector with a new key tells them apart.
    [[nodiscard]] bool still_good(std::string_view message, std::string_view from_domain) const;
    [[nodiscard]] const KeysInForce& keys() const { return keys_; }

 private:
    [[nodiscard]] const SigningKey* usable_key(std::string_view domain, std::string_view selector,
                                               std::string_view from_domain) const;
    [[nodiscard]] const KeyRing& ring(int slot, bool ed25519) const;
    [[nodiscard]] SecondSigner second_signer(std::string_view from_domain, bool wanted) const;

    KeysInForce keys_;
    SigningChoices choices_;
    PlatformSigner platform_;
    std::array<std::array<KeyRing, 2>, 2> rings_;  // by slot, without and with Ed25519
};
using SigningBookPointer = std::shared_ptr<const SigningBook>;

}  // namespace ilbud
