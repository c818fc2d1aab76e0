#include "support/example.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

Event notice_of(const std::string& account = "bladet") {
    Event event;
    event.id = "domain_broken/2025-06-24/x";
    event.source = "ilbud:notices";
    event.type = EventType::account_notice;
    event.origin = Origin::system;
    AccountNotice notice;
    notice.account = account;
    notice.cause = NoticeCause::domain_broken;
    notice.subject = "avis.example";
    event.data = notice;
    return event;
}

struct NoticeExample : Example {
    NoticeExample() {
        settings.platform.notices.from = "notices@ilbud.example";
        settings.platform.notices.reply_to = "support@ilbud.example";
        account().language = Locale::sv;
    }
};

}  // namespace

TEST_CASE("R3: a notice makes exactly one mail, from the platform to the account's contact, in the account's language") {
    const NoticeExample example;
    const PlannedMail mail = only_mail(example, notice_of());
    CHECK(mail.kind == Kind::notice);
    CHECK(mail.to == "kontakt@bladet.example");
    CHECK(mail.from == "notices@ilbud.example");
    CHECK(mail.from_name == "Ilbud");
    CHECK(mail.reply_to == "support@ilbud.example");
    CHECK(mail.account == "bladet");
    CHECK(mail.unit.empty());
    CHECK(mail.locale == Locale::sv);
    CHECK(mail.planned_at == noon);
    CHECK_FALSE(mail.copy);
}

TEST_CASE("R3: no address of a subscriber, a payer or a copy gets into a notice, even from an event that names them") {
    const NoticeExample example;
    Event event = notice_of();
    event.subscriber.email = "aase@holm.example";
    event.subscriber.name = "Åse Holm";
    event.payer = Payer{"Bo", "bo@holm.example"};
    event.unit = "avis";
    const PlannedMail mail = only_mail(example, event);
    for (const auto& text : {mail.to, mail.to_name, mail.from, mail.from_name, mail.reply_to})
        CHECK(text.find("olm") == std::string::npos);
}

TEST_CASE("R2: the same notice has the same mail id, another one has another") {
    const NoticeExample example;
    Event other = notice_of();
    other.id += "y";
    CHECK(only_mail(example, notice_of()).id == only_mail(example, notice_of()).id);
    CHECK(only_mail(example, notice_of()).id != only_mail(example, other).id);
}

TEST_CASE("R5: a notice that is not mailed has a named reason") {
    NoticeExample off;
    off.settings.platform.notices.enabled = false;
    CHECK(effects(off, notice_of()) == Lines{"notice skipped: notices_off, to kontakt@bladet.example"});
    NoticeExample nobody;
    nobody.settings.platform.notices.from.clear();
    CHECK(effects(nobody, notice_of()) == Lines{"notice skipped: no_notice_sender, to kontakt@bladet.example"});
    NoticeExample silent;
    silent.account().contact_email.clear();
    CHECK(effects(silent, notice_of()) == Lines{"notice skipped: no_email"});
}

TEST_CASE("R6: test mode holds a notice back unless the contact's domain is allowed") {
    NoticeExample example;
    example.account().test_mode = true;
    CHECK(effects(example, notice_of()) == Lines{"notice skipped: test_mode, to kontakt@bladet.example"});
    example.account().test_domains = {"bladet.example"};
    CHECK(effects(example, notice_of()) == Lines{"notice to kontakt@bladet.example"});
}

TEST_CASE("decide: a notice to an account that is not in the settings is refused") {
    const auto decision = decide(NoticeExample().settings, notice_of("nobody"), noon);
    REQUIRE_FALSE(decision);
    CHECK(decision.error().code == "unknown_account");
    CHECK(decision.error().place == "data.account");
}

TEST_CASE("notice: what is for the operator goes to notices.operator, is of no account, and no test mode keeps it") {
    NoticeExample example;
    Event event = notice_of("");
    auto& notice = std::get<AccountNotice>(event.data);
    notice.to_operator = true;
    notice.subject = "Relay one refuses our account";
    CHECK(effects(example, event) == Lines{"notice skipped: no_email"});
    example.settings.platform.notices.operator_email = "ops@ilbud.example";
    example.account().test_mode = true;
    const PlannedMail mail = only_mail(example, event);
    CHECK(mail.kind == Kind::notice);
    CHECK(mail.to == "ops@ilbud.example");
    CHECK(mail.from == "notices@ilbud.example");
    CHECK(mail.account.empty());
    CHECK(mail.locale == Locale::en);
    example.settings.platform.notices.from.clear();
    CHECK(effects(example, event) == Lines{"notice skipped: no_notice_sender, to ops@ilbud.example"});
}
