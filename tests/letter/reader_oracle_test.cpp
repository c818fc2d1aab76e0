// Python's email package reads every mail of every kind, language and wording, and finds nothing to object to.
#include <catch2/catch.hpp>

#include <iostream>
#include <sstream>

#include "support/golden_cases.hpp"
#include "support/oracle.hpp"
#include "support/sample_mail.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("compose: Python's email package gets every mail back as it was written, and finds no defect in any part of it") {
    TemporaryFolder folder;
    std::size_t written = 0;
    const auto add = [&](const std::string& name, const Case& sample, const Settings& settings) {
        const Snapshot snapshot{settings, templates_of(settings), sample_keys_in_force()};
        const Content content = must_render(sample, settings, snapshot.templates);
        std::vector<Attachment> attachments;
        if (const auto* invoice = std::get_if<Invoice>(&sample.event.data); invoice != nullptr && invoice->pdf)
            attachments.push_back(*invoice->pdf);
        const auto letter = write_letter(sample.mail, sample.event, snapshot, sample_book(), system_clock().now());
        REQUIRE(letter);
        write(folder / (name + ".eml"), letter->bytes());
        write(folder / (name + ".json"), expectation(sample.mail, content, attachments));
        ++written;
    };
    for (const auto word : words<Locale>) {
        const auto locale = *from_word<Locale>(word);
        for (const Golden& golden : GoldenCases(locale).all)
            add(std::string(word) + '-' + golden.name, golden.sample, golden.settings);
        for (const auto cause : words<NoticeCause>)
            add(std::string(word) + "-notice-" + std::string(cause), sample_notice(*from_word<NoticeCause>(cause), locale),
                publisher(locale));
    }
    const auto result =
        run("/usr/bin/python3 '" ILBUD_SOURCE_DIR "/tests/letter/oracle/reader.py' '" + folder.path().string() + "'");
    if (result.status == 127) {
        std::cout << "skipped: Python is not installed\n";
        return;
    }
    REQUIRE(result.status == 0);
    std::size_t seen = 0;
    std::istringstream lines(result.output);
    for (std::string name, verdict; std::getline(lines, name, '\t') && std::getline(lines, verdict); ++seen) {
        INFO(name);
        CHECK(verdict == "ok");
    }
    CHECK(seen == written);
}
