#include "ilbud/base/colour.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

TEST_CASE("contrast: is WCAG's ratio, whichever colour comes first") {
    CHECK(contrast("#000000", "#ffffff") == Approx(21));
    CHECK(contrast("#FFFFFF", "#ffffff") == Approx(1));
    CHECK(contrast("#777777", "#ffffff") == Approx(4.48).margin(0.005));
    CHECK(contrast("#ffffff", "#767676") == Approx(4.54).margin(0.005));
    CHECK(contrast("#ff0000", "#ffffff") == Approx(4.0).margin(0.005));
}

TEST_CASE("contrast: every text of the mails' layout can be read on what it stands on") {
    for (const auto& [text, page] : {std::pair{"#1f2328", "#ffffff"},
                                     {"#5c6570", "#ffffff"},
                                     {"#5c6570", "#f2f4f6"},
                                     {"#0b5cad", "#ffffff"},
                                     {"#eceff2", "#1f2327"},
                                     {"#b6bec7", "#1f2327"},
                                     {"#b6bec7", "#14171a"},
                                     {"#8fc4ff", "#1f2327"},
                                     {"#8fc4ff", "#14171a"},
                                     {"#1f2328", "#f2f4f6"},
                                     {"#eceff2", "#14171a"}})
        CHECK(contrast(text, page) >= readable_contrast);
}
