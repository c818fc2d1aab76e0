#include "ilbud/compose/encode.hpp"

#include <catch2/catch.hpp>

#include "ilbud/compose/encode_header.hpp"
#include "ilbud/sign/canonical.hpp"
#include "support/naughty.hpp"
#include "support/read_mail.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::string encoded(std::string_view text, TransferEncoding encoding) {
    std::string out;
    append_text(out, text, encoding);
    return out;
}

std::string quoted_printable(std::string_view text) {
    return encoded(text, TransferEncoding::quoted_printable);
}

// What a reader gets back from the encoding that the engine chooses.
std::string round_trip(std::string_view text) {
    const auto encoding = choose_encoding(text);
    const auto wire = encoded(text, encoding);
    if (encoding == TransferEncoding::quoted_printable) return decode_quoted_printable(wire);
    return encoding == TransferEncoding::base64 ? decode_base64_lines(wire) : wire;
}

std::string text_field(std::string_view text) {
    std::string out;
    append_text_field(out, "Subject", text);
    return out;
}

std::string mailbox_field(std::string_view name, std::string_view address = "a@b.example") {
    std::string out;
    append_mailbox_field(out, "From", name, address);
    return out;
}

std::string parameter_field(std::string_view value) {
    std::string out = "Content-Disposition: attachment";
    auto column = out.size();
    append_parameter(out, column, "filename", value);
    CHECK(column == out.size() - (out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1));
    return out + "\r\n";
}

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

TEST_CASE("choose_encoding: short ASCII lines go as they are") {
    CHECK(choose_encoding("Hello\n\nBye\n") == TransferEncoding::seven_bit);
    CHECK(choose_encoding("") == TransferEncoding::seven_bit);
    CHECK(choose_encoding(repeated("x", 78)) == TransferEncoding::seven_bit);
    CHECK(encoded("one\ntwo\r\nthree", TransferEncoding::seven_bit) == "one\r\ntwo\r\nthree");
}

TEST_CASE("choose_encoding: anything a relay might touch is quoted-printable") {
    for (const auto& text :
         {repeated("x", 79), std::string("Blåbærgrød og gode, gamle, danske eventyr"), std::string("a\rb"),
          std::string("a\x01"
                      "b"),
          std::string("a \nb"), std::string("a\t"), std::string("From here"), std::string("x\nFrom here"), std::string("."),
          std::string("x\n.\ny"), std::string(".x"), std::string("a=_b"), std::string("a\0b", 3)}) {
        INFO(text);
        CHECK(choose_encoding(text) == TransferEncoding::quoted_printable);
    }
}

TEST_CASE("choose_encoding: mostly non-ASCII text is base64") {
    CHECK(choose_encoding("Добро пожаловать, дорогой читатель") == TransferEncoding::base64);
    CHECK(round_trip("Добро\nпожаловать") == "Добро\r\nпожаловать");
}

TEST_CASE("append_text: quoted-printable keeps lines under 77 columns and ends none in white space") {
    CHECK(quoted_printable("blå = grøn\n") == "bl=C3=A5 =3D gr=C3=B8n\r\n");
    CHECK(quoted_printable("end \nend\t\n ") == "end=20\r\nend=09\r\n=20");
    CHECK(quoted_printable(repeated("x", 75) + "\n") == repeated("x", 75) + "\r\n");
    CHECK(quoted_printable(repeated("x", 76)) == repeated("x", 75) + "=\r\nx");
    CHECK(quoted_printable(repeated("x", 74) + " \n") == repeated("x", 74) + "=\r\n=20\r\n");
    for (const auto& text : {repeated("å", 200), repeated("x ", 200), repeated("=", 200), repeated("\t", 200), repeated(".", 200),
                             repeated("xå", 99)})
        CHECK(decode_quoted_printable(quoted_printable(text)) == text);
}

TEST_CASE("append_text: every length around a line's end comes back unharmed") {
    for (std::size_t length = 60; length < 90; ++length)
        for (const std::string_view tail : {"", " ", "=", "å", " \n", "\n.", "\r\nFrom x", "\n"}) {
            const auto text = std::string(length, 'a') + std::string(tail);
            CHECK(decode_quoted_printable(quoted_printable(text)) == with_mail_line_ends(text));
        }
}

TEST_CASE("S2: no line end or dot of a value survives in a form that ends the message") {
    for (const std::string_view attack :
         {"\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r\n", "\n.\r", "\r\n.\r\nMAIL FROM:<evil@x>\r\n"}) {
        const auto text = "before" + std::string(attack) + "after é";
        for (const auto encoding : {TransferEncoding::quoted_printable, choose_encoding(text)}) {
            const auto wire = encoded(text, encoding);
            for (const auto& line : crlf_lines(wire + "\r\n")) CHECK_FALSE(line.starts_with('.'));
        }
        CHECK(round_trip(text) == with_mail_line_ends(text));
    }
}

TEST_CASE("S6: lines of dots and From lines come back byte for byte, and none stands on the wire") {
    for (const std::string text :
         {".", "..", ".x", "...\n..\n.", ".x\nmiddle\n..", "From a to b", ">From\nFrom \n", "From", "\n\n.\n"}) {
        const auto wire = encoded(text, choose_encoding(text));
        for (const auto& line : crlf_lines(wire + "\r\n")) {
            CHECK_FALSE(line.starts_with('.'));
            CHECK_FALSE(line.starts_with("From "));
        }
        CHECK(round_trip(text) == with_mail_line_ends(text));
    }
    const auto broken_at_from = quoted_printable(repeated("x", 75) + "From y" + repeated("z", 70) + ".end");
    for (const auto& line : crlf_lines(broken_at_from + "\r\n")) CHECK_FALSE(line.starts_with("From "));
}

TEST_CASE("S4: control characters are removed, TAB and line ends stay") {
    const std::string text(
        "a\0b\x01\x1B\x7F"
        "c\td\re\nf\r\ng",
        16);
    CHECK(with_mail_line_ends(text) == "abc\td\r\ne\r\nf\r\ng");
    CHECK(round_trip(text) == "abc\td\r\ne\r\nf\r\ng");
    CHECK(round_trip(text + " ææææææ") == "abc\td\r\ne\r\nf\r\ng ææææææ");
}

TEST_CASE("S5, S16: a value of 1 MB in one line stays within 76 columns of 7-bit text") {
    for (const auto& text : {std::string(1 << 20, 'x'), repeated("blåbær ", 130'000), repeated("Ж", 500'000)}) {
        const auto wire = encoded(text, choose_encoding(text));
        for (const auto& line : crlf_lines(wire + "\r\n")) REQUIRE(line.size() <= 76);
        CHECK(std::none_of(wire.begin(), wire.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7E; }));
        CHECK(round_trip(text) == text);
    }
}

TEST_CASE("S4: naughty strings come back from every encoding without their control characters") {
    for (const auto& naughty : naughty_strings()) {
        INFO(naughty);
        const auto expected = with_mail_line_ends(naughty);
        CHECK(round_trip(naughty) == expected);
        CHECK(decode_quoted_printable(quoted_printable(naughty)) == expected);
        CHECK(decode_base64_lines(encoded(naughty, TransferEncoding::base64)) == expected);
        CHECK(quoted_printable(naughty).find("=_") == std::string::npos);
    }
}

TEST_CASE("append_text_field: short ASCII stands as it is, long ASCII is folded at its spaces") {
    CHECK(text_field("Invoice 10012 from Avisen") == "Subject: Invoice 10012 from Avisen\r\n");
    CHECK(text_field("") == "Subject:\r\n");
    const auto text = repeated("word ", 60) + "end";
    const auto field = text_field(text);
    for (const auto& line : crlf_lines(field)) CHECK(line.size() <= 78);
    CHECK(field_value(field, "Subject") == text);
}

TEST_CASE("append_text_field: what ASCII words cannot carry becomes encoded words of at most 76 columns a line") {
    CHECK(text_field("Bekræft dit abonnement") == "Subject: =?utf-8?Q?Bekr=C3=A6ft_dit_abonnement?=\r\n");
    CHECK(text_field("Æøå") == "Subject: =?utf-8?B?w4bDuMOl?=\r\n");
    for (const auto& text : {repeated("Blåbær ", 50) + "x", repeated("Ж", 300), repeated("👩‍👩‍👧‍👦 ", 30) + "!",
                             std::string(300, 'x'), std::string(" lead"), std::string("trail "), std::string("two  spaces"),
                             std::string("=?utf-8?Q?x?="), std::string(" "), repeated("a€", 99)}) {
        INFO(text);
        const auto field = text_field(text);
        CHECK(field.find("=?utf-8?") != std::string::npos);
        for (const auto& line : crlf_lines(field)) CHECK(line.size() <= 76);
        CHECK(decode_words(field_value(field, "Subject")) == text);
    }
}

TEST_CASE("append_text_field: bytes that are not UTF-8 become U+FFFD") {
    for (const std::string_view bytes : {"\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
        const auto decoded = decode_words(field_value(text_field("a" + std::string(bytes) + "b"), "Subject"));
        CHECK(decoded.starts_with("a\xEF\xBF\xBD"));
        CHECK(
            decoded.ends_with("\xEF\xBF\xBD"
                              "b"));
    }
}

TEST_CASE("append_mailbox_field: a display name is bare, quoted or encoded as it needs to be") {
    CHECK(mailbox_field("") == "From: a@b.example\r\n");
    CHECK(mailbox_field("Anna Jensen") == "From: Anna Jensen <a@b.example>\r\n");
    CHECK(mailbox_field("Jensen, Anna") == "From: \"Jensen, Anna\" <a@b.example>\r\n");
    CHECK(mailbox_field(R"(A "B" \C)") == "From: \"A \\\"B\\\" \\\\C\" <a@b.example>\r\n");
    CHECK(mailbox_field("evil@x.example") == "From: \"evil@x.example\" <a@b.example>\r\n");
    CHECK(mailbox_field("Søren Kierkegaard") == "From: =?utf-8?Q?S=C3=B8ren_Kierkegaard?= <a@b.example>\r\n");
}

TEST_CASE("append_mailbox_field: long names and addresses fold and stay one mailbox") {
    const auto address = std::string(64, 'l') + '@' + std::string(60, 'd') + ".example";
    for (const auto& name :
         {repeated("Name ", 30) + "x", repeated("Å", 80), repeated("\"", 50), std::string(200, 'x'), std::string("Short")}) {
        const auto field = mailbox_field(name, address);
        CHECK(field.ends_with("\r\n <" + address + ">\r\n"));
        const auto lines = crlf_lines(field);
        for (std::size_t i = 0; i + 1 < lines.size(); ++i) CHECK(lines[i].size() <= 76);
    }
}

TEST_CASE("append_mailbox_field: a line with an encoded word has 76 octets at most, the address behind it included") {
    for (std::size_t letters = 1; letters < 60; ++letters)
        for (std::size_t local = 1; local < 40; ++local) {
            const auto field = mailbox_field("Å" + std::string(letters, 'x'), std::string(local, 'l') + "@d.example");
            for (const auto& line : crlf_lines(field)) {
                CAPTURE(line);
                if (line.find("=?") != std::string::npos) CHECK(line.size() <= 76);
            }
        }
}

TEST_CASE("S3: a subject or name cannot begin a field, whatever it holds") {
    for (const auto& naughty : naughty_strings()) {
        if (has_control(naughty)) continue;  // compose refuses those
        INFO(naughty);
        const auto subject = text_field(naughty), from = mailbox_field(naughty);
        CHECK(header_fields(subject + from).size() == 2);
        CHECK(decode_words(field_value(subject, "Subject")) == naughty);
        for (const auto& line : crlf_lines(subject + from)) CHECK(line.size() <= 78);
    }
}

TEST_CASE("S41: a filename goes by RFC 2231, whole or in pieces, and by an ASCII name beside it") {
    CHECK(parameter_field("faktura.pdf") == "Content-Disposition: attachment; filename=\"faktura.pdf\"\r\n");
    CHECK(parameter_field("blåbær.pdf") == "Content-Disposition: attachment; filename*=utf-8''bl%C3%A5b%C3%A6r.pdf\r\n");
    for (const auto& name : {repeated("Åben faktura ", 20) + ".pdf", std::string(200, 'x') + ".pdf", std::string("a\"b\\c.pdf"),
                             repeated("👩‍👧", 40), std::string("100% 'sikker'; x=y.pdf"), std::string("with space.pdf")}) {
        INFO(name);
        const auto field = parameter_field(name);
        for (const auto& line : crlf_lines(field)) CHECK(line.size() <= 78);
        CHECK(parameter(field_value(field, "Content-Disposition"), "filename") == name);
    }
    CHECK(parameter_field(repeated("Å", 60)).find("filename*0*=utf-8''") != std::string::npos);
    // A name that looks like an encoded word would be decoded by the reader.
    CHECK(parameter_field("=?utf-8?q?x?=.pdf") ==
          "Content-Disposition: attachment;\r\n filename*=utf-8''%3D%3Futf-8%3Fq%3Fx%3F%3D.pdf\r\n");
    CHECK(ascii_filename("=?utf-8?q?x?=.pdf") == "=_utf-8?q?x?=.pdf");
    CHECK(ascii_filename("blåbær.pdf") == "bl_b_r.pdf");
    CHECK(ascii_filename("a\"b\\c.pdf") == "a_b_c.pdf");
    CHECK(ascii_filename(std::string(100, 'x') + ".pdf") == std::string(56, 'x') + ".pdf");
    CHECK(ascii_filename(std::string(100, 'x')) == std::string(60, 'x'));
}
