// SVG by hand: a report must be one file that opens anywhere, years later, without a library from elsewhere.
// Each chart is drawn twice, wide and narrow, since text in a scaled SVG would become too small to read.
#include "plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ilbud/render/escape.hpp"
#include "report.hpp"

namespace ilbud::bench {
namespace {

// Pixels around the drawing; the left margin depends on the size.
constexpr double right = 14, top = 18, bottom = 30;
// No font is asked: digits of the page's tick size are about that wide.
constexpr double letter_width = 7;  // of a tick's text, about

}  // namespace

std::string safe(std::string_view text) {
    return escaped(text, Escape::html);
}

// One decimal of a pixel is finer than any screen.
std::string coordinate(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

// 1, 2, 2.5 or 5 times a power of ten: steps that people count in.
double round_step(double range, int pieces) {
    const double raw = range / pieces;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (raw <= factor * power) return factor * power;
    return 10 * power;
}

std::vector<Point> at_zero(std::vector<Point> points) {
    for (auto& point : points) point.y = 0;
    return points;
}

double highest(const std::vector<Point>& points) {
    double most = 0;
    for (const auto& point : points) most = std::max(most, point.y);
    return most;
}

// The axis ends at a step above the highest value, so that no line touches the top.
// 1e-6 keeps empty runs from dividing by zero.
Plot::Plot(PlotSize size, double x_end, double y_end, std::string x_unit, std::string y_unit)
    : size_(size), x_end_(std::max(x_end, 1e-6)), x_unit_(std::move(x_unit)), y_unit_(std::move(y_unit)) {
    y_step_ = round_step(std::max(y_end, 1e-6) * 1.05, 4);
    y_end_ = y_step_ * std::ceil(std::max(y_end, 1e-6) * 1.02 / y_step_);
}

double Plot::x(double value) const {
    return size_.left + value / x_end_ * (size_.width - size_.left - right);
}

// SVG counts downwards.
double Plot::y(double value) const {
    return size_.height - bottom - value / y_end_ * (size_.height - top - bottom);
}

std::string Plot::places(const std::vector<Point>& points) const {
    std::string out;
    for (const auto& point : points) out += coordinate(x(point.x)) + "," + coordinate(y(point.y)) + " ";
    return out;
}

void Plot::line(const std::vector<Point>& points, std::string_view style) {
    body_ += "<polyline class=\"line " + std::string(style) + "\" points=\"" + places(points) + "\"/>";
}

// There along the upper line and back along the lower one.
void Plot::area(const std::vector<Point>& upper, const std::vector<Point>& lower, std::string_view style) {
    const std::vector<Point> back(lower.rbegin(), lower.rend());
    body_ += "<polygon class=\"area " + std::string(style) + "\" points=\"" + places(upper) + places(back) + "\"/>";
}

// About as wide as its text; a name that would run out of the picture is turned to the left of its line.
void Plot::mark(double at, std::string_view name) {
    const double width = letter_width * static_cast<double>(name.size()) + 8;
    const bool turned = x(at) + width > size_.width - right;  // no room for the name on its right
    const double begin = turned ? x(at) - width : x(at);
    // Names that would meet go one row down; the row starts anew as soon as there is room.
    mark_row_ = begin < mark_end_ ? mark_row_ + 1 : 0;
    mark_end_ = std::max(mark_end_, begin + width);
    body_ += "<line class=\"mark\" x1=\"" + coordinate(x(at)) + "\" x2=\"" + coordinate(x(at)) + "\" y1=\"" +
             coordinate(top - 8) + "\" y2=\"" + coordinate(size_.height - bottom) + "\"/><text class=\"tick\" text-anchor=\"" +
             (turned ? "end" : "start") + "\" x=\"" + coordinate(x(at) + (turned ? -5 : 5)) + "\" y=\"" +
             coordinate(top + 2 + 14 * mark_row_) + "\">" + safe(name) + "</text>";
}

void Plot::tick(double at, std::string_view text) {
    const double half = letter_width * static_cast<double>(text.size()) / 2;
    const bool late = x(at) + half > size_.width;  // not beyond the edge
    axes_ += "<text class=\"tick\" text-anchor=\"" + std::string(late ? "end" : "middle") + "\" x=\"" +
             coordinate(late ? size_.width : x(at)) + "\" y=\"" + coordinate(size_.height - 10) + "\">" + safe(text) + "</text>";
}

void Plot::ticks() {
    const double step = round_step(x_end_, size_.steps_x);
    // A little beyond the end, so that rounding does not cost the last tick.
    for (int i = 0; i * step <= x_end_ * 1.0001; ++i)
        tick(i * step, number_text(i * step) + (i == 0 ? " " + x_unit_ : std::string()));
}

// Grid first, then axes, then what was drawn: later parts of an SVG lie above.
std::string Plot::svg(std::string_view title) const {
    std::string out = "<svg class=\"" + std::string(size_.name) + "\" viewBox=\"0 0 " + coordinate(size_.width) + " " +
                      coordinate(size_.height) + "\" role=\"img\" aria-label=\"" + safe(title) + "\">";
    for (int i = 0; i * y_step_ <= y_end_ * 1.0001; ++i) {
        const double at = i * y_step_;
        out += "<line class=\"grid\" x1=\"" + coordinate(size_.left) + "\" x2=\"" + coordinate(size_.width - right) + "\" y1=\"" +
               coordinate(y(at)) + "\" y2=\"" + coordinate(y(at)) + "\"/>";
        out += "<text class=\"tick\" text-anchor=\"end\" x=\"" + coordinate(size_.left - 8) + "\" y=\"" + coordinate(y(at) + 4) +
               "\">" + number_text(at) + y_unit_ + "</text>";
    }
    return out + axes_ + body_ + "</svg>";
}

}  // namespace ilbud::bench
