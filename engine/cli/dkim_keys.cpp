// Key changes are the daemon's: it alone holds the plan and the watch of the domains. This file asks
// it and shows the answers; only the status can also be read without it, from the shelf. A change is
// asked for twice, once as a dry run whose plan is shown, then in earnest: between both the plan may
// move on, and the daemon decides by what holds then.
#include <simdjson.h>
#include <unistd.h>

#include <iostream>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/control_client.hpp"
#include "cli/found_platform.hpp"
#include "cli/output.hpp"
#include "ilbud/keys/key_report.hpp"
#include "ilbud/keys/stored_keys.hpp"

namespace ilbud {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

// Missing and null members are all the same here: an empty text, which the lines below leave out.
std::string member(const element& object, const char* name) {
    element value;
    return object[name].get(value) == simdjson::SUCCESS ? text_of(value) : std::string();
}

std::vector<element> list(const element& object, const char* name) {
    array found;
    std::vector<element> all;
    if (object[name].get(found) == simdjson::SUCCESS)
        for (const element one : found) all.push_back(one);
    return all;
}

// "2025-06-24T10:00:00.000Z" to the second; anything shorter is left as it is.
std::string short_time(const std::string& time) {
    return time.size() > 19 ? std::string(time, 0, 19).append(1, 'Z') : time;
}

std::string names_in(const element& object, const char* name) {
    std::string text;
    for (const auto& one : list(object, name)) text += (text.empty() ? "" : ", ") + text_of(one);
    return text;
}

// "not before": such a step waits for the world (a TTL, a domain's CNAME), and may come later than its time.
void show_plan(const element& holder, const char* name) {
    Table table({"", "when", "what", "selector", "why"});
    std::size_t number = 0;
    for (const auto& step : list(holder, name)) {
        const bool waits = member(step, "waits") == "true";
        table.add({std::to_string(++number), (waits ? "not before " : "") + short_time(member(step, "at")),
                   member(step, "action"), member(step, "selector"), member(step, "reason")});
    }
    print(table.empty() ? "nothing is left to do\n" : table.text());
}

// "not known" without a daemon: only its watch knows what the customers' CNAMEs show.
std::string seen_text(const element& slot) {
    element domains;
    if (slot["domains"].get(domains) != simdjson::SUCCESS || member(domains, "known") != "true") return "not known";
    // An older daemon tells only those that have shown it for long enough.
    const auto shown = member(domains, member(domains, "shown").empty() ? "seen" : "shown");
    const auto lasting = member(domains, "seen");
    return shown + " of " + member(domains, "with_cname") + " domains that have this CNAME" +
           (lasting == shown ? "" : ", at " + lasting + " of them for as long as a key change wants");
}

void show_slot(const element& slot) {
    // Thirteen columns hold the longest name and a space; a longer one still gets a space.
    const auto line = [](const std::string& name, const std::string& text) {
        if (!text.empty()) print("  " + name + std::string(name.size() < 13 ? 13 - name.size() : 1, ' ') + text + "\n");
    };
    const auto stage = member(slot, "stage");
    print(member(slot, "selector") + " → " + member(slot, "target") + "\n");
    line("stage", stage + (member(slot, "since").empty() ? "" : " since " + short_time(member(slot, "since"))));
    // An idle slot has no key, so all that tells of one is left out.
    if (stage != "idle") {
        const auto days = member(slot, "age_days");
        line("key", member(slot, "type") + ", " + member(slot, "bits") + " bits" +
                        (days.empty() ? "" : ", " + days + " days old") +
                        (member(slot, "fingerprint").empty() ? "" : ", p= " + member(slot, "fingerprint")));
        line("file", member(slot, "file"));
        line("looks", member(slot, "good_looks") + " good ones, the last look at " +
                          (member(slot, "last_look").empty() ? std::string("none yet") : short_time(member(slot, "last_look"))));
        line("seen by", seen_text(slot));
        element domains;
        if (slot["domains"].get(domains) == simdjson::SUCCESS) {
            line("signs for", member(domains, "signed_by_it").empty() ? "" : "domains: " + member(domains, "signed_by_it"));
            line("not seen at", names_in(domains, "missing"));
        }
    }
    line("trouble", member(slot, "trouble").empty()
                        ? ""
                        : member(slot, "trouble") + " (since " + short_time(member(slot, "trouble_since")) + ")");
    // In these two stages a record of ours must stand in, or leave, the DNS by hand
    // or by hook: it is shown ready to paste.
    const bool to_publish = stage == "made" || stage == "withdrawing";
    if (to_publish) line("publish", member(slot, "zone"));
    print("\n");
}

void show_status(const element& status) {
    for (const auto& slot : list(status, "selectors")) show_slot(slot);
    if (!member(status, "rotating_since").empty())
        print("A key change goes on since " + short_time(member(status, "rotating_since")) + ".\n");
    if (member(status, "running") != "true")
        print("No daemon runs: nothing goes on by itself, and what domains show is not known.\n");
    print("What comes next:\n");
    show_plan(status, "next");
    for (const auto& stuck : list(status, "stuck"))
        print("\nSTUCK " + member(stuck, "selector") + " since " + short_time(member(stuck, "since")) + ": " +
              member(stuck, "reason") + (names_in(stuck, "domains").empty() ? "" : "\n      " + names_in(stuck, "domains")) +
              "\n");
}

// While no daemon runs, the shelf tells.
// The slots as they were stored, with `known` false for what the domains show and `running`
// false, so that no reader takes silence for good news.
Result<std::string> status_from_shelf(const Platform& platform) {
    const auto slots = stored_key_slots(platform);
    if (!slots) return slots.error();
    KeyCoverages nothing;
    for (auto& one : nothing) one.known = false;
    std::string out;
    JsonWriter json(out);
    write_key_status(json, {*slots, nothing, platform, system_clock().now(), false});
    return out;
}

// All commands of the family take the same members; those that mean nothing to one are ignored by it.
std::string request_line(const std::string& what, const KeyCommandOptions& options, bool dry_run) {
    std::string line;
    JsonWriter json(line);
    json.begin_object().field("command", "dkim_" + what).field("dry_run", dry_run).field("force", options.force);
    json.field("selector", options.selector).field("type", options.type).field("bits", options.bits).end_object();
    return line;
}

// Anything but y or yes is no, an end of input too.
bool agreed() {
    print("\nGo on? [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes";
}

// The daemon answers when what can be done at once is done: a key, its publication and a look.
// A hook or nsupdate has its own deadline, and one answer may take several publications, one after the other:
// the client waits that much longer than for any other question.
Duration key_deadline(const CommonOptions& common) {
    constexpr int publications = 3;
    const auto found = found_platform(common);
    if (!found) return 60s;
    const auto& dkim = found->platform.dkim;
    return 60s + publications * (dkim.publish == PublishBy::hook       ? dkim.hook.deadline
                                 : dkim.publish == PublishBy::nsupdate ? dkim.nsupdate.deadline
                                                                       : Duration{});
}

}  // namespace

// daemon_away alone leads to the shelf. A daemon that is there and silent may
// hold a newer state, so that is an error.
int key_status_command(const CommonOptions& common) {
    const auto found = found_platform(common);
    if (!found) return refuse({found.error()}, common.json);
    const auto its = is_its_daemon(common, *found);
    if (!its && its.error().code != "daemon_away") return refuse({its.error()}, common.json);
    auto answer = ask_daemon(found->platform.intake.control, R"({"command":"dkim_status"})", 60s);
    if (!answer && answer.error().code == "daemon_away") answer = status_from_shelf(found->platform);
    if (!answer) return refuse({answer.error()}, common.json);
    simdjson::dom::parser parser;
    element status;
    // An answer that cannot be read is passed on as it is rather than hidden.
    if (common.json || parser.parse(*answer).get(status) != simdjson::SUCCESS) {
        print(*answer + "\n");
        return 0;
    }
    show_status(status);
    return 0;
}

// The plan first; then, unless it was only asked for, what it says.
int key_command(const CommonOptions& common, const std::string& what, const KeyCommandOptions& options) {
    const auto deadline = key_deadline(common);
    // Asked only where somebody can answer: a script without a terminal has
    // decided already, and --json is for programs.
    const bool asks = !options.dry_run && !options.yes && !common.json && ::isatty(STDIN_FILENO) == 1;
    if (!common.json) {
        const auto shown = ask_and_show(
            common, {}, request_line(what, options, true), [](const element& answer) { show_plan(answer, "plan"); }, deadline);
        // A refusal of the plan is a refusal of the whole: nothing was changed yet.
        if (shown != 0 || options.dry_run) return shown;
        if (asks && !agreed()) return 1;
        print("\n");
    }
    const auto show = [](const element& answer) {
        element status;
        if (answer["status"].get(status) == simdjson::SUCCESS) show_status(status);
    };
    return ask_and_show(common, {}, request_line(what, options, options.dry_run), show, deadline);
}

}  // namespace ilbud
