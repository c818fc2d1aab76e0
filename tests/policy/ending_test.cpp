#include <algorithm>

#include "support/example.hpp"

using namespace ilbud;
using namespace ilbud::test;
using Catch::Matchers::Contains;

namespace {

/// Whether the stop at `stopped_at` is the running out of the cancellation to `ends_at`.
bool runs_out(const Example& example, const std::string& ends_at, const std::string& stopped_at) {
    const Decision notice = decided(example, cancelled(ends_at));
    REQUIRE(notice.marks.size() == 1);
    const PlannedMail stop = only_mail(example, stopped(stopped_at));
    return std::find(stop.unless_marked.begin(), stop.unless_marked.end(), notice.marks.front()) != stop.unless_marked.end();
}

}  // namespace

TEST_CASE("R14: a cancellation and a stop asked for in self-service each tell the subscriber") {
    const Example example;
    Event event = cancelled();
    event.payer = Payer{"Bo Betaler", "bo@betaler.example"};
    CHECK(effects(example, event) == Lines{"cancelled to aase@holm.example"});
    CHECK(effects(example, stopped()) == Lines{"stopped to aase@holm.example"});
}

TEST_CASE("R14: the customer service's switch turns off both") {
    Example example;
    example.service().mail_on_stop = false;
    CHECK(effects(example, cancelled()) == Lines{"cancelled skipped: service_switch_off"});
    CHECK(effects(example, stopped()) == Lines{"stopped skipped: service_switch_off"});
    example.service().mail_on_stop = true;
    example.service().mail_on_start = false;
    CHECK(effects(example, stopped()) == Lines{"stopped to aase@holm.example"});
}

TEST_CASE("R14: a cancelled subscription that runs out is not mailed again, on its last day and the days beside it") {
    const Example example;
    const std::string end = "2025-07-31T23:59:59+02:00";
    CHECK(runs_out(example, end, "2025-07-31T23:59:59+02:00"));
    CHECK(runs_out(example, end, "2025-08-01T00:00:00+02:00"));
    CHECK(runs_out(example, end, "2025-07-30T12:00:00+02:00"));
    CHECK_FALSE(runs_out(example, end, "2025-08-02T00:00:00+02:00"));
    CHECK_FALSE(runs_out(example, end, "2025-07-29T23:59:59+02:00"));
}

TEST_CASE("R14: days beside the end are found over the ends of months and years") {
    const Example example;
    CHECK(runs_out(example, "2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00+01:00"));
    CHECK(runs_out(example, "2024-02-28T12:00:00+01:00", "2024-02-29T12:00:00+01:00"));
    CHECK(runs_out(example, "2024-03-01T12:00:00+01:00", "2024-02-29T12:00:00+01:00"));
}

TEST_CASE("R14: a stop of another subscription, or in another unit, is mailed") {
    Example example;
    const std::string mark = decided(example, cancelled()).marks.at(0);
    Event stop = stopped("2025-07-31T12:00:00+02:00");
    CHECK(only_mail(example, stop).unless_marked.at(1) == mark);
    ending_of(stop).subscription.id = "s-2";
    CHECK(only_mail(example, stop).unless_marked.at(1) != mark);
    ending_of(stop).subscription.id = "s-1";
    example.settings.units["magasin"] = example.unit();
    example.settings.units["magasin"].id = "magasin";
    stop.unit = "magasin";
    CHECK(only_mail(example, stop).unless_marked.at(1) != mark);
}

TEST_CASE("R14: the notice is remembered also when its own mail was skipped") {
    Example example;
    const auto marks = decided(example, cancelled()).marks;
    REQUIRE(marks.size() == 1);
    Event event = cancelled();
    event.origin = Origin::publisher;
    CHECK(decided(example, event).marks == marks);
    event = cancelled();
    event.subscriber.email.clear();
    CHECK(decided(example, event).marks == marks);
    example.service().mail_on_stop = false;
    CHECK(decided(example, cancelled()).marks == marks);
}

TEST_CASE("R14: only a cancellation leaves a mark, and only a stop asks for one") {
    const Example example;
    CHECK(decided(example, stopped()).marks.empty());
    CHECK(only_mail(example, cancelled()).unless_marked.empty());
    for (const Event& event : {created(), confirmed(), charged(), invoiced()}) {
        const Decision decision = decided(example, event);
        CHECK(decision.marks.empty());
        CHECK(decision.mails.front().unless_marked.empty());
    }
}

TEST_CASE("R15: what is unpaid, open or due back changes the wording, not the decision") {
    const Example example;
    Event event = cancelled();
    const Lines plain = effects(example, event);
    ending_of(event).delivered_unpaid = 12500;
    ending_of(event).other_open_invoices = 2;
    ending_of(event).currency = "DKK";
    CHECK(effects(example, event) == plain);
    ending_of(event).delivered_unpaid = 0;
    ending_of(event).refund_due = 8000;
    CHECK(effects(example, event) == plain);
}

TEST_CASE("R16: the day of an end is the calendar day in the unit's time zone") {
    Example example;
    const std::string late = "2025-07-31T22:30:00Z";  // 1 August in Copenhagen, 31 July in London
    CHECK_THAT(decided(example, cancelled(late)).marks.at(0), Contains("2025-08-01"));
    CHECK_THAT(findings(decided(example, cancelled(late)), "R14"), Contains("ends on 2025-08-01"));
    example.unit().time_zone = "Europe/Lisbon";
    CHECK_THAT(decided(example, cancelled(late)).marks.at(0), Contains("2025-07-31"));
}

TEST_CASE("R36: a stop and a cancellation make request and welcome of the subscription pointless, whether or not they mail") {
    Example example;
    const Lines topics{"request:avis:s-1", "welcome:avis:s-1"};
    CHECK(topics[0] == only_mail(example, created("bekraeft")).topics.at(0));
    CHECK(topics[1] == only_mail(example, created()).topics.at(0));
    for (Event event : {stopped(), cancelled()}) {
        CHECK(decided(example, event).supersedes == topics);
        CHECK_THAT(findings(decided(example, event), "R36"), Contains("subscription s-1") && Contains("confirmation request"));
        event.origin = Origin::publisher;
        CHECK(decided(example, event).mails.empty());
        CHECK(decided(example, event).supersedes == topics);
    }
    example.service().mail_on_stop = false;
    CHECK(decided(example, stopped()).supersedes == topics);
    CHECK(decided(example, charged()).supersedes.empty());
    CHECK(decided(example, invoiced()).supersedes.empty());
}

TEST_CASE("R36: kinds that no event makes pointless have no topics") {
    const Example example;
    for (const Event& event : {stopped(), cancelled(), charged(), invoiced()}) {
        const PlannedMail mail = only_mail(example, event);
        CHECK(mail.topics.empty());
        CHECK(mail.replaces.empty());
        CHECK_FALSE(may_have_topics(mail.kind));
    }
    for (const Event& event : {created(), created("bekraeft")}) CHECK(may_have_topics(only_mail(example, event).kind));
}
