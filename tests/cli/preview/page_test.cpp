#include "cli/preview/page.hpp"

#include "cli/output.hpp"
#include "cli/preview/html.hpp"
#include "support/preview_case.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

PreviewSheet sheet_of(Kind kind, const std::string& situation = {}) {
    return must_sheet(must_sample(EnglishTemplates::contactable(), kind, situation));
}

}  // namespace

TEST_CASE("preview_page: shows the mail at two widths, light and dark, each in a sandbox without scripts") {
    const auto page = preview_page(sheet_of(Kind::welcome));
    CHECK(count_of(page, "<iframe ") == 4);
    CHECK(count_of(page, "<iframe sandbox title=\"") == 4);
    CHECK_FALSE(contains(page, "allow-"));
    CHECK(count_of(page, " class=\"light\" srcdoc=") == 2);
    CHECK(count_of(page, " class=\"dark\" srcdoc=") == 2);
    CHECK(contains(page, "<figure class=\"phone\"><figcaption>Phone, 375 px, dark</figcaption>"));
}

TEST_CASE("preview_page: may load nothing and run nothing, and needs nothing from elsewhere") {
    const auto page = preview_page(sheet_of(Kind::invoice));
    CHECK(contains(page,
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
                   "img-src data:; form-action "
                   "'none'; base-uri 'none'\">"));
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "<link"));
    CHECK_FALSE(contains(page, "@import"));
}

TEST_CASE("preview_page: tells sender, recipient, subject, preheader, size, text, header and event") {
    auto sheet = sheet_of(Kind::invoice);
    sheet.unsigned_because = "no keys here";
    const auto page = preview_page(sheet, "../index.html");
    const auto has = [&](const std::string& text) {
        INFO(text);
        CHECK(contains(page, text));
    };
    has("<a href=\"../index.html\">All mails</a>");
    has("<h1 lang=\"da\">" + html_safe(sheet.content.subject) + "</h1>");
    has("<p>" + html_safe(sheet.content.preheader) + "</p>");
    has("<dt>From</dt><dd>Morgenposten &lt;faktura@morgenposten.example&gt;</dd>");
    has("<dt>To</dt><dd>Birgitte Ågesen &lt;birgitte@example.com&gt;</dd>");
    has("<dt>Wording</dt><dd>subscriber / subscription</dd>");
    has(size_text(sheet.message.bytes().size()) + " in all; HTML " + size_text(sheet.content.html.size()));
    has(html_safe(sheet.content.text) + "</pre>");
    has("<td>Auto-Submitted</td><td><code> auto-generated</code>");
    has("Without DKIM-Signature: no keys here");
    has("&quot;type&quot;:&quot;invoice.issued&quot;");
    has("Nothing to remark.");
}

TEST_CASE("preview_page: lists the findings, and escapes what is data") {
    auto sheet = sheet_of(Kind::welcome);
    sheet.findings = {{true, "no_preheader", "<b>One</b>"}, {false, "long_subject", "Two"}};
    sheet.content.subject = "<script>alert(1)</script>";
    sheet.content.text = "</pre><script>alert(2)</script>\n";
    sheet.content.html = "<html><head></head><p title=\"'\">\"</p><script>alert(3)</script></html>";
    sheet.shown.mail.from_name = "\"><script>";
    const auto page = preview_page(sheet);
    CHECK(contains(page, "<li class=\"warning\" data-code=\"no_preheader\"><b>Warning.</b> &lt;b&gt;One&lt;/b&gt;</li>"));
    CHECK(contains(page, "<li class=\"remark\" data-code=\"long_subject\">Two</li>"));
    CHECK_FALSE(contains(page, "<script"));
}

TEST_CASE("mail_frame: what the mail's HTML says stays in its attribute, and its links stay inert") {
    const auto frame = mail_frame("<html><head><title>a</title></head>\n\"'&<></html>", Appearance::light, "A \"mail\"");
    CHECK(frame ==
          "<iframe sandbox title=\"A &quot;mail&quot;\" class=\"light\" srcdoc=\"&lt;html&gt;&lt;head&gt;&lt;base "
          "target=&quot;_blank&quot;&gt;&lt;title&gt;a"
          "&lt;/title&gt;&lt;/head&gt;\n&quot;&#39;&amp;&lt;&gt;&lt;/html&gt;\"></iframe>");
}

TEST_CASE("refusal_page: lists what is wrong with the templates, with its place") {
    const auto page = refusal_page("The templates are refused", {{"unknown_tag", "da/welcome.md:3:1", "<x> is unknown"}});
    CHECK(contains(page, "<li class=\"warning\" data-code=\"unknown_tag\"><b>da/welcome.md:3:1</b> &lt;x&gt; is unknown</li>"));
}

TEST_CASE("size_text, counted: read as people write them") {
    CHECK(size_text(612) == "612 bytes");
    CHECK(size_text(9626) == "9.4 KB");
    CHECK(counted(1, "warning") == "1 warning");
    CHECK(counted(3, "remark") == "3 remarks");
}
