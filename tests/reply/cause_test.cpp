#include "ilbud/reply/cause.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

Reply reply_at(Stage stage, int code, std::string enhanced = {}) {
    Reply reply;
    reply.stage = stage;
    reply.code = code;
    reply.enhanced = std::move(enhanced);
    return reply;
}

}  // namespace

TEST_CASE("find_cause: only a 2xx to the final dot is success") {
    CHECK(find_cause(reply_at(Stage::final_dot, 250)).consequence == Consequence::delivered);
    CHECK(find_cause(reply_at(Stage::recipient, 250)).consequence == Consequence::next_relay);
    CHECK(find_cause(reply_at(Stage::final_dot, 354)).consequence == Consequence::next_relay);
}

TEST_CASE("find_cause: a 4xx waits, a 5xx about the recipient is for good, and only a missing mailbox suppresses") {
    CHECK(find_cause(reply_at(Stage::recipient, 451)).consequence == Consequence::retry);
    const auto refused = find_cause(reply_at(Stage::recipient, 550, "5.7.1"));
    CHECK(refused.permanent);
    CHECK(refused.consequence == Consequence::bounce);
    const auto unknown = find_cause(reply_at(Stage::recipient, 550, "5.1.1"));
    CHECK(unknown.permanent);
    CHECK(unknown.consequence == Consequence::suppress);
}

TEST_CASE("find_cause: our account at the relay waits, goes by another relay, and rests a relay that would refuse everything") {
    const auto at = [](Stage stage, int code, const char* enhanced, const char* text) {
        auto reply = reply_at(stage, code, enhanced);
        reply.text = text;
        return find_cause(reply);
    };
    for (const auto& cause :
         {at(Stage::data, 550, "5.4.5", "Daily user sending quota exceeded"),
          at(Stage::data, 554, "", "Message rejected: Sending paused for this account"),
          at(Stage::recipient, 550, "5.1.90", "you've reached your daily limit for message recipients"),
          at(Stage::mail, 530, "5.7.57", "Client was not authenticated to send anonymous mail during MAIL FROM")}) {
        CAPTURE(cause.reason);
        CHECK(cause.consequence == Consequence::pause_relay);
        CHECK(cause.concern == Concern::account);
        CHECK_FALSE(cause.permanent);
        CHECK_FALSE(cause.attempted);
    }
    for (const auto& cause : {at(Stage::recipient, 553, "5.7.1", "Sender address rejected: not owned by user"),
                              at(Stage::recipient, 554, "5.7.1", "Relay access denied")}) {
        CHECK(cause.consequence == Consequence::next_relay);
        CHECK(cause.concern == Concern::account);
        CHECK_FALSE(cause.permanent);
    }
    const auto from = at(Stage::recipient, 550, "5.1.1", "The from address is not one of your addresses");
    CHECK(from.consequence == Consequence::bounce);
    CHECK(from.concern == Concern::sender);
}

TEST_CASE("find_cause: a 421 behind MAIL tries another relay and never rests this one") {
    for (const Stage stage : {Stage::recipient, Stage::data, Stage::final_dot})
        for (const char* text : {"closing", "daily sending quota exceeded", "user unknown", "blocked using zen.spamhaus.org"}) {
            auto reply = reply_at(stage, 421, "4.7.0");
            reply.text = text;
            CHECK(find_cause(reply).consequence == Consequence::next_relay);
            CHECK_FALSE(find_cause(reply).permanent);
        }
}

TEST_CASE("find_cause: a 421 at MAIL rests the relay only where it names our account") {
    auto reply = reply_at(Stage::mail, 421, "4.7.0");
    reply.text = "closing";
    CHECK(find_cause(reply).consequence == Consequence::next_relay);
    reply.text = "Your account is paused";
    CHECK(find_cause(reply).consequence == Consequence::pause_relay);
    CHECK_FALSE(find_cause(reply).permanent);
}

TEST_CASE("find_cause: at MAIL no status is about the recipient") {
    for (const char* status : {"5.1.1", "5.1.2", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
        CHECK(find_cause(reply_at(Stage::mail, 550, status)).consequence != Consequence::suppress);
}

TEST_CASE("find_cause: without a session the recipient was not tried; with the content out and no reply it is uncertain") {
    Reply unreachable;
    unreachable.failure = Reply::Failure::unreachable;
    CHECK_FALSE(find_cause(unreachable).attempted);
    Reply lost;
    lost.stage = Stage::final_dot;
    lost.failure = Reply::Failure::timeout;
    lost.content_sent = true;
    CHECK(find_cause(lost).attempted);
    CHECK(find_cause(lost).uncertain);
}
