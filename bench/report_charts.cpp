// Charts of a run over time, of latencies and of the CPU's parts. Samples come ten times a second; drawn as
// they are they would be noise, so rates are taken over longer spans.
#include "report_charts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "plot.hpp"
#include "report.hpp"

namespace ilbud::bench {
namespace {

// Classes of the style sheet; what has no style of its own is not drawn.
constexpr std::array<std::string_view, 3> group_styles{"one", "two", "three"};

/// How fast `value` of the samples rose, over spans of at least a fortieth of the run; from its begin to its end.
// A fortieth of the run, or a quarter of a second: forty points make a
// line, and no span is short enough to jump.
template <class Value>
std::vector<Point> rates(const std::vector<Sample>& samples, Value value) {
    std::vector<Point> out;
    if (samples.size() < 2) return out;
    const double span_min = std::max(samples.back().seconds / 40, 0.25);
    std::size_t from = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        const double span = samples[i].seconds - samples[from].seconds;
        if (span < span_min) continue;
        // A span's rate stands in its middle; the first and the last are drawn out to the
        // ends, or the line would hang in the air.
        out.push_back({(samples[i].seconds + samples[from].seconds) / 2, (value(samples[i]) - value(samples[from])) / span});
        from = i;
    }
    if (out.empty()) return out;
    out.insert(out.begin(), {0, out.front().y});
    out.push_back({samples.back().seconds, out.back().y});
    return out;
}

/// Draws for both kinds of screen.
// A media query shows one of both.
template <class Draw>
std::string both_sizes(Draw draw) {
    return draw(plot_wide) + draw(plot_narrow);
}

std::string legend(const std::vector<std::string>& names) {
    std::string out = "<p class=\"legend\">";
    for (std::size_t i = 0; i < names.size() && i < group_styles.size(); ++i)
        out += "<span><i class=\"" + std::string(group_styles[i]) + "\"></i>" + safe(names[i]) + "</span>";
    return out + "</p>";
}

// Sixty bars leave each some five pixels of the narrow drawing.
constexpr int latency_slots = 60;  // bars of equal width on the logarithmic scale

/// From which power of ten of milliseconds to which.
// Latencies range from under a millisecond to minutes, so the axis is logarithmic, in whole powers of ten.
struct LatencyScale {
    double fastest = 1e12, from = 0, end = 1;
    [[nodiscard]] double place(double ms) const { return std::log10(std::max(ms, fastest)) - from; }
};

LatencyScale latency_scale(const Report& report) {
    LatencyScale scale;
    double slowest = 0.02;
    for (const auto& group : report.groups) {
        slowest = std::max(slowest, group.latency.max_ms());
        for (const auto& bucket : group.latency.buckets())
            scale.fastest = std::min(scale.fastest, std::max(bucket.from_ms, 0.01));
    }
    scale.from = std::floor(std::log10(scale.fastest));
    // At least one power of ten, or all would stand at one place.
    scale.end = std::max(std::ceil(std::log10(slowest)), scale.from + 1);
    return scale;
}

/// The share of `latency` that falls into each slot, in percent.
// Each bucket falls into one slot by its middle, for buckets are narrower than slots but at the fast end.
std::vector<double> latency_bars(const Histogram& latency, const LatencyScale& scale) {
    std::vector<double> shares(latency_slots);
    for (const auto& bucket : latency.buckets()) {
        const double slot = scale.place((bucket.from_ms + bucket.to_ms) / 2) / (scale.end - scale.from) * latency_slots;
        shares[static_cast<std::size_t>(std::clamp(slot, 0.0, latency_slots - 1.0))] +=
            100 * static_cast<double>(bucket.count) / static_cast<double>(latency.count());
    }
    return shares;
}

// Of nothing everything is 0 %.
std::string percent_text(double part, double whole) {
    return coordinate(whole > 0 ? 100 * part / whole : 0) + "%";
}

/// The bar below: what was measured, thread by thread.
// Threads are what was really measured; the stages above them are partly derived.
std::string thread_row(const Report& report, double all) {
    std::string out = "<div class=\"threads\">";
    for (const std::string thread : {"main", "lanes", "store", "other"}) {
        double us = 0;
        for (const auto& part : report.cpu_parts)
            if (part.thread == thread) us += part.us;
        if (us <= 0) continue;
        out +=
            // A name is written only where it has room.
            "<div style=\"width:" + percent_text(us, all) + "\"><span>" + (us > all / 12 ? safe(thread) : "") + "</span></div>";
    }
    return out + "</div>";
}

}  // namespace

std::string throughput_chart(const Report& report) {
    const auto points = rates(report.samples, [](const Sample& sample) { return static_cast<double>(sample.delivered); });
    return both_sizes([&](const PlotSize& size) {
        Plot plot(size, report.samples.back().seconds, highest(points), "s", "");
        plot.ticks();
        plot.area(points, at_zero(points), "one");
        plot.line(points, "one");
        return plot.svg("Mails delivered a second, over time");
    });
}

// User time below, system time on top of it: the upper line is the sum.
std::string cpu_chart(const Report& report) {
    const auto user = rates(report.samples, [](const Sample& sample) { return sample.cpu.user * 100; });
    const auto both = rates(report.samples, [](const Sample& sample) { return sample.cpu.total() * 100; });
    const auto chart = both_sizes([&](const PlotSize& size) {
        Plot plot(size, report.samples.back().seconds, highest(both), "s", " %");
        plot.ticks();
        plot.area(user, at_zero(user), "one");
        plot.area(both, user, "two");
        plot.line(user, "one");
        plot.line(both, "two");
        return plot.svg("The daemon's CPU, over time");
    });
    return chart + legend({"in its own code and libraries", "in the system"});
}

// Shares in percent of each group, so that a hundred probes and a million burst mails can be compared.
std::string latency_chart(const Report& report) {
    const auto scale = latency_scale(report);
    const double span = scale.end - scale.from;
    std::vector<std::vector<double>> bars;
    std::vector<std::string> names;
    double most = 0;
    for (const auto& group : report.groups) {
        bars.push_back(latency_bars(group.latency, scale));
        names.push_back(group.name);
        most = std::max(most, *std::max_element(bars.back().begin(), bars.back().end()));
    }
    const auto chart = both_sizes([&](const PlotSize& size) {
        Plot plot(size, span, most, "", " %");
        for (double power = scale.from; power <= scale.end; ++power)
            plot.tick(power - scale.from, number_text(std::pow(10, power)) + (power == scale.from ? " ms" : ""));
        for (std::size_t g = 0; g < bars.size() && g < group_styles.size(); ++g) {
            std::vector<Point> steps;
            for (int i = 0; i < latency_slots; ++i)
                // Both sides of a slot at one height, which makes steps of a line.
                for (const int side : {i, i + 1})
                    steps.push_back({span * side / latency_slots, bars[g][static_cast<std::size_t>(i)]});
            plot.area(steps, at_zero(steps), group_styles[g]);
            plot.line(steps, group_styles[g]);
        }
        // Marks are of the first group alone: those of three groups would lie over each other.
        const auto& first = report.groups.front().latency;
        for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p99", 0.99}})
            plot.mark(scale.place(first.percentile_ms(share)), name);
        return plot.svg("How long mails took");
    });
    return chart + legend(names);
}

std::string stage_chart(const Report& report) {
    // The bar's whole is the sum of the parts, which is the CPU a mail.
    double all = 0;
    for (const auto& part : report.cpu_parts) all += part.us;
    const auto rows = part_rows(report);
    std::string bar = "<div class=\"stack\" role=\"img\" aria-label=\"CPU by stage\">";
    std::string table =
        "<table class=\"parts\"><thead><tr><th>stage</th><th>µs a mail</th><th>R</th><th>budget R</th><th>how "
        "known</th></tr></thead><tbody>";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& part = report.cpu_parts[i];
        const auto& row = rows[i];
        if (part.us <= 0) continue;
        bar += "<i class=\"" + part.key + "\" style=\"width:" + percent_text(part.us, all) + "\" title=\"" + safe(row.name) +
               ": " + row.us + " µs\">" + (part.us > all / 9 ? "<b>" + row.percent + " %</b>" : "") + "</i>";
        table += "<tr><td><i class=\"" + part.key + "\"></i>" + safe(row.name) + "</td><td>" + row.us + "</td><td>" + row.r +
                 "</td><td>" + row.budget_r + "</td><td>" + safe(row.source) + "</td></tr>";
    }
    return bar + "</div>" + thread_row(report, all) + table + "</tbody></table><p class=\"legend\">" + safe(division_note) +
           "</p>";
}

}  // namespace ilbud::bench
