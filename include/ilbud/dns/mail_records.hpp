/// The records about mail that a domain publishes as TXT: DKIM keys, TLS-RPT, MTA-STS, BIMI. DMARC is in dmarc_record.hpp.
///
/// In    one TXT record (its strings joined), whatever it holds
/// Out   what receivers make of it, and what in it they ignore or refuse, with positions; never fails
/// Pure
/// See   RFC 6376 §3.6.1, RFC 8463 §4 (DKIM); RFC 8460 §3 (TLS-RPT); RFC 8461 §3.1 (MTA-STS)
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/dns/tag_list.hpp"

namespace ilbud {

/// A DKIM key record.
struct DkimKey {
    enum class State : std::uint8_t { usable, revoked, unusable };
    State state = State::unusable;
    std::string algorithm;     ///< "rsa", "ed25519" or what `k` says
    std::string key;           ///< `p` decoded: the public key's bytes
    int bits = 0;              ///< 0 if `key` is no public key
    bool testing = false;      ///< t=y: a failing signature shall count as none
    bool same_domain = false;  ///< t=s: i= must be exactly d=
    std::vector<RecordProblem> problems;
};

/// `unusable`: verifiers refuse it, for what `problems` tells or because the key has under 1024 bits (RFC 8301 §3.2).
[[nodiscard]] DkimKey parse_dkim_key(std::string_view record);

/// The bits of an RSA key (SubjectPublicKeyInfo, or the bare RSAPublicKey that some publish) or of a raw Ed25519 key; 0 if it is
/// none.
[[nodiscard]] int public_key_bits(std::string_view algorithm, std::string_view key);

/// TLS-RPT, MTA-STS or BIMI: whether receivers can use it.
struct SimpleRecord {
    bool usable = false;
    std::vector<RecordProblem> problems;
};
[[nodiscard]] bool is_tls_report(std::string_view record);  ///< begins with v=TLSRPTv1
[[nodiscard]] SimpleRecord parse_tls_report(std::string_view record);
[[nodiscard]] bool is_mta_sts(std::string_view record);  ///< begins with v=STSv1
[[nodiscard]] SimpleRecord parse_mta_sts(std::string_view record);
[[nodiscard]] bool is_bimi(std::string_view record);  ///< begins with v=BIMI1
[[nodiscard]] SimpleRecord parse_bimi(std::string_view record);

/// The organisational domain by the public suffix list (RFC 7489 §3.2): "dagbladet.example.dk" → "example.dk". A public suffix
/// itself, or a name the list knows nothing of, stands for itself. Receivers of RFC 9989 walk the DNS instead (dmarc_walk.hpp).
[[nodiscard]] std::string organisational_domain(std::string_view domain);

}  // namespace ilbud
