// Records are tried, not reasoned about: each candidate is put in the place of the one in the DNS, and surveyed and evaluated there as
// a receiver would do it. The first that holds, in the order of how little it changes, is the proposal.
// What may be left out permits nobody today: a second mention of the same name, a name that a kept include reaches as well, a name
// without addresses, an include without a record. Everything else is the owner's to decide, who is told what it costs.
#include "ilbud/spf/spf_proposal.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "ilbud/base/text.hpp"
#include "ilbud/dns/dns_packet.hpp"
#include "ilbud/dns/ip_address.hpp"
#include "ilbud/spf/spf_edit.hpp"
#include "ilbud/spf/spf_record.hpp"
#include "ilbud/spf/spf_repair.hpp"
#include "spf_narrow.hpp"

namespace ilbud {
namespace {

constexpr std::size_t bytes_max =
    16'384;  // of the records that are to become one: each candidate is looked through several times

// The DNS as it would be with the record published.
class WithRecord final : public Resolver {
 public:
    WithRecord(Resolver& inner, const std::string& domain, std::string record)
        : inner_(inner), domain_(plain_name(domain)), record_(std::move(record)) {}

    Task<DnsAnswer> query(std::string name, RecordType type) override {
        if (type == RecordType::txt && plain_name(name) == domain_) {
            DnsAnswer answer;
            answer.status = DnsStatus::found;
            answer.records = {record_};
            co_return answer;
        }
        auto answer = co_await inner_.query(std::move(name), type);
        co_return answer;
    }

 private:
    Resolver& inner_;
    std::string domain_, record_;
};

// A record that depends on who the sender is, not only on his domain.
bool names_sender(const SpfOutcome& outcome) {
    return std::any_of(outcome.steps.begin(), outcome.steps.end(), [](const SpfStep& step) {
        const auto text = lower_case(step.record);
        return text.find("%{s") != std::string::npos || text.find("%{l") != std::string::npos;
    });
}

struct Trial {
    SpfTermList terms;
    SpfSurvey survey;
    std::vector<std::string> passing;  // our addresses that would pass
};

class Proposer {
 public:
    Proposer(Resolver& resolver, std::string domain, bool has_exchangers, SpfSender sender, const SpfLimits& limits)
        : resolver_(resolver),
          domain_(std::move(domain)),
          has_exchangers_(has_exchangers),
          sender_(std::move(sender)),
          limits_(limits),
          begun_(std::chrono::steady_clock::now()) {}

    Task<SpfProposal> run(std::vector<std::string> records) {
        std::vector<SpfTermList> read;
        std::size_t bytes = 0;
        for (const auto& record : records) {
            auto terms = read_spf_terms(record);
            bytes += record.size();
            if (!terms.unreadable.empty() || bytes > bytes_max) co_return SpfProposal{};
            narrow_spf(terms);
            out_.guesses.insert(out_.guesses.end(), terms.guesses.begin(), terms.guesses.end());
            read.push_back(std::move(terms.terms));
        }
        if (read.empty()) {
            // ~all and not -all: a domain that had no SPF at all may have senders that nobody knows of. softfail lets their mail
            // through with a mark, fail would lose it. Small domains often send from the host that receives; of too many of those
            // none can be named.
            is_new_ = true;
            SpfTermList own_hosts{"mx", "~all"}, nobody{"~all"};
            if (has_exchangers_) co_await find_best(std::move(own_hosts));
            if (out_.record.empty()) co_await find_best(std::move(nobody));
        } else {
            SpfTerms all;
            all.terms = read.size() > 1 ? spf_merged(read) : with_spf_end(std::move(read.front()));
            if (read.size() > 1) narrow_spf(all);  // each may permit a part of everybody
            co_await find_best(std::move(all.terms));
        }
        co_return std::move(out_);
    }

 private:
    // What is left of the caller's time.
    [[nodiscard]] SpfLimits limits() const {
        auto left = limits_;
        const auto gone = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun_);
        left.deadline = std::max(Duration{}, limits_.deadline - gone);
        return left;
    }

    Task<Trial> tried(SpfTermList terms) {
        Trial trial;
        WithRecord changed(resolver_, domain_, spf_text(terms));
        trial.survey = co_await survey_spf(changed, domain_, limits());
        const auto outcomes = co_await check_spf_of(changed, sender_, domain_, limits());
        for (const auto& [address, outcome] : outcomes)
            if (outcome.result == SpfResult::pass) trial.passing.push_back(address);
        trial.terms = std::move(terms);
        co_return trial;
    }

    [[nodiscard]] static bool is_sound(const Trial& trial) { return trial.survey.result == SpfResult::neutral; }
    // Also for receivers that count each host of an mx by itself.
    [[nodiscard]] bool is_sound_to_all(const Trial& trial) const {
        return is_sound(trial) && trial.survey.void_names <= limits_.void_lookups_max;
    }

    // With us at `place`. Where the record lets us pass by an older name, or through others, that is left as it is.
    [[nodiscard]] SpfTermList with_us(SpfTermList terms, SpfPlace place) const {
        for (const auto& term : our_terms()) terms = with_spf_term(std::move(terms), term, place);
        return terms;
    }

    [[nodiscard]] SpfTermList our_terms() const {
        if (!sender_.includes.empty()) return {"include:" + sender_.includes.front()};
        SpfTermList terms;
        for (const auto& address : sender_.addresses)
            if (const auto read = parse_ip_address(address)) terms.push_back((read->v6 ? "ip6:" : "ip4:") + read->text());
        return terms;
    }

    // The older name of ours that the record's own terms include; empty: none, or the present one as well.
    [[nodiscard]] std::string older_name(const SpfTermList& terms) const {
        for (std::size_t i = 0; i < sender_.includes.size(); ++i)
            if (spf_mention(terms, sender_.includes[i]).as == SpfMention::As::passes)
                return i == 0 ? std::string() : sender_.includes[i];
        return {};
    }

    Task<void> find_best(SpfTermList terms) {
        // The most that any record could do for us: what our own name does not name passes nowhere.
        const auto first = co_await tried(with_us(terms, SpfPlace::first));
        wanted_ = first.passing.size();
        auto best = co_await best_place(terms);
        std::optional<SpfTermList> lighter;
        if (!best || !is_sound_to_all(*best)) lighter = co_await without_idle_terms(terms, first);
        if (lighter) {
            auto other = co_await best_place(*lighter);
            if (other && (!best || is_sound_to_all(*other)))
                best = std::move(other);
            else if (best)
                out_.left_out.clear();
        }
        if (!best) {
            out_.left_out.clear();
            if (!is_new_) best = co_await best_despite_others(terms, first);
        }
        const auto& shown = best ? *best : first;
        out_.costs = shown.survey.costs;
        out_.lookups = shown.survey.lookups;
        if (best) {
            out_.record = spf_text(best->terms);
            co_return;
        }
        out_.unknown = first.survey.result == SpfResult::temperror;
        co_await name_the_expensive();
    }

    // Where somebody else's record is broken, nothing here can mend it: in front of it our mail passes, and for everybody else all is
    // as before.
    Task<std::optional<Trial>> best_despite_others(SpfTermList terms, Trial first) {
        if (wanted_ == 0 || first.survey.result != SpfResult::permerror || first.survey.lookups > limits_.lookups_max)
            co_return std::nullopt;
        auto unchanged = co_await tried(std::move(terms));
        if (lets_us_pass(unchanged)) co_return unchanged;
        if (lets_us_pass(first)) co_return first;
        co_return std::nullopt;
    }

    // In the order of how much it changes.
    Task<std::optional<Trial>> best_place(const SpfTermList& terms) {
        std::vector<SpfTermList> candidates;
        const auto older = older_name(terms);
        if (!older.empty()) candidates.push_back(with_spf_replaced(terms, older, sender_.includes.front()));
        candidates.push_back(terms);
        for (const auto place : {SpfPlace::before_end, SpfPlace::before_refusals, SpfPlace::first})
            candidates.push_back(with_us(terms, place));
        for (auto& candidate : candidates) {
            auto trial = co_await tried(candidate);
            if (is_sound(trial) && lets_us_pass(trial)) co_return trial;
        }
        co_return std::nullopt;
    }

    // By our addresses where they are known and any of them can pass; else by our names.
    [[nodiscard]] bool lets_us_pass(const Trial& trial) const {
        if (wanted_ > 0 || sender_.includes.empty()) return trial.passing.size() >= wanted_;
        const auto& reached = trial.survey.includes;
        return std::any_of(reached.begin(), reached.end(), [&](const std::string& each) { return is_ours(each); });
    }

    [[nodiscard]] bool is_ours(std::string_view name) const {
        return std::any_of(sender_.includes.begin(), sender_.includes.end(),
                           [&](const std::string& each) { return same_letters(each, name); });
    }

    // Only what is in the way, and only what permits nobody: no term is taken out of a record that is sound with it.
    Task<std::optional<SpfTermList>> without_idle_terms(SpfTermList terms, Trial with_us_first) {
        const auto trial = co_await tried(terms);
        const auto cost_of = [&](const std::string& term) {
            const auto& costs = trial.survey.costs;
            const auto cost =
                std::find_if(costs.begin(), costs.end(), [&](const SpfTermCost& each) { return each.term == term; });
            return cost == costs.end() ? SpfTermCost{} : *cost;
        };
        const bool too_many = with_us_first.survey.lookups > limits_.lookups_max;
        int voids = trial.survey.void_lookups;
        auto kept = too_many || voids > limits_.void_lookups_max ? without_spf_doubles(terms) : terms;
        const auto drop = [&](const auto& is_idle) {
            for (auto at = kept.size(); at-- > 0;) {
                if (!is_idle(kept[at])) continue;
                voids -= cost_of(kept[at]).void_lookups;
                out_.left_out.insert(out_.left_out.begin(), kept[at]);
                kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(at));
            }
        };
        drop([&](const std::string& term) { return cost_of(term).dead && !is_ours(spf_included(term)); });
        const bool many_names = trial.survey.void_names > limits_.void_lookups_max;
        drop([&](const std::string& term) {
            const auto cost = cost_of(term);
            const bool hosts = many_names && has_hosts(term);
            return (voids > limits_.void_lookups_max || hosts) && cost.empty && cost.void_lookups > 0;
        });
        if (too_many) drop([&](const std::string& term) { return cost_of(term).empty; });
        lean_ = kept;
        dead_ = out_.left_out;
        if (too_many) {
            drop([&](const std::string& term) {
                return is_reached_without(trial.survey, terms, term) || is_older_of_ours(terms, term);
            });
        }
        if (kept == terms) co_return std::nullopt;
        co_return with_spf_end(std::move(kept));
    }

    static bool has_hosts(const std::string& term) {
        const auto directive = parse_spf_directive(term);
        return directive && directive->mechanism == SpfMechanism::mx;
    }

    [[nodiscard]] bool is_older_of_ours(const SpfTermList& terms, const std::string& term) const {
        const auto name = spf_included(term);
        return is_ours(name) && !same_letters(name, sender_.includes.front()) && !spf_refuses(term) &&
               spf_mention(terms, sender_.includes.front()).as == SpfMention::As::passes;
    }

    // Whether another term of the domain's own lets pass all that `term` includes: no record on the way refuses anybody before.
    [[nodiscard]] bool is_reached_without(const SpfSurvey& survey, const SpfTermList& terms, const std::string& term) const {
        const auto name = spf_included(term);
        if (name.empty() || spf_refuses(term) || is_ours(name) || spf_refuses_some(terms)) return false;
        const auto& steps = survey.steps;
        return std::any_of(steps.begin(), steps.end(), [&](const SpfStep& step) {
            if (step.from <= 0 || !step.passes || !same_letters(step.domain, name)) return false;
            for (auto at = step.from; at > 0; at = steps[static_cast<std::size_t>(at)].from)
                if (spf_refuses_some(read_spf_terms(steps[static_cast<std::size_t>(at)].record).terms)) return false;
            return true;
        });
    }

    // What else would have to go: one service that is enough by itself, the cheapest of those; else the most expensive ones until it
    // fits. Named only if the record holds without them, together with what is in the way and permits nobody.
    Task<void> name_the_expensive() {
        const auto trial = co_await tried(with_us(lean_, SpfPlace::first));
        const int excess = trial.survey.lookups - limits_.lookups_max;
        if (excess <= 0) co_return;
        // A domain's own hosts come last: they are what nobody can do without.
        std::vector<SpfTermCost> own;
        for (const auto& cost : trial.survey.costs)
            if (!is_ours(spf_included(cost.term))) own.push_back(cost);
        std::stable_sort(own.begin(), own.end(), [](const auto& a, const auto& b) {
            const bool service_a = !spf_included(a.term).empty(), service_b = !spf_included(b.term).empty();
            return service_a != service_b ? service_a : a.lookups < b.lookups;
        });
        std::vector<std::string> out;
        const auto enough = std::find_if(own.begin(), own.end(), [&](const auto& cost) { return cost.lookups >= excess; });
        if (enough != own.end()) {
            out.push_back(enough->term);
        } else {
            std::reverse(own.begin(), own.end());
            std::stable_partition(own.begin(), own.end(), [](const auto& cost) { return !spf_included(cost.term).empty(); });
            int saved = 0;
            for (auto cost = own.begin(); cost != own.end() && saved < excess; ++cost) {
                out.push_back(cost->term);
                saved += cost->lookups;
            }
        }
        auto rest = lean_;
        std::erase_if(rest, [&](const std::string& term) { return std::find(out.begin(), out.end(), term) != out.end(); });
        const auto without = co_await tried(with_us(std::move(rest), SpfPlace::first));
        if (!is_sound(without) || !lets_us_pass(without)) co_return;
        out_.take_out = std::move(dead_);
        out_.take_out.insert(out_.take_out.end(), out.begin(), out.end());
    }

    Resolver& resolver_;
    std::string domain_;
    bool has_exchangers_;
    SpfSender sender_;
    SpfLimits limits_;
    std::chrono::steady_clock::time_point begun_;
    std::size_t wanted_ = 0;         // so many of our addresses can pass
    bool is_new_ = false;            // nothing of the owner's stands there
    SpfTermList lean_;               // without what permits nobody,
    std::vector<std::string> dead_;  // which is this
    SpfProposal out_;
};

}  // namespace

Task<SpfProposal> propose_spf(Resolver& resolver, std::string domain, std::vector<std::string> records, bool has_exchangers,
                              SpfSender sender, SpfLimits limits) {
    Proposer proposer(resolver, std::move(domain), has_exchangers, std::move(sender), limits);
    auto proposal = co_await proposer.run(std::move(records));
    co_return proposal;
}

std::vector<std::string> spf_sample_addresses(const SpfSurvey& own) {
    constexpr std::size_t samples_max = 4;
    std::vector<std::string> samples;
    for (const auto& step : own.steps) {
        const auto record = step.passes ? parse_spf_record(step.record) : Result<SpfRecord>(SpfRecord{});
        if (!record) continue;
        for (const auto& directive : record->directives) {
            if (directive.mechanism == SpfMechanism::all) break;
            if (directive.mechanism != SpfMechanism::ip4 || directive.qualifier != SpfQualifier::pass) continue;
            auto address = directive.network;
            if (directive.prefix4 < 31) address.bytes[3] |= 1U;
            auto text = address.text();
            if (samples.size() < samples_max && std::find(samples.begin(), samples.end(), text) == samples.end())
                samples.push_back(std::move(text));
        }
    }
    return samples;
}

Task<std::vector<std::pair<std::string, SpfOutcome>>> check_spf_of(Resolver& resolver, SpfSender sender, std::string domain,
                                                                   SpfLimits limits) {
    if (sender.mail_from.empty()) sender.mail_from.push_back("postmaster@" + domain);
    std::vector<std::pair<std::string, SpfOutcome>> outcomes;
    for (const auto& address : sender.addresses) {
        SpfOutcome worst;
        for (std::size_t i = 0; i < sender.mail_from.size(); ++i) {
            SpfQuestion question;
            question.ip = address;
            question.mail_from = sender.mail_from[i];
            question.helo = sender.helo;
            auto outcome = co_await check_spf(resolver, std::move(question), limits);
            const bool decides = i == 0 || worst.result == SpfResult::pass ||
                                 (worst.result == SpfResult::temperror && outcome.result != SpfResult::pass);
            const bool again = names_sender(outcome);
            if (decides) worst = std::move(outcome);
            if (!again) break;
        }
        outcomes.emplace_back(address, std::move(worst));
    }
    co_return outcomes;
}

}  // namespace ilbud
