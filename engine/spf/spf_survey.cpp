// What an SPF record and all that it includes cost a receiver at worst.
// There is no address here that could match early: every term in front of all counts and every include is followed, since some
// sender is the one for whom nothing matches before it. It goes on behind the limits, where a receiver would stop, because "needs 14
// of 10" helps the owner of a record and "too many" does not.
#include <algorithm>

#include "ilbud/dns/dns_packet.hpp"
#include "spf_fetch.hpp"
#include "spf_networks.hpp"

namespace ilbud {
namespace {

constexpr std::size_t records_max = 40;  // four times what a receiver may visit: enough to say by how much a record is over

// Where a record stands on the way from the domain's own.
struct Place {
    std::string via;
    int from = -1;
    bool passes = true;  // a pass of it lets the sender pass
};

// What a visit found: an error also for one below it, else neutral, or none.
struct Visited {
    SpfResult result = SpfResult::none;
    std::vector<std::string> passing;  // the names whose pass is a pass of this record
    bool dead = false;                 // not a record below it, but it itself
    bool empty = false;
};

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void add_new(std::vector<std::string>& to, std::vector<std::string> names) {
    for (auto& name : names)
        if (!contains(to, name)) to.push_back(std::move(name));
}

// One walk, in the order of the terms. A record that is included twice is visited and
// counted twice, as a receiver would.
class SpfSurveyor {
 public:
    SpfSurveyor(Resolver& resolver, const SpfLimits& limits) : asker_(resolver, limits), limits_(limits) {}

    Task<SpfSurvey> run(std::string domain) {
        domain = plain_name(domain);
        known_.domain = known_.sender_domain = domain;
        Place root;
        auto visited = co_await visit(std::move(domain), std::move(root));
        out_.includes = std::move(visited.passing);
        const auto& first = out_.steps.front();
        out_.record = first.record;
        // A domain without a record is no error, only a fact.
        if (first.result == SpfResult::none) out_.result = SpfResult::none;
        if (out_.permits_all.empty()) out_.permits_half = permitted_.half();
        out_.void_lookups = std::max(limits_.ipv4 ? voids4_ : 0, limits_.ipv6 ? voids6_ : 0);
        out_.void_names = std::max(limits_.ipv4 ? names4_ : 0, limits_.ipv6 ? names6_ : 0);
        check_count(Kind::lookups_in_all, "the look-ups", out_.lookups, limits_.lookups_max);
        check_count(Kind::voids_in_all, "the look-ups that find nothing", out_.void_lookups, limits_.void_lookups_max);
        co_return std::move(out_);
    }

 private:
    using Kind = SpfCause::Kind;

    // The step's look-ups are complete when it returns.
    // As in check_host() the step is named by its index: following an include grows the vector.
    Task<Visited> visit(std::string domain, Place place) {
        const auto step = out_.steps.size();
        out_.steps.emplace_back();
        out_.steps[step].domain = domain;
        out_.steps[step].via = std::move(place.via);
        out_.steps[step].from = place.from;
        out_.steps[step].passes = place.passes;
        auto fetched = co_await fetch_spf(asker_, domain, limits_.record_bytes_max);
        out_.steps[step].record = fetched.text;
        out_.steps[step].result = fetched.result;
        Visited visited;
        visited.result = fetched.result;
        if (fetched.result != SpfResult::neutral) {
            note(fetched.result, std::move(fetched.why));
            visited.dead = fetched.result == SpfResult::permerror || fetched.result == SpfResult::none;
            co_return visited;
        }
        if (out_.result == SpfResult::none) out_.result = SpfResult::neutral;
        const int before = out_.lookups;
        const bool sound = co_await read(fetched.record, domain, step, visited.passing);
        out_.steps[step].lookups = out_.lookups - before;
        if (!sound) visited.result = SpfResult::permerror;
        co_return visited;
    }

    // From term to term, as a sender comes by whom none of them matches. Whom a term with another sign than "+" matches, the rest of
    // the record lets pass no more.
    Task<bool> read(const SpfRecord& record, const std::string& domain, std::size_t step, std::vector<std::string>& passing) {
        bool ended4 = !limits_.ipv4, ended6 = !limits_.ipv6;  // no receiver comes to what stands behind
        bool sound = true;
        std::vector<std::string> turned_away;
        SpfNetworks refused;
        for (const auto& directive : record.directives) {
            const bool passes = directive.qualifier == SpfQualifier::pass;
            const bool asks = asks_the_dns(directive.mechanism);
            if (passes && !asks && out_.steps[step].passes && !refused.has(directive)) permit(directive);
            if (!passes) refused.add(directive);
            ended4 = ended4 || (!passes && matches_everybody(directive, false));
            ended6 = ended6 || (!passes && matches_everybody(directive, true));
            if (directive.mechanism == SpfMechanism::all) co_return sound;
            if (asks) {
                auto found = co_await count(directive, domain, step, passes && !turns_away(turned_away, directive, domain));
                sound = sound && found.result != SpfResult::permerror;
                if (passes && out_.steps[step].passes && !found.empty) permit(directive);
                for (auto& name : found.passing)
                    if (!passes)
                        turned_away.push_back(std::move(name));
                    else if (!contains(turned_away, name) && !contains(passing, name))
                        passing.push_back(std::move(name));
            }
            if (ended4 && ended6) co_return sound;
        }
        // redirect counts as a look-up but is dead beside all (§6.1), wherever the all stands.
        if (const auto& redirect = record.redirect; redirect && !record.has_all()) {
            auto found = co_await priced(redirect->text, step, follow(redirect->domain, redirect->text, "redirect", step, true));
            std::erase_if(found.passing, [&](const std::string& name) { return contains(turned_away, name); });
            add_new(passing, std::move(found.passing));
            sound = sound && found.result != SpfResult::permerror;
        }
        co_return sound;
    }

    bool turns_away(const std::vector<std::string>& names, const SpfDirective& include, const std::string& domain) {
        return include.mechanism == SpfMechanism::include && is_known(include.domain) &&
               contains(names, named(include.domain, domain));
    }

    // Whether a name hangs on no more than the domain (macros d and o).
    static bool is_known(const std::vector<SpfMacroPart>& parts) {
        return std::all_of(parts.begin(), parts.end(),
                           [](const SpfMacroPart& part) { return part.letter == 0 || part.letter == 'd' || part.letter == 'o'; });
    }

    std::string named(const std::vector<SpfMacroPart>& parts, const std::string& domain) {
        known_.domain = domain;
        return plain_name(expand_spf_domain(parts, known_));
    }

    void permit(const SpfDirective& directive) {
        if (out_.permits_all.empty() && (matches_everybody(directive, false) || matches_everybody(directive, true)))
            out_.permits_all = directive.text;
        permitted_.add(directive);
    }

    // The term's own look-up and what comes of it, also as an entry of the bill if it is one of the domain's own terms.
    Task<Visited> priced(std::string term, std::size_t step, Task<Visited> work) {
        const int lookups = out_.lookups, voids = std::max(voids4_, voids6_);
        ++out_.lookups;
        auto found = co_await std::move(work);
        if (step == 0)
            out_.costs.push_back(
                {std::move(term), out_.lookups - lookups, std::max(voids4_, voids6_) - voids, found.dead, found.empty});
        co_return found;
    }

    Task<Visited> count(const SpfDirective& directive, const std::string& domain, std::size_t step, bool passes) {
        if (directive.mechanism == SpfMechanism::include)
            return priced(directive.text, step, follow(directive.domain, directive.text, "include", step, passes));
        return priced(directive.text, step, ask(directive, domain));
    }

    // Names with macros depend on the mail: they cost a look-up for sure, whether they find something nobody can say.
    // ptr is about the sender's address, which there is none of.
    Task<Visited> ask(const SpfDirective& directive, const std::string& domain) {
        Visited found;
        found.result = SpfResult::neutral;
        if (directive.mechanism == SpfMechanism::ptr || !is_known(directive.domain)) co_return found;
        // Beyond the limit nobody asks, so nothing is found out by asking.
        if (out_.lookups > limits_.lookups_max) co_return found;
        auto target = directive.domain.empty() ? domain : named(directive.domain, domain);
        if (!is_askable(target)) co_return found;
        Hosts hosts;
        if (directive.mechanism == SpfMechanism::exists) {
            const auto answer = co_await asked(directive, target, RecordType::a);
            found.empty = is_empty(answer);
            hosts.voids4 = hosts.voids6 = found.empty ? 1 : 0;
        } else if (directive.mechanism == SpfMechanism::a) {
            co_await ask_host(directive, std::move(target), hosts);
            found.empty = !hosts.any;
        } else {
            auto answer = co_await asked(directive, target, RecordType::mx);
            hosts.voids4 = hosts.voids6 = is_empty(answer) ? 1 : 0;
            if (answer.exchangers.size() > static_cast<std::size_t>(limits_.names_max)) {
                note(SpfResult::permerror,
                     {{.kind = Kind::too_many_exchangers,
                       .term = directive.text,
                       .name = target,
                       .count = answer.exchangers.size(),
                       .most = static_cast<std::size_t>(limits_.names_max)},
                      shown(target) + " has " + std::to_string(answer.exchangers.size()) + " MX records; \"" +
                          shown(directive.text) + "\" may look at " + std::to_string(limits_.names_max) + " at most"});
                found.result = SpfResult::permerror;
                co_return found;
            }
            for (auto& exchanger : answer.exchangers)
                if (is_askable(exchanger.name)) co_await ask_host(directive, std::move(exchanger.name), hosts);
            found.empty = answer.status != DnsStatus::failed && !hosts.any;
        }
        voids4_ += hosts.voids4 > 0 ? 1 : 0;
        voids6_ += hosts.voids6 > 0 ? 1 : 0;
        names4_ += hosts.voids4;
        names6_ += hosts.voids6;
        co_return found;
    }

    struct Hosts {
        int voids4 = 0, voids6 = 0;  // so many have no address of the family
        bool any = false;            // one has an address, or may have
    };

    // A receiver asks for the sender's family only (§5): a host with IPv6 alone is nothing to a sender with IPv4. The other family is
    // asked for only in order to know whether there is a host at all.
    Task<void> ask_host(const SpfDirective& directive, std::string host, Hosts& hosts) {
        DnsAnswer v4, v6;
        if (limits_.ipv4) v4 = co_await asked(directive, host, RecordType::a);
        if (limits_.ipv6 || is_empty(v4)) v6 = co_await asked(directive, host, RecordType::aaaa);
        if (!limits_.ipv4 && is_empty(v6)) v4 = co_await asked(directive, host, RecordType::a);
        hosts.voids4 += limits_.ipv4 && is_empty(v4) ? 1 : 0;
        hosts.voids6 += limits_.ipv6 && is_empty(v6) ? 1 : 0;
        hosts.any = hosts.any || !is_empty(v4) || !is_empty(v6);
    }

    static bool is_empty(const DnsAnswer& answer) {
        return answer.status == DnsStatus::no_data || answer.status == DnsStatus::no_name;
    }

    Task<DnsAnswer> asked(const SpfDirective& directive, std::string name, RecordType type) {
        auto answer = co_await asker_.ask(name, type);
        if (answer.status == DnsStatus::failed)
            note(SpfResult::temperror,
                 {{.kind = Kind::no_answer, .term = directive.text, .name = name, .failure = answer.failure},
                  '"' + shown(directive.text) + "\": the DNS gives no answer about " + shown(name) + ": " + answer.failure});
        co_return answer;
    }

    // permerror: a receiver's evaluation ends there in an error that lasts.
    Task<Visited> follow(std::vector<SpfMacroPart> to, std::string term, std::string via, std::size_t step, bool passes) {
        Visited found;
        found.result = SpfResult::neutral;
        if (!is_known(to)) co_return found;
        auto target = named(to, out_.steps[step].domain);
        found.passing.push_back(target);
        // Only a circle on the way down is one: two branches may include the same name. A receiver notices none and
        // runs into its ten look-ups; told as a circle the owner sees what to take out.
        for (auto above = static_cast<int>(step); above >= 0; above = out_.steps[static_cast<std::size_t>(above)].from)
            if (out_.steps[static_cast<std::size_t>(above)].domain == target) {
                note(SpfResult::permerror,
                     {{.kind = Kind::circle, .term = term, .record = out_.steps[step].domain},
                      '"' + shown(term) + "\" in the record of " + shown(out_.steps[step].domain) + " leads in a circle"});
                found.result = SpfResult::permerror;
                found.dead = above == static_cast<int>(step);  // itself: nothing on the way could match
                co_return found;
            }
        // Keeps a tree of includes that doubles at each level from running for ever.
        if (out_.steps.size() >= records_max) {
            note(SpfResult::permerror, {{.kind = Kind::too_many_records, .most = records_max},
                                        "more than " + std::to_string(records_max) + " records are included"});
            co_return found;
        }
        Place place;
        place.via = std::move(via);
        place.from = static_cast<int>(step);
        place.passes = passes && out_.steps[step].passes;
        // visit() told its own trouble to note() already, but for none: only here is it known which term led there.
        auto visited = co_await visit(std::move(target), std::move(place));
        if (visited.result == SpfResult::none) {
            auto why = none_why_;
            why.cause.term = term;
            why.cause.record = out_.steps[step].domain;
            why.text = '"' + shown(term) + "\" in the record of " + shown(out_.steps[step].domain) + ": " + why.text;
            note(SpfResult::permerror, std::move(why));
            visited.result = SpfResult::permerror;
        }
        found.result = visited.result;
        found.dead = visited.dead;
        add_new(found.passing, std::move(visited.passing));
        co_return found;
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
    SpfNetworks permitted_;
    SpfMacroValues known_;  // without a mail: the domain that is checked, and that of the record in hand
    int voids4_ = 0, voids6_ = 0, names4_ = 0, names6_ = 0;
    SpfWhy none_why_;
};

}  // namespace

Task<SpfSurvey> survey_spf(Resolver& resolver, std::string domain, SpfLimits limits) {
    SpfSurveyor surveyor(resolver, limits);
    auto survey = co_await surveyor.run(std::move(domain));
    co_return survey;
}

}  // namespace ilbud
