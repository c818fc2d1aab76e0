/// The strings of blns.json; empty where the test data is absent (then a line says so).
#pragma once
#include <simdjson.h>

#include <string>
#include <vector>

#include "testdata.hpp"

namespace ilbud::test {

inline std::vector<std::string> naughty_strings() {
    const auto folder = testdata("naughty-strings");
    if (!folder) return {};
    simdjson::dom::parser parser;
    std::vector<std::string> strings;
    for (const auto item : parser.load((*folder / "blns.json").string()).get_array())
        strings.emplace_back(std::string_view(item));
    return strings;
}

}  // namespace ilbud::test
