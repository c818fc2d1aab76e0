#include "ilbud/sign/sign.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "ilbud/base/id.hpp"
#include "ilbud/sign/canonical.hpp"
#include "support/dkim_verifier.hpp"
#include "support/read_mail.hpp"
#include "support/sample_mail.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::string body(std::string_view text, bool relaxed) {
    std::string buffer;
    return std::string(canonical_body(text, relaxed, buffer));
}

std::string field(std::string_view text, bool relaxed) {
    std::string out;
    append_canonical_field(out, text, relaxed);
    return out;
}

Message signed_sample() {
    return *sign(sample_message(), sample_keys(), "avisen.example", sample_now, sample_expiry);
}

std::vector<std::string> verdicts(const Message& message) {
    std::vector<std::string> all;
    const auto records = sample_records();
    for (std::size_t i = 0; i < records.size(); ++i) all.push_back(verify(message, i, records[i].text));
    return all;
}

const std::vector<std::string> both_hold{"", ""};
const std::vector<std::string> none_holds{"the signature does not hold", "the signature does not hold"};

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

// The value of the tag `name` without white space.
std::string tag(const std::string& signature, const std::string& name) {
    return signatures_of({signature, ""}).at(0).at(name);
}

}  // namespace

TEST_CASE("canonical: the example of RFC 6376 §3.4.5") {
    CHECK(field("A: X\r\n", true) == "a:X\r\n");
    CHECK(field("B : Y\t\r\n\tZ  \r\n", true) == "b:Y Z\r\n");
    CHECK(field("B : Y\t\r\n\tZ  \r\n", false) == "B : Y\t\r\n\tZ  \r\n");
    CHECK(body(" C \r\nD \t E\r\n\r\n\r\n", true) == " C\r\nD E\r\n");
    CHECK(body(" C \r\nD \t E\r\n\r\n\r\n", false) == " C \r\nD \t E\r\n");
}

TEST_CASE("canonical: an empty body is nothing relaxed and one line end simple") {
    for (const std::string_view empty : {"", "\r\n", "\r\n\r\n\r\n"}) {
        CHECK(body(empty, true).empty());
        CHECK(body(empty, false) == "\r\n");
    }
    CHECK(body(" \t \r\n  \r\n", true).empty());
    CHECK(body(" \r\n\r\n", false) == " \r\n");
}

TEST_CASE("canonical: the last line gets its end, white space before line ends goes, inside it shrinks") {
    CHECK(body("x", true) == "x\r\n");
    CHECK(body("x", false) == "x\r\n");
    CHECK(body("x \t", true) == "x\r\n");
    CHECK(body("x \r\n \r\ny", true) == "x\r\n\r\ny\r\n");
    CHECK(body("\tx", true) == " x\r\n");
    CHECK(body("a b  c\td \t e", true) == "a b c d e\r\n");
    CHECK(body("a \rb", true) == "a \rb\r\n");  // a bare CR ends no line
}

TEST_CASE("canonical: the fast search finds the same places as the plain definition, wherever they stand") {
    const auto by_definition = [](std::string_view text) {
        std::string out;
        for (std::size_t i = 0; i < text.size();) {
            if (text[i] != ' ' && text[i] != '\t') {
                out += text[i++];
                continue;
            }
            while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
            if (text.substr(i, 2) != "\r\n" && i < text.size()) out += ' ';
        }
        while (out.ends_with("\r\n")) out.resize(out.size() - 2);
        return out.empty() ? out : out + "\r\n";
    };
    const std::string_view pieces[] = {" ", "\t", "\r\n", "x", "xxxxxxxxx", "  ", "y z", "\r\n\r\n", "\r", "\x89\xA0"};
    std::uint32_t random = 12345;
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (int i = 0; i < 12; ++i) {
            random = random * 1664525U + 1013904223U;
            text += pieces[(random >> 16U) % std::size(pieces)];
        }
        REQUIRE(body(text, true) == by_definition(text));
    }
}

TEST_CASE("canonical: folded and odd header fields") {
    CHECK(field("Subject:  =?utf-8?Q?a?=\r\n =?utf-8?Q?b?=\r\n", true) == "subject:=?utf-8?Q?a?= =?utf-8?Q?b?=\r\n");
    CHECK(field("X:\r\n", true) == "x:\r\n");
    CHECK(field("X:\r\n \r\n\ty", true) == "x:y\r\n");
    CHECK(field("X", true) == "X\r\n");
    const auto fields = header_fields("A: 1\r\n b\r\nC : 2\r\nno colon\r\nD:\r\n");
    REQUIRE(fields.size() == 3);
    CHECK(fields[0].bytes == "A: 1\r\n b\r\n");
    CHECK(fields[1].name == "C");
    CHECK(fields[2].name == "D");
}

TEST_CASE("canonical: really signed mails have the body hash that our form gives") {
    const auto folder = testdata("dkim-signed");
    if (!folder) return;
    for (const char* name : {"mailauth/message2.eml", "mimekit/related.msg"}) {
        INFO(name);
        const auto message = parse_message(read_file(*folder / name));
        const auto signatures = signatures_of(message);
        REQUIRE(signatures.size() == 1);
        CHECK(body_hash(message, signatures[0]) == signatures[0].at("bh"));
    }
}

TEST_CASE("canonical: really signed mails verify with the keys published for them") {
    const auto folder = testdata("dkim-signed");
    if (!folder) return;
    for (const char* name : {"002.txt", "003.txt", "006.txt"}) {
        INFO(name);
        const auto text = read_file(*folder / name);
        const auto record = first_line(text).substr(text.find(' ') + 1);
        auto message = parse_message(text.substr(text.find("\n\n") + 2));
        REQUIRE(!signatures_of(message).empty());
        CHECK(verify(message, 0, record) == "");
        message.body[0] ^= 1;
        CHECK(verify(message, 0, record) == "the body hash differs");
    }
}

TEST_CASE("signature_field: RFC 8463 appendix A, byte for byte") {
    const auto folder = testdata("dkim-rfc8463");
    if (!folder) return;
    auto published = parse_message(read_file(*folder / "message.eml"));
    const auto tags = signatures_of(published);
    REQUIRE(tags.size() == 2);
    CHECK(body_hash(published, tags[0]) == tags[0].at("bh"));

    auto message = published;
    message.header.erase(0, message.header.find("From: Joe"));
    const SignatureForm form{.headers = {"from", "to", "subject", "date", "message-id", "from", "subject", "date"},
                             .identity = "@football.example.com",
                             .query = "dns/txt",
                             .spaced_list = true};
    const auto seed = from_base64(without_line_end(read_file(*folder / "ed25519-brisbane.seed.base64")));
    const auto brisbane = *SigningKey::from_ed25519_seed(Secret(*seed), "brisbane");
    const auto test = *SigningKey::from_pem(rfc8463_rsa_pem(), "test", 1024);
    const Time then{std::chrono::seconds(1528637909)};
    const auto ed25519 = *signature_field(message, brisbane, "football.example.com", then, std::nullopt, form);
    CHECK(tag(ed25519, "b") == tags[0].at("b"));
    CHECK(tag(ed25519, "bh") == tags[0].at("bh"));
    const auto rsa = *signature_field(message, test, "football.example.com", then, std::nullopt, form);
    CHECK(tag(rsa, "b") == tags[1].at("b"));
    CHECK(field(rsa.substr(0, rsa.find("b=F45")), true)
              .starts_with("dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed; d=football.example.com; "
                           "i=@football.example.com; q=dns/txt; s=test; t=1528637909; h=from : to : "));
}

TEST_CASE("signature_field: the simple forms hold too") {
    const auto message = sample_message();
    for (const bool relaxed_header : {false, true})
        for (const bool relaxed_body : {false, true}) {
            const SignatureForm form{.headers = {"From", "Subject"},
                                     .relaxed_header = relaxed_header,
                                     .relaxed_body = relaxed_body,
                                     .identity = "",
                                     .query = ""};
            for (std::size_t i = 0; i < 2; ++i) {
                auto with = message;
                with.header.insert(
                    0, *signature_field(message, sample_keys().keys[i], "avisen.example", sample_now, std::nullopt, form));
                CHECK(verify(with, 0, sample_records()[i].text) == "");
            }
        }
}

TEST_CASE("sign: one field a key on top, lines of at most 78 columns, no other byte changes") {
    const auto before = sample_message();
    const auto after = signed_sample();
    CHECK(after.body == before.body);
    CHECK(after.header.ends_with(before.header));
    const auto added = after.header.substr(0, after.header.size() - before.header.size());
    REQUIRE(header_fields(added).size() == 2);
    for (const auto& line : crlf_lines(added)) CHECK(line.size() <= 78);
    const auto tags = signatures_of(after);
    CHECK(tags[0].at("a") == "rsa-sha256");
    CHECK(tags[0].at("s") == "ilbud1");
    CHECK(tags[1].at("a") == "ed25519-sha256");
    CHECK(tags[1].at("s") == "ilbud-ed");
    for (const auto& signature : tags) {
        CHECK(signature.at("d") == "avisen.example");
        CHECK(signature.at("c") == "relaxed/relaxed");
    }
    CHECK(verdicts(after) == both_hold);
}

TEST_CASE("sign: the same input gives the same bytes") {
    CHECK(signed_sample().bytes() == signed_sample().bytes());
}

TEST_CASE("S11, S13: t= and x= are there, l= and i= are not") {
    for (const auto& tags : signatures_of(signed_sample())) {
        CHECK(tags.at("t") == std::to_string(sample_now.time_since_epoch() / 1s));
        CHECK(tags.at("x") == std::to_string(sample_expiry.time_since_epoch() / 1s));
        CHECK(!tags.contains("l"));
        CHECK(!tags.contains("i"));
    }
    CHECK(sign(sample_message(), sample_keys(), "avisen.example", sample_now, sample_now).error().code == "signing_failed");
}

TEST_CASE("S12: each covered field is named once more than it occurs") {
    const auto message = signed_sample();
    const auto list = ':' + signatures_of(message)[0].at("h") + ':';
    for (const auto name : oversigned_fields()) {
        std::size_t occurs = 0, named = 0;
        for (const auto& present : header_fields(message.header)) occurs += same_field_name(present.name, name) ? 1 : 0;
        const auto entry = ':' + std::string(name) + ':';
        for (auto at = list.find(entry); at != std::string::npos; at = list.find(entry, at + 1)) ++named;
        CHECK(named == occurs + 1);
    }
}

TEST_CASE("S12: adding, doubling, changing or removing a covered field breaks both signatures") {
    const auto message = signed_sample();
    for (const auto name : oversigned_fields()) {
        const auto added = std::string(name) + ": x\r\n";
        CHECK(verdicts({added + message.header, message.body}) == none_holds);
        CHECK(verdicts({message.header + added, message.body}) == none_holds);
        for (const auto& present : header_fields(message.header)) {
            if (!same_field_name(present.name, name)) continue;
            auto without = message.header;
            without.erase(static_cast<std::size_t>(present.bytes.data() - message.header.data()), present.bytes.size());
            CHECK(verdicts({without, message.body}) == none_holds);
        }
    }
    CHECK(verdicts({"Received: from x\r\n" + message.header, message.body}) == both_hold);
}

TEST_CASE("sign: any change of the body but white space at line ends breaks the hash") {
    const auto message = signed_sample();
    const std::vector<std::string> differs{"the body hash differs", "the body hash differs"};
    CHECK(verdicts({message.header, message.body + "x\r\n"}) == differs);
    CHECK(verdicts({message.header, "x" + message.body}) == differs);
    CHECK(verdicts({message.header, message.body + " \r\n\r\n"}) == both_hold);
}

TEST_CASE("sign: bodies of every shape hold") {
    for (const std::string shape :
         {"", "\r\n", "\r\n\r\n\r\n", "x", "x\r\n", "x  \r\n\r\n", " \t\r\n", "a  b\tc \r\n", "\r\n\r\nx"}) {
        const auto message = sign({sample_message().header, shape}, sample_keys(), "avisen.example", sample_now, sample_expiry);
        REQUIRE(message);
        CHECK(verdicts(*message) == both_hold);
    }
}

TEST_CASE("sign: what cannot be signed is refused") {
    CHECK(sign({"To: a@b.example\r\n", "x\r\n"}, sample_keys(), "b.example", sample_now, sample_expiry).error().code ==
          "no_from_header");
    CHECK(sign(sample_message(), {}, "avisen.example", sample_now, sample_expiry).error().code == "signing_failed");
    for (const std::string domain : {"", "a;l=0", "a b", "a\r\nX: y", "Å.example"})
        CHECK(sign(sample_message(), sample_keys(), domain, sample_now, sample_expiry).error().code == "signing_failed");
}

TEST_CASE("sign: one key serves many threads at once") {
    const auto expected = signed_sample().bytes();
    std::atomic<int> same{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 25; ++round) same += signed_sample().bytes() == expected ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    CHECK(same == 100);
}
