// The mails of every kind as files to read: tests/golden/<locale>/<case>.txt and .html. ILBUD_UPDATE_GOLDEN=1 writes them anew.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include "support/golden_cases.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

void compare(const std::filesystem::path& file, const std::string& actual) {
    if (std::getenv("ILBUD_UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << actual;
        return;
    }
    INFO("golden file " << file << " (ILBUD_UPDATE_GOLDEN=1 writes it anew; read the difference)");
    REQUIRE(std::filesystem::exists(file));
    CHECK(actual == read_file(file));
}

}  // namespace

TEST_CASE("render: every kind of mail, in every language and wording, reads as its golden file") {
    for (const auto word : words<Locale>) {
        for (const Golden& golden : GoldenCases(*from_word<Locale>(word)).all) {
            const Content content = must_render(golden.sample, golden.settings, templates_of(golden.settings));
            const auto file = std::filesystem::path(ILBUD_SOURCE_DIR) / "tests/golden" / std::string(word) / golden.name;
            compare(file.string() + ".txt",
                    "Subject: " + content.subject + "\nPreheader: " + content.preheader + "\n\n" + content.text);
            if (golden.html) compare(file.string() + ".html", content.html);
        }
    }
}

TEST_CASE("render: a notice of every cause, in every language, reads as its golden file") {
    const Settings settings = publisher();
    const auto templates = load_templates(settings);
    REQUIRE(templates);
    for (const auto locale : words<Locale>) {
        for (const auto cause : words<NoticeCause>) {
            const Content content =
                must_render(sample_notice(*from_word<NoticeCause>(cause), *from_word<Locale>(locale)), settings, *templates);
            const auto file =
                std::filesystem::path(ILBUD_SOURCE_DIR) / "tests/golden" / std::string(locale) / ("notice_" + std::string(cause));
            compare(file.string() + ".txt",
                    "Subject: " + content.subject + "\nPreheader: " + content.preheader + "\n\n" + content.text);
            compare(file.string() + ".html", content.html);
        }
    }
}
