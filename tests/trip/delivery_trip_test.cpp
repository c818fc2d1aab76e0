// The whole way with the real daemon: an event in over the socket, a signed mail out over SMTP.
#include <signal.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

/// One event of each kind of mail, for `unit`; ids begin with `prefix`.
std::vector<std::string> one_of_each(const std::string& prefix, const std::string& unit, const std::string& confirming_form) {
    const auto sample = [&](const char* id, const char* origin) {
        Sample made;
        made.id = prefix + id;
        made.unit = unit;
        made.origin = origin;
        made.number = prefix + "2025-117";
        return made;
    };
    std::vector<std::string> lines;
    if (!confirming_form.empty()) {
        auto confirmation = sample("confirmation", "form");
        confirmation.form = confirming_form;
        confirmation.confirmation_url = "https://example.com/confirm?t=1";
        lines.push_back(sample_event(EventType::created, confirmation));
    }
    lines.push_back(sample_event(EventType::created, sample("welcome", "form")));
    auto other = sample("stopped", "self_service");  // another subscription: that one's welcome must not be withdrawn (R36)
    other.subscription = "s-2";
    lines.push_back(sample_event(EventType::stopped, other));
    other.id = prefix + "cancelled";
    lines.push_back(sample_event(EventType::cancelled, other));
    lines.push_back(sample_event(EventType::card_charged, sample("receipt", "system")));
    lines.push_back(sample_event(EventType::invoice_issued, sample("invoice", "system")));
    return lines;
}

std::vector<std::string> many(std::size_t count, const std::string& prefix) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < count; ++i) {
        Sample sample;
        sample.id = prefix + std::to_string(i);
        sample.email = "reader" + std::to_string(i) + "@example.com";
        sample.number = prefix + std::to_string(i);
        lines.push_back(sample_event(i % 4 == 0 ? EventType::invoice_issued : EventType::created, sample));
    }
    return lines;
}

}  // namespace

TEST_CASE("trip: every kind of mail arrives, signed, once, with the right sender") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    auto lines = one_of_each("a-", "daily", "confirm");
    for (const auto& unit : {"club-da", "club-en"})
        for (auto& line : one_of_each(std::string(unit) + "-", unit, "")) lines.push_back(std::move(line));
    REQUIRE(world.send(lines) == 0);
    wait_until("all mails", [&] { return sink.count() >= lines.size(); });
    CHECK(world.stop() == 0);
    CHECK(sink.count() == lines.size());
    for (const auto& [id, times] : sink.message_ids()) {
        INFO(id);
        CHECK(times == 1);
    }
    for (const auto& mail : sink.mails()) {
        INFO(mail.bytes);
        CHECK(mail.bytes.starts_with("DKIM-Signature: "));
        const auto from = header_of(mail.bytes, "From");
        const bool billing = header_of(mail.bytes, "Feedback-ID").starts_with("invoice") ||
                             header_of(mail.bytes, "Feedback-ID").starts_with("receipt");
        CHECK((from.find("service@") != std::string::npos || from.find("kontor@") != std::string::npos) == !billing);
        CHECK(from.ends_with('<' + mail.from + '>'));  // the envelope is From's, so that SPF aligns with it (RFC 7489 §3.1.2)
        CHECK(header_of(mail.bytes, "Message-ID").ends_with(mail.from.substr(mail.from.find('@')) + '>'));
        CHECK(header_of(mail.bytes, "Auto-Submitted") == "auto-generated");
        CHECK(header_of(mail.bytes, "To").find("anna@example.com") != std::string::npos);
        CHECK(mail.bytes.find("platform@") == std::string::npos);  // R3
    }
}

TEST_CASE("trip: every kind's signature verifies with python3-dkim against the published record") {
    if (run({"/usr/bin/python3", "-c", "import dkim"}).status != 0) {
        std::cout << "skipped: python3-dkim is absent\n";
        return;
    }
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const auto lines = one_of_each("v-", "daily", "confirm");
    REQUIRE(world.send(lines) == 0);
    wait_until("all mails", [&] { return sink.count() >= lines.size(); });
    const auto folder = world.folder() / "mails";
    std::filesystem::create_directories(folder);
    int number = 0;
    for (const auto& mail : sink.mails()) std::ofstream(folder / std::to_string(number++), std::ios::binary) << mail.bytes;
    const auto checked = run({"/usr/bin/python3", ILBUD_SOURCE_DIR "/tests/trip/verify_dkim.py", folder.string(),
                              (world.folder() / "sel1.json").string()});
    CHECK(checked.out == "6 valid, 0 invalid\n");
}

TEST_CASE("trip: Postfix's smtp-sink takes the mails") {
    if (!std::filesystem::exists("/usr/sbin/smtp-sink")) {
        std::cout << "skipped: smtp-sink (package postfix) is absent\n";
        return;
    }
    TemporaryFolder dump;
    std::filesystem::permissions(dump.path(), std::filesystem::perms::all);
    std::uint16_t port = 0;
    { port = SinkThread().port(); }
    Process sink(
        {"/usr/sbin/smtp-sink", "-u", "nobody", "-d", (dump / "mail.").string(), "127.0.0.1:" + std::to_string(port), "100"},
        "/dev/null");
    WorldOptions options;
    options.relay_port = port;
    World world(options);
    world.start();
    REQUIRE(world.send(many(200, "p-")) == 0);
    wait_until("all mails delivered", [&] { return world.status("delivered") == 200; });
    const auto files = std::distance(std::filesystem::directory_iterator(dump.path()), {});
    CHECK(files == 200);
    CHECK(world.stop() == 0);
}

// What makes a slow relay fast: while one connection waits for its answer, all others are at work. The rate is the bench's to tell.
TEST_CASE("trip: a relay that answers final dots late has a mail waiting on every connection at once") {
    SinkThread sink(1s);  // long enough for the slowest build to fill all connections
    WorldOptions options;
    options.relay_port = sink.port();
    options.connections = 32;
    World world(options);
    world.start();
    constexpr std::size_t count = 128;
    REQUIRE(world.send(many(count, "l-")) == 0);
    wait_until("all mails", [&] { return sink.count() >= count; });
    CHECK(sink.most_waiting() == 32);
    CHECK(world.stop() == 0);
    CHECK(sink.count() == count);
}

TEST_CASE("trip: mails wait while the relay is down and arrive when it is back") {
    std::uint16_t port = 0;
    { port = SinkThread().port(); }
    WorldOptions options;
    options.relay_port = port;
    options.platform_extra =
        "[delivery.retry.default]\nsteps = [\"200ms\", \"500ms\"]\ngive_up_after = \"1h\"\n[delivery.retry.invoice]\nsteps = "
        "[\"200ms\"]\n";
    World world(options);
    const auto settings = read_file(world.config());
    std::ofstream(world.config()) << std::string(settings).replace(
        settings.find("[delivery]"), 10, "[delivery]\nrelay_pause = \"300ms\"\nrelay_pause_max = \"1s\"");
    world.start();
    REQUIRE(world.send(many(20, "d-")) == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    CHECK(world.status("delivered") == 0);
    CHECK(world.status("sessions_failed") < 40);  // no busy loop
    SinkThread sink({}, port);
    wait_until("all mails", [&] { return sink.count() >= 20; });
    wait_until("all settled", [&] { return world.status("delivered") == 20; });
    CHECK(world.stop() == 0);
    CHECK(sink.count() == 20);
}

TEST_CASE("trip: naughty strings through every field of every kind arrive as they were or are refused with a reason") {
    const auto folder = testdata("naughty-strings");
    if (!folder) return;
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    const auto run_script = run({"/usr/bin/python3", ILBUD_SOURCE_DIR "/tests/trip/naughty.py", (*folder / "blns.json").string()},
                                world.folder() / "naughty.log");
    REQUIRE(run_script.status == 0);
    const auto fed =
        run({program(), "send", "--socket", world.socket().string(), "--json", "-"}, world.folder() / "send.log", run_script.out);
    INFO(fed.out);
    CHECK(fed.out.find("\"unanswered\":0") != std::string::npos);
    const auto planned = static_cast<std::size_t>(world.status("mails_planned"));
    CHECK(planned > 1000);
    wait_until("all mails", [&] { return sink.count() >= planned; });
    wait_until("all settled", [&] { return world.status("queued") == 0; });
    CHECK(world.stop() == 0);
    CHECK(sink.count() == planned);
    for (const auto& mail : sink.mails()) {
        CHECK(mail.to.find_first_of(" \r\n<>") == std::string::npos);
        CHECK(mail.bytes.find('\0') == std::string::npos);
        std::size_t longest = 0;
        for (std::size_t at = 0, end = 0; (end = mail.bytes.find("\r\n", at)) != std::string::npos; at = end + 2)
            longest = std::max(longest, end - at);
        CHECK(longest <= 998);
    }
}
