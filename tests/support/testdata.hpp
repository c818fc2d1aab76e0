/// Where the real-world test data lies: $ILBUD_TESTDATA, or ../shared/testdata beside the checkout.
#pragma once
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

namespace ilbud::test {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The folder `name` of the test data; says so on one line and returns nothing where it is absent: the test then skips.
inline std::optional<std::filesystem::path> testdata(const std::string& name) {
    const char* given = std::getenv("ILBUD_TESTDATA");
    const auto root =
        given != nullptr ? std::filesystem::path(given) : std::filesystem::path(ILBUD_SOURCE_DIR) / "../shared/testdata";
    const auto folder = root / name;
    if (std::filesystem::is_directory(folder)) return folder;
    std::cout << "skipped: test data '" << name << "' is absent (set ILBUD_TESTDATA)\n";
    return std::nullopt;
}

}  // namespace ilbud::test
