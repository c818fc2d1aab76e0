#include "cli/preview/samples.hpp"

#include <set>

#include "support/preview_case.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("sample_mail: every situation in every language makes a mail of its kind; a failed charge makes none") {
    const auto settings = EnglishTemplates::contactable();
    for (const Situation& situation : situations())
        for (const auto word : words<Locale>) {
            const auto locale = *from_word<Locale>(word);
            INFO(to_word(situation.kind) << " " << situation.name << " " << word);
            if (situation.name == "failed") {
                CHECK(sample_mail(settings, settings.units.begin()->second, situation, locale, preview_now).error().code ==
                      "skipped_charge_failed");
                continue;
            }
            const auto mail = must_sample(settings, situation.kind, situation.name, locale);
            CHECK(mail.mail.kind == situation.kind);
            CHECK(mail.mail.locale == locale);
            CHECK(mail.title == situation.title);
        }
}

TEST_CASE("sample_mail: each situation of a kind reads differently") {
    const auto settings = EnglishTemplates::contactable();
    std::set<std::string> texts;
    for (const Situation& situation : situations()) {
        if (situation.name == "failed") continue;
        INFO(to_word(situation.kind) << " " << situation.name);
        CHECK(texts.insert(must_sheet(must_sample(settings, situation.kind, situation.name)).content.text).second);
    }
}

TEST_CASE("sample_mail: a preview shows texts, whatever the switches of unit and customer service say") {
    auto settings = EnglishTemplates::contactable();
    settings.accounts["forlag"].test_mode = true;
    service_of(settings).mail_on_start = false;
    service_of(settings).mail_on_stop = false;
    unit_of(settings).card_receipts = false;
    unit_of(settings).methods = {"card"};
    unit_of(settings).triviality_limit = 1'000'000;
    settings.platform.notices.enabled = false;
    for (std::size_t i = 0; i < kind_count; ++i) (void)must_sample(settings, static_cast<Kind>(i));
    CHECK(contains(must_sheet(must_sample(settings, Kind::stopped, "refund")).content.text, "10.000,00"));
}

TEST_CASE("sample_mail: a copy goes to somebody else, a gift's mail to its giver, and an invoice brings its PDF") {
    const auto settings = EnglishTemplates::contactable();
    const auto copy = must_sample(settings, Kind::invoice, "copy").mail;
    CHECK((copy.copy && copy.to == "accounts@example.com"));
    CHECK(must_sample(settings, Kind::welcome, "gift").mail.to == "henrik@example.com");
    const auto message = must_sheet(must_sample(settings, Kind::invoice)).message;
    CHECK(contains(message.body, "filename*=utf-8''Faktura%20p%C3%A5%20%C3%A5rsabonnement%20100417.pdf"));
}

TEST_CASE("find_situation: the usual one comes first, an unknown one is none") {
    CHECK(find_situation(Kind::welcome, "")->name == "standard");
    CHECK(find_situation(Kind::notice, "")->name == "domain_broken");
    CHECK(find_situation(Kind::welcome, "refund") == nullptr);
    CHECK(situation_names(Kind::stopped) == "standard, unpaid, refund");
}
