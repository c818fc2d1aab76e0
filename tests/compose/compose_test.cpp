#include "ilbud/compose/compose.hpp"

#include <catch2/catch.hpp>

#include "ilbud/compose/encode.hpp"
#include "ilbud/compose/encode_header.hpp"
#include "ilbud/sign/canonical.hpp"
#include "support/naughty.hpp"
#include "support/read_mail.hpp"
#include "support/sample_mail.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

Attachment pdf(std::string filename = "faktura.pdf", std::string bytes = "%PDF-1.7\n\xFF\x00 x") {
    return {std::move(filename), "application/pdf", std::move(bytes), ""};
}

std::string boundary_of(std::string_view header) {
    return parameter(field_value(header, "Content-Type"), "boundary");
}

std::string decoded(const Part& part) {
    const auto encoding = field_value(part.header, "Content-Transfer-Encoding");
    if (encoding == "quoted-printable") return decode_quoted_printable(part.body);
    return encoding == "base64" ? decode_base64_lines(part.body) : part.body;
}

// What compose says of a mail that must not leave.
Error refusal_of(const PlannedMail& mail, const Content& content, const std::vector<Attachment>& attachments = {}) {
    const auto message = compose(mail, content, attachments, sample_now);
    return message ? Error{} : message.error();
}

void check_wire(const Message& message) {
    CHECK(message.header.ends_with("\r\n"));
    for (const auto& line : crlf_lines(message.bytes())) {
        REQUIRE(line.size() <= 78);
        REQUIRE(std::all_of(line.begin(), line.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; }));
    }
}

}  // namespace

TEST_CASE("compose: the header says who, to whom, what, when, and that a machine wrote it") {
    auto mail = sample_mail();
    mail.reply_to = "kundeservice@avisen.example";
    const auto message = *compose(mail, sample_content(), {}, sample_now);
    CHECK(message.header ==
          "Date: Tue, 24 Jun 2025 08:00:00 +0000\r\n"
          "From: Avisen <faktura@avisen.example>\r\n"
          "Reply-To: kundeservice@avisen.example\r\n"
          "To: Anna Jensen <anna@example.org>\r\n"
          "Subject: Faktura 10012 fra Avisen\r\n"
          "Message-ID: <abcdefghijklmnopqrstuvwx27@avisen.example>\r\n"
          "MIME-Version: 1.0\r\n"
          "Auto-Submitted: auto-generated\r\n"
          "X-Auto-Response-Suppress: DR, OOF, AutoReply\r\n"
          "Feedback-ID: invoice:avisen:media:ilbud\r\n"
          "Content-Language: da\r\n"
          "Content-Type: multipart/alternative;\r\n"
          " boundary=\"=_abcdefghijklmnopqrstuvwx27_a\"\r\n");
}

TEST_CASE("compose: text first, HTML second, each in the encoding that suits it") {
    auto content = sample_content();
    content.text = "Amount: 1\n";
    const auto message = *compose(sample_mail(), content, {}, sample_now);
    const auto parts = split_parts(message.body, boundary_of(message.header));
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].header == "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n");
    CHECK(parts[0].body == "Amount: 1\r\n");
    CHECK(parts[1].header == "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n");
    CHECK(decoded(parts[1]) == with_mail_line_ends(content.html));
    check_wire(message);
}

TEST_CASE("compose: attachments follow the text in a mixed body") {
    const std::string bytes(100'000, '\xE5');
    const auto message = sample_message({pdf("Åben regning.pdf", bytes), pdf("faktura.pdf", "")});
    CHECK(field_value(message.header, "Content-Type").starts_with("multipart/mixed;"));
    const auto parts = split_parts(message.body, boundary_of(message.header));
    REQUIRE(parts.size() == 3);
    CHECK(split_parts(parts[0].body + "\r\n", boundary_of(parts[0].header)).size() == 2);
    CHECK(parts[1].header ==
          "Content-Type: application/pdf; name=\"_ben regning.pdf\"\r\n"
          "Content-Disposition: attachment; filename*=utf-8''%C3%85ben%20regning.pdf\r\n"
          "Content-Transfer-Encoding: base64\r\n");
    CHECK(decoded(parts[1]) == bytes);
    CHECK(parameter(field_value(parts[2].header, "Content-Disposition"), "filename") == "faktura.pdf");
    CHECK(decoded(parts[2]).empty());
    check_wire(message);
}

TEST_CASE("compose: the same input gives the same bytes, another mail another boundary") {
    CHECK(sample_message().bytes() == sample_message().bytes());
    auto other = sample_mail();
    other.id = "bbcdefghijklmnopqrstuvwx27";
    CHECK(boundary_of(compose(other, sample_content(), {}, sample_now)->header) != boundary_of(sample_message().header));
}

TEST_CASE("compose: content that quotes its own boundary does not end a part") {
    auto content = sample_content();
    content.text = "--=_abcdefghijklmnopqrstuvwx27_a--\r\n\r\n--=_abcdefghijklmnopqrstuvwx27_a\nContent-Type: text/x-evil\n\nx\n";
    content.html = content.text;
    const auto message = *compose(sample_mail(), content, {}, sample_now);
    const auto parts = split_parts(message.body, boundary_of(message.header));
    REQUIRE(parts.size() == 2);
    CHECK(decoded(parts[0]) == with_mail_line_ends(content.text));
    CHECK(decoded(parts[1]) == with_mail_line_ends(content.html));
}

TEST_CASE("S3: a control character in any input of the header is refused and named") {
    const std::vector<std::string> attacks{"x\r\nBcc: y@z.example", "x\ny", "x\ry", std::string("x\0y", 3), "x\ty", "x\x7Fy"};
    for (const auto& text : attacks) {
        auto content = sample_content();
        content.subject = text;
        CHECK(refusal_of(sample_mail(), content) == Error{"invalid_header", "subject", "holds a control character"});
        auto mail = sample_mail();
        mail.to_name = text;
        CHECK(refusal_of(mail, sample_content()).place == "to_name");
        mail = sample_mail();
        mail.from_name = text;
        CHECK(refusal_of(mail, sample_content()).place == "from_name");
        for (const auto member : {&PlannedMail::to, &PlannedMail::from, &PlannedMail::reply_to}) {
            mail = sample_mail();
            mail.*member = "a" + text + "@b.example";
            CHECK(refusal_of(mail, sample_content()).code == "invalid_header");
            mail.*member = "\"a" + text + "\"@b.example";
            CHECK(refusal_of(mail, sample_content()).code == "invalid_header");
        }
        mail = sample_mail();
        mail.id = text;
        CHECK(refusal_of(mail, sample_content()).place == "id");
        CHECK(refusal_of(sample_mail(), sample_content(), {pdf(text)}).place == "filename");
        auto attachment = pdf();
        attachment.content_type = "text/" + text;
        CHECK(refusal_of(sample_mail(), sample_content(), {attachment}).place == "content_type");
    }
}

TEST_CASE("S7: an address field holds exactly one mailbox") {
    for (const std::string bad :
         {"", "a", "@b.example", "a@", "a@b.example,c@d.example", "a@b.example>,<c@d.example", "a b@c.example", "a@b.example (c)",
          "\"a\"b@c.example", "\"a@c.example", "\"a\\\"@c.example", "a@b@c.example", "a:b@c.example;", "a@[127.0.0.1]"}) {
        INFO(bad);
        auto mail = sample_mail();
        mail.to = bad;
        CHECK(refusal_of(mail, sample_content()).place == "to");
    }
    for (const std::string good :
         {R"("a b"@c.example)", R"("a\"b"@c.example)", R"("<x>,y"@c.example)", "o'neil+x/y=z@c.example"}) {
        auto mail = sample_mail();
        mail.to = good;
        const auto message = *compose(mail, sample_content(), {}, sample_now);
        CHECK(field_value(message.header, "To") == "Anna Jensen <" + good + ">");
    }
}

TEST_CASE("S10: a local part beyond ASCII stands in UTF-8, nothing else does") {
    auto mail = sample_mail();
    mail.to = "jøns@example.org";
    mail.to_name = "Jøns Jensen";
    const auto message = *compose(mail, sample_content(), {}, sample_now);
    CHECK(message.header.find("To: =?utf-8?Q?J=C3=B8ns_Jensen?= <jøns@example.org>\r\n") != std::string::npos);
}

TEST_CASE("compose: Feedback-ID is made of harmless tokens") {
    auto mail = sample_mail();
    mail.unit = "Ærø: nord";
    mail.account = std::string(500, 'x');
    const auto message = *compose(mail, sample_content(), {}, sample_now);
    CHECK(field_value(message.header, "Feedback-ID") == "invoice:--r----nord:" + std::string(64, 'x') + ":ilbud");
}

TEST_CASE("compose: Content-Language is the language the content is written in, whichever was asked for") {
    auto mail = sample_mail();
    mail.locale = Locale::sv;
    auto content = sample_content();
    content.locale = Locale::en;
    CHECK(field_value(compose(mail, content, {}, sample_now)->header, "Content-Language") == "en");
}

TEST_CASE("compose: leaving with one click is offered where there is an address for it (RFC 8058)") {
    const std::string url = "https://avisen.example/leave?m=abcdefghijklmnopqrstuvwx27&s=104711&from=the-mail-of-today";
    const auto message = *compose(sample_mail(), sample_content(), {}, sample_now, url);
    CHECK(message.header.find("\r\nList-Unsubscribe:\r\n <" + url +
                              ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") != std::string::npos);
    CHECK(sample_message().header.find("List-") == std::string::npos);
}

TEST_CASE(
    "S3: an address to leave by that is not https, could end its field or does not fit a line is left out; the mail lives") {
    const auto composed = [](const std::string& url) { return *compose(sample_mail(), sample_content(), {}, sample_now, url); };
    CHECK_FALSE(composed("https://avisen.example/" + std::string(800, 'x')).unsubscribe_left_out);
    for (const std::string& bad : {std::string("http://avisen.example/a"), std::string("mailto:a@avisen.example"),
                                   std::string("https://avisen.example/a\r\nBcc: b"), std::string("https://avisen.example/a>,<b"),
                                   std::string("https://avisen.example/a b"), std::string("https://avisen.example/ø"),
                                   "https://avisen.example/" + std::string(900, 'x')}) {
        INFO(bad);
        const auto message = composed(bad);
        CHECK(message.unsubscribe_left_out);
        CHECK(message.bytes() == sample_message().bytes());
    }
}

TEST_CASE("S4, S5, S16: wild content stays within 78 columns of printable ASCII and can be read back") {
    const auto naughty = naughty_strings();
    for (std::size_t i = 0; i + 3 < naughty.size(); i += 3) {
        auto mail = sample_mail();
        auto content = sample_content();
        if (!has_control(naughty[i])) mail.to_name = naughty[i];
        if (!has_control(naughty[i + 1])) content.subject = naughty[i + 1];
        content.text = naughty[i + 1] + '\n' + naughty[i];
        content.html = "<p>" + naughty[i + 2] + "</p>" + std::string(2000, 'x');
        const auto message = *compose(mail, content, {}, sample_now);
        check_wire(message);
        const auto parts = split_parts(message.body, boundary_of(message.header));
        REQUIRE(parts.size() == 2);
        CHECK(decode_words(field_value(message.header, "Subject")) == content.subject);
        CHECK(decoded(parts[0]) == with_mail_line_ends(content.text));
        CHECK(decoded(parts[1]) == with_mail_line_ends(content.html));
    }
}

TEST_CASE("S41: a filename that is a path, a dot or turned around by bidirectional marks is refused") {
    for (const std::string bad :
         {"", ".", "..", "/etc/passwd", "a/b.pdf", "a\\b.pdf", "\u202Efdp.exe", "a\u2066b.pdf", "a\u200Fb.pdf"}) {
        INFO(bad);
        CHECK(refusal_of(sample_mail(), sample_content(), {pdf(bad)}).place == "filename");
    }
    for (const std::string type : {"", "pdf", "application/", "/pdf", "multipart/mixed", "Message/rfc822", "text/x; name=y",
                                   "text/pl ain", "text/a/b", "text/æ"}) {
        INFO(type);
        auto attachment = pdf();
        attachment.content_type = type;
        CHECK(refusal_of(sample_mail(), sample_content(), {attachment}).place == "content_type");
    }
}
