#include "cli/ask.hpp"

#include "cli/control_client.hpp"
#include "cli/output.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;

Result<std::string> ask(const CommonOptions& common, const ReloadOptions& options, const std::string& line, Duration deadline) {
    if (!options.control.empty()) return ask_daemon(options.control, line, deadline);
    const auto platform = find_platform(common.config);
    if (!platform) return platform.error();
    return ask_daemon(platform->intake.control, line, deadline);
}

// Prints {"error":…} or {"errors":[…]} as errors; whether there were any.
bool print_refusal(const element& answer, const std::string& raw, bool json) {
    std::vector<Error> errors;
    const auto read = [&](const element& error) {
        Error one;
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

std::string text_of(const element& value) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) return std::string(text);
    return simdjson::minify(value);
}

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
