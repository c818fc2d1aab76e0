#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

Settings with(const std::string& notices, const std::string& account = least_account) {
    return SettingsFolder(least_platform + notices, account).settings();
}

}  // namespace

TEST_CASE("notices: are set on the platform, their language on the account") {
    const auto settings = with(
        "[notices]\nfrom = \"notices@ilbud.example\"\nfrom_name = \"Platformen\"\nreply_to = \"hjaelp@ilbud.example\"\nonce_per "
        "= \"12h\"\n"
        "rate_window = \"6h\"\nbounce_rate = 0.1\nbounce_mails_min = 7\nenabled = false\n",
        "[account]\nlanguage = \"sv\"\nid = \"acme\"\nemail = \"it@daily.example\"\n" + least_service + least_unit);
    const auto& notices = settings.platform.notices;
    CHECK(notices.from == "notices@ilbud.example");
    CHECK(notices.from_name == "Platformen");
    CHECK(notices.reply_to == "hjaelp@ilbud.example");
    CHECK(notices.once_per == 12h);
    CHECK(notices.rate_window == 6h);
    CHECK(notices.bounce_rate == 0.1);
    CHECK(notices.bounce_mails_min == 7);
    CHECK_FALSE(notices.enabled);
    CHECK(settings.account("acme")->language == Locale::sv);
    CHECK(settings.account("nobody") == nullptr);
    CHECK(with("").account("acme")->language == Locale::da);
}

TEST_CASE("notices: an address, a rate or a time that cannot be is refused with its place") {
    const auto code = [](const std::string& line) {
        const SettingsFolder folder(least_platform + "[notices]\n" + line + "\n");
        const auto all = folder.findings();
        REQUIRE(all.size() == 1);
        return all[0].code;
    };
    CHECK(code("from = \"nobody\"") == "invalid_value");
    CHECK(code("operator = \"nobody\"") == "invalid_value");
    CHECK(code("bounce_rate = 0") == "out_of_range");
    CHECK(code("bounce_rate = 1.5") == "out_of_range");
    CHECK(code("once_per = \"10m\"") == "out_of_range");
    CHECK(code("form = \"a@ilbud.example\"") == "unknown_option");
}

TEST_CASE("R4: no origin can be set to send notices") {
    const SettingsFolder folder(least_platform, least_account + "[customer_service.mail_origins]\nnotice = [\"form\"]\n");
    const auto all = folder.findings();
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "unknown_option");
}

TEST_CASE("notes: say what the notices' sender needs in the DNS, or that there is none") {
    const auto notes = [](const std::string& notices) {
        auto settings = with(notices);
        settings.platform.dkim.platform_domain = "ilbud.example";     // which has a note of its own
        for (auto& [id, unit] : settings.units) unit.country = "NO";  // as this has
        return settings.notes();
    };
    REQUIRE(notes("").size() == 1);
    CHECK(notes("")[0].find("notices.from is not set") == 0);
    CHECK(notes("[notices]\nenabled = false\n")[0].find("notices.enabled") == 0);
    CHECK(notes("[notices]\nfrom = \"a@ilbud.example\"\n").empty());  // the selectors' own domain
    const auto elsewhere = notes("[notices]\nfrom = \"a@other.example\"\n");
    REQUIRE(elsewhere.size() == 2);
    CHECK(elsewhere[0].find("s1._domainkey.other.example must be a CNAME to s1._domainkey.ilbud.example") != std::string::npos);
}

TEST_CASE("notices: the operator's address and period are set on the platform; without a sender a note says that no mail comes") {
    const auto settings = with("[notices]\noperator = \"ops@ilbud.example\"\noperator_once_per = \"1h\"\n");
    CHECK(settings.platform.notices.operator_email == "ops@ilbud.example");
    CHECK(settings.platform.notices.operator_once_per == 1h);
    CHECK(with("").platform.notices.operator_email.empty());
    CHECK(with("").platform.notices.operator_once_per == 6h);
    const auto notes = settings.notes();
    CHECK(std::any_of(notes.begin(), notes.end(), [](const auto& note) { return note.find("notices.operator") == 0; }));
}
