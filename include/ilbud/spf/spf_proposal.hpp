/// The SPF record that a domain should publish: what its owner has, with the least change that lets our mail pass.
///
/// In    what stands in the DNS now, how we send, a Resolver for what the record names
/// Out   a record that was evaluated as a receiver would: sound, within the look-ups, permitting whom the old one permitted and us.
///       Or none, with what every term costs and which could go
/// Threads  the resolver's
/// See   DOMAIN R26; RFC 7208 §4.6.4
#pragma once
#include <string>
#include <vector>

#include "ilbud/spf/spf.hpp"
#include "ilbud/spf/spf_repair.hpp"

namespace ilbud {

struct SpfSender {
    std::vector<std::string> includes;   ///< our names, the recommended one first; empty: our addresses are named one by one
    std::vector<std::string> addresses;  ///< where our mail comes from; empty: not known
    std::vector<std::string> mail_from;  ///< the envelope's senders of our mail at the domain
    std::string helo;
};

struct SpfProposal {
    std::string record;                 ///< empty: none could be made
    std::vector<SpfTermCost> costs;     ///< of the record, or of the best that was tried
    int lookups = 0;                    ///< the same
    std::vector<std::string> left_out;  ///< terms of the owner's that permit nobody and would have made it invalid
    /// Without a record: the cheapest term, or else the fewest, without which the rest would fit.
    std::vector<std::string> take_out;
    std::vector<SpfGuess> guesses;  ///< terms that may have meant something else
    bool unknown = false;           ///< the DNS failed: nothing could be evaluated
};

/// `records`: the TXT records that are, or resemble, SPF; none: a new one is made, with "mx" if the domain `has_exchangers`.
Task<SpfProposal> propose_spf(Resolver& resolver, std::string domain, std::vector<std::string> records, bool has_exchangers,
                              SpfSender sender, SpfLimits limits);

/// An address of each IPv4 network that a record permits by itself or through others, at most four: with them other records can be
/// tried where nobody said which addresses our mail comes from.
[[nodiscard]] std::vector<std::string> spf_sample_addresses(const SpfSurvey& own);

/// The result of each of our addresses; where our mail has several senders, that of the first that does not pass.
Task<std::vector<std::pair<std::string, SpfOutcome>>> check_spf_of(Resolver& resolver, SpfSender sender, std::string domain,
                                                                   SpfLimits limits);

}  // namespace ilbud
