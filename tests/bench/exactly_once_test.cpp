#include "exactly_once.hpp"

#include <catch2/catch.hpp>

#include "arrivals.hpp"

namespace ilbud::bench {
namespace {

using namespace std::chrono_literals;
const SteadyTime start{};

std::vector<Planned> planned(std::initializer_list<const char*> ids) {
    std::vector<Planned> out;
    for (const auto* id : ids) out.push_back({MailId(id), out.size(), Kind::invoice});
    return out;
}

std::vector<Arrival> arrived(std::initializer_list<const char*> ids) {
    std::vector<Arrival> out;
    for (const auto* id : ids) out.push_back({MailId(id), start + 1s * out.size()});
    return out;
}

}  // namespace

TEST_CASE("compare: what arrived once in any order is neither lost nor doubled") {
    auto promised = planned({"b", "a", "c"});
    auto there = arrived({"c", "b", "a"});
    const auto tally = compare(promised, there);
    CHECK(tally.planned == 3);
    CHECK(tally.lost + tally.duplicated + tally.unexpected == 0);
}

TEST_CASE("compare: lost, doubled and unexpected mails are counted apart") {
    auto promised = planned({"a", "b", "c", "d"});
    auto there = arrived({"b", "x", "b", "b", "d", "x", "0"});
    const auto tally = compare(promised, there);
    CHECK(tally.lost == 2);        // a, c
    CHECK(tally.duplicated == 3);  // b twice more, x once more
    CHECK(tally.unexpected == 2);  // x, 0
}

TEST_CASE("compare: nothing arrived, nothing planned") {
    auto promised = planned({"a", "b"});
    std::vector<Arrival> nothing;
    CHECK(compare(promised, nothing).lost == 2);
    std::vector<Planned> none;
    auto there = arrived({"a"});
    CHECK(compare(none, there).unexpected == 1);
}

TEST_CASE("compare: a mail that arrived twice is timed by its first arrival") {
    auto promised = planned({"a"});
    auto there = arrived({"x", "a", "a"});
    SteadyTime at{};
    std::uint64_t event = 99;
    compare(promised, there, [&](const Planned& mail, SteadyTime when) {
        event = mail.event;
        at = when;
    });
    CHECK(event == 0);
    CHECK(at == start + 1s);
}

TEST_CASE("mail_id_of: the part of the Message-ID before the at sign, from the header alone") {
    CHECK(mail_id_of("From: a@b\r\nMessage-ID: <abc@x.example>\r\nTo: c@d\r\n\r\nbody") == "abc");
    CHECK(mail_id_of("From: a@b\r\nMessage-ID:\r\n <abc@x.example>\r\n\r\n") == "abc");
    CHECK(mail_id_of("From: a@b\r\n\r\nx\r\nMessage-ID: <abc@x.example>\r\n").empty());
    CHECK(mail_id_of("From: a@b\r\nMessage-ID: none\r\n\r\n").empty());
}

}  // namespace ilbud::bench
