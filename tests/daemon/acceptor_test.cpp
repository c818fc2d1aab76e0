#include "daemon/acceptor.hpp"

#include <catch2/catch.hpp>

#include "daemon/event_lines.hpp"
#include "support/daemon_world.hpp"
#include "support/sample_events.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

class Door : public DaemonWorld {
 public:
    std::vector<Answer> accept(const std::vector<std::string>& events) {
        std::vector<Arrival> arrivals;
        for (const auto& event : events) arrivals.push_back(read_arrival(event, {}));
        return run_task(context, acceptor.accept(std::move(arrivals)));
    }

    Acceptor acceptor{snapshots, *queue, clock, log, counters};
};

}  // namespace

TEST_CASE("Acceptor: what it answers accepted is stored, with the mails that it names") {
    Door door;
    const auto answers = door.accept({sample_event(EventType::created, {.id = "a"})});
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].status == AnswerStatus::accepted);
    REQUIRE(answers[0].mails.size() == 1);
    const auto stored = door.reader()->event("/test", "a");
    REQUIRE(stored);
    REQUIRE(door.reader()->mails({}).size() == 1);
    CHECK(door.reader()->mails({})[0].id == answers[0].mails[0].id);
    CHECK(door.counters.events_accepted == 1);
    CHECK(door.counters.mails_planned == 1);
}

TEST_CASE("Acceptor: answers stand in the order of the arrivals, whatever became of each") {
    Door door;
    const auto first = sample_event(EventType::created, {.id = "a"});
    const auto answers = door.accept({first, "{", first, sample_event(EventType::created, {.id = "a", .name = "Another"}),
                                      sample_event(EventType::created, {.id = "b", .unit = "nobody"})});
    REQUIRE(answers.size() == 5);
    CHECK(answers[0].status == AnswerStatus::accepted);
    CHECK(answers[1].status == AnswerStatus::rejected);
    CHECK(answers[2].status == AnswerStatus::duplicate);
    CHECK(answers[3].status == AnswerStatus::conflict);
    CHECK(answers[4].status == AnswerStatus::rejected);
    CHECK(answers[4].id == "b");
    CHECK(door.counters.events_rejected == 2);
    CHECK(door.counters.events_duplicate == 1);
    CHECK(door.counters.events_conflict == 1);
}

TEST_CASE(
    "Acceptor: a field that is not known is named in the answer, to a duplicate too, and in the log where it is near a known "
    "one") {
    Door door;
    auto event = sample_event(EventType::created, {.id = "a"});
    event.insert(event.find(R"("unit")"), R"("vendor":"x","gifts":true,)");
    for (const auto status : {AnswerStatus::accepted, AnswerStatus::duplicate}) {
        const auto answers = door.accept({event});
        CHECK(answers[0].status == status);
        CHECK(answers[0].ignored == std::vector<IgnoredField>{{"data.gifts", "data.gift"}, {"data.vendor", ""}});
    }
    CHECK(door.logged("event.field_ignored"));
    CHECK(door.logged("data.gifts"));
    CHECK_FALSE(door.logged("data.vendor"));
}

TEST_CASE("Acceptor: with nothing worth storing the store is not asked") {
    Door door;
    const auto commits = door.counters.store_commits.load();
    CHECK(door.accept({"{", "[]"}).size() == 2);
    CHECK(door.counters.store_commits == commits);
}

TEST_CASE("Acceptor: decides by the settings in force at the moment") {
    Door door;
    door.settings.accounts["press"].customer_services["desk"].mail_on_start = false;
    door.put_in_force();
    const auto answers = door.accept({sample_event(EventType::created, {.id = "a"})});
    CHECK(answers[0].mails.empty());
    REQUIRE(answers[0].skipped.size() == 1);
    CHECK(door.logged("mail.skipped"));
}

TEST_CASE("EventLines: one answer line for each line, in order; what is longer than allowed is told so") {
    Door door;
    EventLines lines(door.snapshots, 2000, door.acceptor);
    const auto event = sample_event(EventType::created, {.id = "a"});
    const std::string long_line(3000, 'x');
    const auto text = run_task(door.context, lines.handle({event, long_line}));
    const auto end = text.find('\n');
    CHECK(text.substr(0, end).find(R"("id":"a")") != std::string::npos);
    CHECK(text.substr(0, end).find(R"("status":"accepted")") != std::string::npos);
    CHECK(text.substr(end + 1).find(R"("code":"too_large")") != std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}
