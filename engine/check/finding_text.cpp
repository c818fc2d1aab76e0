// A finding in words. Its facts are names, terms and numbers; the sentences all come from the tables, also where a fact says why
// something is so: the evaluator's own sentences are English and stay in logs and JSON.
#include <algorithm>
#include <charconv>

#include "domain_words.hpp"
#include "finding_facts.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/check/domain_text.hpp"
#include "ilbud/render/format.hpp"

namespace ilbud {
namespace {

std::string replaced(std::string text, std::string_view placeholder, std::string_view by) {
    const auto at = text.find(placeholder);
    return at == std::string::npos ? text : text.replace(at, placeholder.size(), by);
}

// What the DNS said stands by itself in most findings; SPF has it beside the cause.
std::string failure_of(const Facts& facts) {
    return fact_of(facts, fact_of(facts, "cause").empty() ? "reason" : "failure");
}

// With the placeholders of a cause, which the finding's facts fill like any others.
std::string why(const Facts& facts, const DomainWords& words) {
    std::string failure(words.failures[static_cast<std::size_t>(dns_failure(failure_of(facts)))]);
    const auto kind = from_word<SpfCause::Kind>(fact_of(facts, "cause"));
    if (!kind) return failure;
    using Kind = SpfCause::Kind;
    auto text = replaced(std::string(words.causes[static_cast<std::size_t>(*kind)]), "{failure}", failure);
    const bool of_name = *kind == Kind::no_name || *kind == Kind::absent || *kind == Kind::no_record;
    if (of_name && !fact_of(facts, "term").empty()) (text += ' ') += words.led_by;
    return text;
}

// For a sentence.
std::string quoted_terms(std::string_view list, Locale language) {
    auto terms = items_of(list);
    for (auto& term : terms) term = '"' + term + '"';
    return format_list(terms, language);
}

}  // namespace

std::string fact_of(const Facts& facts, std::string_view name) {
    const auto found = std::find_if(facts.begin(), facts.end(), [&](const auto& each) { return each.first == name; });
    return found == facts.end() ? std::string() : found->second;
}

std::vector<std::string> items_of(std::string_view list) {
    std::vector<std::string> items;
    for (std::size_t at = 0; at < list.size();) {
        const auto end = std::min(list.find(", ", at), list.size());
        items.emplace_back(list.substr(at, end - at));
        at = end + 2;
    }
    return items;
}

std::vector<std::pair<int, std::string>> bill_of(const Finding& finding) {
    std::vector<std::pair<int, std::string>> parts;
    for (const auto& item : items_of(fact_of(finding.facts, "costs"))) {
        const auto blank = item.rfind(' ');
        int count = 0;
        if (blank != std::string::npos) std::from_chars(item.data() + blank + 1, item.data() + item.size(), count);
        parts.emplace_back(count, item.substr(0, blank));
    }
    std::stable_sort(parts.begin(), parts.end(), [](const auto& left, const auto& right) { return left.first > right.first; });
    return parts;
}

std::string numbers_text(const std::vector<int>& numbers, Locale language) {
    if (numbers.size() > 2 && numbers.back() - numbers.front() + 1 == static_cast<int>(numbers.size()))
        return std::to_string(numbers.front()) + "–" + std::to_string(numbers.back());
    std::vector<std::string> texts;
    for (const auto number : numbers) texts.push_back(std::to_string(number));
    return format_list(texts, language);
}

// By the words that DnsAnswer::failure begins with.
DnsFailure dns_failure(std::string_view failure) {
    static constexpr std::pair<std::string_view, DnsFailure> beginnings[] = {
        {"timeout", DnsFailure::timeout},      {"bogus", DnsFailure::bogus},
        {"CNAME loop", DnsFailure::circle},    {"too many CNAMEs", DnsFailure::circle},
        {"malformed", DnsFailure::unreadable}, {"answer too large", DnsFailure::unreadable},
        {"too many", DnsFailure::too_many},    {"SERVFAIL", DnsFailure::server},
        {"REFUSED", DnsFailure::server},       {"FORMERR", DnsFailure::server},
        {"NOTIMP", DnsFailure::server},        {"RCODE ", DnsFailure::server}};
    for (const auto& [beginning, kind] : beginnings)
        if (failure.starts_with(beginning)) return kind;
    return DnsFailure::unsaid;
}

// The domain is added last: a fact of the same name in the finding itself would be found first.
FindingText finding_text(const Finding& finding, std::string_view domain, Locale language) {
    const auto& table = domain_words(language);
    Facts facts = finding.facts;
    const bool takes_out = !fact_of(facts, "terms").empty();
    for (auto& [name, value] : facts)
        if (name == "terms") value = quoted_terms(value, language);
    const auto failure = failure_of(facts);
    facts.emplace_back("code", failure.substr(0, failure.find(':')));
    facts.emplace_back("domain", domain);
    const auto& words = table.findings[static_cast<std::size_t>(finding.code)];
    const auto told = [&](std::string_view text) {
        auto whole = replaced(std::string(text), "{why}", why(facts, table));
        return filled(replaced(std::move(whole), "{help}", takes_out ? table.take_out : table.take_out_any), facts);
    };
    return {told(words.found), told(words.without)};
}

std::string verdict_text(DomainVerdict verdict, Locale language) {
    return std::string(domain_words(language).verdicts[static_cast<std::size_t>(verdict)]);
}

}  // namespace ilbud
