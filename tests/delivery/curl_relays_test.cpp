// Relays in order of preference: fail-over, pauses, probing, reload.
#include "support/courier.hpp"

#include "ilbud/delivery/outcome.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::uint16_t closed_port() {
    const SmtpServer server;
    return server.port();
}

}  // namespace

TEST_CASE("curl transport: a relay that is down answers every mail at once and is not asked again before its pause is over") {
    SmtpServer server;
    server.at(At::greeting, say_and_close("421 4.3.2 too busy"));
    Courier courier(server);
    courier.settings.relay_probe = courier.settings.relay_pause = 1h;  // who waited for it would not end
    courier.settings.relay_pause_max = 1h;
    courier.settings.relays[0].connections_max = 3;
    courier.send_all(10);
    const int first_try = server.sessions();
    CHECK(first_try <= 3);
    for (int i = 0; i < 200; ++i) {
        const Reply reply = courier.send(i);
        CHECK(reply.code == 421);
        CHECK(reply.stage == Stage::greeting);
    }
    CHECK(server.sessions() == first_try);
    CHECK(courier.transport().room() == 1);
    CHECK(courier.transport().pause() > 0ms);
    CHECK(courier.transport().pause() <= 1h);
    CHECK(courier.counters.sessions_failed == static_cast<std::uint64_t>(first_try));
}

TEST_CASE("curl transport: the pause doubles up to its limit, one session alone tries again, and success ends it") {
    SmtpServer server;
    server.at(At::greeting, say_and_close("554 no"), 4);
    Courier courier(server);
    courier.settings.relay_pause = 10ms;
    courier.settings.relay_pause_max = 25ms;
    courier.settings.relays[0].connections_max = 5;
    CHECK(courier.send().code == 554);
    // No mail is needed to find out that it is back.
    courier.run_until([&] { return server.sessions() == 5 && courier.transport().pause() == 0ms; });
    std::vector<std::string> pauses;
    for (auto at = courier.log_text.find("relay.paused"); at != std::string::npos;
         at = courier.log_text.find("relay.paused", at + 1)) {
        const auto begin = courier.log_text.find("for=", at) + 4;
        pauses.push_back(courier.log_text.substr(begin, courier.log_text.find_first_of(" \n", begin) - begin));
    }
    CHECK(pauses == std::vector<std::string>{"10ms", "20ms", "25ms", "25ms"});
    CHECK(server.most_open() == 1);
    for (const Reply& reply : courier.send_all(5)) CHECK(reply.code == 250);
    CHECK(courier.log_text.find("relay.back") != std::string::npos);
}

TEST_CASE("curl transport: a port nobody listens on is unreachable, and so are names that do not exist") {
    Courier courier({relay_at(closed_port())});
    const Reply reply = courier.send();
    CHECK(reply.failure == Reply::Failure::unreachable);
    CHECK(reply.stage == Stage::connect);
    CHECK(reply.relay == "relay");
    CHECK_FALSE(reply.text.empty());
    Courier nameless({relay_at(25)});
    nameless.settings.relays[0].host = "bad host\r\n";
    CHECK(nameless.send().failure == Reply::Failure::unreachable);
    Courier none(std::vector<Relay>{});
    CHECK(none.send().failure == Reply::Failure::unreachable);
}

TEST_CASE("curl transport: mails go to the next relay while the preferred one is down, and back when it has returned") {
    SmtpServer preferred, second;
    preferred.at(At::greeting, say_and_close("421 down"));
    Courier courier({relay_at(preferred.port(), "preferred"), relay_at(second.port(), "second")});
    courier.settings.relays[0].connections_max = 1;
    for (const Reply& reply : courier.send_all(10)) {
        CHECK(reply.code == 250);
        CHECK(reply.relay == "second");
    }
    // It is tried again and again, but no mail depends on that.
    courier.run_until([&] { return preferred.sessions() >= 3; });
    CHECK(courier.send(11).relay == "second");
    CHECK(preferred.most_open() == 1);
    preferred.forget_rules();
    courier.run_until([&] { return courier.send(12).relay == "preferred"; });
    CHECK(courier.log_text.find("relay.back") != std::string::npos);
}

TEST_CASE("curl transport: a relay that accepts sessions but closes at MAIL is not asked again and again") {
    SmtpServer server;
    server.at(At::mail, say_and_close("421 4.7.0 not now"));
    Courier courier(server);
    courier.settings.relay_probe = courier.settings.relay_pause = courier.settings.relay_pause_max = 1s;
    courier.settings.relays[0].connections_max = 2;
    for (const Reply& reply : courier.send_all(50)) CHECK(reply.code == 421);
    CHECK(server.sessions() <= 2);
}

TEST_CASE("curl transport: a relay that fell silent is left for the next one, although it worked before") {
    SmtpServer silent, second;
    Courier courier({relay_at(silent.port(), "silent"), relay_at(second.port(), "second")});
    courier.settings.relays[0].connections_max = 1;
    courier.settings.deadlines.mail = 30ms;
    courier.settings.relay_probe = courier.settings.relay_pause = 1s;
    CHECK(courier.send().relay == "silent");
    silent.at(At::mail, silence());
    const auto replies = courier.send_all(3);
    CHECK(replies[0].relay == "second");  // its content was not out yet
    CHECK(replies[1].relay == "second");
    CHECK(replies[2].relay == "second");
    CHECK(courier.send().relay == "second");
    CHECK(silent.sessions() == 1);
}

TEST_CASE("curl transport: a server that refuses further connections still gets mails over those it took") {
    SmtpServer server;
    server.script([](const Point& point) -> std::optional<Act> {
        if (point.at == At::greeting && point.session > 2) return say_and_close("421 4.7.0 too many connections");
        return std::nullopt;
    });
    Courier courier(server);
    courier.settings.relays[0].connections_max = 8;
    courier.settings.relay_probe = courier.settings.relay_pause = courier.settings.relay_pause_max = 1s;
    int delivered = 0;
    for (const Reply& reply : courier.send_all(40)) delivered += reply.code == 250 ? 1 : 0;
    CHECK(delivered == 40);
    CHECK(server.sessions() <= 8);
}

TEST_CASE("curl transport: apply keeps the sessions of relays that are unchanged and ends the others'") {
    SmtpServer kept, gone, added;
    Courier courier({relay_at(gone.port(), "gone"), relay_at(kept.port(), "kept")});
    CHECK(courier.send().relay == "gone");
    auto settings = courier.settings;
    settings.relays = {relay_at(kept.port(), "kept")};
    courier.transport().apply(settings);
    CHECK(courier.send().relay == "kept");
    CHECK(gone.wait_until([&] {
        courier.context.poll();
        return gone.command("QUIT").size() == 1;
    }));
    settings.relays[0].connections_max = 7;
    courier.transport().apply(settings);
    CHECK(courier.transport().room() == 14);
    CHECK(courier.send().relay == "kept");
    CHECK(kept.sessions() == 1);
    settings.relays.insert(settings.relays.begin(), relay_at(added.port(), "added"));
    courier.transport().apply(settings);
    CHECK(courier.send().relay == "added");
    settings.helo_name = "renamed.example";
    courier.transport().apply(settings);
    CHECK(courier.send().relay == "added");
    CHECK(added.command("EHLO").back() == "EHLO renamed.example");
    CHECK(added.sessions() == 2);
}

TEST_CASE(
    "curl transport: with fewer connections by a reload the others end behind the mail that they are at, while mails wait") {
    ServerOptions options;
    options.dot_latency = 20ms;
    SmtpServer server(options);
    Courier courier({relay_at(server.port())});
    courier.settings.relays[0].connections_max = 6;
    courier.transport().apply(courier.settings);
    std::vector<Consignment> mails;
    for (std::uint64_t i = 1; i <= 60; ++i) mails.push_back(Courier::consignment(i));
    courier.begin(std::move(mails));
    courier.run_until([&] { return server.open() == 6; });
    courier.settings.relays[0].connections_max = 1;
    courier.transport().apply(courier.settings);
    courier.run_until([&] { return server.open() <= 1; });
    CHECK(courier.unanswered > 0);
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(server.open() <= 1);
    CHECK(server.sessions() == 6);
    for (const auto& reply : courier.replies) CHECK(reply.code == 250);
}

TEST_CASE("curl transport: what waits for its turn when mails are recalled comes back not begun, what is under way is finished") {
    SmtpServer server;
    server.at(At::dot, late(50ms));
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    courier.begin({Courier::consignment(1), Courier::consignment(2), Courier::consignment(3), Courier::consignment(4)});
    courier.run_until([&] { return server.command("DATA").size() == 1; });
    courier.transport().recall();
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(courier.replies[0].code == 250);
    const auto begun = std::ranges::count_if(courier.replies, [](const Reply& reply) { return reply.code == 250; });
    CHECK(begun <= 2);  // and the one whose envelope travels behind the final dot
    for (const auto& reply : courier.replies)
        CHECK((reply.code == 250 || (reply.failure == Reply::Failure::not_begun && !reply.content_sent)));
    CHECK(courier.send(5).code == 250);
}

TEST_CASE("curl transport: a mail under way when its relay is removed is still finished") {
    SmtpServer server, other;
    server.at(At::dot, late(50ms));
    Courier courier({relay_at(server.port(), "old")});
    courier.begin({Courier::consignment(1)});
    courier.run_until([&] { return server.command("DATA").size() == 1; });
    auto settings = courier.settings;
    settings.relays = {relay_at(other.port(), "new")};
    courier.transport().apply(settings);
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(courier.replies[0].code == 250);
    CHECK(courier.replies[0].relay == "old");
    CHECK(courier.send(2).relay == "new");
}

TEST_CASE("curl transport: mails are sent from the source address that is set") {
    SmtpServer server;
    Courier courier(server);
    courier.settings.relays[0].source_address = "127.0.0.9";
    CHECK(courier.send().code == 250);
    Courier wrong(server);
    wrong.settings.relays[0].source_address = "192.0.2.77";
    CHECK(wrong.send().failure == Reply::Failure::unreachable);
}

TEST_CASE(
    "curl transport: whoever asks is told of each failure of a relay, when it is tried again, when it is there again, and when "
    "it is well") {
    SmtpServer server;
    server.at(At::greeting, say_and_close("554 no"), 2);
    Courier courier(server);
    std::vector<RelayStanding> told;
    courier.transport().on_standing([&told](const RelayStanding& standing) { told.push_back(standing); });
    CHECK(courier.send().code == 554);
    courier.run_until([&] { return server.sessions() == 3 && courier.transport().pause() == 0ms; });
    REQUIRE(told.size() == 3);
    CHECK_FALSE(told[2].up);
    CHECK(told[2].reached);
    CHECK(courier.send().code == 250);
    REQUIRE(told.size() == 4);
    for (int i = 0; i < 2; ++i) {
        CHECK(told[i].relay == "relay");
        CHECK_FALSE(told[i].up);
        CHECK_FALSE(told[i].reached);
        CHECK(told[i].failure.code == 554);
        CHECK(told[i].next_try > 0ms);
    }
    CHECK(told[3].up);
    courier.settings.relays[0].port = 1;
    courier.transport().apply(courier.settings);
    REQUIRE(told.size() == 5);  // another one under its name, of which nothing is known
    CHECK(told[4].up);
}
