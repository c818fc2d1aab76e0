// The same zones judged by mailauth (npm, pinned in tests/dns/mailauth): every difference has to be one that its case explains.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "dns/dmarc_cases.hpp"
#include "support/oracle.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::filesystem::path modules() {
    if (const auto* given = std::getenv("ILBUD_MAILAUTH")) return given;
    return std::filesystem::path(ILBUD_SOURCE_DIR) / "build/oracles/mailauth/node_modules";
}

}  // namespace

TEST_CASE("R28: DMARC agrees with mailauth 7.1.0 in every case but those that an RFC explains") {
    if (!std::filesystem::exists(modules() / "mailauth") || run("node --version 2>&1").status != 0) {
        std::cout << "skipped: DMARC against mailauth: needs node, and .ci/install-oracles or ILBUD_MAILAUTH=<node_modules>\n";
        return;
    }
    const auto script = std::filesystem::path(ILBUD_SOURCE_DIR) / "tests/dns/mailauth/judge.js";
    const auto answers = run("node '" + script.string() + "' '" + modules().string() + "' '" + dmarc_cases_file().string() + "'");
    REQUIRE(answers.status == 0);
    auto cases = dmarc_cases();
    std::istringstream lines(answers.output);
    simdjson::dom::parser parser;
    std::size_t equal = 0;
    for (auto& one : cases) {
        std::string line;
        INFO(one.title);
        REQUIRE(std::getline(lines, line));
        auto theirs = dmarc_result(parser.parse(line));
        const auto ours = judged(one);
        // Where a walk failed nobody knows the organisation; mailauth then names the author's domain.
        if (ours.organisation.empty()) theirs.organisation.clear();
        CHECK((ours == theirs) == one.differs.empty());
        if (ours == theirs)
            ++equal;
        else
            std::cout << "mailauth differs: " << one.title << ": " << theirs.result << ", ours " << ours.result << ": "
                      << one.differs << '\n';
    }
    std::cout << "DMARC against mailauth: " << equal << " of " << cases.size() << " cases equal\n";
}
