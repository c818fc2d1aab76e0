// Variables of a unit's own ([unit.variables]), which its templates may use.
#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("unit.variables: texts by names of the unit's own, over those that all units of the account have") {
    const auto settings =
        SettingsFolder(least_platform, least_account +
                                           "[unit.variables]\ncvr = \"10000009\"\nhours = \"\"\n"
                                           "[account.unit_defaults.variables]\nhours = \"8-16\"\nphone = \"+45 70 00 00 00\"\n")
            .settings();
    using Variables = std::map<std::string, std::string, std::less<>>;
    CHECK(settings.unit("daily")->variables == Variables{{"cvr", "10000009"}, {"hours", ""}, {"phone", "+45 70 00 00 00"}});
}

TEST_CASE("unit.variables: what is wrong with one is told with its place and what was expected") {
    for (const auto& wrong : std::vector<Refused>{
             {least_account + "[unit.variables]\nCVR = \"1\" #!\n", "invalid_value", "small letters"},
             {least_account + "[unit.variables]\ncvr = 10000009 #!\n", "wrong_type", "unit.variables.cvr"},
             {least_account + "[unit.variables]\ncvr = \"a\\nb\" #!\n", "invalid_value", "one line"},
             {least_account + "variables = \"cvr\" #!\n", "wrong_type", "variables"},
         })
        check_account(wrong);
    std::string many = least_account + "[unit.variables]\n";
    for (int i = 0; i < 101; ++i) many += "v" + std::to_string(i) + " = \"x\"" + (i == 99 ? " #!" : "") + "\n";
    check_account({many, "out_of_range", "at most 100"});
}
