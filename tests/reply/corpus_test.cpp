// The words of real servers (data/replies.tsv), read as `ilbud reply` reads them.
#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/delivery/reply_text.hpp"
#include "ilbud/reply/cause.hpp"

using namespace ilbud;

namespace {

struct Line {
    Stage stage;
    Consequence right;
    std::string text;
    bool apart;  // the table was not written by it
};

// FNV-1a of the reply alone: which part a line belongs to depends on nothing that its author could choose.
bool is_apart(const std::string& text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash % 5 < 2;
}

Stage stage_of(const std::string& word) {
    const std::array<std::pair<std::string, Stage>, 8> stages{{{"connect", Stage::greeting},
                                                               {"ehlo", Stage::hello},
                                                               {"starttls", Stage::tls},
                                                               {"auth", Stage::auth},
                                                               {"mail", Stage::mail},
                                                               {"rcpt", Stage::recipient},
                                                               {"data", Stage::data},
                                                               {"dot", Stage::final_dot}}};
    for (const auto& [name, stage] : stages)
        if (name == word) return stage;
    FAIL("unknown stage " << word);
    return Stage::quit;
}

std::vector<Line> corpus() {
    std::vector<Line> lines;
    std::ifstream file(ILBUD_SOURCE_DIR "/tests/reply/data/replies.tsv");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        std::array<std::string, 3> fields;
        for (auto& field : fields) {
            field = line.substr(0, line.find('\t'));
            line.erase(0, field.size() + 1);
        }
        const auto right = from_word<Consequence>(fields[1]);
        REQUIRE(right);
        lines.push_back({stage_of(fields[0]), *right, line, is_apart(line)});
    }
    return lines;
}

Cause cause_of(const Line& line) {
    const auto reply = read_reply_text(line.text, line.stage);
    REQUIRE(reply);
    return find_cause(*reply);
}

}  // namespace

TEST_CASE("find_cause: every reply that the table was written by has its consequence") {
    std::size_t count = 0;
    for (const auto& line : corpus()) {
        if (line.apart) continue;
        ++count;
        const auto cause = cause_of(line);
        CAPTURE(words<Stage>[static_cast<std::size_t>(line.stage)], line.text, cause.reason);
        CHECK(to_word(cause.consequence) == to_word(line.right));
    }
    CHECK(count >= 180);
}

TEST_CASE("find_cause: of the replies kept apart at least 95 % have their consequence, and no other one suppresses") {
    std::size_t count = 0, right = 0;
    for (const auto& line : corpus()) {
        if (!line.apart) continue;
        ++count;
        const auto cause = cause_of(line);
        right += static_cast<std::size_t>(cause.consequence == line.right);
        CAPTURE(words<Stage>[static_cast<std::size_t>(line.stage)], line.text, cause.reason);
        // A mail too many is a nuisance, an address suppressed for our own faults a customer lost (R7).
        if (line.right != Consequence::suppress) CHECK(cause.consequence != Consequence::suppress);
        if (cause.consequence != line.right && std::getenv("ILBUD_SHOW_WRONG") != nullptr)
            std::cout << to_word(line.right) << " is " << to_word(cause.consequence) << " (" << cause.reason << "): " << line.text
                      << '\n';
    }
    std::cout << "replies kept apart: " << right << " of " << count << " right\n";
    CHECK(count >= 120);
    CHECK(right * 100 >= count * 95);
}

TEST_CASE("find_cause: at no stage does a 4xx bounce or suppress") {
    for (auto line : corpus()) {
        if (line.text[0] != '5') continue;
        line.text[0] = '4';
        for (std::size_t at = 0; at + 3 < line.text.size(); ++at)
            if (line.text.compare(at, 2, "5.") == 0) line.text[at] = '4';
        for (const Stage stage : {Stage::greeting, Stage::auth, Stage::mail, Stage::recipient, Stage::data, Stage::final_dot}) {
            line.stage = stage;
            const auto reply = read_reply_text(line.text, stage);
            if (!reply) continue;
            CAPTURE(line.text);
            CHECK_FALSE(find_cause(*reply).permanent);
            CHECK(find_cause(*reply).consequence != Consequence::suppress);
            CHECK(find_cause(*reply).consequence != Consequence::bounce);
        }
    }
}

TEST_CASE("find_cause: before RCPT no reply suppresses") {
    for (const auto& line : corpus())
        for (const Stage stage : {Stage::greeting, Stage::hello, Stage::tls, Stage::auth, Stage::mail}) {
            const auto reply = read_reply_text(line.text, stage);
            REQUIRE(reply);
            CAPTURE(line.text);
            CHECK(find_cause(*reply).consequence != Consequence::suppress);
        }
}

TEST_CASE("find_cause: refusals of us suppress nobody, however much they sound like one of a mailbox") {
    std::ifstream file(ILBUD_SOURCE_DIR "/tests/reply/data/about_us.txt");
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        ++count;
        for (const Stage stage : {Stage::mail, Stage::recipient, Stage::data, Stage::final_dot}) {
            const auto reply = read_reply_text(line, stage);
            REQUIRE(reply);
            CAPTURE(line, words<Stage>[static_cast<std::size_t>(stage)], find_cause(*reply).reason);
            CHECK(find_cause(*reply).consequence != Consequence::suppress);
        }
    }
    CHECK(count > 100);
}
