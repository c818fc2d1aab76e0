// The daemon's answers are read with simdjson's DOM and shown member by member, so a newer daemon may say more
// than this program knows without breaking it. With --json the answer is passed on as it came: whoever reads it
// by program shall not depend on what this version understands. --control wins over the settings, so that a
// daemon can be asked whose settings are just being mended.
#include "cli/ask.hpp"

#include "cli/control_client.hpp"
#include "cli/found_platform.hpp"
#include "cli/output.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;

// Prints {"error":…} or {"errors":[…]} as errors; whether there were any.
// Both shapes occur: one error of a command, or all findings of a reload. A refusal is an answer, so the exit
// status is 1 and not 2, and with --json it goes to standard output like any other answer.
bool print_refusal(const element& answer, const std::string& raw, bool json) {
    std::vector<Error> errors;
    const auto read = [&](const element& error) {
        Error one;
        // A member that is missing stays empty: older daemons may know no place.
        for (const auto& [name, target] :
             {std::pair<const char*, std::string*>{"code", &one.code}, {"place", &one.place}, {"detail", &one.detail}}) {
            element value;
            if (error[name].get(value) == simdjson::SUCCESS) *target = text_of(value);
        }
        errors.push_back(std::move(one));
    };
    element single;
    if (answer["error"].get(single) == simdjson::SUCCESS) read(single);
    simdjson::dom::array many;
    if (answer["errors"].get(many) == simdjson::SUCCESS)
        for (const element error : many) read(error);
    if (errors.empty()) return false;
    if (json)
        print(raw + "\n");
    else
        print_errors(errors, false);
    return true;
}

}  // namespace

Result<std::string> ask(const CommonOptions& common, const ReloadOptions& options, const std::string& line, Duration deadline) {
    if (!options.control.empty()) return ask_daemon(options.control, line, deadline);
    // To know a socket's path the rest of the settings need not be in order.
    const auto found = found_platform(common);
    if (!found) return found.error();
    if (const auto its = is_its_daemon(common, *found); !its) return its.error();
    return ask_daemon(found->platform.intake.control, line, deadline);
}

// Numbers and truth values come out as JSON spells them, which is what tables want as well.
std::string text_of(const element& value) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) return std::string(text);
    return simdjson::minify(value);
}

// Elements point into the parser, which ends here: `show` may keep texts, never elements.
int ask_and_show(const CommonOptions& common, const ReloadOptions& options, const std::string& line,
                 const std::function<void(const element&)>& show, Duration deadline) {
    const auto answer = ask(common, options, line, deadline);
    if (!answer) return refuse({answer.error()}, common.json);
    simdjson::dom::parser parser;
    element parsed;
    if (parser.parse(*answer).get(parsed) != simdjson::SUCCESS) {
        print_error("the daemon's answer cannot be read: " + on_one_line(*answer));
        return 1;
    }
    if (print_refusal(parsed, *answer, common.json)) return 1;
    if (common.json)
        print(*answer + "\n");
    else
        show(parsed);
    return 0;
}

}  // namespace ilbud
