#include "ilbud/base/log.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <random>
#include <thread>

#include "ilbud/base/descriptor.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {
std::vector<std::string> lines_of(LogFormat format, std::string_view value) {
    std::vector<std::string> lines;
    Log log(LogLevel::info, format, [&](std::string_view line) { lines.emplace_back(line); });
    log.debug("not.shown");
    log.info("mail.delivered", {{"mail", value}, {"attempt", 2}, {"tls", true}});
    return lines;
}

/// A pipe, whose reader reads when the test says so.
struct Pipe {
    Descriptor reader, writer;

    explicit Pipe(int flags = 0) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC | flags) == 0);
        reader = Descriptor(ends[0]);
        writer = Descriptor(ends[1]);
    }
    /// Until `last` has come.
    [[nodiscard]] std::string read_to(std::string_view last) const {
        std::string text;
        char buffer[4096];
        while (text.find(last) == std::string::npos) {
            const auto got = ::read(reader.number(), buffer, sizeof buffer);
            if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
            if (got == 0 || (got < 0 && errno != EAGAIN)) break;
        }
        return text;
    }
};

// The numbers that stand behind `name`, in order.
std::vector<int> numbers_of(const std::string& text, const std::string& name) {
    std::vector<int> numbers;
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
        numbers.push_back(std::stoi(text.substr(at + name.size())));
    return numbers;
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

TEST_CASE("Log: a reader that does not read holds nobody up, and learns where and how much it missed") {
    const Pipe pipe;
    Log log(LogLevel::info, LogFormat::text, {pipe.writer.number(), 64 * 1024, 10s});
    constexpr int all = 5000;
    for (int i = 0; i < all; ++i) log.info("step", {{"number", i}, {"text", std::string(100, 'x')}});
    CHECK(log.dropped() > 0);
    std::string text;
    std::thread reader([&] { text = pipe.read_to("last"); });
    log.drain();
    log.info("last");
    log.flush();
    reader.join();
    // Every line is there or counted, at its place.
    int next = 0;
    int gaps = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        for (const int number : numbers_of(line, " number=")) CHECK(number == next++);
        for (const int lost : numbers_of(line, " log.dropped lines=")) {
            next += lost;
            gaps += lost;
        }
    }
    CHECK(next == all);
    CHECK(static_cast<std::size_t>(gaps) == log.dropped());
}

TEST_CASE("Log: ends although nobody reads") {
    const Pipe pipe;
    {
        Log log(LogLevel::info, LogFormat::json, {pipe.writer.number(), 1024 * 1024, 10ms});
        for (int i = 0; i < 2000; ++i) log.warning("step", {{"number", i}, {"text", std::string(100, 'x')}});
        log.drain();
    }
    // Which lets the writer's thread go: it must not write to a number that another test has opened anew.
    CHECK(numbers_of(pipe.read_to("\"number\":1999,"), "\"number\":").size() == 2000);
}

TEST_CASE("Log: a descriptor that somebody made non-blocking loses no line") {
    const Pipe pipe(O_NONBLOCK);
    Log log(LogLevel::info, LogFormat::text, {pipe.writer.number(), 8 * 1024 * 1024, 10s});
    std::string text;
    std::thread reader([&] { text = pipe.read_to("last"); });
    for (int i = 0; i < 5000; ++i) log.info("step", {{"number", i}, {"text", std::string(100, 'x')}});
    log.info("last");
    log.flush();
    reader.join();
    CHECK(numbers_of(text, "number=").size() == 5000);
    CHECK(log.dropped() == 0);
}

TEST_CASE("Log: lines that a full disk takes not are counted, and told before the next one that it takes") {
    const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    REQUIRE(full.number() >= 0);
    Log log(LogLevel::info, LogFormat::text, {full.number(), 64 * 1024, 10s});
    for (int i = 0; i < 3; ++i) log.info("lost");
    log.drain();
    CHECK(log.dropped() == 3);
    const Pipe pipe;
    REQUIRE(::dup2(pipe.writer.number(), full.number()) == full.number());
    log.info("kept");
    log.drain();
    const auto text = pipe.read_to("kept");
    CHECK(text.find("log.dropped lines=3\n") < text.find("kept"));
    CHECK(log.dropped() == 3);
}

TEST_CASE("Log: a line that broke off does not run into the next one") {
    const TemporaryFolder folder;
    const Descriptor file(::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    Log log(LogLevel::info, LogFormat::text, {file.number(), 64 * 1024, 10s});
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{30, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    log.info("broken");
    log.drain();
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, before);
    log.info("whole");
    log.drain();
    const auto text = read_file(folder / "log");
    INFO(text);
    REQUIRE(std::count(text.begin(), text.end(), '\n') == 3);
    CHECK(text[30] == '\n');
    CHECK(text.find("log.dropped lines=1\n") != std::string::npos);
    CHECK(text.ends_with(" info whole\n"));
}

TEST_CASE("Log: goes on when its reader is gone or its descriptor closed") {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    Pipe pipe;
    pipe.reader.close();
    Log gone(LogLevel::info, LogFormat::text, {pipe.writer.number(), 64 * 1024, 10s});
    Log closed(LogLevel::info, LogFormat::text, {-1, 64 * 1024, 10s});
    for (auto* log : {&gone, &closed}) {
        log->error("lost");
        log->drain();
        CHECK(log->dropped() == 1);
    }
    std::signal(SIGPIPE, before);
}

TEST_CASE("Log: lines of several threads arrive whole, all of them") {
    const Pipe pipe;
    constexpr int each = 2000;
    std::string text;
    {
        Log log(LogLevel::info, LogFormat::text, {pipe.writer.number(), 8 * 1024 * 1024, 10s});
        std::thread reader([&] { text = pipe.read_to(" last\n"); });
        std::vector<std::thread> writers;
        for (int w = 0; w < 4; ++w)
            writers.emplace_back([&log] {
                for (int i = 0; i < each; ++i)
                    log.write(i % 100 == 0 ? LogLevel::warning : LogLevel::info, "step", {{"flag", true}});
            });
        for (auto& writer : writers) writer.join();
        log.error("last");
        reader.join();
    }
    std::istringstream lines(text);
    int steps = 0;
    for (std::string line; std::getline(lines, line);)
        if (line.ends_with(" step flag=true") && line.size() < 60) ++steps;
    CHECK(steps == 4 * each);
}

namespace {

/// A log whose lines are kept.
struct Kept {
    explicit Kept(Duration period = 1h) { log.set_repeat_period(period); }
    [[nodiscard]] std::size_t count(const std::string& what) const {
        return static_cast<std::size_t>(
            std::count_if(lines.begin(), lines.end(), [&](auto& line) { return line.find(what) != std::string::npos; }));
    }

    std::vector<std::string> lines;
    Log log{LogLevel::info, LogFormat::text, [this](std::string_view line) { lines.emplace_back(line); }};
};

}  // namespace

TEST_CASE("counted: a line that others cause is written once, then counted, and the count is told") {
    Kept kept;
    for (int i = 0; i < 1000; ++i) kept.log.counted(LogLevel::warning, "socket.full", "", {{"user", i}});
    for (int i = 0; i < 3; ++i) kept.log.counted(LogLevel::warning, "event.rejected", "invalid_json");
    kept.log.counted(LogLevel::warning, "event.rejected", "too_large");
    kept.log.counted(LogLevel::debug, "event.duplicate", "");
    CHECK(kept.lines.size() == 3);
    CHECK(kept.count("socket.full user=0") == 1);
    kept.log.tell_counted();  // the period is not over
    CHECK(kept.lines.size() == 3);
    kept.log.drain();
    CHECK(kept.lines.size() == 5);
    CHECK(kept.count("warning log.repeated event=socket.full times=999") == 1);
    CHECK(kept.count("log.repeated event=event.rejected of=invalid_json times=2") == 1);
}

TEST_CASE("counted: without a period every line is written") {
    Kept kept(0s);
    for (int i = 0; i < 5; ++i) kept.log.counted(LogLevel::warning, "socket.full", "");
    CHECK(kept.count("socket.full") == 5);
}

TEST_CASE("counted: behind a period without a further line the next one is a first one again") {
    Kept kept(1us);
    kept.log.counted(LogLevel::warning, "socket.full", "");
    kept.log.counted(LogLevel::warning, "socket.full", "");
    while (kept.count("log.repeated") == 0) kept.log.tell_counted();
    kept.log.tell_counted();
    kept.log.counted(LogLevel::warning, "socket.full", "");
    CHECK(kept.count("warning socket.full") == 2);
}

TEST_CASE("mask_addresses: no line has an address, in neither form, and the rest of the line is as it was") {
    for (const auto format : {LogFormat::text, LogFormat::json}) {
        std::string lines;
        Log log(LogLevel::info, format, [&](std::string_view line) { lines += std::string(line) + '\n'; });
        log.mask_addresses(AddressMask(Secret("key")));
        const std::string long_reply = std::string(490, 'x') + " <anna@kunde.example> " + std::string(500, 'y');
        log.info("mail.planned", {{"mail", "abc"}, {"to", "anna@kunde.example"}});
        log.warning("mail.bounced", {{"reply", "<Anna@kunde.example>: no such user"}});
        log.warning("mail.bounced", {{"reply", long_reply}});
        log.counted(LogLevel::warning, "event.rejected", "x", {{"detail", "anna@kunde.example"}});
        CHECK(lines.find("anna") == std::string::npos);
        CHECK(lines.find("Anna") == std::string::npos);
        CHECK(lines.find("kunde") == std::string::npos);
        CHECK(lines.find("no such user") != std::string::npos);
        const auto name = AddressMask(Secret("key")).masked("anna@kunde.example");
        CHECK(lines.find(name) != lines.rfind(name));
    }
}
