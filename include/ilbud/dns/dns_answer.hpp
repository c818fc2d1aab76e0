/// What the DNS answers, as plain values.
///
/// Pure  types only
/// See   resolver.hpp, which asks
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ilbud/base/time.hpp"

namespace ilbud {

enum class RecordType : std::uint8_t { a, aaaa, mx, txt, cname, ptr, ns, soa };

/// What an answer means. `no_data`: the name exists without such a record. `no_name`: NXDOMAIN. `failed`: SERVFAIL, time-out, bogus
/// signature, a CNAME loop, an answer too large: nothing is known, and nothing may change because of it (S43).
enum class DnsStatus : std::uint8_t { found, no_data, no_name, failed };

struct MailExchanger {
    std::uint16_t preference = 0;
    std::string name;  ///< lower case, without the last dot; empty is the null MX (RFC 7505)

    bool operator==(const MailExchanger&) const = default;
};

struct DnsAnswer {
    DnsStatus status = DnsStatus::failed;
    /// One text a record, in the order of the answer: `txt` with its strings joined (raw bytes), `a` and `aaaa` as address text,
    /// names in lower case without the last dot. Empty for `mx`.
    std::vector<std::string> records;
    std::vector<MailExchanger> exchangers;  ///< `mx` only
    /// The CNAMEs that were followed, in order: each the name it led to. Also filled for no_data and no_name where the adapter
    /// knows them.
    std::vector<std::string> aliases;
    Duration ttl{};       ///< the shortest of the chain; for a "no" the negative TTL, zero if unknown
    bool secure = false;  ///< validated with DNSSEC
    std::string failure;  ///< `failed` only: "SERVFAIL", "timeout", "bogus: …"
    Duration waited{};    ///< for our own turn, before it was asked; no server's fault

    bool operator==(const DnsAnswer&) const = default;
};

}  // namespace ilbud
