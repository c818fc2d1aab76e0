// The sample events in config/samples, decided by the accounts in config/accounts.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "ilbud/settings/load.hpp"
#include "support/example.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

namespace fs = std::filesystem;

const fs::path config = fs::path(ILBUD_SOURCE_DIR) / "config";

/// The shipped accounts, with a platform file that needs no keys.
Settings shipped_settings() {
    const TemporaryFolder folder;
    fs::copy(config / "accounts", folder / "accounts");
    const fs::path key = folder / "key.pem";
    std::ofstream(key) << "only looked for, not read\n";
    fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
    std::ofstream(folder / "ilbud.toml")
        << "[[delivery.relay]]\nname = \"local\"\nhost = \"127.0.0.1\"\n"
           "[dkim]\nactive = \"a\"\n"
           "[[dkim.selector]]\nname = \"a\"\ntarget = \"a._domainkey.ilbud.example\"\nkey_file = \"key.pem\"\n"
           "[[dkim.selector]]\nname = \"b\"\ntarget = \"b._domainkey.ilbud.example\"\n";
    auto settings = load_settings(folder / "ilbud.toml");
    if (!settings)
        for (const Error& error : settings.error()) UNSCOPED_INFO(to_text(error));
    REQUIRE(settings);
    return std::move(*settings);
}

std::vector<Event> sample_events() {
    std::vector<Event> events;
    std::istringstream lines(read_file(config / "samples" / "events.ndjson"));
    for (std::string line; std::getline(lines, line);) {
        auto event = parse_event(line);
        INFO("line " << events.size() + 1);
        if (!event) FAIL(to_text(event.error()));
        events.push_back(std::move(*event));
    }
    return events;
}

/// "id: effect, effect [locale]" of one event.
std::string told(const Settings& settings, const Event& event) {
    const auto decision = decide(settings, event, noon);
    if (!decision) return event.id + ": " + to_text(decision.error());
    std::string line = event.id + ":";
    for (const std::string& effect : effects(*decision)) line += " " + effect + ";";
    if (!decision->mails.empty()) line += " " + std::string(to_word(decision->mails.front().locale));
    return line;
}

}  // namespace

TEST_CASE("decide: the sample events are what they are meant to show") {
    const Settings settings = shipped_settings();
    Lines lines;
    for (const Event& event : sample_events()) lines.push_back(told(settings, event));
    CHECK(lines ==
          Lines{
              "tilmelding-104417: welcome to mette.kjaersgaard@post.example; da",
              "tilmelding-104418: confirmation to pe.soerensen@fjordnet.example; welcome skipped: awaits_confirmation; da",
              "bekraeftelse-104418: welcome to pe.soerensen@fjordnet.example; da",
              "tilmelding-104419: welcome to signe@baekgaard.example; da",
              "tilmelding-104420: welcome to inge@noerby.example; da",
              "tilmelding-104421: welcome to emily.clarke@mail.example; en",
              "oprettelse-104422: welcome skipped: origin_not_mailed;",
              "tilmelding-104423: welcome skipped: no_email;",
              "gave-2201: welcome to line@lindegaard.example; da",
              "opsigelse-98112: cancelled to karen.lund@post.example; da",
              "opsigelse-87340: cancelled to bent.aagaard@fjordnet.example; da",
              "stop-87341: stopped to aase.thygesen@post.example; da",
              "opsigelse-M-3107: cancelled to hannah@whitfield.example; en",
              "traek-700121: receipt to mette.kjaersgaard@post.example; da",
              "traek-700122: receipt to emily.clarke@mail.example; en",
              "traek-700123: receipt skipped: charge_failed;",
              "traek-700124: receipt skipped: test_charge;",
              "faktura-40215: invoice to joergen@oestergaard.example; da",
              "faktura-40216: invoice to bogholderi@vaerftet.example; invoice to revisor@talogtekst.example; "
              "invoice to ledelse@vaerftet.example; da",
              "faktura-40217: invoice skipped: method_betalingsservice;",
              "faktura-40218: invoice skipped: method_nemhandel;",
              "faktura-M-8801: invoice to thomas.ravn@post.example; da",
              "faktura-40215-igen: invoice to joergen@oestergaard.example; da",
              "faktura-40215-genudsendt: invoice to joergen@oestergaard.example; da",
              "udloeb-M-3107: stopped to hannah@whitfield.example; en",
              "rykker-20261044-1: reminder skipped: kind_off;",
              "fornyelse-a-311870: renewal_notice skipped: kind_off;",
              "pris-a-311870: price_change skipped: kind_off;",
              "gaveslut-a-311871: gift_ending skipped: kind_off;",
              "fortrydelse-a-311870: withdrawn skipped: kind_off;",
              "ret-104417-7: email_changed skipped: kind_off;",
              "kort-104417: card_expiring skipped: kind_off;",
              "login-104417-3: login_link skipped: kind_off;",
          });
}

TEST_CASE(
    "decide: two sample events are mailed only if no earlier one was: an invoice sent before, and the end of a cancelled "
    "membership") {
    const Settings settings = shipped_settings();
    std::map<std::string, Decision> by_id;
    for (const Event& event : sample_events()) by_id[event.id] = *decide(settings, event, noon);
    CHECK(by_id["faktura-40215-igen"].mails.at(0).once_key == by_id["faktura-40215"].mails.at(0).once_key);
    CHECK(by_id["faktura-40215-genudsendt"].mails.at(0).repeat);
    const auto& asked = by_id["udloeb-M-3107"].mails.at(0).unless_marked;
    CHECK(std::find(asked.begin(), asked.end(), by_id["opsigelse-M-3107"].marks.at(0)) != asked.end());
}

TEST_CASE("decide: the sample events are of all types and each has an id of its own") {
    std::set<EventType> types;
    std::set<std::string> names;
    for (const Event& event : sample_events()) {
        types.insert(event.type);
        INFO(event.id);
        CHECK(names.insert(event.source + ' ' + event.id).second);
    }
    CHECK(types.size() == words<EventType>.size() - 2);  // account.notice and form.known_address are the engine's own
}

TEST_CASE("decide: a sample invoice brings a whole PDF") {
    for (const Event& event : sample_events()) {
        if (event.id != "faktura-40215") continue;
        const auto& pdf = std::get<Invoice>(event.data).pdf;
        REQUIRE(pdf);
        CHECK(pdf->filename == "Faktura 40215.pdf");
        CHECK(pdf->bytes.starts_with("%PDF-1.4\n"));
        CHECK(pdf->bytes.ends_with("%%EOF\n"));
        return;
    }
    FAIL("faktura-40215 is not among the samples");
}
