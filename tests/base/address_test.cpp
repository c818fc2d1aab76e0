#include "ilbud/base/address.hpp"

#include <fstream>
#include <sstream>

#include "support/testdata.hpp"

using namespace ilbud;

namespace {

std::string code_of(std::string_view text) {
    const auto address = parse_address(text);
    return address ? "" : address.error().code;
}

bool is_domain(std::string_view text) {
    return parse_domain(text).has_value();
}

std::string key_of(std::string_view text) {
    const auto address = parse_address(text);
    REQUIRE(address);
    return suppression_key(*address);
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

TEST_CASE("parse_address: keeps the local part and lowers the domain") {
    const auto address = parse_address("Anna.Jensen+avis@Example.COM");
    REQUIRE(address);
    CHECK(address->local == "Anna.Jensen+avis");
    CHECK(address->domain == "example.com");
    CHECK(address->text() == "Anna.Jensen+avis@example.com");
    CHECK_FALSE(address->needs_smtputf8());
}

TEST_CASE("parse_address: takes every atom character and every quoted one") {
    CHECK(code_of("!#$%&'*+-/=?^_`{|}~@example.com").empty());
    CHECK(code_of(R"("a b@c,(d)<e>;:[]\"\\"@example.com)").empty());
    CHECK(code_of(R"(""@example.com)").empty());
    CHECK(parse_address(R"("a@evil x"@ok.example)")->local == R"("a@evil x")");
}

TEST_CASE("parse_address: says what is unexpected and where") {
    const auto address = parse_address("anna jensen@example.com");
    REQUIRE_FALSE(address);
    CHECK(address.error().code == "invalid_address");
    CHECK(address.error().detail == "unexpected 0x20 at byte 4");
    CHECK(parse_address("a,b@example.com").error().detail == "unexpected ',' at byte 1");
    CHECK(parse_address("anna").error().detail == "has no '@'");
    CHECK(parse_address("").error().detail == "is empty");
}

TEST_CASE("S1: no control character gets into an address") {
    for (int c = 0; c < 32; ++c) {
        const std::string text(1, static_cast<char>(c));
        CHECK(code_of("a" + text + "b@example.com") == "invalid_address");
        CHECK(code_of("\"a" + text + "b\"@example.com") == "invalid_address");
        CHECK(code_of("\"a\\" + text + "b\"@example.com") == "invalid_address");
        CHECK(code_of("ab@exam" + text + "ple.com") == "invalid_address");
        CHECK(code_of("ab@example.com" + text) == "invalid_address");
    }
    CHECK(code_of("a\x7f@example.com") == "invalid_address");
    CHECK(code_of("a@b.example>\r\nRCPT TO:<evil@x.example>") == "invalid_address");
    CHECK(code_of("a\xc2\x85@example.com") == "invalid_address");  // U+0085, a C1 control
}

TEST_CASE("S7: a recipient is exactly one addr-spec") {
    for (const char* text : {R"("u"@ok(x)evil)",
                             "u@ok.example(comment)",
                             "(comment)u@ok.example",
                             "u(x)@ok.example",
                             "<u@ok.example>",
                             "Anna <u@ok.example>",
                             "u@ok.example,v@ok.example",
                             "u@ok.example v@ok.example",
                             "group:u@ok.example;",
                             "u@ok.example;",
                             " u@ok.example",
                             "u@ok.example ",
                             "u\r\n @ok.example",
                             "u@[192.0.2.1]",
                             "u@[IPv6:::1]",
                             "u@v@ok.example",
                             "@relay.example:u@ok.example",
                             R"("u"v@ok.example)",
                             R"("u".v@ok.example)",
                             R"(u."v"@ok.example)",
                             R"("u)",
                             R"("u\)",
                             R"("u\"@ok.example)",
                             "u@",
                             "@ok.example",
                             "u@ok",
                             "u@ok.example.",
                             ".u@ok.example",
                             "u.@ok.example",
                             "u..v@ok.example",
                             "u@ok..example"}) {
        INFO(text);
        CHECK(code_of(text) == "invalid_address");
    }
}

TEST_CASE("parse_address: holds to the lengths of RFC 5321") {
    CHECK(code_of(repeated("a", 64) + "@example.com").empty());
    CHECK(code_of(repeated("a", 65) + "@example.com") == "invalid_address");
    const std::string label = repeated("b", 63);
    CHECK(is_domain(label + ".com"));
    CHECK_FALSE(is_domain(label + "b.com"));
    const std::string longest = label + '.' + label + '.' + label + '.' + repeated("c", 61);
    CHECK(longest.size() == 253);
    CHECK(is_domain(longest));
    CHECK_FALSE(is_domain(longest + "c"));
    CHECK_FALSE(code_of("a@" + longest).empty());
    CHECK(code_of("a@" + longest.substr(0, 252)).empty());  // 254 in all
    CHECK(code_of("aa@" + longest.substr(0, 252)) == "invalid_address");
    CHECK(code_of(repeated("ø", 32) + "@example.com").empty());
    CHECK(code_of(repeated("ø", 33) + "@example.com") == "invalid_address");  // octets count, not characters
}

TEST_CASE("parse_address: takes a local part in UTF-8 and says that it needs SMTPUTF8") {
    const auto address = parse_address("søren@example.com");
    REQUIRE(address);
    CHECK(address->local == "søren");
    CHECK(address->needs_smtputf8());
    CHECK(parse_address("\"søren ø\"@example.com")->needs_smtputf8());
    CHECK_FALSE(parse_address("soren@blåbærgrød.example")->needs_smtputf8());
}

TEST_CASE("parse_address: refuses characters nobody can see or that change the direction of the text") {
    for (const char* c :
         {"\u200b", "\u200e", "\u202e", "\u2066", "\u2028", "\u00a0", "\u3000", "\ufeff", "\ue000", "\U0010ffff", "\u0378"})
        CHECK(code_of("a" + std::string(c) + "b@example.com") == "invalid_address");
    CHECK(code_of("\u0301a@example.com") == "invalid_address");  // a combining mark with nothing to combine with
    CHECK(code_of("a\u0301@example.com").empty());
    for (const char* bytes : {"a\xff", "a\xc3", "a\xc0\xaf", "a\xed\xa0\x80", "a\xf4\x90\x80\x80"})
        CHECK(code_of(bytes + std::string("@example.com")) == "invalid_address");
}

TEST_CASE("S9: domains are stored as A-labels and the unassigned are refused") {
    CHECK(*parse_domain("Rødgrød.DK") == "xn--rdgrd-vuad.dk");
    CHECK(*parse_domain("faß.de") == "xn--fa-hia.de");
    CHECK(*parse_domain("XN--RDGRD-VUAD.dk") == "xn--rdgrd-vuad.dk");
    CHECK(*parse_domain("例え。テスト") == "xn--r8jz45g.xn--zckzah");
    CHECK_FALSE(is_domain("a\u0378b.example"));           // unassigned
    CHECK_FALSE(is_domain("\u05d0a.example"));            // bidi rule
    CHECK_FALSE(is_domain("a\u200cb.example"));           // CONTEXTJ
    CHECK_FALSE(is_domain("xn--a.example"));              // no A-label although it claims to be one
    CHECK_FALSE(is_domain("xn--rdgrd-VUAD\xc3\xb8.dk"));  // A-label with more behind it
    CHECK_FALSE(is_domain("a\xff.example"));
    CHECK_FALSE(is_domain("a\u2260b.example"));  // STD3
}

TEST_CASE("parse_domain: takes host names only") {
    for (const char* text :
         {"example.com", "a.b", "1.example", "r3---sn-4g5e.example.com", "xn--rdgrd-vuad.dk", "a-b.c-d.example"}) {
        INFO(text);
        CHECK(is_domain(text));
    }
    for (const char* text : {"", ".", "com", ".com", "com.", "a..b", "-a.com", "a-.com", "a_b.com", "a b.com", "a/b.com",
                             "1.2.3.4", "a.123", "[1.2.3.4]", "a.com:25", "a.com\n", "%61.com"}) {
        INFO(text);
        CHECK_FALSE(is_domain(text));
    }
}

TEST_CASE("S9: suppression keys differ for homographs and agree for one mailbox") {
    CHECK(key_of("Anna.Jensen@Example.com") == "anna.jensen@example.com");
    CHECK(key_of("\"Anna.Jensen\"@example.com") == "anna.jensen@example.com");
    CHECK(key_of("\"a\\b\"@example.com") == key_of("ab@example.com"));
    CHECK(key_of("SØREN@example.com") == key_of("søren@example.com"));
    CHECK(key_of("a\u030anna@example.com") == key_of("ånna@example.com"));
    CHECK(key_of("раура@example.com") != key_of("paypa@example.com"));
    CHECK(key_of("a@xn--e1awd7f.example") != key_of("a@epic.example"));
    CHECK(key_of("a@faß.example") != key_of("a@fass.example"));
    CHECK(key_of("a.b@example.com") != key_of("ab@example.com"));
}

namespace {

std::string utf8(std::uint32_t c) {
    if (c < 0x80) return {static_cast<char>(c)};
    std::string tail;
    std::uint32_t lead_max = 0x3F;
    unsigned mark = 0x80;
    while (c > lead_max) {
        tail.insert(tail.begin(), static_cast<char>(0x80U | (c & 0x3FU)));
        c >>= 6U;
        lead_max >>= 1U;
        mark = (mark >> 1U) | 0x80U;
    }
    return static_cast<char>(mark | c) + tail;
}

// The file writes characters as \uXXXX (UTF-16, so in pairs beyond the BMP) or \x{XXXX}.
std::string unescaped(const std::string& text) {
    std::string out;
    std::uint32_t high = 0;
    for (std::size_t i = 0; i < text.size();) {
        std::uint32_t c = 0;
        if (text.compare(i, 3, "\\x{") == 0) {
            const std::size_t close = text.find('}', i);
            c = static_cast<std::uint32_t>(std::stoul(text.substr(i + 3, close - i - 3), nullptr, 16));
            i = close + 1;
        } else if (text.compare(i, 2, "\\u") == 0) {
            c = static_cast<std::uint32_t>(std::stoul(text.substr(i + 2, 4), nullptr, 16));
            i += 6;
        } else {
            out += text[i++];
            continue;
        }
        if (c >= 0xD800 && c < 0xDC00) {
            high = c;
            continue;
        }
        if (high != 0 && c >= 0xDC00 && c < 0xE000) c = 0x10000 + ((high - 0xD800) << 10U) + (c - 0xDC00);
        high = 0;
        out += utf8(c);
    }
    return out;
}

struct IdnaCase {
    std::string source;
    std::string ascii;   // toAsciiN
    std::string status;  // its errors: "" or "[B1, V5]"
};

IdnaCase read_idna_case(const std::string& line) {
    std::vector<std::string> columns;
    std::istringstream in(line.substr(0, line.rfind('#')));
    for (std::string column; std::getline(in, column, ';');) {
        const auto first = column.find_first_not_of(" \t");
        columns.push_back(first == std::string::npos ? "" : column.substr(first, column.find_last_not_of(" \t") - first + 1));
    }
    columns.resize(7);
    const auto either = [](const std::string& one, const std::string& other) { return one.empty() ? other : one; };
    const std::string unicode = either(columns[1], columns[0]);
    std::string status = either(columns[4], columns[2]);
    if (status == "[]") status.clear();
    return {unescaped(columns[0]), unescaped(either(columns[3], unicode)), status};
}

bool is_number(const std::string& label) {
    return label.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

// The verdicts of toASCII without transitional processing count, with what our rule adds and leaves out:
// - V2 alone (hyphens in third and fourth place) is no error: such host names are legal and exist;
// - a name of one label, with the root's dot at its end or with a number as its top-level domain is refused by us;
// - the empty source is refused.
TEST_CASE("S9: parse_domain agrees with Unicode's own IDNA tests") {
    const auto folder = ilbud::test::testdata("idna-uts46");
    if (!folder) return;
    std::ifstream file(*folder / "IdnaTestV2.txt");
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') continue;
        const IdnaCase test = read_idna_case(line);
        const std::size_t dot = test.ascii.rfind('.');
        const bool is_host =
            dot != std::string::npos && dot > 0 && dot + 1 < test.ascii.size() && !is_number(test.ascii.substr(dot + 1));
        const bool expected = (test.status.empty() || test.status == "[V2]") && is_host;
        const auto domain = parse_domain(test.source);
        INFO(line);
        CHECK(domain.has_value() == expected);
        if (domain && expected) CHECK(*domain == test.ascii);
        ++(expected ? accepted : refused);
    }
    CHECK(accepted > 100);
    CHECK(refused > 1000);
}

TEST_CASE("parse_dns_domain: the root's dot at the end of a typed name is no part of it, in an address it is refused") {
    CHECK(*parse_dns_domain("good.example.") == "good.example");
    CHECK(*parse_dns_domain("Good.Example") == "good.example");
    CHECK(*parse_dns_domain("Rødgrød.DK.") == "xn--rdgrd-vuad.dk");
    CHECK(*parse_dns_domain("例え。テスト。") == "xn--r8jz45g.xn--zckzah");
    CHECK_FALSE(parse_dns_domain("good.example.."));
    CHECK_FALSE(parse_dns_domain("example."));
    CHECK_FALSE(parse_dns_domain("."));
    CHECK_FALSE(parse_domain("good.example."));
    CHECK_FALSE(parse_address("a@good.example."));
}
