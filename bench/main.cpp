// What may be combined is said by CLI11's excludes and needs where it can be, so that a wrong
// command fails before anything starts: a run may take an hour. Empty descriptions of ranges
// keep the help short; CLI11 would print each of them.
#include <CLI/CLI.hpp>

#include <array>
#include <fstream>
#include <optional>

#include "child.hpp"
#include "cli/output.hpp"
#include "compare.hpp"
#include "crowd.hpp"
#include "ilbud/settings/settings.hpp"
#include "report.hpp"
#include "run.hpp"
#include "settings_text.hpp"
#include "stages.hpp"

namespace ilbud::bench {
namespace {

namespace fs = std::filesystem;

/// Beside this program, and what lies beside the build folder, if the user does not say otherwise.
// /proc/self/exe rather than argv[0], which a shell may have shortened.
fs::path own_folder() {
    return fs::read_symlink("/proc/self/exe").parent_path();
}

struct Output {
    fs::path json, html;
};

// CLI11 keeps references to these.
struct Options {
    RunOptions run;
    StagesOptions stages;
    CompareOptions compare;
    CrowdOptions crowd;
    Output output;
    fs::path program = own_folder() / "ilbud";
    // Two folders up: the build lies in build/<name> of the source tree.
    fs::path templates = own_folder().parent_path().parent_path() / "templates";
    std::string mix = mix_text(usual_mix), burst, log_level = "info", latency = "0s";
    std::uint64_t seed = 1;
};

void add_programs(CLI::App* command, Options& options) {
    command->add_option("--program", options.program, "the ilbud to measure")->type_name("FILE");
    command->add_option("--templates", options.templates, "folder of templates")->type_name("DIR");
}

struct LoadOptions {
    CLI::Option *tls, *latency;
};

// What `run` and `compare` put on a daemon.
// Shared, so that a comparison puts the very load on both builds that a single run would.
LoadOptions add_load(CLI::App* command, Options& options) {
    auto& run = options.run;
    command->add_option("--mails,-n", run.mails, "events, each of which makes one mail")
        ->capture_default_str()
        // 50 million: see parse_burst.
        ->check(CLI::Range(1, 50'000'000).description(""))
        ->type_name("N");
    command->add_option("--connections", run.connections, "connections to the sink")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000).description(""))
        ->type_name("N");
    command->add_option("--lanes", run.lanes, "the daemon's lanes (0: one a core)")
        ->capture_default_str()
        ->check(CLI::Range(0, 256).description(""))
        ->type_name("N");
    auto* latency = command
                        ->add_option("--sink-latency", options.latency,
                                     "how long the built-in sink waits before it answers a final dot, such as 100ms")
                        ->capture_default_str();
    auto* tls = command->add_flag(
        "--tls", run.tls, "STARTTLS to the built-in sink, with a certificate made for the run, which the daemon verifies");
    command->add_option("--mix", options.mix, "how often each kind occurs")->capture_default_str()->type_name("KIND=WEIGHT,...");
    command->add_option("--warmup", run.warmup, "mails before the measured ones")
        ->capture_default_str()
        ->check(CLI::Range(0, 1'000'000).description(""))
        ->type_name("N");
    return {tls, latency};
}

// Options exclude each other where they would contradict: a sink that runs already knows no
// latency of ours, a running daemon no settings of ours.
void add_run(CLI::App& app, Options& options) {
    auto& run = options.run;
    auto* command =
        app.add_subcommand("run", "feed events to a daemon, deliver to a sink, and check that every mail arrived exactly once");
    const auto [tls, latency] = add_load(command, options);
    auto* rate = command
                     ->add_option("--rate", run.rate,
                                  "events a second, evenly paced; for latency (0: as fast as they go; beside a burst: 100)")
                     ->capture_default_str()
                     ->check(CLI::Range(0.0, 1e6).description(""))
                     ->type_name("N");
    auto* sink =
        command
            ->add_option("--sink", run.sink, "a sink that runs already, instead of the built-in one; an IPv6 address in brackets")
            ->type_name("HOST:PORT");
    auto* smtp_sink =
        command->add_flag("--smtp-sink", run.smtp_sink, "start Postfix's smtp-sink instead of the built-in sink")->excludes(sink);
    tls->excludes(sink)->excludes(smtp_sink);
    auto* backlog = command
                        ->add_option("--backlog", run.backlog,
                                     "queue so many first while the relay is away, start again, deliver (instead of --mails)")
                        ->type_name("N")
                        ->check(CLI::Range(1, 50'000'000).description(""))
                        ->excludes(sink)
                        ->excludes(smtp_sink);
    auto* units =
        command->add_option("--units", run.units, "business units; above 1 the first one bursts and the others are timed")
            ->capture_default_str()
            ->check(CLI::Range(1, 1000).description(""))
            ->type_name("N");
    auto* burst =
        command
            ->add_option("--burst", options.burst,
                         "queue so many of a kind at once, and time confirmations (with --units: mail of the other units) "
                         "fed meanwhile")
            ->type_name("KIND:COUNT");
    // Latencies of single mails need the built-in sink, which alone tells when each came.
    for (auto* timed : {units, burst}) timed->excludes(backlog)->excludes(sink)->excludes(smtp_sink);
    rate->excludes(backlog);
    command->add_option("--seed", options.seed, "of the events' content (a running daemon: the time, else 1)");
    command->add_option("--log-level", options.log_level, "what the daemon logs")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    command->add_flag("--ed25519", run.ed25519, "a second signature beside the first");
    auto* config =
        command->add_option("--config", run.config, "settings file of a running daemon, to use it instead of starting one")
            ->type_name("FILE")
            ->check(CLI::ExistingFile);
    // A running daemon is taken as it is.
    for (auto* own : {sink, smtp_sink, tls, latency, backlog, units, burst}) config->excludes(own);
    latency->excludes(sink)->excludes(smtp_sink);
    command->footer(
        "Examples:\n"
        "  ilbud-bench run                                    20,000 mails as fast as they go\n"
        "  ilbud-bench run --mails 3000 --rate 100            latency while little happens\n"
        "  ilbud-bench run --burst invoice:100000             confirmations while invoices wait\n"
        "  ilbud-bench run --units 10 --burst invoice:100000  the other units meanwhile\n"
        "  ilbud-bench run --backlog 1000000                  from a full queue, after a start\n"
        "  ilbud-bench run --tls --report run.html            with TLS; charts in run.html");
    add_programs(command, options);
    command->add_option("--json", options.output.json, "write the figures there (-: to standard output, instead of the table)")
        ->type_name("FILE");
    command->add_option("--report", options.output.html, "write a page with charts there")->type_name("FILE.html");
}

// For a look at single stages; not a run, so it has no exactness to judge.
void add_stages(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("stages", "time every stage of a mail's trip, in microseconds and in RSA signatures");
    command->add_option("--filter", options.stages.filter, "only stages whose name this expression finds")->capture_default_str();
    command->add_option("--min-time", options.stages.seconds_min, "seconds that each is repeated at least")
        ->capture_default_str()
        ->check(CLI::Range(0.01, 60.0).description(""))
        ->type_name("N");
    command->add_option("--json", options.stages.json, "write the figures there (-: to standard output, instead of the table)")
        ->type_name("FILE");
    add_programs(command, options);
}

// --program is missing here: OLD and NEW are the programs.
void add_compare(CLI::App& app, Options& options) {
    auto& compare = options.compare;
    auto* command = app.add_subcommand("compare", "measure two builds side by side: paired runs in turn, and the ratio NEW/OLD");
    command->add_option("OLD", compare.before, "an ilbud")->required()->type_name("")->check(CLI::ExistingFile);
    command->add_option("NEW", compare.after, "another ilbud")->required()->type_name("")->check(CLI::ExistingFile);
    command->add_option("--pairs", compare.pairs, "pairs of runs")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000).description(""))
        ->type_name("N");
    add_load(command, options);
    command->add_option("--templates", options.templates, "folder of templates")->type_name("DIR");
    command->add_option("--old-templates", compare.before_templates, "OLD's, if it needs others")->type_name("DIR");
    command->add_option("--json", options.output.json, "write the figures there (-: to standard output, instead of the table)")
        ->type_name("FILE");
}

void add_crowd(CLI::App& app, Options& options) {
    auto& crowd = options.crowd;
    auto* command = app.add_subcommand(
        "crowd", "time the answers to an honest client while others crowd the event socket, silent or slow, and come back");
    const auto count = [&](const char* name, std::size_t& into, const char* what) {
        command->add_option(name, into, what)
            ->capture_default_str()
            ->check(CLI::Range(0, 100'000).description(""))
            ->type_name("N");
    };
    count("--tries", crowd.tries, "events of the honest client, each on a connection of its own, alone and in each crowd");
    count("--silent", crowd.silent, "clients that connect and say nothing");
    count("--slow", crowd.slow, "clients that send a byte a second, and come back at once when they are thrown out");
    command->add_flag("--eager", crowd.eager,
                      "slow clients come back as soon as they are told to go, before their connection ends");
    command->add_flag_callback(
        "--json", [&crowd] { crowd.json = "-"; }, "print the figures as JSON instead of the table");
    add_programs(command, options);
}

// 2 is wrong use, as with CLI11's own complaints.
int wrong_use(const std::string& text) {
    print_error(text);
    return 2;
}

// A short write is an error: a cut file of figures could pass for a whole one.
void write_to(const fs::path& path, const std::string& text) {
    if (path == "-") return print(text);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path.string());
}

// The texts of add_load's options as values, and whether the output can be written: now rather than after a long run.
std::optional<std::string> read_load(Options& options) {
    const auto mix = parse_mix(options.mix);
    if (!mix) return to_text(mix.error());
    const auto latency = parse_duration(options.latency);
    if (!latency) return "--sink-latency: expected a duration such as 100ms";
    options.run.mix = *mix;
    options.run.sink_latency = *latency;
    // Opened for appending, so that a file that is there keeps its content
    // until the run has something to write.
    for (const auto& path : {options.output.json, options.output.html})
        if (!path.empty() && path != "-" && !std::ofstream(path, std::ios::app)) return "cannot write " + path.string();
    return std::nullopt;
}

// A run that lost or doubled mails has measured something else: exit status 1.
int judged(bool exact) {
    if (exact) return 0;
    print_error("mails were lost or doubled");
    return 1;
}

// --seed is left unset unless typed: a running daemon must get a seed that it has not seen.
int run_command(Options& options, bool seeded) {
    auto& wanted = options.run;
    if (!options.burst.empty()) {
        const auto burst = parse_burst(options.burst);
        if (!burst) return wrong_use(to_text(burst.error()));
        wanted.burst = *burst;
    }
    if (const auto wrong = read_load(options)) return wrong_use(*wrong);
    wanted.log_level = *from_word<LogLevel>(options.log_level);
    if (seeded) wanted.seed = options.seed;
    // A daemon that runs already has its own.
    if (const auto wrong = missing_templates(options.templates); wrong && wanted.config.empty()) return wrong_use(*wrong);
    // Absolute, since the daemon is told of them in settings that lie in another folder.
    wanted.program = fs::absolute(options.program);
    wanted.templates = fs::absolute(options.templates);
    const auto report = run(wanted);
    if (options.output.json != "-") print(table_text(report));
    if (!options.output.json.empty()) write_to(options.output.json, json_text(report));
    if (!options.output.html.empty()) write_to(options.output.html, html_text(report));
    return judged(report.exact());
}

int compare_command(Options& options) {
    if (const auto wrong = read_load(options)) return wrong_use(*wrong);
    if (const auto wrong = missing_templates(options.templates)) return wrong_use(*wrong);
    auto& compare = options.compare;
    compare.run = options.run;
    compare.before = fs::absolute(compare.before);
    compare.after = fs::absolute(compare.after);
    compare.after_templates = fs::absolute(options.templates);
    compare.before_templates =
        compare.before_templates.empty() ? compare.after_templates : fs::absolute(compare.before_templates);
    const auto comparison = measure_pairs(compare);
    if (options.output.json != "-") print(comparison_table(comparison));
    if (!options.output.json.empty()) write_to(options.output.json, comparison_json(comparison));
    return judged(comparison.exact());
}

// Parsing first, then the signals: before a run Ctrl-C may simply end the program.
int main_of(int argc, char** argv) {
    CLI::App app(
        "Measures Ilbud. Exit status: 0 every mail arrived exactly once, 1 not so or it could not be measured, 2 wrong use.",
        "ilbud-bench");
    app.require_subcommand(1);
    Options options;
    add_run(app, options);
    add_stages(app, options);
    add_compare(app, options);
    add_crowd(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    watch_for_interrupts();
    try {
        if (app.got_subcommand("compare")) return compare_command(options);
        if (app.got_subcommand("run")) return run_command(options, app.get_subcommand("run")->count("--seed") > 0);
        if (const auto wrong = missing_templates(options.templates)) return wrong_use(*wrong);
        if (app.got_subcommand("crowd")) {
            options.crowd.program = fs::absolute(options.program);
            options.crowd.templates = fs::absolute(options.templates);
            return run_crowd(options.crowd);
        }
        options.stages.program = fs::absolute(options.program);
        options.stages.templates = fs::absolute(options.templates);
        return run_stages(options.stages);
    } catch (const std::exception& error) {
        print_error(error.what());
        return 1;
    }
}

}  // namespace
}  // namespace ilbud::bench

int main(int argc, char** argv) {
    return ilbud::bench::main_of(argc, argv);
}
