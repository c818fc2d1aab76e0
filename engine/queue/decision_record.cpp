// Text and not columns: nobody searches in it, it is read only for `explain`, for duplicates, for replays and when the
// event is pruned. Rows are arrays without names, since there is one such text for every event that is kept.
#include "decision_record.hpp"

#include <simdjson.h>

#include "ilbud/base/json.hpp"

namespace ilbud {

// Empty lists are left out: most events bring no skip and no mark.
std::string write_decision_record(const std::vector<Skip>& skipped, const std::vector<RuleStep>& chain,
                                  const std::vector<std::string>& marks) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    if (!skipped.empty()) {
        json.key("skips").begin_array();
        for (const auto& skip : skipped) {
            // The word and not the number: the text outlives any order of an enum.
            json.begin_array().value(to_word(skip.kind)).value(skip.reason).value(skip.to);
            if (!skip.field.empty() || skip.undeliverable) json.value(skip.field);
            if (skip.undeliverable) json.value(true);
            json.end_array();
        }
        json.end_array();
    }
    if (!chain.empty()) {
        json.key("chain").begin_array();
        for (const auto& step : chain) json.begin_array().value(step.rule).value(step.finding).end_array();
        json.end_array();
    }
    if (!marks.empty()) {
        json.key("marks").begin_array();
        for (const auto& mark : marks) json.value(mark);
        json.end_array();
    }
    json.end_object();
    return text;
}

// The engine wrote it, so anything odd is damage. A member that is missing is an empty list; members that a later version may
// add are passed over.
std::optional<DecisionRecord> read_decision_record(std::string_view text) try {
    simdjson::dom::parser parser;
    // This form of parse copies the text into a padded buffer of its own. SQLite's bytes
    // have no room behind them, which simdjson would read past otherwise.
    const simdjson::dom::object document = parser.parse(text.data(), text.size());
    const auto string_at = [](const simdjson::dom::array& row, std::size_t place) {
        return std::string(std::string_view(row.at(place)));
    };
    DecisionRecord record;
    simdjson::dom::array list;
    if (document["skips"].get(list) == simdjson::SUCCESS)
        for (const simdjson::dom::array row : list) {
            const auto kind = from_word<Kind>(string_at(row, 0));
            if (!kind) return std::nullopt;
            record.skipped.push_back({*kind, string_at(row, 1), string_at(row, 2),
                                      row.size() > 3 ? string_at(row, 3) : std::string(), row.size() > 4 && bool(row.at(4))});
        }
    if (document["chain"].get(list) == simdjson::SUCCESS)
        for (const simdjson::dom::array row : list) record.chain.push_back({string_at(row, 0), string_at(row, 1)});
    if (document["marks"].get(list) == simdjson::SUCCESS)
        for (const std::string_view mark : list) record.marks.emplace_back(mark);
    return record;
} catch (const simdjson::simdjson_error&) {
    return std::nullopt;
}

DecisionRecord read_decision_record_or_tell(std::string_view text) {
    if (auto record = read_decision_record(text)) return std::move(*record);
    return {{}, {{"queue", "what was decided cannot be read any more: its record is damaged"}}, {}};
}

}  // namespace ilbud
