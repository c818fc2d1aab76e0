#include "spf_told.hpp"

#include "ilbud/spf/spf_record.hpp"
#include "ilbud/spf/spf_repair.hpp"

namespace ilbud {

std::string listed(const std::vector<std::string>& terms) {
    std::string text;
    for (const auto& term : terms) text += (text.empty() ? "" : ", ") + term;
    return text;
}

std::string bill(const std::vector<SpfTermCost>& costs) {
    constexpr std::size_t lines_max = 20;
    std::vector<std::string> lines;
    for (const auto& cost : costs) {
        if (lines.size() == lines_max) {
            lines.emplace_back("\xe2\x80\xa6");
            break;
        }
        lines.push_back(cost.term + ' ' + std::to_string(cost.lookups));
    }
    return listed(lines);
}

void tell_cause(FindingBuilder& finding, const SpfCause& cause) {
    finding.fact("cause", std::string(to_word(cause.kind)));
    for (const auto& [name, value] : {std::pair{"term", &cause.term}, std::pair{"record", &cause.record},
                                      std::pair{"name", &cause.name}, std::pair{"failure", &cause.failure}})
        if (!value->empty()) finding.fact(name, *value);
    for (const auto& [name, value] : {std::pair{"count", cause.count}, std::pair{"most", cause.most}, std::pair{"at", cause.at}})
        if (value != 0) finding.fact(name, std::to_string(value));
}

std::vector<std::string> idle_spf_terms(const std::string& text, const SpfTermList& terms, bool repaired) {
    std::vector<std::string> idle;
    SpfTermList counted;  // what receivers come to
    const bool open = spf_end(terms) == SpfEnd::pass;
    const auto permitted = [&](const std::string& term, const SpfRecord& record) {
        const auto target = record.redirect ? "include:" + term.substr(term.find('=') + 1) : term;
        return open ||
               std::any_of(counted.begin(), counted.end(), [&](const std::string& each) { return same_spf_term(each, target); });
    };
    bool ended = false;
    for (const auto word : split(text, ' ')) {
        const bool first = word.data() == text.data();
        if (word.empty() || first) continue;
        const std::string term(word);
        const auto record = parse_spf_record("v=spf1 " + term);
        const bool misspelt = repaired && !is_sound_spf_term(term);
        const bool permits =
            record && (record->redirect || !record->directives.empty()) && !spf_refuses(term) && !permitted(term, *record);
        const bool is_all = record && record->has_all();
        const bool redirects = permits && record->redirect && spf_end(terms) != SpfEnd::redirect;
        if (misspelt || redirects || (ended && permits && !is_all)) idle.push_back(term);
        if (!ended && !misspelt) counted.push_back(term);
        ended = ended || is_all;
    }
    return idle;
}

}  // namespace ilbud
