// Two relays, the first ill in every way: what has not begun there goes through the second.
#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "ilbud/delivery/outcome.hpp"
#include "support/courier.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

struct Illness {
    std::string name;
    At at;
    Act act;
    bool uncertain = false;  // its content may have been taken: a mail that begins there stays there
};

std::string stage_name(At at) {
    static const std::map<At, std::string> names{{At::greeting, "greeting"}, {At::ehlo, "EHLO"}, {At::mail, "MAIL"},
                                                 {At::rcpt, "RCPT"},         {At::data, "DATA"}, {At::dot, "dot"}};
    return names.at(at);
}

std::vector<Illness> illnesses() {
    std::vector<Illness> all;
    const std::map<At, std::string> refusals{{At::greeting, "554 5.3.2 not in service"},
                                             {At::ehlo, "550 5.7.1 go away"},
                                             {At::mail, "550 5.7.1 you may not send here"},
                                             {At::rcpt, "554 5.7.1 <to@b.dk>: Relay access denied"},
                                             {At::data, "554 5.3.2 system not accepting messages"},
                                             {At::dot, "530 5.7.0 Authentication required"}};
    for (const auto& [at, refusal] : refusals) {
        const auto stage = stage_name(at);
        const bool dot = at == At::dot;
        all.push_back({stage + ": silence", at, silence(), dot});
        all.push_back({stage + ": close", at, hang_up(), dot});
        all.push_back({stage + ": 4xx", at, say("451 4.3.0 temporary trouble")});
        all.push_back({stage + ": 452", at, say("452 4.3.1 insufficient system storage")});
        all.push_back({stage + ": 5xx", at, say(refusal)});
        all.push_back({stage + ": 421", at, say_and_close("421 4.3.2 shutting down")});
        all.push_back({stage + ": garbage", at, raw("\x01\x02 what?\r\n"), dot});
        all.push_back(
            {stage + ": a byte now and then", at, dripping("250 this takes longer than anybody waits for a reply"), dot});
    }
    all.push_back({"dot: reply before the content", At::data, raw("354 go\r\n550 5.1.1 unknown\r\n")});
    all.push_back({"EHLO: endless", At::ehlo, endless_line()});
    return all;
}

}  // namespace

TEST_CASE("fail-over: whatever the first relay is ill with, what has not begun there goes through the second") {
    for (const auto& illness : illnesses()) {
        CAPTURE(illness.name);
        SmtpServer ill, well;
        ill.at(illness.at, illness.act);
        Courier courier({relay_at(ill.port(), "ill"), relay_at(well.port(), "well")});
        courier.settings.relay_patience = 500ms;  // the other relay is to answer within it, also on a busy machine
        courier.settings.relay_pause = courier.settings.relay_pause_max = 1h;
        courier.settings.relay_refusals = 3;
        constexpr int count = 12;
        std::vector<Reply> replies(count);
        int open = count;
        courier.transport();
        for (int i = 0; i < count; ++i) {
            // Each to somebody else: to one recipient alone it might be his affair.
            asio::co_spawn(courier.context, courier.transport().send(Courier::consignment(i, "to" + std::to_string(i) + "@b.dk")),
                           [&, i](std::exception_ptr failure, Reply reply) {
                               if (failure) std::rethrow_exception(failure);
                               replies[static_cast<std::size_t>(i)] = std::move(reply);
                               --open;
                           });
            courier.run_for(5ms);
        }
        // Those whose content is at the ill relay have its whole deadline; all others are there.
        courier.run_until([&] { return open <= (illness.uncertain ? 1 : 0); });
        std::set<std::string> arrived;
        for (const auto& message : well.messages()) arrived.insert(message.to);
        std::set<std::string> begun;
        for (const auto& line : ill.command("RCPT"))
            begun.insert(line.substr(line.find("<") + 1, line.find(">") - line.find("<") - 1));
        int elsewhere = 0, left = 0, ended = 0;
        for (int i = 0; i < count; ++i) {
            const auto to = "to" + std::to_string(i) + "@b.dk";
            if (arrived.contains(to)) {
                ++elsewhere;
                continue;
            }
            CHECK(begun.contains(to));
            const auto outcome = judge(replies[static_cast<std::size_t>(i)], {1, Time{}, "mail"}, RetryPolicy{}, Time{});
            ended += outcome.verdict == Verdict::bounced ? 1 : 0;
            ++left;
        }
        CHECK(elsewhere + left == count);
        CHECK(ended == 0);
        // At most the one that tried it, or as many as it may refuse in a row.
        CHECK(left <= 3);
    }
}

TEST_CASE("fail-over: a relay that has returned gets one mail, and the rest when it has taken that") {
    std::atomic<bool> go{false};
    SmtpServer first, second;
    first.at(At::mail, say_and_close("421 4.3.2 not now"), 1);
    first.script([&go](const Point& point) -> std::optional<Act> {
        while (point.at == At::dot && !go) std::this_thread::sleep_for(1ms);
        return std::nullopt;
    });
    Courier courier({relay_at(first.port(), "first"), relay_at(second.port(), "second")});
    courier.settings.relay_patience = 10s;
    CHECK(courier.send(0).relay == "second");
    const std::string opened = "session.opened relay=first";
    courier.run_until([&] { return courier.log_text.find(opened) != courier.log_text.rfind(opened); });  // a second time
    std::vector<Consignment> mails;
    for (int i = 1; i <= 10; ++i) mails.push_back(Courier::consignment(i));
    courier.begin(std::move(mails));
    courier.run_until([&] { return courier.unanswered == 1; });  // all but the one that tries it
    go = true;
    courier.run_until([&] { return courier.unanswered == 0; });
    CHECK(std::ranges::count_if(courier.replies, [](const Reply& reply) { return reply.relay == "first"; }) == 1);
    CHECK(courier.send(11).relay == "first");
    CHECK(courier.log_text.find("relay.back") != std::string::npos);
}

TEST_CASE("fail-over: what one relay does not offer goes to the next that does, and bounces only if none does") {
    ServerOptions small;
    small.extensions = {"PIPELINING", "SIZE 3000"};
    ServerOptions large;
    large.extensions = {"PIPELINING", "SMTPUTF8", "8BITMIME"};
    SmtpServer first(small), second(large);
    Courier courier({relay_at(first.port(), "first"), relay_at(second.port(), "second")});
    CHECK(courier.send(1).relay == "first");
    CHECK(courier.send(2, "to@b.dk", content_of(2, 5000)).relay == "second");
    CHECK(courier.send(3, "gr\xc3\xb8n@b.dk").relay == "second");
    CHECK(courier.send(4).relay == "first");
    Courier alone({relay_at(first.port(), "first")});
    const auto reply = alone.send(5, "to@b.dk", content_of(5, 5000));
    CHECK(judge(reply, {1, Time{}, "mail"}, RetryPolicy{}, Time{}).reason == "message_too_large");
    // While the one that might take it is down, it waits.
    second.at(At::greeting, hang_up());
    Courier down({relay_at(first.port(), "first"), relay_at(second.port(), "second")});
    const auto waits = down.send(6, "to@b.dk", content_of(6, 5000));
    CHECK(judge(waits, {1, Time{}, "mail"}, RetryPolicy{}, Time{}).verdict == Verdict::retry);
}

TEST_CASE("fail-over: a retry asks another relay than the one that did not take it") {
    SmtpServer first, second;
    Courier courier({relay_at(first.port(), "first"), relay_at(second.port(), "second")});
    CHECK(courier.send(1).relay == "first");
    auto mail = Courier::consignment(2);
    mail.avoid = "first";
    CHECK(courier.finish(courier.transport().send(std::move(mail))).relay == "second");
}

TEST_CASE("fail-over: what a relay did not take last time does not try whether it is well again, while other mail waits") {
    SmtpServer first, second;
    first.at(At::mail, say_and_close("421 4.3.2 not now"), 1);
    Courier courier({relay_at(first.port(), "first"), relay_at(second.port(), "second")});
    CHECK(courier.send(0).relay == "second");
    const std::string opened = "session.opened relay=first";
    courier.run_until([&] { return courier.log_text.find(opened) != courier.log_text.rfind(opened); });  // a second time
    std::vector<Consignment> mails;
    for (int i = 1; i <= 4; ++i) mails.push_back(Courier::consignment(i));
    for (int i = 0; i < 3; ++i) mails[static_cast<std::size_t>(i)].avoid = "first";
    courier.begin(std::move(mails));
    courier.run_until([&] { return courier.unanswered == 0; });
    REQUIRE(first.messages().size() >= 1);
    CHECK(first.messages().front().bytes == content_of(4));
}

TEST_CASE("fail-over: a 421 about one recipient does not stop the relay") {
    SmtpServer first, second;
    first.script([](const Point& point) -> std::optional<Act> {
        if (point.at == At::rcpt && point.line.find("full@") != std::string::npos)
            return say_and_close("421 4.7.0 too many for full@");
        return std::nullopt;
    });
    Courier courier({relay_at(first.port(), "first"), relay_at(second.port(), "second")});
    CHECK(courier.send(1, "full@b.dk").relay == "second");
    CHECK(courier.send(2).relay == "first");
    CHECK(courier.log_text.find("relay.paused") == std::string::npos);
}
