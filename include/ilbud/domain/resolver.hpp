/// Questions to the DNS. Every adapter, and the fake that tests use, answers by the same rules.
///
/// In    a name (A-labels, with or without the last dot) and a record type
/// Out   the records at the end of the CNAME chain, or what kind of "no" it was
/// Threads  one: the io_context that the adapter was opened with
/// See   DESIGN §3; DOMAIN R26–R29; SECURITY S42, S43
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/task.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {

enum class RecordType : std::uint8_t { a, aaaa, mx, txt, cname, ptr, ns, soa };

/// What an answer means. `no_data`: the name exists without such a record. `no_name`: NXDOMAIN. `failed`: SERVFAIL, time-out, bogus
/// signature, a CNAME loop, an answer too large: nothing is known, and nothing may change because of it (S43).
enum class DnsStatus : std::uint8_t { found, no_data, no_name, failed };

struct MailExchanger {
    std::uint16_t preference = 0;
    std::string name;                   ///< lower case, without the last dot; empty is the null MX (RFC 7505)

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
    Duration ttl{};                     ///< the shortest of the chain; for a "no" the negative TTL, zero if unknown
    bool secure = false;                ///< validated with DNSSEC
    std::string failure;                ///< `failed` only: "SERVFAIL", "timeout", "bogus: …"

    bool operator==(const DnsAnswer&) const = default;
};

class Resolver {
 public:
    virtual ~Resolver() = default;
    /// Answers within the adapter's deadline; never throws for anything the DNS does. A name that is no DNS name (over 253 bytes, a
    /// label over 63 bytes, an empty label) is `no_name` without a query.
    virtual Task<DnsAnswer> query(std::string name, RecordType type) = 0;
};

}  // namespace ilbud
