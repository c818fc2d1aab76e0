#include "cli/replay_report.hpp"

#include <simdjson.h>
#include <catch2/catch.hpp>

using namespace ilbud;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

const Time accepted = *parse_time("2025-06-24T10:00:00Z");
const ReplayNames names{"old.toml", "new.toml", "400d", ""};

StoredEvent event_stored() {
    StoredEvent stored;
    stored.source = "/shop";
    stored.id = "e-1";
    stored.accepted_at = accepted;
    return stored;
}

Event event() {
    Event made;
    made.type = EventType::card_charged;
    made.unit = "daily";
    return made;
}

PlannedMail receipt(const std::string& to) {
    PlannedMail mail;
    mail.id = "id-of-" + to;
    mail.kind = Kind::receipt;
    mail.to = to;
    mail.from = "faktura@example.com";
    mail.from_name = "Dagbladet";
    return mail;
}

/// One mail to somebody else, with another subject and text, and one that is no longer mailed.
EventDifference example() {
    EventDifference difference;
    difference.mails_same = 2;
    MailDifference changed;
    changed.then = StoredMail{receipt("anna@example.com"), MailState::bounced};
    changed.now = receipt("bo@example.com");
    changed.changed = {MailPart::recipient, MailPart::subject, MailPart::text, MailPart::html};
    changed.subject_then = "Kvittering";
    changed.subject_now = "Tak";
    changed.text_difference = "@@ -1 +1 @@\n-a\n+b\n";
    MailDifference gone;
    gone.then = StoredMail{receipt("cai@example.com"), MailState::delivered};
    gone.reason = "receipts_off";
    difference.mails = {changed, gone};
    difference.rules_now = {{"R17", "unit 'daily' sends no card receipts"}};
    return difference;
}

std::string json_of(const std::function<void(JsonWriter&)>& write) {
    std::string text;
    JsonWriter json(text);
    write(json);
    simdjson::dom::parser parser;
    REQUIRE(parser.parse(text).error() == simdjson::SUCCESS);
    return text;
}

}  // namespace

TEST_CASE("replay report: the exit status tells differences from events that could not be replayed") {
    ReplayCounts counts;
    CHECK(counts.exit_status() == 1);  // nothing was compared
    counts.pruned = 1;
    CHECK(counts.exit_status() == 1);
    counts.pruned = 0;
    counts.add(event_stored(), {});
    CHECK(counts.exit_status() == 0);
    const int which = GENERATE(0, 1, 2);
    (which == 0 ? counts.pruned : which == 1 ? counts.unreadable : counts.texts_unknown) = 1;
    CHECK(counts.exit_status() == 4);
    counts.add(event_stored(), example());
    CHECK(counts.exit_status() == 3);
}

TEST_CASE("replay report: the summary counts events, mails and parts, and says what could not be replayed") {
    ReplayCounts counts;
    counts.add(event_stored(), example());
    counts.add(event_stored(), {});
    CHECK(counts.mails_same == 2);
    CHECK(counts.no_longer_mailed == 1);
    CHECK(counts.newly_mailed == 0);
    CHECK(counts.changed == std::array<std::uint64_t, 5>{1, 0, 1, 1, 0});  // the HTML differs with the text, not alone
    auto text = summary_for_people(counts, names);
    CHECK_THAT(text, Contains("2 events accepted from 2025-06-24T10:00:00Z to 2025-06-24T10:00:00Z: 1 the same, 1 different\n") &&
                         Contains("old.toml") && Contains("new.toml") && !Contains("Not replayed"));
    counts.pruned = 1200;
    counts.unreadable = 1;
    counts.texts_unknown = 3;
    text = summary_for_people(counts, names);
    CHECK_THAT(text, Contains("Not replayed: 1,200 events of this time") && Contains("(queue.keep is 400d)") &&
                         Contains("Not replayed: 1 event that can no longer be read") &&
                         Contains("the text of 3 mails, which old.toml"));
}

TEST_CASE("replay report: where nothing was replayed it says so, and compares nothing") {
    ReplayCounts counts;
    CHECK(summary_for_people(counts, names) == "Nothing was replayed: no event of this time is stored.\n");
    auto of_unit = names;
    of_unit.unit = "daily";
    counts.pruned = 2;
    CHECK_THAT(summary_for_people(counts, of_unit),
               StartsWith("Nothing was replayed: no event of this time and of unit daily is stored.\n\nNot replayed: 2 events") &&
                   !Contains("the same"));
    counts.unreadable = 1;
    CHECK_THAT(summary_for_people(counts, names), StartsWith("Nothing was replayed: no event of this time can be read.\n"));
}

TEST_CASE("replay report: an event is told with what became of its mails, both values of what differs, and the rules") {
    CHECK(difference_for_people(event_stored(), event(), example()) ==
          "\nevent e-1 from /shop, accepted 2025-06-24T10:00:00Z (card.charged, unit daily)\n"
          "  changed: receipt to anna@example.com (bounced)\n"
          "    recipient - anna@example.com\n"
          "              + bo@example.com\n"
          "    subject   - Kvittering\n"
          "              + Tak\n"
          "    text\n"
          "    @@ -1 +1 @@\n"
          "    -a\n"
          "    +b\n"
          "  no longer mailed: receipt to cai@example.com from faktura@example.com (delivered)\n"
          "    receipts_off: The business unit sends no card receipts (setting card_receipts).\n"
          "  rules\n"
          "    + R17  unit 'daily' sends no card receipts\n");
}

TEST_CASE("replay report: an event that would be refused, a mail that cannot be written, and one whose HTML alone differs") {
    EventDifference difference;
    difference.refused = Error{"unknown_unit", "data.unit", "there is no business unit 'daily' in the settings"};
    MailDifference unwritten;
    unwritten.then = StoredMail{receipt("anna@example.com"), MailState::queued};
    unwritten.now = receipt("anna@example.com");
    unwritten.changed = {MailPart::text};
    unwritten.unwritten = Error{"too_large", "id", "the mail exceeds mail_bytes_max"};
    auto html = unwritten;
    html.changed = {MailPart::html};
    html.unwritten.reset();
    difference.mails = {unwritten, html};
    CHECK_THAT(difference_for_people(event_stored(), event(), difference),
               Contains("would be refused: data.unit: there is no business unit") &&
                   Contains("cannot be written: id: the mail exceeds") && Contains("text      the same; the HTML part differs"));
    ReplayCounts counts;
    counts.add(event_stored(), difference);
    CHECK(counts.refused == 1);
    CHECK(counts.changed == std::array<std::uint64_t, 5>{0, 0, 0, 1, 1});
    CHECK_THAT(json_of([&](JsonWriter& json) { write_difference(json, event_stored(), event(), difference); }),
               Contains(R"("refused":{"code":"unknown_unit")") && Contains(R"("error":{"code":"too_large")") &&
                   Contains(R"("changed":["html"])"));
}

TEST_CASE("S26: nothing of an event or a mail can steer the terminal") {
    auto stored = event_stored();
    stored.id = "e\x1b[2J";
    auto difference = example();
    difference.mails[0].text_difference = "+\x1b[31mred\xE2\x80\xAE\n";
    difference.mails[0].subject_now = "\x1b]0;title\x07";
    difference.rules_now[0].finding = "a\nb";
    const auto text =
        difference_for_people(stored, event(), difference) + unreadable_for_people(stored, {"invalid_json", "x\x1b", ""});
    CHECK(std::ranges::none_of(text, [](char c) { return c == '\x1b' || c == '\x07'; }));
    CHECK_THAT(text, !Contains("\xE2\x80\xAE") && !Contains("a\nb"));
}

TEST_CASE("replay report: JSON tells the same") {
    CHECK_THAT(
        json_of([&](JsonWriter& json) { write_difference(json, event_stored(), event(), example()); }),
        Contains(
            R"("source":"/shop","id":"e-1","accepted_at":"2025-06-24T10:00:00.000000Z","type":"card.charged","unit":"daily")") &&
            Contains(R"("change":"changed","changed":["recipient","subject","text","html"])") &&
            Contains(R"("subject":"Kvittering")") && Contains(R"("text_difference":"@@ -1 +1 @@\n-a\n+b\n")") &&
            Contains(R"("change":"no_longer_mailed","reason":"receipts_off")") &&
            Contains(R"("rules_then":[],"rules_now":[{"rule":"R17")"));
    CHECK_THAT(json_of([&](JsonWriter& json) {
                   write_unreadable(json, event_stored(), {"invalid_json", "", "what"});
               }),
               Contains(R"("unreadable":{"code":"invalid_json")"));
    ReplayCounts counts;
    counts.add(event_stored(), example());
    counts.pruned = 7;
    CHECK_THAT(
        json_of([&](JsonWriter& json) { write_summary(json, counts); }),
        Contains(R"({"summary":{"events":1,"same":0,"different":1,"refused":0,"unreadable":0,"pruned":7,"mails":{"same":2,)") &&
            Contains(R"("only_html":0)"));
}
