// Notices to an account as they read: complete in every language, records ready to paste.
#include <catch2/catch.hpp>

#include <fstream>

#include "ilbud/render/format.hpp"
#include "support/mail_world.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;
namespace fs = std::filesystem;

namespace {

const TemplateSet& shipped() {
    static const TemplateSet set = *load_templates(publisher());
    return set;
}
Content rendered(const Case& sample) {
    static const Settings settings = publisher();
    return must_render(sample, settings, shipped());
}
bool contains(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

// Every notice there is, with all facts and with none.
template <class Check>
void for_each_notice(const Check& check) {
    for (const auto locale : words<Locale>)
        for (const auto cause : words<NoticeCause>)
            for (const bool bare : {false, true}) {
                Case sample = sample_notice(*from_word<NoticeCause>(cause), *from_word<Locale>(locale));
                auto& notice = data_of<AccountNotice>(sample);
                if (bare) {
                    notice.facts.clear();
                    notice.records.clear();
                }
                INFO(locale << ' ' << cause << (bare ? ", bare" : ""));
                check(sample, rendered(sample));
            }
}

}  // namespace

TEST_CASE("notice: every cause in every language is whole, with nothing left unfilled and no line too long") {
    for_each_notice([](const Case& sample, const Content& content) {
        CHECK(content.subject.size() > 20);
        CHECK(content.preheader.size() > 10);
        const auto& records = data_of<AccountNotice>(const_cast<Case&>(sample)).records;
        std::size_t begin = 0;
        for (auto end = content.text.find('\n'); end != std::string::npos; end = content.text.find('\n', begin)) {
            const auto line = content.text.substr(begin, end - begin);
            begin = end + 1;
            const bool pasted =
                std::any_of(records.begin(), records.end(), [&](const auto& each) { return line == "  " + each; });
            if (!pasted) CHECK(display_width(line) <= 76);
        }
        for (const auto& text : {content.subject, content.preheader, content.html, content.text}) {
            for (const char* left : {"{{", "}}", "~~~", "  .", " ,", "mailto:\"", "()", "****", "\n\n\n\n"}) {
                INFO(left);
                CHECK_FALSE(contains(text, left));
            }
        }
        CHECK(contains(content.text, "forlag"));
        CHECK(contains(content.text, "support@ilbud.example"));
        CHECK(contains(content.html, "href=\"mailto:support@ilbud.example\""));
    });
}

TEST_CASE("R11: the automatic note for subscribers stands under no notice, and nothing of a unit or a customer service does") {
    for_each_notice([](const Case&, const Content& content) {
        for (const auto& text : {content.html, content.text})
            for (const char* theirs : {"kundeservice@", "min-side", "\n-----\n", "faktura@morgenposten", "104711"})
                CHECK_FALSE(contains(text, theirs));
    });
}

TEST_CASE("notice: records stay as they are in both parts, one line each, ready to paste") {
    const Case sample = sample_notice(NoticeCause::domain_broken, Locale::da);
    const Content content = rendered(sample);
    CHECK(contains(content.text,
                   "\n  morgenposten.example.                     IN TXT   \"v=spf1 include:_spf.ilbud.example -all\"\n"
                   "  ilbud1._domainkey.morgenposten.example.   IN CNAME ilbud1._domainkey.ilbud.example.\n"));
    CHECK(contains(content.html, "\nilbud1._domainkey.morgenposten.example.   IN CNAME ilbud1._domainkey.ilbud.example.\n"));
}

TEST_CASE("S20: no record ends the block of code it stands in") {
    Case sample = sample_notice(NoticeCause::domain_broken, Locale::da);
    data_of<AccountNotice>(sample).records = {
        "~~~", "~~~~~", "# heading", "[x](https://evil.example)", "</pre><b>", "{{subscriber.id}}", "```", "    ~~~~~~"};
    const Content content = rendered(sample);
    CHECK(contains(content.text,
                   "\n  ~~~\n  ~~~~~\n  # heading\n  [x](https://evil.example)\n  </pre><b>\n  {{subscriber.id}}\n  ```\n"));
    CHECK_FALSE(contains(content.html, "<a href=\"https://evil"));
    CHECK_FALSE(contains(content.html, "<b>"));
    CHECK(contains(content.html, "&lt;/pre&gt;&lt;b&gt;"));
}

TEST_CASE("notice: times are those of the account's unit, numbers and shares those of the language") {
    Case broken = sample_notice(NoticeCause::domain_broken, Locale::da);
    CHECK(contains(rendered(broken).text, "2.\u00a0juni 2025 kl. 09.05"));
    Case bounced = sample_notice(NoticeCause::bounce_rate, Locale::de);
    const auto text = rendered(bounced).text;
    CHECK(contains(text, "1.520"));
    CHECK(contains(text, "7,1\u00a0%"));
    data_of<AccountNotice>(bounced).facts[0].value = "much";
    CHECK(contains(rendered(bounced).text, "- rate: much"));
}

TEST_CASE("notice: a language without notices gets the English one; English must be there") {
    TemporaryFolder folder;
    Settings settings = publisher();
    fs::copy(settings.platform.templates, folder / "templates", fs::copy_options::recursive);
    settings.platform.templates = folder / "templates";
    fs::remove(folder / "templates/sv/notice.md");
    const Case sample = sample_notice(NoticeCause::domain_fixed, Locale::sv);
    CHECK(contains(must_render(sample, settings).subject, "in order again"));
    fs::remove(folder / "templates/en/notice.md");
    const auto loaded = load_templates(settings);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().front().code == "template_missing");
    CHECK(contains(to_text(loaded.error().front()), "en/notice.md"));
}

TEST_CASE("notice: a unit cannot override it, and it can use no subscriber's variable") {
    const auto finding = [](const std::string& name, const std::string& text) {
        TemporaryFolder folder;
        Settings settings = publisher();
        fs::copy(settings.platform.templates, folder / "templates", fs::copy_options::recursive);
        settings.platform.templates = folder / "templates";
        fs::create_directories((folder / "templates" / name).parent_path());
        std::ofstream(folder / "templates" / name) << text;
        const auto loaded = load_templates(settings);
        return loaded ? std::string("none") : loaded.error().front().code;
    };
    CHECK(finding("units/avis/da/notice.md", "Subject: x\n\nx\n") == "unknown_file");
    for (const char* variable :
         {"subscriber.id", "subscriber.name", "recipient.name", "service.self_service_url", "invoice_number"})
        CHECK(finding("da/notice.md", "Subject: x\n\n{{" + std::string(variable) + "}}\n") == "unknown_variable");
    CHECK(finding("da/notice.md", "Subject: x\n\n{{{records}}}\n") == "none");
    CHECK(finding("da/notice.md", "Subject: x\n\n{{records}}\n") == "wrong_use");
    CHECK(finding("da/notice.html", "<p>{{{records}}}</p>\n") == "raw_not_allowed");
    CHECK(finding("da/notice.md", "Subject: x\n\n{{{about}}}\n") == "raw_not_allowed");
}

TEST_CASE("notice: what the operator is told stands there line by line, whatever a relay said, without any template") {
    Case sample = sample_notice(NoticeCause::domain_broken, Locale::en);
    auto& notice = data_of<AccountNotice>(sample);
    notice = {};
    notice.to_operator = true;
    notice.subject = "Relay one refuses our account";
    notice.records = {"it said: 535 <b>{{no}}</b> & *more*", "", "There is nothing to do."};
    sample.mail.account.clear();
    const auto content = rendered(sample);
    CHECK(content.subject == "Relay one refuses our account");
    CHECK(content.text == "it said: 535 <b>{{no}}</b> & *more*\n\nThere is nothing to do.\n");
    CHECK(contains(content.html, "535 &lt;b&gt;{{no}}&lt;/b&gt; &amp; *more*"));
    CHECK(content.locale == Locale::en);
}
