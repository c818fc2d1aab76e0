#include "reply/reply_table.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

using namespace ilbud;

namespace {

struct Documented {
    std::string concerns, consequences;
};

// The rows of docs/replies.md below "## Causes".
std::map<std::string, Documented> documented() {
    std::map<std::string, Documented> found;
    std::ifstream file(ILBUD_SOURCE_DIR "/docs/replies.md");
    bool here = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## ")) here = line == "## Causes";
        if (!here || !line.starts_with("| `")) continue;
        std::istringstream cells(line);
        std::string before, word, concerns, meaning, consequences;
        std::getline(cells, before, '|');
        for (auto* cell : {&word, &concerns, &meaning, &consequences}) std::getline(cells, *cell, '|');
        word = word.substr(2, word.size() - 4);
        CHECK(found.emplace(word, Documented{concerns, consequences}).second);
    }
    return found;
}

Reply reply_at(Stage stage, int code, std::string text) {
    Reply reply;
    reply.stage = stage;
    reply.code = code;
    reply.text = std::move(text);
    return reply;
}

}  // namespace

TEST_CASE("reply_table: docs/replies.md lists every cause, and no other") {
    std::set<std::string> listed, known;
    for (const auto& [word, row] : documented()) listed.insert(word);
    for (const auto word : reasons()) known.emplace(word);
    CHECK(listed == known);
}

TEST_CASE("reply_table: docs/replies.md names every row's concern and consequence") {
    const auto docs = documented();
    for (const Row& row : reply_table()) {
        CAPTURE(row.reason, row.phrases);
        const auto found = docs.find(std::string(row.reason));
        REQUIRE(found != docs.end());
        CHECK(found->second.concerns.find(to_word(row.concern)) != std::string::npos);
        CHECK(found->second.consequences.find(to_word(row.consequence)) != std::string::npos);
    }
}

TEST_CASE("reply_table: only rows about the recipient's mailbox suppress, and only permanent replies from RCPT on") {
    for (const Row& row : reply_table()) {
        CAPTURE(row.reason, row.phrases);
        CHECK((!row.codes.empty() || !row.statuses.empty() || !row.phrases.empty()));
        if (row.consequence != Consequence::suppress) continue;
        CHECK(row.concern == Concern::recipient);
        CHECK(row.of == Class::permanent);
        CHECK((row.reach == Reach::asked || row.reach == Reach::recipient || row.reach == Reach::before_content ||
               row.reach == Reach::content_seen));
    }
}

// A group within a group, or one left open, would silently never match.
TEST_CASE("reply_table: phrases are well formed") {
    for (const Row& row : reply_table()) {
        CAPTURE(row.reason, row.phrases);
        int open = 0;
        char before = '|';
        for (const char c : row.phrases) {
            if (c == '(') CHECK(++open == 1);
            if (c == ')') CHECK(--open == 0);
            if (c == '|') CHECK(open == 0);
            // No empty phrase and no empty option: they would match everything.
            CHECK_FALSE(((c == '|' || c == '/' || c == ')') && (before == '|' || before == '/' || before == '(')));
            CHECK((c == ' ' || c == '.' || c == '@' || c == '#' || c == '*' || c == '/' || c == '|' || c == '(' || c == ')' ||
                   (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')));
            before = c;
        }
        CHECK(open == 0);
        if (!row.phrases.empty()) CHECK(before != '|');
    }
}

TEST_CASE("reply_table: what concerns our account is never permanent") {
    for (const Row& row : reply_table())
        if (row.concern == Concern::account) CHECK_FALSE(row.permanent);
}

TEST_CASE("Said: words are lower case, without quotes, dashes and addresses") {
    const auto words = [](const char* text) { return Said(reply_at(Stage::recipient, 550, text)).words; };
    CHECK(words("<no-such.user@example.com>: User UNKNOWN!") == " @ user unknown ");
    CHECK(words("host [192.0.2.1] isn't grey-listed") == " host # isnt grey listed ");
    CHECK(words("doesn???t exist, n??o existe") == " doesnt exist no existe ");
    CHECK(words("see <http://a.example/x>") == " see http a.example x ");
    CHECK(words("") == " ");
}

TEST_CASE("Said: a status is found where servers put it") {
    const auto status = [](const char* text) { return Said(reply_at(Stage::recipient, 550, text)).status; };
    CHECK(status("#5.1.0 Address rejected") == "1.0");
    CHECK(status("sorry (#5.7.1)") == "7.1");
    CHECK(status("IP 5.7.1.100 is blocked").empty());
    CHECK(status("4.7.1 try later").empty());
    CHECK(status("version 15.1.1").empty());
}

TEST_CASE("Said: a phrase begins with a word; its parts follow each other in one sentence") {
    const Said said(reply_at(Stage::recipient, 550, "The user ole@example.com was not found on this server, block-listed"));
    CHECK(said.says("user * (found/not found)"));
    CHECK(said.says("nothing|block list"));
    CHECK(said.says("(mailbox/user) @ was"));
    CHECK_FALSE(said.says("locklisted"));
    CHECK_FALSE(said.says("found * user"));
    CHECK_FALSE(said.says("ser @"));
    const Said far(reply_at(Stage::recipient, 550, "user. " + std::string(90, 'x') + " unknown"));
    CHECK_FALSE(far.says("user * unknown"));
}
