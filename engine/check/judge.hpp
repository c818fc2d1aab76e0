/// From what the DNS answered to findings: one judge a subject.
///
/// In    the question, the facts
/// Out   findings, appended; and what the verdict needs
/// Pure
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "domain_facts.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {

/// Whether something holds; `unknown` because the DNS failed.
/// Three values, since two would force a guess where the DNS failed; see verdict_of for how they combine.
enum class Holds { no, yes, unknown };

/// Appends a finding and lets it be completed in a row of calls, until the next one is appended.
/// It holds a reference into the list: a second builder invalidates the first, so
/// one is finished before the next is begun.
class FindingBuilder {
 public:
    // Bytes. A longer record is beyond what people paste without loss; its
    // owner is asked to correct it instead.
    static constexpr std::size_t proposal_bytes_max = 2048;

    FindingBuilder(std::vector<Finding>& all, FindingCode code, Severity severity, std::string name)
        : finding_(all.emplace_back()) {
        finding_.code = code;
        finding_.severity = severity;
        finding_.name = std::move(name);
    }
    FindingBuilder& remedy(Remedy remedy) {
        finding_.remedy = remedy;
        return *this;
    }
    FindingBuilder& found(std::vector<std::string> records) {
        finding_.found = std::move(records);
        return *this;
    }
    /// A record too long to be pasted by hand is not proposed.
    FindingBuilder& publish(Remedy remedy, DnsRecord record) {
        const bool handy = record.value.size() <= proposal_bytes_max;
        finding_.remedy = handy ? remedy : Remedy::correct;
        if (handy) finding_.publish.push_back(std::move(record));
        return *this;
    }
    FindingBuilder& fact(std::string name, std::string value) {
        finding_.facts.emplace_back(std::move(name), std::move(value));
        return *this;
    }

    // The finding stays in the list whether or not any of the setters is called; there is nothing to commit.
 private:
    Finding& finding_;
};

/// R26: one record, one of our names in it, within the limits. `passes`: our source addresses pass, for the providers' rules.
struct SpfVerdict {
    Holds included = Holds::unknown;
    Holds passes = Holds::unknown;
};
SpfVerdict judge_spf(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings);

/// R27: the state of one slot. Where the slot is not needed (`needed` false: the Ed25519 one) what is missing is a remark.
SlotState judge_slot(const DkimSlot& slot, const SlotFacts& facts, bool needed, std::vector<Finding>& findings);

/// How mail leaves as things stand, which DMARC is about.
struct Sending {
    Holds own_key = Holds::unknown;  ///< it is signed in the domain's name, by a key that receivers find
    bool ours_to_mend = false;       ///< if not, the reason lies in our DNS and not in the customer's
    Holds spf = Holds::unknown;      ///< our source addresses pass for MAIL FROM
};

/// R28.
struct DmarcVerdict {
    Holds published = Holds::unknown;
    Holds passes = Holds::unknown;        ///< an identifier that passes agrees with From
    Holds aligned_dkim = Holds::unknown;  ///< the one of DKIM does
    bool stopped = false;                 ///< our mail fails, and the policy asks receivers to refuse it or to set it aside
};
DmarcVerdict judge_dmarc(const DomainQuestion& question, const DomainFacts& facts, const Sending& sending,
                         std::vector<Finding>& findings);

/// MX decides nothing about sending, but a From that nobody can answer is refused by many receivers: whether it can be.
Holds judge_mx(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings);

/// Whether every source address has a name that leads back to it.
Holds judge_sources(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings);

/// TLS-RPT, MTA-STS, BIMI: nothing depends on them.
void judge_remarks(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings);

/// The problem that matters most to say, and the facts that name it: its tag and its place (counted from 1).
/// For a list without problems it adds an empty tag at position 1, so the
/// finding's words never show a bare placeholder.
void add_problem(FindingBuilder& finding, const std::vector<RecordProblem>& problems);

}  // namespace ilbud
