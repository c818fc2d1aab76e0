// Every language says everything, in its own words: no tag, gap or foreign word is left in any mail.
#include <catch2/catch.hpp>

#include <array>
#include <set>
#include <utility>

#include "ilbud/render/format.hpp"
#include "support/golden_cases.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr std::size_t locale_count = words<Locale>.size();

// Words that one language has and none of the others.
const std::array<std::set<std::string>, locale_count> telltales{{
    {"abonnent-id", "af", "bekræft", "bekræftelse", "beløb", "bliver", "dage", "dit", "e-mailadresse", "endnu", "gerne", "mailen",
     "medlemskab", "modtaget", "moms", "oplysninger", "tak", "venlig", "ændre"},
    {"av",   "bekreft", "bekreftelse",  "beløp",         "beløpet", "blir",    "dager",  "deg",
     "ditt", "endre",   "ennå",         "gjerne",        "hei",     "ikke",    "logg",   "mottatt",
     "mva",  "noe",     "opplysninger", "opplysningene", "takk",    "tilbake", "vennlig"},
    {"abonnemang", "abonnemanget", "belopp", "beloppet", "dagar", "från", "för", "gärna", "inte", "logga", "mejlet", "och",
     "tack", "tillbaka", "uppgifter", "vänliga", "välkommen", "ändra", "är"},
    {"and", "email", "invoice", "kind", "membership", "not", "subscription", "thank", "the", "welcome", "with", "you", "your"},
    {"abonummer", "bestellung", "dank", "grüßen", "ihr", "ihre", "mitgliedschaft", "mwst", "nicht", "rechnung", "sie", "und",
     "vielen", "wurde"},
}};
// … except these: the two share them.
bool shared(const std::string& word, Locale other) {
    static const std::set<std::pair<std::string, Locale>> pairs{
        {"av", Locale::sv}, {"moms", Locale::sv}, {"ditt", Locale::sv}, {"ikke", Locale::da}};
    return pairs.contains({word, other});
}

bool is_letter(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

// The words of `text` in small letters (of ASCII; no telltale begins with another), without addresses.
std::set<std::string> words_of(const std::string& text) {
    std::set<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find_first_of(" \n", at), text.size());
        const std::string piece = text.substr(at, end - at);
        at = end + 1;
        if (piece.find("://") != std::string::npos || piece.find('@') != std::string::npos) continue;
        std::string word;
        for (const char byte : piece + ' ') {
            if (is_letter(static_cast<unsigned char>(byte)) || (byte == '-' && !word.empty())) {
                word += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
            } else {
                out.insert(std::exchange(word, {}));
            }
        }
    }
    return out;
}

bool has(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

// What a mail program shows of the HTML part, a block a line.
std::string shown(const std::string& html) {
    std::string out;
    for (std::size_t at = html.find("<body"); at < html.size(); ++at) {
        if (html[at] != '<') {
            out += html[at];
            continue;
        }
        const auto end = html.find('>', at);
        const std::string_view tag = std::string_view(html).substr(at, end - at);
        const bool inside =
            tag.starts_with("<a ") || tag == "</a" || tag == "<strong" || tag == "</strong" || tag == "<em" || tag == "</em";
        if (!inside) out += '\n';
        at = end;
    }
    return out;
}

void check_text(const std::string& text) {
    for (const char* left : {"{{", "}}", "**", "~~~", " .", " ,", " :", " ;", " !", " ?", " )", "( ", "()", "..", ",,", "\t"}) {
        INFO("'" << left << "' in:\n" << text);
        CHECK_FALSE(has(text, left));
    }
}

void check_header(const std::string& text) {
    check_text(text);
    CHECK_FALSE(text.empty());
    CHECK_FALSE(has(text, "  "));
    CHECK_FALSE(has(text, "\n"));
    CHECK(text.find_first_not_of(' ') == 0);
}

void check_html(const std::string& html, Locale locale) {
    const std::string visible = shown(html);
    check_text(visible);
    INFO(html);
    CHECK_FALSE(has(visible, "  "));
    CHECK(has(html, "<html lang=\"" + std::string(to_word(locale)) + "\" dir=\"ltr\">"));
    for (const char* empty : {"<p style=\"margin:0 0 16px\"></p>", "<strong></strong>", "href=\"\"", "mailto:\"", "></h1>",
                              "></h2>", "src=\"\"", "></a>"})
        CHECK_FALSE(has(html, empty));
    for (auto at = html.find("<th scope=\"row\""); at != std::string::npos; at = html.find("<th scope=\"row\"", at + 1)) {
        const std::string row = html.substr(at, html.find("</tr>", at) - at);
        CHECK_FALSE(has(row, "top\"></td>"));
        CHECK_FALSE(has(row, "class=\"m\"></th>"));
    }
}

void check_plain(const std::string& text) {
    check_text(text);
    CHECK(text.ends_with('\n'));
    CHECK_FALSE(has(text, "\n\n\n"));
    CHECK_FALSE(has(text, " \n"));
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin)) {
        const std::string line = text.substr(begin, end - begin);
        INFO(line);
        CHECK((display_width(line) <= text_columns || has(line, "://")));
    }
}

void check_words(const std::string& text, Locale locale) {
    const auto said = words_of(text);
    for (std::size_t i = 0; i < locale_count; ++i) {
        if (static_cast<Locale>(i) == locale) continue;
        for (const std::string& foreign : telltales[i]) {
            if (shared(foreign, locale)) continue;
            INFO("'" << foreign << "' is " << words<Locale>[i]);
            CHECK_FALSE(said.contains(foreign));
        }
    }
}

constexpr std::array<std::pair<CustomerTerm, RelationTerm>, 6> all_terms{{{CustomerTerm::subscriber, RelationTerm::subscription},
                                                                          {CustomerTerm::member, RelationTerm::membership},
                                                                          {CustomerTerm::customer, RelationTerm::subscription},
                                                                          {CustomerTerm::customer, RelationTerm::membership},
                                                                          {CustomerTerm::subscriber, RelationTerm::membership},
                                                                          {CustomerTerm::member, RelationTerm::subscription}}};

template <class Check>
void for_each_mail(const Check& check) {
    for (std::size_t i = 0; i < locale_count; ++i) {
        const auto locale = static_cast<Locale>(i);
        const auto cases = GoldenCases(locale).all;
        for (const auto& [customer, relation] : all_terms)
            for (const Golden& golden : cases) {
                Settings settings = golden.settings;
                use_terms(settings, customer, relation);
                INFO(words<Locale>[i] << ' ' << golden.name << ", " << to_word(customer) << ", " << to_word(relation));
                check(golden.sample, settings, must_render(golden.sample, settings, templates_of(settings)), locale);
            }
    }
}

}  // namespace

TEST_CASE("languages: every mail in every language and wording is whole, without tags, gaps or words of another language") {
    for_each_mail([](const Case&, const Settings&, const Content& content, Locale locale) {
        CHECK(content.locale == locale);
        check_header(content.subject);
        check_header(content.preheader);
        check_html(content.html, locale);
        check_plain(content.text);
        check_words(content.subject + ' ' + content.preheader + ' ' + content.text, locale);
    });
}

TEST_CASE("R11: every mail in every language and wording ends with the subscriber ID and the way to self-service") {
    for_each_mail([](const Case& sample, const Settings& settings, const Content& content, Locale) {
        CHECK(carries_note(content, sample.event, service_of(settings)));
        const auto rule = content.text.rfind("\n-----\n");
        REQUIRE(rule != std::string::npos);
        CHECK(has(content.text.substr(rule), ": 104711\n"));
        const auto note = content.html.rfind("<div class=\"n\"");
        REQUIRE(note != std::string::npos);
        CHECK(has(content.html.substr(note), ": 104711</strong>"));
    });
}

TEST_CASE("languages: every telltale is said somewhere in its own language, else it would tell nothing") {
    std::array<std::set<std::string>, locale_count> said;
    for_each_mail([&](const Case&, const Settings&, const Content& content, Locale locale) {
        said[static_cast<std::size_t>(locale)].merge(words_of(content.subject + ' ' + content.preheader + ' ' + content.text));
    });
    for (std::size_t i = 0; i < locale_count; ++i)
        for (const std::string& word : telltales[i]) {
            INFO(words<Locale>[i] << ": " << word);
            CHECK(said[i].contains(word));
        }
}

TEST_CASE("render: subjects are those of DOMAIN section 8, in all languages") {
    const std::array<std::array<const char*, locale_count>, 6> subjects{{
        {"Bekræft dit abonnement på Morgenposten", "Bekreft abonnementet ditt på Morgenposten",
         "Bekräfta ditt abonnemang på Morgonposten", "Confirm your subscription to Morgenposten",
         "Bitte bestätigen Sie Ihr Abonnement: Morgenpost"},
        {"Velkommen som abonnent på Morgenposten", "Velkommen som abonnent på Morgenposten",
         "Välkommen som abonnent på Morgonposten", "Welcome to Morgenposten", "Willkommen bei Morgenpost"},
        {"Dit abonnement på Morgenposten er stoppet", "Abonnementet på Morgenposten er stoppet",
         "Ditt abonnemang på Morgonposten har avslutats", "Your subscription to Morgenposten has been stopped",
         "Ihr Abonnement Morgenpost wurde beendet"},
        {"Bekræftelse på opsigelse af dit abonnement på Morgenposten",
         "Bekreftelse på oppsigelse av abonnementet på Morgenposten", "Bekräftelse på uppsägning av Morgonposten",
         "Cancellation confirmation: Morgenposten", "Kündigungsbestätigung: Morgenpost"},
        {"Kvittering for betaling af faktura 20250031", "Kvittering for betaling av faktura 20250031",
         "Kvitto på betalning av faktura 20250031", "Receipt for invoice 20250031", "Zahlungsbestätigung zu Rechnung 20250031"},
        {"Faktura 20250031 fra Morgenposten", "Faktura 20250031 fra Morgenposten", "Faktura 20250031 från Morgonposten",
         "Invoice 20250031 from Morgenposten", "Rechnung 20250031 von Morgenpost"},
    }};
    for (std::size_t kind = 0; kind < subjects.size(); ++kind)
        for (std::size_t i = 0; i < locale_count; ++i) {
            const auto locale = static_cast<Locale>(i);
            const Settings settings = publisher(locale);
            CHECK(must_render(sample_case(static_cast<Kind>(kind), locale), settings, templates_of(settings)).subject ==
                  subjects[kind][i]);
        }
}

TEST_CASE("render: members have memberships in all languages, with the genders and cases that asks for") {
    const auto subject = [](Kind kind, Locale locale) {
        Settings settings = publisher(locale);
        use_terms(settings, CustomerTerm::member, RelationTerm::membership);
        return must_render(sample_case(kind, locale), settings, templates_of(settings)).subject;
    };
    CHECK(subject(Kind::confirmation, Locale::nb) == "Bekreft medlemskapet ditt i Morgenposten");
    CHECK(subject(Kind::confirmation, Locale::sv) == "Bekräfta ditt medlemskap i Morgonposten");
    CHECK(subject(Kind::confirmation, Locale::de) == "Bitte bestätigen Sie Ihre Mitgliedschaft: Morgenpost");
    CHECK(subject(Kind::welcome, Locale::nb) == "Velkommen som medlem av Morgenposten");
    CHECK(subject(Kind::welcome, Locale::sv) == "Välkommen som medlem i Morgonposten");
    CHECK(subject(Kind::stopped, Locale::nb) == "Medlemskapet i Morgenposten er avsluttet");
    CHECK(subject(Kind::stopped, Locale::sv) == "Ditt medlemskap i Morgonposten har avslutats");
    CHECK(subject(Kind::stopped, Locale::de) == "Ihre Mitgliedschaft bei Morgenpost wurde beendet");
    CHECK(subject(Kind::cancelled, Locale::nb) == "Bekreftelse på oppsigelse av medlemskapet i Morgenposten");
}

TEST_CASE("R15: German mails also say when the notice was received and when the subscription ends") {
    const Settings settings = publisher(Locale::de);
    Case sample = sample_case(Kind::cancelled, Locale::de);
    data_of<Ending>(sample).requested_at = at("2025-05-28T09:29:00Z");
    std::string text = must_render(sample, settings, templates_of(settings)).text;
    for (char& byte : text)
        if (byte == '\n') byte = ' ';
    CHECK(has(text, "Ihre Kündigung ist am 28.\u00a0Mai 2025 um 11:29 Uhr bei uns eingegangen."));
    CHECK(has(text, "endet zum Ablauf des laufenden Bezugszeitraums am 30.\u00a0Juni 2025. Es verbleiben 28 Tage."));
}
