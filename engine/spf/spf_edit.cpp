// Works on the record's text and not on what parse_spf_record makes of it: the record to be mended is often malformed,
// and what its owner wrote (order, case, unknown modifiers, terms we would not write) must come back unchanged, or
// nobody dares to publish the proposal.
// Nothing here asks the DNS. Whether the changed record lets our mail pass is found out by evaluating it.
#include "ilbud/spf/spf_edit.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"
#include "ilbud/dns/tag_list.hpp"

namespace ilbud {
namespace {

constexpr std::string_view version = "v=spf1";

// The terms after the version.
// Only the space separates terms (RFC 7208 §4.6.1); two of them are as good as one.
std::vector<std::string> terms_of(std::string_view record) {
    std::vector<std::string> terms;
    for (const auto part : split(record.substr(std::min(record.size(), version.size())), ' '))
        if (!part.empty()) terms.emplace_back(part);
    return terms;
}

std::string record_of(const std::vector<std::string>& terms) {
    std::string record(version);
    for (const auto& term : terms) (record += ' ') += term;
    return record;
}

// The four qualifiers of §4.6.2. all takes no argument, so the whole term is compared.
bool is_all(std::string_view term) {
    if (!term.empty() && std::string_view("+-~?").find(term.front()) != std::string_view::npos) term.remove_prefix(1);
    return same_letters(term, "all");
}

bool is_redirect(std::string_view term) {
    return term.size() > 9 && same_letters(term.substr(0, 9), "redirect=");
}

// The name that a term includes; empty if it does something else or lets nobody pass.
// -include:, ~include: and ?include: match, too, but do not let the sender pass: for us they are as good as absent.
std::string_view included(std::string_view term) {
    if (term.starts_with('+')) term.remove_prefix(1);
    if (term.size() <= 8 || !same_letters(term.substr(0, 8), "include:")) return {};
    term.remove_prefix(8);
    if (term.ends_with('.')) term.remove_suffix(1);
    return term;
}

// No qualifier means "+", and "+all" lets the whole world send as this domain.
SpfEnd end_of(std::string_view term) {
    switch (term.front()) {
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

}  // namespace

bool is_spf(std::string_view record) {
    return record.size() >= version.size() && same_letters(record.substr(0, version.size()), version) &&
           (record.size() == version.size() || record[version.size()] == ' ');
}

// all outweighs redirect wherever either stands (§6.1); a record with neither ends in neutral (§4.7).
SpfEnd spf_end(std::string_view record) {
    SpfEnd end = SpfEnd::open;
    for (const auto& term : terms_of(record)) {
        if (is_all(term)) return end_of(term);
        if (is_redirect(term)) end = SpfEnd::redirect;
    }
    return end;
}

bool spf_includes(std::string_view record, std::string_view name) {
    for (const auto& term : terms_of(record)) {
        if (is_all(term)) return false;  // what follows is never reached
        if (same_letters(included(term), name)) return true;
    }
    return false;
}

// ~all and not -all: we see a domain that had no SPF at all, so we cannot know who else sends for it. softfail lets
// such mail through with a mark, fail would lose it. mx is named where there are exchangers, since small domains often
// send from the host that receives.
std::string spf_new(std::string_view include, bool has_exchangers) {
    return std::string("v=spf1 ").append(has_exchangers ? "mx " : "").append("include:").append(include).append(" ~all");
}

std::string spf_with_include(std::string_view record, std::string_view name) {
    auto terms = terms_of(record);
    // Before redirect, too: it is a modifier and counts wherever it stands, but people
    // read a record from left to right.
    const auto at =
        std::find_if(terms.begin(), terms.end(), [](const std::string& term) { return is_all(term) || is_redirect(term); });
    terms.insert(at, "include:" + std::string(name));
    return record_of(terms);
}

// In place: the order of the other terms is their owner's and may matter to the ten look-ups.
std::string spf_with_replaced(std::string_view record, std::string_view old, std::string_view name) {
    auto terms = terms_of(record);
    for (auto& term : terms)
        if (same_letters(included(term), old)) term = "include:" + std::string(name);
    return record_of(terms);
}

std::string spf_with_end(std::string_view record) {
    const auto end = spf_end(record);
    // Stricter ends are the owner's decision and are left alone.
    if (end == SpfEnd::fail || end == SpfEnd::softfail || end == SpfEnd::redirect) return record_of(terms_of(record));
    auto terms = terms_of(record);
    const auto at = std::find_if(terms.begin(), terms.end(), is_all);
    terms.erase(at, terms.end());  // what stands behind never counted
    terms.emplace_back("~all");
    return record_of(terms);
}

// Two records are a permerror at every receiver (§4.5), so both count for nothing until they are one. Terms are
// compared as written: a term that stands twice would cost its look-up twice.
std::string spf_merged(const std::vector<std::string>& records) {
    std::vector<std::string> terms;
    std::string redirect;
    std::string all;
    for (const auto& record : records)
        for (const auto& term : terms_of(record)) {
            if (is_redirect(term))
                redirect = redirect.empty() ? term : redirect;
            else if (is_all(term))
                // The first all that is met, but ~all instead of any other: a -all of the one must not
                // refuse what the other let through.
                all = all.empty() || end_of(term) == SpfEnd::softfail ? term : all;
            else if (std::find(terms.begin(), terms.end(), term) == terms.end())
                terms.push_back(term);
        }
    if (!all.empty())
        terms.push_back(all);
    else if (!redirect.empty())
        terms.push_back(redirect);
    return spf_with_end(record_of(terms));
}

}  // namespace ilbud
