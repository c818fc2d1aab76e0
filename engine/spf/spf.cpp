// check_host() of RFC 7208 §4, term by term as a receiver does it. It asks lazily: a term behind the one
// that matched costs nothing, which is why the look-ups counted here depend on the address and those of the
// survey (spf_survey.cpp) do not.
// Libraries for SPF block on a resolver of their own; this one waits on the Resolver port, so that answers are cached,
// validated and bounded as everywhere else. Steps are named by their index, never by reference: each include grows the
// vector while its parent waits.
// At worst ten terms each ask once and an mx for ten hosts more: little over a hundred questions,
// ended earlier by the deadline.
#include "ilbud/spf/spf.hpp"

#include <algorithm>

#include "ilbud/dns/dns_packet.hpp"
#include "spf_fetch.hpp"

namespace ilbud {
namespace {

// What check_host() says of one domain.
// neutral is what a record says in which nothing matched and nothing redirects (§4.7); so
// it is the value to begin with.
struct Verdict {
    SpfResult result = SpfResult::neutral;
    std::string matched;
    SpfWhy why;
    std::optional<SpfModifier> explanation;  // of the record that decided
    std::string domain;                      // and whose it is
};

// A mechanism can do more than match or not: an error ends the whole evaluation at once
// (§4.6.2), whatever stands behind it.
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

// Whole labels only: "evilexample.org" ends with "example.org" and is not below it.
bool is_at_or_below(std::string_view name, std::string_view domain) {
    return name == domain ||
           (name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.');
}

// One evaluation and its counters. Includes and redirects run through the same object, because the limits of
// §4.6.4 hold for all of them together and not for each record. Whoever makes one awaits run() to its end:
// the coroutines below hold `this`.
class SpfCheck {
    using Kind = SpfCause::Kind;

 public:
    SpfCheck(Resolver& resolver, const SpfQuestion& question, const SpfLimits& limits, const IpAddress& ip)
        : asker_(resolver, limits), limits_(limits), ip_(ip), address_type_(ip.v6 ? RecordType::aaaa : RecordType::a) {
        // The null sender is checked as postmaster at the name of HELO (§2.4); a sender without a local
        // part gets the same one (§4.3).
        const auto sender = question.mail_from.empty() ? question.helo : question.mail_from;
        // The last '@': a quoted local part may have others.
        const auto at = sender.rfind('@');
        values_.sender_domain = at == std::string::npos ? sender : sender.substr(at + 1);
        values_.local = at == std::string::npos || at == 0 ? "postmaster" : sender.substr(0, at);
        if (values_.sender_domain.ends_with('.')) values_.sender_domain.pop_back();
        values_.sender = values_.local + '@' + values_.sender_domain;
        values_.dotted_ip = ip.dotted();
        values_.ip = ip.text();
        // Named after the zones of reverse names, so that "%{ir}.%{v}.arpa" is one (§7.2).
        values_.family = ip.v6 ? "ip6" : "in-addr";
        values_.helo = question.helo;
        values_.receiver = question.receiver;
        values_.seconds = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limits.now.time_since_epoch()).count());
    }

    // The explanation is asked for only when the answer is fail: it is text for the refused sender, and its
    // look-up is not counted (§4.6.4).
    Task<SpfOutcome> run() {
        auto verdict = co_await check_host(values_.sender_domain, "", -1);
        if (verdict.result == SpfResult::fail && verdict.explanation)
            out_.explanation = co_await explain(*verdict.explanation, verdict.domain);
        out_.result = verdict.result;
        out_.matched = std::move(verdict.matched);
        out_.reason = std::move(verdict.why.text);
        out_.cause = std::move(verdict.why.cause);
        co_return std::move(out_);
    }

 private:
    // Called again for every include and redirect. The depth needs no limit of its own: each call but the first was
    // counted as a look-up, so eleven records are the most, also where two include each other.
    Task<Verdict> check_host(std::string domain, std::string via, int from) {
        const auto step = out_.steps.size();
        out_.steps.emplace_back();
        out_.steps[step].domain = domain;
        out_.steps[step].via = std::move(via);
        out_.steps[step].from = from;
        const int before = out_.lookups;
        // The step has its place in out_.steps before the first question, so that the steps
        // stand in the order of the visits.
        auto fetched = co_await fetch_spf(asker_, domain, limits_.record_bytes_max);
        out_.steps[step].record = std::move(fetched.text);
        Verdict verdict;
        verdict.result = fetched.result;
        verdict.why = std::move(fetched.why);
        if (fetched.result == SpfResult::neutral) verdict = co_await evaluate(fetched.record, std::move(domain), step);
        out_.steps[step].result = verdict.result;
        out_.steps[step].matched = verdict.matched;
        out_.steps[step].lookups = out_.lookups - before;
        co_return verdict;
    }

    // §4.6: the directives from left to right, then redirect, else neutral.
    // An error of a term decides like a match; then there is no matched text, and why_ says what was wrong.
    Task<Verdict> evaluate(const SpfRecord& record, std::string domain, std::size_t step) {
        Verdict verdict;
        for (const auto& directive : record.directives) {
            why_ = {};
            const auto match = co_await matches(directive, domain, step);
            if (match == Match::no) continue;
            verdict.matched = match == Match::yes ? directive.text : std::string();
            verdict.result = match == Match::yes         ? result_of(directive.qualifier)
                             : match == Match::temperror ? SpfResult::temperror
                                                         : SpfResult::permerror;
            verdict.why = match == Match::yes ? matched(directive.text, domain) : why_;
            // exp= belongs to the record that decided: that of a redirect's target, but never that of an included one
            // (§6.2), since an include only answers yes or no to the record above it.
            verdict.explanation = record.explanation;
            verdict.domain = std::move(domain);
            co_return verdict;
        }
        // A record that has all never comes here, so redirect needs no look at has_all()
        // (§6.1): all matches everything.
        if (record.redirect) {
            verdict = co_await redirected(*record.redirect, std::move(domain), step);
            co_return verdict;
        }
        verdict.why.text = "no term in the record of " + shown(domain) + " matches";
        verdict.why.cause.kind = Kind::unmatched;
        verdict.why.cause.record = domain;
        co_return verdict;
    }

    // What is said of a term, wherever it stands.
    static std::string in_record(const std::string& term, const std::string& domain) {
        return '"' + shown(term) + "\" in the record of " + shown(domain);
    }
    static SpfCause cause_of(Kind kind, const std::string& term, const std::string& domain) {
        SpfCause cause;
        cause.kind = kind;
        cause.term = term;
        cause.record = domain;
        return cause;
    }
    static SpfWhy matched(const std::string& term, const std::string& domain) {
        return {cause_of(Kind::matched, term, domain), in_record(term, domain) + " matches"};
    }
    // `why` is about a name; now also which term led to it.
    static SpfWhy led_by(SpfWhy why, const std::string& term, const std::string& domain) {
        why.text = in_record(term, domain) + ": " + why.text;
        why.cause.term = term;
        why.cause.record = domain;
        return why;
    }

    // §6.1
    Task<Verdict> redirected(const SpfModifier& redirect, std::string domain, std::size_t step) {
        Verdict verdict;
        if (!count_lookup(redirect.text, domain)) {
            verdict.result = SpfResult::permerror;
            verdict.why = why_;
            co_return verdict;
        }
        auto target = co_await expand(redirect.domain, domain);
        verdict = co_await check_host(std::move(target), "redirect", static_cast<int>(step));
        // A redirect to a name without a record is its owner's mistake and may not end as "says nothing" (§6.1).
        if (verdict.result == SpfResult::none) {
            verdict.result = SpfResult::permerror;
            verdict.why = led_by(std::move(verdict.why), redirect.text, domain);
        }
        co_return verdict;
    }

    // all, ip4 and ip6 ask nobody and are not counted. For the rest the counting comes before the question: the
    // eleventh term is an error even if the answer lies in the cache, as every receiver must find the same result.
    Task<Match> matches(const SpfDirective& directive, const std::string& domain, std::size_t step) {
        if (directive.mechanism == SpfMechanism::all) co_return Match::yes;
        if (!asks_the_dns(directive.mechanism)) {
            // An IPv4 sender is in no ip6 network and the other way round; is_in compares families first.
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
        // An mx is void as soon as one of its hosts has no address, even if another one matches; the
        // error then outweighs the match.
        if (directive.mechanism != SpfMechanism::include && void_ && ++out_.void_lookups > limits_.void_lookups_max) {
            why_.text = in_record(directive.text, domain) + " finds nothing in the DNS; more than " +
                        std::to_string(limits_.void_lookups_max) + " such terms are not allowed";
            why_.cause = cause_of(Kind::too_many_voids, directive.text, domain);
            why_.cause.most = static_cast<std::size_t>(limits_.void_lookups_max);
            match = Match::permerror;
        }
        co_return match;
    }

    // §5.2
    // What an included record says of everybody else is not taken over: its fail is a plain "no match" here. Only its
    // errors are, and a name without a record is one: otherwise a typing error in an include would pass unseen.
    Task<Match> includes(std::string target, const SpfDirective& directive, const std::string& domain, std::size_t step) {
        const auto verdict = co_await check_host(std::move(target), "include", static_cast<int>(step));
        why_ = verdict.why;
        switch (verdict.result) {
            case SpfResult::pass:
                co_return Match::yes;
            case SpfResult::temperror:
                co_return Match::temperror;
            case SpfResult::permerror:
                co_return Match::permerror;
            case SpfResult::none:
                why_ = led_by(verdict.why, directive.text, domain);
                co_return Match::permerror;
            default:
                co_return Match::no;
        }
    }

    // §5.3; also for each host of §5.4.
    // A name that cannot be asked, through a macro with strange bytes for instance, matches nothing;
    // nobody is to blame in the DNS.
    Task<Match> has_address(std::string host, const SpfDirective& directive) {
        if (!is_askable(host)) co_return Match::no;
        // Only the family of the sending address is asked for (§5).
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
    // Without MX records nothing matches: the implicit MX of RFC 5321 §5.1 does not hold here (§5.4). More than ten are
    // an error and not cut off, because which ten a receiver would look at is left to chance.
    Task<Match> has_exchanger(std::string target, const SpfDirective& directive) {
        if (!is_askable(target)) co_return Match::no;
        auto answer = co_await asker_.ask(target, RecordType::mx);
        if (answer.status == DnsStatus::failed) co_return unanswered(directive, target, answer);
        if (answer.status != DnsStatus::found) void_ = true;
        if (answer.exchangers.size() > static_cast<std::size_t>(limits_.names_max)) {
            why_.text = shown(target) + " has " + std::to_string(answer.exchangers.size()) + " MX records; \"" +
                        shown(directive.text) + "\" may look at " + std::to_string(limits_.names_max) + " at most";
            why_.cause = cause_of(Kind::too_many_exchangers, directive.text, "");
            why_.cause.name = target;
            why_.cause.count = answer.exchangers.size();
            why_.cause.most = static_cast<std::size_t>(limits_.names_max);
            co_return Match::permerror;
        }
        // By preference, so that the same DNS gives the same verdict: a host that fails before one
        // that matches makes a temperror.
        std::sort(answer.exchangers.begin(), answer.exchangers.end(),
                  [](const auto& a, const auto& b) { return a.preference < b.preference; });
        for (const auto& exchanger : answer.exchangers) {
            const auto match = co_await has_address(exchanger.name, directive);
            if (match != Match::no) co_return match;
        }
        co_return Match::no;
    }

    // §5.5: whatever goes wrong here is no match.
    // Deprecated and slow, but records with ptr are out there and receivers still evaluate them.
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

    // A DNS that does not answer says nothing about the sender: temperror, and the receiver
    // may ask for the mail again later.
    Match unanswered(const SpfDirective& directive, const std::string& name, const DnsAnswer& answer) {
        why_.text = '"' + shown(directive.text) + "\": the DNS gives no answer about " + shown(name) + ": " + answer.failure;
        why_.cause = cause_of(Kind::no_answer, directive.text, "");
        why_.cause.name = name;
        why_.cause.failure = answer.failure;
        return Match::temperror;
    }

    // The names of the address that lead back to it (§5.5), asked for once.
    // Whoever owns an address writes any name into its reverse zone; so a name counts only if its
    // own addresses hold the sender's.
    Task<void> find_names() {
        if (names_known_) co_return;
        names_known_ = true;
        auto reverse = co_await asker_.ask(ip_.reverse_name(), RecordType::ptr);
        // A failure is not "found nothing": it must not use up one of the two void look-ups.
        has_ptr_ = reverse.status == DnsStatus::found || reverse.status == DnsStatus::failed;
        // Here the surplus is cut off instead of refused (§4.6.4): the owner of the record does not
        // control the sender's reverse zone.
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

    // d is the domain of the record in hand and changes with every include, all other letters hold for the whole
    // evaluation. p is found only when a text wants it, since that takes up to eleven questions.
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
        // "a" and "mx" without a domain mean the one that is checked.
        if (parts.empty()) co_return domain;
        const auto values = co_await values_for(parts, domain);
        co_return expand_spf_domain(parts, values);
    }

    // §6.2: anything wrong means that there is no explanation.
    // The text comes from a stranger's DNS. It is only shown, on one line; nothing here acts on it.
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

    // lookups goes one beyond the limit when the limit is passed, so that an outcome tells a record that
    // just fits from one that does not.
    bool count_lookup(const std::string& term, const std::string& domain) {
        if (++out_.lookups <= limits_.lookups_max) return true;
        why_.text =
            "the DNS would be asked more than " + std::to_string(limits_.lookups_max) + " times, at " + in_record(term, domain);
        why_.cause = cause_of(Kind::too_many_lookups, term, domain);
        why_.cause.most = static_cast<std::size_t>(limits_.lookups_max);
        return false;
    }

    SpfAsker asker_;
    SpfLimits limits_;
    IpAddress ip_;
    RecordType address_type_;
    SpfMacroValues values_;
    SpfOutcome out_;
    SpfWhy why_;         // why the term in hand ended in an error
    bool void_ = false;  // whether the term in hand found nothing
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
    // A caller's mistake, not the domain's; but a result keeps whoever checks many domains going, and
    // permerror is never taken for a pass.
    if (!ip) {
        SpfOutcome out;
        out.result = SpfResult::permerror;
        out.reason = shown(question.ip) + " is no IP address";
        out.cause.kind = SpfCause::Kind::no_address;
        out.cause.name = question.ip;
        co_return out;
    }
    // A client that came over IPv4 to a socket for both families is IPv4 to SPF (§5: mapped addresses).
    SpfCheck check(resolver, question, limits, unmapped(*ip));
    auto outcome = co_await check.run();
    co_return outcome;
}

}  // namespace ilbud
