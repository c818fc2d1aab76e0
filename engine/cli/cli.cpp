// The command line is declared below cli/declare, so that --help is written with one voice, while each command
// lives in its own source and sees checked values only. CLI11 binds options to variables by reference; all of
// them stand in one Options object, which outlives the parsing. Callbacks run inside parse(), so a command's
// exception passes through CLI11 before it is caught below.
#include "cli/cli.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cli/declare/declare.hpp"
#include "cli/output.hpp"
#include "ilbud/base/log.hpp"

namespace ilbud {
namespace {

// Set but empty counts as given: a wrong path is told, and silently reading another file would be worse.
std::string default_config() {
    const char* given = std::getenv("ILBUD_CONFIG");
    return given != nullptr ? given : usual_config;
}

// CLI11 only says that a command is missing, whatever stands in its place. Empty: each word names one.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
    const auto* at = &app;
    for (int i = 1; i < argc && at->get_require_subcommand_min() > 0 && *argv[i] != '-'; ++i) {
        const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
        const auto found =
            std::ranges::find_if(commands, [word = argv[i]](const CLI::App* command) { return command->check_name(word); });
        if (found == commands.end()) {
            const auto place = at == &app ? "ilbud" : "ilbud " + at->get_name();
            return "no command is called \"" + on_one_line(argv[i]) + "\"; `" + place + " --help` lists them";
        }
        at = *found;
    }
    return {};
}

// CLI11's own complaints are wrong use (2) but for --help and --version, which are
// success; whatever a command throws is a failure of our world (1). A command's own status goes out as it is.
int run_command(int argc, char** argv) {
    CLI::App app{"Ilbud: transactional email for subscription businesses"};
    app.set_version_flag("--version", ILBUD_VERSION);
    app.require_subcommand(1);
    Options options;
    options.common.config = default_config();
    int status = 0;
    add_running(app, options, status);
    add_looking(app, options, status);
    add_replay(app, options, status);
    add_reply(app, options, status);
    add_writing(app, options, status);
    add_keys(app, options, status);
    add_preview(app, options, status);
    add_domain(app, options, status);
    add_events(app, options, status);
    // The callbacks run in here, so parsing and doing have one catch each.
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const auto unknown = unknown_command(app, argc, argv);
        if (unknown.empty()) return app.exit(error) == 0 ? 0 : 2;
        print_error(unknown);
        return 2;
    } catch (const std::exception& error) {
        print_error(error.what());
        return 1;
    }
    return status;
}

}  // namespace

// The one entry for all of it. What was to be read and was not written, on a full disk for example, is a failure.
int run_command_line(int argc, char** argv) {
    const int status = run_command(argc, argv);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    print_error(std::string("standard output: ") + std::strerror(errno));
    return status == 0 ? 1 : status;
}

}  // namespace ilbud
