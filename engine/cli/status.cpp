// The daemon's answer is shown as it comes: states, counters and domain verdicts are listed under the names
// that it gives them, so a counter that a newer daemon adds appears here by itself.
#include <simdjson.h>

#include <algorithm>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;

std::string member(const element& object, const char* name) {
    element value;
    return object[name].get(value) == simdjson::SUCCESS ? text_of(value) : std::string();
}

// "account press, unit daily"; whatever narrows it down.
std::string scope_of(const element& hold) {
    std::string scope;
    for (const auto* name : {"account", "unit", "site", "kind"})
        if (const auto value = member(hold, name); !value.empty())
            scope += (scope.empty() ? "" : ", ") + std::string(name) + ' ' + on_one_line(value);
    return scope.empty() ? "all mail" : scope;
}

std::string mails_of(const std::string& count) {
    return count + (count == "1" ? " mail goes" : " mails go");
}

std::string hold_line(const element& hold) {
    const auto waiting = member(hold, "waiting");
    const auto since = parse_time(member(hold, "since"));
    return "held: " + scope_of(hold) + (since ? " since " + short_time(*since) : "") +
           (waiting.empty() ? "" : ", " + waiting + (waiting == "1" ? " mail waits" : " mails wait")) + "\n    " +
           on_one_line(member(hold, "reason")) + '\n';
}

void show_holds(const element& status) {
    simdjson::dom::array holds;
    if (status["holds"].get(holds) != simdjson::SUCCESS || holds.size() == 0) return;
    print("\n");
    for (const element hold : holds) print(hold_line(hold));
}

void show_troubles(const element& status) {
    simdjson::dom::array troubles;
    if (status["troubles"].get(troubles) != simdjson::SUCCESS || troubles.size() == 0) return;
    print("\n");
    for (const element trouble : troubles) {
        const auto since = parse_time(member(trouble, "since"));
        print("trouble: relay " + on_one_line(member(trouble, "relay")) + " refuses our account (" + member(trouble, "reason") +
              ')' + (since ? " since " + short_time(*since) : "") + "\n    " + member(trouble, "code") + ' ' +
              on_one_line(member(trouble, "enhanced")) + ' ' + on_one_line(member(trouble, "reply")) + '\n');
    }
}

std::string time_of(const element& object, const char* name) {
    const auto time = parse_time(member(object, name));
    return time ? short_time(*time) : std::string("-");
}

std::string in_words(const std::string& relay_state) {
    if (relay_state == "part") return "down for some lanes";
    return relay_state == "trial" ? "reachable again, the next mail shows whether it is well" : relay_state;
}

// What is out of order; a relay that is well, and has been since the start, needs no line.
void show_relays(const element& status) {
    simdjson::dom::array relays;
    if (status["relays"].get(relays) != simdjson::SUCCESS) return;
    std::string lines;
    for (const element relay : relays) {
        element failure;
        const bool failed = relay["last_failure"].get(failure) == simdjson::SUCCESS;
        const auto state = member(relay, "state");
        if (state == "up" && !failed) continue;
        lines += "relay " + on_one_line(member(relay, "relay")) + ": " + in_words(state);
        if (state != "up" && state != "trial")
            lines += " since " + time_of(relay, "since") + ", tried again at " + time_of(relay, "paused_until");
        lines += '\n';
        if (!failed) continue;
        lines += "    last failure " + time_of(failure, "at") + ": " + on_one_line(member(failure, "reason"));
        for (const auto* name : {"code", "enhanced", "reply"})
            if (const auto text = member(failure, name); !text.empty() && text != "0") lines += ' ' + on_one_line(text);
        lines += '\n';
    }
    if (!lines.empty()) print('\n' + lines);
}

void show_test_modes(const element& status) {
    simdjson::dom::array modes;
    if (status["test_mode"].get(modes) != simdjson::SUCCESS || modes.size() == 0) return;
    print("\n");
    for (const element mode : modes) {
        std::string domains;
        simdjson::dom::array allowed;
        if (mode["domains"].get(allowed) == simdjson::SUCCESS)
            for (const element domain : allowed) domains += (domains.empty() ? "" : ", ") + on_one_line(text_of(domain));
        print("test mode: account " + on_one_line(member(mode, "account")) + ", mail leaves " +
              (domains.empty() ? std::string("to nobody") : "only to " + domains) +
              (member(mode, "keeps_back") == "true" ? "; mail planned before waits, and expires (test_mode)" : "") + '\n');
    }
}

// "degraded" and its findings, a line each.
std::string health_lines(const element& status) {
    element health;
    if (status["health"].get(health) != simdjson::SUCCESS) return {};
    auto lines = member(health, "state") + '\n';
    simdjson::dom::array findings;
    if (health["findings"].get(findings) == simdjson::SUCCESS)
        for (const element finding : findings)
            lines += "  " + member(finding, "code") + ": " + on_one_line(member(finding, "text")) + '\n';
    return lines;
}

// Nagios and its like.
constexpr int exit_failing = 2, exit_unknown = 3;

int exit_of(std::string_view state) {
    if (state == "healthy") return 0;
    if (state == "degraded") return 1;
    return state == "failing" ? exit_failing : exit_unknown;
}

// {"health":{"state":…,"findings":[…]}}
void print_unasked(const CommonOptions& common, std::string_view state, const Error& error) {
    std::string out;
    const auto text = error.place.empty() ? error.detail : error.place + ": " + error.detail;
    JsonWriter(out)
        .begin_object()
        .field("state", state)
        .key("findings")
        .begin_array()
        .begin_object()
        .field("state", state)
        .field("code", error.code)
        .field("text", text)
        .end_object()
        .end_array()
        .end_object();
    print(common.json ? out + '\n' : std::string(state) + "\n  " + error.code + ": " + on_one_line(text) + '\n');
}

std::string status_question(const StatusOptions& options) {
    std::string line;
    JsonWriter(line)
        .begin_object()
        .field("command", "status")
        .field("relays_down", to_text(options.relays_down))
        .field("letter_failed", to_text(options.letter_failed))
        .end_object();
    return line;
}

// A member that is missing shows as "-", which an older daemon's answers may have.
void show_status(const element& status) {
    const auto at = [&](const char* name) {
        element value;
        return status[name].get(value) == simdjson::SUCCESS ? text_of(value) : std::string("-");
    };
    print("ilbud " + at("version") + ", pid " + at("pid") + ", started " + at("started_at") + ", " + at("lanes") + " lanes, " +
          at("in_hand") + " mails in hand\n");
    print("settings " + at("settings_file") + "\n\n");
    // Two lists side by side: what is there now, and what has happened since the start. They differ in length.
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
        table.add({i < now.size() ? now[i].first : "", i < now.size() ? now[i].second : "", "",
                   i < since.size() ? since[i].first : "", i < since.size() ? since[i].second : ""});
    print(table.text());
    show_relays(status);
    show_troubles(status);
    show_holds(status);
    show_test_modes(status);
    // Absent while nothing waits.
    if (at("oldest_due") != "-") print("\noldest waiting mail due " + at("oldest_due") + "\n");
    if (at("oldest_planned") != "-")
        print("oldest mail that waits planned " + at("oldest_planned") + ", " + at("oldest_age_s") + " s ago\n");
    if (status["domains"].get(members) != simdjson::SUCCESS) return;
    std::string domains;
    for (const auto& [name, value] : members) domains += (domains.empty() ? "" : ", ") + text_of(value) + " " + std::string(name);
    // State names have underscores for programs; here people read.
    std::replace(domains.begin(), domains.end(), '_', ' ');
    print("\ndomains: " + domains + "\n");
    if (const auto health = health_lines(status); !health.empty()) print("\nhealth: " + health);
}

}  // namespace

int status_command(const CommonOptions& common, const StatusOptions& options) {
    return ask_and_show(common, options.daemon, status_question(options), show_status, options.deadline);
}

// One answer whatever happens, on standard output: who asks is a program that shows it to people. A daemon that is away or silent mails
// nothing, which is failing; what keeps the question from being asked says nothing of the daemon.
int health_command(const CommonOptions& common, const StatusOptions& options) {
    const auto answer = ask(common, options.daemon, status_question(options), options.deadline);
    if (!answer) {
        const auto& code = answer.error().code;
        const std::string_view state = code == "daemon_away" || code == "daemon_silent" ? "failing" : "unknown";
        print_unasked(common, state, answer.error());
        return exit_of(state);
    }
    simdjson::dom::parser parser;
    element status, health;
    if (parser.parse(*answer).get(status) != simdjson::SUCCESS || status["health"].get(health) != simdjson::SUCCESS) {
        print_unasked(common, "unknown",
                      {"answer_unreadable", "", "the daemon's answer tells no health: " + on_one_line(*answer)});
        return exit_unknown;
    }
    print(common.json ? simdjson::minify(health) + '\n' : health_lines(status));
    return exit_of(member(health, "state"));
}

// The notes of a reload are no errors: the new set is in force.
int reload_command(const CommonOptions& common, const ReloadOptions& options) {
    return ask_and_show(common, options, R"({"command":"reload"})", [](const element& answer) {
        print("reloaded\n");
        simdjson::dom::array notes;
        if (answer["notes"].get(notes) == simdjson::SUCCESS)
            for (const element note : notes) print("note: " + text_of(note) + "\n");
    });
}

// Through the daemon, which alone writes to the store and checks suppressions inside its leases (S45).
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
        // Without the member nothing was changed: an older daemon's answer must not read as a success.
        if (answer["changed"].get(changed) != simdjson::SUCCESS) changed = false;
        print(changed ? (add ? "suppressed\n" : "mailed again\n") : "nothing to change\n");
    });
}

// The time is worked out here: what "2h" ago means is known by whoever typed it.
int unsuppress_relay_command(const CommonOptions& common, const SuppressionOptions& options) {
    std::string line;
    JsonWriter(line)
        .begin_object()
        .field("command", "unsuppress")
        .field("relay", options.relay)
        .field("since", to_text(*options.since))
        .field("account", options.account)
        .end_object();
    return ask_and_show(common, {}, line, [](const element& answer) {
        const auto removed = member(answer, "removed");
        print(removed + (removed == "1" ? " address is mailed again\n" : " addresses are mailed again\n"));
    });
}

int release_command(const CommonOptions& common, const ReleaseOptions& options) {
    std::string line;
    JsonWriter(line)
        .begin_object()
        .field("command", "release")
        .field("account", options.account)
        .field("unit", options.unit)
        .end_object();
    return ask_and_show(common, {}, line, [](const element& answer) {
        print(member(answer, "changed") == "true" ? "released: " + mails_of(member(answer, "waiting")) + " out\n"
                                                  : std::string("nothing was held\n"));
        simdjson::dom::array others;
        if (answer["others"].get(others) == simdjson::SUCCESS)
            for (const element hold : others) print("still " + hold_line(hold));
    });
}

}  // namespace ilbud
