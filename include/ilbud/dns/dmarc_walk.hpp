/// The DMARC tree walk: which record holds for a name, where its organisation begins, and whether two names align.
///
/// In    a name; the answers to the questions that the walk asks, one after the other
/// Out   the policy in force, the organisational domain, alignment; "not known" wherever the DNS failed in between (S43)
/// Pure  it asks nobody itself: question() says what to ask next, answer() takes what came
/// See   RFC 9989 §4.10 (walk), §4.10.1 (policy discovery), §4.10.2 (alignment), §4.7 (`np`, `sp`, `t`)
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/dns/dmarc_record.hpp"
#include "ilbud/dns/dns_answer.hpp"

namespace ilbud {

/// One name that a walk came by.
struct DmarcPlace {
    std::string domain;
    DnsAnswer answer;                  ///< TXT at _dmarc.<domain>
    std::vector<std::string> records;  ///< those of it that begin as DMARC does
    std::optional<Dmarc> record;       ///< the one that counts: alone at the name, and valid
};

class DmarcWalk {
 public:
    DmarcWalk() = default;  ///< of no name: over before it begins
    explicit DmarcWalk(std::string_view domain);

    /// The name whose TXT records are wanted next, at most eight in all; empty once the walk is over.
    [[nodiscard]] std::string question() const;
    void answer(DnsAnswer answer);

    [[nodiscard]] const std::string& domain() const { return domain_; }
    [[nodiscard]] const std::vector<DmarcPlace>& places() const { return places_; }
    [[nodiscard]] bool failed() const;
    /// Why, if it failed.
    [[nodiscard]] std::string failure() const;
    /// The record at the name itself, if one counts there: with it the policy is known, whatever stands above.
    [[nodiscard]] const Dmarc* own_record() const;
    /// Nothing while the walk is not over, or if it failed.
    [[nodiscard]] std::optional<std::string> organisation() const;

 private:
    std::string domain_;
    std::string next_;
    std::vector<DmarcPlace> places_;
};

struct DmarcDiscovery {
    enum class Outcome : std::uint8_t { unknown, none, found };
    Outcome outcome = Outcome::unknown;
    /// Where the record stands; also for a record that is no policy (Dmarc::applies), which ends the search as well.
    const DmarcPlace* place = nullptr;
    bool inherited = false;
    DmarcPolicy policy = DmarcPolicy::none;  ///< in force for mail from the name: `sp`, `np` and `t` are looked at
    DmarcPolicy named = DmarcPolicy::none;   ///< what it would be without `t`
};
/// The policy for mail from the walk's name; `exists`: whether that name is in the DNS at all (§4.7, np). Borrows from `walk`.
[[nodiscard]] DmarcDiscovery discover_dmarc(const DmarcWalk& walk, bool exists);

/// Whether `author` has to be walked to its end to tell if `other` aligns with it, and then, whether `other` has to be walked as
/// well. Names without a label in common can never align, and equal ones always do.
[[nodiscard]] bool may_align(std::string_view author, std::string_view other);
[[nodiscard]] bool must_walk(const DmarcWalk& author, std::string_view other);

/// Whether an identifier that passed aligns with the author domain. Nothing if it hangs on an answer that failed or was not asked
/// for.
[[nodiscard]] std::optional<bool> dmarc_aligned(const DmarcWalk& author, const DmarcWalk& identifier, DmarcAlignment how);

}  // namespace ilbud
