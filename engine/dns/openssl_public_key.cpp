// The size of a key that someone published, and nothing more: nothing is verified with it here.
// OpenSSL does the DER, since a reader of our own would be one more place for a stranger's bytes
// to go wrong. Ed25519 needs no reader: RFC 8463 §4 publishes the bare 32 bytes of the key.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

constexpr std::size_t key_bytes_max = 4096;  // far beyond RSA-16384; a larger one costs time and is no key

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

// RFC 6376 §3.6.1 names RSAPublicKey, but what its appendix C and most tools make is a SubjectPublicKeyInfo. That one
// goes first; the other is read as well, since some publish it.
Key read_rsa(std::string_view bytes) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* end = at + bytes.size();
    const auto size = static_cast<long>(bytes.size());
    Key key(d2i_PUBKEY(nullptr, &at, size));
    if (!key) {
        at = reinterpret_cast<const unsigned char*>(bytes.data());
        key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size));
    }
    // d2i functions move `at` behind what they read and ignore the rest. A key with bytes behind it is one that
    // somebody pasted wrongly, and verifiers differ over it.
    if (at != end || (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)) key.reset();
    return key;
}

}  // namespace

int public_key_bits(std::string_view algorithm, std::string_view key) {
    constexpr std::size_t ed25519_bytes = 32;
    if (algorithm == "ed25519") return key.size() == ed25519_bytes ? 256 : 0;
    if (algorithm != "rsa" || key.empty() || key.size() > key_bytes_max) return 0;
    const auto read = read_rsa(key);
    // A failed reading leaves entries in this thread's queue of errors; the next TLS call
    // on the thread would take them for its own.
    ERR_clear_error();
    return read ? EVP_PKEY_get_bits(read.get()) : 0;
}

}  // namespace ilbud
