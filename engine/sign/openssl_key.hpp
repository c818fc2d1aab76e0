/// What a signing key does, apart from OpenSSL's names.
///
/// In    a key; the bytes to sign
/// Out   raw signatures, without DKIM's base64 and tags
/// Pure  the same key and bytes give the same signature: neither PKCS#1 v1.5 nor Ed25519 takes a random number
/// Threads  any, at once, also with one key
#pragma once
#include <span>

#include "ilbud/sign/sign.hpp"

namespace ilbud {

/// The signature of `data` (canonical header fields, RFC 6376 §3.7): RSA PKCS#1 v1.5 over SHA-256, or PureEdDSA over the SHA-256
/// digest (RFC 8463 §3). Raw bytes. Errors  signing_failed
Result<std::string> raw_signature(const SigningKey& key, std::string_view data);

/// One of several signatures to make together.
/// `key` and `data` are borrowed; both must outlive the call.
struct SignatureTask {
    const SigningKey* key = nullptr;
    std::string_view data;
    Result<std::string> bytes = std::string();  ///< comes out
};

/// The same as raw_signature for each. Those by one RSA-2048 key are made eight at a time where the processor can (rsa_batch.hpp).
void raw_signatures(std::span<SignatureTask> tasks);
/// Whether `signature` is one that `key` made of `data`.
[[nodiscard]] bool verifies(const SigningKey& key, std::string_view data, std::string_view signature);

}  // namespace ilbud
