// What an SPF record and all that it includes cost a receiver at worst.
// There is no address here that could match early: every term in front of all counts and every include is followed, since some
// sender is the one for whom nothing matches before it. It goes on behind the limits, where a receiver would stop, because "needs 14
// of 10" helps the owner of a record and "too many" does not.
#include <algorithm>

#include "ilbud/dns/dns_packet.hpp"
#include "spf_fetch.hpp"

namespace ilbud {
namespace {

constexpr std::size_t records_max = 40;  // four times what a receiver may visit: enough to say by how much a record is over

// One walk, in the order of the terms. A record that is included twice is visited and
// counted twice, as a receiver would.
class SpfSurveyor {
 public:
    SpfSurveyor(Resolver& resolver, const SpfLimits& limits) : asker_(resolver, limits), limits_(limits) {}

    Task<SpfSurvey> run(std::string domain) {
        domain = plain_name(domain);
        co_await visit(std::move(domain), "", -1, true);
        const auto& first = out_.steps.front();
        out_.record = first.record;
        // A domain without a record is no error, only a fact.
        if (first.result == SpfResult::none) out_.result = SpfResult::none;
        check_count(Kind::lookups_in_all, "the look-ups", out_.lookups, limits_.lookups_max);
        check_count(Kind::voids_in_all, "the look-ups that find nothing", out_.void_lookups, limits_.void_lookups_max);
        co_return std::move(out_);
    }

 private:
    using Kind = SpfCause::Kind;

    // Returns what a receiver finds at `domain`: an error also for one below it; else neutral, or none. The step's look-ups are
    // complete then. `passes`: a pass of this record lets the sender pass.
    // As in check_host() the step is named by its index: following an include grows the vector.
    Task<SpfResult> visit(std::string domain, std::string via, int from, bool passes) {
        const auto step = out_.steps.size();
        out_.steps.emplace_back();
        out_.steps[step].domain = domain;
        out_.steps[step].via = std::move(via);
        out_.steps[step].from = from;
        out_.steps[step].passes = passes;
        auto fetched = co_await fetch_spf(asker_, domain, limits_.record_bytes_max);
        out_.steps[step].record = fetched.text;
        out_.steps[step].result = fetched.result;
        if (fetched.result != SpfResult::neutral) {
            note(fetched.result, std::move(fetched.why));
            co_return fetched.result;
        }
        if (out_.result == SpfResult::none) out_.result = SpfResult::neutral;
        const int before = out_.lookups;
        bool ended = false;  // by all: no receiver comes to what stands behind it
        bool sound = true;
        for (const auto& directive : fetched.record.directives) {
            const bool lets_pass = passes && directive.qualifier == SpfQualifier::pass;
            if (lets_pass && matches_everybody(directive) && out_.permits_all.empty()) out_.permits_all = directive.text;
            ended = directive.mechanism == SpfMechanism::all;
            if (ended) break;
            if (asks_the_dns(directive.mechanism) && !co_await count(directive, domain, step, lets_pass)) sound = false;
        }
        // redirect counts as a look-up but is dead beside all (§6.1), wherever the all stands.
        if (const auto& redirect = fetched.record.redirect; redirect && !ended) {
            const bool follows =
                co_await priced(redirect->text, step, follow(redirect->domain, redirect->text, "redirect", step, passes));
            sound = sound && follows;
        }
        out_.steps[step].lookups = out_.lookups - before;
        co_return sound ? SpfResult::neutral : SpfResult::permerror;
    }

    // The term's own look-up and what comes of it, also as an entry of the bill if it is one of the domain's own terms.
    Task<bool> priced(std::string term, std::size_t step, Task<bool> work) {
        const int lookups = out_.lookups, voids = out_.void_lookups;
        ++out_.lookups;
        const bool sound = co_await std::move(work);
        if (step == 0) out_.costs.push_back({std::move(term), out_.lookups - lookups, out_.void_lookups - voids, !sound});
        co_return sound;
    }

    Task<bool> count(const SpfDirective& directive, const std::string& domain, std::size_t step, bool lets_pass) {
        if (directive.mechanism == SpfMechanism::include)
            return priced(directive.text, step, follow(directive.domain, directive.text, "include", step, lets_pass));
        return priced(directive.text, step, ask(directive, domain));
    }

    // Names with macros depend on the mail: they cost a look-up for sure, whether they find something nobody can say.
    // ptr is about the sender's address, which there is none of.
    Task<bool> ask(const SpfDirective& directive, const std::string& domain) {
        if (directive.mechanism == SpfMechanism::ptr || has_macro(directive.domain)) co_return true;
        // Beyond the limit nobody asks, so nothing is found out by asking.
        if (out_.lookups > limits_.lookups_max) co_return true;
        auto target = directive.domain.empty() ? domain : expand_spf_domain(directive.domain, {});
        if (!is_askable(target)) co_return true;
        const auto type = directive.mechanism == SpfMechanism::mx ? RecordType::mx : RecordType::a;
        auto answer = co_await asker_.ask(target, type);
        // A receiver asks for the sender's family only. A host with IPv6 alone is void for half
        // the world, but it is not nothing.
        if (answer.status == DnsStatus::no_data && directive.mechanism == SpfMechanism::a)
            answer = co_await asker_.ask(target, RecordType::aaaa);
        if (answer.status == DnsStatus::failed)
            note(SpfResult::temperror,
                 {{.kind = Kind::no_answer, .term = directive.text, .name = target, .failure = answer.failure},
                  '"' + shown(directive.text) + "\": the DNS gives no answer about " + shown(target) + ": " + answer.failure});
        else if (answer.status != DnsStatus::found)
            ++out_.void_lookups;
        const bool too_many = answer.exchangers.size() > static_cast<std::size_t>(limits_.names_max);
        if (too_many)
            note(SpfResult::permerror,
                 {{.kind = Kind::too_many_exchangers,
                   .term = directive.text,
                   .name = target,
                   .count = answer.exchangers.size(),
                   .most = static_cast<std::size_t>(limits_.names_max)},
                  shown(target) + " has " + std::to_string(answer.exchangers.size()) + " MX records; \"" + shown(directive.text) +
                      "\" may look at " + std::to_string(limits_.names_max) + " at most"});
        co_return !too_many;
    }

    // False: a receiver's evaluation ends there in an error that lasts.
    Task<bool> follow(std::vector<SpfMacroPart> to, std::string term, std::string via, std::size_t step, bool lets_pass) {
        if (has_macro(to)) co_return true;
        auto target = plain_name(expand_spf_domain(to, {}));
        if (lets_pass && std::find(out_.includes.begin(), out_.includes.end(), target) == out_.includes.end())
            out_.includes.push_back(target);
        // Only a circle on the way down is one: two branches may include the same name. A receiver notices none and
        // runs into its ten look-ups; told as a circle the owner sees what to take out.
        for (auto above = static_cast<int>(step); above >= 0; above = out_.steps[static_cast<std::size_t>(above)].from)
            if (out_.steps[static_cast<std::size_t>(above)].domain == target) {
                note(SpfResult::permerror,
                     {{.kind = Kind::circle, .term = term, .record = out_.steps[step].domain},
                      '"' + shown(term) + "\" in the record of " + shown(out_.steps[step].domain) + " leads in a circle"});
                co_return false;
            }
        // Keeps a tree of includes that doubles at each level from running for ever.
        if (out_.steps.size() >= records_max) {
            note(SpfResult::permerror, {{.kind = Kind::too_many_records, .most = records_max},
                                        "more than " + std::to_string(records_max) + " records are included"});
            co_return true;
        }
        // visit() told its own trouble to note() already, but for none: only here is it known which term led there.
        const auto result = co_await visit(std::move(target), std::move(via), static_cast<int>(step), lets_pass);
        if (result == SpfResult::none) {
            auto why = none_why_;
            why.cause.term = term;
            why.cause.record = out_.steps[step].domain;
            why.text = '"' + shown(term) + "\" in the record of " + shown(out_.steps[step].domain) + ": " + why.text;
            note(SpfResult::permerror, std::move(why));
        }
        co_return result != SpfResult::none&& result != SpfResult::permerror;
    }

    // The first trouble is told; one that lasts outweighs one that may pass.
    void note(SpfResult result, SpfWhy why) {
        if (result == SpfResult::none) {
            none_why_ = why;
            if (out_.steps.size() > 1) return;  // follow() tells whose term it was
        }
        const bool worse = result == SpfResult::permerror && out_.result == SpfResult::temperror;
        if (!out_.reason.empty() && !worse) return;
        out_.result = result;
        out_.reason = std::move(why.text);
        out_.cause = std::move(why.cause);
    }

    void check_count(Kind kind, const std::string& what, int count, int most) {
        if (count > most)
            note(SpfResult::permerror,
                 {{.kind = kind, .count = static_cast<std::size_t>(count), .most = static_cast<std::size_t>(most)},
                  what + " are " + std::to_string(count) + "; at most " + std::to_string(most) + " are allowed"});
    }

    SpfAsker asker_;
    SpfLimits limits_;
    SpfSurvey out_;
    SpfWhy none_why_;
};

}  // namespace

Task<SpfSurvey> survey_spf(Resolver& resolver, std::string domain, SpfLimits limits) {
    SpfSurveyor surveyor(resolver, limits);
    auto survey = co_await surveyor.run(std::move(domain));
    co_return survey;
}

}  // namespace ilbud
