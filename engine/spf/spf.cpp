#include "ilbud/spf/spf.hpp"

#include <algorithm>

#include "ilbud/dns/dns_packet.hpp"
#include "spf_fetch.hpp"

namespace ilbud {
namespace {

// What check_host() says of one domain.
struct Verdict {
    SpfResult result = SpfResult::neutral;
    std::string matched;
    std::string reason;
    std::optional<SpfModifier> explanation;  // of the record that decided
    std::string domain;                      // and whose it is
};

enum class Match { yes, no, temperror, permerror };

SpfResult result_of(SpfQualifier qualifier) {
    switch (qualifier) {
        case SpfQualifier::pass:
            return SpfResult::pass;
        case SpfQualifier::fail:
            return SpfResult::fail;
        case SpfQualifier::softfail:
            return SpfResult::softfail;
        case SpfQualifier::neutral:
            break;
    }
    return SpfResult::neutral;
}

bool is_at_or_below(std::string_view name, std::string_view domain) {
    return name == domain ||
           (name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.');
}

class SpfCheck {
 public:
    SpfCheck(Resolver& resolver, const SpfQuestion& question, const SpfLimits& limits, const IpAddress& ip)
        : asker_(resolver, limits), limits_(limits), ip_(ip), address_type_(ip.v6 ? RecordType::aaaa : RecordType::a) {
        const auto sender = question.mail_from.empty() ? question.helo : question.mail_from;
        const auto at = sender.rfind('@');
        values_.sender_domain = at == std::string::npos ? sender : sender.substr(at + 1);
        values_.local = at == std::string::npos || at == 0 ? "postmaster" : sender.substr(0, at);
        if (values_.sender_domain.ends_with('.')) values_.sender_domain.pop_back();
        values_.sender = values_.local + '@' + values_.sender_domain;
        values_.dotted_ip = ip.dotted();
        values_.ip = ip.text();
        values_.family = ip.v6 ? "ip6" : "in-addr";
        values_.helo = question.helo;
        values_.receiver = question.receiver;
        values_.seconds = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limits.now.time_since_epoch()).count());
    }

    Task<SpfOutcome> run() {
        auto verdict = co_await check_host(values_.sender_domain, "", -1);
        if (verdict.result == SpfResult::fail && verdict.explanation)
            out_.explanation = co_await explain(*verdict.explanation, verdict.domain);
        out_.result = verdict.result;
        out_.matched = std::move(verdict.matched);
        out_.reason = std::move(verdict.reason);
        co_return std::move(out_);
    }

 private:
    Task<Verdict> check_host(std::string domain, std::string via, int from) {
        const auto step = out_.steps.size();
        out_.steps.emplace_back();
        out_.steps[step].domain = domain;
        out_.steps[step].via = std::move(via);
        out_.steps[step].from = from;
        const int before = out_.lookups;
        auto fetched = co_await fetch_spf(asker_, domain, limits_.record_bytes_max);
        out_.steps[step].record = std::move(fetched.text);
        Verdict verdict;
        verdict.result = fetched.result;
        verdict.reason = std::move(fetched.reason);
        if (fetched.result == SpfResult::neutral) verdict = co_await evaluate(fetched.record, std::move(domain), step);
        out_.steps[step].result = verdict.result;
        out_.steps[step].matched = verdict.matched;
        out_.steps[step].lookups = out_.lookups - before;
        co_return verdict;
    }

    // §4.6: the directives from left to right, then redirect, else neutral.
    Task<Verdict> evaluate(const SpfRecord& record, std::string domain, std::size_t step) {
        Verdict verdict;
        for (const auto& directive : record.directives) {
            reason_.clear();
            const auto match = co_await matches(directive, domain, step);
            if (match == Match::no) continue;
            verdict.matched = match == Match::yes ? directive.text : std::string();
            verdict.result = match == Match::yes         ? result_of(directive.qualifier)
                             : match == Match::temperror ? SpfResult::temperror
                                                         : SpfResult::permerror;
            verdict.reason =
                match == Match::yes ? '"' + shown(directive.text) + "\" in the record of " + shown(domain) + " matches" : reason_;
            verdict.explanation = record.explanation;
            verdict.domain = std::move(domain);
            co_return verdict;
        }
        if (record.redirect) {
            verdict = co_await redirected(*record.redirect, std::move(domain), step);
            co_return verdict;
        }
        verdict.reason = "no term in the record of " + shown(domain) + " matches";
        co_return verdict;
    }

    // §6.1
    Task<Verdict> redirected(const SpfModifier& redirect, std::string domain, std::size_t step) {
        Verdict verdict;
        if (!count_lookup(redirect.text, domain)) {
            verdict.result = SpfResult::permerror;
            verdict.reason = reason_;
            co_return verdict;
        }
        auto target = co_await expand(redirect.domain, domain);
        verdict = co_await check_host(std::move(target), "redirect", static_cast<int>(step));
        if (verdict.result == SpfResult::none) {
            verdict.result = SpfResult::permerror;
            verdict.reason = '"' + shown(redirect.text) + "\" in the record of " + shown(domain) + ": " + verdict.reason;
        }
        co_return verdict;
    }

    Task<Match> matches(const SpfDirective& directive, const std::string& domain, std::size_t step) {
        if (directive.mechanism == SpfMechanism::all) co_return Match::yes;
        if (!asks_the_dns(directive.mechanism)) {
            const int prefix = directive.mechanism == SpfMechanism::ip6 ? directive.prefix6 : directive.prefix4;
            co_return ip_.is_in(directive.network, prefix) ? Match::yes : Match::no;
        }
        if (!count_lookup(directive.text, domain)) co_return Match::permerror;
        auto target = co_await expand(directive.domain, domain);
        void_ = false;
        auto match = Match::no;
        switch (directive.mechanism) {
            case SpfMechanism::include:
                match = co_await includes(std::move(target), directive, domain, step);
                break;
            case SpfMechanism::a:
                match = co_await has_address(std::move(target), directive);
                break;
            case SpfMechanism::mx:
                match = co_await has_exchanger(std::move(target), directive);
                break;
            case SpfMechanism::ptr:
                match = co_await has_name(std::move(target));
                break;
            default:
                match = co_await exists(std::move(target), directive);
                break;
        }
        // §4.6.4 counts terms, not questions; an include has its own voids counted on its way.
        if (directive.mechanism != SpfMechanism::include && void_ && ++out_.void_lookups > limits_.void_lookups_max) {
            reason_ = '"' + shown(directive.text) + "\" in the record of " + shown(domain) +
                      " finds nothing in the DNS; more than " + std::to_string(limits_.void_lookups_max) +
                      " such terms are not allowed";
            match = Match::permerror;
        }
        co_return match;
    }

    // §5.2
    Task<Match> includes(std::string target, const SpfDirective& directive, const std::string& domain, std::size_t step) {
        const auto verdict = co_await check_host(std::move(target), "include", static_cast<int>(step));
        reason_ = verdict.reason;
        switch (verdict.result) {
            case SpfResult::pass:
                co_return Match::yes;
            case SpfResult::temperror:
                co_return Match::temperror;
            case SpfResult::permerror:
                co_return Match::permerror;
            case SpfResult::none:
                reason_ = '"' + shown(directive.text) + "\" in the record of " + shown(domain) + ": " + verdict.reason;
                co_return Match::permerror;
            default:
                co_return Match::no;
        }
    }

    // §5.3; also for each host of §5.4.
    Task<Match> has_address(std::string host, const SpfDirective& directive) {
        if (!is_askable(host)) co_return Match::no;
        const auto answer = co_await asker_.ask(host, address_type_);
        if (answer.status == DnsStatus::failed) co_return unanswered(directive, host, answer);
        if (answer.status != DnsStatus::found) void_ = true;
        for (const auto& text : answer.records) {
            const auto address = parse_ip_address(text);
            if (address && ip_.is_in(*address, ip_.v6 ? directive.prefix6 : directive.prefix4)) co_return Match::yes;
        }
        co_return Match::no;
    }

    // §5.4, §4.6.4
    Task<Match> has_exchanger(std::string target, const SpfDirective& directive) {
        if (!is_askable(target)) co_return Match::no;
        auto answer = co_await asker_.ask(target, RecordType::mx);
        if (answer.status == DnsStatus::failed) co_return unanswered(directive, target, answer);
        if (answer.status != DnsStatus::found) void_ = true;
        if (answer.exchangers.size() > static_cast<std::size_t>(limits_.names_max)) {
            reason_ = shown(target) + " has " + std::to_string(answer.exchangers.size()) + " MX records; \"" +
                      shown(directive.text) + "\" may look at " + std::to_string(limits_.names_max) + " at most";
            co_return Match::permerror;
        }
        std::sort(answer.exchangers.begin(), answer.exchangers.end(),
                  [](const auto& a, const auto& b) { return a.preference < b.preference; });
        for (const auto& exchanger : answer.exchangers) {
            const auto match = co_await has_address(exchanger.name, directive);
            if (match != Match::no) co_return match;
        }
        co_return Match::no;
    }

    // §5.5: whatever goes wrong here is no match.
    Task<Match> has_name(std::string target) {
        co_await find_names();
        if (!has_ptr_) void_ = true;
        target = plain_name(target);
        const bool found =
            std::any_of(names_.begin(), names_.end(), [&](const std::string& name) { return is_at_or_below(name, target); });
        co_return found ? Match::yes : Match::no;
    }

    // §5.7: A, whatever the address is.
    Task<Match> exists(std::string target, const SpfDirective& directive) {
        if (!is_askable(target)) co_return Match::no;
        const auto answer = co_await asker_.ask(target, RecordType::a);
        if (answer.status == DnsStatus::failed) co_return unanswered(directive, target, answer);
        if (answer.status != DnsStatus::found) void_ = true;
        co_return answer.status == DnsStatus::found ? Match::yes : Match::no;
    }

    Match unanswered(const SpfDirective& directive, const std::string& name, const DnsAnswer& answer) {
        reason_ = '"' + shown(directive.text) + "\": the DNS gives no answer about " + shown(name) + ": " + answer.failure;
        return Match::temperror;
    }

    // The names of the address that lead back to it (§5.5), asked for once.
    Task<void> find_names() {
        if (names_known_) co_return;
        names_known_ = true;
        auto reverse = co_await asker_.ask(ip_.reverse_name(), RecordType::ptr);
        has_ptr_ = reverse.status == DnsStatus::found || reverse.status == DnsStatus::failed;
        if (reverse.records.size() > static_cast<std::size_t>(limits_.names_max))
            reverse.records.resize(static_cast<std::size_t>(limits_.names_max));
        for (const auto& name : reverse.records) {
            if (!is_askable(name)) continue;
            const auto answer = co_await asker_.ask(name, address_type_);
            const bool leads_back = std::any_of(answer.records.begin(), answer.records.end(),
                                                [&](const std::string& text) { return parse_ip_address(text) == ip_; });
            if (leads_back) names_.push_back(plain_name(name));
        }
    }

    // §7.3, macro p: the domain itself if it is among them, else one below it, else any.
    [[nodiscard]] std::string best_name(const std::string& domain) const {
        const auto plain = plain_name(domain);
        std::string best;
        for (const auto& name : names_) {
            if (name == plain) return name;
            if (best.empty() || (is_at_or_below(name, plain) && !is_at_or_below(best, plain))) best = name;
        }
        return best.empty() ? "unknown" : best;
    }

    Task<SpfMacroValues> values_for(const std::vector<SpfMacroPart>& parts, const std::string& domain) {
        auto values = values_;
        values.domain = domain;
        if (needs_validated_name(parts)) {
            co_await find_names();
            values.validated = best_name(domain);
        }
        co_return values;
    }

    Task<std::string> expand(const std::vector<SpfMacroPart>& parts, const std::string& domain) {
        if (parts.empty()) co_return domain;
        const auto values = co_await values_for(parts, domain);
        co_return expand_spf_domain(parts, values);
    }

    // §6.2: anything wrong means that there is no explanation.
    Task<std::string> explain(const SpfModifier& modifier, const std::string& domain) {
        auto target = co_await expand(modifier.domain, domain);
        if (!is_askable(target)) co_return std::string();
        const auto answer = co_await asker_.ask(std::move(target), RecordType::txt);
        if (answer.status != DnsStatus::found || answer.records.size() != 1) co_return std::string();
        const auto parts = parse_spf_macros(answer.records.front(), SpfMacroUse::explanation);
        if (!parts) co_return std::string();
        const auto values = co_await values_for(*parts, domain);
        co_return expand_spf_macros(*parts, values);
    }

    bool count_lookup(const std::string& term, const std::string& domain) {
        if (++out_.lookups <= limits_.lookups_max) return true;
        reason_ = "the DNS would be asked more than " + std::to_string(limits_.lookups_max) + " times, at \"" + shown(term) +
                  "\" in the record of " + shown(domain);
        return false;
    }

    SpfAsker asker_;
    SpfLimits limits_;
    IpAddress ip_;
    RecordType address_type_;
    SpfMacroValues values_;
    SpfOutcome out_;
    std::string reason_;  // why the term in hand ended in an error
    bool void_ = false;   // whether the term in hand found nothing
    bool names_known_ = false;
    bool has_ptr_ = false;
    std::vector<std::string> names_;
};

}  // namespace

std::string_view to_text(SpfResult result) {
    switch (result) {
        case SpfResult::none:
            return "none";
        case SpfResult::neutral:
            return "neutral";
        case SpfResult::pass:
            return "pass";
        case SpfResult::fail:
            return "fail";
        case SpfResult::softfail:
            return "softfail";
        case SpfResult::temperror:
            return "temperror";
        case SpfResult::permerror:
            return "permerror";
    }
    return "";
}

Task<SpfOutcome> check_spf(Resolver& resolver, SpfQuestion question, SpfLimits limits) {
    const auto ip = parse_ip_address(question.ip);
    if (!ip) {
        SpfOutcome out;
        out.result = SpfResult::permerror;
        out.reason = shown(question.ip) + " is no IP address";
        co_return out;
    }
    SpfCheck check(resolver, question, limits, unmapped(*ip));
    auto outcome = co_await check.run();
    co_return outcome;
}

}  // namespace ilbud
