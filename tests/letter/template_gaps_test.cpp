// A language that lacks a text: another stands in, `ilbud check` says so, and no mail is blank.
#include <catch2/catch.hpp>

#include <fstream>

#include "ilbud/letter/letter.hpp"
#include "support/mail_world.hpp"
#include "support/sample_mail.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;
namespace fs = std::filesystem;

namespace {

// A Danish unit that offers Swedish, with a copy of the shipped templates to take files from.
struct Gaps {
    Gaps() {
        fs::copy(fs::path(ILBUD_SOURCE_DIR) / "templates", folder / "t", fs::copy_options::recursive);
        settings.platform.templates = folder / "t";
        unit_of(settings).locales = {Locale::sv};
    }
    void remove(const std::string& name) const { REQUIRE(fs::remove(folder / "t" / name)); }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((folder / "t" / name).parent_path());
        std::ofstream(folder / "t" / name) << text;
    }
    [[nodiscard]] TemplateSet load() const {
        auto loaded = load_templates(settings);
        if (!loaded) throw std::runtime_error(to_text(loaded.error().front()));
        return *loaded;
    }
    [[nodiscard]] std::string code() const {
        const auto loaded = load_templates(settings);
        return loaded ? "none" : loaded.error().front().code;
    }
    TemporaryFolder folder;
    Settings settings = publisher();
};
using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("fallback: shipped templates lack nothing in any language") {
    CHECK(load_templates(publisher())->notes().empty());
}

TEST_CASE("fallback: a kind that is missing in a language goes out in the unit's, and the note says so") {
    const Gaps gaps;
    gaps.remove("sv/receipt.md");
    const auto templates = gaps.load();
    CHECK(templates.notes() == Strings{"unit avis: sv/receipt.md is missing, so receipt mails go out in da instead of sv"});
    CHECK(templates.effective_locale("avis", Locale::sv, Kind::receipt) == Locale::da);
    CHECK(templates.effective_locale("avis", Locale::sv, Kind::invoice) == Locale::sv);
    const Content content = must_render(sample_case(Kind::receipt, Locale::sv), gaps.settings, templates);
    CHECK(content.subject == "Kvittering for betaling af faktura 20250031");
    CHECK(content.html.find("<html lang=\"da\"") != std::string::npos);
}

TEST_CASE("fallback: a partial that is missing in a language takes its mails to another, never a blank in their midst") {
    const Gaps gaps;
    gaps.remove("sv/partials/money_back.md");
    const auto templates = gaps.load();
    CHECK(templates.notes() ==
          Strings{"unit avis: sv/partials/money_back.md is missing, so stopped, cancelled mails go out in da instead of sv"});
    CHECK(must_render(sample_case(Kind::stopped, Locale::sv), gaps.settings, templates).locale == Locale::da);
    CHECK(must_render(sample_case(Kind::welcome, Locale::sv), gaps.settings, templates).locale == Locale::sv);
}

TEST_CASE("R11: a language without the automatic note sends no mail in that language") {
    const Gaps gaps;
    gaps.remove("sv/partials/note.md");
    const auto templates = gaps.load();
    REQUIRE(templates.notes().size() == 1);
    for (const auto kind : subscriber_kinds) {
        const Case sample = sample_case(kind, Locale::sv);
        const Content content = must_render(sample, gaps.settings, templates);
        CHECK(content.locale == Locale::da);
        CHECK(carries_note(content, sample.event, service_of(gaps.settings)));
    }
}

TEST_CASE("fallback: where the unit's own language lacks a kind, English stands in for both") {
    const Gaps gaps;
    gaps.remove("sv/invoice.md");
    gaps.remove("da/invoice.md");
    const auto templates = gaps.load();
    CHECK(templates.notes() == Strings{"unit avis: da/invoice.md is missing, so invoice mails go out in en instead of da",
                                       "unit avis: sv/invoice.md is missing, so invoice mails go out in en instead of sv"});
    CHECK(must_render(sample_case(Kind::invoice, Locale::sv), gaps.settings, templates).locale == Locale::en);
    CHECK(must_render(sample_case(Kind::invoice, Locale::da), gaps.settings, templates).locale == Locale::en);
    CHECK(must_render(sample_case(Kind::welcome, Locale::da), gaps.settings, templates).locale == Locale::da);
}

TEST_CASE("fallback: English must be whole, and so must what a unit's own file names") {
    const Gaps gaps;
    gaps.write("units/avis/sv/partials/signature.md", "{{> nowhere}}\n");
    CHECK(gaps.code() == "partial_missing");
    gaps.remove("units/avis/sv/partials/signature.md");
    CHECK(gaps.code() == "none");
    gaps.remove("en/welcome.md");
    CHECK(gaps.code() == "template_missing");
    gaps.write("en/welcome.md", "Subject: Welcome\n\n{{> nowhere}}\n");
    CHECK(gaps.code() == "partial_missing");
}

TEST_CASE("fallback: a language that nobody uses may lack what it likes, and one note names all whom it concerns") {
    Gaps gaps;
    gaps.remove("de/welcome.md");
    gaps.remove("nb/welcome.md");
    Unit& first = unit_of(gaps.settings);
    first.locales = {Locale::nb};
    for (int i = 0; i < 7; ++i) {
        Unit more = first;
        more.id = "avis" + std::to_string(i);
        gaps.settings.units[more.id] = more;
    }
    CHECK(gaps.load().notes() ==
          Strings{"unit avis, unit avis0, unit avis1, unit avis2, unit avis3 and 3 more: nb/welcome.md is missing, "
                  "so welcome mails go out in da instead of nb"});
}

TEST_CASE("fallback: an account whose language has no notice, and a language without a welcome message, are noted too") {
    Gaps gaps;
    gaps.remove("de/notice.md");
    gaps.settings.accounts["forlag"].language = Locale::de;
    service_of(gaps.settings).welcome_message[Locale::da] = "Hej";
    CHECK(gaps.load().notes() ==
          Strings{
              "unit avis: customer service kundeservice has no welcome message in sv, so welcome mails in that language have the "
              "standard greeting",
              "account forlag: de/notice.md is missing, so notice mails go out in en instead of de"});
}

TEST_CASE("fallback: Content-Language says what the mail is written in") {
    const Gaps gaps;
    gaps.remove("sv/welcome.md");
    const Snapshot snapshot{gaps.settings, gaps.load(), sample_keys_in_force()};
    const auto letter = [&](Kind kind) {
        const Case sample = sample_case(kind, Locale::sv);
        return write_letter(sample.mail, sample.event, snapshot, sample_book(), sample_now)->header;
    };
    CHECK(letter(Kind::welcome).find("Content-Language: da\r\n") != std::string::npos);
    CHECK(letter(Kind::stopped).find("Content-Language: sv\r\n") != std::string::npos);
    CHECK(snapshot.notes().back() == snapshot.templates.notes().back());
}

TEST_CASE("fallback: a kind that no unit mails needs no text, and one that some unit mails needs an English one") {
    Gaps gaps;
    for (const auto* language : {"da", "nb", "sv", "en", "de"}) gaps.remove(std::string(language) + "/reminder.md");
    CHECK(gaps.code() == "template_missing");
    unit_of(gaps.settings).kinds[static_cast<std::size_t>(Kind::reminder)] = false;
    CHECK(gaps.load().notes().empty());
    const auto templates = gaps.load();
    const Case sample = sample_case(Kind::reminder);
    CHECK(render(sample.mail, sample.event, gaps.settings, templates).error().code == "kind_off");
}

TEST_CASE("unit.variables: each unit's own stand in its mails, escaped as everything else, and one that it has not is empty") {
    Gaps gaps;
    unit_of(gaps.settings).variables = {{"cvr", "10 & <b>*00*</b> {{subscriber.id}}"}};
    Unit other = unit_of(gaps.settings);
    other.id = "uge";
    other.variables.clear();
    gaps.settings.units["uge"] = other;
    gaps.write("da/receipt.md",
               "Subject: {{unit.variables.cvr}}\n\n{{#unit.variables.cvr}}CVR {{unit.variables.cvr}} "
               "[x](https://a.example/?q={{unit.variables.cvr}}){{/unit.variables.cvr}}{{^unit.variables.cvr}}none{{/"
               "unit.variables.cvr}}\n");
    const auto templates = gaps.load();
    Case sample = sample_case(Kind::receipt);
    const Content content = must_render(sample, gaps.settings, templates);
    CHECK(content.subject == "10 & <b>*00*</b> {{subscriber.id}}");
    CHECK(content.text.find("CVR 10 & <b>*00*</b> {{subscriber.id}}") != std::string::npos);
    CHECK(content.html.find("CVR 10 &amp; &lt;b&gt;*00*&lt;/b&gt; {{subscriber.id}}") != std::string::npos);
    CHECK(content.html.find("?q=10%20%26%20%3Cb%3E%2A00%2A") != std::string::npos);
    sample.mail.unit = sample.event.unit = "uge";
    CHECK(must_render(sample, gaps.settings, templates).text.find("none") != std::string::npos);
}

TEST_CASE("unit.variables: one that no unit has is a slip, and the one that is meant is told") {
    Gaps gaps;
    unit_of(gaps.settings).variables = {{"phone_hours", "8-16"}};
    gaps.write("da/receipt.md", "Subject: x\n\n{{unit.variables.phone_hour}}\n");
    const auto loaded = load_templates(gaps.settings);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().front().code == "unknown_variable");
    CHECK(loaded.error().front().detail.find("is 'unit.variables.phone_hours' meant?") != std::string::npos);
}

TEST_CASE("lint: of a unit's own view what it does not mail is looked at where it has a text of it") {
    Gaps gaps;
    unit_of(gaps.settings).kinds[static_cast<std::size_t>(Kind::reminder)] = false;
    gaps.write("units/avis/da/receipt.md", "Subject: x\n\nx\n");
    CHECK(gaps.code() == "none");
    gaps.write("units/avis/da/reminder.md", "Subject: x\n\n{{nothing}}\n");
    CHECK(gaps.code() == "unknown_variable");
}
