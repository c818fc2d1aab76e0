// How wide mails are where they are read: measured in Chromium, which says what no calculation could.
#include <catch2/catch.hpp>

#include <iostream>

#include "ilbud/render/escape.hpp"
#include "support/golden_cases.hpp"
#include "support/oracle.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* browser = "/usr/bin/chromium";
constexpr int phone = 375;  // CSS pixels: what most phones have at least

// Whatever an event or a setting can say at length.
void lengthen(Case& sample, Settings& settings, const std::string& word) {
    sample.event.subscriber.id = sample.event.subscriber.name = sample.mail.to_name = word;
    if (auto* sign_up = std::get_if<SignUp>(&sample.event.data)) {
        for (Subscription& each : sign_up->subscriptions) each = {word, word, word, each.starts_at};
        sign_up->confirmation_url = "https://a.example/" + word;
    } else if (auto* ending = std::get_if<Ending>(&sample.event.data)) {
        ending->subscription.id = ending->subscription.product = ending->subscription.campaign = word;
    } else if (auto* charge = std::get_if<Charge>(&sample.event.data)) {
        charge->card_brand = charge->invoice_number = word;
        if (!charge->period_dates) charge->period = word;
        for (InvoiceLine& line : charge->lines) line.text = word;
    } else if (auto* invoice = std::get_if<Invoice>(&sample.event.data)) {
        invoice->number = word;
        for (InvoiceLine& line : invoice->lines) line.text = word;
    } else if (auto* notice = std::get_if<AccountNotice>(&sample.event.data)) {
        notice->subject = word + ".example";
        for (AccountNotice::Fact& fact : notice->facts)
            if (fact.name == "signed_by") fact.value = word + ".example";
        notice->facts.push_back({word, word});
        for (std::string& record : notice->records) record += word;
    }
    if (auto unit = settings.units.find("avis"); unit != settings.units.end()) {
        unit->second.name = word;
        unit->second.invoice_email = word + "@" + word + ".example";
    }
    CustomerService& service = service_of(settings);
    service.name = word;
    service.support_email = word + "@" + word + ".example";
    for (auto& [locale, message] : service.welcome_message)
        message = "# " + word + "\n\n" + word + "\n\n- " + word + "\n\n> " + word + "\n";
}

// The widths of pages in frames as wide as a phone, in their order.
std::vector<int> widths(const std::vector<std::string>& pages) {
    std::string html = "<!DOCTYPE html><html><body>";
    for (const std::string& page : pages)
        html += "<iframe width=\"" + std::to_string(phone) + "\" height=\"300\" style=\"border:0\" srcdoc=\"" +
                escaped(page, Escape::html) + "\"></iframe>\n";
    html +=
        "<pre id=\"w\"></pre><script>window.onload = () => { document.getElementById('w').textContent = 'wi' + 'dths:' + "
        "[...document.querySelectorAll('iframe')].map(f => { const w = f.contentDocument.documentElement.scrollWidth; "
        "f.remove(); return w; })"
        ".join(' ') + ':end'; };</script></body></html>";
    const TemporaryFolder folder;
    write(folder.path() / "all.html", html);
    const Run result = run(
        "timeout 120 " + std::string(browser) + " --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir=" +
        (folder.path() / "profile").string() + " --dump-dom file://" + (folder.path() / "all.html").string() + " 2>/dev/null");
    std::vector<int> out;
    const auto begin = result.output.rfind("widths:"), end = result.output.rfind(":end");
    REQUIRE(begin != std::string::npos);
    REQUIRE(end != std::string::npos);
    std::istringstream numbers(result.output.substr(begin + 7, end - begin - 7));
    for (int width = 0; numbers >> width;) out.push_back(width);
    return out;
}

}  // namespace

TEST_CASE("layout: no mail is wider than a phone, whatever long words its data and settings have") {
    if (!fs::exists(browser)) {
        std::cout << "skipped: chromium is absent\n";
        return;
    }
    std::vector<std::string> names, pages;
    const auto take = [&](std::string name, Case sample, Settings settings, const std::string& word) {
        lengthen(sample, settings, word);
        pages.push_back(must_render(sample, settings, templates_of(settings)).html);
        names.push_back(std::move(name) + ' ' + word);
    };
    const std::string sixty = "Nordjyllands" + std::string(48, 'm');
    for (const auto word : words<Locale>) {
        const Locale locale = *from_word<Locale>(word);
        for (const Golden& golden : GoldenCases(locale).all)
            take(std::string(word) + ' ' + golden.name, golden.sample, golden.settings, sixty);
        for (const auto cause : words<NoticeCause>)
            take(std::string(word) + " notice_" + std::string(cause), sample_notice(*from_word<NoticeCause>(cause), locale),
                 publisher(), sixty);
    }
    // Of the widest letter, as many as just fit, or just do not, beside others in a table.
    for (const std::size_t length : {7U, 9U, 11U, 14U, 18U, 25U})
        for (const Golden& golden : GoldenCases(Locale::de).all)
            if (golden.html) take("de " + golden.name, golden.sample, golden.settings, std::string(length, 'W'));
    // Without what breaks the words a mail is too wide: so the measure measures.
    std::string unbroken = pages.front();
    constexpr std::string_view breaks = "word-break:break-word";
    for (auto at = unbroken.find(breaks); at != std::string::npos; at = unbroken.find(breaks)) unbroken.erase(at, breaks.size());
    pages.push_back(unbroken);
    const auto found = widths(pages);
    REQUIRE(found.size() == pages.size());
    CHECK(found.back() > phone);
    for (std::size_t i = 0; i < names.size(); ++i) {
        INFO(names[i]);
        CHECK(found[i] <= phone);
    }
}
