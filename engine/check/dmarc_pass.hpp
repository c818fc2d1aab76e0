/// Which of our identifiers pass and belong to the domain of From, by RFC 9989 and by the rule before it.
///
/// In    how mail leaves (Sending), the record's modes, what the DNS answered
/// Out   for DKIM and SPF: yes, no, or unknown because the DNS failed
/// Pure
#pragma once
#include "judge.hpp"

namespace ilbud {

struct DmarcPass {
    Holds dkim = Holds::unknown;
    Holds spf = Holds::unknown;

    /// DMARC passes if either does (RFC 9989 §4.4).
    [[nodiscard]] Holds any() const;
};

/// By tree walks (RFC 9989 §4.10.2). `record`: whose modes count; null: relaxed, which the providers ask for without a record as
/// well.
[[nodiscard]] DmarcPass dmarc_pass(const DomainQuestion& question, const DmarcFacts& facts, const Sending& sending,
                                   const Dmarc* record);
/// By the public suffix list (RFC 7489 §3.1).
[[nodiscard]] DmarcPass listed_pass(const DomainQuestion& question, const Sending& sending, const Dmarc* record);

/// d= of what signs as things stand; empty: nothing does.
[[nodiscard]] std::string signing_name(const DomainQuestion& question, const Sending& sending);
/// The domain of MAIL FROM.
[[nodiscard]] std::string sender_name(const DomainQuestion& question);

/// What receivers of RFC 7489 make of it, as remarks, where they find another policy or judge alignment differently.
void judge_older_receivers(const DomainQuestion& question, const DmarcFacts& facts, const Sending& sending,
                           const DmarcDiscovery& found, std::vector<Finding>& findings);

}  // namespace ilbud
