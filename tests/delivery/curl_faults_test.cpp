// A server that refuses, closes, is silent or talks nonsense, at any stage: the right Reply, no lane blocked, no busy loop.
#include <array>
#include <map>
#include <random>

#include "support/courier.hpp"

#include "ilbud/delivery/outcome.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

struct Spot {
    At at;
    Stage stage;
};
const std::vector<Spot> spots{{At::greeting, Stage::greeting}, {At::ehlo, Stage::hello}, {At::mail, Stage::mail},
                              {At::rcpt, Stage::recipient},    {At::data, Stage::data},  {At::dot, Stage::final_dot}};

Outcome judged(const Reply& reply) {
    return judge(reply, {1, Time{}, "mail"}, RetryPolicy{}, Time{});
}

}  // namespace

TEST_CASE(
    "curl transport: 421, 451, 550, 552 and 554 at any stage reach the sender of the mail as they are, and the lane goes on") {
    for (const Spot& spot : spots)
        for (const int code : {421, 451, 550, 552, 554}) {
            CAPTURE(to_word(spot.stage), code);
            SmtpServer server;
            // EHLO is followed by HELO, which is refused too.
            server.at(spot.at, say(std::to_string(code) + " no"), spot.at == At::ehlo ? 2 : 1);
            Courier courier(server);
            courier.settings.relay_probe = courier.settings.relay_pause = 2ms;
            const Reply reply = courier.send(1);
            CHECK(reply.stage == spot.stage);
            CHECK(reply.code == code);
            CHECK(reply.failure == Reply::Failure::none);
            CHECK(reply.text == "no");
            CHECK(judged(reply).verdict != Verdict::delivered);
            CHECK(judged(reply).verdict ==
                  (spot.stage < Stage::mail || code < 500 || (spot.stage == Stage::mail && code != 552) ||
                           (code == 552 && spot.stage == Stage::recipient)
                       ? Verdict::retry
                       : Verdict::bounced));
            courier.run_for(3ms);  // a relay that failed is left alone so long
            CHECK(courier.send(2).code == 250);
            CHECK(server.sessions() <= 2);
            CHECK(server.messages().back().bytes == content_of(2));
        }
}

TEST_CASE("curl transport: a server that closes at any stage: closed there, uncertain only after the dot") {
    for (const Spot& spot : spots) {
        CAPTURE(to_word(spot.stage));
        SmtpServer server;
        server.at(spot.at, hang_up(), 1);
        Courier courier(server);
        courier.settings.relay_probe = courier.settings.relay_pause = 2ms;
        const Reply reply = courier.send(1);
        CHECK(reply.stage == spot.stage);
        CHECK(reply.failure == Reply::Failure::closed);
        CHECK(reply.code == 0);
        CHECK(reply.content_sent == (spot.stage == Stage::final_dot));
        CHECK(judged(reply).uncertain == (spot.stage == Stage::final_dot));
        CHECK(judged(reply).attempted == (spot.stage > Stage::mail));
        courier.run_for(3ms);
        CHECK(courier.send(2).code == 250);
        CHECK(server.sessions() == 2);
    }
}

TEST_CASE("S33: a server that is silent at any stage is left at the deadline of that stage") {
    for (const Spot& spot : spots) {
        CAPTURE(to_word(spot.stage));
        SmtpServer server;
        server.at(spot.at, silence(), 1);
        Courier courier(server);
        courier.hurry(40ms);
        const Reply reply = courier.send(1);
        CHECK(reply.stage == spot.stage);
        CHECK(reply.failure == Reply::Failure::timeout);
        CHECK(judged(reply).uncertain == (spot.stage == Stage::final_dot));
    }
}

TEST_CASE("S33: garbage and endless lines at any stage end the session") {
    for (const Spot& spot : spots)
        for (const bool endless : {false, true}) {
            if (endless && spot.stage < Stage::mail)
                continue;  // libcurl keeps no more of it than its buffer; the deadline ends it
            CAPTURE(to_word(spot.stage), endless);
            SmtpServer server;
            server.at(spot.at, endless ? endless_line() : say("<html><body>504 Gateway Time-out"), 1);
            Courier courier(server);
            const Reply reply = courier.send(1);
            CHECK(reply.stage == spot.stage);
            CHECK(reply.failure == Reply::Failure::garbage);
            CHECK(judged(reply).verdict == Verdict::retry);
        }
}

TEST_CASE("S33: an endless greeting, of one line or of many, ends at the deadline or the limit") {
    SmtpServer line;
    line.at(At::greeting, endless_line());
    Courier patient(line);
    patient.hurry(60ms);
    CHECK(patient.send().failure != Reply::Failure::none);
    CHECK(line.sessions() == 1);

    SmtpServer lines;
    std::string many;
    for (int i = 0; i < 2000; ++i) many += "220-welcome\r\n";
    lines.at(At::greeting, raw(many));
    Courier courier(lines);
    CHECK(courier.send().failure == Reply::Failure::garbage);
}

TEST_CASE("S33: an EHLO reply of more lines than libcurl counts is garbage and says so; a hundred are read") {
    for (const std::size_t lines : {100UL, 400UL}) {
        ServerOptions options;
        options.extensions.assign(lines, "XNOTHING-THAT-ANYBODY-KNOWS-OF");
        options.extensions.emplace_back("SMTPUTF8");
        SmtpServer server(options);
        Courier courier(server);
        const Reply reply = courier.send(1, "gr\xc3\xb8n@b.dk");
        if (lines == 100) {
            CHECK(reply.code == 250);
            continue;
        }
        CHECK(reply.failure == Reply::Failure::garbage);
        CHECK(reply.text.find("lines") != std::string::npos);
    }
}

TEST_CASE("S33: a reply that drips in does not extend the stage's deadline") {
    SmtpServer server;
    server.at(At::rcpt, dripping("250-2.1.5 so slow that nobody would wait for all of it\r\n250 ok\r\n"), 1);
    Courier courier(server);
    courier.settings.deadlines.recipient = 100ms;
    CHECK(courier.send().failure == Reply::Failure::timeout);  // with the whole reply it would be 250
}

TEST_CASE("S33: one mail's total time is limited however the stages go on") {
    SmtpServer server;
    for (const At at : {At::mail, At::rcpt, At::data, At::dot}) server.at(at, late(60ms));
    Courier courier(server);
    courier.settings.deadlines.session = 100ms;
    CHECK(courier.send().failure == Reply::Failure::timeout);
}

TEST_CASE("S33: a server that stops reading the content is left") {
    SmtpServer server;
    server.at(At::content, silence(), 1);
    Courier courier(server);
    courier.settings.deadlines.block = 60ms;
    const Reply reply = courier.send(1, "to@b.dk", content_of(1, 20'000'000));
    CHECK(reply.stage == Stage::content);
    CHECK(reply.failure == Reply::Failure::timeout);
    CHECK_FALSE(reply.content_sent);
}

TEST_CASE("curl transport: a refusal in the middle of the content decides") {
    SmtpServer server;
    server.at(At::content, say_and_close("552 5.3.4 too big"), 1);
    Courier courier(server);
    const Reply reply = courier.send(1, "to@b.dk", content_of(1, 20'000'000));
    // The server closes with unread content, so its words may be lost on the way: either way nothing was delivered.
    CHECK((reply.code == 552 || reply.failure == Reply::Failure::closed));
    CHECK_FALSE(reply.content_sent);
}

TEST_CASE("S34: the stored text of a reply is bounded and on one line") {
    SmtpServer server;
    server.at(At::rcpt, say("550-5.1.1 one\r\n550-5.1.1 \x1b[2J\xc3\xa6" + std::string(3000, 'x') + "\r\n550 5.1.1 end"), 1);
    Courier courier(server);
    const Reply reply = courier.send();
    CHECK(reply.enhanced == "5.1.1");
    CHECK(reply.text.size() <= 500);
    CHECK(reply.text.starts_with("one ?[2J??xxx"));
}

TEST_CASE("S35: replies sent ahead of the content deliver nothing") {
    SmtpServer server;
    server.at(At::data, raw("354 go\r\n250 delivered\r\n"), 1);
    Courier courier(server);
    const Reply reply = courier.send();
    CHECK(reply.failure == Reply::Failure::garbage);
    CHECK_FALSE(reply.content_sent);
}

TEST_CASE("curl transport: a session that died while idle is not charged to the next mail") {
    const int way = GENERATE(0, 1, 2, 3);
    CAPTURE(way);
    SmtpServer server;
    Courier courier(server);
    CHECK(courier.send(1).code == 250);
    server.at(At::mail, way == 0 ? hang_up() : say("421 4.4.2 idle for too long"), 1);
    if (way == 2) courier.settings.relays[0].pipelining = false;
    const Reply reply = courier.send(2);
    CHECK(reply.code == 250);
    CHECK(server.sessions() == 2);
    CHECK(server.messages().size() == 2);
}

TEST_CASE("curl transport: a mail goes again at most once, and never on a session that refused it when fresh") {
    SmtpServer server;
    Courier courier(server);
    courier.send(1);
    server.at(At::mail, hang_up());
    const Reply reply = courier.send(2);
    CHECK(reply.stage == Stage::mail);
    CHECK(reply.failure == Reply::Failure::closed);
    CHECK_FALSE(judged(reply).attempted);
    CHECK(server.sessions() == 2);
}

TEST_CASE("curl transport: the session dies at the dot: that mail is uncertain, those behind it are delivered elsewhere") {
    SmtpServer server;
    server.at(At::dot, hang_up(), 1);
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    const auto replies = courier.send_all(4);
    CHECK(replies[0].content_sent);
    CHECK(replies[0].failure == Reply::Failure::closed);
    for (std::size_t i = 1; i < 4; ++i) CHECK(replies[i].code == 250);
    CHECK(server.sessions() == 2);
}

TEST_CASE("curl transport: a mail behind a dot that is not answered goes to another session") {
    SmtpServer server;
    Courier courier(server);
    courier.settings.relays[0].connections_max = 2;
    courier.settings.deadlines.final_dot = 400ms;
    courier.send_all(2);
    server.script([stuck = 0](const Point& point) mutable -> std::optional<Act> {
        if (point.at == At::dot && stuck == 0) stuck = point.session;
        return point.at == At::dot && point.session == stuck ? std::optional(silence()) : std::nullopt;
    });
    courier.begin({Courier::consignment(1), Courier::consignment(2), Courier::consignment(3), Courier::consignment(4)});
    courier.run_until([&] { return courier.unanswered <= 1; });
    courier.stop(0ms);
    courier.run_until([&] { return courier.unanswered == 0; });
    for (std::size_t i = 0; i < 3; ++i) CHECK(courier.replies[courier.order[i]].code == 250);
    CHECK(courier.replies[courier.order[3]].content_sent);
    CHECK(courier.replies[courier.order[3]].code == 0);
}

TEST_CASE("curl transport: one silent session does not hold up the others") {
    SmtpServer server;
    Courier courier(server);
    courier.settings.relays[0].connections_max = 2;
    courier.send_all(2);
    server.at(At::mail, silence(), 1);
    std::vector<Consignment> mails;
    for (int i = 0; i < 20; ++i) mails.push_back(Courier::consignment(i));
    courier.begin(std::move(mails));
    courier.run_until([&] { return courier.unanswered == 1; });
    for (std::size_t i = 0; i < 19; ++i) CHECK(courier.replies[courier.order[i]].code == 250);
    courier.stop(0ms);
    courier.run_until([&] { return courier.unanswered == 0; });
}

TEST_CASE("curl transport: greylisting defers one mail and leaves the session in use") {
    SmtpServer server;
    server.at(At::rcpt, say("450 4.7.1 Greylisted, see you in five minutes"), 3);
    Courier courier(server);
    courier.settings.relays[0].connections_max = 1;
    const auto replies = courier.send_all(6);
    int greylisted = 0;
    for (const Reply& reply : replies) greylisted += judged(reply).reason == "greylisted" ? 1 : 0;
    CHECK(greylisted == 3);
    CHECK(server.messages().size() == 3);
    CHECK(server.sessions() == 1);
}

TEST_CASE("S35: under random faults every mail is answered, and those delivered are exactly those the server says it took") {
    SmtpServer server;
    server.script([random = std::minstd_rand(7)](const Point& point) mutable -> std::optional<Act> {
        const auto dice = random() % 100;
        if (point.at == At::quit || point.at == At::content || dice >= 10) return std::nullopt;
        const std::array acts{say("421 4.3.2 closing"), say_and_close("421 4.3.2 closed"),
                              say("451 4.3.0 later"),   say("550 5.1.1 unknown"),
                              say("554 5.7.1 no"),      hang_up(),
                              raw("nonsense\r\n"),      raw("250 one\r\n250 two\r\n")};
        return acts[random() % acts.size()];
    });
    Courier courier(server);
    courier.settings.relays[0].connections_max = 6;
    courier.settings.relay_probe = courier.settings.relay_pause = courier.settings.relay_pause_max = 1ms;
    std::map<std::string, Reply> answered;
    for (int round = 0; round < 10; ++round) {
        std::vector<Consignment> mails;
        for (int i = 0; i < 40; ++i) mails.push_back(Courier::consignment(i, "m" + std::to_string(round * 40 + i) + "@b.dk"));
        const auto replies = courier.send_all(std::move(mails));
        for (int i = 0; i < 40; ++i)
            answered["m" + std::to_string(round * 40 + i) + "@b.dk"] = replies[static_cast<std::size_t>(i)];
        courier.run_for(2ms);
    }
    std::map<std::string, int> taken;
    for (const Message& message : server.messages()) ++taken[message.to];
    REQUIRE(answered.size() == 400);
    int delivered = 0;
    for (const auto& [to, reply] : answered) {
        CAPTURE(to, to_word(reply.stage), reply.code, to_word(reply.failure));
        delivered += judged(reply).verdict == Verdict::delivered ? 1 : 0;
        CHECK(taken[to] == (reply.content_sent ? 1 : 0));  // the server notes a mail before it answers its dot
    }
    CHECK(delivered > 100);
}
