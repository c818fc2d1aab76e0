// Asks the DNS everything a domain check needs: each subject is a task of its own, and they run side by side.
#include <algorithm>

#include "domain_facts.hpp"
#include "ilbud/dns/bounded_resolver.hpp"
#include "ilbud/dns/ip_address.hpp"
#include "ilbud/dns/mail_records.hpp"
#include "ilbud/spf/spf_edit.hpp"

// With sanitizers g++ 12 sees Asio's allocation of a coroutine's frame inlined here and its release not, and takes them for strangers.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace ilbud {
namespace {

constexpr std::size_t hosts_max = 10;  // of one MX or PTR answer
constexpr std::size_t chain_max = 8;   // CNAMEs followed by hand

// One subject's part of the facts; all live in gather, which waits for every task.
struct Subject {
    BoundedResolver& resolver;
    const DomainQuestion& question;
};

Task<void> ask_host(BoundedResolver& resolver, std::string name, HostFacts& facts) {
    facts.name = name;
    facts.v4 = co_await resolver.query(name, RecordType::a);
    facts.v6 = co_await resolver.query(std::move(name), RecordType::aaaa);
}

Task<void> ask_hosts(BoundedResolver& resolver, std::vector<std::string> names, std::vector<HostFacts>& facts) {
    names.resize(std::min(names.size(), hosts_max));
    for (auto& name : names) {
        facts.emplace_back();
        co_await ask_host(resolver, std::move(name), facts.back());
    }
}

SpfLimits spf_limits(const BoundedResolver& resolver) {
    SpfLimits limits;
    limits.deadline = resolver.left();
    return limits;
}

Task<void> ask_spf(Subject at, SpfFacts& facts) {
    const auto& question = at.question;
    facts.text = co_await at.resolver.query(question.domain, RecordType::txt);
    std::copy_if(facts.text.records.begin(), facts.text.records.end(), std::back_inserter(facts.records), is_spf);
    if (!question.spf_includes.empty()) {
        const auto own = co_await survey_spf(at.resolver, question.spf_includes.front(), spf_limits(at.resolver));
        facts.include_lookups = own.lookups + 1;
    }
    if (facts.records.size() != 1) co_return;
    facts.survey = co_await survey_spf(at.resolver, question.domain, spf_limits(at.resolver));
    const auto& sender = question.return_path_domain.empty() ? question.domain : question.return_path_domain;
    for (const auto& address : question.source_addresses) {
        SpfQuestion one;
        one.ip = address;
        one.mail_from = "postmaster@" + sender;
        one.helo = question.helo;
        auto outcome = co_await check_spf(at.resolver, std::move(one), spf_limits(at.resolver));
        facts.sources.emplace_back(address, std::move(outcome));
    }
}

// The resolver's answer about the key tells the chain where it knows it; else the CNAMEs are followed here, since an idle
// target has nothing that the resolver could answer with.
Task<void> ask_slot(Subject at, const DkimSlot& slot, SlotFacts& facts) {
    auto& resolver = at.resolver;
    facts.name = slot.selector + "._domainkey." + at.question.domain;
    facts.alias = co_await resolver.query(facts.name, RecordType::cname);
    facts.key = co_await resolver.query(facts.name, RecordType::txt);
    auto next = facts.alias;
    while (next.status == DnsStatus::found && !next.records.empty() && facts.chain.size() < chain_max) {
        const auto name = next.records.front();
        facts.chain.push_back(name);
        if (name == slot.target) co_return;
        next = co_await resolver.query(name, RecordType::cname);
    }
    if (facts.alias.status == DnsStatus::found) co_return;
    auto doubled = facts.name + '.' + at.question.domain;
    facts.doubled = co_await resolver.query(std::move(doubled), RecordType::cname);
}

Task<void> ask_dmarc(Subject at, DmarcFacts& facts) {
    const auto& domain = at.question.domain;
    facts.organisation = organisational_domain(domain);
    auto name = "_dmarc." + domain;
    facts.own = co_await at.resolver.query(std::move(name), RecordType::txt);
    const bool has_own = std::any_of(facts.own.records.begin(), facts.own.records.end(), is_dmarc);
    if (has_own || facts.own.status == DnsStatus::failed || facts.organisation == domain) co_return;
    name = "_dmarc." + facts.organisation;
    facts.inherited = co_await at.resolver.query(std::move(name), RecordType::txt);
}

Task<void> ask_mx(Subject at, MxFacts& facts) {
    facts.mx = co_await at.resolver.query(at.question.domain, RecordType::mx);
    std::vector<std::string> names;
    for (const auto& each : facts.mx.exchangers)
        if (!each.name.empty()) names.push_back(each.name);
    if (facts.mx.status == DnsStatus::no_data || facts.mx.status == DnsStatus::no_name) names.push_back(at.question.domain);
    co_await ask_hosts(at.resolver, std::move(names), facts.hosts);
}

Task<void> ask_source(Subject at, SourceFacts& facts) {
    const auto address = parse_ip_address(facts.address);
    if (!address) co_return;
    auto name = address->reverse_name();
    facts.names = co_await at.resolver.query(std::move(name), RecordType::ptr);
    co_await ask_hosts(at.resolver, facts.names.records, facts.hosts);
}

Task<void> ask_remarks(Subject at, DomainFacts& facts) {
    const auto& domain = at.question.domain;
    facts.tls_report = co_await at.resolver.query("_smtp._tls." + domain, RecordType::txt);
    facts.mta_sts = co_await at.resolver.query("_mta-sts." + domain, RecordType::txt);
    facts.bimi = co_await at.resolver.query("default._bimi." + domain, RecordType::txt);
}

}  // namespace

Task<DomainFacts> gather(BoundedResolver& resolver, const DomainQuestion& question) {
    DomainFacts facts;
    std::exception_ptr failure;
    const auto executor = co_await asio::this_coro::executor;
    auto& context = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
    TaskGroup tasks(context, [&failure](std::exception_ptr error) { failure = failure ? failure : error; });
    const Subject subject{resolver, question};
    tasks.spawn(ask_spf(subject, facts.spf));
    for (std::size_t i = 0; i < facts.slots.size(); ++i) tasks.spawn(ask_slot(subject, question.slots[i], facts.slots[i]));
    if (question.ed25519) tasks.spawn(ask_slot(subject, *question.ed25519, facts.ed25519.emplace()));
    tasks.spawn(ask_dmarc(subject, facts.dmarc));
    tasks.spawn(ask_mx(subject, facts.mx));
    tasks.spawn(ask_remarks(subject, facts));
    facts.sources.reserve(question.source_addresses.size());
    for (const auto& address : question.source_addresses) {
        facts.sources.push_back({address, {}, {}});
        tasks.spawn(ask_source(subject, facts.sources.back()));
    }
    if (!question.helo.empty()) tasks.spawn(ask_host(resolver, question.helo, facts.helo.emplace()));
    co_await tasks.wait();
    if (failure) std::rethrow_exception(failure);
    co_return facts;
}

}  // namespace ilbud
