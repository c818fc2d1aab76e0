#include "ilbud/delivery/outcome.hpp"

using namespace ilbud;

namespace {

const Time start = Time{} + 24h * 365 * 50;
const RetryPolicy policy{{1min, 5min, 30min}, 48h, 0.0};

Reply refused(Stage stage, int code, std::string enhanced = {}, std::string text = {}) {
    Reply reply;
    reply.stage = stage;
    reply.code = code;
    reply.enhanced = std::move(enhanced);
    reply.text = std::move(text);
    return reply;
}

Reply broken(Stage stage, Reply::Failure failure, bool content_sent = false) {
    Reply reply;
    reply.stage = stage;
    reply.failure = failure;
    reply.content_sent = content_sent;
    return reply;
}

Outcome judge_now(const Reply& reply, int number = 1) {
    return judge(reply, {number, start, "mail"}, policy, start);
}

}  // namespace

TEST_CASE("S35: judge: a 2xx reply to the final dot delivers, and nothing else does") {
    CHECK(judge_now(refused(Stage::final_dot, 250)).verdict == Verdict::delivered);
    for (const Stage stage :
         {Stage::greeting, Stage::hello, Stage::auth, Stage::mail, Stage::recipient, Stage::data, Stage::content, Stage::quit})
        CHECK(judge_now(refused(stage, 250)).verdict == Verdict::retry);
    CHECK(judge_now(refused(Stage::final_dot, 354)).verdict == Verdict::retry);
    CHECK(judge_now(Reply{}).verdict == Verdict::retry);
}

TEST_CASE("judge: each reason by its reply") {
    struct Case {
        Reply reply;
        Verdict verdict;
        const char* reason;
        bool suppress;
    };
    const auto [reply, verdict, reason, suppress] = GENERATE(values<Case>({
        {refused(Stage::recipient, 550, "5.1.1", "unknown"), Verdict::bounced, "no_such_mailbox", true},
        {refused(Stage::recipient, 550, "5.1.0", "<faktura@x>: Sender address rejected: User unknown in virtual mailbox table"),
         Verdict::bounced, "sender_rejected", false},
        {refused(Stage::recipient, 550, "", "Sender verify failed: no such user"), Verdict::bounced, "sender_rejected", false},
        {refused(Stage::mail, 550, "5.2.1", "disabled"), Verdict::bounced, "sender_rejected", false},
        {refused(Stage::final_dot, 554, "5.7.9", "Message not accepted for policy reasons"), Verdict::bounced, "policy_rejected",
         false},
        {refused(Stage::final_dot, 552, "5.3.4", "Message size limit exceeded"), Verdict::bounced, "message_too_large", false},
        {refused(Stage::recipient, 550, "5.1.10", "null MX"), Verdict::bounced, "no_such_domain", true},
        {refused(Stage::recipient, 551, "5.1.6", "moved"), Verdict::bounced, "mailbox_moved", true},
        {refused(Stage::recipient, 550, "", "No such user here"), Verdict::bounced, "no_such_mailbox", true},
        {refused(Stage::recipient, 550, "5.1.0", "user unknown"), Verdict::bounced, "no_such_mailbox", true},
        {refused(Stage::final_dot, 550, "5.1.1", "x"), Verdict::bounced, "no_such_mailbox", true},
        {refused(Stage::recipient, 550, "5.2.1", "disabled"), Verdict::bounced, "mailbox_disabled", true},
        {refused(Stage::recipient, 550, "", "no"), Verdict::bounced, "recipient_rejected", false},
        {refused(Stage::recipient, 550, "5.1.2", "no host"), Verdict::bounced, "no_such_domain", true},
        {refused(Stage::recipient, 553, "5.1.3", "syntax"), Verdict::bounced, "invalid_address", false},
        {refused(Stage::recipient, 550, "5.7.1", "user unknown to our policy"), Verdict::bounced, "policy_rejected", false},
        {refused(Stage::recipient, 554, "5.7.1", "blocked using zen.spamhaus.org"), Verdict::bounced, "server_blocked", false},
        {refused(Stage::final_dot, 554, "", "looks like SPAM"), Verdict::bounced, "spam_rejected", false},
        {refused(Stage::final_dot, 554, "5.6.0", "bad mail"), Verdict::bounced, "message_rejected", false},
        {refused(Stage::mail, 550, "5.1.8", "bad sender"), Verdict::bounced, "sender_rejected", false},
        {refused(Stage::mail, 552, "", "too big"), Verdict::bounced, "message_too_large", false},
        {refused(Stage::final_dot, 552, "5.3.4", "x"), Verdict::bounced, "message_too_large", false},
        {refused(Stage::content, 552, "", ""), Verdict::bounced, "message_too_large", false},
        {refused(Stage::recipient, 552, "5.2.2", "over quota"), Verdict::retry, "mailbox_full", false},
        {refused(Stage::recipient, 552, "", ""), Verdict::retry, "mailbox_full", false},
        {refused(Stage::recipient, 452, "4.2.2", ""), Verdict::retry, "mailbox_full", false},
        {refused(Stage::final_dot, 552, "", "mailbox over quota"), Verdict::retry, "mailbox_full", false},
        {refused(Stage::recipient, 450, "4.7.1", "try later"), Verdict::retry, "greylisted", false},
        {refused(Stage::recipient, 451, "", "Greylisting in action"), Verdict::retry, "greylisted", false},
        {refused(Stage::recipient, 451, "4.3.0", "oops"), Verdict::retry, "temporary_failure", false},
        {refused(Stage::mail, 450, "4.7.0", "too many messages"), Verdict::retry, "rate_limited", false},
        {refused(Stage::recipient, 550, "5.2.1", "receiving mail at a rate that"), Verdict::retry, "recipient_busy", false},
        {refused(Stage::final_dot, 554, "5.4.6", "too many hops"), Verdict::bounced, "message_rejected", false},
        {refused(Stage::recipient, 554, "5.7.1", "Relay access denied"), Verdict::retry, "relay_denied", false},
        {refused(Stage::mail, 530, "5.7.0", "Authentication required"), Verdict::retry, "auth_failed", false},
        {refused(Stage::mail, 550, "5.7.26", "unauthenticated"), Verdict::retry, "unauthenticated", false},
        {refused(Stage::mail, 503, "5.5.1", "bad sequence"), Verdict::retry, "protocol_error", false},
        {refused(Stage::auth, 535, "5.7.8", "bad"), Verdict::retry, "auth_failed", false},
        {refused(Stage::greeting, 554, "", "no service"), Verdict::retry, "relay_refused", false},
        {refused(Stage::hello, 550, "", "go away"), Verdict::retry, "relay_refused", false},
        {broken(Stage::connect, Reply::Failure::unreachable), Verdict::retry, "relay_unreachable", false},
        {broken(Stage::tls, Reply::Failure::tls_failed), Verdict::retry, "tls_failed", false},
        {broken(Stage::auth, Reply::Failure::auth_failed), Verdict::retry, "auth_failed", false},
        {broken(Stage::recipient, Reply::Failure::timeout), Verdict::retry, "timeout", false},
        {broken(Stage::data, Reply::Failure::closed), Verdict::retry, "connection_closed", false},
        {broken(Stage::content, Reply::Failure::garbage), Verdict::retry, "protocol_error", false},
        {broken(Stage::recipient, Reply::Failure::invalid), Verdict::bounced, "invalid_address", false},
        {broken(Stage::content, Reply::Failure::invalid), Verdict::bounced, "invalid_message", false},
        {broken(Stage::mail, Reply::Failure::not_offered), Verdict::bounced, "smtputf8_not_offered", false},
    }));
    CAPTURE(reply.code, reply.enhanced, reply.text);
    const Outcome outcome = judge_now(reply);
    CHECK(outcome.verdict == verdict);
    CHECK(outcome.reason == reason);
    CHECK(outcome.suppress == suppress);
    CHECK_FALSE(outcome.uncertain);
}

TEST_CASE("judge: 421 at any stage waits, and is charged to the recipient only from the content on") {
    for (const Stage stage : {Stage::greeting, Stage::hello, Stage::mail, Stage::recipient, Stage::data}) {
        const auto outcome = judge_now(refused(stage, 421, "4.3.2", "closing"));
        CHECK(outcome.verdict == Verdict::retry);
        CHECK_FALSE(outcome.attempted);
        CHECK_FALSE(outcome.suppress);
    }
    CHECK(judge_now(refused(Stage::final_dot, 421)).attempted);
    CHECK(judge_now(refused(Stage::final_dot, 421)).reason == "relay_busy");
}

TEST_CASE("S36: judge: without a reply to the final dot the mail is uncertain and goes again") {
    for (const auto failure : {Reply::Failure::closed, Reply::Failure::timeout, Reply::Failure::garbage}) {
        const auto outcome = judge_now(broken(Stage::final_dot, failure, true));
        CHECK(outcome.verdict == Verdict::retry);
        CHECK(outcome.uncertain);
        CHECK(outcome.attempted);
        CHECK(outcome.reason == "lost_reply");
    }
}

TEST_CASE("judge: a mail whose recipient was never named was not attempted") {
    CHECK_FALSE(judge_now(broken(Stage::mail, Reply::Failure::closed)).attempted);
    CHECK_FALSE(judge_now(broken(Stage::greeting, Reply::Failure::timeout)).attempted);
    CHECK_FALSE(judge_now(broken(Stage::connect, Reply::Failure::unreachable)).attempted);
    CHECK(judge_now(broken(Stage::recipient, Reply::Failure::closed)).attempted);
    CHECK(judge_now(refused(Stage::recipient, 451)).attempted);
}

TEST_CASE("judge: a temporary failure waits for the attempt's step; the last step repeats") {
    const Reply reply = refused(Stage::recipient, 451, "4.7.1", "greylisted");
    CHECK(judge_now(reply, 1).due == start + 1min);
    CHECK(judge_now(reply, 2).due == start + 5min);
    CHECK(judge_now(reply, 3).due == start + 30min);
    CHECK(judge_now(reply, 30).due == start + 30min);
    CHECK(judge_now(reply, 0).due == start + 1min);
}

TEST_CASE("judge: a mail for which no session came about is due at once, however old, and ends when its time is over") {
    for (const auto& down :
         {broken(Stage::connect, Reply::Failure::unreachable), broken(Stage::tls, Reply::Failure::tls_failed),
          broken(Stage::auth, Reply::Failure::auth_failed), refused(Stage::greeting, 421), refused(Stage::hello, 554)})
        for (const Duration age : {Duration(0s), Duration(10min), Duration(20h)}) {
            const auto outcome = judge(down, {3, start, "mail"}, policy, start + age);
            CHECK_FALSE(outcome.attempted);
            CHECK(outcome.due == start + age);
        }
    const Reply down = broken(Stage::connect, Reply::Failure::unreachable);
    CHECK(judge(down, {1, start, "mail"}, policy, start + policy.give_up_after).verdict == Verdict::expired);
}

TEST_CASE("next_by_age: the wait grows with the mail's age") {
    const auto due_after = [&](Duration age) { return next_by_age({1, start, "mail"}, policy, start + age) - (start + age); };
    CHECK(due_after(0s) == 1min);
    CHECK(due_after(59s) == 1min);
    CHECK(due_after(2min) == 5min);
    CHECK(due_after(10min) == 30min);
    CHECK(due_after(20h) == 30min);
}

TEST_CASE("judge: jitter comes from the mail and the attempt alone, and stays within its part of the wait") {
    RetryPolicy varied = policy;
    varied.jitter = 0.1;
    const Reply reply = refused(Stage::recipient, 451);
    Duration least = 24h, most{};
    for (int i = 0; i < 1000; ++i) {
        const std::string id = "mail" + std::to_string(i);
        const auto once = judge(reply, {1, start, id}, varied, start).due;
        CHECK(once == judge(reply, {1, start, id}, varied, start).due);
        least = std::min(least, once - start);
        most = std::max(most, once - start);
    }
    CHECK(least >= 54s);
    CHECK(least < 56s);
    CHECK(most <= 66s);
    CHECK(most > 64s);
}

TEST_CASE("judge: the last attempt is at the end of the retry time, after it the mail is expired") {
    const Reply reply = refused(Stage::recipient, 451);
    const auto last = judge(reply, {40, start, "mail"}, policy, start + 47h + 50min);
    CHECK(last.verdict == Verdict::retry);
    CHECK(last.due == start + 48h);
    const auto over = judge(reply, {41, start, "mail"}, policy, start + 48h);
    CHECK(over.verdict == Verdict::expired);
    CHECK(over.reason == "expired");
    CHECK(judge(broken(Stage::connect, Reply::Failure::unreachable), {1, start, "mail"}, policy, start + 49h).verdict ==
          Verdict::expired);
    CHECK(judge(refused(Stage::final_dot, 250), {1, start, "mail"}, policy, start + 49h).verdict == Verdict::delivered);
    CHECK(judge(refused(Stage::recipient, 550, "5.1.1"), {1, start, "mail"}, policy, start + 49h).verdict == Verdict::bounced);
}

TEST_CASE("S47: judge: a clock set back or forth a day makes no negative and no endless wait") {
    const Reply reply = refused(Stage::recipient, 451);
    const auto back = judge(reply, {2, start, "mail"}, policy, start - 24h);
    CHECK(back.verdict == Verdict::retry);
    CHECK(back.due == start - 24h + 5min);
    const auto forth = judge(reply, {2, start, "mail"}, policy, start + 24h);
    CHECK(forth.due == start + 24h + 5min);
}

TEST_CASE("judge: a schedule of nothing still waits") {
    const Reply reply = refused(Stage::recipient, 451);
    CHECK(judge(reply, {1, start, "m"}, {{}, 48h, 0.1}, start).due == start + 1min);
    CHECK(judge(reply, {1, start, "m"}, {{0s}, 48h, 0.9}, start).due == start + 1s);
}
