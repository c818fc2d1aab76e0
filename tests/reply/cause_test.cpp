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

TEST_CASE("find_cause: a fault of the server's is no verdict on a mail, whatever its code") {
    for (const char* text :
         {"Temporary lookup failure", "Service currently unavailable, try again later", "System configuration error",
          "Internal error", "queue file write error", "Out of memory", "Server overloaded", "I/O error",
          "content filter unavailable", "ClamAV unavailable", "Service unavailable", "Directory server failure"})
        for (const Stage stage : {Stage::mail, Stage::recipient, Stage::data, Stage::final_dot}) {
            auto reply = reply_at(stage, 554, "5.3.0");
            reply.text = text;
            CAPTURE(text, static_cast<int>(stage), find_cause(reply).reason);
            CHECK(find_cause(reply).consequence == (stage == Stage::mail ? Consequence::next_relay : Consequence::retry));
            CHECK_FALSE(find_cause(reply).permanent);
        }
}

TEST_CASE("find_cause: a bare refusal at MAIL is about us, and never ends a mail") {
    for (const char* text : {"Transaction failed", "no", ""}) {
        auto reply = reply_at(Stage::mail, 554);
        reply.text = text;
        CHECK(find_cause(reply).consequence == Consequence::next_relay);
        CHECK_FALSE(find_cause(reply).permanent);
    }
}

TEST_CASE("find_cause: a verdict amid the content is of a server that is out of step, but for one about its size") {
    auto reply = reply_at(Stage::content, 550, "5.1.1");
    reply.text = "user unknown";
    CHECK(find_cause(reply).consequence == Consequence::next_relay);
    CHECK(find_cause(reply).reason == "protocol_error");
    CHECK_FALSE(find_cause(reply).permanent);
    reply.enhanced = "5.3.4";
    reply.text = "message too big";
    CHECK(find_cause(reply).reason == "message_too_large");
    CHECK(find_cause(reply_at(Stage::content, 552)).reason == "message_too_large");
}

TEST_CASE("find_cause: the disk of a server is not the mailbox of a recipient") {
    for (const Stage stage : {Stage::mail, Stage::recipient, Stage::final_dot}) {
        auto reply = reply_at(stage, 452, "4.3.1");
        reply.text = "Insufficient system storage";
        CHECK(find_cause(reply).reason == "temporary_failure");
        CHECK(find_cause(reply).consequence == (stage == Stage::mail ? Consequence::next_relay : Consequence::retry));
    }
    auto reply = reply_at(Stage::final_dot, 554, "5.2.0");
    reply.text = "STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded";
    CHECK(find_cause(reply).reason == "mailbox_full");
    CHECK(find_cause(reply).consequence == Consequence::retry);
}

TEST_CASE("find_cause: sending that our relay has stopped waits for its operator") {
    for (const char* text :
         {"Message rejected: Sending suspended for this account", "Account quarantined due to suspicious activity",
          "Unusual sending activity detected. Please try after sometime.", "Outgoing spam detected, sending blocked"})
        for (const Stage stage : {Stage::mail, Stage::recipient, Stage::final_dot}) {
            auto reply = reply_at(stage, 550, "5.7.1");
            reply.text = text;
            CAPTURE(text);
            CHECK(find_cause(reply).consequence == Consequence::pause_relay);
            CHECK(find_cause(reply).concern == Concern::account);
        }
}

TEST_CASE("find_cause: advice for the sender does not make an unknown mailbox the sender's") {
    for (const char* text :
         {"Adressen findes ikke. Afsender skal kontrollere adressen", "User unknown; sender should verify address",
          "Modtageren findes ikke. Afsenderen bedes kontrollere adressen."}) {
        auto reply = reply_at(Stage::recipient, 550, "5.1.1");
        reply.text = text;
        CAPTURE(text);
        CHECK(find_cause(reply).reason == "no_such_mailbox");
        CHECK(find_cause(reply).consequence == Consequence::suppress);
    }
}
