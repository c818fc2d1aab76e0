// Table and JSON are made from one Report; the page (report_html.cpp) shows the table's rows as well, so no
// form knows more than the others. The JSON's keys are named in the README and stay.
#include "report.hpp"

#include <cmath>
#include <cstdio>

#include "cli/output.hpp"
#include "ilbud/base/json.hpp"

namespace ilbud::bench {

namespace {

// How a part is known matters as much as its size: a derived one must not be read as measured.
std::string source_of(const CpuPart& part) {
    if (part.key == "lanes_rest") return "derived: what the lanes used beyond these";
    if (part.derived) return "derived: the stage timed alone";
    if (part.thread == "main") return "measured: main thread";
    if (part.thread == "store") return "measured: store's thread";
    return part.thread == "lanes" ? "measured: lanes" : "measured: the process less the threads above";
}

}  // namespace

// About three digits that count, whatever the size; a rate of 1,234.56 would claim what no run can hold.
std::string number_text(double number) {
    const double size = std::abs(number);
    if (size >= 1000) return with_commas(static_cast<std::uint64_t>(std::llround(number)));
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", size >= 100 || number == std::floor(number) ? 0 : size >= 10 ? 1 : 2, number);
    return text;
}

std::string fixed_text(double number, int decimals) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", decimals, number);
    return text;
}

// The order is that of the scenarios; throughput is what is left.
std::string headline(const Report& report) {
    const std::string delivered = with_commas(report.mails) + " mails, ";
    if (report.scenario == "paced") return delivered + "fed at an even pace";
    if (report.scenario == "burst") return "Confirmations beside " + report.burst;
    if (report.scenario == "units") return "Other units beside one with " + report.burst;
    if (report.scenario == "backlog") return delivered + "from a full queue";
    return delivered + "as fast as they go";
}

// Rows that a run has nothing to say for are left out, rather than shown as zero.
std::vector<ReportRow> report_rows(const Report& report) {
    std::vector<ReportRow> rows;
    const auto add = [&](std::string name, double value, std::string unit, std::string note = {}) {
        rows.push_back({std::move(name), number_text(value), std::move(unit), std::move(note)});
    };
    // At least one, so that a run in which nothing arrived still has a table.
    const auto mails = static_cast<double>(std::max<std::uint64_t>(report.mails, 1));
    add("mails", static_cast<double>(report.mails), "",
        report.mail_bytes > 0 ? number_text(report.mail_bytes) + " bytes each" : std::string());
    add("time", report.seconds, "s");
    add("throughput", report.mails_per_second(), "mails/s");
    add("events accepted", report.accept_per_second, "events/s", "durable: after the commit to disk");
    add("daemon's CPU a mail", report.cpu_us_per_mail(), "µs",
        number_text(report.cpu.user * 1e6 / mails) + " user, " + number_text(report.cpu.system * 1e6 / mails) + " system");
    add("RSA-2048 signature (R)", report.rsa2048_sign_us, "µs",
        // Before and after beside each other: if they differ much, the processor's
        // clock has moved, and so have the figures.
        number_text(report.rsa_before_us) + " before, " + number_text(report.rsa_after_us) + " after, " +
            number_text(report.rsa_all_cores_us) + " while all cores sign");
    add("ratio", report.ratio(), "R", "daemon's CPU a mail / R");
    add("CPU used by others", 100 * report.others.processes, "%",
        "of all cores; " + number_text(100 * report.others.stolen) + " % taken by the host");
    if (report.timed)
        for (const auto& group : report.groups) {
            const auto& latency = group.latency;
            rows.push_back({group.name,
                            number_text(latency.percentile_ms(0.5)) + " / " + number_text(latency.percentile_ms(0.99)) + " / " +
                                number_text(latency.max_ms()),
                            "ms", "p50 / p99 / max of " + with_commas(latency.count())});
        }
    for (const auto& figure : report.figures)
        if (figure.in_table) add(figure.meaning, figure.value, figure.unit);
    // Group commits: how many mails share a sync to disk.
    if (report.commits > 0)
        add("mails a commit", mails / static_cast<double>(report.commits), "", with_commas(report.commits) + " commits");
    add("memory, at most", report.rss_max_mib, "MiB");
    add("lost", static_cast<double>(report.tally.lost), "",
        // The warm-up's mails count for exactness, though not for the figures.
        "of " + with_commas(report.tally.planned) +
            (report.tally.planned > report.mails ? " planned, warm-up included" : " planned"));
    add("duplicated", static_cast<double>(report.tally.duplicated), "");
    // Told only if there are any: it means that a mail went out which no answer had promised.
    if (report.tally.unexpected > 0)
        add("never planned", static_cast<double>(report.tally.unexpected), "", "mails that no answer had promised");
    return rows;
}

// Percent of the whole, so that the parts can be added up by eye.
std::vector<PartRow> part_rows(const Report& report) {
    std::vector<PartRow> rows;
    const double all = report.cpu_us_per_mail();
    for (const auto& part : report.cpu_parts) {
        const double r = report.rsa2048_sign_us > 0 ? part.us / report.rsa2048_sign_us : 0;
        rows.push_back({part.name, fixed_text(part.us, 1), fixed_text(r, 2),
                        part.budget_r > 0 ? fixed_text(part.budget_r, 2) : std::string(),
                        all > 0 ? fixed_text(100 * part.us / all, 0) : std::string(), source_of(part)});
    }
    return rows;
}

std::string table_text(const Report& report) {
    Table table({"figure", "value", "", ""});
    table.right_align(1);
    for (const auto& row : report_rows(report)) table.add({row.name, row.value, row.unit, row.note});
    Table parts({"CPU by stage, a mail", "µs", "R", "budget R", "%", ""});
    for (std::size_t column = 1; column <= 4; ++column) parts.right_align(column);
    for (const auto& row : part_rows(report)) parts.add({row.name, row.us, row.r, row.budget_r, row.percent, row.source});
    return headline(report) + "\nsink " + report.sink + ", " + std::to_string(report.connections) + " connections, " +
           std::to_string(report.lanes) + " lanes, " + report.mix + "\n" + processor_text(report.processor) + "\nwith " +
           flags_text(report.processor) + "\n\n" + table.text() +
           (parts.empty() ? std::string() : "\n" + parts.text() + std::string(division_note) + "\n");
}

// Latencies are null where they are not known; a zero would read as a very good one.
std::string json_text(const Report& report) {
    std::string out;
    JsonWriter json(out);
    const auto mails = static_cast<double>(std::max<std::uint64_t>(report.mails, 1));
    json.begin_object().field("scenario", report.scenario).field("mails", report.mails).field("seconds", report.seconds);
    json.field("mails_per_second", report.mails_per_second()).field("accept_per_second", report.accept_per_second);
    json.field("daemon_cpu_us_per_mail", report.cpu_us_per_mail())
        .field("daemon_user_us_per_mail", report.cpu.user * 1e6 / mails);
    json.field("daemon_system_us_per_mail", report.cpu.system * 1e6 / mails).field("rsa2048_sign_us", report.rsa2048_sign_us);
    json.field("rsa2048_sign_before_us", report.rsa_before_us).field("rsa2048_sign_after_us", report.rsa_after_us);
    json.field("rsa2048_sign_all_cores_us", report.rsa_all_cores_us);
    json.field("others_cpu_share", report.others.processes).field("stolen_cpu_share", report.others.stolen);
    json.field("ratio", report.ratio())
        .field("lost", report.tally.lost)
        .field("duplicated", report.tally.duplicated)
        .field("unexpected", report.tally.unexpected);
    // The first group is the run's own; further ones are figures of the scenario.
    const bool timed = report.timed && !report.groups.empty();
    for (const auto& [key, share] : {std::pair{"latency_p50_ms", 0.5}, {"latency_p99_ms", 0.99}, {"latency_max_ms", 1.0}}) {
        json.key(key);
        if (timed)
            json.value(share == 1.0 ? report.groups[0].latency.max_ms() : report.groups[0].latency.percentile_ms(share));
        else
            json.null();
    }
    json.field("rss_max_mib", report.rss_max_mib)
        .field("durable", true)
        .field("connections", report.connections)
        .field("lanes", report.lanes);
    json.key("processor");
    write_processor(json, report.processor);
    // cpu_model repeats the processor's name for readers that want one word.
    json.field("cpu_model", report.processor.name)
        .field("sink", report.sink)
        .field("mix", report.mix)
        .field("mail_bytes", report.mail_bytes);
    json.field("commits", report.commits).field("tls", report.tls);
    json.key("cpu_by_stage").begin_array();
    for (const auto& part : report.cpu_parts) {
        json.begin_object().field("stage", part.key).field("us", part.us).field("thread", part.thread);
        json.field("derived", part.derived).end_object();
    }
    json.end_array();
    // The scenario's own figures stand beside the others, each under its key.
    for (const auto& figure : report.figures) json.field(figure.key, figure.value);
    json.end_object();
    return out + "\n";
}

}  // namespace ilbud::bench
