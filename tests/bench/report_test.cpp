#include "report.hpp"

#include <simdjson.h>
#include <catch2/catch.hpp>

namespace ilbud::bench {
namespace {

using namespace std::chrono_literals;

Report sample() {
    Report report;
    report.scenario = "throughput";
    report.sink = "built-in";
    report.mails = 1000;
    report.seconds = 0.5;
    report.cpu = {0.3, 0.1};
    report.rsa2048_sign_us = 250;
    report.tally.planned = 1100;
    report.connections = 20;
    report.lanes = 2;
    report.cpu_parts = {{"intake", "take events", 40, 0.02, "main", false}, {"sign", "hash and sign", 360, 1.06, "lanes", true}};
    report.processor.name = "Some <CPU> & more";
    report.processor.family = 25;
    report.processor.flags = {"avx2", "vaes"};
    report.timed = true;
    report.groups = {{"all", {}}};
    for (int i = 1; i <= 100; ++i) report.groups[0].latency.add(1ms * i);
    report.figures = {{"start_to_first_mail_ms", "start to first mail", 123, "ms"}};
    for (int i = 0; i <= 5; ++i)
        report.samples.push_back({i * 0.4, static_cast<std::uint64_t>(i) * 200, {i * 0.06, i * 0.02}, 20});
    return report;
}

}  // namespace

TEST_CASE("json_text: has the keys that programs rely on, with the ratio to R") {
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    REQUIRE(parser.parse(json_text(sample())).get(json) == simdjson::SUCCESS);
    for (const auto* key : {"mails", "seconds", "mails_per_second", "daemon_cpu_us_per_mail", "rsa2048_sign_us", "ratio", "lost",
                            "duplicated", "latency_p50_ms", "latency_p99_ms", "latency_max_ms", "rss_max_mib", "durable",
                            "connections", "lanes", "cpu_model", "tls", "cpu_by_stage", "start_to_first_mail_ms"}) {
        INFO(key);
        simdjson::dom::element value;
        CHECK(json[key].get(value) == simdjson::SUCCESS);
    }
    CHECK(json["mails_per_second"].get_double().value() == Approx(2000));
    CHECK(json["daemon_cpu_us_per_mail"].get_double().value() == Approx(400));
    CHECK(json["ratio"].get_double().value() == Approx(1.6));
}

TEST_CASE("json_text: latencies that were not measured are null") {
    auto report = sample();
    report.timed = false;
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    REQUIRE(parser.parse(json_text(report)).get(json) == simdjson::SUCCESS);
    CHECK(json["latency_p99_ms"].is_null());
}

TEST_CASE("exact: one lost, doubled or unexpected mail is enough for no") {
    CHECK(sample().exact());
    for (auto Tally::*count : {&Tally::lost, &Tally::duplicated, &Tally::unexpected}) {
        auto report = sample();
        report.tally.*count = 1;
        CHECK_FALSE(report.exact());
    }
}

TEST_CASE("json_text: the stages' CPU adds up to a mail's, and each says how it is known") {
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    REQUIRE(parser.parse(json_text(sample())).get(json) == simdjson::SUCCESS);
    simdjson::dom::array parts;
    REQUIRE(json["cpu_by_stage"].get(parts) == simdjson::SUCCESS);
    double sum = 0;
    for (const simdjson::dom::element part : parts) {
        sum += part["us"].get_double().value();
        CHECK(part["derived"].get_bool().value() == (part["stage"].get_string().value() == "sign"));
    }
    CHECK(sum == Approx(400));
}

TEST_CASE("table_text: shows each stage in microseconds, in signatures and beside its budget") {
    const auto text = table_text(sample());
    const auto row = text.substr(text.find("hash and sign"), 90);
    for (const auto* word : {"360.0", "1.44", "1.06", "90", "derived"}) CHECK(row.find(word) != std::string::npos);
}

TEST_CASE("table_text, json_text, html_text: name the processor") {
    const auto table = table_text(sample());
    CHECK(table.find("Some <CPU> & more (unknown, family 25), 0 cores\nwith avx2 vaes\n") != std::string::npos);
    CHECK(json_text(sample()).find(R"("name":"Some <CPU> & more","cores":0,"flags":["avx2","vaes"]})") != std::string::npos);
    CHECK(html_text(sample()).find("The processor has avx2 vaes.") != std::string::npos);
}

TEST_CASE("table_text, json_text: tell what others used of the machine meanwhile") {
    auto report = sample();
    report.others = {.processes = 0.125, .stolen = 0.01};
    const auto text = table_text(report);
    const auto row = text.substr(text.find("CPU used by others"), 90);
    for (const auto* word : {"12.5", "1 % taken by the host"}) CHECK(row.find(word) != std::string::npos);
    CHECK(json_text(report).find(R"("others_cpu_share":0.125,"stolen_cpu_share":0.01)") != std::string::npos);
}

TEST_CASE("headline: a burst is named by its size and kind") {
    auto report = sample();
    report.scenario = "burst";
    report.burst = "100,000 invoice mails";
    CHECK(headline(report) == "Confirmations beside 100,000 invoice mails");
}

TEST_CASE("html_text: stands alone, says what it measured, and escapes what it is told") {
    const auto html = html_text(sample());
    CHECK(html.find("2,000") != std::string::npos);
    CHECK(html.find("Some &lt;CPU&gt; &amp; more") != std::string::npos);
    CHECK(html.find("Some <CPU>") == std::string::npos);
    CHECK(html.find("http://") == std::string::npos);
    CHECK(html.find("https://") == std::string::npos);
    CHECK(html.find("nan") == std::string::npos);
    CHECK(html.find("inf") == std::string::npos);
}

TEST_CASE("html_text: charts over time need a run of some length") {
    auto report = sample();
    CHECK(html_text(report).find("Mails delivered a second") != std::string::npos);
    report.samples.resize(3);
    CHECK(html_text(report).find("Mails delivered a second") == std::string::npos);
}

TEST_CASE("html_text: a run without samples and latencies has no charts, but a page") {
    auto report = sample();
    report.samples.clear();
    report.groups.clear();
    report.cpu_parts.clear();
    report.timed = false;
    for (const auto* chart : {"<svg", "class=\"stack\""}) CHECK(html_text(report).find(chart) == std::string::npos);
    CHECK(html_text(report).ends_with("</html>\n"));
}

TEST_CASE("number_text: as many decimals as make sense") {
    CHECK(number_text(0) == "0");
    CHECK(number_text(1.234) == "1.23");
    CHECK(number_text(12.34) == "12.3");
    CHECK(number_text(123.4) == "123");
    CHECK(number_text(1234.5) == "1,235");
}

}  // namespace ilbud::bench
