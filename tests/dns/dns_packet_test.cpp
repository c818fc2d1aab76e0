#include "ilbud/dns/dns_packet.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <random>

using namespace ilbud;
using namespace std::chrono_literals;

namespace {

std::string number(std::uint32_t value, int bytes) {
    std::string out;
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
    return out;
}

std::string wire(std::string name) {
    std::string out;
    while (!name.empty()) {
        const auto dot = std::min(name.find('.'), name.size());
        out += static_cast<char>(dot) + name.substr(0, dot);
        name.erase(0, dot + 1);
    }
    return out + '\0';
}

struct Entry {
    std::string owner;  // wire form
    int type;
    std::string data;
    std::uint32_t ttl = 60;
};

std::string record(const Entry& entry) {
    return entry.owner + number(static_cast<std::uint32_t>(entry.type), 2) + number(1, 2) + number(entry.ttl, 4) +
           number(static_cast<std::uint32_t>(entry.data.size()), 2) + entry.data;
}

std::string packet(const std::string& name, const std::vector<Entry>& answers, const std::vector<Entry>& authority = {},
                   std::uint32_t rcode = 0) {
    std::string out =
        number(0x1234, 2) + number(0x8180 | rcode, 2) + number(1, 2) + number(static_cast<std::uint32_t>(answers.size()), 2) +
        number(static_cast<std::uint32_t>(authority.size()), 2) + number(0, 2) + wire(name) + number(16, 2) + number(1, 2);
    for (const auto& entry : answers) out += record(entry);
    for (const auto& entry : authority) out += record(entry);
    return out;
}

const std::string to_question("\xC0\x0C", 2);

}  // namespace

TEST_CASE("read_dns_answer: joins a TXT record's strings, follows CNAMEs, takes the shortest TTL") {
    const auto bytes = packet("Www.a.test", {{to_question, 5, wire("X.b.test"), 50},
                                             {wire("x.B.test"), 16,
                                              "\x02"
                                              "ab"
                                              "\x01"
                                              "c",
                                              70},
                                             {wire("x.b.test"), 16,
                                              "\x01"
                                              "d",
                                              40},
                                             {wire("other.test"), 16,
                                              "\x01"
                                              "e",
                                              1}});
    const auto answer = read_dns_answer(bytes, "www.A.test.", RecordType::txt, 8);
    CHECK(answer.status == DnsStatus::found);
    CHECK(answer.records == std::vector<std::string>{"abc", "d"});
    CHECK(answer.aliases == std::vector<std::string>{"x.b.test"});
    CHECK(answer.ttl == 40s);
}

TEST_CASE("read_dns_answer: addresses, names and exchangers are texts") {
    const auto of = [](int type, const std::string& data, RecordType asked) {
        return read_dns_answer(packet("a.test", {{to_question, type, data}}), "a.test", asked, 8);
    };
    CHECK(of(1, std::string("\xC0\x00\x02\x01", 4), RecordType::a).records == std::vector<std::string>{"192.0.2.1"});
    CHECK(of(28, std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\1', RecordType::aaaa).records ==
          std::vector<std::string>{"2001:db8::1"});
    CHECK(of(15, number(10, 2) + wire("Mx.a.test"), RecordType::mx).exchangers == std::vector<MailExchanger>{{10, "mx.a.test"}});
    CHECK(of(15, number(0, 2) + wire(""), RecordType::mx).exchangers == std::vector<MailExchanger>{{0, ""}});
    CHECK(of(12, wire("Host.a.test"), RecordType::ptr).records == std::vector<std::string>{"host.a.test"});
    CHECK(of(5, wire("t.test"), RecordType::cname).records == std::vector<std::string>{"t.test"});
    CHECK(of(5, wire("t.test"), RecordType::cname).aliases.empty());
    CHECK(of(12,
             "\x03"
             "a.b"
             "\x02"
             "\\\x01" +
                 wire("test"),
             RecordType::ptr)
              .records == std::vector<std::string>{"a\\046b.\\092\\001.test"});
}

TEST_CASE("read_dns_answer: a no has the negative TTL of the zone") {
    const auto soa =
        wire("ns.a.test") + wire("host.a.test") + number(1, 4) + number(2, 4) + number(3, 4) + number(4, 4) + number(30, 4);
    auto answer = read_dns_answer(packet("b.a.test", {}, {{wire("a.test"), 6, soa, 90}}, 3), "b.a.test", RecordType::txt, 8);
    CHECK(answer.status == DnsStatus::no_name);
    CHECK(answer.ttl == 30s);
    answer = read_dns_answer(packet("b.a.test", {}, {{wire("a.test"), 6, soa, 20}}), "b.a.test", RecordType::txt, 8);
    CHECK(answer.status == DnsStatus::no_data);
    CHECK(answer.ttl == 20s);
    answer = read_dns_answer(packet("b.a.test", {}), "b.a.test", RecordType::txt, 8);
    CHECK(answer.ttl == 0s);
    CHECK(read_dns_answer(packet("b.a.test", {}, {}, 5), "b.a.test", RecordType::txt, 8).failure == "REFUSED");
}

TEST_CASE("S42: a loop or a long chain of CNAMEs has a name") {
    auto answer = read_dns_answer(packet("a.test", {{to_question, 5, wire("b.test")}, {wire("b.test"), 5, wire("A.test")}}),
                                  "a.test", RecordType::txt, 8);
    CHECK(answer.status == DnsStatus::failed);
    CHECK(answer.failure == "CNAME loop: a.test \u2192 b.test \u2192 a.test");
    std::vector<Entry> chain;
    for (int i = 0; i < 12; ++i)
        chain.push_back({wire("c" + std::to_string(i) + ".test"), 5, wire("c" + std::to_string(i + 1) + ".test")});
    answer = read_dns_answer(packet("c0.test", chain), "c0.test", RecordType::txt, 8);
    CHECK(answer.failure ==
          "too many CNAMEs: c0.test \u2192 c1.test \u2192 c2.test \u2192 c3.test \u2192 c4.test \u2192 \u2026 \u2192 c6.test "
          "\u2192 c7.test \u2192 c8.test \u2192 c9.test");
    CHECK(answer.aliases.size() == 9);
}

TEST_CASE("S42: compression that points forwards, at itself or without end is malformed") {
    const auto header = number(1, 2) + number(0x8180, 2) + number(1, 2) + number(1, 2) + number(0, 4);
    const auto is_malformed = [&](const std::string& rest) {
        const auto answer = read_dns_answer(header + rest, "a.test", RecordType::txt, 8);
        return answer.status == DnsStatus::failed && answer.failure.starts_with("malformed answer");
    };
    CHECK(is_malformed("\xC0\x0C" + number(0, 4)));  // itself
    CHECK(is_malformed("\xC0\x20" + number(0, 4)));  // forwards
    CHECK(
        is_malformed("\x01"
                     "a"
                     "\xC0\x0C" +
                     number(0, 4)));  // round and round
    CHECK(is_malformed("\xC0"));
    CHECK(
        is_malformed("\x05"
                     "ab"));
    CHECK(
        is_malformed("\x41"
                     "a"));  // a label type of the future
    CHECK(is_malformed(""));
    std::string endless;
    for (int i = 0; i < 6; ++i) endless += '\x3f' + std::string(63, 'a');  // over 255 bytes
    CHECK(is_malformed(endless + '\0' + number(0, 4)));
    CHECK(is_malformed(packet("a.test", {{to_question, 16,
                                          "\x05"
                                          "ab"}})
                           .substr(12)));
}

TEST_CASE("S42: whatever the bytes of an answer, reading it ends without a crash and quickly") {
    std::mt19937 random(7);
    const auto good = packet("www.a.test",
                             {{to_question, 5, wire("x.b.test")},
                              {wire("x.b.test"), 16,
                               "\x02"
                               "ab"},
                              {wire("x.b.test"), 15, number(1, 2) + wire("m")}},
                             {{wire("a.test"), 6, wire("ns") + wire("host") + std::string(20, '\1')}});
    for (int round = 0; round < 6'000; ++round) {
        auto bytes = good.substr(0, random() % 8 == 0 ? random() % (good.size() + 1) : good.size());
        for (auto changes = random() % 6; changes > 0 && !bytes.empty(); --changes)
            bytes[random() % bytes.size()] = static_cast<char>(random() % 3 == 0 ? 0xC0 + random() % 64 : random());
        for (const auto type : {RecordType::txt, RecordType::mx, RecordType::soa, RecordType::cname, RecordType::aaaa}) {
            const auto answer = read_dns_answer(bytes, "www.a.test", type, 8);
            CHECK((answer.status != DnsStatus::failed || !answer.failure.empty()));
        }
    }
    // 64 KB of names that point at one another as far as that goes.
    std::string hostile = number(1, 2) + number(0x8180, 2) + number(0, 2) + number(0xFFFF, 2) + number(0, 4);
    while (hostile.size() < 65'500)
        hostile +=
            "\x01"
            "a" +
            number(0xC000 | (static_cast<std::uint32_t>(hostile.size()) - 2) % 0x3fff, 2);
    CHECK(read_dns_answer(hostile, "a", RecordType::txt, 8).status == DnsStatus::failed);
}

TEST_CASE("is_askable: labels have 1 to 63 bytes, names up to 253") {
    CHECK(is_askable("a.b"));
    CHECK_FALSE(is_askable(""));
    CHECK_FALSE(is_askable("a..b"));
    CHECK_FALSE(is_askable(".a"));
    CHECK_FALSE(is_askable(std::string(64, 'a') + ".b"));
    CHECK(is_askable(std::string(63, 'a') + ".b"));
    std::string longest;
    for (int i = 0; i < 126; ++i) longest += "a.";
    CHECK(is_askable(longest + "a"));
    CHECK_FALSE(is_askable(longest + "aa"));
}
