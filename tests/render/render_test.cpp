#include "ilbud/render/render.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "ilbud/render/escape.hpp"
#include "support/mail_world.hpp"
#include "support/naughty.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;
namespace fs = std::filesystem;

namespace {

bool has(const std::string& text, std::string_view what) {
    return text.find(what) != std::string::npos;
}
// As one line: wrapping is no matter here.
std::string one_line(std::string text) {
    for (char& byte : text)
        if (byte == '\n') byte = ' ';
    return text;
}
std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

const TemplateSet& shipped() {
    static const TemplateSet set = *load_templates(publisher());
    return set;
}
Content rendered(const Case& sample) {
    static const Settings settings = publisher();
    return must_render(sample, settings, shipped());
}

// Every member of the event that is a text for people, set to `value`.
Case filled(Kind kind, const std::string& value) {
    Case sample = sample_case(kind);
    sample.event.subscriber.id = value;
    sample.event.subscriber.name = value;
    sample.mail.to_name = value;
    if (auto* sign_up = std::get_if<SignUp>(&sample.event.data)) {
        sign_up->subscriptions = {{value, value, value, at("2025-07-01T00:00:00Z")}, {value, value + "2", value, {}}};
        sign_up->confirmation_url = "https://a.example/" + value;
    } else if (auto* ending = std::get_if<Ending>(&sample.event.data)) {
        ending->subscription = {value, value, value, {}};
        ending->refund_due = 100;
    } else if (auto* charge = std::get_if<Charge>(&sample.event.data)) {
        charge->card_brand = charge->card_last4 = charge->invoice_number = charge->period = value;
        charge->lines = {{value, 1, 100, value}};
    } else if (auto* invoice = std::get_if<Invoice>(&sample.event.data)) {
        invoice->number = value;
        invoice->lines = {{value, 2, 100, value}};
        invoice->payment_url = "https://a.example/" + value;
    } else if (auto* notice = std::get_if<AccountNotice>(&sample.event.data)) {
        notice->account = notice->subject = value;
        notice->facts = {{"signed_by", value}, {value, value}};
        notice->records = {value, "~~~", value};
    }
    return sample;
}

std::string without(std::string text, std::string_view what) {
    for (auto at = text.find(what); !what.empty() && at != std::string::npos; at = text.find(what)) text.erase(at, what.size());
    return text;
}

}  // namespace

TEST_CASE("R8: a confirmation request names product and link, says whom it is not for, and gives no login hint yet") {
    const Content content = rendered(sample_case(Kind::confirmation));
    CHECK(has(content.text, "https://morgenposten.example/bekraeft?token=7f3a_91c-QZ&lang=da"));
    CHECK(has(content.html, "href=\"https://morgenposten.example/bekraeft?token=7f3a_91c-QZ&amp;lang=da\""));
    CHECK(has(content.text, "Morgenposten"));
    CHECK(has(content.text, "Var det ikke dig"));
    CHECK(has(content.text, "Abonnent-ID: 104711"));
    CHECK_FALSE(has(content.text, "Log ind med"));
    CHECK_FALSE(has(content.html, "Log ind med"));
}

TEST_CASE("R9: a start date that lies ahead is named, one that has come is not") {
    Case sample = sample_case(Kind::welcome);
    data_of<SignUp>(sample).subscriptions[0].starts_at = at("2025-06-03T00:00:00+02:00");
    CHECK(has(rendered(sample).text, "Abonnementet begynder den 3.\u00a0juni 2025."));
    data_of<SignUp>(sample).subscriptions[0].starts_at = at("2025-06-02T23:59:00+02:00");
    CHECK_FALSE(has(rendered(sample).text, "begynder"));
}

TEST_CASE("R10: the payer of a gift is thanked for it, not welcomed as a subscriber") {
    Case sample = sample_case(Kind::welcome);
    sample.event.payer = Payer{"Bo Holm", "bo@example.org"};
    sample.mail.to = "bo@example.org";
    sample.mail.to_name = "Bo Holm";
    data_of<SignUp>(sample).gift = true;
    const Content content = rendered(sample);
    CHECK(content.subject == "Din gave: abonnement på Morgenposten");
    CHECK(has(content.text, "gave til Karen Holm"));
}

TEST_CASE("R10: who gives a subscription gets thanks, and not the welcome message, which speaks to a subscriber") {
    Settings settings = publisher();
    service_of(settings).welcome_message[Locale::da] = "# Velkommen om bord, {{subscriber.name}}\n\nVi glæder os.\n";
    Case sample = sample_case(Kind::welcome);
    sample.event.payer = Payer{"Bo Holm", "bo@example.org"};
    data_of<SignUp>(sample).gift = true;
    // The recipient's own mail, where a form sends one.
    CHECK(has(must_render(sample, settings).text, "Velkommen om bord"));
    sample.mail.to = "bo@example.org";
    sample.mail.to_name = "Bo Holm";
    const Content content = must_render(sample, settings);
    for (const std::string* part : {&content.html, &content.text}) {
        CHECK_FALSE(has(*part, "Velkommen om bord"));
        CHECK_FALSE(has(*part, "Vi glæder os"));
        CHECK(has(*part, "Tak for din bestilling"));
        CHECK(has(*part, "Hej Bo Holm"));
        CHECK(has(*part, "Venlig hilsen"));
    }
    // Who pays without giving is not asked to go without it.
    data_of<SignUp>(sample).gift = false;
    CHECK(has(must_render(sample, settings).text, "Velkommen om bord"));
}

TEST_CASE("R11: to who pays, gives or gets a copy the note says whose ID it is and offers no login") {
    const auto note = [](Case sample, Locale locale) {
        sample.mail.locale = locale;
        const std::string text = rendered(sample).text;
        return one_line(text.substr(text.rfind("-----")));
    };
    Case sample = sample_case(Kind::welcome);
    sample.event.payer = Payer{"Bo Holm", "bo@example.org"};
    sample.mail.to = "bo@example.org";
    for (const bool gift : {false, true}) {
        data_of<SignUp>(sample).gift = gift;
        CHECK(has(note(sample, Locale::da), "Abonnent-ID for Karen Holm: 104711"));
        CHECK(has(note(sample, Locale::nb), "Kundenummer for Karen Holm: 104711"));
        CHECK(has(note(sample, Locale::sv), "Kundnummer för Karen Holm: 104711"));
        CHECK(has(note(sample, Locale::en), "Subscriber ID for Karen Holm: 104711"));
        CHECK(has(note(sample, Locale::de), "Kundennummer von Karen Holm: 104711"));
        CHECK_FALSE(has(note(sample, Locale::da), "Log ind"));
    }
    sample.event.subscriber.name.clear();
    CHECK(has(note(sample, Locale::da), "Abonnent-ID for abonnenten: 104711"));
    CHECK(has(note(sample, Locale::de), "Kundennummer der Abonnentin oder des Abonnenten: 104711"));
    Case copy = sample_case(Kind::invoice);
    copy.mail.copy = true;
    CHECK(has(note(copy, Locale::en), "Subscriber ID for Karen Holm: 104711"));
    CHECK(has(note(sample_case(Kind::invoice), Locale::en), "Subscriber ID: 104711"));
}

TEST_CASE("R11, R12: the note speaks of several subscriptions where the mail is about several") {
    const auto note = [](const Case& sample) {
        const std::string text = rendered(sample).text;
        return one_line(text.substr(text.rfind("-----")));
    };
    Case sample = sample_case(Kind::welcome);
    CHECK(has(note(sample), "administrere dit abonnement."));
    data_of<SignUp>(sample).subscriptions.push_back({"2202", "Weekend", "", {}});
    CHECK(has(note(sample), "administrere dine abonnementer."));
    Case invoice = sample_case(Kind::invoice);
    data_of<Invoice>(invoice).lines = {{"Avis", 1, 100, "1"}, {"Porto", 1, 100, ""}, {"Mere avis", 1, 100, "1"}};
    CHECK(has(note(invoice), "administrere dit abonnement."));
    data_of<Invoice>(invoice).lines.push_back({"Blad", 1, 100, "2"});
    CHECK(has(note(invoice), "administrere dine abonnementer."));
}

TEST_CASE("R11: the welcome message comes first and the automatic note last, in both parts") {
    Settings settings = publisher();
    service_of(settings).welcome_message[Locale::da] = "# Velkommen om bord, {{subscriber.name}}\n\nVi glæder os.\n";
    const Case sample = sample_case(Kind::welcome);
    const Content content = must_render(sample, settings);
    for (const std::string* part : {&content.html, &content.text}) {
        const auto message = part->find("Velkommen om bord, Karen Holm"), body = part->find("2201"), note = part->find("104711");
        REQUIRE(note != std::string::npos);
        CHECK(message < body);
        CHECK(body < note);
    }
    CHECK(carries_note(content, sample.event, service_of(settings)));
}

TEST_CASE("R11: a message that leaves Markdown open cannot swallow the note") {
    for (const char* message : {"```\nopen fence", "> quote", "- item\n    - item", "<!-- open", "[open](https://a.example",
                                "**open", "| a |\n|---|\n| b"}) {
        Settings settings = publisher();
        service_of(settings).welcome_message[Locale::da] = message;
        auto templates = load_templates(settings);
        if (!templates) continue;  // refused at load, which is as good
        const Content content = must_render(sample_case(Kind::welcome), settings, *templates);
        INFO(message);
        CHECK(carries_note(content, sample_case(Kind::welcome).event, service_of(settings)));
        CHECK(has(content.html, "<strong>Abonnent-ID: 104711</strong>"));
    }
}

TEST_CASE("R11: a unit's own HTML and text parts cannot leave the note out") {
    TemporaryFolder folder;
    fs::copy(fs::path(ILBUD_SOURCE_DIR) / "templates", folder / "t", fs::copy_options::recursive);
    Settings settings = publisher();
    settings.platform.templates = folder / "t";
    fs::create_directories(folder / "t/units/avis/da/partials");
    std::ofstream(folder / "t/units/avis/da/welcome.html")
        << "<p title=\"{{subscriber.name}}\">Eget {{product}}</p>\n{{> own}}\n";
    std::ofstream(folder / "t/units/avis/da/partials/own.html") << "<b>{{unit.name}}</b>\n";
    std::ofstream(folder / "t/units/avis/da/welcome.txt") << "Egen tekst: {{product}}\n";
    Case sample = sample_case(Kind::welcome);
    sample.event.subscriber.name = "<\"Karen\">";
    const Content content = must_render(sample, settings);
    CHECK(has(content.html, "<p title=\"&lt;&quot;Karen&quot;&gt;\">Eget Morgenposten</p>\n<b>Morgenposten</b>"));
    CHECK(content.text.starts_with("Egen tekst: Morgenposten\n\n-----\n\nAbonnent-ID: 104711\n"));
    CHECK(carries_note(content, sample.event, service_of(settings)));
}

TEST_CASE("carries_note: notices what is missing") {
    const Case sample = sample_case(Kind::welcome);
    Settings settings = publisher();
    Content content = rendered(sample);
    CHECK(carries_note(content, sample.event, service_of(settings)));
    Content bare = content;
    bare.text = without(bare.text, "104711");
    CHECK_FALSE(carries_note(bare, sample.event, service_of(settings)));
    bare = content;
    bare.html = without(bare.html, "https://morgenposten.example/min-side");
    CHECK_FALSE(carries_note(bare, sample.event, service_of(settings)));
}

TEST_CASE("R12: an order with several subscriptions makes one mail that lists them, and many are counted in the subject") {
    Case sample = sample_case(Kind::welcome);
    auto& all = data_of<SignUp>(sample).subscriptions;
    all = {{"1", "Avis", "", {}}, {"2", "Blad", "", {}}};
    CHECK(rendered(sample).subject == "Velkommen som abonnent på Avis og Blad");
    all.push_back({"3", "Avis", "", {}});
    CHECK(rendered(sample).subject == "Velkommen som abonnent på Avis og Blad");
    for (int i = 4; i < 30; ++i) all.push_back({std::to_string(i), "Titel " + std::to_string(i), "", {}});
    const Content content = rendered(sample);
    CHECK(content.subject == "Velkommen som abonnent på Avis og 27 andre");
    for (int i = 4; i < 30; ++i) CHECK(has(content.text, "Titel " + std::to_string(i)));
}

TEST_CASE("R13: e-mail is offered as login only if it is enabled and unique") {
    Settings settings = publisher();
    Case sample = sample_case(Kind::welcome);
    const auto hint = [&] {
        const std::string text = one_line(must_render(sample, settings).text);
        const auto found = text.find("Log ind");
        return found == std::string::npos ? std::string() : text.substr(found, text.find('.', found) - found);
    };
    CHECK(hint() == "Log ind med dit abonnent-ID eller din e-mailadresse");
    sample.event.subscriber.email_unique = false;
    CHECK(hint() == "Log ind med dit abonnent-ID");
    service_of(settings).login = {Login::email};
    CHECK(hint().empty());
    sample.event.subscriber.email_unique = true;
    CHECK(hint() == "Log ind med din e-mailadresse");
    service_of(settings).login = {Login::number};
    CHECK(hint() == "Log ind med dit abonnent-ID");
}

TEST_CASE("R15: the text follows the situation, in order, and a debt excludes a refund") {
    Case sample = sample_case(Kind::stopped);
    auto& ending = data_of<Ending>(sample);
    const auto text = [&] { return one_line(rendered(sample).text); };
    CHECK_FALSE(has(text(), "faktura på beløbet"));
    CHECK_FALSE(has(text(), "til gode"));
    ending.delivered_unpaid = 100;
    ending.refund_due = 200;
    ending.other_open_invoices = 1;
    const std::string all = text();
    CHECK(has(all, "Du får en faktura på beløbet, medmindre du allerede har modtaget den."));
    CHECK(has(all, "desuden en anden faktura"));
    CHECK(has(all, "Du finder dine fakturaer i selvbetjeningen"));
    CHECK_FALSE(has(all, "til gode"));
    CHECK(all.find("blev stoppet") < all.find("faktura på beløbet"));
    CHECK(all.find("faktura på beløbet") < all.find("en anden faktura"));
    CHECK(all.find("en anden faktura") < all.find("Du finder dine"));
    ending.delivered_unpaid = 0;
    const std::string refund = text();
    CHECK(has(refund, "registrerings- og kontonummer til kundeservice@morgenposten.example"));
    CHECK(refund.find("Du finder dine") < refund.find("til gode"));
}

TEST_CASE("R15: amounts under the triviality limit raise neither a debt nor a refund") {
    Settings settings = publisher();
    unit_of(settings).triviality_limit = 500;
    Case sample = sample_case(Kind::stopped);
    auto& ending = data_of<Ending>(sample);
    ending.delivered_unpaid = 499;
    ending.refund_due = 499;
    const std::string under = one_line(must_render(sample, settings).text);
    CHECK_FALSE(has(under, "faktura på beløbet"));
    CHECK_FALSE(has(under, "til gode"));
    ending.refund_due = 500;
    CHECK(has(one_line(must_render(sample, settings).text), "Du har 5,00\u00a0kr. til gode"));
    ending.delivered_unpaid = 500;
    CHECK(has(one_line(must_render(sample, settings).text), "Du har fået leveret for 5,00\u00a0kr."));
}

TEST_CASE("R16: days remaining are calendar days in the unit's time zone") {
    Case sample = sample_case(Kind::cancelled);
    sample.mail.planned_at = at("2025-06-02T21:59:00Z");  // 23:59 in Copenhagen
    auto& ending = data_of<Ending>(sample);
    const auto text = [&] { return one_line(rendered(sample).text); };
    ending.ends_at = at("2025-06-02T22:30:00Z");
    CHECK(has(text(), "Der er 1 dag tilbage."));
    ending.ends_at = at("2025-06-02T21:59:30Z");
    CHECK(has(text(), "slutter i dag, den 2.\u00a0juni 2025."));
    ending.ends_at = at("2025-06-30T10:00:00Z");
    CHECK(has(text(), "Der er 28 dage tilbage."));
    ending.ends_at = at("2025-05-30T10:00:00Z");
    CHECK(has(text(), "Det sluttede den 30.\u00a0maj 2025."));
}

TEST_CASE("R21: an invoice says amount, due date, lines and how to pay") {
    const Content content = rendered(sample_case(Kind::invoice));
    for (const char* what : {"20250031", "1.250,00\u00a0kr.", "16.\u00a0juni 2025", "Weekendavisen", "250,00\u00a0kr."}) {
        CHECK(has(content.text, what));
        CHECK(has(content.html, what));
    }
    CHECK(has(content.text, "Betal fakturaen:\nhttps://betal.example/i/20250031?s=a_b\n"));
}

TEST_CASE("R37: a credit is never called paid or due, whatever is open of it") {
    Case sample = sample_case(Kind::invoice, Locale::en);
    auto& invoice = data_of<Invoice>(sample);
    invoice.lines.clear();
    invoice.total = -50000;
    invoice.vat = 0;
    for (const std::optional<Amount> open : {std::optional<Amount>(), std::optional<Amount>(0), std::optional<Amount>(-50000),
                                             std::optional<Amount>(-100), std::optional<Amount>(700)}) {
        invoice.open_amount = open;
        const Content content = rendered(sample);
        INFO(open.value_or(1));
        CHECK(content.subject == "Credit note 20250031 from Morgenposten");
        for (const std::string& part : {content.preheader, one_line(content.text), content.html}) {
            CHECK(has(part, "nothing to pay"));
            for (const char* wrong : {"has been paid", "due", "Due", "Remaining", "Amount due", "nvoice 2025", "Pay the"})
                CHECK_FALSE(has(part, wrong));
        }
        CHECK(has(content.text, "Credit note number"));
        // What is left of it, and nothing where it is paid out or set off already.
        CHECK(has(content.text, "You have ") == (open.value_or(-50000) < 0));
    }
    invoice.open_amount = -12300;
    CHECK(has(one_line(rendered(sample).text), "You have DKK\u00a0123.00 in credit"));
}

TEST_CASE("R37: zero needs no payment, and open is remaining only between zero and the total") {
    Case sample = sample_case(Kind::invoice, Locale::en);
    auto& invoice = data_of<Invoice>(sample);
    const auto text = [&](Amount total, std::optional<Amount> open) {
        invoice.total = total;
        invoice.open_amount = open;
        return one_line(rendered(sample).text);
    };
    for (const std::optional<Amount> open : {std::optional<Amount>(), std::optional<Amount>(0), std::optional<Amount>(500)}) {
        const std::string nothing = text(0, open);
        CHECK(has(nothing, "There is nothing to pay."));
        for (const char* wrong : {"has been paid", "Amount due", "Remaining", "Pay the invoice", "in credit"})
            CHECK_FALSE(has(nothing, wrong));
    }
    CHECK(has(text(0, -500), "You have DKK\u00a05.00 in credit"));
    CHECK(has(text(10000, 0), "The invoice has been paid."));
    CHECK(has(text(10000, 1), "Remaining to pay"));
    CHECK(has(text(10000, 9999), "Remaining to pay"));
    CHECK_FALSE(has(text(10000, {}), "Remaining"));
    CHECK_FALSE(has(text(10000, 10000), "Remaining"));
    // More than the total: what is to be paid, and not a rest of it.
    CHECK(has(text(10000, 12000), "Amount due"));
    CHECK(has(text(10000, 12000), "DKK\u00a0120.00"));
    CHECK_FALSE(has(text(10000, 12000), "Remaining"));
    CHECK(has(text(10000, -2000), "You have DKK\u00a020.00 in credit"));
    CHECK_FALSE(has(text(10000, -2000), "has been paid"));
}

TEST_CASE("render: no two full stops stand side by side where a name or an amount ends in one") {
    Settings settings = publisher();
    unit_of(settings).name = "Example Ltd.";
    service_of(settings).name = "Service Inc.";
    for (const auto kind : subscriber_kinds)
        for (const auto locale : {Locale::da, Locale::nb, Locale::sv, Locale::en, Locale::de}) {
            Case sample = filled(kind, "Holm Jr.");
            sample.mail.locale = locale;
            if (auto* sign_up = std::get_if<SignUp>(&sample.event.data)) sign_up->confirmation_url = "https://a.example/x.";
            const Content content = must_render(sample, settings);
            INFO(content.subject << content.text);
            for (const std::string& part : {content.subject, content.preheader, content.text, content.html}) {
                CHECK_FALSE(has(part, ".."));
                CHECK_FALSE(has(part, ".</strong>."));
                CHECK_FALSE(has(part, ".</a>."));
                CHECK_FALSE(has(part, "\uFDD0"));
            }
            // An address keeps its own.
            if (kind == Kind::confirmation) CHECK(has(content.html, "href=\"https://a.example/x.\""));
        }
}

TEST_CASE("render: no full stop stands behind a name that ends in another mark, and no mark shouts") {
    Settings settings = publisher();
    for (const std::string name : {"Wow Inc!", "Hvem?", "Mer \u2026"}) {
        unit_of(settings).name = name;
        for (const auto kind : subscriber_kinds)
            for (const auto locale : {Locale::da, Locale::nb, Locale::sv, Locale::en, Locale::de}) {
                Case sample = filled(kind, name.c_str());
                sample.mail.locale = locale;
                const Content content = must_render(sample, settings);
                INFO(content.text);
                for (const std::string& part : {content.subject, content.preheader, content.text, content.html})
                    for (const char* twice : {"!.", "?.", "\u2026.", "!!", "?!"}) CHECK_FALSE(has(part, twice));
            }
    }
}

TEST_CASE("render: the full stop of a template stays where a value ends in none, and an ellipsis always") {
    Settings settings = publisher();
    const auto said = [&](const char* message, const char* name) {
        service_of(settings).welcome_message[Locale::da] = message;
        Case sample = sample_case(Kind::welcome);
        sample.event.subscriber.name = name;
        const Content content = must_render(sample, settings);
        return content.text.substr(0, content.text.find('\n')) + '|' +
               without(content.html.substr(0, content.html.find("</p>")), "</em>");
    };
    const auto twice = [](const std::string& both, const std::string& text) {
        return both.starts_with(text + '|') && both.ends_with(text);
    };
    CHECK(twice(said("Hej {{subscriber.name}}.", "Bo"), "Hej Bo."));
    CHECK(twice(said("Hej {{subscriber.name}}.", "Bo jr."), "Hej Bo jr."));
    CHECK(has(said("Hej `{{subscriber.name}}`. Godt.", "Bo jr."), "Hej Bo jr. Godt."));
    CHECK(twice(said("Hej {{subscriber.name}}...", "Bo jr."), "Hej Bo jr...."));
    CHECK(twice(said("Hej {{subscriber.name}}, hej.", "Bo jr."), "Hej Bo jr., hej."));
    CHECK(twice(said("{{#subscriber.name}}Hej {{subscriber.name}}{{/subscriber.name}}. Godt.", "Bo jr."), "Hej Bo jr. Godt."));
}

TEST_CASE("render: an address with other letters than those of the DNS is shown as people write it, and linked as programs do") {
    Settings settings = publisher();
    service_of(settings).support_email = "hjælp@xn--blavis-jua.example";
    service_of(settings).self_service_url.clear();
    const Case sample = sample_case(Kind::welcome);
    const Content content = must_render(sample, settings);
    CHECK(has(content.text, "hjælp@blåavis.example"));
    CHECK_FALSE(has(content.text, "xn--"));
    CHECK(has(content.html, "href=\"mailto:hjælp@xn--blavis-jua.example\""));
    CHECK(has(content.html, ">hjælp@blåavis.example</a>"));
    CHECK_FALSE(has(content.html, ">hjælp@xn--"));
    CHECK(carries_note(content, sample.event, service_of(settings)));
    Case notice = sample_notice(NoticeCause::domain_broken, Locale::da);
    data_of<AccountNotice>(notice).subject = "xn--blavis-jua.example";
    CHECK(has(must_render(notice, settings).subject, "blåavis.example"));
}

TEST_CASE("R24: an invoice lists all its lines") {
    Case sample = sample_case(Kind::invoice);
    auto& lines = data_of<Invoice>(sample).lines;
    lines.clear();
    for (int i = 0; i < 200; ++i) lines.push_back({"Produkt nr. " + std::to_string(i) + ".", 1, 100, ""});
    const Content content = rendered(sample);
    CHECK(count(content.text, "Produkt nr. ") == 200);
    CHECK(count(content.html, "Produkt nr. ") == 200);
}

TEST_CASE("render: subjects are those of DOMAIN section 8, in both languages and all words") {
    const auto subject = [](Kind kind, Locale locale, CustomerTerm customer, RelationTerm relation) {
        Settings settings = publisher();
        settings.accounts["forlag"].customer_term = customer;
        settings.accounts["forlag"].relation_term = relation;
        return must_render(sample_case(kind, locale), settings).subject;
    };
    constexpr auto subscriber = CustomerTerm::subscriber;
    constexpr auto member = CustomerTerm::member;
    constexpr auto subscription = RelationTerm::subscription;
    constexpr auto membership = RelationTerm::membership;
    CHECK(subject(Kind::confirmation, Locale::da, subscriber, subscription) == "Bekræft dit abonnement på Morgenposten");
    CHECK(subject(Kind::confirmation, Locale::da, member, membership) == "Bekræft dit medlemskab af Morgenposten");
    CHECK(subject(Kind::confirmation, Locale::en, subscriber, subscription) == "Confirm your subscription to Morgenposten");
    CHECK(subject(Kind::confirmation, Locale::en, member, membership) == "Confirm your membership of Morgenposten");
    CHECK(subject(Kind::welcome, Locale::da, subscriber, subscription) == "Velkommen som abonnent på Morgenposten");
    CHECK(subject(Kind::welcome, Locale::da, member, membership) == "Velkommen som medlem af Morgenposten");
    CHECK(subject(Kind::welcome, Locale::da, CustomerTerm::customer, subscription) == "Velkommen som kunde hos Morgenposten");
    CHECK(subject(Kind::welcome, Locale::en, member, membership) == "Welcome to Morgenposten");
    CHECK(subject(Kind::cancelled, Locale::da, subscriber, subscription) ==
          "Bekræftelse på opsigelse af dit abonnement på Morgenposten");
    CHECK(subject(Kind::cancelled, Locale::da, member, membership) ==
          "Bekræftelse på opsigelse af dit medlemskab af Morgenposten");
    CHECK(subject(Kind::cancelled, Locale::en, subscriber, subscription) == "Cancellation confirmation: Morgenposten");
    CHECK(subject(Kind::stopped, Locale::da, subscriber, subscription) == "Dit abonnement på Morgenposten er stoppet");
    CHECK(subject(Kind::stopped, Locale::en, subscriber, subscription) == "Your subscription to Morgenposten has been stopped");
    CHECK(subject(Kind::receipt, Locale::da, subscriber, subscription) == "Kvittering for betaling af faktura 20250031");
    CHECK(subject(Kind::receipt, Locale::en, subscriber, subscription) == "Receipt for invoice 20250031");
    CHECK(subject(Kind::invoice, Locale::da, subscriber, subscription) == "Faktura 20250031 fra Morgenposten");
    CHECK(subject(Kind::invoice, Locale::en, subscriber, subscription) == "Invoice 20250031 from Morgenposten");
}

TEST_CASE("S3, S20: naughty strings in every field of every kind stay text") {
    auto values = naughty_strings();
    for (const char* value : {"x\r\nBcc: evil@example.org", "a\037b\037c", "{{subscriber.id}}", "[x](https://evil.example)",
                              "\n\n# x\n", "<script>", "a | b"})
        values.emplace_back(value);
    // Five at a time, one in each field, would hide which one it was: the ordinary content is compared by its count of tags.
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
        const Content ordinary = rendered(filled(static_cast<Kind>(kind), "Ordinary"));
        for (const std::string& value : values) {
            if (trimmed_value(escaped(value, Escape::plain)).empty()) continue;
            INFO(to_word(static_cast<Kind>(kind)) << ": " << value);
            const Content content = rendered(filled(static_cast<Kind>(kind), value));
            CHECK(count(content.html, "<") == count(ordinary.html, "<"));
            CHECK(count(content.html, "<a ") == count(ordinary.html, "<a "));
            CHECK(content.subject.find_first_of("\r\n\0\x1f") == std::string::npos);
            CHECK(content.preheader.find_first_of("\r\n") == std::string::npos);
            CHECK(content.text.find_first_of("\r\x1f") == std::string::npos);
        }
    }
}

TEST_CASE("S19: a mail beyond the limit is refused, not written") {
    Settings settings = publisher();
    settings.platform.mail_bytes_max = 20'000;
    const auto templates = *load_templates(settings);
    Case sample = sample_case(Kind::invoice);
    CHECK(render(sample.mail, sample.event, settings, templates));
    data_of<Invoice>(sample).lines.assign(30'000, {"x", 1, 100, ""});
    CHECK(render(sample.mail, sample.event, settings, templates).error().code == "too_large");
    data_of<Invoice>(sample).lines.assign(1, {std::string(30'000, 'x'), 1, 100, ""});
    CHECK(render(sample.mail, sample.event, settings, templates).error().code == "too_large");
}

TEST_CASE("render: an unknown unit and an event of another kind are errors") {
    Case sample = sample_case(Kind::invoice);
    sample.mail.unit = "nobody";
    CHECK(render(sample.mail, sample.event, publisher(), shipped()).error().code == "unknown_unit");
    sample = sample_case(Kind::invoice);
    sample.mail.kind = Kind::welcome;
    CHECK(render(sample.mail, sample.event, publisher(), shipped()).error().code == "render_failed");
}

TEST_CASE("render: a layout of one's own may use more of a mail than the three slots") {
    TemporaryFolder folder;
    fs::copy(fs::path(ILBUD_SOURCE_DIR) / "templates", folder / "t", fs::copy_options::recursive);
    Settings settings = publisher();
    settings.platform.templates = folder / "t";
    fs::create_directories(folder / "t/units/avis");
    std::ofstream(folder / "t/units/avis/layout.html")
        << "<html lang=\"{{lang}}\">{{#copy}}KOPI{{/copy}}<i>{{subscriber.name}}</i>\n{{{content}}}</html>\n";
    Case sample = sample_case(Kind::invoice);
    sample.event.subscriber.name = "A & B {{x}}";
    const Content content = must_render(sample, settings);
    CHECK(content.html.starts_with("<html lang=\"da\"><i>A &amp; B {{x}}</i>\n<h1"));
    CHECK(content.html.ends_with("</div>\n</html>\n"));
}
