#include "ilbud/notice/notice.hpp"

#include <catch2/catch.hpp>

#include "ilbud/intake/event.hpp"

using namespace ilbud;
using namespace std::chrono_literals;

namespace {

const Time noon = *parse_time("2025-06-24T12:00:00Z");

Notice broken() {
    return {"forlag",
            "domain_broken",
            "avis.example",
            {{"since", "2025-06-24T10:00:00Z"}, {"SPF", "mangler"}},
            "avis.example. IN TXT \"v=spf1 -all\"\n\nsecond\r\n"};
}

Event read(const Notice& notice) {
    const auto event = parse_event(notice_event(notice, noon), {.own = true});
    if (!event) FAIL(to_text(event.error()));
    return *event;
}

}  // namespace

TEST_CASE("notice_event: is an event of the engine's own that says what the notice says") {
    const Event event = read(broken());
    CHECK(event.type == EventType::account_notice);
    CHECK(event.source == "ilbud:notices");
    CHECK(event.id == notice_id(broken(), noon));
    CHECK(event.time == noon);
    CHECK(event.unit.empty());
    CHECK(event.subscriber.email.empty());
    const auto& data = std::get<AccountNotice>(event.data);
    CHECK(data.account == "forlag");
    CHECK(data.cause == NoticeCause::domain_broken);
    CHECK(data.subject == "avis.example");
    CHECK(data.facts == std::vector<AccountNotice::Fact>{{"since", "2025-06-24T10:00:00Z"}, {"SPF", "mangler"}});
    CHECK(data.records == std::vector<std::string>{"avis.example. IN TXT \"v=spf1 -all\"", "", "second"});
}

TEST_CASE("notice_event: no sender can send one, nor an event under the engine's own source") {
    const auto refused = [](const std::string& text) {
        const auto event = parse_event(text);
        return event ? std::string("taken") : event.error().code + ' ' + event.error().place;
    };
    CHECK(refused(notice_event(broken(), noon)) == "unknown_type type");
    const std::string rest =
        R"(,"type":"card.charged","data":{"unit":"u","origin":"form","subscriber":{"id":"1","name":"A"},)"
        R"("charge":{"id":"c","succeeded":true,"amount":1,"currency":"DKK","charged_at":"2025-06-24T10:00:00Z"}}})";
    for (const char* source : {"ilbud:notices", "ILBUD:x", "ilbud:"})
        CHECK(refused(R"({"specversion":"1.0","id":"1","source":")" + std::string(source) + '"' + rest) ==
              "reserved_source source");
    for (const char* source : {"ilbud", "/ilbud:notices", "urn:ilbud:x"})
        CHECK(refused(R"({"specversion":"1.0","id":"1","source":")" + std::string(source) + '"' + rest) == "taken");
}

TEST_CASE("R1: the same notice at the same time is the same event; another time, account or subject is another") {
    CHECK(notice_event(broken(), noon) == notice_event(broken(), noon));
    Notice other = broken();
    other.account = "andre";
    Notice elsewhere = broken();
    elsewhere.subject = "blad.example";
    CHECK(notice_id(broken(), noon) != notice_id(broken(), noon + 1us));
    CHECK(notice_id(broken(), noon) != notice_id(other, noon));
    CHECK(notice_id(broken(), noon) != notice_id(elsewhere, noon));
}

TEST_CASE("notice_event: whatever the DNS said, the event can be read: control characters, bidi, broken UTF-8, sheer size") {
    Notice notice = broken();
    using namespace std::string_literals;
    const std::string naughty = "a\0b\x1b[0m\xe2\x80\xae\xef\xbb\xbf\xff\xc3\t\x7f\xc2\x85{{x}}"s;
    notice.facts = {{naughty, naughty}, {"", "x"}, {"x", " \n "}, {"long", std::string(100'000, '\xe6')}};
    for (int i = 0; i < 100; ++i) notice.facts.emplace_back("n" + std::to_string(i), "v");
    notice.records = naughty + "\n" + std::string(5000, 'x');
    for (int i = 0; i < 100; ++i) notice.records += "\nline";
    notice.subject = std::string(300, 'd');
    const auto event = read(notice);
    const auto& data = std::get<AccountNotice>(event.data);
    CHECK(data.facts.size() == 40);
    CHECK(data.facts[0].name.find("[0m") != std::string::npos);
    CHECK(data.records.size() == 60);
    CHECK(data.records[1].size() == 2000);
    CHECK(data.subject.size() == 255);
}

// Taken out one by one, the bytes around a mark may become another one.
TEST_CASE("notice_event: byte order marks inside each other leave none") {
    const std::string mark = "\xef\xbb\xbf";
    Notice notice{"forlag", "domain_broken", "avis.example", {{"name", "a" + mark + mark + "b"}}, "x" + mark + "\n"};
    CHECK(notice_event(notice, *parse_time("2025-06-24T10:00:00Z")).find(mark) == std::string::npos);
    const Notice split{"forlag", "domain_broken", "avis.example", {{"name", "a\xef" + mark + "\xbb\xbf" + "b"}}, {}};
    CHECK(notice_event(split, *parse_time("2025-06-24T10:00:00Z")).find(mark) == std::string::npos);
}

TEST_CASE("operator_event: is an event of the engine's own that any bytes fit into, and the same time gives the same one") {
    OperatorNotice notice{
        "relay one", "Relay one\n refuses \x1b[0m", {"first", "", "said: \xff\xef\xbb\xbf" + std::string(5000, 'x')}};
    const auto event = parse_event(operator_event(notice, noon), {.own = true});
    REQUIRE(event);
    CHECK(event->source == "ilbud:notices");
    CHECK(event->id.starts_with("operator/2025-06-24/"));
    const auto& data = std::get<AccountNotice>(event->data);
    CHECK(data.to_operator);
    CHECK(data.account.empty());
    CHECK(data.subject.find('\n') == std::string::npos);
    REQUIRE(data.records.size() == 3);
    CHECK(data.records[0] == "first");
    CHECK(data.records[1].empty());
    CHECK(operator_event(notice, noon) == operator_event(notice, noon));
    CHECK(operator_event(notice, noon + 1s) != operator_event(notice, noon));
    CHECK_FALSE(parse_event(operator_event(notice, noon)));  // no sender may make one
}

TEST_CASE("R3: whom a server refused is not repeated to the operator") {
    CHECK(without_addresses("5.1.1 <anna@example.com>: no such user (anna@example.com)") == "5.1.1 … no such user …");
    CHECK(without_addresses("no such user") == "no such user");
    CHECK(without_addresses(" a  b@c ") == " a  … ");
    CHECK(without_addresses("").empty());
}
