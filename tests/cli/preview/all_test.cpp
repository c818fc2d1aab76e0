#include "cli/preview/all.hpp"

#include <algorithm>

#include "cli/preview/html.hpp"
#include "cli/preview/index.hpp"
#include "ilbud/base/id.hpp"
#include "support/preview_case.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

namespace fs = std::filesystem;

PreviewCount must_write(const Settings& settings, const AllPreviews& wanted) {
    const auto count = write_all_previews(settings, settings.units.begin()->second, wanted, preview_now);
    if (!count) FAIL(to_text(count.error().front()));
    return *count;
}

std::string refusal(const Settings& settings, const fs::path& folder) {
    const auto count = write_all_previews(settings, settings.units.begin()->second, {folder, Kind::receipt, {}}, preview_now);
    return count ? "" : count.error().front().code;
}

}  // namespace

TEST_CASE("write_all_previews: a page and a mail for each kind, situation, wording and language, all led to from the index") {
    const TemporaryFolder folder;
    const auto settings = EnglishTemplates::contactable();
    const auto count = must_write(settings, {folder / "all", {}, {}});
    const auto subscribers = std::count_if(situations().begin(), situations().end(), [](const Situation& each) {
        return each.kind != Kind::notice && each.name != "failed";
    });
    const auto notices =
        std::count_if(situations().begin(), situations().end(), [](const Situation& each) { return each.kind == Kind::notice; });
    const auto expected = static_cast<std::size_t>(subscribers * 3 + notices) * words<Locale>.size();
    CHECK(count.mails == expected);
    const auto files = std::distance(fs::directory_iterator(folder / "all/mails"), {});
    CHECK(static_cast<std::size_t>(files) == 2 * expected);
    const auto index = read_file(folder / "all/index.html");
    for (const auto& file : fs::directory_iterator(folder / "all/mails")) {
        INFO(file.path());
        CHECK(contains(index, "href=\"mails/" + file.path().filename().string() + "\""));
    }
    CHECK(count_of(index, "<iframe sandbox ") == expected);
    CHECK(contains(index,
                   "<p class=\"none\">No mail. The card was not charged; a failed charge mails nothing "
                   "unless the unit mails payment_failed (setting [unit.kinds]).</p>"));
}

TEST_CASE("write_all_previews: the account's own wording is shown first, the others on demand") {
    const TemporaryFolder folder;
    auto settings = EnglishTemplates::contactable();
    settings.accounts["forlag"].customer_term = CustomerTerm::member;
    settings.accounts["forlag"].relation_term = RelationTerm::membership;
    CHECK(must_write(settings, {folder / "all", Kind::confirmation, Locale::en}).mails == 6);
    const auto index = read_file(folder / "all/index.html");
    CHECK(count_of(index, "data-term=\"member / membership\" data-text=\"One subscription Confirmation request\">") == 1);
    CHECK(count_of(index,
                   "data-term=\"subscriber / subscription\" data-text=\"One subscription Confirmation request\" hidden>") == 1);
    CHECK(contains(index, "<option value=\"member / membership\" selected>"));
    CHECK(contains(read_file(folder / "all/mails/confirmation-standard-member-membership-en.html"), "your membership"));
    const auto message = read_file(folder / "all/mails/confirmation-standard-member-membership-en.eml");
    CHECK(message.starts_with("Date: "));  // unsigned
    CHECK(contains(message, "\r\nContent-Language: en\r\n"));
}

TEST_CASE("write_all_previews: a language without texts says what stands in") {
    const TemporaryFolder folder;
    const EnglishTemplates templates;
    const auto count = must_write(templates.settings(), {folder / "all", Kind::receipt, Locale::nb});
    CHECK(count.warnings == count.mails);
    const auto index = read_file(folder / "all/index.html");
    CHECK(contains(index, "Norsk: no texts, written in English"));
    CHECK(contains(index, "data-remarks=\"1\""));
}

TEST_CASE("write_all_previews: takes an empty folder, replaces its own pages, and leaves every other folder alone") {
    const TemporaryFolder folder;
    const auto settings = EnglishTemplates::contactable();
    fs::create_directories(folder / "mine");
    CHECK(refusal(settings, folder / "mine").empty());
    std::ofstream(folder / "mine/mails/old.html") << "old";
    CHECK(refusal(settings, folder / "mine").empty());
    CHECK_FALSE(fs::exists(folder / "mine/mails/old.html"));
    fs::create_directories(folder / "other/mails");
    std::ofstream(folder / "other/index.html") << "<html>";
    CHECK(refusal(settings, folder / "other") == "folder_in_use");
    CHECK(refusal(settings, folder / "other/index.html") == "folder_in_use");
    CHECK(read_file(folder / "other/index.html") == "<html>");
}

TEST_CASE("write_all_previews: templates that are refused are told, every finding, and the earlier pages stay") {
    const TemporaryFolder folder;
    const EnglishTemplates templates;
    REQUIRE(refusal(templates.settings(), folder / "all").empty());
    const auto pages = [&] { return std::distance(fs::recursive_directory_iterator(folder / "all"), {}); };
    const auto index = read_file(folder / "all/index.html");
    const auto before = pages();
    templates.write("en/receipt.md", "Subject: a\n\n{{nothing}} {{naught}}\n");
    const auto settings = templates.settings();
    const auto count =
        write_all_previews(settings, settings.units.begin()->second, {folder / "all", Kind::receipt, {}}, preview_now);
    REQUIRE_FALSE(count);
    CHECK(count.error().size() == 2);
    CHECK(pages() == before);
    CHECK(read_file(folder / "all/index.html") == index);
}

TEST_CASE("index_page: of scripts only its own may run, and what is data is escaped") {
    PreviewIndex index;
    index.unit = "<Avisen>";
    index.rows.push_back({find_situation(Kind::welcome, ""), "subscriber / subscription", true, {}, {}});
    index.rows[0].cells.push_back(
        {Locale::da, Locale::da, "mails/a.html", "mails/a.eml", "Hej \"<b>\"", "A & B", "c@d.example", "<p>\"</p>", 2, 1});
    const auto page = index_page(index);
    const auto begin = page.find("<script>") + 8;
    const auto script = page.substr(begin, page.find("</script>") - begin);
    const auto digest = sha256(script);
    CHECK(
        contains(page, "; script-src 'sha256-" + base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) + "'\">"));
    CHECK(count_of(page, "<script") == 1);
    CHECK(contains(page, "<title>All mails of &lt;Avisen&gt;</title>"));
    CHECK(contains(page,
                   "<span class=\"subject\" lang=\"da\">Hej &quot;&lt;b&gt;&quot;</span><span class=\"soft\">A &amp; B</span>"));
    CHECK(contains(page, "2 warnings</span>"));
    CHECK(contains(page, "1 remark</span>"));
    CHECK(contains(page, "loading=\"lazy\" tabindex=\"-1\" srcdoc=\"&lt;p&gt;&quot;&lt;/p&gt;\""));
    CHECK_FALSE(contains(page, "<Avisen>"));
}
