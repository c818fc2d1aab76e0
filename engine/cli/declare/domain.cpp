#include "cli/declare/values.hpp"
#include "ilbud/dns/ip_address.hpp"

namespace ilbud {
namespace {

// The parser of the DNS room, so that what is accepted here is what it can ask about.
const CLI::Validator is_ip(
    [](std::string& text) { return parse_ip_address(text) ? std::string() : "expected an IP address, found " + text; }, "");

// As addresses stand in an envelope, RFC 5321 §4.1.2: <anna@example.com>, and <> for none.
const CLI::Validator without_brackets(
    [](std::string& text) {
        if (text.size() >= 2 && text.front() == '<' && text.back() == '>') text = text.substr(1, text.size() - 2);
        return std::string(text.find_first_of("<> ") == std::string::npos ? "" : "expected an address, found " + text);
    },
    "");

}  // namespace

// --resolver belongs to the two commands that ask the DNS themselves; list and
// watch speak of what the daemon has seen.
void add_domain(CLI::App& app, Options& options, int& status) {
    auto* domain = app.add_subcommand("domain", "what the DNS says about the domains that mail is sent from");
    domain->require_subcommand(1);
    auto* list = domain->add_subcommand("list", "the watched domains: what signs their mail, since when, what is wrong");
    add_common(list, options);
    list->callback([&] { status = list_domains_command(options.common); });
    auto* watch = domain->add_subcommand("watch", "let the daemon look at a watched domain now, past every cache of ours");
    add_common(watch, options);
    watch->add_option("domain", options.watched, "the domain")->required();
    watch->callback([&] { status = look_at_domain_command(options.common, options.watched); });
    const auto common = [&](CLI::App* command) {
        add_common(command, options);
        command
            ->add_option("--resolver", options.domain.resolver,
                         "ask this DNS server alone (default: as [dns] of the settings says)")
            ->type_name("ADDRESS@PORT");
    };

    auto* spf = domain->add_subcommand(
        "spf", "the SPF result (RFC 7208) of one delivery: its word on the first line, then what led to it");
    common(spf);
    spf->add_option("--ip", options.spf.ip, "address that delivers")->required()->check(is_ip)->type_name("ADDRESS");
    spf->add_option("--from", options.spf.from, "envelope sender (MAIL FROM); without one the HELO name is checked")
        ->transform(without_brackets)
        ->type_name("ADDRESS");
    spf->add_option("--helo", options.spf.helo, "name in HELO or EHLO")->type_name("NAME");
    spf->footer("Exit status: 0 whatever the result is, temperror too; 1 if nothing could be asked; 2 if the command is wrong.");
    // RFC 7208 §2.4: with an empty MAIL FROM the HELO name is checked, so one of them has to be there.
    spf->callback([&] {
        if (options.spf.from.empty() && options.spf.helo.empty())
            throw CLI::ValidationError("domain spf", "--from or --helo is required");
        status = domain_spf_command(options.common, options.domain, options.spf);
    });

    auto* check =
        domain->add_subcommand("check", "whether mail from a domain arrives: SPF, DKIM, DMARC, and the records to publish");
    common(check);
    auto* name = check->add_option("domain", options.domain_check.domain, "the domain of a From address");
    auto* all = check->add_flag("--all", options.domain_check.all,
                                "an overview of every domain of the settings' invoice and support addresses");
    name->excludes(all);
    check
        ->add_option("--language", options.domain_check.language,
                     "of the text, which can be mailed to whoever keeps the customer's DNS")
        ->capture_default_str()
        ->check(CLI::IsMember(words_of<Locale>()));
    check->footer(
        "The exit status is that of the verdict, with --all of the worst:\n"
        "  0  complete  everything is in place\n"
        "  3  signed    DMARC is missing\n"
        "  4  sendable  mail is sent; what it is signed with (DKIM) is not fully in place\n"
        "  5  blocked   SPF does not name us: mail is treated as spam or refused\n"
        "  6  unknown   the DNS failed where it matters; nothing is to be changed because of it\n"
        "  1  nothing could be checked    2  wrong usage");
    check->callback([&, name, all] {
        if (name->count() == 0 && all->count() == 0) throw CLI::RequiredError("domain or --all");
        status = domain_check_command(options.common, options.domain, options.domain_check);
    });
}

}  // namespace ilbud
