// MX, our source addresses, and what is good to have.
// None of these decides about the verdict (R29): MX is about answers, the sources about us, and the rest about
// comfort. Most of it is the platform's own to mend, or nothing more than good to have.
#include <algorithm>

#include "ilbud/dns/ip_address.hpp"
#include "judge.hpp"

namespace ilbud {
namespace {

// Both kinds of a definite no: the name may exist for other types.
bool is_absent(const DnsAnswer& answer) {
    return answer.status == DnsStatus::no_data || answer.status == DnsStatus::no_name;
}

bool has_addresses(const HostFacts& host) {
    return !host.v4.records.empty() || !host.v6.records.empty();
}

// Whether `host` has `address`, however it is written.
// Compared as addresses: IPv6 has many spellings of one address (RFC 5952
// chooses one, but zones do not have to).
bool has_address(const HostFacts& host, const std::string& address) {
    const auto wanted = parse_ip_address(address);
    if (!wanted) return false;
    const auto& records = wanted->v6 ? host.v6.records : host.v4.records;
    return std::any_of(records.begin(), records.end(), [&](const std::string& each) { return parse_ip_address(each) == wanted; });
}

// Either family: with one failed, "no address" cannot be said.
bool failed(const HostFacts& host) {
    return host.v4.status == DnsStatus::failed || host.v6.status == DnsStatus::failed;
}

std::string failure_of(const HostFacts& host) {
    return host.v4.status == DnsStatus::failed ? host.v4.failure : host.v6.failure;
}

// As a zone file has it, since that is where the reader compares it.
std::vector<std::string> spelled(const std::vector<MailExchanger>& exchangers) {
    std::vector<std::string> all;
    for (const auto& each : exchangers) all.push_back(std::to_string(each.preference) + ' ' + each.name + '.');
    return all;
}

// Only a host without any address is told. One that answers by IPv4 alone is as good as any.
Holds judge_host(const DomainQuestion& question, const HostFacts& host, const std::vector<std::string>& records,
                 std::vector<Finding>& findings) {
    if (has_addresses(host)) return Holds::yes;
    if (failed(host)) {
        FindingBuilder(findings, FindingCode::mx_unknown, Severity::unknown, question.domain)
            .fact("reason", failure_of(host))
            .remedy(Remedy::later);
        return Holds::unknown;
    }
    FindingBuilder(findings, FindingCode::mx_unresolved, Severity::warning, question.domain)
        .found(records)
        .fact("host", host.name)
        .remedy(Remedy::correct);
    return Holds::no;
}

// Without an MX record mail goes to the domain's own address (RFC 5321 §5.1).
Holds judge_fallback(const DomainQuestion& question, const HostFacts& host, std::vector<Finding>& findings) {
    const auto add = [&](FindingCode code, Severity severity) {
        return FindingBuilder(findings, code, severity, question.domain);
    };
    // Works, but often by accident: the address is that of a web server, on which nobody listens at port 25.
    if (has_addresses(host)) {
        auto records = host.v4.records;
        records.insert(records.end(), host.v6.records.begin(), host.v6.records.end());
        add(FindingCode::mx_by_address, Severity::remark).found(std::move(records));
        return Holds::yes;
    }
    if (failed(host)) {
        add(FindingCode::mx_unknown, Severity::unknown).fact("reason", failure_of(host)).remedy(Remedy::later);
        return Holds::unknown;
    }
    // A fault, since a domain that cannot take mail is refused as a sender by many receivers.
    add(FindingCode::mx_missing, Severity::fault).remedy(Remedy::correct);
    return Holds::no;
}

// A name that leads back is all that is asked; which name it is, and whether it
// fits the EHLO name, receivers do not demand.
Holds judge_source(const SourceFacts& source, std::vector<Finding>& findings) {
    const auto add = [&](FindingCode code, Severity severity) {
        FindingBuilder finding(findings, code, severity, "");
        finding.fact("address", source.address).found(source.names.records);
        return finding;
    };
    const auto unknown = [&](const std::string& reason) {
        add(FindingCode::source_unknown, Severity::unknown).fact("reason", reason).remedy(Remedy::later);
        return Holds::unknown;
    };
    if (source.names.status == DnsStatus::failed) return unknown(source.names.failure);
    // no_name and no_data are told alike: for receivers there is no difference.
    if (source.names.records.empty()) {
        add(FindingCode::source_without_name, Severity::warning).remedy(Remedy::ours);
        return Holds::no;
    }
    // One confirming name among several is enough; a failure counts only if none confirms.
    for (const auto& host : source.hosts)
        if (has_address(host, source.address)) {
            add(FindingCode::source_fine, Severity::fine).fact("host", host.name);
            return Holds::yes;
        }
    for (const auto& host : source.hosts)
        if (failed(host)) return unknown(failure_of(host));
    // One name stands for all: the finding is about the address.
    add(FindingCode::source_not_confirmed, Severity::warning).fact("host", source.names.records.front()).remedy(Remedy::ours);
    return Holds::no;
}

// A record that is good to have, at its name.
// The three differ in name, syntax and words alone, so they are told apart by data. References
// and function pointers: an Extra lives for one call.
struct Extra {
    std::string name;
    const DnsAnswer& answer;
    bool (*is_one)(std::string_view);
    SimpleRecord (*parse)(std::string_view);
    FindingCode fine;
    FindingCode missing;
    FindingCode unusable;
};

// The record in force; empty if there is none.
std::string judge_extra(const Extra& extra, std::vector<Finding>& findings) {
    const auto add = [&](FindingCode code, Severity severity) { return FindingBuilder(findings, code, severity, extra.name); };
    if (extra.answer.status == DnsStatus::failed) {
        add(FindingCode::remark_unknown, Severity::unknown)
            .fact("name", extra.name)
            .fact("reason", extra.answer.failure)
            .remedy(Remedy::later);
        return {};
    }
    // What else stands under that name (a wildcard's record) is passed over, as senders do.
    std::vector<std::string> records;
    std::copy_if(extra.answer.records.begin(), extra.answer.records.end(), std::back_inserter(records), extra.is_one);
    if (records.empty()) {
        add(extra.missing, Severity::remark);
        return {};
    }
    const auto read = extra.parse(records.front());
    // Several are as bad as none: RFC 8460 §3 and RFC 8461 §3.1 both have senders act as if there were no
    // record. A broken one is worth no more.
    if (records.size() > 1 || !read.usable) {
        auto finding = add(extra.unusable, Severity::remark);
        // Several records, each sound: the position is that of the version tag, which is what there is twice.
        if (read.usable)
            finding.fact("tag", "v").fact("position", "1");
        else
            add_problem(finding, read.problems);
        finding.found(records).remedy(Remedy::correct);
        return {};
    }
    add(extra.fine, Severity::fine).found(records);
    return records.front();
}

// Providers show a logo only beside mail of a domain that refuses forgeries.
bool enforces(const DmarcFacts& facts) {
    const auto found = discover_dmarc(facts.walk, true);
    // To those who still go by the percentage, one below 100 leaves a part of the mail without the policy.
    return found.outcome == DmarcDiscovery::Outcome::found && found.policy != DmarcPolicy::none &&
           found.place->record->percent == 100;
}

}  // namespace

Holds judge_mx(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings) {
    // Order: first failure, then absence, then the null MX, then hosts one by one.
    const auto& mx = facts.mx.mx;
    const auto add = [&](FindingCode code, Severity severity) {
        return FindingBuilder(findings, code, severity, question.domain);
    };
    if (mx.status == DnsStatus::failed) {
        add(FindingCode::mx_unknown, Severity::unknown).fact("reason", mx.failure).remedy(Remedy::later);
        return Holds::unknown;
    }
    const auto records = spelled(mx.exchangers);
    // Hosts are empty only where an answer was found that holds no exchanger; nothing was asked then, and the
    // host that is made up here counts as failed.
    if (is_absent(mx) || mx.exchangers.empty())
        return judge_fallback(question, facts.mx.hosts.empty() ? HostFacts{} : facts.mx.hosts.front(), findings);
    // All of them: a null MX beside a real one is against RFC 7505 §3, and the real one still takes mail.
    if (std::all_of(mx.exchangers.begin(), mx.exchangers.end(), [](const MailExchanger& each) { return each.name.empty(); })) {
        add(FindingCode::mx_null, Severity::fault).found({"0 ."}).remedy(Remedy::correct);
        return Holds::no;
    }
    // One host that can be reached makes MX fine as a whole; each that cannot is told besides.
    if (std::any_of(facts.mx.hosts.begin(), facts.mx.hosts.end(), has_addresses))
        add(FindingCode::mx_fine, Severity::fine).found(records);
    Holds reachable = Holds::no;
    for (const auto& host : facts.mx.hosts) {
        const auto one = judge_host(question, host, records, findings);
        if (reachable != Holds::yes && one != Holds::no) reachable = one;
    }
    return reachable;
}

Holds judge_sources(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings) {
    // Nobody said where our mail comes from, so nothing can be asked; for the
    // providers that is unknown, not failed.
    if (facts.sources.empty()) {
        FindingBuilder(findings, FindingCode::sources_not_given, Severity::remark, "").remedy(Remedy::ours);
        return Holds::unknown;
    }
    Holds all = Holds::yes;
    for (const auto& source : facts.sources) {
        const auto one = judge_source(source, findings);
        // A no outweighs what is unknown, and what is unknown outweighs a yes.
        if (one == Holds::no || (one == Holds::unknown && all == Holds::yes)) all = one;
    }
    // Not part of the answer: RFC 5321 §2.3.5 wants names that resolve, but no
    // provider's rule asks it of the EHLO name.
    if (facts.helo && !has_addresses(*facts.helo) && !failed(*facts.helo))
        FindingBuilder(findings, FindingCode::helo_unresolved, Severity::remark, question.helo)
            .fact("host", question.helo)
            .remedy(Remedy::ours);
    return all;
}

void judge_remarks(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings) {
    const auto& domain = question.domain;
    judge_extra({"_smtp._tls." + domain, facts.tls_report, is_tls_report, parse_tls_report, FindingCode::tls_report_fine,
                 FindingCode::tls_report_missing, FindingCode::tls_report_unusable},
                findings);
    // TLS-RPT is the only one of the three that is a record and nothing else, so it alone is proposed.
    // `findings.back()` is the one that judge_extra has just added: it adds exactly one.
    if (findings.back().code == FindingCode::tls_report_missing) {
        DnsRecord record;
        record.name = "_smtp._tls." + domain;
        record.value = "v=TLSRPTv1; rua=mailto:postmaster@" + domain;
        findings.back().remedy = Remedy::publish;
        findings.back().publish = {std::move(record)};
    }
    // MTA-STS wants a policy file on a web server as well (RFC 8461 §3.2), so
    // no record can be proposed on its own.
    judge_extra({"_mta-sts." + domain, facts.mta_sts, is_mta_sts, parse_mta_sts, FindingCode::mta_sts_fine,
                 FindingCode::mta_sts_missing, FindingCode::mta_sts_unusable},
                findings);
    const auto logo = judge_extra({"default._bimi." + domain, facts.bimi, is_bimi, parse_bimi, FindingCode::bimi_fine,
                                   FindingCode::bimi_missing, FindingCode::bimi_unusable},
                                  findings);
    // Asked only where a BIMI record stands: to anybody else the policy's effect on logos is of no interest.
    if (!logo.empty() && !enforces(facts.dmarc))
        FindingBuilder(findings, FindingCode::bimi_needs_policy, Severity::remark, "default._bimi." + domain).found({logo});
}

}  // namespace ilbud
