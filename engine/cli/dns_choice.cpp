// `domain check` shall work on a machine without Ilbud's settings, so a missing file at the usual place is no
// error; one that was named by the user, or cannot be read, is.
#include "cli/dns_choice.hpp"

#include <boost/asio/co_spawn.hpp>

#include <fstream>
#include <optional>

#include "cli/output.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {
namespace {

// Below the anchors of other zones nothing of the root is needed.
bool names_the_root(const std::filesystem::path& anchor) {
    std::ifstream lines(anchor);
    for (std::string owner, line; lines >> owner; std::getline(lines, line))
        if (owner == ".") return true;
    return false;
}

Task<void> ask_for_root(asio::io_context& context, DnsSettings dns, std::optional<Result<bool>>& found) {
    found = co_await gives_root_keys(context, std::move(dns));
}

// Why answers cannot be validated with the settings' anchor; empty: they can.
// The server is asked once, and not by the first failure: a domain that is forged fails in nearly the same words.
Result<std::string> why_not_validated(asio::io_context& context, const DnsSettings& dns, const std::string& resolver) {
    std::error_code unreachable;  // is as good as absent
    if (!std::filesystem::is_regular_file(dns.trust_anchor, unreachable))
        return "the trust anchor " + dns.trust_anchor.string() + " is not there (Debian: dns-root-data)";
    if (resolver.empty() || !names_the_root(dns.trust_anchor)) return std::string();
    std::optional<Result<bool>> found;
    std::exception_ptr failure;
    asio::co_spawn(context, ask_for_root(context, dns, found), [&](std::exception_ptr thrown) { failure = thrown; });
    context.run();
    context.restart();
    if (failure) std::rethrow_exception(failure);
    if (!*found) return found->error();
    return **found ? std::string() : resolver + " does not give the signed keys of the root";
}

}  // namespace

Result<DnsSettings> choose_dns(const CommonOptions& common, const std::string& resolver) {
    DnsSettings dns;
    // An error of exists() (no permission, say) leaves the file "not absent", so
    // find_platform tells what is wrong with it.
    std::error_code unreachable;  // is told when it is read
    const bool absent = !std::filesystem::exists(common.config, unreachable) && !unreachable;
    if (!(absent && common.config == usual_config)) {
        auto platform = find_platform(common.config);
        if (platform) dns = std::move(platform->dns);
        // With --resolver the settings are only a source of time-outs and the anchor; without them the defaults do.
        else if (resolver.empty())
            return platform.error();
    }
    if (resolver.empty()) return dns;
    // Told at once and by the option's name, before anything is opened or asked.
    if (!is_dns_server(resolver))
        return Error{"invalid_resolver", "--resolver", "expected an IP address, or ADDRESS@PORT, found " + resolver};
    dns.servers = {resolver};
    return dns;
}

Result<std::unique_ptr<Resolver>> open_chosen_resolver(asio::io_context& context, DnsSettings dns, const std::string& resolver,
                                                       std::string* not_validated) {
    const auto note = [&](const std::string& why) {
        auto text = "answers of the DNS are not validated (DNSSEC), forged ones are not noticed: " + why;
        if (not_validated != nullptr) *not_validated = text;
        return text;
    };
    if (dns.trust_anchor.empty()) {  // nothing to complain of
        note("the settings name no trust anchor");
        return open_unbound_resolver(context, dns);
    }
    const auto why = why_not_validated(context, dns, resolver);
    if (!why) return why.error();
    if (!why->empty()) {
        print_error(note(*why));
        dns.trust_anchor.clear();
    }
    return open_unbound_resolver(context, dns);
}

}  // namespace ilbud
