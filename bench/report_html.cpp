#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/output.hpp"
#include "ilbud/mail/escape.hpp"
#include "report.hpp"

namespace ilbud::bench {
namespace {

constexpr double chart_width = 900, chart_height = 260;
constexpr double left = 64, right = 16, top = 16, bottom = 34;

std::string safe(std::string_view text) {
    return escaped(text, Escape::html);
}

std::string coordinate(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

/// A round step that cuts `range` into about `pieces`.
double round_step(double range, int pieces) {
    const double raw = range / pieces;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (raw <= factor * power) return factor * power;
    return 10 * power;
}

/// Axes, and where a value stands between them.
class Plot {
 public:
    Plot(double x_end, double y_end, std::string x_unit, std::string y_unit)
        : x_end_(std::max(x_end, 1e-6)), x_unit_(std::move(x_unit)), y_unit_(std::move(y_unit)) {
        y_step_ = round_step(std::max(y_end, 1e-6) * 1.05, 4);
        y_end_ = y_step_ * std::ceil(std::max(y_end, 1e-6) * 1.02 / y_step_);
    }
    [[nodiscard]] double x(double value) const { return left + value / x_end_ * (chart_width - left - right); }
    [[nodiscard]] double y(double value) const { return chart_height - bottom - value / y_end_ * (chart_height - top - bottom); }
    void draw(const std::string& svg) { body_ += svg; }
    /// Text at a place of the horizontal axis.
    void tick(double at, const std::string& text) {
        const std::string anchor = at >= x_end_ * 0.98 ? "end" : "middle";  // not beyond the edge
        axes_ += "<text class=\"tick\" text-anchor=\"" + anchor + "\" x=\"" + coordinate(x(at)) + "\" y=\"" +
                 coordinate(chart_height - 12) + "\">" + safe(text) + "</text>";
    }
    void ticks() {
        const double step = round_step(x_end_, 8);
        for (double at = 0; at <= x_end_ * 1.0001; at += step)
            tick(at, number_text(at) + (at == 0 ? " " + x_unit_ : std::string()));
    }
    [[nodiscard]] std::string svg(const std::string& title) {
        std::string out = "<svg viewBox=\"0 0 " + coordinate(chart_width) + " " + coordinate(chart_height) +
                          "\" role=\"img\" aria-label=\"" + safe(title) + "\">";
        for (double at = 0; at <= y_end_ * 1.0001; at += y_step_) {
            out += "<line class=\"grid\" x1=\"" + coordinate(left) + "\" x2=\"" + coordinate(chart_width - right) + "\" y1=\"" +
                   coordinate(y(at)) + "\" y2=\"" + coordinate(y(at)) + "\"/>";
            out += "<text class=\"tick\" text-anchor=\"end\" x=\"" + coordinate(left - 8) + "\" y=\"" + coordinate(y(at) + 4) +
                   "\">" + number_text(at) + y_unit_ + "</text>";
        }
        return out + axes_ + body_ + "</svg>";
    }

 private:
    double x_end_, y_end_ = 1, y_step_ = 1;
    std::string x_unit_, y_unit_, axes_, body_;
};

struct Point {
    double x, y;
};

std::string points_text(const Plot& plot, const std::vector<Point>& points) {
    std::string out;
    for (const auto& point : points) out += coordinate(plot.x(point.x)) + "," + coordinate(plot.y(point.y)) + " ";
    return out;
}

std::string line_of(const Plot& plot, const std::vector<Point>& points, const std::string& style) {
    return "<polyline class=\"line " + style + "\" points=\"" + points_text(plot, points) + "\"/>";
}

/// The ground between two lines.
std::string area_of(const Plot& plot, const std::vector<Point>& upper, std::vector<Point> lower, const std::string& style) {
    std::reverse(lower.begin(), lower.end());
    return "<polygon class=\"area " + style + "\" points=\"" + points_text(plot, upper) + points_text(plot, lower) + "\"/>";
}

/// How fast `value` of the samples rose, over spans of at least a fortieth of the run.
template <class Value>
std::vector<Point> rates(const std::vector<Sample>& samples, Value value) {
    std::vector<Point> out;
    if (samples.size() < 2) return out;
    const double span_min = std::max(samples.back().seconds / 40, 0.25);
    std::size_t from = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        const double span = samples[i].seconds - samples[from].seconds;
        if (span < span_min) continue;
        out.push_back({(samples[i].seconds + samples[from].seconds) / 2, (value(samples[i]) - value(samples[from])) / span});
        from = i;
    }
    return out;
}

double highest(const std::vector<Point>& points) {
    double most = 0;
    for (const auto& point : points) most = std::max(most, point.y);
    return most;
}

std::vector<Point> at_zero(std::vector<Point> points) {
    for (auto& point : points) point.y = 0;
    return points;
}

std::string throughput_chart(const Report& report) {
    const auto points = rates(report.samples, [](const Sample& sample) { return static_cast<double>(sample.delivered); });
    Plot plot(report.samples.back().seconds, highest(points), "s", "");
    plot.ticks();
    plot.draw(area_of(plot, points, at_zero(points), "one") + line_of(plot, points, "one"));
    return plot.svg("Mails delivered a second, over time");
}

std::string cpu_chart(const Report& report) {
    const auto user = rates(report.samples, [](const Sample& sample) { return sample.cpu.user * 100; });
    auto both = rates(report.samples, [](const Sample& sample) { return sample.cpu.total() * 100; });
    Plot plot(report.samples.back().seconds, highest(both), "s", " %");
    plot.ticks();
    plot.draw(area_of(plot, user, at_zero(user), "one") + area_of(plot, both, user, "two") + line_of(plot, user, "one") +
              line_of(plot, both, "two"));
    return plot.svg("The daemon's CPU, over time");
}

/// The share of mails that took longer, against the latency, as percentiles on a scale that stretches the tail.
std::string latency_chart(const Report& report) {
    double slowest = 0;
    double fastest = 1e12;
    for (const auto& group : report.groups) {
        slowest = std::max(slowest, group.latency.max_ms());
        for (const auto& bucket : group.latency.buckets()) fastest = std::min(fastest, std::max(bucket.from_ms, 0.01));
    }
    const double from = std::floor(std::log10(fastest));
    const double end = std::max(std::ceil(std::log10(std::max(slowest, 0.02))), from + 1);
    const auto place = [&](double ms) { return std::log10(std::max(ms, fastest)) - from; };
    constexpr int slots = 60;  // bars of equal width on the logarithmic scale
    std::vector<std::vector<double>> bars;
    double most = 0;
    for (const auto& group : report.groups) {
        std::vector<double> shares(slots);
        for (const auto& bucket : group.latency.buckets()) {
            const double middle = place((bucket.from_ms + bucket.to_ms) / 2) / (end - from) * slots;
            shares[static_cast<std::size_t>(std::clamp(middle, 0.0, slots - 1.0))] +=
                100 * static_cast<double>(bucket.count) / static_cast<double>(group.latency.count());
        }
        most = std::max(most, *std::max_element(shares.begin(), shares.end()));
        bars.push_back(std::move(shares));
    }
    Plot plot(end - from, most, "", " %");
    for (double power = from; power <= end; ++power)
        plot.tick(power - from, number_text(std::pow(10, power)) + (power == from ? " ms" : ""));
    const char* styles[] = {"one", "two", "three"};
    for (std::size_t g = 0; g < bars.size() && g < 3; ++g) {
        std::vector<Point> steps;
        for (int i = 0; i < slots; ++i) {
            steps.push_back({(end - from) * i / slots, bars[g][static_cast<std::size_t>(i)]});
            steps.push_back({(end - from) * (i + 1) / slots, bars[g][static_cast<std::size_t>(i)]});
        }
        plot.draw(area_of(plot, steps, at_zero(steps), styles[g]) + line_of(plot, steps, styles[g]));
    }
    const auto& first = report.groups.front().latency;
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p99", 0.99}}) {
        const double at = plot.x(place(first.percentile_ms(share)));
        const bool turned = at > chart_width - right - 40;  // no room for the name on its right
        const auto x = coordinate(at);
        plot.draw("<line class=\"mark\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + coordinate(top) + "\" y2=\"" +
                  coordinate(chart_height - bottom) + "\"/>" + "<text class=\"tick\" text-anchor=\"" +
                  (turned ? "end" : "start") + "\" x=\"" + coordinate(at + (turned ? -4 : 4)) + "\" y=\"" + coordinate(top + 8) +
                  "\">" + name + "</text>");
    }
    return plot.svg("How long mails took");
}

std::string legend(const std::vector<std::string>& names) {
    const char* styles[] = {"one", "two", "three"};
    std::string out = "<p class=\"legend\">";
    for (std::size_t i = 0; i < names.size() && i < 3; ++i)
        out += "<span><i class=\"" + std::string(styles[i]) + "\"></i>" + safe(names[i]) + "</span>";
    return out + "</p>";
}

std::string figure(const std::string& title, const std::string& chart, const std::string& below = {}) {
    return "<section><h2>" + safe(title) + "</h2>" + chart + below + "</section>\n";
}

std::string tile(const std::string& value, const std::string& unit, const std::string& name) {
    return "<div><b>" + safe(value) + "<small> " + safe(unit) + "</small></b>" + safe(name) + "</div>";
}

constexpr std::string_view style = R"(<style>
:root{--ground:#f6f7f9;--card:#fff;--ink:#1b1f27;--soft:#667085;--rule:#e4e7ec;--one:#2f6fde;--two:#e08a1e;--three:#8a94a6;--good:#12805c;--bad:#c4320a;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ground:#14171c;--card:#1d2128;--ink:#e8eaee;--soft:#98a2b3;--rule:#2f353f;--one:#6ea2ff;--two:#f2b05e;--three:#7d8798;--good:#4cc79a;--bad:#ff8a65}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:980px;margin:0 auto;padding:40px 20px 60px}h1{font-size:26px;margin:0;letter-spacing:-.01em}h2{font-size:15px;margin:0 0 12px}
header p{margin:4px 0 0;color:var(--soft)}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:28px 0 16px}
.tiles div,section{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:16px 18px}.tiles div{color:var(--soft);font-size:13px}
.tiles b{display:block;color:var(--ink);font-size:26px;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}.tiles small{font-size:13px;font-weight:400;color:var(--soft);letter-spacing:0}
section{margin-top:16px;overflow-x:auto}svg{display:block;width:100%;min-width:560px;height:auto}.grid{stroke:var(--rule)}.tick{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
.line{fill:none;stroke-width:2;stroke-linejoin:round}.line.one{stroke:var(--one)}.line.two{stroke:var(--two)}.line.three{stroke:var(--three)}
.area{opacity:.18}.area.one{fill:var(--one)}.area.two{fill:var(--two)}.area.three{fill:var(--three)}.mark{stroke:var(--soft);stroke-dasharray:3 4}
.legend{display:flex;flex-wrap:wrap;gap:6px 20px;margin:10px 0 0;color:var(--soft);font-size:13px}.legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
i.one{background:var(--one)}i.two{background:var(--two)}i.three{background:var(--three)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}td{padding:7px 12px 7px 0;border-top:1px solid var(--rule);vertical-align:top}tr:first-child td{border-top:0}
td:nth-child(2){text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;font-weight:600}td:nth-child(3),td:nth-child(4){color:var(--soft)}
.bad{color:var(--bad);font-weight:600}.good{color:var(--good);font-weight:600}footer{margin-top:24px;color:var(--soft);font-size:13px}
</style>)";

}  // namespace

std::string html_text(const Report& report) {
    std::string out =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\">";
    out += "<title>Ilbud: " + safe(headline(report)) + "</title>" + std::string(style) + "</head><body><main>\n<header><h1>" +
           safe(headline(report)) + "</h1><p>";
    out += safe(report.cpu_model) + " · " + std::to_string(report.lanes) + " lanes, " + std::to_string(report.connections) +
           " connections · sink: " + safe(report.sink);
    out += report.exact() ? " · <span class=\"good\">every mail arrived exactly once</span>"
                          : " · <span class=\"bad\">mails were lost or doubled</span>";
    out += "</p></header>\n<div class=\"tiles\">" + tile(number_text(report.mails_per_second()), "mails/s", "throughput");
    out += tile(number_text(report.cpu_us_per_mail()), "µs", "daemon's CPU a mail") +
           tile(number_text(report.ratio()), "R", "the same in signatures");
    if (report.timed && !report.groups.empty())
        out += tile(number_text(report.groups[0].latency.percentile_ms(0.99)), "ms", "latency, p99");
    out += tile(number_text(report.rss_max_mib), "MiB", "memory, at most") + "</div>\n";
    // A line needs points: what is over sooner has none to show.
    const bool lasted = report.samples.size() > 4 && report.samples.back().seconds >= 1.5;
    if (lasted) out += figure("Mails delivered a second", throughput_chart(report));
    if (report.timed && !report.groups.empty() && report.groups[0].latency.count() > 0) {
        std::vector<std::string> names;
        for (const auto& group : report.groups) names.push_back(group.name);
        out += figure("How long mails took: share of mails by latency", latency_chart(report), legend(names));
    }
    if (lasted)
        out += figure("The daemon's CPU (100 % is one core)", cpu_chart(report),
                      legend({"in its own code and libraries", "in the system"}));
    out += "<section><h2>All figures</h2><div class=\"wide\"><table>";
    for (const auto& row : report_rows(report))
        out += "<tr><td>" + safe(row.name) + "</td><td>" + safe(row.value) + "</td><td>" + safe(row.unit) + "</td><td>" +
               safe(row.note) + "</td></tr>";
    out += "</table></div></section>\n<footer>Mix of kinds: " + safe(report.mix) +
           ". R is the CPU time of one RSA-2048 signature by OpenSSL on the same machine, ";
    out += "measured before and after the run. Written by <code>ilbud-bench run</code>.</footer>\n</main></body></html>\n";
    return out;
}

}  // namespace ilbud::bench
