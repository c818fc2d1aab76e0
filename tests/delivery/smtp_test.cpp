#include "ilbud/delivery/smtp.hpp"

using namespace ilbud;

namespace {

/// `count` times `with`. Written as a loop: g++ 12 warns of a sanitized std::string(400, 'a') + "…" that it is out of bounds.
std::string filled(std::size_t count, char with) {
    std::string text;
    while (text.size() < count) text += with;
    return text;
}

ReplyReader::Parsed read_one(std::string_view bytes) {
    ReplyReader reader(16 * 1024);
    reader.feed(bytes);
    const auto reply = reader.next();
    REQUIRE(reply);
    REQUIRE(*reply);
    return **reply;
}

std::string refused(std::string_view bytes, std::size_t most = 1024) {
    ReplyReader reader(most);
    reader.feed(bytes);
    const auto reply = reader.next();
    return reply ? std::string("accepted") : reply.error().code;
}

}  // namespace

TEST_CASE("ReplyReader: reads code, enhanced status and text of one line") {
    const auto reply = read_one("450 4.7.1 Greylisted, please wait\r\n");
    CHECK(reply.code == 450);
    CHECK(reply.enhanced == "4.7.1");
    CHECK(reply.text == "Greylisted, please wait");
}

TEST_CASE("ReplyReader: joins the lines of one reply and drops the repeated status") {
    const auto reply = read_one("550-5.1.1 The account that you tried\r\n550-5.1.1\r\n550 5.1.1  does not exist.\r\n");
    CHECK(reply.code == 550);
    CHECK(reply.enhanced == "5.1.1");
    CHECK(reply.text == "The account that you tried does not exist.");
}

TEST_CASE("ReplyReader: a status of another class than the code's is text") {
    const auto reply = read_one("550 2.1.5 odd\r\n");
    CHECK(reply.enhanced.empty());
    CHECK(reply.text == "2.1.5 odd");
    CHECK(read_one("550 5.1.1000 x\r\n").enhanced.empty());
    CHECK(read_one("550 5.1. x\r\n").enhanced.empty());
    CHECK(read_one("550 5.1.1x\r\n").enhanced.empty());
    CHECK(read_one("550 5.1.1\r\n").enhanced == "5.1.1");
}

TEST_CASE("ReplyReader: a bare code and a bare LF are accepted") {
    CHECK(read_one("250\r\n").code == 250);
    CHECK(read_one("354\n").code == 354);
    CHECK(read_one("250 \r\n").text.empty());
}

TEST_CASE("ReplyReader: replies that come together or byte by byte are read one by one") {
    const std::string bytes = "250-one\r\n250 two\r\n354 go\r\n";
    ReplyReader reader(64);
    std::vector<int> codes;
    for (const char byte : bytes) {
        reader.feed({&byte, 1});
        const auto reply = reader.next();
        REQUIRE(reply);
        if (*reply) codes.push_back((*reply)->code);
    }
    CHECK(codes == std::vector{250, 354});
    CHECK(reader.empty());
}

TEST_CASE("ReplyReader: what is no reply is garbage") {
    for (const char* bytes : {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "25\r\n", "2500 x\r\n", "199 x\r\n", "600 x\r\n",
                              "25x y\r\n", "250-one\r\n550 two\r\n", "250+x\r\n", "\x16\x03\x01\r\n"})
        CHECK(refused(bytes) == "garbage");
}

TEST_CASE("S33: replies of endless lines or endlessly many lines are refused at the limit") {
    CHECK(refused(filled(2000, '2')) == "reply_too_long");
    CHECK(refused("250-" + filled(2000, 'x') + "\r\n250 end\r\n") == "reply_too_long");
    std::string many;
    for (int i = 0; i < 200; ++i) many += "250-again\r\n";
    CHECK(refused(many) == "reply_too_long");
}

TEST_CASE("S34: reply text is bounded, on one line and printable") {
    const auto reply = read_one("554 " + filled(4000, 'x') + "\r\n");
    CHECK(reply.text.size() == 500);
    CHECK(read_one(std::string_view("554 a\0b\x1b[31m\xc3\xa6\r\n", 16)).text == "a?b?[31m??");
}

TEST_CASE("read_extensions: finds what an EHLO reply offers, in any case") {
    const auto found = read_extensions(
        "250-mail.example pipelining\r\n250-PIPELINING\r\n250-size 10240000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
        "250-AUTH PLAIN login\r\n250-AUTH=XOAUTH2\r\n250 EnhancedStatusCodes\r\n");
    CHECK(found.pipelining);
    CHECK(found.smtputf8);
    CHECK(found.eight_bit);
    CHECK(found.enhanced_codes);
    CHECK(found.size_max == 10240000U);
    CHECK(found.auth == std::vector<std::string>{"PLAIN", "LOGIN", "XOAUTH2"});
}

TEST_CASE("read_extensions: the server's own name offers nothing, SIZE 0 and SIZE alone set no limit") {
    CHECK_FALSE(read_extensions("250 PIPELINING\r\n").pipelining);
    CHECK_FALSE(read_extensions("250-x\r\n250 SIZE\r\n").size_max);
    CHECK_FALSE(read_extensions("250-x\r\n250 SIZE 0\r\n").size_max);
    CHECK_FALSE(read_extensions("250-x\r\n250 SIZE 99999999999999999999999\r\n").size_max);
    CHECK_FALSE(read_extensions("").pipelining);
}

TEST_CASE("S1: an address that could end its command is not for the wire") {
    for (const char* good : {"a@b.dk", "a.b+c@x.example", "\"a b>\"@x.dk", "\"q\\\"x\"@x.dk", "æ@x.dk", "o'neill@x.dk"})
        CHECK(is_wire_path(good));
    for (const char* bad : {"",
                            "a",
                            "@b.dk",
                            "a@",
                            "a@b>\r\nRCPT TO:<evil@x",
                            "a@b> SIZE=1",
                            "a b@c.dk",
                            "<a@b.dk>",
                            "a@b.dk\n",
                            "a@b@c.dk",
                            "\"a@b.dk",
                            "\"a\"b@c.dk",
                            "\"a\\",
                            "\"a\r\nb\"@c.dk",
                            "a@b.dk\x7f",
                            "\xff@x.dk",
                            "\xc2\x85@x.dk",
                            "a,b@x.dk",
                            "\xc0\xafx@x.dk",
                            "\xed\xa0\x80x@x.dk",
                            "\"\\\n\"@x.dk"})
        CHECK_FALSE(is_wire_path(bad));
    CHECK_FALSE(is_wire_path(std::string_view("a\0@b.dk", 7)));
    CHECK_FALSE(is_wire_path(filled(400, 'a') + "@b.dk"));
}

TEST_CASE("S1: an EHLO name is a host name or an address literal") {
    for (const char* good : {"mail.example.dk", "localhost", "[127.0.0.1]", "[IPv6:2001:db8::1]"}) CHECK(is_wire_host(good));
    for (const char* bad : {"", "a b", "a\r\nMAIL", "a/b", "[", "[]", "a:b", "x%0d"}) CHECK_FALSE(is_wire_host(bad));
}

TEST_CASE("S2: content with bare CR, bare LF, NUL or overlong lines is not for the wire") {
    CHECK(inspect_content("a\r\n\r\nb\r\n").problem.empty());
    CHECK(inspect_content("no end").problem.empty());
    for (const char* bad : {"", "a\n.\nb\r\n", "a\r\n\n.\r\n", "\n", "a\rb\r\n", "a\r", "a\r\r\n", "x\r\n.\r"})
        CHECK_FALSE(inspect_content(bad).problem.empty());
    CHECK_FALSE(inspect_content(std::string_view("a\0b\r\n", 5)).problem.empty());
    CHECK(inspect_content(filled(998, 'x') + "\r\n").problem.empty());
    CHECK_FALSE(inspect_content(filled(999, 'x') + "\r\n").problem.empty());
}

TEST_CASE("S6: lines that begin with a dot are noticed") {
    CHECK(inspect_content(".\r\n").dots);
    CHECK(inspect_content("a\r\n..b").dots);
    CHECK_FALSE(inspect_content("a.\r\nb.c\r\n").dots);
}
