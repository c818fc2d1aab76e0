/// DKIM signing: lets a receiver check that a message left our domain unchanged.
///
/// In    a composed Message (CRLF lines), the signing keys, the domain to sign for
/// Out   the same Message with one DKIM-Signature header per key on top; no other byte changes
/// Pure  the time is a parameter; the same input gives the same bytes
/// See   RFC 6376 §3.4.2, §3.4.4 (relaxed form), §3.5, §5.4 (which headers); RFC 8301; RFC 8463 (Ed25519); SECURITY S11–S14
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/base/secret.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/compose/compose.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

enum class KeyAlgorithm : std::uint8_t { rsa_sha256, ed25519_sha256 };

/// A private key and the selector its public half is published under. Cheap to copy; safe to share between threads.
class SigningKey {
 public:
    /// From PEM (PKCS#1 or PKCS#8).
    /// `rsa_bits_min` is lower only for the standard's examples: RFC 8301 §3.2 and SECURITY S14 want 2048.
    /// Errors  invalid_key (unreadable, encrypted, RSA under `rsa_bits_min` or over 4096, other algorithms; a selector that
    ///         is no DNS name)
    static Result<SigningKey> from_pem(const Secret& pem, std::string selector, int rsa_bits_min = 2048);
    /// From a raw 32-byte Ed25519 seed (RFC 8032 §5.1.5). Errors  invalid_key
    static Result<SigningKey> from_ed25519_seed(const Secret& seed, std::string selector);

    [[nodiscard]] const std::string& selector() const;
    [[nodiscard]] KeyAlgorithm algorithm() const;
    [[nodiscard]] int bits() const;
    /// The TXT record to publish: "v=DKIM1; k=rsa; p=…".
    [[nodiscard]] std::string dns_record() const;

    struct Data;
    explicit SigningKey(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
    [[nodiscard]] const Data& data() const { return *data_; }

 private:
    std::shared_ptr<const Data> data_;
};

/// The keys that sign one message, the first one's signature on top.
struct KeyRing {
    std::vector<SigningKey> keys;
};

/// Signs `message` for `domain` with every key of `keys`, dated `now` (whole seconds), invalid after `expires`.
///
/// Errors  no_from_header  the message has no From, which §5.4 requires to be signed
///         signing_failed  no key, a key was refused, `domain` is no domain or `expires` not after `now`; `detail` says why,
///                         without key material
Result<Message> sign(Message message, const KeyRing& keys, std::string_view domain, Time now, Time expires);

/// Another domain that signs the same message, below the first one's signatures; without keys: none.
struct SecondSigner {
    std::string_view domain;
    const KeyRing* keys = nullptr;
};

/// One of several messages to sign together; the parameters of sign().
struct SigningTask {
    Message message;
    const KeyRing* keys = nullptr;
    std::string_view domain;
    Time now{};
    Time expires{};
    SecondSigner second{};
};

/// The same as sign() for each, in order; in less time, because processors with AVX-512 IFMA make eight RSA-2048 signatures in
/// little more than the time of two.
std::vector<Result<Message>> sign_all(std::vector<SigningTask> tasks);

/// Which header fields a signature covers and how; sign() uses the default (the product's list, oversigned).
struct SignatureForm {
    std::vector<std::string> headers;  ///< exactly these h= entries, in order; empty: the product's list
    bool relaxed_header = true;
    bool relaxed_body = true;
    std::string identity;      ///< i=; empty: left out
    std::string query;         ///< q=; empty: left out
    bool spaced_list = false;  ///< h= written "from : to" instead of "from:to"
};

/// The fields that sign() covers, whether or not they are there; each is named once more than it occurs, so that a field added
/// later breaks the signature (SECURITY S12).
[[nodiscard]] const std::vector<std::string_view>& oversigned_fields();

/// One signature's field ("DKIM-Signature: …\r\n") in a given form; for the standard's examples and for other tools.
Result<std::string> signature_field(const Message& message, const SigningKey& key, std::string_view domain, Time now,
                                    std::optional<Time> expires, const SignatureForm& form);

/// A new private key in PEM (PKCS#8). Errors  invalid_value (bits under 2048 or over 4096)
Result<Secret> new_rsa_key(int bits = 2048);
Result<Secret> new_ed25519_key();

/// `record` as zone file text: `name IN TXT ( "…" "…" )`, strings of at most 255 bytes (RFC 1035 §3.3.14).
[[nodiscard]] std::string zone_line(std::string_view name, std::string_view record);

}  // namespace ilbud
