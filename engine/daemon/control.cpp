// Commands are written by `ilbud` itself as a rule, so members are read leniently: what is missing or of another type
// counts as empty, and whoever needs it says so. Each line is done before the next is read. What a command does is its
// owner's; here is only the JSON on both sides.
#include "control.hpp"

#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "ilbud/base/address.hpp"
#include "ilbud/base/error_json.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/settings/known_names.hpp"

namespace ilbud {
namespace {

constexpr std::string_view dkim_prefix = "dkim_";

Error unknown_command() {
    return {"unknown_command", "command", "expected status, reload, look, dkim_…, suppress, unsuppress or release"};
}

std::string text_of(const simdjson::dom::element& command, std::string_view name) {
    std::string_view text;
    if (command[name].get(text) != simdjson::SUCCESS) return {};
    return std::string(text);
}

// {"command":"status","relays_down":"10m","letter_failed":"1h"}
HealthLimits limits_of(const simdjson::dom::element& command) {
    HealthLimits limits;
    limits.relays_down = parse_duration(text_of(command, "relays_down")).value_or(limits.relays_down);
    limits.letter_failed = parse_duration(text_of(command, "letter_failed")).value_or(limits.letter_failed);
    return limits;
}

// {"command":"dkim_WHAT",…}. Errors  unknown_command, invalid_value
Result<KeyRequest> key_request(const simdjson::dom::element& command, std::string_view name) {
    const auto what = from_word<KeyRequest::What>(name.substr(dkim_prefix.size()));
    if (!what) return unknown_command();
    KeyRequest request;
    request.what = *what;
    request.selector = text_of(command, "selector");
    if (const auto type = text_of(command, "type"); !type.empty()) {
        request.type = from_word<KeyType>(type);
        if (!request.type) return Error{"invalid_value", "type", "expected rsa or ed25519"};
    }
    std::int64_t bits = 0;
    if (command["bits"].get(bits) == simdjson::SUCCESS && bits != 0)
        // Brought within an int without going round: what is no size for a key is still none, and the keeper refuses it
        // by name.
        request.bits = static_cast<int>(std::clamp<std::int64_t>(bits, -1, 1'000'000));
    if (command["dry_run"].get(request.dry_run) != simdjson::SUCCESS) request.dry_run = false;
    if (command["force"].get(request.force) != simdjson::SUCCESS) request.force = false;
    return request;
}

// A store that cannot write now is an answer to whoever asked, not the end of the connection.
template <class Changed>
Task<Result<Changed>> stored(Task<Changed> change) {
    std::string failure;
    try {
        auto changed = co_await std::move(change);
        co_return changed;
    } catch (const std::exception& error) {
        failure = error.what();
    }
    co_return Error{"store_away", "", "nothing was changed: " + failure + "; try it again when the disk has room"};
}

}  // namespace

Task<std::string> Control::handle(std::vector<std::string_view> lines) {
    std::string text;
    for (const auto line : lines) {
        const auto answer = co_await run(line);
        text += answer;
        text += '\n';
    }
    co_return text;
}

Task<std::string> Control::run(std::string_view line) {
    // One for each line: what was read points into it, and commands wait in between. It copies the line, behind which
    // nothing need stand.
    simdjson::dom::parser parser;
    simdjson::dom::element command;
    if (parser.parse(line.data(), line.size()).get(command) != simdjson::SUCCESS)
        co_return error_line({"invalid_json", "", "expected one JSON object a line, such as {\"command\":\"status\"}"});
    const auto name = text_of(command, "command");
    if (name == "status") {
        const auto status = co_await actions_.status();
        std::string out;
        JsonWriter json(out);
        write_json(json, status, clock_.now(), limits_of(command));
        co_return out;
    }
    if (name == "reload") co_return co_await reload();
    if (name == "look") co_return co_await look(text_of(command, "domain"));
    // Before the other dkim_ commands, which ask for something to be done.
    if (name == "dkim_status") co_return key_status();
    if (name.starts_with(dkim_prefix)) {
        auto request = key_request(command, name);
        if (!request) co_return error_line(request.error());
        co_return co_await keys(*std::move(request));
    }
    if (name == "release") co_return co_await release(text_of(command, "account"), text_of(command, "unit"));
    if (name == "unsuppress" && !text_of(command, "relay").empty())
        co_return co_await unsuppress(text_of(command, "relay"), text_of(command, "since"), text_of(command, "account"));
    if (name == "suppress" || name == "unsuppress")
        co_return co_await suppress(text_of(command, "account"), text_of(command, "address"), text_of(command, "reason"),
                                    name == "suppress");
    co_return error_line(unknown_command());
}

std::string Control::key_status() const {
    // There is none before KeyKeeper::load(), which the daemon does before it opens this socket.
    const auto view = actions_.key_view();
    if (!view) return error_line({"not_ready", "", "the daemon is starting"});
    std::string out;
    JsonWriter json(out);
    write_key_status(json, *view);
    return out;
}

Task<std::string> Control::keys(KeyRequest request) {
    const auto answer = co_await actions_.ask_keys(std::move(request));
    if (!answer) co_return error_line(answer.error());
    // Taken behind the request, so that people see the slots as they are now. There is one: else the request would have
    // failed.
    const auto view = actions_.key_view();
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("done", answer->done).key("plan");
    write_key_plan(json, answer->plan, view->platform);
    json.key("status");
    write_key_status(json, *view);
    json.end_object();
    co_return out;
}

Task<std::string> Control::reload() {
    const auto notes = co_await actions_.reload();
    if (!notes) co_return error_lines(notes.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("status", "reloaded").key("notes").begin_array();
    for (const auto& note : *notes) json.value(note);
    json.end_array().end_object();
    co_return out;
}

Task<std::string> Control::look(std::string text) {
    // Whatever people type, the watch knows domains as lower-case A-labels.
    const auto domain = parse_dns_domain(text);
    if (!domain) co_return error_line({domain.error().code, "domain", domain.error().detail});
    auto name = *domain;
    const auto state = co_await actions_.look(std::move(name));
    if (!state) co_return error_line(state.error());
    auto answer = to_json(state->state, state->expected);
    if (state->verdict) answer.insert(answer.size() - 1, ",\"records\":" + to_json(*state->verdict));
    co_return answer;
}

Task<std::string> Control::suppress(std::string account, std::string address, std::string reason, bool add) {
    const auto parsed = parse_address(address);
    if (!parsed) co_return error_line({parsed.error().code, "address", parsed.error().detail});
    if (account.empty())
        co_return error_line({"missing_field", "account", "expected the account's id: suppressions belong to one account"});
    // One of an account that has left the settings can still be removed.
    const auto known = check_names(*actions_.settings(), {.account = account});
    if (add && !known) co_return error_line(known.error());
    // The form that the store looks recipients up by, so that another spelling of the address is suppressed as well.
    const auto key = suppression_key(*parsed);
    bool changed = false;
    if (add) {
        // Named, because g++ 12 copies a temporary of a co_await's braces byte by byte.
        Suppression suppression{std::move(account), key, reason.empty() ? std::string("by_hand") : std::move(reason),
                                clock_.now()};
        const auto added = co_await stored(suppressions_.add(std::move(suppression)));
        if (!added) co_return error_line(added.error());
        changed = *added;
    } else {
        const auto removed = co_await stored(suppressions_.remove(std::move(account), key));
        if (!removed) co_return error_line(removed.error());
        changed = *removed;
        if (!changed && !known) co_return error_line(known.error());
    }
    std::string out;
    JsonWriter(out).begin_object().field("status", "done").field("changed", changed).end_object();
    co_return out;
}

// Without a time it would be all that the relay ever said, and most of that was true.
Task<std::string> Control::unsuppress(std::string relay, std::string since, std::string account) {
    const auto from = parse_time(since);
    if (!from) co_return error_line({"invalid_value", "since", "expected a time such as 2025-06-24T10:00:00Z"});
    const auto known = check_names(*actions_.settings(), {.account = account, .relay = relay});
    SuppressionScope scope{std::move(relay), *from, std::move(account)};
    const auto removed = co_await stored(suppressions_.remove(std::move(scope)));
    if (!removed) co_return error_line(removed.error());
    if (*removed == 0 && !known) co_return error_line(known.error());
    std::string out;
    JsonWriter(out).begin_object().field("status", "done").field("removed", *removed).end_object();
    co_return out;
}

// Also of an account that has left the settings: what is held of it must not be held for ever. A name of which nothing is held
// and which nobody has is a typing error.
Task<std::string> Control::release(std::string account, std::string unit) {
    if (account.empty()) co_return error_line({"missing_field", "account", "expected the account's id"});
    const auto known = check_names(*actions_.settings(), {.account = account, .unit = unit});
    MailScope scope{.account = std::move(account), .unit = std::move(unit)};
    const auto released = co_await stored(actions_.release(std::move(scope)));
    if (!released) co_return error_line(released.error());
    if (!released->was_held && !known) co_return error_line(known.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("status", "done").field("changed", released->was_held).field("waiting", released->waiting);
    json.key("others").begin_array();
    for (const auto& hold : released->others) write_json(json, hold);
    json.end_array().end_object();
    co_return out;
}

}  // namespace ilbud
