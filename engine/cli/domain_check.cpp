// `ilbud domain check`: the DNS of one domain, or of all that mail is sent from.
#include <unistd.h>

#include <boost/asio/ip/host_name.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "cli/commands.hpp"
#include "cli/dns_choice.hpp"
#include "cli/output.hpp"
#include "ilbud/base/address.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/check/domain_text.hpp"
#include "ilbud/dns/unbound_resolver.hpp"
#include "ilbud/keys/stored_keys.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {
namespace {

// By verdict. 1 and 2 are taken: nothing could be checked, wrong usage.
int exit_status(DomainVerdict verdict) {
    switch (verdict) {
        case DomainVerdict::complete:
            return 0;
        case DomainVerdict::signing:
            return 3;
        case DomainVerdict::sendable:
            return 4;
        case DomainVerdict::blocked:
            return 5;
        case DomainVerdict::unknown:
            break;
    }
    return 6;
}

// From best to worst; what is not known may be as bad as anything but is no finding.
int badness(DomainVerdict verdict) {
    static constexpr std::array order{DomainVerdict::complete, DomainVerdict::signing, DomainVerdict::sendable,
                                      DomainVerdict::unknown, DomainVerdict::blocked};
    return static_cast<int>(std::find(order.begin(), order.end(), verdict) - order.begin());
}

// What all checks share. One io_context, one thread.
struct Round {
    Resolver& resolver;
    const Settings& settings;
    const KeysInForce* keys;  // null: they could not be read
    const std::vector<std::string>& domains;
    std::vector<std::optional<DomainReport>> reports;
    std::size_t next = 0;  // the domain that nobody has taken yet
    std::function<void()> on_report;
};

DomainQuestion question_for(const Round& round, const std::string& domain) {
    auto question = domain_question(round.settings, domain);
    if (question.helo.empty()) {
        boost::system::error_code nameless;
        question.helo = asio::ip::host_name(nameless);
    }
    if (round.keys == nullptr) return question;
    for (std::size_t i = 0; i < question.slots.size(); ++i) {
        question.slots[i].active = static_cast<int>(i) == round.keys->preferred;
        if (const auto& key = round.keys->slots[i]) question.slots[i].record = key->dns_record();
    }
    if (question.ed25519 && round.keys->ed25519) question.ed25519->record = round.keys->ed25519->dns_record();
    return question;
}

// Takes one domain after the other; several of these run side by side, so that a slow zone holds up nobody.
Task<void> check_some(Round& round) {
    while (round.next < round.domains.size()) {
        const auto at = round.next++;
        const auto question = question_for(round, round.domains[at]);
        round.reports[at] = co_await check_domain(round.resolver, question);
        round.on_report();
    }
}

Task<void> check_all(Round& round, std::size_t at_once) {
    std::exception_ptr failure;
    const auto executor = co_await asio::this_coro::executor;
    auto& context = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
    TaskGroup tasks(context, [&failure](std::exception_ptr error) { failure = error; });
    for (std::size_t i = 0; i < std::min(at_once, round.domains.size()); ++i) tasks.spawn(check_some(round));
    co_await tasks.wait();
    if (failure) std::rethrow_exception(failure);
}

void run(asio::io_context& context, Round& round) {
    std::exception_ptr failure;
    asio::co_spawn(context, check_all(round, round.settings.platform.dns.checks_at_once),
                   [&](std::exception_ptr thrown) { failure = thrown; });
    context.run();
    if (failure) std::rethrow_exception(failure);
}

// A domain in its line of the overview of --all.
std::vector<std::string> overview_row(const DomainReport& report) {
    std::size_t faults = 0;
    std::size_t warnings = 0;
    std::string first;
    for (const auto& finding : report.findings) {
        faults += finding.severity == Severity::fault ? 1 : 0;
        warnings += finding.severity == Severity::warning ? 1 : 0;
        const bool tells = finding.severity == Severity::fault ||
                           (report.verdict == DomainVerdict::unknown && finding.severity == Severity::unknown) ||
                           finding.severity == Severity::warning;
        if (tells && first.empty()) first = to_word(finding.code);
    }
    return {report.domain, std::string(to_word(report.verdict)), std::to_string(faults), std::to_string(warnings), first};
}

std::string overview(const Round& round) {
    Table table({"domain", "verdict", "faults", "warnings", "first finding"});
    table.right_align(2);
    table.right_align(3);
    for (const auto& report : round.reports) table.add(overview_row(*report));
    return table.text();
}

// Prints the reports whose turn it is, as soon as all before them are there.
void print_ready(const Round& round, std::size_t& printed, Locale language) {
    for (; printed < round.reports.size() && round.reports[printed]; ++printed) {
        print(printed == 0 ? "" : ",\n");
        print(domain_json(*round.reports[printed], language));
    }
}

int check_many(asio::io_context& context, Round& round, bool json, Locale language) {
    std::size_t printed = 0;
    std::size_t done = 0;
    const bool watched = !json && ::isatty(STDERR_FILENO) != 0;
    const auto count = [&] {
        std::fprintf(stderr, "\rchecked %s of %s", with_commas(++done).c_str(), with_commas(round.domains.size()).c_str());
    };
    if (json) {
        print("{\"domains\":[\n");
        round.on_report = [&] { print_ready(round, printed, language); };
    } else if (watched) {
        round.on_report = count;
    }
    run(context, round);
    if (watched) std::fputs("\r\x1b[K", stderr);
    auto worst = DomainVerdict::complete;
    std::array<std::size_t, words<DomainVerdict>.size()> counts{};
    for (const auto& report : round.reports) {
        ++counts[static_cast<std::size_t>(report->verdict)];
        if (badness(report->verdict) > badness(worst)) worst = report->verdict;
    }
    if (!json) {
        print(overview(round));
        print("\n`ilbud domain check DOMAIN` tells what to publish, as a text that can be mailed.\n");
        return exit_status(worst);
    }
    std::string summary;
    JsonWriter writer(summary);
    writer.begin_object().field("worst", to_word(worst));
    for (std::size_t i = 0; i < counts.size(); ++i) writer.field(words<DomainVerdict>[i], counts[i]);
    writer.end_object();
    print("],\n\"summary\":" + summary + "}\n");
    return exit_status(worst);
}

Result<std::vector<std::string>> chosen_domains(const DomainCheckOptions& options, const Settings& settings) {
    if (options.all) {
        auto all = sending_domains(settings);
        if (all.empty()) return Error{"no_domains", "", "the settings name no domain that mail is sent from"};
        return all;
    }
    auto domain = parse_domain(options.domain);
    if (!domain) return Error{domain.error().code, options.domain, domain.error().detail};
    return std::vector<std::string>{*std::move(domain)};
}

}  // namespace

int domain_check_command(const CommonOptions& common, const DomainOptions& options, const DomainCheckOptions& check) {
    auto settings = load_settings(common.config);
    if (!settings) return refuse(settings.error(), common.json);
    auto dns = choose_dns(common, options.resolver);
    if (!dns) return refuse({dns.error()}, common.json);
    dns->deadline = std::min(dns->deadline, dns->check_deadline / 2);
    settings->platform.dns = *dns;
    const auto domains = chosen_domains(check, *settings);
    if (!domains) return refuse({domains.error()}, common.json);
    const auto keys = stored_keys(*settings);
    if (!keys)
        print_error("the keys cannot be read, so published keys are not compared with ours: " +
                    on_one_line(to_text(keys.error())));
    asio::io_context context(1);
    auto resolver = open_unbound_resolver(context, *dns);
    if (!resolver) return refuse({resolver.error()}, common.json);
    Round round{**resolver, *settings, keys ? &*keys : nullptr, *domains, {}, 0, [] {}};
    round.reports.resize(domains->size());
    const auto language = from_word<Locale>(check.language).value_or(Locale::en);
    if (check.all) return check_many(context, round, common.json, language);
    run(context, round);
    const auto& report = *round.reports.front();
    print(common.json ? domain_json(report, language) + "\n" : domain_text(report, language));
    return exit_status(report.verdict);
}

}  // namespace ilbud
