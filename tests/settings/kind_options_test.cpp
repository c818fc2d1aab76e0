// Kinds of mail in the settings: the shipped rows, changed by [[kind]], and the units' switches.
#include "settings/files.hpp"
#include "settings/support/mutated.hpp"
#include "settings/support/settings_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::size_t at(Kind kind) {
    return static_cast<std::size_t>(kind);
}

const std::string failure = "[[kind]]\nname = \"payment_failed\"\non = true\nfrom = \"support\"\norigins = [\"system\"]\n";

}  // namespace

TEST_CASE("R38: without a word the shipped rows hold, and no country's law is known to ask for anything") {
    const auto settings = SettingsFolder().settings();
    CHECK(settings.platform.kinds == shipped_kinds());
    CHECK(settings.unit("daily")->country.empty());
    CHECK(settings.unit("daily")->kinds == SwitchByKind{});
    const auto notes = settings.notes();
    CHECK(std::ranges::any_of(notes,
                              [](const std::string& note) { return note.starts_with("country is not set for unit daily"); }));
}

TEST_CASE("R38: [[kind]] changes a shipped row, and customer services begin with its origins") {
    const auto settings = SettingsFolder(least_platform + failure, least_account).settings();
    const auto& row = settings.platform.kind(Kind::payment_failed);
    CHECK(row.on);
    CHECK(row.from == MailFrom::support);
    CHECK(row.origins == WordSet<Origin>{Origin::system});
    CHECK_FALSE(row.one_click);
    CHECK(row.urgency == 1);
    CHECK(row.group == "payment");
    const auto urgent =
        SettingsFolder(least_platform + "[[kind]]\nname = \"reminder\"\nclass = 0\ngroup = \"claims\"\n", least_account)
            .settings()
            .platform.kind(Kind::reminder);
    CHECK(urgent.urgency == 0);
    CHECK(urgent.group == "claims");
    const auto& service = settings.customer_service_of(*settings.unit("daily"));
    CHECK(service.mail_origins[at(Kind::payment_failed)] == WordSet<Origin>{Origin::system});
    CHECK(service.mail_origins[at(Kind::invoice)] == shipped_kinds()[at(Kind::invoice)].origins);
}

TEST_CASE("R38: a unit switches kinds on and off, and tells its country") {
    const auto settings =
        SettingsFolder(least_platform, least_account + "country = \"DE\"\n[unit.kinds]\nreminder = true\ncancelled = false\n")
            .settings();
    const auto& unit = *settings.unit("daily");
    CHECK(unit.country == "DE");
    CHECK(unit.kinds[at(Kind::reminder)] == true);
    CHECK(unit.kinds[at(Kind::cancelled)] == false);
    CHECK_FALSE(unit.kinds[at(Kind::invoice)]);
    CHECK(is_required(settings.platform.kind(Kind::cancelled), "DE"));
    CHECK(is_required(settings.platform.kind(Kind::withdrawn), "SE"));
    CHECK_FALSE(is_required(settings.platform.kind(Kind::withdrawn), "NO"));
    CHECK_FALSE(is_required(settings.platform.kind(Kind::withdrawn), ""));
    const auto notes = settings.notes();
    CHECK(std::ranges::any_of(notes, [](const std::string& note) {
        return note.find("daily mails no cancelled (kinds), which the law of DE asks for") != std::string::npos;
    }));
}

TEST_CASE("R38: what is wrong with a kind is told with its place and what was expected") {
    for (const auto& wrong : std::vector<Refused>{
             {least_platform + "[[kind]] #!\non = true\n", "missing_option", "kind.name"},
             {least_platform + "[[kind]]\nname = \"remainder\" #!\n", "invalid_value", "\"reminder\""},
             {least_platform + "[[kind]]\nname = \"notice\" #!\n", "invalid_value", "kind.name"},
             {least_platform + "[[kind]]\nname = \"reminder\"\nfrom = \"sales\" #!\n", "invalid_value", "\"invoice\""},
             {least_platform + "[[kind]]\nname = \"reminder\"\nrequired_by_law = [\"de\"] #!\n", "invalid_value", "EU"},
             {least_platform + "[[kind]]\nname = \"reminder\"\nrequired_by_law = [\"XX\"] #!\n", "invalid_value", "ISO 3166-1"},
             {least_platform + "[[kind]]\nname = \"reminder\"\norigin = [] #!\n", "unknown_option", "did you mean origins?"},
             {least_platform + "[[kind]]\nname = \"reminder\"\n[[kind]]\nname = \"reminder\" #!\n", "duplicate_name",
              "stands at"},
             {least_platform + "[[kind]]\nname = \"reminder\"\nclass = 3 #!\n", "out_of_range", "from 0 to 2"},
             {least_platform + "[[kind]]\nname = \"reminder\"\ngroup = \"A b\" #!\n", "invalid_value", "small letters"},
             {least_platform + "[kind] #!\nname = \"reminder\"\n", "wrong_type", "kind"},
         })
        check_platform(wrong);
    for (const auto& wrong : std::vector<Refused>{
             {least_account + "country = \"dk\" #!\n", "invalid_value", "ISO 3166-1"},
             {least_account + "[unit.kinds]\nremainder = true #!\n", "unknown_option", "did you mean reminder?"},
             {least_account + "[unit.kinds]\nreminder = 1 #!\n", "wrong_type", "true or false"},
         })
        check_account(wrong);
}

TEST_CASE("R38: 10,000 mutated tables of kinds are read or refused with a place, and nothing else") {
    const auto counts = read_mutated({failure, failure + "[[kind]]\nname = \"login_link\"\none_click = false\n",
                                      "[[kind]]\nname = \"withdrawn\"\nrequired_by_law = [\"EU\", \"NO\"]\n"},
                                     {"name", "on", "from", "origins", "one_click", "required_by_law", "\"reminder\"", "\"form\"",
                                      "kind", "1", "true", "[]", "{}", "\"\""},
                                     [](const settings_file::Table& table) {
                                         const auto kinds = settings_file::read_kinds(table);
                                         return kinds.size() == kind_count;
                                     });
    CHECK(counts.read > 200);
    CHECK(counts.refused > 2000);
}

TEST_CASE("R38: docs/kinds.md is what the table says") {
    CHECK(kind_reference() == read_file(ILBUD_SOURCE_DIR "/docs/kinds.md"));
}
