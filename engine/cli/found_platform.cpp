// A daemon goes on while its settings are being mended, and whoever mends them asks it things. What cannot be read has its default,
// and at the default place there may be another daemon: it is asked whose it is before it is told to do anything.
#include "cli/found_platform.hpp"

#include <simdjson.h>

#include "cli/control_client.hpp"
#include "cli/output.hpp"

namespace ilbud {

Result<FoundPlatform> found_platform(const CommonOptions& common) {
    static bool told = false;
    auto found = find_platform_past_errors(common.config);
    if (found && found->wrong && !told) {
        print_error(to_text(*found->wrong) + "; this command goes by the rest of the file");
        told = true;
    }
    return found;
}

Result<void> is_its_daemon(const CommonOptions& common, const FoundPlatform& found) {
    if (!found.wrong) return {};
    const auto& socket = found.platform.intake.control;
    const auto answer = ask_daemon(socket, R"({"command":"status"})", std::chrono::seconds(60));
    if (!answer) return answer.error();
    simdjson::dom::parser parser;
    std::string_view file;
    if (parser.parse(*answer)["settings_file"].get(file) != simdjson::SUCCESS) file = {};
    std::error_code unreachable;  // a file that is not there is another one
    if (std::filesystem::equivalent(std::filesystem::path(file), common.config, unreachable)) return {};
    return Error{"other_daemon", socket.string(),
                 "the daemon there goes by " + std::string(file) + "; mend the file first, or name the socket with --control"};
}

}  // namespace ilbud
