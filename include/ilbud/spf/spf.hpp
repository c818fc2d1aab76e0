/// SPF: may this address send mail for this domain? The whole evaluation of RFC 7208, and a survey of what a record needs.
///
/// In    a Resolver, the question of one delivery; or a domain alone
/// Out   the result with what led to it; for the survey, every include and the look-ups that a receiver may have to make
/// Threads  the resolver's
/// See   RFC 7208 §4 (check_host), §4.6.4 (limits), §6.2 (explanation); DOMAIN R26; SECURITY S42, S43
#pragma once
#include <string>
#include <vector>

#include "ilbud/dns/resolver.hpp"
#include "ilbud/spf/spf_cause.hpp"

namespace ilbud {

enum class SpfResult : std::uint8_t { none, neutral, pass, fail, softfail, temperror, permerror };
[[nodiscard]] std::string_view to_text(SpfResult result);

struct SpfQuestion {
    std::string ip;         ///< the sending address, IPv4 or IPv6 text
    std::string mail_from;  ///< the envelope's sender; empty: the null sender, then postmaster@`helo` is checked (§2.4)
    std::string helo;
    std::string receiver = "unknown";  ///< who checks: macro %{r} of an explanation
};

/// The limits of RFC 7208 §4.6.4, by which every receiver judges, and what keeps an evaluation short.
struct SpfLimits {
    int lookups_max = 10;                   ///< terms that ask the DNS
    int void_lookups_max = 2;               ///< of these, terms whose answer was empty
    int names_max = 10;                     ///< hosts of one MX or PTR answer
    std::size_t record_bytes_max = 65'535;  ///< a longer record is a permerror; the DNS carries none (RFC 1035 §3.2.1)
    /// No question begins after it, and what is undecided then is a temperror; so everything ends within this and the resolver's
    /// deadline of one question.
    Duration deadline = std::chrono::seconds(5);
    Time now = system_clock().now();  ///< macro %{t} of an explanation
    bool ipv4 = true, ipv6 = false;   ///< survey only: by which the senders come, whose receivers ask for that family alone
};

/// One record on the way: the domain's own first, then those that include= and redirect= led to.
struct SpfStep {
    std::string domain;
    std::string via;     ///< "include" or "redirect"; empty for the first
    int from = -1;       ///< the step whose record named this one
    std::string record;  ///< empty if there is none
    SpfResult result = SpfResult::none;
    std::string matched;  ///< the term that decided, as written: "ip4:192.0.2.0/24"; empty if none did
    int lookups = 0;      ///< terms of this record and of those below it that asked the DNS
    bool passes = true;   ///< survey only: a pass of it lets the sender pass
};

struct SpfOutcome {
    SpfResult result = SpfResult::none;
    std::string matched;      ///< the term that decided, of the first record or of that it redirects to ("include:_spf.example",
                              ///< "-all"); empty if none did
    std::string explanation;  ///< fail only: the domain's own text (exp=), else empty
    std::string reason;       ///< in words, with the domain and the place in the record for permerror
    SpfCause cause;           ///< the same as a value
    int lookups = 0;
    int void_lookups = 0;
    std::vector<SpfStep> steps;  ///< in the order of the visits
};

/// check_host() of §4 for the question's MAIL FROM (or HELO, if that is empty). Never throws for anything the DNS or a record does;
/// permerror if the question's address is none.
Task<SpfOutcome> check_spf(Resolver& resolver, SpfQuestion question, SpfLimits limits);

/// What one term of a record costs, with all that it leads to.
struct SpfTermCost {
    std::string term;  ///< as written: "include:_spf.example"
    int lookups = 0;
    int void_lookups = 0;
    bool dead = false;   ///< it includes a name without a record, or with one that cannot be read or is several
    bool empty = false;  ///< the DNS has no address for it, of either family

    bool operator==(const SpfTermCost&) const = default;
};

/// Only terms that a receiver comes to count here: in each record those in front of its all.
struct SpfSurvey {
    SpfResult result = SpfResult::none;  ///< none; permerror; temperror; else neutral: the record stands
    std::string record;                  ///< the domain's own
    /// Every name whose pass lets a sender pass: included with "+" or redirected to, also through others, each once.
    std::vector<std::string> includes;
    std::string permits_all;         ///< the term by which everybody passes ("+all"), in whosever record; empty: none does
    std::string permits_half;        ///< the terms by which half of all addresses pass ("ip4:0.0.0.0/1"); empty: none do
    int lookups = 0;                 ///< what a receiver needs if no term matches before the last
    int void_lookups = 0;            ///< of these, terms without macros whose names have no answer now
    int void_names = 0;              ///< the same with each host of an mx by itself, as some receivers count
    std::vector<SpfTermCost> costs;  ///< of the domain's own record: its terms that ask the DNS, in their order
    std::string reason;              ///< for permerror and temperror: what is wrong and where
    SpfCause cause;                  ///< the same as a value
    std::vector<SpfStep> steps;      ///< every record read; their `lookups` say which include costs how many
};

/// Reads the record of `domain` and all that it includes, whether or not some address would match early: what it costs at worst
/// (R26). Names that depend on the mail (macros) are counted and not followed.
Task<SpfSurvey> survey_spf(Resolver& resolver, std::string domain, SpfLimits limits);

}  // namespace ilbud
