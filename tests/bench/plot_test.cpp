#include "plot.hpp"

#include <catch2/catch.hpp>

namespace ilbud::bench {

TEST_CASE("round_step: cuts a range into round pieces") {
    CHECK(round_step(10, 4) == 2.5);
    CHECK(round_step(4800, 4) == 2000);
    CHECK(round_step(0.9, 8) == Approx(0.2));
}

TEST_CASE("svg: all of a plot stays inside of its drawing, on both kinds of screen") {
    for (const auto& size : {plot_wide, plot_narrow}) {
        const Plot plot(size, 7, 93, "s", "");
        CHECK(plot.x(0) == Approx(size.left));
        CHECK(plot.x(7) < size.width);
        CHECK(plot.y(93) > 0);
        CHECK(plot.y(0) < size.height);
    }
}

TEST_CASE("mark: names that would cover each other stand in two lines") {
    Plot plot(plot_wide, 100, 1, "s", "");
    plot.mark(50, "p50");
    plot.mark(51, "p99");
    plot.mark(80, "max");
    const auto svg = plot.svg("a plot");
    const auto row = [&](const std::string& name) {
        const auto text = svg.rfind(" y=\"", svg.find(">" + name + "<"));
        return svg.substr(text, svg.find('"', text + 4) - text);
    };
    CHECK(row("p50") != row("p99"));
    CHECK(row("p50") == row("max"));
}

TEST_CASE("svg: text is escaped, and an empty plot is still one") {
    Plot plot(plot_wide, 0, 0, "s", "");
    plot.ticks();
    const auto svg = plot.svg("<a> & \"b\"");
    CHECK(svg.find("<a>") == std::string::npos);
    CHECK(svg.find("nan") == std::string::npos);
    CHECK(svg.find("inf") == std::string::npos);
    CHECK(svg.ends_with("</svg>"));
}

}  // namespace ilbud::bench
