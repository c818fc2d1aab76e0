#include "decision_record.hpp"

#include <simdjson.h>

#include <stdexcept>

#include "ilbud/base/json.hpp"

namespace ilbud {

std::string write_decision_record(const std::vector<Skip>& skipped, const std::vector<RuleStep>& chain,
                                  const std::vector<std::string>& marks) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    if (!skipped.empty()) {
        json.key("skips").begin_array();
        for (const auto& skip : skipped)
            json.begin_array().value(to_word(skip.kind)).value(skip.reason).value(skip.to).end_array();
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

DecisionRecord read_decision_record(std::string_view text) try {
    simdjson::dom::parser parser;
    const simdjson::dom::object document = parser.parse(text.data(), text.size());
    const auto string_at = [](const simdjson::dom::array& row, std::size_t place) {
        return std::string(std::string_view(row.at(place)));
    };
    DecisionRecord record;
    simdjson::dom::array list;
    if (document["skips"].get(list) == simdjson::SUCCESS)
        for (const simdjson::dom::array row : list) {
            const auto kind = from_word<Kind>(string_at(row, 0));
            if (!kind) throw std::runtime_error("unknown kind in stored notes");
            record.skipped.push_back({*kind, string_at(row, 1), string_at(row, 2)});
        }
    if (document["chain"].get(list) == simdjson::SUCCESS)
        for (const simdjson::dom::array row : list) record.chain.push_back({string_at(row, 0), string_at(row, 1)});
    if (document["marks"].get(list) == simdjson::SUCCESS)
        for (const std::string_view mark : list) record.marks.emplace_back(mark);
    return record;
} catch (const simdjson::simdjson_error& error) {
    throw std::runtime_error(std::string("stored notes are damaged: ") + error.what());
}

}  // namespace ilbud
