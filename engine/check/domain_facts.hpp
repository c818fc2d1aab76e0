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
#include "ilbud/spf/spf.hpp"

namespace ilbud {

class BoundedResolver;

struct SpfFacts {
    DnsAnswer text;
    std::vector<std::string> records;                         ///< those of `text` that are SPF
    SpfSurvey survey;                                         ///< only if there is one record
    int include_lookups = 0;                                  ///< what include: of the recommended name costs, itself counted
    std::vector<std::pair<std::string, SpfOutcome>> sources;  ///< by source address
};

struct SlotFacts {
    std::string name;                ///< <selector>._domainkey.<domain>
    DnsAnswer alias;                 ///< the CNAME there
    std::vector<std::string> chain;  ///< where it leads, name by name
    DnsAnswer key;                   ///< the TXT records at its end
    DnsAnswer doubled;               ///< the CNAME at <name>.<domain>, where a form that adds the domain puts it
};

struct DmarcFacts {
    DnsAnswer own;
    std::string organisation;  ///< the organisational domain
    DnsAnswer inherited;       ///< asked only if `own` has none and the domain lies below `organisation`
};

struct HostFacts {
    std::string name;
    DnsAnswer v4;
    DnsAnswer v6;
};

struct MxFacts {
    DnsAnswer mx;
    std::vector<HostFacts> hosts;  ///< the exchangers; without any, the domain itself
};

struct SourceFacts {
    std::string address;
    DnsAnswer names;               ///< PTR
    std::vector<HostFacts> hosts;  ///< these names looked up again
};

struct DomainFacts {
    SpfFacts spf;
    std::array<SlotFacts, 2> slots;
    std::optional<SlotFacts> ed25519;
    DmarcFacts dmarc;
    MxFacts mx;
    std::vector<SourceFacts> sources;
    std::optional<HostFacts> helo;
    DnsAnswer tls_report;
    DnsAnswer mta_sts;
    DnsAnswer bimi;
};

/// Asks everything, side by side.
Task<DomainFacts> gather(BoundedResolver& resolver, const DomainQuestion& question);

}  // namespace ilbud
