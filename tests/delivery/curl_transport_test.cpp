#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "support/courier.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("curl transport: sends mails over one session that is kept, and they arrive byte for byte") {
    SmtpServer server;
    Courier courier(server);
    for (int i = 1; i <= 3; ++i) {
        const Reply reply = courier.send(i);
        CHECK(reply.stage == Stage::final_dot);
        CHECK(reply.code == 250);
        CHECK(reply.enhanced == "2.0.0");
        CHECK(reply.relay == "relay");
    }
    CHECK(server.sessions() == 1);
    CHECK(server.command("EHLO") == std::vector<std::string>{"EHLO client.example"});
    const auto messages = server.messages();
    REQUIRE(messages.size() == 3);
    CHECK(messages[2].from == "from@a.dk");
    CHECK(messages[2].to == "to@b.dk");
    CHECK(messages[2].bytes == content_of(3));
    CHECK(courier.counters.sessions_open == 1);
    courier.stop(1s);
    CHECK(server.command("QUIT").size() == 1);
    CHECK(courier.counters.sessions_open == 0);
}

TEST_CASE("S6: mails whose lines begin with dots arrive byte for byte, also large ones") {
    SmtpServer server;
    Courier courier(server);
    for (const std::string content : {".\r\n", "..\r\n.x\r\n", "a: b\r\n\r\n.\r\n.\r\n..\r\n"}) {
        CHECK(courier.send(1, "to@b.dk", content).code == 250);
        CHECK(server.messages().back().bytes == content);
    }
    std::string large;
    for (int i = 0; large.size() < 500'000; ++i)
        large += (i % 3 == 0 ? "." : "") + std::string(static_cast<std::size_t>(i % 90), 'x') + "\r\n";
    CHECK(courier.send(1, "to@b.dk", large).code == 250);
    CHECK((server.messages().back().bytes == large));
}

TEST_CASE("S1, S2: addresses and content that would inject commands reach no server") {
    SmtpServer server;
    Courier courier(server);
    CHECK(courier.send(1, "a@b>\r\nRCPT TO:<evil@x").failure == Reply::Failure::invalid);
    CHECK(courier.send(1, "to@b.dk", "a\n.\nMAIL FROM:<evil@x>\r\n").failure == Reply::Failure::invalid);
    CHECK(courier.send(1, "to@b.dk", "a\r\n\n.\r\nMAIL FROM:<evil@x>\r\n").failure == Reply::Failure::invalid);
    CHECK(server.command("MAIL").empty());
    CHECK(server.command("RCPT").empty());
    CHECK(courier.send(2).code == 250);
}

TEST_CASE("S1: an EHLO name with a command inside opens no session") {
    SmtpServer server;
    Courier courier(server);
    courier.settings.helo_name = "x\r\nMAIL FROM:<evil@x>";
    CHECK(courier.send().failure == Reply::Failure::unreachable);
    CHECK(server.sessions() == 0);
}

TEST_CASE("S10: an address that needs SMTPUTF8 is refused unless the server offers it") {
    SmtpServer server;
    Courier courier(server);
    const Reply reply = courier.send(1, "søren@b.dk");
    CHECK(reply.failure == Reply::Failure::not_offered);
    CHECK(server.command("MAIL").empty());

    ServerOptions modern;
    modern.extensions.emplace_back("SMTPUTF8");
    SmtpServer second(modern);
    Courier willing(second);
    CHECK(willing.send(1, "søren@b.dk").code == 250);
    CHECK(second.messages().front().mail_parameters.find("SMTPUTF8") != std::string::npos);
}

TEST_CASE("curl transport: with one connection the next envelope travels behind the final dot") {
    SmtpServer server;
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    const auto replies = courier.send_all(20);
    for (const Reply& reply : replies) CHECK(reply.code == 250);
    CHECK(server.sessions() == 1);
    CHECK(server.pipelined_dots() >= 15);
    const auto messages = server.messages();
    REQUIRE(messages.size() == 20);
    for (int i = 0; i < 20; ++i) CHECK(messages[static_cast<std::size_t>(i)].bytes == content_of(i));
}

TEST_CASE("curl transport: without pipelining, offered or wanted, commands go one by one") {
    const bool offered = GENERATE(true, false);
    ServerOptions options;
    if (!offered) options.extensions = {"8BITMIME"};
    SmtpServer server(options);
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    courier.settings.relays[0].pipelining = !offered;
    for (const Reply& reply : courier.send_all(5)) CHECK(reply.code == 250);
    CHECK(server.pipelined_dots() == 0);
    CHECK(server.messages().size() == 5);
}

TEST_CASE("curl transport: a server that knows no EHLO is greeted with HELO") {
    SmtpServer server;
    server.at(At::ehlo, say("502 5.5.1 what"), 1);
    Courier courier(server);
    CHECK(courier.send().code == 250);
    CHECK(server.command("HELO").size() == 1);
}

TEST_CASE("curl transport: sessions are opened as mails wait, never more than this lane's share") {
    ServerOptions options;
    options.dot_latency = 20ms;
    SmtpServer server(options);
    Courier courier({relay_at(server.port())}, {0, 3});
    courier.settings.relays[0].connections_max = 10;
    CHECK(courier.transport().room() == 8);
    CHECK(courier.send().code == 250);
    CHECK(server.sessions() == 1);
    for (const Reply& reply : courier.send_all(16)) CHECK(reply.code == 250);
    CHECK(server.most_open() == 4);
}

TEST_CASE("lane share: the shares of all lanes add up to the relay's connections, and differ by one at most") {
    for (const int lanes : {1, 2, 3, 7, 16, 64})
        for (std::size_t all = 1; all <= 100; ++all) {
            std::size_t sum = 0;
            for (int lane = 0; lane < lanes; ++lane) {
                const auto share = LaneShare{lane, lanes}.of(all);
                CHECK(share <= LaneShare{0, lanes}.of(all));
                CHECK(share + 1 >= LaneShare{0, lanes}.of(all));
                sum += share;
            }
            CHECK(sum == all);
        }
}

// What makes a slow server fast; how fast is the bench's to tell.
TEST_CASE("curl transport: a server that answers dots late has one waiting on each of 32 connections, the next mail behind it") {
    ServerOptions options;
    options.dot_latency = 500ms;
    SmtpServer server(options);
    Courier courier(server);
    courier.settings.relays[0].connections_max = 32;
    courier.send_all(32);  // all sessions are open then
    REQUIRE(server.most_open() == 32);
    for (const Reply& reply : courier.send_all(96)) CHECK(reply.code == 250);
    CHECK(server.most_dots_waiting() == 32);
    CHECK(server.sessions() == 32);
    CHECK(server.pipelined_dots() > 0);
}

TEST_CASE("curl transport: after mails_per_session mails a session says QUIT and another takes over") {
    SmtpServer server;
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    courier.settings.relays[0].mails_per_session = 4;
    for (const Reply& reply : courier.send_all(10)) CHECK(reply.code == 250);
    CHECK(server.sessions() == 3);
    CHECK(server.wait_until([&] { return server.command("QUIT").size() == 2; }));
}

TEST_CASE("curl transport: an idle session is closed with QUIT, and the next mail opens another") {
    SmtpServer server;
    Courier courier(server);
    courier.settings.deadlines.idle = 20ms;
    courier.send();
    courier.run_until([&] { return courier.counters.sessions_open == 0; });
    CHECK(server.command("QUIT").size() == 1);
    CHECK(courier.send().code == 250);
    CHECK(server.sessions() == 2);
}

TEST_CASE("curl transport: a server that does not answer QUIT holds nobody up") {
    SmtpServer server;
    server.at(At::quit, silence());
    Courier courier(server);
    courier.settings.deadlines.idle = 10ms;
    courier.settings.deadlines.quit = 30ms;
    courier.send();
    courier.run_until([&] { return courier.counters.sessions_open == 0; });  // fails if it takes seconds
}

TEST_CASE("curl transport: stop lets mails under way end, then says QUIT") {
    ServerOptions options;
    options.dot_latency = 30ms;
    SmtpServer server(options);
    Courier courier(server);
    std::vector<Consignment> mails;
    for (int i = 0; i < 5; ++i) mails.push_back(Courier::consignment(i));
    courier.begin(std::move(mails));
    courier.run_until([&] { return !server.command("DATA").empty(); });
    courier.stop(5s);
    courier.run_until([&] { return courier.unanswered == 0; });
    for (const Reply& reply : courier.replies) CHECK(reply.code == 250);
    CHECK(server.command("QUIT").size() == static_cast<std::size_t>(server.sessions()));
    CHECK(courier.send().failure == Reply::Failure::not_begun);
}

TEST_CASE("curl transport: stop also sends what waits for a session, and ends as soon as that is done") {
    ServerOptions options;
    options.dot_latency = 10ms;
    options.extensions.clear();
    SmtpServer server(options);
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    std::vector<Consignment> mails;
    for (int i = 0; i < 5; ++i) mails.push_back(Courier::consignment(i));
    courier.begin(std::move(mails));
    courier.stop(1h);  // the test would not end if it waited for the deadline
    courier.run_until([&] { return courier.unanswered == 0; });
    for (const Reply& reply : courier.replies) CHECK(reply.code == 250);
}

TEST_CASE("S36: stop closes what is not done by its deadline, and a mail whose dot is unanswered is uncertain") {
    SmtpServer server;
    server.at(At::dot, silence());
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    courier.begin({Courier::consignment(1), Courier::consignment(2), Courier::consignment(3)});
    courier.run_until([&] { return server.command("DATA").size() == 1 && server.messages().size() == 1; });
    courier.stop(30ms);
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(courier.replies[0].content_sent);
    CHECK(courier.replies[0].failure == Reply::Failure::closed);
    CHECK_FALSE(courier.replies[1].content_sent);
    CHECK_FALSE(courier.replies[2].content_sent);
    CHECK(courier.counters.sessions_open == 0);
}

TEST_CASE("curl transport: Postfix's smtp-sink takes every mail") {
    if (!std::filesystem::exists("/usr/sbin/smtp-sink")) {
        std::cout << "skipped: smtp-sink is not installed\n";
        return;
    }
    std::uint16_t port = 0;
    {
        const SmtpServer probe;  // a port that is free
        port = probe.port();
    }
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        execl("/usr/sbin/smtp-sink", "smtp-sink", "-u", "nobody", ("127.0.0.1:" + std::to_string(port)).c_str(), "100", nullptr);
        _exit(127);
    }
    Courier courier({relay_at(port)});
    courier.settings.relays[0].connections_max = 4;
    courier.run_until([&] { return courier.send().code == 250; });
    int delivered = 0;
    for (const Reply& reply : courier.send_all(200, 8192)) delivered += reply.code == 250 ? 1 : 0;
    courier.stop(1s);
    kill(child, SIGTERM);
    waitpid(child, nullptr, 0);
    CHECK(delivered == 200);
}
