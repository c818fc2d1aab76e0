// Asks the DNS everything a domain check needs: each subject is a task of its own, and they run side by side.
// Side by side, since the whole check must end within seconds and each answer may take a second or more. Inside
// one subject the questions follow each other, since mostly the next hangs on the last. Nothing is judged here:
// a failed answer is kept as it is, and the judges say "unknown" (S43). The BoundedResolver in front remembers
// answers and counts the questions (S42).
#include <algorithm>

#include "domain_facts.hpp"
#include "ilbud/dns/bounded_resolver.hpp"
#include "ilbud/dns/ip_address.hpp"
#include "ilbud/dns/mail_records.hpp"
#include "ilbud/spf/spf_edit.hpp"
#include "ilbud/spf/spf_record.hpp"
#include "ilbud/spf/spf_repair.hpp"

// With sanitizers g++ 12 sees Asio's allocation of a coroutine's frame inlined here and its release not, and takes them for strangers.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace ilbud {
namespace {

// Bounds what a hostile zone can make us ask: ten names, two questions each. A receiver looks
// at ten of an MX in SPF as well (RFC 7208 §4.6.4).
constexpr std::size_t hosts_max = 10;  // of one MX or PTR answer
// Longer than any chain that is meant; bounds a zone that answers every name with another.
constexpr std::size_t chain_max = 8;  // CNAMEs followed by hand

// One subject's part of the facts; all live in gather, which waits for every task.
struct Subject {
    BoundedResolver& resolver;
    const DomainQuestion& question;
};

// Both families, for receivers use either. Hosts are asked one by one, so two
// questions side by side would gain little.
Task<void> ask_host(BoundedResolver& resolver, std::string name, HostFacts& facts) {
    facts.name = name;
    facts.v4 = co_await resolver.query(name, RecordType::a);
    facts.v6 = co_await resolver.query(std::move(name), RecordType::aaaa);
}

Task<void> ask_hosts(BoundedResolver& resolver, std::vector<std::string> names, std::vector<HostFacts>& facts) {
    // The first ten in the answer's order; which ones a resolver puts first is its own affair.
    names.resize(std::min(names.size(), hosts_max));
    for (auto& name : names) {
        // The reference into the list is used up before the list grows again.
        facts.emplace_back();
        co_await ask_host(resolver, std::move(name), facts.back());
    }
}

// SPF has a deadline of its own inside the check's: what the check has left,
// so that a slow zone ends both together.
SpfLimits spf_limits(Subject at) {
    SpfLimits limits;
    limits.deadline = at.resolver.left();
    const auto& addresses = at.question.source_addresses;
    const auto is_v6 = [](const std::string& address) {
        const auto read = parse_ip_address(address);
        return read && unmapped(*read).v6;
    };
    limits.ipv6 = std::any_of(addresses.begin(), addresses.end(), is_v6);
    limits.ipv4 = addresses.empty() || !std::all_of(addresses.begin(), addresses.end(), is_v6);
    return limits;
}

// Macros may ask for the local part, so the addresses are the real ones.
SpfSender sender_of(const DomainQuestion& question) {
    return {question.spf_includes, question.source_addresses, question.from, question.helo};
}

bool all_pass(const std::vector<std::pair<std::string, SpfOutcome>>& outcomes) {
    return std::all_of(outcomes.begin(), outcomes.end(), [](const auto& each) { return each.second.result == SpfResult::pass; });
}

// Whether nothing about the record could be better: then none is made. It lets us pass by the name that we recommend, and nobody
// else by accident.
bool is_right(const DomainQuestion& question, const SpfFacts& facts) {
    if (facts.records.size() != 1 || !facts.alike.empty() || facts.survey.result != SpfResult::neutral) return false;
    const auto read = read_spf_terms(facts.records.front());
    const auto end = spf_end(read.terms);
    const auto& reached = facts.survey.includes;
    const bool named = question.spf_includes.empty() ||
                       std::find(reached.begin(), reached.end(), question.spf_includes.front()) != reached.end();
    return named && !read.repaired && facts.survey.permits_all.empty() && facts.survey.permits_half.empty() &&
           end != SpfEnd::neutral && end != SpfEnd::open && all_pass(facts.sources) && all_pass(facts.samples);
}

Task<void> ask_spf(Subject at, SpfFacts& facts) {
    const auto& question = at.question;
    facts.text = co_await at.resolver.query(question.domain, RecordType::txt);
    // Other TXT records (site verifications and the like) are no concern of ours, and
    // receivers pass over them too (RFC 7208 §4.5).
    for (const auto& text : facts.text.records) {
        if (is_spf_record(text))
            facts.records.push_back(text);
        else if (resembles_spf(text))
            facts.alike.push_back(text);
    }
    if (facts.text.status == DnsStatus::failed) co_return;
    // What our name would cost is asked even if the record has it already: the finding
    // about the limit needs it where it is missing.
    auto sender = sender_of(question);
    if (!question.spf_includes.empty()) {
        const auto own = co_await survey_spf(at.resolver, question.spf_includes.front(), spf_limits(at));
        // One more than its own look-ups: the include itself is counted (RFC 7208 §4.6.4).
        facts.include_lookups = own.lookups + 1;
        if (sender.addresses.empty()) sender.addresses = spf_sample_addresses(own);
    }
    // None or several: judge_spf has a finding for either and needs no survey.
    if (facts.records.size() == 1) {
        facts.survey = co_await survey_spf(at.resolver, question.domain, spf_limits(at));
        // As a receiver does it, once an address: a text that names us may still not let us through, say because a -all stands
        // before the include.
        auto outcomes = co_await check_spf_of(at.resolver, sender, question.domain, spf_limits(at));
        (question.source_addresses.empty() ? facts.samples : facts.sources) = std::move(outcomes);
    }
    if (is_right(question, facts)) co_return;
    const auto mx = co_await at.resolver.query(question.domain, RecordType::mx);
    // A null MX says that the domain has none (RFC 7505 §3); naming `mx` would then cost a look-up for nothing.
    // A new record that forgets the domain's own servers would have their mail refused.
    if (mx.status == DnsStatus::failed && facts.records.empty() && facts.alike.empty()) {
        facts.proposal.unknown = true;
        co_return;
    }
    const bool has_exchangers =
        std::any_of(mx.exchangers.begin(), mx.exchangers.end(), [](const MailExchanger& each) { return !each.name.empty(); });
    // What was meant beside a record that counts is not to be lost.
    auto texts = facts.records;
    texts.insert(texts.end(), facts.alike.begin(), facts.alike.end());
    facts.proposal = co_await propose_spf(at.resolver, question.domain, std::move(texts), has_exchangers, sender, spf_limits(at));
}

// What a web form may add to a name that was entered in full: the domain, and the zone that it lies in.
std::vector<std::string> doubled_zones(const std::string& domain) {
    std::vector<std::string> zones{domain};
    if (auto organisation = organisational_domain(domain); organisation != domain && !organisation.empty())
        zones.push_back(std::move(organisation));
    return zones;
}

// Nothing may stand beside a CNAME (RFC 1034 §3.6.2), so whatever does is in its way. What a wildcard gives stands nowhere.
Task<void> ask_beside(Subject at, SlotFacts& facts) {
    if (facts.alias.status != DnsStatus::no_data || facts.key.status == DnsStatus::found) co_return;
    const auto nobodys = "ilbud-no-such-selector._domainkey." + at.question.domain;
    static constexpr std::array<std::pair<RecordType, std::string_view>, 3> types{
        {{RecordType::a, "A "}, {RecordType::aaaa, "AAAA "}, {RecordType::mx, "MX "}}};
    for (const auto& [type, word] : types) {
        const auto answer = co_await at.resolver.query(facts.name, type);
        if (answer.status != DnsStatus::found) continue;
        const auto wildcard = co_await at.resolver.query(nobodys, type);
        if (wildcard.records == answer.records && wildcard.exchangers == answer.exchangers) continue;
        for (const auto& record : answer.records) facts.beside.push_back(std::string(word) + record);
        for (const auto& each : answer.exchangers)
            facts.beside.push_back(std::string(word) + std::to_string(each.preference) + ' ' + each.name + '.');
    }
}

// The CNAMEs are followed here, one question each, instead of being read off the key's answer: an idle target has nothing that a
// resolver could answer with, and not every adapter knows the chain of a "no" (DnsAnswer::aliases).
Task<void> ask_slot(Subject at, const DkimSlot& slot, SlotFacts& facts) {
    auto& resolver = at.resolver;
    facts.name = slot.selector + "._domainkey." + at.question.domain;
    // CNAME and TXT are asked apart. A resolver follows the alias for TXT by itself and ends at the key, but of
    // an idle target it has nothing to show, and R27 asks for the alias as such.
    facts.alias = co_await resolver.query(facts.name, RecordType::cname);
    facts.key = co_await resolver.query(facts.name, RecordType::txt);
    auto next = facts.alias;
    while (next.status == DnsStatus::found && !next.records.empty() && facts.chain.size() < chain_max) {
        const auto name = next.records.front();
        facts.chain.push_back(name);
        // The first target reached is enough: what our own target leads to is our affair.
        if (name == slot.target) co_return;
        next = co_await resolver.query(name, RecordType::cname);
    }
    // Only where no alias stands at all is a misplaced one worth a question.
    if (facts.alias.status == DnsStatus::found) co_return;
    if (facts.key.status == DnsStatus::found) {
        auto nobodys = "ilbud-no-such-selector._domainkey." + at.question.domain;
        facts.wildcard = co_await resolver.query(std::move(nobodys), RecordType::txt);
    }
    co_await ask_beside(at, facts);
    for (const auto& zone : doubled_zones(at.question.domain)) {
        facts.doubled_name = facts.name + '.' + zone;
        auto alias = co_await resolver.query(facts.doubled_name, RecordType::cname);
        for (auto& target : alias.records)
            if (target.find("_domainkey.") != std::string::npos) facts.doubled.push_back("CNAME " + target + '.');
        if (!facts.doubled.empty()) co_return;
        auto text = co_await resolver.query(facts.doubled_name, RecordType::txt);
        for (auto& key : text.records)
            if (key.starts_with("v=DKIM1")) facts.doubled.push_back(std::move(key));
        if (!facts.doubled.empty()) co_return;
    }
}

// Whatever else than the domain itself may stand behind a mail: what signs, what signs in its place, and where bounces go.
std::vector<std::string> other_identifiers(const DomainQuestion& question) {
    std::vector<std::string> all;
    for (const auto* name : {&question.signing_domain, &question.platform_domain, &question.return_path_domain})
        if (!name->empty() && *name != question.domain && std::find(all.begin(), all.end(), *name) == all.end())
            all.push_back(*name);
    return all;
}

Task<void> walk_on(BoundedResolver& resolver, DmarcWalk& walk) {
    auto name = walk.question();
    auto answer = co_await resolver.query(std::move(name), RecordType::txt);
    walk.answer(std::move(answer));
}

// The name `count` labels above.
std::string_view parent(std::string_view name, std::size_t count) {
    for (; count > 0 && !name.empty(); --count) {
        const auto dot = name.find('.');
        name = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
    }
    return name;
}

Task<void> ask_dmarc(Subject at, DmarcFacts& facts) {
    const auto& domain = at.question.domain;
    const auto others = other_identifiers(at.question);
    facts.walk = DmarcWalk(domain);
    facts.listed = organisational_domain(domain);
    co_await walk_on(at.resolver, facts.walk);
    const bool alignment =
        std::any_of(others.begin(), others.end(), [&](const std::string& each) { return may_align(domain, each); });
    if (facts.walk.own_record() == nullptr || alignment)
        while (!facts.walk.question().empty()) co_await walk_on(at.resolver, facts.walk);
    if (const auto& own = facts.walk.places().front(); own.records.empty() && own.answer.status != DnsStatus::failed)
        for (const auto& zone : doubled_zones(domain)) {
            facts.doubled_name = "_dmarc." + domain + '.' + zone;
            const auto answer = co_await at.resolver.query(facts.doubled_name, RecordType::txt);
            std::copy_if(answer.records.begin(), answer.records.end(), std::back_inserter(facts.doubled), is_dmarc);
            if (!facts.doubled.empty()) break;
        }
    for (const auto& other : others) {
        if (!must_walk(facts.walk, other)) continue;
        auto& walk = facts.identifiers.emplace_back(other);
        while (!walk.question().empty()) co_await walk_on(at.resolver, walk);
    }
    // What receivers of RFC 7489 would find. They look at two names, of which the walk nearly always came by both.
    const auto& places = facts.walk.places();
    const bool seen =
        std::any_of(places.begin(), places.end(), [&](const DmarcPlace& each) { return each.domain == facts.listed; });
    if (seen || facts.walk.failed() || facts.walk.own_record() != nullptr) co_return;
    auto name = "_dmarc." + facts.listed;
    facts.listed_answer = co_await at.resolver.query(std::move(name), RecordType::txt);
}

// A name that is no zone of its own has its SOA further up, where Yahoo looks as well.
Task<void> ask_zone(Subject at, DnsAnswer& zone) {
    const auto organisation = organisational_domain(at.question.domain);
    for (std::size_t count = 0; count < chain_max; ++count) {
        auto name = std::string(parent(at.question.domain, count));
        const bool last = name.empty() || name == organisation;
        if (!name.empty()) zone = co_await at.resolver.query(std::move(name), RecordType::soa);
        if (last || zone.status != DnsStatus::no_data) co_return;
    }
}

Task<void> ask_mx(Subject at, MxFacts& facts) {
    facts.mx = co_await at.resolver.query(at.question.domain, RecordType::mx);
    std::vector<std::string> names;
    // A null MX (RFC 7505 §3) has the empty name, which has no address to look up.
    for (const auto& each : facts.mx.exchangers)
        if (!each.name.empty()) names.push_back(each.name);
    // RFC 5321 §5.1: without an MX the domain itself is the exchanger. Not so if the question failed.
    if (facts.mx.status == DnsStatus::no_data || facts.mx.status == DnsStatus::no_name) names.push_back(at.question.domain);
    co_await ask_hosts(at.resolver, std::move(names), facts.hosts);
}

Task<void> ask_source(Subject at, SourceFacts& facts) {
    const auto address = parse_ip_address(facts.address);
    // An address that is none leaves the answer at `failed`: unknown, never "without a name".
    if (!address) co_return;
    auto name = address->reverse_name();
    // PTR at the reversed address below in-addr.arpa or ip6.arpa (RFC 1035 §3.5, RFC 3596 §2.5).
    facts.names = co_await at.resolver.query(std::move(name), RecordType::ptr);
    co_await ask_hosts(at.resolver, facts.names.records, facts.hosts);
}

// RFC 8460 §3, RFC 8461 §3.1, and the selector that BIMI takes if the mail names none.
Task<void> ask_remarks(Subject at, DomainFacts& facts) {
    const auto& domain = at.question.domain;
    facts.tls_report = co_await at.resolver.query("_smtp._tls." + domain, RecordType::txt);
    facts.mta_sts = co_await at.resolver.query("_mta-sts." + domain, RecordType::txt);
    facts.bimi = co_await at.resolver.query("default._bimi." + domain, RecordType::txt);
}

}  // namespace

Task<DomainFacts> gather(BoundedResolver& resolver, const DomainQuestion& question) {
    DomainFacts facts;
    // The first failure is kept and thrown when all tasks have ended. Thrown at once, it
    // would leave tasks behind that hold references into `facts`. DNS failures are no
    // exceptions; what comes here is memory or a bug.
    std::exception_ptr failure;
    const auto executor = co_await asio::this_coro::executor;
    // TaskGroup wants the context; the executor of a Task is always an io_context's, so the cast is safe.
    auto& context = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
    TaskGroup tasks(context, [&failure](std::exception_ptr error) { failure = failure ? failure : error; });
    const Subject subject{resolver, question};
    tasks.spawn(ask_spf(subject, facts.spf));
    for (std::size_t i = 0; i < facts.slots.size(); ++i) tasks.spawn(ask_slot(subject, question.slots[i], facts.slots[i]));
    if (question.ed25519) tasks.spawn(ask_slot(subject, *question.ed25519, facts.ed25519.emplace()));
    tasks.spawn(ask_dmarc(subject, facts.dmarc));
    if (!question.verdict_only) {
        tasks.spawn(ask_mx(subject, facts.mx));
        tasks.spawn(ask_zone(subject, facts.zone));
        tasks.spawn(ask_remarks(subject, facts));
        // Reserved: a task keeps a reference to its element, and a growing vector would move it.
        facts.sources.reserve(question.source_addresses.size());
        for (const auto& address : question.source_addresses) {
            facts.sources.push_back({address, {}, {}});
            tasks.spawn(ask_source(subject, facts.sources.back()));
        }
        if (!question.helo.empty()) tasks.spawn(ask_host(resolver, question.helo, facts.helo.emplace()));
    }
    co_await tasks.wait();
    if (failure) std::rethrow_exception(failure);
    co_return facts;
}

}  // namespace ilbud
