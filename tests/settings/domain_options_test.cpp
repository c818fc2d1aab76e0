// The table [domains] of the platform file, and dkim.platform_domain.
#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("load_settings: takes every option of the watch over domains") {
    const SettingsFolder folder(R"([domains]
watch = false
unsigned = "stop"
grace = "1h"
look_soon = "1m"
look_min = "10m"
look_max = "2h"
queries_per_second = 5
looks_at_once = 3
)" + least_platform);
    CHECK(folder.settings().platform.domains == DomainSettings{false, UnsignedMail::stop, 1h, 1min, 10min, 2h, 5, 3});
}

TEST_CASE("load_settings: the waits between looks lie in their order") {
    check_platform({"[domains]\nlook_soon = \"1h\" #!\n" + least_platform, "out_of_range", "look_min"});
    check_platform({"[domains]\nlook_min = \"12h\" #!\n" + least_platform, "out_of_range", "look_max"});
    check_platform({"[domains]\nunsigned = \"never\" #!\n" + least_platform, "invalid_value", "\"platform\", \"stop\""});
}

TEST_CASE("notes: say that mail of domains without our keys waits where no platform's domain is set, or that nobody looks") {
    auto settings = SettingsFolder().settings();
    const auto first = [&] { return settings.notes().front(); };
    CHECK(first().find("dkim.platform_domain is not set") == 0);
    settings.platform.domains.unsigned_mail = UnsignedMail::stop;
    CHECK(first().find("domains") == std::string::npos);
    settings.platform.domains.watch = false;
    CHECK(first().find("domains.watch is false") == 0);
}
