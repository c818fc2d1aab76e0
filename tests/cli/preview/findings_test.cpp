#include "cli/preview/findings.hpp"

#include "support/preview_case.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr const char* fine_html =
    "<!DOCTYPE html><html lang=\"da\"><style>@media (prefers-color-scheme: dark) {}</style><p>Hej</p></html>";

/// The codes found in a mail with this HTML, beside nothing else to remark.
std::vector<std::string> codes(const std::string& html, const std::string& subject = "Faktura",
                               const std::string& preheader = "Hej") {
    std::vector<std::string> out;
    const PreviewMail shown{"", {}, must_sample(publisher(), Kind::invoice).mail, publisher()};
    for (const auto& each :
         preview_findings(shown, {.subject = subject, .preheader = preheader, .html = html, .text = "Hej", .locale = Locale::da}))
        out.push_back(each.code);
    return out;
}
using Codes = std::vector<std::string>;

std::string with(const std::string& element) {
    std::string html = fine_html;
    return html.insert(html.find("<p>"), element);
}

}  // namespace

TEST_CASE("preview_findings: a mail in order has none") {
    CHECK(codes(fine_html).empty());
}

TEST_CASE("preview_findings: the shipped templates give none in the languages that they are written in") {
    const auto settings = EnglishTemplates::contactable();
    for (const Situation& situation : situations()) {
        if (situation.name == "failed") continue;
        for (const Locale locale : {Locale::da, Locale::en}) {
            const auto sheet = must_sheet(must_sample(settings, situation.kind, situation.name, locale));
            for (const auto& each : sheet.findings) {
                INFO(to_word(situation.kind) << " " << situation.name << " " << to_word(locale) << ": " << each.text);
                CHECK_FALSE(each.warning);
            }
        }
    }
}

TEST_CASE("preview_findings: a language without texts is told, with the one that stands in") {
    const EnglishTemplates templates;
    const auto findings = must_sheet(must_sample(templates.settings(), Kind::receipt, {}, Locale::sv)).findings;
    REQUIRE(findings.size() == 1);
    CHECK(findings[0] ==
          PreviewFinding{true, "language_missing", "There are no Swedish texts of this kind: it is written in English."});
}

TEST_CASE("preview_findings: a welcome message that lacks the language is told") {
    auto settings = publisher();
    service_of(settings).welcome_message = {{Locale::en, "Hello"}, {Locale::da, ""}};
    const auto findings = must_sheet(must_sample(settings, Kind::welcome)).findings;
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == "welcome_message_missing");
    CHECK(must_sheet(must_sample(settings, Kind::welcome, {}, Locale::en)).findings.empty());
}

TEST_CASE("preview_findings: subject and preheader are looked at") {
    CHECK(codes(fine_html, "", "") == Codes{"no_subject", "no_preheader"});
    CHECK(codes(fine_html, std::string(71, 'x')) == Codes{"long_subject"});
    std::string letters;
    for (int i = 0; i < 70; ++i) letters += "æ";
    CHECK(codes(fine_html, letters).empty());
}

TEST_CASE("preview_findings: HTML that Gmail would cut is told from 100 KB on") {
    CHECK(codes(with("<p>" + std::string(clipped_bytes - 200, 'x') + "</p>")).empty());
    CHECK(codes(with("<p>" + std::string(clipped_bytes, 'x') + "</p>")) == Codes{"clipped"});
}

TEST_CASE("preview_findings: pictures need an alternative text and https; an empty one is for ornaments") {
    CHECK(codes(with("<img src=\"https://a.example/l.png\">")) == Codes{"image_without_alt"});
    CHECK(codes(with("<img src=\"https://a.example/l.png\" alt=\"\">")).empty());
    CHECK(codes(with("<img src=\"http://a.example/l.png\" alt=\"Logo\">")) == Codes{"image_not_https"});
    CHECK(codes(with("<a href=\"http://a.example/\">a</a>")) == Codes{"link_not_https"});
}

TEST_CASE(
    "preview_findings: faint text, missing colours for dark mode and a wrong language of the HTML are told, warnings first") {
    CHECK(codes("<html lang=\"sv\"><p style=\"color:#bbbbbb\">Hej</p></html>") ==
          Codes{"low_contrast", "wrong_lang", "no_dark_mode"});
    CHECK(codes("<html><style>@media (prefers-color-scheme:dark){}</style></html>") == Codes{"wrong_lang"});
}
