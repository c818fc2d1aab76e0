// MX, our source addresses, and what is good to have.
#include <algorithm>

#include "ilbud/dns/ip_address.hpp"
#include "judge.hpp"

namespace ilbud {
namespace {

bool is_absent(const DnsAnswer& answer) {
    return answer.status == DnsStatus::no_data || answer.status == DnsStatus::no_name;
}

bool has_addresses(const HostFacts& host) {
    return !host.v4.records.empty() || !host.v6.records.empty();
}

// Whether `host` has `address`, however it is written.
bool has_address(const HostFacts& host, const std::string& address) {
    const auto wanted = parse_ip_address(address);
    if (!wanted) return false;
    const auto& records = wanted->v6 ? host.v6.records : host.v4.records;
    return std::any_of(records.begin(), records.end(), [&](const std::string& each) { return parse_ip_address(each) == wanted; });
}

bool failed(const HostFacts& host) {
    return host.v4.status == DnsStatus::failed || host.v6.status == DnsStatus::failed;
}

std::string failure_of(const HostFacts& host) {
    return host.v4.status == DnsStatus::failed ? host.v4.failure : host.v6.failure;
}

std::vector<std::string> spelled(const std::vector<MailExchanger>& exchangers) {
    std::vector<std::string> all;
    for (const auto& each : exchangers) all.push_back(std::to_string(each.preference) + ' ' + each.name + '.');
    return all;
}

void judge_host(const DomainQuestion& question, const HostFacts& host, const std::vector<std::string>& records,
                std::vector<Finding>& findings) {
    if (has_addresses(host)) return;
    if (failed(host))
        FindingBuilder(findings, FindingCode::mx_unknown, Severity::unknown, question.domain)
            .fact("reason", failure_of(host))
            .remedy(Remedy::later);
    else
        FindingBuilder(findings, FindingCode::mx_unresolved, Severity::warning, question.domain)
            .found(records)
            .fact("host", host.name)
            .remedy(Remedy::correct);
}

// Without an MX record mail goes to the domain's own address (RFC 5321 §5.1).
void judge_fallback(const DomainQuestion& question, const HostFacts& host, std::vector<Finding>& findings) {
    const auto add = [&](FindingCode code, Severity severity) {
        return FindingBuilder(findings, code, severity, question.domain);
    };
    if (has_addresses(host)) {
        auto records = host.v4.records;
        records.insert(records.end(), host.v6.records.begin(), host.v6.records.end());
        add(FindingCode::mx_by_address, Severity::remark).found(std::move(records));
    } else if (failed(host)) {
        add(FindingCode::mx_unknown, Severity::unknown).fact("reason", failure_of(host)).remedy(Remedy::later);
    } else {
        add(FindingCode::mx_missing, Severity::fault).remedy(Remedy::correct);
    }
}

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
    if (source.names.records.empty()) {
        add(FindingCode::source_without_name, Severity::warning).remedy(Remedy::ours);
        return Holds::no;
    }
    for (const auto& host : source.hosts)
        if (has_address(host, source.address)) {
            add(FindingCode::source_fine, Severity::fine).fact("host", host.name);
            return Holds::yes;
        }
    for (const auto& host : source.hosts)
        if (failed(host)) return unknown(failure_of(host));
    add(FindingCode::source_not_confirmed, Severity::warning).fact("host", source.names.records.front()).remedy(Remedy::ours);
    return Holds::no;
}

// A record that is good to have, at its name.
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
    std::vector<std::string> records;
    std::copy_if(extra.answer.records.begin(), extra.answer.records.end(), std::back_inserter(records), extra.is_one);
    if (records.empty()) {
        add(extra.missing, Severity::remark);
        return {};
    }
    const auto read = extra.parse(records.front());
    if (records.size() > 1 || !read.usable) {
        auto finding = add(extra.unusable, Severity::remark);
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
    const auto& records = facts.own.records.empty() ? facts.inherited.records : facts.own.records;
    return std::any_of(records.begin(), records.end(), [](const std::string& record) {
        const auto dmarc = parse_dmarc(record);
        return dmarc.applies && dmarc.policy != DmarcPolicy::none && dmarc.percent == 100;
    });
}

}  // namespace

void judge_mx(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings) {
    const auto& mx = facts.mx.mx;
    const auto add = [&](FindingCode code, Severity severity) {
        return FindingBuilder(findings, code, severity, question.domain);
    };
    if (mx.status == DnsStatus::failed) {
        add(FindingCode::mx_unknown, Severity::unknown).fact("reason", mx.failure).remedy(Remedy::later);
        return;
    }
    const auto records = spelled(mx.exchangers);
    if (is_absent(mx) || mx.exchangers.empty()) {
        judge_fallback(question, facts.mx.hosts.empty() ? HostFacts{} : facts.mx.hosts.front(), findings);
    } else if (std::all_of(mx.exchangers.begin(), mx.exchangers.end(),
                           [](const MailExchanger& each) { return each.name.empty(); })) {
        add(FindingCode::mx_null, Severity::fault).found({"0 ."}).remedy(Remedy::correct);
    } else {
        if (std::any_of(facts.mx.hosts.begin(), facts.mx.hosts.end(), has_addresses))
            add(FindingCode::mx_fine, Severity::fine).found(records);
        for (const auto& host : facts.mx.hosts) judge_host(question, host, records, findings);
    }
}

Holds judge_sources(const DomainQuestion& question, const DomainFacts& facts, std::vector<Finding>& findings) {
    if (facts.sources.empty()) {
        FindingBuilder(findings, FindingCode::sources_not_given, Severity::remark, "").remedy(Remedy::ours);
        return Holds::unknown;
    }
    Holds all = Holds::yes;
    for (const auto& source : facts.sources) {
        const auto one = judge_source(source, findings);
        if (one == Holds::no || (one == Holds::unknown && all == Holds::yes)) all = one;
    }
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
    if (findings.back().code == FindingCode::tls_report_missing) {
        DnsRecord record;
        record.name = "_smtp._tls." + domain;
        record.value = "v=TLSRPTv1; rua=mailto:postmaster@" + domain;
        findings.back().remedy = Remedy::publish;
        findings.back().publish = {std::move(record)};
    }
    judge_extra({"_mta-sts." + domain, facts.mta_sts, is_mta_sts, parse_mta_sts, FindingCode::mta_sts_fine,
                 FindingCode::mta_sts_missing, FindingCode::mta_sts_unusable},
                findings);
    const auto logo = judge_extra({"default._bimi." + domain, facts.bimi, is_bimi, parse_bimi, FindingCode::bimi_fine,
                                   FindingCode::bimi_missing, FindingCode::bimi_unusable},
                                  findings);
    if (!logo.empty() && !enforces(facts.dmarc))
        FindingBuilder(findings, FindingCode::bimi_needs_policy, Severity::remark, "default._bimi." + domain).found({logo});
}

}  // namespace ilbud
