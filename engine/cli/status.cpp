#include <simdjson.h>

#include "cli/commands.hpp"
#include "cli/control_client.hpp"
#include "cli/output.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;

constexpr Duration ask_deadline = 60s;

Result<std::string> ask(const CommonOptions& common, const ReloadOptions& options, const std::string& line) {
    if (!options.control.empty()) return ask_daemon(options.control, line, ask_deadline);
    const auto platform = find_platform(common.config);
    if (!platform) return platform.error();
    return ask_daemon(platform->intake.control, line, ask_deadline);
}

std::string text_of(const element& value) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) return std::string(text);
    return simdjson::minify(value);
}

// Prints {"error":…} or {"errors":[…]} as errors; whether there were any.
bool print_refusal(const element& answer, const std::string& raw, bool json) {
    std::vector<Error> errors;
    const auto read = [&](const element& error) {
        Error one;
        for (const auto& [name, target] : {std::pair<const char*, std::string*>{"code", &one.code}, {"place", &one.place}, {"detail", &one.detail}}) {
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

// One question, its answer parsed and shown by `show`, or as it stands with --json.
int ask_and_show(const CommonOptions& common, const ReloadOptions& options, const std::string& line, const std::function<void(const element&)>& show) {
    const auto answer = ask(common, options, line);
    if (!answer) {
        print_errors({answer.error()}, common.json);
        return 1;
    }
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

void show_status(const element& status) {
    const auto at = [&](const char* name) {
        element value;
        return status[name].get(value) == simdjson::SUCCESS ? text_of(value) : std::string("-");
    };
    print("ilbud " + at("version") + ", pid " + at("pid") + ", started " + at("started_at") + ", " + at("lanes") + " lanes, " + at("in_hand") + " mails in hand\n");
    print("settings " + at("settings_file") + "\n\n");
    Table table({"mails", "now", "", "since the start", ""});
    table.right_align(1);
    table.right_align(4);
    std::vector<std::pair<std::string, std::string>> now;
    std::vector<std::pair<std::string, std::string>> since;
    simdjson::dom::object members;
    if (status["mails"].get(members) == simdjson::SUCCESS)
        for (const auto& [name, value] : members) now.emplace_back(name, text_of(value));
    now.emplace_back("events", at("events"));
    now.emplace_back("suppressions", at("suppressions"));
    if (status["counters"].get(members) == simdjson::SUCCESS)
        for (const auto& [name, value] : members) since.emplace_back(name, text_of(value));
    for (std::size_t i = 0; i < std::max(now.size(), since.size()); ++i)
        table.add({i < now.size() ? now[i].first : "", i < now.size() ? now[i].second : "", "", i < since.size() ? since[i].first : "", i < since.size() ? since[i].second : ""});
    print(table.text());
    if (at("oldest_due") != "-") print("\noldest waiting mail due " + at("oldest_due") + "\n");
}

}  // namespace

int status_command(const CommonOptions& common, const ReloadOptions& options) {
    return ask_and_show(common, options, R"({"command":"status"})", show_status);
}

int reload_command(const CommonOptions& common, const ReloadOptions& options) {
    return ask_and_show(common, options, R"({"command":"reload"})", [](const element& answer) {
        print("reloaded\n");
        simdjson::dom::array notes;
        if (answer["notes"].get(notes) == simdjson::SUCCESS)
            for (const element note : notes) print("note: " + text_of(note) + "\n");
    });
}

int change_suppression_command(const CommonOptions& common, const SuppressionOptions& options, bool add) {
    std::string line;
    JsonWriter(line)
        .begin_object()
        .field("command", add ? "suppress" : "unsuppress")
        .field("account", options.account)
        .field("address", options.address)
        .field("reason", options.reason)
        .end_object();
    return ask_and_show(common, {}, line, [&](const element& answer) {
        bool changed = false;
        if (answer["changed"].get(changed) != simdjson::SUCCESS) changed = false;
        print(changed ? (add ? "suppressed\n" : "mailed again\n") : "nothing to change\n");
    });
}

}  // namespace ilbud
