#include "processor.hpp"

#include <catch2/catch.hpp>

namespace ilbud::bench {
namespace {

constexpr std::string_view amd =
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9V74 80-Core Processor\n"
    "stepping\t: 1\ncpu MHz\t\t: 2595.124\nflags\t\t: fpu vme avx2 rdseed sha_ni avx512ifma\npower management:\n\n"
    "processor\t: 1\nvendor_id\t: AuthenticAMD\nmodel\t\t: 18\nflags\t\t: fpu\n";

}  // namespace

TEST_CASE("parse_processor: takes the names, numbers and flags of the first core, and counts all") {
    const auto processor = parse_processor(amd);
    CHECK(processor.vendor == "AuthenticAMD");
    CHECK(processor.name == "AMD EPYC 9V74 80-Core Processor");
    CHECK(processor.family == 25);
    CHECK(processor.model == 17);
    CHECK(processor.stepping == 1);
    CHECK(processor.cores == 2);
    CHECK(processor.flags == std::vector<std::string>{"avx2", "sha_ni", "avx512ifma"});
}

TEST_CASE("parse_processor: what the text does not say stays unknown") {
    for (const std::string_view text : {"", "\n\n", ":", "processor : 0\nmodel name\t:\nstepping : unknown\nBogoMIPS : 50.00"}) {
        const auto processor = parse_processor(text);
        CHECK(processor.vendor == "unknown");
        CHECK(processor.name == "unknown");
        CHECK_FALSE(processor.family);
        CHECK_FALSE(processor.stepping);
        CHECK(processor.flags.empty());
    }
}

TEST_CASE("processor_text: names what tells two models apart; unknown numbers are left out") {
    CHECK(processor_text(parse_processor(amd)) ==
          "AMD EPYC 9V74 80-Core Processor (AuthenticAMD, family 25, model 17, stepping 1), 2 cores");
    CHECK(processor_text(parse_processor("processor : 0\n")) == "unknown (unknown), 1 core");
    CHECK(flags_text(parse_processor(amd)) == "avx2 sha_ni avx512ifma");
    CHECK(flags_text({}) == "no flags known to matter");
}

TEST_CASE("write_processor: one JSON object; unknown numbers are null") {
    std::string text;
    JsonWriter json(text);
    auto processor = parse_processor(amd);
    processor.stepping.reset();
    write_processor(json, processor);
    CHECK(text == R"({"vendor":"AuthenticAMD","family":25,"model":17,"stepping":null,)"
                  R"("name":"AMD EPYC 9V74 80-Core Processor","cores":2,"flags":["avx2","sha_ni","avx512ifma"]})");
}

TEST_CASE("this_processor: has a core at least") {
    CHECK(this_processor().cores >= 1);
}

}  // namespace ilbud::bench
