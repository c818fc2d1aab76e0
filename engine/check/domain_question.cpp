// How the platform sends, as the settings tell it.
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
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::erase(all, std::string());
    return all;
}

// An address that only our own network sees tells receivers nothing.
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
    const auto slot_of = [](const DkimSelector& selector) { return DkimSlot{selector.name, selector.target, {}, false}; };
    for (std::size_t i = 0; i < question.slots.size(); ++i) {
        question.slots[i] = slot_of(platform.dkim.selectors[i]);
        question.slots[i].active = static_cast<int>(i) == platform.dkim.active;
    }
    if (platform.dkim.ed25519) {
        question.ed25519 = slot_of(*platform.dkim.ed25519);
        question.ed25519->active = true;
    }
    auto& sources = question.source_addresses;
    sources = platform.source_addresses;
    for (const auto& relay : platform.delivery.relays) {
        const auto& address = relay.source_address;
        if (seen_outside(address) && std::find(sources.begin(), sources.end(), address) == sources.end())
            sources.push_back(address);
    }
    question.helo = platform.delivery.helo_name;
    const auto& relays = platform.delivery.relays;
    question.tls = std::any_of(relays.begin(), relays.end(), [](const Relay& relay) { return relay.tls != TlsPolicy::none; });
    question.limits.time_max = platform.dns.check_deadline;
    question.limits.query_max =
        std::min(platform.dns.deadline, platform.dns.check_deadline / 2);  // else no question would be in time
    question.limits.queries_max = platform.dns.check_questions_max;
    return question;
}

}  // namespace ilbud
