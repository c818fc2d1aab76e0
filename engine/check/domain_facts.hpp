/// What the DNS answered about one domain, before anything is judged.
///
/// Pure  types only; gather (gather.cpp) fills them, the judges read them
#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/check/domain_check.hpp"
#include "ilbud/dns/dmarc_walk.hpp"
#include "ilbud/spf/spf.hpp"
#include "ilbud/spf/spf_proposal.hpp"

namespace ilbud {

class BoundedResolver;

/// `survey` and `sources` stay empty unless there is exactly one record: a receiver gives up at two (RFC 7208
/// §4.5), so what either of them would cost or allow says nothing.
struct SpfFacts {
    DnsAnswer text;
    std::vector<std::string> records;  ///< those of `text` that are SPF
    std::vector<std::string> alike;    ///< those that are meant to be, and that no receiver takes for it
    SpfSurvey survey;                  ///< only if there is one record
    /// Where no source address is set: what becomes of addresses that our own record permits.
    std::vector<std::pair<std::string, SpfOutcome>> samples;
    int include_lookups = 0;                                  ///< what include: of the recommended name costs, itself counted
    std::vector<std::pair<std::string, SpfOutcome>> sources;  ///< by source address
    SpfProposal proposal;                                     ///< what should stand there; also if that is what does
};

/// `chain` begins with what `alias` leads to. `beside` and `doubled` are asked for only where no alias stands at `name` itself.
struct SlotFacts {
    std::string name;                  ///< <selector>._domainkey.<domain>
    DnsAnswer alias;                   ///< the CNAME there
    std::vector<std::string> chain;    ///< where it leads, name by name
    DnsAnswer key;                     ///< the TXT records at its end
    DnsAnswer wildcard;                ///< TXT of a name that nobody has put there; asked only where a text that is no key stands
    std::vector<std::string> beside;   ///< records of other types at `name`, as "A 192.0.2.1"
    std::string doubled_name;          ///< `name` with the domain, or its zone, once more: where a form that adds it puts it
    std::vector<std::string> doubled;  ///< what is meant for `name` and stands there
};

/// Walks as in RFC 9989 §4.10, each only as far as something hangs on it: with a record at the domain itself, and no other name
/// that could align, it is one question.
struct DmarcFacts {
    DmarcWalk walk;                      ///< from the domain
    std::vector<DmarcWalk> identifiers;  ///< from what signs and where bounces go, if such a name could align
    std::string listed;                  ///< the organisational domain by the public suffix list, for receivers of RFC 7489
    DnsAnswer listed_answer;             ///< its record, if the domain has none and the walk did not come by there
    std::string doubled_name;            ///< as of a slot
    std::vector<std::string> doubled;    ///< DMARC records there; asked for if the domain has none
};

/// The addresses of one host; both families, since a receiver may come by either.
struct HostFacts {
    std::string name;
    DnsAnswer v4;
    DnsAnswer v6;
};

struct MxFacts {
    DnsAnswer mx;
    std::vector<HostFacts> hosts;  ///< the exchangers; without any, the domain itself
};

/// Forward-confirmed reverse DNS: the names that the address has, and whether they lead back to it.
struct SourceFacts {
    std::string address;
    DnsAnswer names;               ///< PTR
    std::vector<HostFacts> hosts;  ///< these names looked up again
};

/// An answer that was not asked for has the status `failed` (DnsAnswer's default): a
/// judge that reads it says unknown, never absent.
struct DomainFacts {
    SpfFacts spf;
    std::array<SlotFacts, 2> slots;
    std::optional<SlotFacts> ed25519;
    DmarcFacts dmarc;
    MxFacts mx;
    DnsAnswer zone;  ///< SOA at the domain, else at the nearest name above it that has one, up to the organisation
    std::vector<SourceFacts> sources;
    std::optional<HostFacts> helo;
    DnsAnswer tls_report;
    DnsAnswer mta_sts;
    DnsAnswer bimi;
};

/// NXDOMAIN speaks of the name, whatever the type. Two answers must agree on it, since some servers say it of types that they do
/// not know; an alias exists although its target may not (RFC 6604 §2).
[[nodiscard]] bool exists_nowhere(const DomainFacts& facts);

/// Asks everything, side by side.
/// Nothing of the facts moves while tasks run, since they keep references into it.
/// Throws what a task threw, after all have ended.
Task<DomainFacts> gather(BoundedResolver& resolver, const DomainQuestion& question);

}  // namespace ilbud
