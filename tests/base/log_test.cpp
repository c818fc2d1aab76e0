#include "ilbud/base/log.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ilbud;

namespace {
std::vector<std::string> lines_of(LogFormat format, std::string_view value) {
    std::vector<std::string> lines;
    Log log(LogLevel::info, format, [&](std::string_view line) { lines.emplace_back(line); });
    log.debug("not.shown");
    log.info("mail.delivered", {{"mail", value}, {"attempt", 2}, {"tls", true}});
    return lines;
}
}  // namespace

TEST_CASE("Log: writes one line an event, in text and in JSON") {
    const auto text = lines_of(LogFormat::text, "abc");
    REQUIRE(text.size() == 1);
    CHECK(text[0].ends_with(" info mail.delivered mail=abc attempt=2 tls=true"));
    const auto json = lines_of(LogFormat::json, "abc");
    REQUIRE(json.size() == 1);
    CHECK(json[0].find(R"("level":"info","event":"mail.delivered","mail":"abc","attempt":2,"tls":true})") != std::string::npos);
}

TEST_CASE("S26: control and bidirectional characters in logged values are escaped") {
    for (const auto format : {LogFormat::text, LogFormat::json}) {
        const auto lines = lines_of(format, "a\r\nb\x1b[31m\u202e\u2028\u0085 mail=forged");
        REQUIRE(lines.size() == 1);
        const auto& line = lines[0];
        for (const char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
        CHECK(line.find("\u202e") == std::string::npos);
        CHECK(line.find("\u2028") == std::string::npos);
        CHECK(line.find("\u0085") == std::string::npos);
        CHECK(line.find("u202e") != std::string::npos);
    }
    CHECK(lines_of(LogFormat::text, "x mail=forged")[0].find("mail=\"x mail=forged\"") != std::string::npos);
}

TEST_CASE("S26: a value ends where its quotes end, whatever backslashes it holds") {
    const auto shown = [](std::string_view value) {
        const auto line = lines_of(LogFormat::text, value)[0];
        const auto begin = line.find("mail=") + 5;
        return line.substr(begin, line.rfind(" attempt=") - begin);
    };
    CHECK(shown(R"(\" x=y)") == R"("\\\" x=y")");
    CHECK(shown(R"(a b\)") == R"("a b\\")");
    CHECK(shown(R"(a\\ b)") == R"("a\\ b")");
    // As a reader takes it: a quote ends the value unless an odd number of backslashes stands before it.
    std::mt19937 random(26);
    for (int round = 0; round < 2000; ++round) {
        std::string value = " ";
        for (auto length = random() % 12; length > 0; --length) value += R"(\\"a= )"[random() % 6];
        const auto text = shown(value);
        REQUIRE(text.front() == '"');
        std::size_t at = 1;
        for (; at < text.size() && text[at] != '"'; ++at)
            if (text[at] == '\\') ++at;
        CHECK(at == text.size() - 1);
    }
}

TEST_CASE("S26: of malformed UTF-8 no other character is taken for a part") {
    CHECK(on_one_line("\xE2\x40\x4E", 100) == "\xE2@N");
    CHECK(on_one_line("\xE2\x80\x8E", 100) == R"(\u200e)");
    CHECK(on_one_line("\xE2\x80", 100) == "\xE2\x80");
}

TEST_CASE("Log: a field without a text is left out") {
    CHECK(lines_of(LogFormat::text, "")[0].ends_with(" info mail.delivered attempt=2 tls=true"));
    CHECK(lines_of(LogFormat::json, "")[0].find("\"mail\":") == std::string::npos);
}

TEST_CASE("on_one_line: cuts between characters and says so") {
    CHECK(on_one_line("abc", 3) == "abc");
    CHECK(on_one_line("abcd", 3) == "abc…");
    CHECK(on_one_line("ææææ", 3).ends_with("…"));
    CHECK(on_one_line("ææææ", 3).find("\xC3…") == std::string::npos);
}
