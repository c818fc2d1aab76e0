// The commented default files: the shipped ones are what the rows say, they load, and every line in them is true.
#include <regex>
#include <sstream>

#include "settings/document.hpp"
#include "settings/support/settings_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const std::filesystem::path shipped = std::filesystem::path(ILBUD_SOURCE_DIR) / "config";

// Every option that is out of force put in force.
std::string in_force(const std::string& text) {
    return std::regex_replace(text, std::regex("\n#(?=[a-z_]+ = |\\[)"), "\n");
}

// What they come to, with the keys they name.
Settings loaded(const std::string& platform, const std::string& account) {
    const SettingsFolder folder(platform, account);
    folder.write_secret("dkim/ilbud1.pem");
    folder.write_secret("dkim/ilbud-ed.pem");
    return folder.settings();
}

// As the settings of another folder, apart from where the files lie.
Settings moved(Settings settings, const Settings& to) {
    settings.platform.folder = to.platform.folder;
    settings.platform.templates = to.platform.templates;
    settings.platform.intake.socket = to.platform.intake.socket;
    settings.platform.intake.control = to.platform.intake.control;
    settings.platform.queue.folder = to.platform.queue.folder;
    settings.platform.dkim.key_folder = to.platform.dkim.key_folder;
    for (std::size_t i = 0; i < settings.platform.dkim.selectors.size(); ++i)
        settings.platform.dkim.selectors[i].key_file = to.platform.dkim.selectors[i].key_file;
    return settings;
}

}  // namespace

TEST_CASE("default files: config/ holds exactly what is printed") {
    CHECK(read_file(shipped / "ilbud.toml") == default_platform_file());
    CHECK(read_file(shipped / "accounts/example.toml") == default_account_file());
}

TEST_CASE("default files: the shipped settings load as soon as their key is there") {
    SettingsFolder folder;
    std::filesystem::remove_all(folder.path("accounts"));
    std::filesystem::copy(shipped / "accounts", folder.path("accounts"));
    folder.write("ilbud.toml", read_file(shipped / "ilbud.toml"));
    const auto all = folder.findings();
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "secret_missing");
    folder.write_secret("dkim/ilbud1.pem");

    const auto settings = folder.settings();
    CHECK(settings.accounts.size() == 2);
    REQUIRE(settings.unit("dagbladet") != nullptr);
    CHECK(settings.customer_service_of(*settings.unit("dagbladet")).name == "Dagbladet Eksempel Kundeservice");
    CHECK(settings.form_of(*settings.unit("dagbladet"), "proeveabonnement")->confirm_first);
    REQUIRE(settings.unit("medlemsbladet") != nullptr);
    CHECK(settings.account_of(*settings.unit("medlemsbladet")).relation_term == RelationTerm::membership);
    CHECK(settings.customer_service_of(*settings.unit("foreningen")).login == WordSet<Login>{Login::email});
}

TEST_CASE("default files: every default that is shown in a comment is the one in force") {
    const auto expected = loaded(default_platform_file(), default_account_file());
    auto settings = moved(loaded(in_force(default_platform_file()), in_force(default_account_file())), expected);
    REQUIRE(settings.platform.dkim.ed25519);
    CHECK(settings.platform.dkim.ed25519->name == "ilbud-ed");
    settings.platform.dkim.ed25519.reset();  // an example
    REQUIRE(settings.platform.methods.back().name == "girokort");
    settings.platform.methods.pop_back();  // another
    for (auto& [id, unit] : settings.units) std::erase(unit.methods, "girokort");
    CHECK(settings.platform.kind(Kind::payment_failed).on);  // and a third
    settings.platform.kinds = shipped_kinds();
    for (auto& [id, unit] : settings.units) {
        for (const auto kind : subscriber_kinds) {  // a unit that says what its row says anyway
            auto& said = unit.kinds[static_cast<std::size_t>(kind)];
            if (said) CHECK(*said == settings.platform.kind(kind).on);
            said.reset();
        }
    }
    auto& forms = settings.accounts.at("dagbladet-eksempel").forms;
    CHECK(forms.at("hverdag").welcome_to_given);
    forms.at("hverdag").welcome_to_given = false;
    CHECK(settings.platform.intake == expected.platform.intake);
    CHECK(settings.platform.queue == expected.platform.queue);
    CHECK(settings.platform.delivery == expected.platform.delivery);
    CHECK(settings.platform == expected.platform);
    CHECK(settings.accounts == expected.accounts);
    CHECK(settings.units == expected.units);
}

TEST_CASE("default files: every option stands in them with a sentence above it, and no line is over 120 columns") {
    for (const auto& text : {default_platform_file(), default_account_file()}) {
        std::istringstream lines(text);
        std::string line;
        std::string before;
        while (std::getline(lines, line)) {
            INFO(line);
            const auto columns =
                std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
            if (line.starts_with("# ")) CHECK(columns <= 120);
            if (line.starts_with('#') && !line.starts_with("# ")) CHECK_FALSE(before.empty());
            before = line;
        }
    }
}

TEST_CASE("toml_text: no control character stands in a file as it is, DEL neither") {
    CHECK(settings_file::toml_text("a\x7F\x01") == "\"a\\u007F\\u0001\"");
}
