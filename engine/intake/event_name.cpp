// name_of_event: the name of an event whose line was refused. The line may be cut off, no JSON further on, or no UTF-8, so its
// top level is walked by hand as far as it goes; each string that matters is then read by simdjson as a document of its own.
#include <simdjson.h>

#include "event_fields.hpp"
#include "ilbud/intake/event.hpp"
#include "json_check.hpp"

namespace ilbud {
namespace {

// A longer one could not be the name of an event that was ever taken.
using fields::name_bytes_max;
constexpr std::size_t name_text_max = 6 * name_bytes_max + 2;  // every byte written as \u00XX, and the quotes
constexpr std::string_view white_space = " \t\r\n";

// The position behind the string that begins at `start`, or npos if it does not end.
std::size_t end_of_string(std::string_view bytes, std::size_t start) {
    for (std::size_t i = start + 1; i < bytes.size(); ++i) {
        if (bytes[i] == '\\')
            ++i;
        else if (bytes[i] == '"')
            return i + 1;
    }
    return std::string_view::npos;
}

// What a string token says, if an answer can repeat it.
// A parser of its own for each: only refused lines come here, and those are few.
std::string content_of(std::string_view token) {
    if (token.size() > name_text_max) return {};
    simdjson::dom::parser parser;
    std::string_view text;
    if (parser.parse(token.data(), token.size()).get(text) != simdjson::SUCCESS) return {};
    if (text.size() > name_bytes_max || find_forbidden_character(text) != std::string_view::npos) return {};
    return std::string(text);
}

// Keys are compared as written: one that spells "id" with escapes is not found, and the answer goes without. The
// first that can be repeated counts.
void take(EventName& name, std::string_view key, std::string_view token) {
    std::string* const field = key == R"("id")" ? &name.id : key == R"("source")" ? &name.source : nullptr;
    if (field != nullptr && field->empty()) *field = content_of(token);
}

}  // namespace

EventName name_of_event(std::string_view bytes) {
    EventName name;
    std::size_t at = bytes.find_first_not_of(white_space);
    if (at == std::string_view::npos || bytes[at] != '{') return name;
    std::size_t depth = 0;
    std::string_view key;   // the last string at the top level …
    bool is_value = false;  // … and whether a colon came after it
    // Ends as soon as both are known. Only strings, brackets, colons and commas are told apart; whatever
    // else stands there is passed over.
    while (at < bytes.size() && (name.id.empty() || name.source.empty())) {
        const char c = bytes[at];
        if (c == '"') {
            const std::size_t end = end_of_string(bytes, at);
            if (end == std::string_view::npos) break;
            const std::string_view token = bytes.substr(at, end - at);
            if (depth == 1 && is_value) take(name, key, token);
            if (depth == 1 && !is_value) key = token;
            at = end;
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) break;
        if (depth == 1 && c == ':') is_value = true;
        if (depth == 1 && c == ',') is_value = false;
        ++at;
    }
    return name;
}

// The second look costs only senders of bad lines.
Arrival read_arrival(std::string_view bytes, const EventLimits& limits) {
    auto event = parse_event(bytes, limits);
    if (event) return {std::move(event), {}};
    return {std::move(event), name_of_event(bytes)};
}

}  // namespace ilbud
