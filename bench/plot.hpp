/// A chart as SVG: axes with round steps, lines, the ground between lines.
///
/// Pure  colours come from the page's style sheet, by class
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ilbud::bench {

/// In the units of the axes, not in pixels.
struct Point {
    double x = 0, y = 0;
};

/// A page shows one of two drawings of a chart: for a screen that is wide enough, or for a phone.
struct PlotSize {
    std::string_view name;  ///< class of the drawing
    double width = 0, height = 0, left = 0;
    int steps_x = 0;  ///< about so many on the horizontal axis
};
inline constexpr PlotSize plot_wide{"wide", 900, 260, 58, 8};
inline constexpr PlotSize plot_narrow{"narrow", 340, 210, 44, 4};

/// Axes, and where a value stands between them.
/// Drawn in the order of the calls. `x_end` and `y_end` are the greatest values that will be drawn.
class Plot {
 public:
    Plot(PlotSize size, double x_end, double y_end, std::string x_unit, std::string y_unit);
    [[nodiscard]] double x(double value) const;
    [[nodiscard]] double y(double value) const;
    void line(const std::vector<Point>& points, std::string_view style);
    /// The ground between two lines.
    void area(const std::vector<Point>& upper, const std::vector<Point>& lower, std::string_view style);
    /// An upright line with a name at its top. A name that would meet the one before goes a line lower.
    void mark(double at, std::string_view name);
    /// Text at a place of the horizontal axis.
    void tick(double at, std::string_view text);
    /// Ticks at round steps.
    void ticks();
    [[nodiscard]] std::string svg(std::string_view title) const;

 private:
    [[nodiscard]] std::string places(const std::vector<Point>& points) const;

    PlotSize size_;
    double x_end_, y_end_ = 1, y_step_ = 1;
    std::string x_unit_, y_unit_, axes_, body_;
    double mark_end_ = -1e9;  // where the last mark's name ends
    int mark_row_ = 0;
};

/// The same places at zero height.
[[nodiscard]] std::vector<Point> at_zero(std::vector<Point> points);
[[nodiscard]] double highest(const std::vector<Point>& points);
/// A round step that cuts `range` into about `pieces`.
[[nodiscard]] double round_step(double range, int pieces);
/// With at most one decimal, as SVG and CSS want it.
[[nodiscard]] std::string coordinate(double value);
/// For HTML.
[[nodiscard]] std::string safe(std::string_view text);

}  // namespace ilbud::bench
