// What keeps a transport from sending: its gate, and the end of a mail's lease.
#include <atomic>
#include <random>
#include <thread>

#include "support/courier.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// What a lane does with an answer: it counts it in the step in which it gets it.
Task<void> count_answer(Transport& transport, Consignment mail, std::size_t& answered) {
    const auto reply = co_await transport.send(std::move(mail));
    answered += reply.code == 250 ? 1 : 0;
}

}  // namespace

TEST_CASE("curl transport: while the gate is closed no connection is opened and no MAIL said; then all goes out") {
    SmtpServer server;
    Courier courier(server);
    bool open = false;
    courier.transport().set_gate([&](std::size_t) { return open; });
    courier.begin({Courier::consignment(1), Courier::consignment(2), Courier::consignment(3)});
    courier.run_for(50ms);
    CHECK(server.sessions() == 0);
    open = true;
    courier.transport().look_again();
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(server.messages().size() == 3);
    open = false;
    courier.begin({Courier::consignment(4)});
    courier.run_for(50ms);
    CHECK(server.command("MAIL").size() == 3);  // nor by a session that is there and idle
    open = true;
    courier.transport().look_again();
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(server.messages().size() == 4);
}

TEST_CASE("curl transport: a gate that closes behind MAIL holds the content back, until it opens") {
    std::atomic<bool> open = true;
    SmtpServer server;
    server.script([&](const Point& point) -> std::optional<Act> {
        if (point.at == At::data) open = false;
        return std::nullopt;
    });
    Courier courier(server);
    courier.transport().set_gate([&](std::size_t) { return open.load(); });
    courier.begin({Courier::consignment(1)});
    courier.run_until([&] { return !open; });
    courier.run_for(50ms);
    CHECK(server.messages().empty());
    CHECK(courier.unanswered == 1);
    open = true;
    courier.transport().look_again();
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(courier.replies[0].code == 250);
    CHECK(server.sessions() == 1);
    CHECK(server.messages().size() == 1);
}

TEST_CASE("curl transport: content that is held back for longer than a block may take goes to another session, untried") {
    std::atomic<bool> open = true;
    SmtpServer server;
    server.script([&](const Point& point) -> std::optional<Act> {
        if (point.at == At::data) open = false;
        return std::nullopt;
    });
    Courier courier(server);
    courier.settings.deadlines.block = 50ms;
    courier.transport().set_gate([&](std::size_t) { return open.load(); });
    courier.begin({Courier::consignment(1)});
    courier.run_until([&] { return !open; });
    courier.run_until([&] { return server.open() == 0; });
    courier.run_for(50ms);
    CHECK(courier.unanswered == 1);
    CHECK(server.messages().empty());
    CHECK(server.sessions() == 1);  // none is opened for nothing
    CHECK(courier.log_text.find("relay.paused") == std::string::npos);
    server.script({});
    open = true;
    courier.transport().look_again();
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(courier.replies[0].code == 250);
    CHECK(courier.replies[0].content_sent);
    CHECK(server.messages().size() == 1);
    CHECK(server.sessions() == 2);
}

TEST_CASE("curl transport: a gate that closes amid a long content keeps its final dot back") {
    std::atomic<bool> open = true;
    SmtpServer server;
    server.script([&](const Point& point) -> std::optional<Act> {
        if (point.at == At::content) open = false;
        return std::nullopt;
    });
    Courier courier(server);
    courier.transport().set_gate([&](std::size_t) { return open.load(); });
    courier.begin({Courier::consignment(1, "to@b.dk", content_of(1, 20'000'000))});
    courier.run_until([&] { return !open; });
    courier.run_for(100ms);
    CHECK(server.messages().empty());
    open = true;
    courier.transport().look_again();
    courier.run_until([&] { return courier.unanswered == 0; });
    REQUIRE(server.messages().size() == 1);
    CHECK(server.messages()[0].bytes == content_of(1, 20'000'000));
}

TEST_CASE("curl transport: at the end of stop what the gate kept back was not begun") {
    std::atomic<bool> open = true;
    SmtpServer server;
    server.script([&](const Point& point) -> std::optional<Act> {
        if (point.at == At::data) open = false;
        return std::nullopt;
    });
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    courier.transport().set_gate([&](std::size_t) { return open.load(); });
    courier.begin({Courier::consignment(1), Courier::consignment(2)});
    courier.run_until([&] { return !open; });
    courier.stop(50ms);
    courier.run_until([&] { return courier.unanswered == 0; });
    for (const Reply& reply : courier.replies) {
        CHECK(reply.failure == Reply::Failure::not_begun);
        CHECK_FALSE(reply.content_sent);
    }
    CHECK(server.messages().empty());
}

TEST_CASE("curl transport: with answers that nobody stores, final dots end at the gate's number and one a connection") {
    std::mt19937 random(5);
    for (const bool pipelining : {true, false})
        for (const std::size_t share : {1UL, 7UL, 32UL}) {
            CAPTURE(pipelining, share);
            const std::size_t connections = 1 + random() % 12;
            ServerOptions options;
            options.dot_latency = std::chrono::milliseconds(random() % 4);
            SmtpServer server(options);
            auto relay = relay_at(server.port());
            relay.connections_max = connections;
            relay.pipelining = pipelining;
            Courier courier(std::vector{relay});
            std::size_t answered = 0, ended = 0;
            courier.transport().set_gate([&](std::size_t more) { return answered + more < share; });
            for (int i = 0; i < 300; ++i)
                asio::co_spawn(courier.context, count_answer(courier.transport(), Courier::consignment(i), answered),
                               [&](std::exception_ptr) { ++ended; });
            courier.run_until([&] { return answered >= share; });
            courier.run_for(100ms);
            CHECK(server.messages().size() == answered);
            CHECK(answered < share + connections);
            // The store takes them, some at a time: each time only so many more go out.
            std::size_t stored = 0;
            for (int i = 0; i < 5; ++i) {
                stored += answered;
                answered = 0;
                courier.transport().look_again();
                courier.run_until([&] { return answered >= share || ended == 300; });
                courier.run_for(20ms);
                CHECK(answered < share + connections);
            }
            CHECK(server.messages().size() == stored + answered);
            courier.stop(Duration{});
            courier.run_until([&] { return ended == 300; });
        }
}

TEST_CASE("curl transport: a mail that could not end before its lease does is not begun") {
    SmtpServer server;
    Courier courier(server);
    courier.settings.deadlines.session = 10s;
    const auto now = std::chrono::steady_clock::now();
    const std::vector<SteadyTime> ends{SteadyTime::min(), now, now + 9s, now + 1h, SteadyTime::max()};
    std::vector<Consignment> mails;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        mails.push_back(Courier::consignment(static_cast<int>(i)));
        mails.back().until = &ends[i];
    }
    const auto replies = courier.send_all(std::move(mails));
    for (std::size_t i = 0; i < ends.size(); ++i)
        CHECK((replies[i].failure == Reply::Failure::not_begun) == (ends[i] < now + 10s));
    CHECK(server.messages().size() == 2);
    CHECK(server.command("MAIL").size() == 2);
}

TEST_CASE("curl transport: a mail that waited long behind another's dot is not sent unless its lease was renewed") {
    const bool renewed = GENERATE(true, false);
    SmtpServer server;
    server.at(At::dot, late(600ms), 1);
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    courier.settings.deadlines.session = 5s;
    courier.settings.deadlines.block = 300ms;
    auto until = std::chrono::steady_clock::now() + 5s + 300ms;
    std::vector<Consignment> mails{Courier::consignment(1), Courier::consignment(2)};
    mails[1].until = &until;
    courier.begin(std::move(mails));
    courier.run_until([&] { return server.command("DATA").size() == 2 && courier.unanswered == 1; });
    courier.run_for(100ms);
    CHECK(server.messages().size() == 1);
    if (renewed) {
        until += 1h;
        courier.transport().look_again();
    }
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(courier.replies[1].failure == (renewed ? Reply::Failure::none : Reply::Failure::not_begun));
    CHECK(server.messages().size() == (renewed ? 2 : 1));
}

TEST_CASE("R38: a mail that is of no use any more is not begun, and goes back untried") {
    SmtpServer server;
    Courier courier(server);
    auto late = Courier::consignment(1), in_time = Courier::consignment(2);
    late.begin_before = std::chrono::steady_clock::now();
    in_time.begin_before = std::chrono::steady_clock::now() + 1h;
    courier.begin({std::move(late), std::move(in_time)});
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(courier.replies[0].failure == Reply::Failure::not_begun);
    CHECK(courier.replies[1].code == 250);
    CHECK(server.messages().size() == 1);
}

TEST_CASE("R38: a mail that is of no use any more when its content is asked for goes back untried") {
    SmtpServer server;
    const auto end = std::chrono::steady_clock::now() + 200ms;
    server.script([&](const Point& point) -> std::optional<Act> {
        if (point.at == At::data) std::this_thread::sleep_until(end);
        return std::nullopt;
    });
    Courier courier(server);
    courier.settings.deadlines.block = 1h;  // which is not waited for
    auto late = Courier::consignment(1);
    late.begin_before = end;
    courier.begin({std::move(late)});
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(courier.replies[0].failure == Reply::Failure::not_begun);
    CHECK(server.messages().empty());
}
