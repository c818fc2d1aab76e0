// How the platform sends, as the settings tell it.
// A check asks whether a domain's DNS agrees with it, and this file is the one place where both meet. A relay's
// source address is where our own machine dials from; receivers see it only when no other relay stands between,
// which is why addresses of private networks are left out and the platform may name others.
#include <algorithm>

#include "ilbud/base/address.hpp"
#include "ilbud/check/domain_check.hpp"
#include "ilbud/dns/ip_address.hpp"

namespace ilbud {
namespace {

// The addresses that R26 is about, each once, in order.
std::vector<std::string> sending_addresses(const Settings& settings) {
    std::vector<std::string> all;
    for (const auto& [id, unit] : settings.units) {
        all.push_back(unit.invoice_email);
        all.push_back(settings.customer_service_of(unit).support_email);
    }
    // Sorted to find doubles, and so that a report does not change its order with the settings files' order.
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    // A customer service without a support address, or a unit without an invoice address, gives an empty one.
    std::erase(all, std::string());
    return all;
}

// An address that only our own network sees tells receivers nothing.
// By RFC: 1122 §3.2.1.3 (0/8, 127/8), 1918 §3 (10/8, 172.16/12, 192.168/16), 6598 (100.64/10), 3927
// (169.254/16), 4291 §2.5 (::, ::1, fe80::/10), 4193 §3 (fc00::/7). The text is a setting and may be empty or a
// name; then it tells receivers nothing either.
bool seen_outside(const std::string& text) {
    static const std::pair<IpAddress, int> own[] = {{*parse_ip_address("0.0.0.0"), 8},      {*parse_ip_address("10.0.0.0"), 8},
                                                    {*parse_ip_address("100.64.0.0"), 10},  {*parse_ip_address("127.0.0.0"), 8},
                                                    {*parse_ip_address("169.254.0.0"), 16}, {*parse_ip_address("172.16.0.0"), 12},
                                                    {*parse_ip_address("192.168.0.0"), 16}, {*parse_ip_address("::"), 127},
                                                    {*parse_ip_address("fc00::"), 7},       {*parse_ip_address("fe80::"), 10}};
    const auto address = parse_ip_address(text);
    return address &&
           std::none_of(std::begin(own), std::end(own), [&](const auto& net) { return address->is_in(net.first, net.second); });
}

}  // namespace

// From both addresses although one mail has one From: a unit's invoices and its customer service's mails leave
// by different domains, and each needs its own records.
std::vector<std::string> sending_domains(const Settings& settings) {
    std::vector<std::string> all;
    for (const auto& address : sending_addresses(settings)) all.emplace_back(domain_of(address));
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

DomainQuestion domain_question(const Settings& settings, std::string domain) {
    const auto& platform = settings.platform;
    DomainQuestion question;
    for (const auto& address : sending_addresses(settings))
        if (domain_of(address) == domain) question.from.push_back(address);
    question.domain = std::move(domain);
    question.spf_includes = platform.spf_includes;
    // The key record is left empty: keys are no settings. The caller adds it where it
    // has the key, else any usable key will do.
    const auto slot_of = [](const DkimSelector& selector) { return DkimSlot{selector.name, selector.target, {}, false}; };
    for (std::size_t i = 0; i < question.slots.size(); ++i) {
        question.slots[i] = slot_of(platform.dkim.selectors[i]);
        question.slots[i].active = static_cast<int>(i) == platform.dkim.active;
    }
    if (platform.dkim.ed25519) {
        question.ed25519 = slot_of(*platform.dkim.ed25519);
        // It has no partner slot, so it is always the active one.
        question.ed25519->active = true;
    }
    // The platform's list comes first, and an address that a relay repeats is asked about once.
    auto& sources = question.source_addresses;
    sources = platform.source_addresses;
    for (const auto& relay : platform.delivery.relays) {
        const auto& address = relay.source_address;
        if (seen_outside(address) && std::find(sources.begin(), sources.end(), address) == sources.end())
            sources.push_back(address);
    }
    question.helo = platform.delivery.helo_name;
    if (platform.domains.unsigned_mail == UnsignedMail::platform) question.platform_domain = platform.dkim.platform_domain;
    // One relay with TLS is enough: the question is whether we can encrypt where a receiver
    // offers it. Without any relay the answer is no.
    const auto& relays = platform.delivery.relays;
    question.tls = std::any_of(relays.begin(), relays.end(), [](const Relay& relay) { return relay.tls != TlsPolicy::none; });
    // BoundedResolver begins no query later than time_max less query_max, so a query_max as
    // long as the whole check would refuse them all.
    question.limits.time_max = platform.dns.check_deadline;
    question.limits.query_max =
        std::min(platform.dns.deadline, platform.dns.check_deadline / 2);  // else no question would be in time
    question.limits.queries_max = platform.dns.check_questions_max;
    return question;
}

}  // namespace ilbud
