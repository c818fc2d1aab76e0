// A row holds a whole slot as JSON. It is read strictly, unlike a watched domain's state: what is lost there is looked up
// again, while a slot that is misread could sign with a key that nobody publishes. So a daemon does not start on a row
// that it does not understand, and a member that is added to KeySlot later must be one that may be missing, or the rows
// of before are refused. simdjson's elements and string views point into their parser: each function has a parser of its
// own and copies out of it.
#include "key_shelf.hpp"

#include <simdjson.h>

#include "ilbud/base/json.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;

// On the same shelf as the selectors, so that a switch and the end of the change that asked for it are one commit.
constexpr std::string_view change_row = "#change";  // no selector has a '#'

void write_time(JsonWriter& json, std::string_view name, const std::optional<Time>& time) {
    if (time) json.field(name, to_text(*time));
}

// Every member but a time is written even if it is empty: Reader takes one that is missing for a broken row.
std::string written(const KeySlot& slot) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("stage", to_word(slot.stage)).field("file", slot.file).field("ours", slot.ours);
    json.field("type", to_word(slot.type))
        .field("bits", slot.bits)
        .field("record", slot.record)
        .field("since", to_text(slot.since));
    write_time(json, "made_at", slot.made_at);
    write_time(json, "published_at", slot.published_at);
    write_time(json, "signing_since", slot.signing_since);
    write_time(json, "closed_at", slot.closed_at);
    json.field("publish_wanted", slot.publish_wanted).field("good_looks", slot.good_looks);
    write_time(json, "first_good_look", slot.first_good_look);
    write_time(json, "last_look", slot.last_look);
    json.field("ttl", to_text(slot.ttl));
    write_time(json, "tried_at", slot.tried_at);
    write_time(json, "trouble_since", slot.trouble_since);
    json.field("trouble", slot.trouble).end_object();
    return out;
}

// One look at broken() in the end, rather than a test after each of twenty members.
/// Reads members and remembers whether one was not as it should be.
class Reader {
 public:
    explicit Reader(element object) : object_(object) {}

    std::string text(const char* name) {
        std::string_view value;
        if (object_[name].get(value) != simdjson::SUCCESS) broken_ = true;
        return std::string(value);
    }
    bool flag(const char* name) {
        bool value = false;
        if (object_[name].get(value) != simdjson::SUCCESS) broken_ = true;
        return value;
    }
    int number(const char* name) {
        std::int64_t value = 0;
        if (object_[name].get(value) != simdjson::SUCCESS) broken_ = true;
        return static_cast<int>(value);
    }
    template <class Enum>
    Enum word(const char* name) {
        const auto value = from_word<Enum>(text(name));
        if (!value) broken_ = true;
        return value.value_or(Enum{});
    }
    // The only kind that may be missing; a text that stands there and is no time breaks the row like any other.
    std::optional<Time> time(const char* name) {
        std::string_view value;
        if (object_[name].get(value) != simdjson::SUCCESS) return std::nullopt;
        const auto time = parse_time(value);
        if (!time) broken_ = true;
        return time;
    }
    [[nodiscard]] bool broken() const { return broken_; }

 private:
    element object_;
    bool broken_ = false;
};

Error unreadable(const std::string& row) {
    return {"key_state_unreadable", "shelf dkim, " + row, "expected what `ilbud` of this version writes there"};
}

Result<KeySlot> read_slot(const ShelfRow& row) {
    simdjson::dom::parser parser;
    element object;
    if (parser.parse(row.value).get(object) != simdjson::SUCCESS) return unreadable(row.name);
    Reader read(object);
    KeySlot slot;
    slot.stage = read.word<KeyStage>("stage");
    slot.file = read.text("file");
    slot.ours = read.flag("ours");
    slot.type = read.word<KeyType>("type");
    slot.bits = read.number("bits");
    slot.record = read.text("record");
    const auto since = read.time("since");
    slot.since = since.value_or(Time{});
    slot.made_at = read.time("made_at");
    slot.published_at = read.time("published_at");
    slot.signing_since = read.time("signing_since");
    slot.closed_at = read.time("closed_at");
    slot.publish_wanted = read.flag("publish_wanted");
    slot.good_looks = read.number("good_looks");
    slot.first_good_look = read.time("first_good_look");
    slot.last_look = read.time("last_look");
    const auto ttl = parse_duration(read.text("ttl"));
    slot.ttl = ttl.value_or(Duration{});
    slot.tried_at = read.time("tried_at");
    slot.trouble_since = read.time("trouble_since");
    slot.trouble = read.text("trouble");
    if (read.broken() || !since || !ttl) return unreadable(row.name);
    return slot;
}

}  // namespace

// Always all three rows. Put in one commit, they leave no crash that shows the new key signing and the old one signing,
// too.
std::vector<ShelfRow> to_rows(const KeySlots& slots, const SelectorNames& names) {
    std::vector<ShelfRow> rows;
    for (std::size_t i = 0; i < names.size(); ++i) rows.push_back({names[i], written(slots.slots[i])});
    std::string change;  // empty: no such row
    if (slots.rotating_since) JsonWriter(change).begin_object().field("since", to_text(*slots.rotating_since)).end_object();
    rows.push_back({std::string(change_row), change});
    return rows;
}

Result<ShelvedKeys> from_rows(const std::vector<ShelfRow>& rows, const SelectorNames& names) {
    // Rows of other names are of selectors that the settings have no longer. They stay on the shelf and count for
    // nothing: the key file that they name is somebody's still, and the selector may come back.
    ShelvedKeys keys;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (row.name != names[i]) continue;
            auto slot = read_slot(row);
            if (!slot) return slot.error();
            keys.slots.slots[i] = *std::move(slot);
            keys.known[i] = true;
        }
        if (row.name != change_row) continue;
        simdjson::dom::parser parser;
        element object;
        if (parser.parse(row.value).get(object) != simdjson::SUCCESS) return unreadable(row.name);
        keys.slots.rotating_since = Reader(object).time("since");
        if (!keys.slots.rotating_since) return unreadable(row.name);
    }
    return keys;
}

}  // namespace ilbud
