// `ilbud domain check`: the DNS of one domain, or of all that mail is sent from.
// One resolver and one thread for all domains: the checks wait for the DNS nearly all the time, so a
// number of them side by side is a matter of memory, not of cores. Reports are kept by the domain's
// place and printed in that order, whichever ends first.
#include <unistd.h>

#include <boost/asio/ip/host_name.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "cli/commands.hpp"
#include "cli/dns_choice.hpp"
#include "cli/output.hpp"
#include "cli/secret_needs.hpp"
#include "ilbud/base/address.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/check/domain_text.hpp"
#include "ilbud/keys/stored_keys.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {
namespace {

// By verdict. 1 and 2 are taken: nothing could be checked, wrong usage.
// From 3 on, so that a script can tell "DMARC is missing" from "the command failed".
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
// For the worst of several, "unknown" ranks below "blocked": a domain that is known to fail
// must not hide behind one that could not be asked.
int badness(DomainVerdict verdict) {
    static constexpr std::array order{DomainVerdict::complete, DomainVerdict::signing, DomainVerdict::sendable,
                                      DomainVerdict::unknown, DomainVerdict::blocked};
    return static_cast<int>(std::find(order.begin(), order.end(), verdict) - order.begin());
}

// What all checks share. One io_context, one thread.
// Lives in domain_check_command until all coroutines have ended; they share it without locks,
// since between two waits only one of them runs.
struct Round {
    Resolver& resolver;
    const Settings& settings;
    const KeysInForce* keys;  // null: they could not be read
    const std::vector<std::string>& domains;
    std::vector<std::optional<DomainReport>> reports;
    std::vector<CheckNote> notes;  // on every report
    std::size_t next = 0;          // the domain that nobody has taken yet
    std::function<void()> on_report;
};

// The settings say how we send, the machine what it is called, the shelf which
// keys sign: three sources of one question.
DomainQuestion question_for(const Round& round, const std::string& domain) {
    auto question = domain_question(round.settings, domain);
    // Without a configured EHLO name the machine's own is taken, as the best guess at what receivers see.
    if (question.helo.empty()) {
        boost::system::error_code nameless;
        question.helo = asio::ip::host_name(nameless);
    }
    // Without our keys the check still says whether a usable key stands there.
    if (round.keys == nullptr) return question;
    for (std::size_t i = 0; i < question.slots.size(); ++i) {
        // The shelf knows which slot is preferred now; the settings only which one was to begin with.
        question.slots[i].active = static_cast<int>(i) == round.keys->preferred;
        if (const auto& key = round.keys->slots[i]) question.slots[i].record = key->dns_record();
    }
    if (question.ed25519 && round.keys->ed25519) question.ed25519->record = round.keys->ed25519->dns_record();
    return question;
}

// Takes one domain after the other; several of these run side by side, so that a slow zone holds up nobody.
// Taking the next domain and counting on happens without a wait in
// between, so no two of them take the same one.
Task<void> check_some(Round& round) {
    while (round.next < round.domains.size()) {
        const auto at = round.next++;
        const auto question = question_for(round, round.domains[at]);
        auto report = co_await check_domain(round.resolver, question);
        report.notes = round.notes;
        round.reports[at] = std::move(report);
        round.on_report();
    }
}

// No more tasks than domains. The first exception is kept until all have ended;
// each task holds a reference to the round.
Task<void> check_all(Round& round, std::size_t at_once) {
    std::exception_ptr failure;
    const auto executor = co_await asio::this_coro::executor;
    auto& context = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
    TaskGroup tasks(context, [&failure](std::exception_ptr error) { failure = error; });
    for (std::size_t i = 0; i < std::min(at_once, round.domains.size()); ++i) tasks.spawn(check_some(round));
    co_await tasks.wait();
    if (failure) std::rethrow_exception(failure);
}

// The context returns when the last coroutine is done; unbound's own thread is the resolver's affair.
void run(asio::io_context& context, Round& round) {
    std::exception_ptr failure;
    asio::co_spawn(context, check_all(round, round.settings.platform.dns.checks_at_once),
                   [&](std::exception_ptr thrown) { failure = thrown; });
    context.run();
    if (failure) std::rethrow_exception(failure);
}

// A domain in its line of the overview of --all.
// The first fault or warning in the report's order, SPF before DKIM before
// DMARC; of an unknown domain also what failed.
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
// A slow domain holds up the output of those behind it, but not their checks.
void print_ready(const Round& round, std::size_t& printed, Locale language) {
    for (; printed < round.reports.size() && round.reports[printed]; ++printed) {
        print(printed == 0 ? "" : ",\n");
        print(domain_json(*round.reports[printed], language));
    }
}

// JSON is written as it comes, so that a reader of thousands of domains can begin
// early; the table needs all widths first.
int check_many(asio::io_context& context, Round& round, bool json, Locale language) {
    std::size_t printed = 0;
    std::size_t done = 0;
    // Progress goes to standard error, and only to a terminal, so that neither a file nor a pipe ever holds it.
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
    // Wipes the progress line before the table comes.
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
    // The summary comes last, when it is known; JSON lets members stand in any order.
    JsonWriter writer(summary);
    writer.begin_object().field("worst", to_word(worst));
    for (std::size_t i = 0; i < counts.size(); ++i) writer.field(words<DomainVerdict>[i], counts[i]);
    writer.end_object();
    print("],\n\"summary\":" + summary + "}\n");
    return exit_status(worst);
}

// A domain that was typed is checked and brought into the form that a check wants (lower-case A-labels).
Result<std::vector<std::string>> chosen_domains(const DomainCheckOptions& options, const Settings& settings) {
    if (options.all) {
        auto all = sending_domains(settings);
        if (all.empty()) return Error{"no_domains", "", "the settings name no domain that mail is sent from"};
        return all;
    }
    auto domain = parse_dns_domain(options.domain);
    if (!domain) return Error{domain.error().code, options.domain, domain.error().detail};
    return std::vector<std::string>{*std::move(domain)};
}

}  // namespace

// Nothing is asked before everything that could be wrong at home has been read.
int domain_check_command(const CommonOptions& common, const DomainOptions& options, const DomainCheckOptions& check) {
    auto settings = load_settings(common.config, secret_need("domain check").files);
    if (!settings) return refuse(settings.error(), common.json);
    auto dns = choose_dns(common, options.resolver);
    if (!dns) return refuse({dns.error()}, common.json);
    // One question may take half of a check at most, so that a silent server leaves time for others; the same
    // bound as in domain_question, but for the resolver itself.
    dns->deadline = std::min(dns->deadline, dns->check_deadline / 2);
    settings->platform.dns = *dns;
    const auto domains = chosen_domains(check, *settings);
    if (!domains) return refuse({domains.error()}, common.json);
    // Keys that cannot be read (no permission, a queue that is not there yet)
    // make the check poorer, not impossible.
    const auto keys = stored_keys(*settings);
    std::vector<CheckNote> notes;
    if (!keys) {
        notes.push_back({"keys_unread", "the keys cannot be read, so published keys are not compared with ours: " +
                                            on_one_line(to_text(keys.error()))});
        print_error(notes.back().text);
    }
    asio::io_context context(1);
    std::string not_validated;
    auto resolver = open_chosen_resolver(context, *dns, options.resolver, &not_validated);
    if (!resolver) return refuse({resolver.error()}, common.json);
    if (!not_validated.empty()) notes.push_back({"not_validated", not_validated});
    Round round{**resolver, *settings, keys ? &*keys : nullptr, *domains, {}, std::move(notes), 0, [] {}};
    round.reports.resize(domains->size());
    const auto language = from_word<Locale>(check.language).value_or(Locale::en);
    if (check.all) return check_many(context, round, common.json, language);
    run(context, round);
    const auto& report = *round.reports.front();
    print(common.json ? domain_json(report, language) + "\n" : domain_text(report, language));
    return exit_status(report.verdict);
}

}  // namespace ilbud
