// What the shelf keeps of a domain, and what `look` answers on the control socket. Reading is lenient, unlike that of a
// key slot: what a row lacks, or an older version did not write, is seen again at the next look. Only the name must be
// there.
// Who signs is stored for people and to tell later what has changed: the watch decides it anew before its first book.
#include <simdjson.h>

#include "ilbud/watch/domain_state.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;

// By place and not by the selector's name, which the settings may change while the slot stays the same.
constexpr std::array<std::string_view, watched_selectors> places{"first", "second", "ed25519"};

std::string text_at(const element& object, std::string_view name) {
    std::string_view text;
    return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}
std::int64_t number_at(const element& object, std::string_view name) {
    std::int64_t number = 0;
    return object[name].get(number) == simdjson::SUCCESS ? number : 0;
}
bool flag_at(const element& object, std::string_view name) {
    bool flag = false;
    return object[name].get(flag) == simdjson::SUCCESS && flag;
}
std::optional<Time> maybe_time(const element& object, std::string_view name) {
    return parse_time(text_at(object, name));
}
Time time_at(const element& object, std::string_view name) {
    return maybe_time(object, name).value_or(Time{});
}

// A time that was never set is left out; 1970 would look like an answer.
void write_time(JsonWriter& json, std::string_view name, const std::optional<Time>& time) {
    if (time && *time != Time{}) json.field(name, to_text(*time));
}

void write_selector(JsonWriter& json, const SelectorState& state, const ExpectedKey& expected) {
    json.begin_object().field("selector", expected.selector).field("sight", to_word(state.status)).field("cname", state.aliased);
    if (!state.key.empty()) json.field("key", state.key);
    if (!state.found.empty()) json.field("found", state.found);
    write_time(json, "looked_at", state.looked_at);
    // Whole seconds, as in the DNS.
    json.field("ttl", std::chrono::duration_cast<std::chrono::seconds>(state.ttl).count()).field("streak", state.streak);
    write_time(json, "counted_at", state.counted_at);
    if (!state.good_key.empty()) json.field("good_key", state.good_key);
    write_time(json, "gone_since", state.gone_since);
    json.end_object();
}

SelectorState read_selector(const element& object) {
    SelectorState state;
    state.status = from_word<SelectorStatus>(text_at(object, "sight")).value_or(SelectorStatus::unknown);
    state.aliased = flag_at(object, "cname");
    state.key = text_at(object, "key");
    state.found = text_at(object, "found");
    state.looked_at = time_at(object, "looked_at");
    state.ttl = std::chrono::seconds(number_at(object, "ttl"));
    state.streak = static_cast<int>(number_at(object, "streak"));
    state.counted_at = time_at(object, "counted_at");
    state.good_key = text_at(object, "good_key");
    state.gone_since = maybe_time(object, "gone_since");
    return state;
}

void write_choice(JsonWriter& json, const SigningChoice& choice, const ExpectedKeys& keys) {
    json.begin_object().field("by", to_word(choice.by)).field("slot", choice.slot);
    if (choice.by == SignedBy::own) json.field("selector", keys.selectors[choice.slot == 1 ? 1 : 0].selector);
    if (choice.twice) json.field("twice", true);
    json.key("usable").begin_array();
    for (const bool usable : choice.usable.slots) json.value(usable);
    json.value(choice.usable.ed25519).end_array();
    if (!choice.reason.empty()) json.field("reason", choice.reason);
    json.end_object();
}

SigningChoice read_choice(const element& object) {
    SigningChoice choice;
    choice.by = from_word<SignedBy>(text_at(object, "by")).value_or(SignedBy::own);
    // An index is never taken from a file as it stands.
    choice.slot = number_at(object, "slot") == 1 ? 1 : 0;
    choice.twice = flag_at(object, "twice");
    choice.reason = text_at(object, "reason");
    const std::array<bool*, 3> flags{&choice.usable.slots[0], &choice.usable.slots[1], &choice.usable.ed25519};
    simdjson::dom::array usable;
    if (object["usable"].get(usable) != simdjson::SUCCESS) return choice;
    std::size_t i = 0;
    for (const element flag : usable)
        // Flags are counted only as far as they are flags and have a place; a list that is too short leaves the rest
        // false.
        if (bool usable_now = false; i < flags.size() && flag.get(usable_now) == simdjson::SUCCESS) *flags[i++] = usable_now;
    return choice;
}

}  // namespace

std::string to_json(const DomainState& state, const ExpectedKeys& keys) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("domain", state.domain).key("signs");
    write_choice(json, state.choice, keys);
    write_time(json, "since", state.since);
    write_time(json, "trouble_since", state.trouble_since);
    if (!state.problem.empty()) json.field("problem", state.problem);
    if (!state.told.empty()) {
        json.key("told").begin_array();
        for (const auto& account : state.told) json.value(account);
        json.end_array();
    }
    if (state.failures > 0) json.field("failures", state.failures).field("failure", state.failure);
    write_time(json, "next_look", state.next_look);
    write_time(json, "removed_at", state.removed_at);
    json.key("selectors").begin_object();
    for (std::size_t i = 0; i < watched_selectors; ++i) {
        if (keys.selectors[i].selector.empty()) continue;
        json.key(places[i]);
        write_selector(json, state.selectors[i], keys.selectors[i]);
    }
    json.end_object().end_object();
    return out;
}

Result<DomainState> read_domain_state(std::string_view text) {
    simdjson::dom::parser parser;
    element root;
    // simdjson copies a text that it is given by address and length: nothing need stand behind its end.
    if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS || !root.is_object())
        return Error{"invalid_json", "", "expected the state of a domain as a JSON object"};
    DomainState state;
    state.domain = text_at(root, "domain");
    if (state.domain.empty()) return Error{"invalid_json", "domain", "is missing"};
    element part;
    if (root["signs"].get(part) == simdjson::SUCCESS) state.choice = read_choice(part);
    state.since = time_at(root, "since");
    state.trouble_since = maybe_time(root, "trouble_since");
    state.problem = text_at(root, "problem");
    simdjson::dom::array told;
    if (root["told"].get(told) == simdjson::SUCCESS)
        for (const element account : told)
            if (std::string_view name; account.get(name) == simdjson::SUCCESS) state.told.emplace_back(name);
    state.failures = static_cast<int>(number_at(root, "failures"));
    state.failure = text_at(root, "failure");
    state.next_look = time_at(root, "next_look");
    state.removed_at = maybe_time(root, "removed_at");
    for (std::size_t i = 0; i < watched_selectors; ++i)
        if (root["selectors"][places[i]].get(part) == simdjson::SUCCESS) state.selectors[i] = read_selector(part);
    return state;
}

}  // namespace ilbud
