#include "plot.hpp"
#include "report.hpp"
#include "report_charts.hpp"

namespace ilbud::bench {
namespace {

constexpr std::string_view style = R"(<style>
:root{--ground:#f6f7f9;--card:#fff;--ink:#1b1f27;--soft:#667085;--rule:#e4e7ec;--one:#2f6fde;--two:#e08a1e;--three:#8a94a6;--good:#12805c;--bad:#c4320a;
--intake:#2f6fde;--render:#12a594;--compose:#7cb518;--sign:#6e56cf;--send:#e08a1e;--rest:#98a2b3;--journal:#d6409f;--other:#475467;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ground:#14171c;--card:#1d2128;--ink:#e8eaee;--soft:#98a2b3;--rule:#2f353f;--one:#6ea2ff;--two:#f2b05e;--three:#7d8798;--good:#4cc79a;--bad:#ff8a65;
--intake:#5b8def;--render:#1fb8a6;--compose:#8fc93a;--sign:#8e77e8;--send:#e59a3c;--rest:#667085;--journal:#dd5fae;--other:#98a2b3}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
main{max-width:980px;margin:0 auto;padding:40px 20px 60px}h1{font-size:26px;line-height:1.25;margin:0;letter-spacing:-.01em}h2{font-size:15px;margin:0 0 12px}
header p{margin:4px 0 0;color:var(--soft)}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:28px 0 16px}
.tiles div,section{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:16px 18px}.tiles div{color:var(--soft);font-size:13px}
.tiles b{display:block;color:var(--ink);font-size:26px;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap}small{font-size:13px;font-weight:400;color:var(--soft);letter-spacing:0}
section{margin-top:16px}svg{display:block;width:100%;height:auto}svg.narrow{display:none}.grid{stroke:var(--rule)}.tick{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
.line{fill:none;stroke-width:2;stroke-linejoin:round}.line.one{stroke:var(--one)}.line.two{stroke:var(--two)}.line.three{stroke:var(--three)}
.area{opacity:.18}.area.one{fill:var(--one)}.area.two{fill:var(--two)}.area.three{fill:var(--three)}.mark{stroke:var(--soft);stroke-dasharray:3 4}
.legend{display:flex;flex-wrap:wrap;gap:6px 20px;margin:10px 0 0;color:var(--soft);font-size:13px}.legend i,.parts i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:8px;vertical-align:-1px}
i.one{background:var(--one)}i.two{background:var(--two)}i.three{background:var(--three)}
i.intake{background:var(--intake)}i.render{background:var(--render)}i.compose{background:var(--compose)}i.sign,i.lanes{background:var(--sign)}i.send{background:var(--send)}i.journal{background:var(--journal)}i.other{background:var(--other)}
i.lanes_rest{background:repeating-linear-gradient(135deg,var(--rest) 0 4px,color-mix(in srgb,var(--rest) 55%,var(--card)) 4px 8px)}
.stack{display:flex;height:52px;border-radius:8px;overflow:hidden}.stack i{display:flex;align-items:center;justify-content:center;min-width:1px;box-shadow:inset -1px 0 var(--card)}.stack b{font:600 13px/1 inherit;font-style:normal;color:#fff;white-space:nowrap}.stack .lanes_rest b{color:var(--ink)}
.threads{display:flex;margin:6px 0 14px;font-size:12px;color:var(--soft)}.threads div{border-top:2px solid var(--soft);padding:2px 1px 0;text-align:center;white-space:nowrap;min-width:0;border-right:2px solid var(--card)}
table{border-collapse:collapse;width:100%}td,th{padding:7px 12px 7px 0;border-top:1px solid var(--rule);vertical-align:top;text-align:left}thead th{border:0;font-size:12px;font-weight:500;color:var(--soft);padding-top:0}
.figures tr:first-child td{border-top:0}td:nth-child(2){text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;font-weight:600}td:last-child{color:var(--soft);padding-right:0}
.figures td:nth-child(2){width:1%}.figures small{display:inline-block;min-width:4.4em;padding-left:4px;text-align:left}.parts td:nth-child(3),.parts td:nth-child(4){text-align:right;font-variant-numeric:tabular-nums}.parts th:not(:first-child):not(:last-child){text-align:right}
.bad{color:var(--bad);font-weight:600}.good{color:var(--good);font-weight:600}footer{margin-top:24px;color:var(--soft);font-size:13px}
@media (max-width:640px){main{padding:28px 14px 40px}h1{font-size:22px}svg.wide{display:none}svg.narrow{display:block}.tiles{grid-template-columns:1fr 1fr;gap:10px}.tiles div:first-child{grid-column:1/-1}.tiles b{font-size:23px}
section{padding:14px}.figures tr,.parts tr{display:grid;grid-template-columns:1fr auto;border-top:1px solid var(--rule);padding:7px 0}.figures tr:first-child,.parts tr:first-child{border:0}td{border:0;padding:0}
.figures td:last-child{grid-column:1/-1;font-size:13px}.figures td:nth-child(2){width:auto;padding-left:12px}.figures small{min-width:0}.parts thead{display:none}.parts tr{grid-template-columns:1fr auto auto;column-gap:10px}.parts td:nth-child(2)::after{content:" µs";font-weight:400}.parts td:nth-child(3)::after{content:" R"}
.parts td:nth-child(4){display:none}.parts td:last-child{grid-column:1/-1;font-size:13px;padding-left:20px}}
</style>)";

std::string figure(const std::string& title, const std::string& chart) {
    return "<section><h2>" + safe(title) + "</h2>" + chart + "</section>\n";
}

std::string tile(const std::string& value, const std::string& unit, const std::string& name) {
    return "<div><b>" + safe(value) + "<small> " + safe(unit) + "</small></b>" + safe(name) + "</div>";
}

std::string head(const Report& report) {
    std::string out =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\">";
    out += "<title>Ilbud: " + safe(headline(report)) + "</title>" + std::string(style) + "</head><body><main>\n<header><h1>" +
           safe(headline(report)) + "</h1><p>";
    out += safe(processor_text(report.processor)) + " · " + std::to_string(report.lanes) + " lanes, " +
           std::to_string(report.connections) + " connections · sink: " + safe(report.sink);
    out += report.exact() ? " · <span class=\"good\">every mail arrived exactly once</span>"
                          : " · <span class=\"bad\">mails were lost or doubled</span>";
    return out + "</p></header>\n";
}

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
    out += "</table></section>\n<footer>Mix of kinds: " + safe(report.mix) +
           ". R is the CPU time of one RSA-2048 signature by OpenSSL on the same machine, ";
    out += "measured before and after the run. The processor has " + safe(flags_text(report.processor)) +
           ". Written by <code>ilbud-bench run</code>.</footer>\n</main></body></html>\n";
    return out;
}

}  // namespace ilbud::bench
