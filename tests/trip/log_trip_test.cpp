// Standard error that takes nothing more: the log is lost then, nothing else.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include "ilbud/base/descriptor.hpp"
#include "support/sample_events.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::vector<std::string> welcome_events(const std::string& prefix, std::size_t count) {
    std::vector<std::string> lines;
    Sample sample;
    for (std::size_t i = 0; i < count; ++i) {
        sample.id = prefix + std::to_string(i);
        lines.push_back(sample_event(EventType::created, sample));
    }
    return lines;
}

/// A pipe that has a reader who does not read, until the test does.
class UnreadLog {
 public:
    explicit UnreadLog(const std::filesystem::path& path) {
        REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
        end_ = Descriptor(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
        REQUIRE(end_.number() >= 0);
    }
    /// Everything read so far, after what is there now.
    const std::string& read() {
        char buffer[65536];
        for (ssize_t got = 0; (got = ::read(end_.number(), buffer, sizeof buffer)) > 0;)
            text_.append(buffer, static_cast<std::size_t>(got));
        return text_;
    }
    [[nodiscard]] bool full() const {
        pollfd asked{end_.number(), POLLOUT, 0};
        return ::poll(&asked, 1, 0) == 0;
    }

 private:
    Descriptor end_;
    std::string text_;
};

std::size_t dropped(const std::string& log) {
    std::size_t all = 0;
    const std::string_view event = "log.dropped lines=";
    for (auto at = log.find(event); at != std::string::npos; at = log.find(event, at + 1))
        all += std::stoul(log.substr(at + event.size()));
    return all;
}

std::size_t count_of(const std::string& text, std::string_view word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
    return count;
}

WorldOptions small_log(std::uint16_t port) {
    WorldOptions options;
    options.relay_port = port;
    options.platform_extra = "[daemon]\nlog_level = \"debug\"\nlog_bytes_max = \"64KiB\"\nlog_deadline = \"200ms\"\n";
    return options;
}

}  // namespace

TEST_CASE("serve: a reader of the log that stops reading stops nothing, and learns how much it missed") {
    SinkThread sink;
    World world(small_log(sink.port()));
    UnreadLog log(world.log());
    world.start();
    CHECK(world.send(welcome_events("first-", 5000)) == 0);
    wait_until(
        "all mails", [&] { return sink.count() == 5000; }, 180);
    wait_until("their results", [&] { return world.status("delivered") == 5000; });
    CHECK(log.full());
    CHECK(world.status("log_lines_dropped") > 0);

    wait_until("the gap to be told", [&] { return dropped(log.read()) > 0; });
    CHECK(dropped(log.read()) == static_cast<std::size_t>(world.status("log_lines_dropped")));
    CHECK(count_of(log.read(), " mail.delivered ") + dropped(log.read()) >= 5000);

    CHECK(world.send(welcome_events("again-", 500)) == 0);
    wait_until("the others", [&] { return world.status("delivered") == 5500; });
    CHECK(log.full());
    CHECK(world.stop() == 0);
}

TEST_CASE("serve: with standard error closed all goes on") {
    SinkThread sink;
    World world(small_log(sink.port()));
    Process daemon({"/bin/sh", "-c", R"(exec "$0" serve --config "$1" 0<&- 1>&- 2>&-)", program(), world.config().string()},
                   world.log());
    wait_until("the daemon to take events", [&] { return world.ilbud({"status"}).status == 0; });
    CHECK(world.send(welcome_events("c-", 3)) == 0);
    wait_until("all mails", [&] { return world.status("delivered") == 3; });
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 0);
}
