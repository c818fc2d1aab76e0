// A look counts aspect by aspect: where the DNS said nothing of one, that one stays as it was (S43), and the other moves on.
#include "ilbud/watch/verdict_state.hpp"

#include <simdjson.h>

#include <algorithm>

#include "ilbud/base/json.hpp"
#include "varied_wait.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;

// While something is wrong somebody may be at the zone right now.
constexpr int hurry = 24;

std::optional<bool> holds(RuleAnswer answer) {
    if (answer == RuleAnswer::passes) return true;
    if (answer == RuleAnswer::fails) return false;
    return std::nullopt;
}

AspectNews record(AspectState& state, std::optional<bool> now_holds, Time now) {
    if (now_holds) {
        if (*now_holds)
            state.fallen_since.reset();
        else if (state.holds == true)
            state.fallen_since = now;
        state.holds = now_holds;
    }
    return {state.fallen_since.has_value(), state.holds == true && !state.told.empty()};
}

std::string text_at(const element& object, std::string_view name) {
    std::string_view text;
    return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

}  // namespace

VerdictNews record_report(VerdictState& state, const DomainReport& report, Duration check_every, Time now) {
    VerdictNews news;
    news[0] = record(state.aspects[0], holds(report.spf), now);
    news[1] = record(state.aspects[1], holds(report.dmarc), now);
    const bool known = holds(report.spf) && holds(report.dmarc);
    if (known) state.looked_at = now;
    if (report.verdict != DomainVerdict::unknown) state.verdict = report.verdict;
    state.failures = known ? 0 : state.failures + 1;
    const bool fallen = std::any_of(state.aspects.begin(), state.aspects.end(),
                                    [](const AspectState& aspect) { return aspect.fallen_since.has_value(); });
    state.next_look = now + varied_wait(fallen || !known ? check_every / hurry : check_every, state.domain, now);
    return news;
}

const Finding* finding_of(const DomainReport& report, DomainAspect aspect) {
    const auto prefix = std::string(to_word(aspect)) + '_';
    const Finding* best = nullptr;
    for (const auto& finding : report.findings) {
        const bool ill = finding.severity == Severity::fault || finding.severity == Severity::warning;
        if (!ill || !std::string_view(to_word(finding.code)).starts_with(prefix)) continue;
        // The first with a record to publish, which comes ready to paste.
        if (best == nullptr || (best->publish.empty() && !finding.publish.empty())) best = &finding;
    }
    return best;
}

std::string to_json(const VerdictState& state) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("domain", state.domain).field("verdict", to_word(state.verdict));
    for (std::size_t i = 0; i < domain_aspects; ++i) {
        const auto& aspect = state.aspects[i];
        json.key(words<DomainAspect>[i]).begin_object();
        if (aspect.holds) json.field("holds", *aspect.holds);
        if (aspect.fallen_since) json.field("fallen_since", to_text(*aspect.fallen_since));
        if (!aspect.told.empty()) {
            json.key("told").begin_array();
            for (const auto& account : aspect.told) json.value(account);
            json.end_array();
        }
        json.end_object();
    }
    if (state.looked_at != Time{}) json.field("looked_at", to_text(state.looked_at));
    if (state.failures > 0) json.field("failures", state.failures);
    json.field("next_look", to_text(state.next_look)).end_object();
    return out;
}

// Lenient: what a row lacks is seen again at the next look. Only the name must be there.
Result<VerdictState> read_verdict_state(std::string_view text) {
    simdjson::dom::parser parser;
    element root;
    if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS || !root.is_object())
        return Error{"invalid_json", "", "expected the verdict of a domain as a JSON object"};
    VerdictState state;
    state.domain = text_at(root, "domain");
    if (state.domain.empty()) return Error{"invalid_json", "domain", "is missing"};
    state.verdict = from_word<DomainVerdict>(text_at(root, "verdict")).value_or(DomainVerdict::unknown);
    for (std::size_t i = 0; i < domain_aspects; ++i) {
        element part;
        if (root[words<DomainAspect>[i]].get(part) != simdjson::SUCCESS) continue;
        bool holds = false;
        if (part["holds"].get(holds) == simdjson::SUCCESS) state.aspects[i].holds = holds;
        state.aspects[i].fallen_since = parse_time(text_at(part, "fallen_since"));
        simdjson::dom::array told;
        if (part["told"].get(told) != simdjson::SUCCESS) continue;
        for (const element account : told)
            if (std::string_view name; account.get(name) == simdjson::SUCCESS) state.aspects[i].told.emplace_back(name);
    }
    state.looked_at = parse_time(text_at(root, "looked_at")).value_or(Time{});
    std::int64_t failures = 0;
    if (root["failures"].get(failures) == simdjson::SUCCESS) state.failures = static_cast<int>(failures);
    state.next_look = parse_time(text_at(root, "next_look")).value_or(Time{});
    return state;
}

}  // namespace ilbud
