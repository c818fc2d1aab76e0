/// Tables of settings, spoiled at random, which must be read or refused with a place, and nothing else.
#pragma once
#include <catch2/catch.hpp>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "settings/table.hpp"

namespace ilbud::test {

struct MutatedCounts {
    std::size_t read = 0, refused = 0;
};

/// Ten thousand of them: of each of `seeds` some bytes are taken away, doubled or put in, `words` among them. `fits` reads one, and says
/// whether what it got is whole; it is asked only where nothing was found.
inline MutatedCounts read_mutated(const std::vector<std::string>& seeds, const std::vector<std::string>& words,
                                  const std::function<bool(const settings_file::Table&)>& fits) {
    std::mt19937 random(16);  // NOLINT: the same every time
    const std::string spice = "[]\"'=\\\n#.,_ \t0aZ{}-\x7f\xc3\xa6";
    MutatedCounts counts;
    for (int i = 0; i < 10'000; ++i) {
        auto text = seeds[random() % seeds.size()];
        for (auto changes = 1 + random() % 4; changes > 0; --changes) {
            const auto at = random() % (text.size() + 1);
            switch (random() % 4) {
                case 0:
                    text.erase(at, random() % 10);
                    break;
                case 1:
                    text.insert(at, words[random() % words.size()]);
                    break;
                case 2:
                    text.insert(at, text.substr(random() % (text.size() + 1), random() % 30));
                    break;
                default:
                    text.insert(at, 1, spice[random() % spice.size()]);
            }
        }
        INFO(text);
        const auto root = settings_file::parse_toml(text);
        if (!root) {
            ++counts.refused;
            CHECK_FALSE(root.error().place.empty());
            continue;
        }
        settings_file::Findings findings("ilbud.toml");
        const bool whole = fits(settings_file::Table(*root, "", findings));
        std::vector<Error> found;
        findings.move_to(found);
        for (const auto& error : found) {
            CHECK_THAT(error.place, Catch::StartsWith("ilbud.toml:"));
            CHECK_FALSE(error.detail.empty());
        }
        if (found.empty()) CHECK(whole);
        ++(found.empty() ? counts.read : counts.refused);
    }
    return counts;
}

}  // namespace ilbud::test
