// A notice is cut to fit, never refused: it holds names that people chose and whatever its teller found, and an account
// that is not told of its broken domain because of a strange byte would be the worse answer. The event then goes the way
// of every other one, parse_event included, so whatever that would refuse has to be gone here.
#include "ilbud/notice/notice.hpp"

#include <algorithm>

#include "ilbud/base/id.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/render/escape.hpp"

namespace ilbud {
namespace {

// Within those of parse_event. It counts characters and these count bytes, of which there are never fewer.
constexpr std::size_t name_max = 100;
constexpr std::size_t value_max = 500;
constexpr std::size_t subject_max = 255;
constexpr std::size_t line_max = 2000;
constexpr std::size_t facts_max = 40;
constexpr std::size_t lines_max = 60;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// One line of characters that an event may hold, at most `most` bytes.
// The byte order mark is the one forbidden character that escaping leaves: it is no control character, and parse_event
// refuses it.
std::string line_of(std::string_view text, std::size_t most) {
    std::string line = escaped(text, Escape::plain);
    for (auto at = line.find(byte_order_mark); at != std::string::npos;) {
        line.erase(at, byte_order_mark.size());
        // A little before: what stood around it may make one itself now.
        at = line.find(byte_order_mark, at - std::min(at, byte_order_mark.size() - 1));
    }
    if (line.size() <= most) return line;
    // UTF-8's later bytes are 10xxxxxx: a cut goes back to the beginning of the character that it would split.
    const auto inside = [&](std::size_t at) { return (static_cast<unsigned char>(line[at]) & 0xc0U) == 0x80U; };
    while (most > 0 && inside(most)) --most;
    line.resize(most);
    return line;
}

std::string word_of(std::string_view text, std::size_t most) {
    const std::string line = line_of(text, most);
    return std::string(trimmed_value(line));
}

// A fact without a name or a value is left out, as parse_event wants both; what is beyond the limit is lost.
void write_facts(JsonWriter& json, const Notice& notice) {
    std::size_t count = 0;
    json.key("facts").begin_array();
    for (const auto& [name, value] : notice.facts) {
        const auto its_name = word_of(name, name_max), its_value = word_of(value, value_max);
        if (its_name.empty() || its_value.empty() || ++count > facts_max) continue;
        json.begin_object().field("name", its_name).field("value", its_value).end_object();
    }
    json.end_array();
}

// Line by line, since no text of an event may hold a line end. An empty line in between stays one.
void write_records(JsonWriter& json, std::string_view records) {
    while (records.ends_with('\n') || records.ends_with('\r')) records.remove_suffix(1);
    std::size_t count = 0;
    json.key("records").begin_array();
    while (!records.empty() && ++count <= lines_max) {
        const auto end = std::min(records.find('\n'), records.size());
        auto line = records.substr(0, end);
        while (line.ends_with('\r')) line.remove_suffix(1);
        json.begin_object().field("line", line_of(line, line_max)).end_object();
        records.remove_prefix(std::min(end + 1, records.size()));
    }
    json.end_array();
}

}  // namespace

std::string_view aspect_of(const Notice& notice) {
    for (const auto& [name, value] : notice.facts)
        if (name == "aspect") return value;
    return {};
}

// The day stands in it for people who search the log. The time is part of the digest as well: the same thing told on
// another occasion is another event, and the same occasion tried again is the same one, which the store knows already
// (R1).
std::string notice_id(const Notice& notice, Time at) {
    const std::string time = to_text(at);
    const auto aspect = aspect_of(notice);
    const auto told = aspect.empty() ? stable_id({notice.account, notice.cause, notice.subject, time})
                                     : stable_id({notice.account, notice.cause, notice.subject, time, aspect});
    return notice.cause + '/' + time.substr(0, 10) + '/' + told;
}

// No subscriber and no unit: the settings of the account say whom it goes to.
std::string notice_event(const Notice& notice, Time at) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("specversion", "1.0").field("id", notice_id(notice, at));
    json.field("source", std::string(own_source) + "notices").field("type", to_word(EventType::account_notice));
    json.field("time", to_text(at)).key("data").begin_object();
    json.field("account", notice.account).field("cause", notice.cause).field("subject", word_of(notice.subject, subject_max));
    write_facts(json, notice);
    write_records(json, notice.records);
    json.end_object().end_object();
    return out;
}

// By words and not by the form of an address: what is cut too much is missed by nobody.
std::string without_addresses(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        out += word.find('@') == std::string_view::npos ? word : "…";
        if (end < text.size()) out += ' ';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string operator_event(const OperatorNotice& notice, Time at) {
    const std::string time = to_text(at);
    std::string out, lines;
    JsonWriter json(out);
    json.begin_object().field("specversion", "1.0");
    json.field("id", "operator/" + time.substr(0, 10) + '/' + stable_id({notice.trouble, notice.subject, time}));
    json.field("source", std::string(own_source) + "notices").field("type", to_word(EventType::account_notice));
    json.field("time", time).key("data").begin_object().field("operator", true);
    json.field("subject", word_of(notice.subject, subject_max));
    for (const auto& line : notice.lines) lines += line_of(line, line_max) + '\n';
    write_records(json, lines);
    json.end_object().end_object();
    return out;
}

}  // namespace ilbud
