#include "ilbud/delivery/smtp_session.hpp"

using namespace ilbud;

namespace {

const Envelope first{"from@a.dk", "one@b.dk"};
const Envelope second{"from@a.dk", "two@b.dk"};
const std::string body = "Subject: x\r\n\r\nhello\r\n";
const std::string first_commands = "MAIL FROM:<from@a.dk>\r\nRCPT TO:<one@b.dk>\r\nDATA\r\n";
const std::string second_commands = "MAIL FROM:<from@a.dk>\r\nRCPT TO:<two@b.dk>\r\nDATA\r\n";

/// `count` times `with`. Written as a loop: g++ 12 warns of a sanitized std::string(400, 'a') + "…" that it is out of bounds.
std::string filled(std::size_t count, char with) {
    std::string text;
    while (text.size() < count) text += with;
    return text;
}

/// The other end: what the session says, and replies given to it.
struct Talk {
    SmtpSession session;
    std::vector<SmtpSession::Decided> decided;

    explicit Talk(bool pipelining = true, Extensions extensions = {})
        : session(with(std::move(extensions), pipelining), true, 1024) {}
    static Extensions with(Extensions extensions, bool pipelining) {
        extensions.pipelining = pipelining;
        return extensions;
    }
    std::string said() {
        std::string all;
        while (true) {
            const auto bytes = session.output();
            if (bytes.empty()) break;
            all += bytes;
            session.sent(bytes.size());
        }
        return all;
    }
    std::string answer(std::string_view replies) {
        session.receive(replies);
        collect();
        return said();
    }
    void collect() {
        for (auto& one : session.take()) decided.push_back(std::move(one));
    }
    const Reply& only() {
        collect();
        REQUIRE(decided.size() == 1);
        return decided.front().reply;
    }
};

const std::string go = "250 ok\r\n250 ok\r\n354 go\r\n";

/// Brings one mail to where `stage` is waited for; for `content` its bytes are not sent yet.
void bring_to(Talk& talk, Stage stage) {
    talk.session.offer(1, first, body);
    talk.said();
    if (stage == Stage::mail) return;
    talk.answer("250 ok\r\n");
    if (stage == Stage::recipient) return;
    talk.answer("250 ok\r\n");
    if (stage == Stage::data) return;
    talk.session.receive("354 go\r\n");
    if (stage == Stage::final_dot) talk.said();
}

}  // namespace

TEST_CASE("SmtpSession: with pipelining the envelope is one write, and a 2xx after the dot delivers") {
    Talk talk;
    CHECK(talk.session.idle());
    talk.session.offer(7, first, body);
    CHECK(talk.said() == first_commands);
    CHECK(talk.session.stage() == Stage::mail);
    CHECK(talk.answer(go) == body + ".\r\n");
    CHECK(talk.session.stage() == Stage::final_dot);
    talk.answer("250 2.0.0 Ok: queued as 7\r\n");
    const Reply& reply = talk.only();
    CHECK(talk.decided.front().ticket == 7);
    CHECK(reply.stage == Stage::final_dot);
    CHECK(reply.code == 250);
    CHECK(reply.enhanced == "2.0.0");
    CHECK(reply.text == "Ok: queued as 7");
    CHECK(reply.failure == Reply::Failure::none);
    CHECK(talk.session.idle());
}

TEST_CASE("SmtpSession: without pipelining every command waits for the reply before it") {
    Talk talk(false);
    talk.session.offer(1, first, body);
    CHECK(talk.said() == "MAIL FROM:<from@a.dk>\r\n");
    CHECK(talk.answer("250 ok\r\n") == "RCPT TO:<one@b.dk>\r\n");
    CHECK(talk.answer("250 ok\r\n") == "DATA\r\n");
    CHECK_FALSE(talk.session.wants_mail());
    CHECK(talk.answer("354 go\r\n") == body + ".\r\n");
    CHECK_FALSE(talk.session.wants_mail());
    talk.answer("250 ok\r\n");
    CHECK(talk.only().code == 250);
}

TEST_CASE("SmtpSession: the next envelope travels behind the final dot in the same write") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.session.receive(go);
    REQUIRE(talk.session.wants_mail());
    talk.session.offer(2, second, body);
    CHECK_FALSE(talk.session.wants_mail());
    CHECK(talk.said() == body + ".\r\n" + second_commands);
    CHECK(talk.answer("250 first\r\n" + go) == body + ".\r\n");
    talk.answer("250 second\r\n");
    REQUIRE(talk.decided.size() == 2);
    CHECK(talk.decided[0].ticket == 1);
    CHECK(talk.decided[0].reply.text == "first");
    CHECK(talk.decided[1].ticket == 2);
    CHECK(talk.decided[1].reply.text == "second");
    CHECK(talk.session.idle());
}

TEST_CASE("SmtpSession: a mail that comes while the dot is waited for is sent at once") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.answer(go);
    REQUIRE(talk.session.wants_mail());
    talk.session.offer(2, second, body);
    CHECK(talk.said() == second_commands);
    CHECK(talk.session.one_behind_dot());
}

TEST_CASE("SmtpSession: the first mail's dot is refused, the envelope behind it goes on") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.session.receive(go);
    talk.session.offer(2, second, body);
    talk.said();
    CHECK(talk.answer("554 5.7.1 spam\r\n" + go) == body + ".\r\n");
    talk.answer("250 ok\r\n");
    REQUIRE(talk.decided.size() == 2);
    CHECK(talk.decided[0].reply.code == 554);
    CHECK(talk.decided[1].reply.code == 250);
}

TEST_CASE("SmtpSession: recipient refused but 354 given: only the dot, and its answer is discarded") {
    for (const char* last : {"554 no valid recipients\r\n", "250 ok\r\n"}) {
        Talk talk;
        talk.session.offer(1, first, body);
        talk.said();
        CHECK(talk.answer("250 ok\r\n550 5.1.1 unknown\r\n354 go\r\n") == ".\r\n");
        talk.answer(last);
        const Reply& reply = talk.only();
        CHECK(reply.stage == Stage::recipient);
        CHECK(reply.code == 550);
        CHECK_FALSE(reply.content_sent);
        CHECK(talk.session.idle());
    }
}

TEST_CASE("SmtpSession: sender refused but everything after it accepted: that mail is refused all the same") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    CHECK(talk.answer("550 5.7.1 no\r\n250 ok\r\n354 go\r\n") == ".\r\n");
    talk.answer("250 ok\r\n");
    CHECK(talk.only().stage == Stage::mail);
}

TEST_CASE("SmtpSession: after a transaction without its dot the next one begins with RSET") {
    for (const bool pipelining : {true, false}) {
        Talk talk(pipelining);
        talk.session.offer(1, first, body);
        talk.said();
        if (pipelining) {
            talk.answer("250 ok\r\n550 no\r\n503 no recipients\r\n");
        } else {
            CHECK(talk.answer("250 ok\r\n") == "RCPT TO:<one@b.dk>\r\n");
            CHECK(talk.answer("550 no\r\n").empty());
        }
        CHECK(talk.only().code == 550);
        REQUIRE(talk.session.idle());
        talk.session.offer(2, second, body);
        CHECK(talk.said() == (pipelining ? "RSET\r\n" + second_commands : "RSET\r\n"));
        if (pipelining) {
            CHECK(talk.answer("250 reset\r\n" + go) == body + ".\r\n");
        } else {
            CHECK(talk.answer("250 reset\r\n") == "MAIL FROM:<from@a.dk>\r\n");
        }
    }
}

TEST_CASE("SmtpSession: a server that refuses RSET is left, and the mail was not tried") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.answer("250 ok\r\n550 no\r\n503 no\r\n");
    talk.session.offer(2, second, body);
    talk.said();
    talk.answer("502 what\r\n");
    REQUIRE(talk.decided.size() == 2);
    CHECK(talk.decided[1].reply.stage == Stage::mail);
    CHECK(talk.decided[1].reply.failure == Reply::Failure::garbage);
    CHECK(talk.session.over());
}

TEST_CASE("SmtpSession: a refusal at any stage decides, with its code, and only 421 ends the session") {
    const bool pipelining = GENERATE(true, false);
    const Stage stage = GENERATE(Stage::mail, Stage::recipient, Stage::data, Stage::final_dot);
    const int code = GENERATE(421, 451, 550, 552, 554);
    CAPTURE(pipelining, to_word(stage), code);
    Talk talk(pipelining);
    bring_to(talk, stage);
    talk.answer(std::to_string(code) + " no\r\n");
    // What travelled with it is answered, too, before it counts.
    for (auto at = stage; pipelining && code != 421 && at < Stage::data;
         at = at == Stage::mail ? Stage::recipient : Stage::data) {
        talk.collect();
        CHECK(talk.decided.empty());
        talk.answer("503 no\r\n");
    }
    const Reply& reply = talk.only();
    CHECK(reply.stage == stage);
    CHECK(reply.code == code);
    CHECK(reply.failure == Reply::Failure::none);
    CHECK(talk.session.over() == (code == 421));
}

TEST_CASE("SmtpSession: a reply too many to a dot refuses nobody, wherever it comes") {
    for (const std::string surplus : {"550 5.1.1 unknown\r\n", "250 ok\r\n", "451 later\r\n"})
        for (const std::string rest : {"250 ok\r\n250 ok\r\n354 go\r\n", "250 ok\r\n550 5.1.1 unknown\r\n503 no\r\n"})
            for (const bool before : {true, false}) {
                CAPTURE(surplus, rest, before);
                Talk talk;
                talk.session.offer(1, first, body);
                talk.said();
                talk.answer(go);
                talk.session.offer(2, second, body);
                talk.said();
                // In front of the answers to the envelope behind it, or behind the first of them.
                const auto cut = before ? 0 : rest.find('\n') + 1;
                talk.answer("250 2.0.0 taken\r\n" + rest.substr(0, cut) + surplus + rest.substr(cut));
                talk.collect();
                REQUIRE(talk.decided.size() == 2);
                CHECK(talk.decided[0].reply.code == 250);
                const auto& reply = talk.decided[1].reply;
                // A recipient who is really refused may be told so.
                if (rest.find("550") == std::string::npos) CHECK(reply.failure == Reply::Failure::garbage);
                CHECK_FALSE((reply.stage == Stage::mail && reply.code >= 500));
                CHECK(talk.session.over());
            }
}

TEST_CASE("SmtpSession: a refusal sent along with the 354, before any content, is no answer to it") {
    Talk talk(GENERATE(true, false));
    bring_to(talk, Stage::data);
    talk.answer("354 go\r\n550 5.1.1 unknown\r\n");
    CHECK(talk.only().failure == Reply::Failure::garbage);
    CHECK(talk.session.over());
}

TEST_CASE("SmtpSession: closed, timed out or garbage at any stage: uncertain only once the dot was sent") {
    const bool pipelining = GENERATE(true, false);
    const Stage stage = GENERATE(Stage::mail, Stage::recipient, Stage::data, Stage::content, Stage::final_dot);
    const auto failure = GENERATE(Reply::Failure::closed, Reply::Failure::timeout, Reply::Failure::garbage);
    CAPTURE(pipelining, to_word(stage), to_word(failure));
    Talk talk(pipelining);
    bring_to(talk, stage);
    REQUIRE(talk.session.stage() == stage);
    if (failure == Reply::Failure::closed) talk.session.closed();
    if (failure == Reply::Failure::timeout) talk.session.timed_out();
    if (failure == Reply::Failure::garbage) talk.session.receive("<html>\r\n");
    const Reply& reply = talk.only();
    CHECK(reply.stage == stage);
    CHECK(reply.code == 0);
    CHECK(reply.failure == failure);
    CHECK(reply.content_sent == (stage == Stage::final_dot));
    CHECK(talk.session.over());
    CHECK(talk.session.output().empty());
}

TEST_CASE("SmtpSession: however the session dies, the mail behind the dot is not charged with it") {
    const int way = GENERATE(0, 1, 2, 3);
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.session.receive(go);
    talk.session.offer(2, second, body);
    talk.said();
    if (way == 0) talk.session.closed();
    if (way == 1) talk.session.timed_out();
    if (way == 2) talk.session.receive("what?\r\n");
    if (way == 3) talk.session.receive("421 4.3.2 going down\r\n");
    talk.collect();
    REQUIRE(talk.decided.size() == 2);
    CHECK(talk.decided[0].ticket == 1);
    CHECK(talk.decided[0].reply.content_sent);
    CHECK(talk.decided[0].reply.code == (way == 3 ? 421 : 0));
    CHECK(talk.decided[1].ticket == 2);
    CHECK(talk.decided[1].reply.stage == Stage::mail);
    CHECK(talk.decided[1].reply.failure == Reply::Failure::closed);
    CHECK_FALSE(talk.decided[1].reply.content_sent);
}

TEST_CASE("S35: replies given before their commands were sent deliver nothing") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.answer(go + "250 delivered, honestly\r\n");
    const Reply& reply = talk.only();
    CHECK(reply.failure == Reply::Failure::garbage);
    CHECK(reply.stage == Stage::content);
    CHECK_FALSE(reply.content_sent);
    CHECK(talk.session.over());

    Talk eager;
    eager.session.offer(1, first, body);
    eager.session.receive(go);
    CHECK(eager.only().failure == Reply::Failure::garbage);
}

TEST_CASE("SmtpSession: a refusal while the content still flows decides and ends the session") {
    Talk talk;
    std::string lines = "x: y\r\n\r\n";
    for (int i = 0; i < 5000; ++i) lines += "forty characters of text in every line..\r\n";
    talk.session.offer(1, first, lines);
    talk.said();
    talk.session.receive(go);
    const auto piece = talk.session.output();
    CHECK(piece.size() < lines.size());
    talk.session.sent(piece.size());
    talk.answer("552 5.3.4 too big\r\n");
    CHECK(talk.only().stage == Stage::content);
    CHECK(talk.only().code == 552);
    CHECK(talk.session.over());
}

TEST_CASE("SmtpSession: a reply too many ends the session, also one that comes while idle") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.answer(go);
    talk.answer("250 ok\r\n250 again\r\n");
    CHECK(talk.only().code == 250);
    CHECK(talk.session.over());

    Talk idle;
    idle.session.receive("421 4.4.2 idle for too long\r\n");
    CHECK(idle.session.over());
    CHECK_FALSE(idle.session.wants_mail());
}

TEST_CASE("SmtpSession: an answer of the wrong class is garbage: 2xx or 3xx for DATA, 3xx elsewhere") {
    for (const char* reply :
         {"354 go\r\n", "250 ok\r\n354 go\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n", "250 ok\r\n250 ok\r\n300 ok\r\n"}) {
        Talk talk;
        talk.session.offer(1, first, body);
        talk.said();
        talk.answer(reply);
        CHECK(talk.only().failure == Reply::Failure::garbage);
        CHECK(talk.session.over());
    }
    Talk dot;
    bring_to(dot, Stage::final_dot);
    dot.answer("354 more\r\n");
    CHECK(dot.only().failure == Reply::Failure::garbage);
    CHECK(dot.only().content_sent);
}

TEST_CASE("SmtpSession: replies may come in any pieces") {
    Talk talk;
    talk.session.offer(1, first, body);
    std::string said = talk.said();
    for (const char byte : "250-2.1.0 multi\r\n250 2.1.0 line\r\n250 ok\r\n354-go\r\n354 on\r\n" + std::string("250 done\r\n"))
        said += talk.answer({&byte, 1});
    CHECK(said == first_commands + body + ".\r\n");
    CHECK(talk.only().text == "done");
}

TEST_CASE("S1: an address with a command inside is refused before anything is sent") {
    Talk talk;
    const Envelope evil{"from@a.dk", "a@b>\r\nRCPT TO:<evil@x"};
    talk.session.offer(1, evil, body);
    CHECK(talk.said().empty());
    CHECK(talk.only().failure == Reply::Failure::invalid);
    CHECK(talk.only().stage == Stage::recipient);
    CHECK(talk.session.idle());

    Talk sender;
    const Envelope evil_sender{"a@b>\nQUIT", "a@b.dk"};
    sender.session.offer(1, evil_sender, body);
    CHECK(sender.said().empty());
    CHECK(sender.only().stage == Stage::mail);
}

TEST_CASE("S2: content with bare line ends is refused before anything is sent") {
    for (const std::string content : {"a\r\n\n.\r\nMAIL FROM:<>\r\n", "a\n.\nb\r\n", "\r.\r", "a\r\n.\rb"}) {
        Talk talk;
        talk.session.offer(1, first, content);
        CHECK(talk.said().empty());
        CHECK(talk.only().failure == Reply::Failure::invalid);
    }
}

TEST_CASE("S6: dots at the start of lines are doubled, and nothing else changes") {
    const auto sent = [](const std::string& content) {
        Talk talk;
        talk.session.offer(1, first, content);
        talk.said();
        return talk.answer(go);
    };
    CHECK(sent(".\r\n") == "..\r\n.\r\n");
    CHECK(sent("..\r\n.x\r\n") == "...\r\n..x\r\n.\r\n");
    CHECK(sent("a\r\n.\r\n.\r\nb.\r\n") == "a\r\n..\r\n..\r\nb.\r\n.\r\n");
    CHECK(sent("a\r\n.") == "a\r\n..\r\n.\r\n");
    CHECK(sent("no end") == "no end\r\n.\r\n");
}

TEST_CASE("S6: dots are doubled across the pieces of a large mail") {
    std::string content, expected;
    for (int i = 0; content.size() < 300'000; ++i) {  // lines of all lengths, so that pieces end everywhere in them
        const std::string line = (i % 3 == 0 ? "." : "") + std::string(static_cast<std::size_t>(i % 7), 'y') + "\r\n";
        content += line;
        expected += (line[0] == '.' ? "." : "") + line;
    }
    Talk talk;
    talk.session.offer(1, first, content);
    talk.said();
    CHECK((talk.answer(go) == expected + ".\r\n"));
}

TEST_CASE("SmtpSession: SIZE is told where offered, and a mail over the server's limit is refused without a word") {
    Extensions extensions;
    extensions.size_max = 100;
    Talk talk(true, extensions);
    talk.session.offer(1, first, body);
    CHECK(talk.said().starts_with("MAIL FROM:<from@a.dk> SIZE=" + std::to_string(body.size()) + "\r\n"));

    Talk small(true, extensions);
    small.session.offer(1, first, filled(80, 'x') + "\r\n" + filled(80, 'x') + "\r\n");
    CHECK(small.said().empty());
    CHECK(small.only().failure == Reply::Failure::not_offered);
    CHECK(small.only().enhanced == "5.3.4");
    CHECK(small.session.idle());
}

TEST_CASE("S10: SMTPUTF8 only where the address needs it and the server offers it") {
    const Envelope danish{"from@a.dk", "søren@b.dk"};
    Talk plain;
    plain.session.offer(1, danish, body);
    CHECK(plain.said().empty());
    CHECK(plain.only().failure == Reply::Failure::not_offered);
    CHECK(plain.only().enhanced == "5.6.7");

    Extensions extensions;
    extensions.smtputf8 = extensions.eight_bit = true;
    Talk modern(true, extensions);
    modern.session.offer(1, danish, body);
    CHECK(modern.said().starts_with("MAIL FROM:<from@a.dk> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<søren@b.dk>\r\n"));
    Talk ascii(true, extensions);
    ascii.session.offer(1, first, body);
    CHECK(ascii.said() == first_commands);
}

TEST_CASE("SmtpSession: the null sender is an empty path") {
    Talk talk;
    const Envelope null{"", "one@b.dk"};
    talk.session.offer(1, null, body);
    CHECK(talk.said().starts_with("MAIL FROM:<>\r\n"));
}

TEST_CASE("SmtpSession: what is being sent stays where it is while more is queued") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.session.receive(go);
    const auto pending = talk.session.output();
    talk.session.sent(5);
    talk.session.offer(2, second, body);
    const auto rest = talk.session.output();
    CHECK(rest.data() == pending.data() + 5);
    CHECK(rest.size() == pending.size() - 5);
    CHECK(talk.said() == (body + ".\r\n").substr(5) + second_commands);
}

TEST_CASE("SmtpSession: a mail behind a slow dot can be taken back, and the session ends with the mail before it") {
    Talk talk;
    talk.session.offer(1, first, body);
    talk.said();
    talk.session.receive(go);
    talk.session.offer(2, second, body);
    talk.said();
    CHECK(talk.session.withdraw() == 2U);
    CHECK_FALSE(talk.session.wants_mail());
    CHECK_FALSE(talk.session.over());
    talk.answer("250 ok\r\n" + go);
    CHECK(talk.only().code == 250);
    CHECK(talk.session.over());
    CHECK(talk.said().empty());
}

TEST_CASE("SmtpSession: QUIT ends it") {
    Talk talk;
    talk.session.quit();
    CHECK(talk.said() == "QUIT\r\n");
    CHECK(talk.session.stage() == Stage::quit);
    CHECK_FALSE(talk.session.wants_mail());
    talk.answer("221 bye\r\n");
    CHECK(talk.session.over());
}

TEST_CASE("SmtpSession: held, the content waits after 354, and goes whole when it may") {
    Talk talk;
    talk.session.offer(1, first, body);
    CHECK_FALSE(talk.session.content_due());
    talk.said();
    talk.session.hold(true);
    CHECK_FALSE(talk.session.held());
    CHECK(talk.answer(go).empty());
    CHECK(talk.session.content_due());
    CHECK(talk.session.held());
    CHECK(talk.session.stage() == Stage::content);
    talk.session.hold(false);
    CHECK(talk.said() == body + ".\r\n");
    CHECK_FALSE(talk.session.content_due());
    talk.answer("250 ok\r\n");
    CHECK(talk.only().code == 250);
}

TEST_CASE("SmtpSession: held amid a content of several pieces, neither its dot nor the envelope behind it goes") {
    Talk talk;
    std::string content = "Subject: x\r\n\r\n";
    while (content.size() < 150'000) content += filled(900, 'a') + "\r\n";
    talk.session.offer(1, first, content);
    talk.said();
    talk.session.receive(go);
    talk.session.offer(2, second, body);
    std::string sent(talk.session.output());
    talk.session.hold(true);
    talk.session.sent(sent.size());
    CHECK(talk.said().empty());
    CHECK(talk.session.held());
    talk.session.hold(false);
    sent += talk.said();
    CHECK(sent == content + ".\r\n" + second_commands);
}

TEST_CASE("SmtpSession: abandoned while held it gives its mails back undecided, and is over") {
    Talk talk;
    const bool second_waits = GENERATE(false, true);
    talk.session.offer(1, first, body);
    talk.said();
    talk.session.hold(true);
    talk.answer(go);
    if (second_waits) talk.session.offer(2, second, body);
    CHECK(talk.session.abandon() ==
          (second_waits ? std::vector<SmtpSession::Ticket>{1, 2} : std::vector<SmtpSession::Ticket>{1}));
    CHECK(talk.session.over());
    CHECK(talk.said().empty());
    talk.session.closed();
    talk.collect();
    CHECK(talk.decided.empty());
}
