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
