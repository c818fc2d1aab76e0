#include "ilbud/replay/replay.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <regex>

#include "support/mail_world.hpp"
#include "support/sample_events.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;
using Catch::Matchers::Contains;

namespace {

const Time accepted = *parse_time("2025-06-24T10:00:00Z");

Settings shop() {
    Settings settings = publisher();
    settings.accounts["forlag"].forms["web"].id = "web";
    return settings;
}

ReplaySide side(const Settings& settings) {
    auto templates = load_templates(settings);
    if (!templates) FAIL(to_text(templates.error().front()));
    return {settings, std::move(*templates)};
}

Event event_of(EventType type, std::string origin = "system", const std::string& id = "e-1") {
    Sample sample;
    sample.id = id;
    sample.unit = "avis";
    sample.origin = std::move(origin);
    sample.form = "web";
    return *parse_event(full_event(type, sample));
}
Event charged() {
    Sample sample;
    sample.unit = "avis";
    sample.origin = "system";
    return *parse_event(sample_event(EventType::card_charged, sample));
}

/// What the queue keeps of an event that was decided under `settings`.
StoredEvent stored(const Settings& settings, const Event& event, MailState state = MailState::delivered) {
    auto decision = decide(settings, event, accepted);
    if (!decision) FAIL(to_text(decision.error()));
    StoredEvent out{1, event.source, event.id, event.raw, accepted, decision->skipped, decision->chain, {}};
    for (const auto& mail : decision->mails) out.mails.push_back({mail, state});
    return out;
}

std::string none_refused(const PlannedMail&, const StoredEvent&) {
    return {};
}

EventDifference difference(const Settings& then, const Settings& now, const Event& event, std::optional<Kind> kind = {}) {
    const auto before = side(then), after = side(now);
    Replay replay(before, after, kind, none_refused);
    return replay.look_at(stored(then, event), event);
}

std::string rules(const std::vector<RuleStep>& steps) {
    std::string text;
    for (const auto& step : steps) text += step.rule + " " + step.finding + "\n";
    return text;
}

const std::vector<EventType> types{EventType::created,   EventType::confirmed,    EventType::stopped,
                                   EventType::cancelled, EventType::card_charged, EventType::invoice_issued};

}  // namespace

TEST_CASE("replay: under the same settings and templates nothing differs, whatever the event") {
    const auto settings = shop();
    const auto both = side(settings);
    Replay replay(both, both, {}, none_refused);
    std::uint64_t mails = 0;
    for (const auto type : types) {
        const Event event = event_of(type, "self_service");
        const auto found = replay.look_at(stored(settings, event), event);
        INFO(to_word(type));
        CHECK(found.none());
        CHECK(found.rules_then.empty());
        CHECK(found.rules_now.empty());
        mails += found.mails_same;
    }
    CHECK(mails >= 3);  // welcome, stopped, cancelled
}

TEST_CASE("replay: a mail that a switch turns off is no longer mailed, with the reason and the rule") {
    auto now = shop();
    unit_of(now).card_receipts = false;
    const auto found = difference(shop(), now, charged());
    REQUIRE(found.mails.size() == 1);
    CHECK(found.mails[0].then->mail.kind == Kind::receipt);
    CHECK(found.mails[0].then->state == MailState::delivered);
    CHECK_FALSE(found.mails[0].now);
    CHECK(found.mails[0].reason == "receipts_off");
    CHECK_THAT(rules(found.rules_now), Contains("R17") && Contains("sends no card receipts"));
    CHECK_THAT(rules(found.rules_then), Contains("R17 charge c-1 succeeded"));
}

TEST_CASE("replay: a mail that was skipped then is newly mailed, with the reason of then") {
    auto then = shop();
    unit_of(then).card_receipts = false;
    const auto found = difference(then, shop(), charged());
    REQUIRE(found.mails.size() == 1);
    CHECK_FALSE(found.mails[0].then);
    CHECK(found.mails[0].now->to == "anna@example.com");
    CHECK(found.mails[0].reason == "receipts_off");
}

TEST_CASE("replay: a mail to somebody else is one changed mail, not two") {
    auto now = shop();
    auto& form = now.accounts["forlag"].forms["web"];
    form.welcome_to = {Addressee::subscriber};
    form.welcome_to_given = true;  // the event is a gift: without a word of the form the payer is told
    const auto found = difference(shop(), now, event_of(EventType::created, "form"));
    REQUIRE(found.mails.size() == 1);
    const auto& mail = found.mails[0];
    CHECK(mail.changed.contains(MailPart::recipient));
    CHECK(mail.then->mail.to == "bent@example.org");
    CHECK(mail.now->to == "anna@example.com");
    CHECK_THAT(rules(found.rules_now), Contains("R10"));
}

TEST_CASE("replay: another recipient beside the same ones is newly mailed") {
    auto then = shop(), now = shop();
    for (auto* settings : {&then, &now}) settings->accounts["forlag"].forms["web"].welcome_to_given = true;
    now.accounts["forlag"].forms["web"].welcome_to = {Addressee::payer, Addressee::subscriber};
    const auto found = difference(then, now, event_of(EventType::created, "form"));
    CHECK(found.mails_same == 1);
    REQUIRE(found.mails.size() == 1);
    CHECK_FALSE(found.mails[0].then);
    CHECK(found.mails[0].now->to == "bent@example.org");
}

TEST_CASE("replay: another sender, name or Reply-To is another sender") {
    auto now = shop();
    switch (GENERATE(0, 1, 2)) {
        case 0:
            unit_of(now).invoice_email = "bogholderi@morgenposten.example";
            break;
        case 1:
            unit_of(now).name = "Aftenposten";
            break;
        default:
            service_of(now).reply_to = "svar@morgenposten.example";
    }
    const auto found = difference(shop(), now, charged());
    REQUIRE(found.mails.size() == 1);
    CHECK(found.mails[0].changed.contains(MailPart::sender));
    CHECK_FALSE(found.mails[0].changed.contains(MailPart::recipient));
}

TEST_CASE("replay: other templates show as other subjects and texts, line by line") {
    const TemporaryFolder folder;
    std::filesystem::copy(shop().platform.templates, folder / "templates", std::filesystem::copy_options::recursive);
    const auto file = folder / "templates/da/receipt.md";
    auto text = read_file(file);
    text.replace(0, text.find('\n'), "Subject: Tak for din betaling");
    std::ofstream(file) << text << "\nHilsen fra os alle.\n";
    auto now = shop();
    now.platform.templates = folder / "templates";
    const auto found = difference(shop(), now, charged());
    REQUIRE(found.mails.size() == 1);
    const auto& mail = found.mails[0];
    CHECK(mail.changed.contains(MailPart::subject));
    CHECK(mail.subject_now == "Tak for din betaling");
    CHECK_THAT(mail.subject_then, Contains("2025-117"));
    CHECK(mail.changed.contains(MailPart::text));
    CHECK_THAT(mail.text_difference, Contains("\n+Hilsen fra os alle.\n") && !Contains("\n-"));
    CHECK_FALSE(mail.changed.contains(MailPart::sender));
    CHECK(found.rules_now.empty());
}

TEST_CASE("replay: where only the layout differs, only the HTML part does") {
    auto now = shop();
    unit_of(now).branding.colour = "#123456";
    const auto found = difference(shop(), now, charged());
    REQUIRE(found.mails.size() == 1);
    CHECK(found.mails[0].changed == WordSet<MailPart>{MailPart::html});
    CHECK(found.mails[0].text_difference.empty());
}

TEST_CASE("replay: texts are as of the day the event was accepted, in then and now") {
    const auto settings = shop();
    const auto both = side(settings);
    const Event event = event_of(EventType::cancelled, "self_service");
    auto event_stored = stored(settings, event);
    for (auto& mail : event_stored.mails) mail.mail.planned_at -= 24h * 3;  // days that remain are counted from it
    Replay replay(both, both, {}, none_refused);
    CHECK(replay.look_at(event_stored, event).none());
}

TEST_CASE("replay: an event that would be refused tells so, and its mails are no longer mailed") {
    auto now = shop();
    now.units["anden"] = unit_of(now);
    now.units["anden"].id = "anden";
    now.units.erase("avis");
    const auto found = difference(shop(), now, charged());
    REQUIRE(found.refused);
    CHECK(found.refused->code == "unknown_unit");
    REQUIRE(found.mails.size() == 1);
    CHECK_FALSE(found.mails[0].now);
    CHECK(found.mails[0].reason.empty());
}

TEST_CASE("replay: a text that the settings in force cannot write any more is not compared, and counted") {
    const auto event = charged();
    auto then = shop();
    then.units["anden"] = unit_of(then);
    then.units["anden"].id = "anden";
    then.units.erase("avis");
    const auto before = side(then), after = side(shop());
    Replay replay(before, after, {}, none_refused);
    const auto found = replay.look_at(stored(shop(), event), event);
    CHECK(found.none());
    CHECK(found.texts_unknown == 1);
}

TEST_CASE("replay: what the queue held back then it holds back now") {
    const auto settings = shop();
    const auto both = side(settings);
    const Event event = charged();
    auto held = stored(settings, event);
    held.mails.clear();
    held.skipped.push_back({Kind::receipt, "suppressed", "anna@example.com"});
    Replay replay(both, both, {}, none_refused);
    CHECK(replay.look_at(held, event).none());
    held.skipped.back().to = "other@example.com";  // that says nothing of Anna
    CHECK(replay.look_at(held, event).mails.size() == 1);
}

TEST_CASE("replay: of a mail that was not planned then the queue is asked; one it has is not asked about") {
    auto then = shop();
    unit_of(then).card_receipts = false;
    const auto before = side(then), after = side(shop());
    const Event event = charged();
    int asked = 0;
    Replay replay(before, after, {}, [&](const PlannedMail& mail, const StoredEvent& about) {
        ++asked;
        CHECK(mail.to == "anna@example.com");
        CHECK(about.id == event.id);
        return std::string("suppressed");
    });
    CHECK(replay.look_at(stored(then, event), event).none());
    CHECK(asked == 1);
    const Event created = event_of(EventType::created, "form");
    CHECK(replay.look_at(stored(shop(), created), created).none());
    CHECK(asked == 1);
}

TEST_CASE("R17: a receipt that was mailed though the invoice was is told as one that is not mailed now") {
    const auto both = side(shop());
    Sample sample;
    sample.unit = "avis";
    sample.origin = "system";
    const auto text = sample_event(EventType::card_charged, sample);
    const Event event = *parse_event(std::regex_replace(text, std::regex(",\"document_sent_before\":(true|false)"), ""));
    Replay replay(both, both, {}, [](const PlannedMail& mail, const StoredEvent&) {
        return mail.unless_mailed.empty() ? std::string() : std::string("document_sent_before");
    });
    const auto difference = replay.look_at(stored(shop(), event), event);
    REQUIRE(difference.mails.size() == 1);
    CHECK(difference.mails[0].reason == "document_sent_before");
    Replay none(both, both, {}, none_refused);
    CHECK(none.look_at(stored(shop(), event), event).none());
}

TEST_CASE("R23: an invoice that only the replay mails is mailed once, as the queue would") {
    auto then = shop();
    unit_of(then).methods = {"paper"};
    unit_of(then).preferred_method = "paper";
    const auto before = side(then), after = side(shop());
    Replay replay(before, after, {}, none_refused);
    Sample sample;
    sample.unit = "avis";
    sample.origin = "system";
    std::vector<std::size_t> newly;
    for (const char* id : {"first", "again"}) {
        sample.id = id;
        const auto event = *parse_event(sample_event(EventType::invoice_issued, sample));
        newly.push_back(replay.look_at(stored(then, event), event).mails.size());
    }
    CHECK(newly == std::vector<std::size_t>{1, 0});
}

TEST_CASE("replay: mails of another kind than asked for are not looked at") {
    auto now = shop();
    unit_of(now).card_receipts = false;
    CHECK(difference(shop(), now, charged(), Kind::invoice).none());
    CHECK(difference(shop(), now, charged(), Kind::receipt).mails.size() == 1);
    now.units.clear();
    CHECK(difference(shop(), now, charged(), Kind::invoice).none());  // refused, but it makes no such mail
}

TEST_CASE("R36: what a newer event withdrew then is no difference") {
    const auto settings = shop();
    const auto both = side(settings);
    const Event event = event_of(EventType::stopped, "self_service");
    auto with_facts = stored(settings, event, MailState::cancelled);
    with_facts.chain.push_back({"R36", "welcome mail x to anna@example.com waited and is withdrawn"});
    Replay replay(both, both, {}, none_refused);
    CHECK(replay.look_at(with_facts, event).none());
    auto now = settings;
    service_of(now).mail_on_stop = false;
    const auto after = side(now);
    Replay other(both, after, {}, none_refused);
    CHECK_THAT(rules(other.look_at(with_facts, event).rules_then), !Contains("R36"));
}
