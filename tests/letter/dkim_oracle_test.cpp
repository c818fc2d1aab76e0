// Independent readers judge what compose and sign make: Python's email package, python3-dkim and OpenDKIM.
#include <catch2/catch.hpp>
#include <iostream>
#include <map>
#include <sstream>

#include "ilbud/base/id.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/compose/encode.hpp"
#include "ilbud/compose/encode_header.hpp"
#include "ilbud/letter/letter.hpp"
#include "support/mail_world.hpp"
#include "support/naughty.hpp"
#include "support/oracle.hpp"
#include "support/sample_mail.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

struct Letter {
    PlannedMail mail = sample_mail();
    Content content = sample_content();
    std::vector<Attachment> attachments;
};

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

Letter letter(std::string text, std::string html = "<p>x</p>\n") {
    Letter made;
    made.content.text = std::move(text);
    made.content.html = std::move(html);
    return made;
}

std::vector<Letter> shaped_letters() {
    std::vector<Letter> letters;
    for (const std::string text : {"", "\n", "\n\n\n", "x", "x\n\n\n\n", "x  \n\t\n", ".\n..\n.x\n", "From x\n", "\n.\n",
                                   "a\rb\r\nc\n", "\x01\x02x\n", "  lead\n", "-- \nAnna\n", "Добро пожаловать\n", "Blåbær\n"})
        letters.push_back(letter(text, text));
    letters.push_back(letter(std::string(1 << 20, 'x'), repeated("<b>blåbær</b> ", 70'000)));
    letters.push_back(letter(repeated("Ж", 300'000)));
    Letter english = letter("Plain English.\n");
    english.content.subject = repeated("A long subject in English that has to be folded somewhere ", 8) + "x";
    english.mail.to_name = R"(Jensen, "Anna" \ Co.)";
    letters.push_back(english);
    Letter danish = letter("x\n");
    danish.content.subject = repeated("Bekræftelse på opsigelse af dit abonnement ", 8) + "👩‍👩‍👧‍👦";
    danish.mail.to_name = repeated("Åse Ærø ", 12) + "Ø";
    danish.mail.from_name = "Østjyllands Avis A/S";
    letters.push_back(danish);
    const std::string binary = "\xFF\x00\r\n.\r\n" + repeated("%PDF\n", 3000);
    for (const std::string filename :
         {"faktura.pdf", "Åben faktura 10012.pdf", "x y;z='1'.pdf", "100%.pdf", "a\"b.pdf", "料金請求書.pdf"}) {
        Letter attached;
        attached.attachments = {{filename, "application/pdf", binary, ""}};
        letters.push_back(attached);
        attached.attachments[0].filename = repeated(filename, 9);
        letters.push_back(attached);
    }
    return letters;
}

// The naughty strings, four to a letter; where control characters are refused, another takes its place.
std::vector<Letter> naughty_letters() {
    const auto strings = naughty_strings();
    std::vector<Letter> letters;
    for (std::size_t i = 0; i + 3 < strings.size(); i += 4) {
        Letter next = letter(strings[i + 2] + '\n' + strings[i], "<p>" + strings[i + 3] + "</p>\n" + strings[i + 1]);
        if (!has_control(strings[i])) next.content.subject = strings[i];
        if (!has_control(strings[i + 1])) next.mail.to_name = strings[i + 1];
        letters.push_back(next);
    }
    return letters;
}

Message signed_letter(const Letter& letter) {
    return *sign(*compose(letter.mail, letter.content, letter.attachments, sample_now), sample_keys(), "avisen.example",
                 system_clock().now(), system_clock().now() + 24h);
}

// A folder of signed messages as both oracles read it: valid ones ("good-…"), and ones with a field added ("bad-…").
class Corpus {
 public:
    Corpus() {
        auto letters = shaped_letters();
        for (auto& letter : naughty_letters()) letters.push_back(std::move(letter));
        for (std::size_t i = 0; i < letters.size(); ++i) add("good-" + std::to_string(i), signed_letter(letters[i]), letters[i]);
        add_every_kind();
        const auto whole = signed_letter({});
        for (const auto field : oversigned_fields()) {
            const auto added = std::string(field) + ": x\r\n";
            add("bad-above-" + std::string(field), {added + whole.header, whole.body});
            add("bad-below-" + std::string(field), {whole.header + added, whole.body});
        }
    }

    TemporaryFolder folder;
    std::vector<std::string> names;

 private:
    void add_every_kind() {
        const auto templates = load_templates(publisher());
        if (!templates) throw std::runtime_error(to_text(templates.error().front()));
        const Snapshot snapshot{publisher(), *templates, sample_keys_in_force()};
        for (const auto locale : {Locale::da, Locale::nb, Locale::sv, Locale::en, Locale::de})
            for (std::size_t i = 0; i < kind_count; ++i) {
                const auto sample = sample_case(static_cast<Kind>(i), locale);
                Letter expected{sample.mail, must_render(sample, snapshot.settings, *templates), {}};
                if (const auto* invoice = std::get_if<Invoice>(&sample.event.data)) expected.attachments = {*invoice->pdf};
                const auto message = *write_letter(sample.mail, sample.event, snapshot, sample_book(), system_clock().now());
                add("good-" + std::string(words<Kind>[i]) + '-' + std::string(to_word(locale)), message, expected);
            }
    }

    void add(const std::string& name, const Message& message, const Letter& expected) {
        add(name, message);
        write(folder / (name + ".json"), expectation(expected.mail, expected.content, expected.attachments));
    }

    void add(const std::string& name, const Message& message) {
        write(folder / (name + ".eml"), message.bytes());
        names.push_back(name);
    }
};

// The key records of all domains that the corpus is signed for.
std::vector<KeyRecord> records() {
    auto all = sample_records("avisen.example");
    for (const char* domain : {"morgenposten.example", "ilbud.example"})
        for (auto& record : sample_records(domain)) all.push_back(std::move(record));
    return all;
}

const Corpus& corpus() {
    static const Corpus made;
    return made;
}

}  // namespace

TEST_CASE("S12: Python's readers get back what was written, python3-dkim accepts every signature and none with a field added") {
    std::string published;
    JsonWriter json(published);
    json.begin_object();
    for (const auto& record : records()) json.field(record.name, record.text);
    json.end_object();
    write(corpus().folder / "records.json", published);
    const auto result =
        run("/usr/bin/python3 '" ILBUD_SOURCE_DIR "/tests/letter/oracle/verify.py' '" + corpus().folder.path().string() + "'");
    if (result.status == 77 || result.status == 127) {
        std::cout << "skipped: python3-dkim is not installed\n";
        return;
    }
    REQUIRE(result.status == 0);
    std::size_t seen = 0;
    std::istringstream lines(result.output);
    for (std::string name, verdict; std::getline(lines, name, '\t') && std::getline(lines, verdict); ++seen) {
        INFO(name);
        if (name.starts_with("good-"))
            CHECK(verdict == "ok");
        else
            CHECK(verdict.find("signature 0") != std::string::npos);
        if (name.starts_with("bad-")) CHECK(verdict.find("signature 1") != std::string::npos);
    }
    CHECK(seen == corpus().names.size());
}

TEST_CASE("S12: OpenDKIM accepts every signature and none with a field added") {
    const std::string sbin = "PATH=$PATH:/usr/sbin; ";
    if (run(sbin + "command -v opendkim >/dev/null").status != 0) {
        std::cout << "skipped: OpenDKIM is not installed\n";
        return;
    }
    std::string keys, list;
    for (const auto& record : records()) keys += record.name + ' ' + record.text + '\n';
    write(corpus().folder / "keys", keys);
    write(corpus().folder / "conf",
          "TestPublicKeys " + (corpus().folder / "keys").string() + "\nStrictTestMode yes\nMinimumKeyBits 2048\nMode v\n");
    for (const auto& name : corpus().names) list += (list.empty() ? "" : ",") + name + ".eml";
    // -vv also prints the Authentication-Results field, which speaks of both signatures.
    const auto result =
        run(sbin + "cd '" + corpus().folder.path().string() + "' && opendkim -vv -x conf -t '" + list + "' 2>/dev/null");
    REQUIRE(result.status == 0);
    std::map<std::string, std::string> verdicts;
    std::string results;
    std::istringstream lines(result.output);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("opendkim: ")) {
            results += line;
            continue;
        }
        verdicts[line.substr(10, line.find(".eml") - 10)] = results;
        results.clear();
    }
    CHECK(verdicts.size() == corpus().names.size());
    for (const auto& [name, verdict] : verdicts) {
        INFO(name << ": " << verdict);
        const auto says = [&](std::string_view what) { return verdict.find(what) != std::string::npos; };
        if (name.starts_with("bad-")) {
            CHECK_FALSE(says("dkim=pass"));
            continue;
        }
        CHECK(says("dkim=pass"));
        CHECK_FALSE(says("dkim=fail"));
        CHECK(says("header.a=rsa-sha256 header.s=ilbud1"));
        CHECK(says("header.a=ed25519-sha256 header.s=ilbud-ed"));
    }
}
