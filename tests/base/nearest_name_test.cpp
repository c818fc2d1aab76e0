#include "ilbud/base/nearest_name.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace ilbud;

TEST_CASE("edit_distance: counts letters changed, put in, left out and swapped, and is the same both ways") {
    struct Pair {
        std::string_view one, other;
        std::size_t distance;
    };
    for (const auto& [one, other, expected] : {Pair{"", "", 0},
                                               {"a", "", 1},
                                               {"abc", "abc", 0},
                                               {"abc", "abd", 1},
                                               {"abc", "ab", 1},
                                               {"copyto", "copy_to", 1},
                                               {"kitten", "sitting", 3},
                                               {"ab", "ba", 1},
                                               {"inculde", "include", 1},
                                               {"ca", "abc", 3},
                                               {"redirect", "rediretc", 1}}) {
        INFO(one << " " << other);
        CHECK(edit_distance(one, other) == expected);
        CHECK(edit_distance(other, one) == expected);
        for (std::size_t most = 0; most < 5; ++most) CHECK((edit_distance(one, other, most) <= most) == (expected <= most));
    }
}

TEST_CASE("nearest_name: a third of the letters may be wrong, a beginning is near, and what is far has none") {
    constexpr std::array<std::string_view, 4> known{"copy_to", "time_zone", "id", "resend"};
    CHECK(nearest_name("copyto", known) == "copy_to");
    CHECK(nearest_name("CC", known).empty());
    CHECK(nearest_name("time", known) == "time_zone");
    CHECK(nearest_name("di", known) == "id");
    CHECK(nearest_name("vendor", known).empty());
    CHECK(nearest_name("", known).empty());
    CHECK(nearest_name(std::string(65, 'r'), known).empty());
}
