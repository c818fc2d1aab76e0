// One file without anything from elsewhere, style sheet included: a report may be mailed and is opened years
// later. All texts go through safe(), those of ours too, since a sink's name or a mix is what the user typed.
#include "embedded/report_css.hpp"
#include "plot.hpp"
#include "report.hpp"
#include "report_charts.hpp"

namespace ilbud::bench {
namespace {

std::string figure(const std::string& title, const std::string& chart) {
    return "<section><h2>" + safe(title) + "</h2>" + chart + "</section>\n";
}

std::string tile(const std::string& value, const std::string& unit, const std::string& name) {
    return "<div><b>" + safe(value) + "<small> " + safe(unit) + "</small></b>" + safe(name) + "</div>";
}

// Whether every mail arrived exactly once stands beside the headline: a figure without it is worth nothing.
std::string head(const Report& report) {
    std::string out =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\">";
    out += "<title>Ilbud: " + safe(headline(report)) + "</title>" + "<style>\n" + std::string(report_css) + "</style>" +
           "</head><body><main>\n<header><h1>" + safe(headline(report)) + "</h1><p>";
    out += safe(processor_text(report.processor)) + " · " + std::to_string(report.lanes) + " lanes, " +
           std::to_string(report.connections) + " connections · sink: " + safe(report.sink);
    out += report.exact() ? " · <span class=\"good\">every mail arrived exactly once</span>"
                          : " · <span class=\"bad\">mails were lost or doubled</span>";
    return out + "</p></header>\n";
}

// The four or five figures that are asked for first.
std::string tiles(const Report& report) {
    std::string out = "<div class=\"tiles\">" + tile(number_text(report.mails_per_second()), "mails/s", "throughput");
    out += tile(number_text(report.cpu_us_per_mail()), "µs", "daemon's CPU a mail") +
           tile(number_text(report.ratio()), "R", "the same in signatures");
    if (report.timed && !report.groups.empty())
        out += tile(number_text(report.groups[0].latency.percentile_ms(0.99)), "ms", "latency, p99");
    return out + tile(number_text(report.rss_max_mib), "MiB", "memory, at most") + "</div>\n";
}

}  // namespace

std::string html_text(const Report& report) {
    std::string out = head(report) + tiles(report);
    // A line needs points: what is over sooner has none to show.
    // Under a second and a half there are hardly more samples than ends.
    const bool lasted = report.samples.size() > 4 && report.samples.back().seconds >= 1.5;
    if (lasted) out += figure("Mails delivered a second", throughput_chart(report));
    if (report.timed && !report.groups.empty() && report.groups[0].latency.count() > 0)
        out += figure("How long mails took: share of mails by latency", latency_chart(report));
    if (!report.cpu_parts.empty()) out += figure("CPU by stage", stage_chart(report));
    if (lasted) out += figure("The daemon's CPU (100 % is one core)", cpu_chart(report));
    out += "<section><h2>All figures</h2><table class=\"figures\">";
    for (const auto& row : report_rows(report))
        out += "<tr><td>" + safe(row.name) + "</td><td>" + safe(row.value) + "<small> " + safe(row.unit) + "</small></td><td>" +
               safe(row.note) + "</td></tr>";
    // R is explained on the page, for it goes to readers who do not know the bench.
    out += "</table></section>\n<footer>Mix of kinds: " + safe(report.mix) +
           ". R is the CPU time of one RSA-2048 signature by OpenSSL on the same machine, ";
    out += "measured before and after the run. The processor has " + safe(flags_text(report.processor)) +
           ". Written by <code>ilbud-bench run</code>.</footer>\n</main></body></html>\n";
    return out;
}

}  // namespace ilbud::bench
