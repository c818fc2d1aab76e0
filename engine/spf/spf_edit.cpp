// Works on the terms' text and not on what parse_spf_record makes of it: what its owner wrote (order, case, unknown modifiers, terms
// we would not write) must come back unchanged, or nobody dares to publish the proposal.
// Nothing here asks the DNS. Whether the changed record lets our mail pass is found out by evaluating it (spf_proposal.cpp).
#include "ilbud/spf/spf_edit.hpp"

#include <algorithm>
#include <optional>

#include "ilbud/base/text.hpp"
#include "ilbud/spf/spf_record.hpp"

namespace ilbud {
namespace {

constexpr std::string_view qualifiers = "+-~?";

char qualifier_of(std::string_view term) {
    return !term.empty() && qualifiers.find(term.front()) != std::string_view::npos ? term.front() : '+';
}

std::string_view unqualified(std::string_view term) {
    if (!term.empty() && qualifiers.find(term.front()) != std::string_view::npos) term.remove_prefix(1);
    return term;
}

// all takes no argument, so the whole term is compared.
bool is_all(std::string_view term) {
    return same_letters(unqualified(term), "all");
}

bool is_modifier(std::string_view term) {
    const auto end = term.find_first_of(":=/");
    return end != std::string_view::npos && term[end] == '=';
}

bool is_redirect(std::string_view term) {
    return term.size() > 9 && same_letters(term.substr(0, 9), "redirect=");
}

std::string_view redirected(std::string_view term) {
    if (!is_redirect(term)) return {};
    term.remove_prefix(9);
    if (term.ends_with('.')) term.remove_suffix(1);
    return term;
}

int prefix_of(const SpfDirective& network) {
    return network.network.v6 ? network.prefix6 : network.prefix4;
}

// Whether some sender may match both. Of names nobody knows without the DNS, and tomorrow they may mean others.
bool may_meet(const std::optional<SpfDirective>& left, const std::optional<SpfDirective>& right) {
    if (!left || !right || !is_network(*left) || !is_network(*right)) return true;
    const auto prefix = std::min(prefix_of(*left), prefix_of(*right));
    return left->network.is_in(right->network, prefix);
}

// No qualifier means "+", and "+all" lets the whole world send as this domain.
SpfEnd end_of(std::string_view term) {
    switch (qualifier_of(term)) {
        case '-':
            return SpfEnd::fail;
        case '~':
            return SpfEnd::softfail;
        case '?':
            return SpfEnd::neutral;
        default:
            return SpfEnd::pass;
    }
}

bool refuses(const std::string& term) {
    return !is_modifier(term) && qualifier_of(term) != '+';
}

// Whether nobody is refused by `refusal` whom another record lets pass.
bool harms_nobody(const std::string& refusal, const std::vector<SpfTermList>& records, const SpfTermList& own) {
    const auto network = parse_spf_directive(refusal);
    return std::all_of(records.begin(), records.end(), [&](const SpfTermList& record) {
        return &record == &own || std::none_of(record.begin(), record.end(), [&](const std::string& term) {
            const bool permits = is_redirect(term) || (!is_modifier(term) && !refuses(term) && !is_all(term));
            return permits && may_meet(network, parse_spf_directive(term));
        });
    });
}

bool has(const SpfTermList& terms, std::string_view term) {
    return std::any_of(terms.begin(), terms.end(), [&](const std::string& each) { return same_spf_term(each, term); });
}

}  // namespace

std::string_view spf_included(std::string_view term) {
    term = unqualified(term);
    if (term.size() <= 8 || !same_letters(term.substr(0, 8), "include:")) return {};
    term.remove_prefix(8);
    if (term.ends_with('.')) term.remove_suffix(1);
    return term;
}

bool same_spf_term(std::string_view left, std::string_view right) {
    const bool named = !spf_included(left).empty() && same_letters(spf_included(left), spf_included(right));
    return qualifier_of(left) == qualifier_of(right) && (named || same_letters(unqualified(left), unqualified(right)));
}

bool spf_refuses(const std::string& term) {
    return refuses(term) && !is_all(term);
}

SpfTermList without_spf_doubles(SpfTermList terms) {
    SpfTermList out;
    bool refusing = false;  // behind it the same term may mean something else
    for (auto& term : terms) {
        refusing = refusing || refuses(term);
        if (!refusing && !is_modifier(term) && has(out, term)) continue;
        out.push_back(std::move(term));
    }
    return out;
}

bool spf_refuses_some(const SpfTermList& terms) {
    return std::any_of(terms.begin(), terms.end(), [](const std::string& term) { return refuses(term) && !is_all(term); });
}

std::string spf_text(const SpfTermList& terms) {
    std::string record = "v=spf1";
    for (const auto& term : terms) (record += ' ') += term;
    return record;
}

// all outweighs redirect wherever either stands (§6.1); a record with neither ends in neutral (§4.7).
SpfEnd spf_end(const SpfTermList& terms) {
    SpfEnd end = SpfEnd::open;
    for (const auto& term : terms) {
        if (is_all(term)) return end_of(term);
        if (is_redirect(term)) end = SpfEnd::redirect;
    }
    return end;
}

// The best that is said of it: a second mention behind all does not undo the first.
SpfMention spf_mention(const SpfTermList& terms, std::string_view name) {
    SpfMention found;
    std::string_view all;
    const auto first_all = std::find_if(terms.begin(), terms.end(), is_all);
    for (const auto& term : terms) {
        if (all.empty() && is_all(term)) all = term;
        // Beside all a redirect counts for nothing, wherever it stands (§6.1).
        if (same_letters(redirected(term), name)) {
            if (first_all == terms.end()) return {SpfMention::As::passes, term};
            if (found.as == SpfMention::As::none) found = {SpfMention::As::behind_all, *first_all};
            continue;
        }
        if (!same_letters(spf_included(term), name)) continue;
        const bool passes = qualifier_of(term) == '+';
        if (passes && all.empty()) return {SpfMention::As::passes, term};
        if (found.as != SpfMention::As::none) continue;
        found = all.empty() ? SpfMention{SpfMention::As::other_qualifier, term}
                            : SpfMention{SpfMention::As::behind_all, std::string(all)};
    }
    return found;
}

// Before redirect, too: it is a modifier and counts wherever it stands, but people read a record from left to right.
SpfTermList with_spf_term(SpfTermList terms, const std::string& term, SpfPlace place) {
    const auto name = spf_included(term);
    const bool ends = std::any_of(terms.begin(), terms.end(), is_all);
    const auto says_the_same = [&](const std::string& each) {
        return same_spf_term(each, term) ||
               (!name.empty() && (same_letters(spf_included(each), name) || (ends && same_letters(redirected(each), name))));
    };
    terms.erase(std::remove_if(terms.begin(), terms.end(), says_the_same), terms.end());
    auto at = terms.begin();
    if (place == SpfPlace::before_end)
        at = std::find_if(terms.begin(), terms.end(), [](const auto& each) { return is_all(each) || is_redirect(each); });
    if (place == SpfPlace::before_refusals)
        at = std::find_if(terms.begin(), terms.end(), [](const auto& each) { return refuses(each) || is_redirect(each); });
    terms.insert(at, term);
    return terms;
}

// In place: the order of the other terms is their owner's and may matter to the ten look-ups.
SpfTermList with_spf_replaced(SpfTermList terms, std::string_view old, std::string_view name) {
    SpfTermList out;
    const auto present = "include:" + std::string(name);
    for (auto& term : terms) {
        if (qualifier_of(term) == '+' && same_letters(spf_included(term), old)) term = present;
        if (!same_spf_term(term, present) || !has(out, present)) out.push_back(std::move(term));
    }
    return out;
}

SpfTermList with_spf_end(SpfTermList terms) {
    const auto end = spf_end(terms);
    // Stricter ends are the owner's decision and are left alone.
    if (end == SpfEnd::fail || end == SpfEnd::softfail || end == SpfEnd::redirect) return terms;
    const auto at = std::find_if(terms.begin(), terms.end(), is_all);
    if (end == SpfEnd::neutral) {
        *at = "~all";  // what stands behind it goes on to count for nothing
        return terms;
    }
    terms.erase(std::remove_if(at, terms.end(), is_all), terms.end());
    for (auto& term : terms)
        if (is_redirect(term)) term = "include:" + std::string(redirected(term));  // its hosts were let in beside everybody
    terms.emplace_back("~all");
    return terms;
}

SpfTermList with_single_terms(SpfTermList terms) {
    SpfTermList out, redirects;
    bool ended = false, explained = false;
    for (auto& term : terms) {
        const bool explains = term.size() > 4 && same_letters(term.substr(0, 4), "exp=");
        if (is_redirect(term)) {
            const bool known = std::any_of(redirects.begin(), redirects.end(), [&](const std::string& each) {
                return same_letters(redirected(each), redirected(term));
            });
            if (!known) redirects.push_back(std::move(term));
        } else if (!(ended && is_all(term)) && !(explained && explains)) {
            ended = ended || is_all(term);
            explained = explained || explains;
            out.push_back(std::move(term));
        }
    }
    if (redirects.size() == 1 || ended) {
        if (!redirects.empty()) out.push_back(std::move(redirects.front()));  // beside all it counts for nothing, as before
        return out;
    }
    for (const auto& redirect : redirects) out.push_back("include:" + std::string(redirected(redirect)));
    if (!redirects.empty()) out.emplace_back("~all");
    return out;
}

// Two records are a permerror at every receiver (§4.5), so both count for nothing until they are one. Terms are
// compared as written: a term that stands twice would cost its look-up twice. A record that refuses some comes last, and of several
// such the others keep only what refuses nobody whom another one permits.
SpfTermList spf_merged(const std::vector<SpfTermList>& records) {
    auto ordered = records;
    std::stable_partition(ordered.begin(), ordered.end(), [](const auto& terms) { return !spf_refuses_some(terms); });
    SpfTermList merged, modifiers;
    std::vector<std::string> alls;  // the first all of each record
    std::string redirect;
    for (auto& terms : ordered) {
        bool ended = false;
        for (const auto& term : terms) {
            if (is_all(term)) {
                if (!ended) alls.push_back(term);
                ended = true;
            } else if (is_redirect(term)) {
                redirect = spf_end(terms) == SpfEnd::redirect ? term.substr(9) : std::string();
            } else if (is_modifier(term)) {
                const auto name = term.substr(0, term.find('=') + 1);
                const bool known = std::any_of(modifiers.begin(), modifiers.end(), [&](const std::string& each) {
                    return same_letters(each.substr(0, name.size()), name);
                });
                if (!known) modifiers.push_back(term);
            } else if (!ended && !has(merged, term) &&
                       (!refuses(term) || &terms == &ordered.back() || harms_nobody(term, ordered, terms))) {
                merged.push_back(term);
            }
        }
        if (!redirect.empty() && !has(merged, "include:" + redirect)) merged.push_back("include:" + redirect);
        redirect.clear();
    }
    // Networks cost nothing: in front they are found before the other record's look-ups in vain are too many.
    if (std::none_of(merged.begin(), merged.end(), refuses))
        std::stable_partition(merged.begin(), merged.end(), [](const std::string& term) {
            const auto read = parse_spf_directive(term);
            return read && is_network(*read);
        });
    // ~all unless all say the same: a -all of the one must not refuse what the other let through, and which of them comes first in an
    // answer changes from one to the next.
    const bool agreed = alls.size() == records.size() && std::all_of(alls.begin(), alls.end(), [&](const auto& all) {
                            return end_of(all) == end_of(alls.front());
                        });
    merged.push_back(agreed ? alls.front() : "~all");
    merged.insert(merged.end(), modifiers.begin(), modifiers.end());
    return with_spf_end(merged);
}

}  // namespace ilbud
