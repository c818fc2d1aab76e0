// The table [dns] of the platform file.
#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("load_settings: takes every option of the DNS") {
    const SettingsFolder folder(R"([dns]
servers = ["192.0.2.53", "2001:db8::53@5353"]
deadline = "2s"
check_deadline = "8s"
trust_anchor = "s1.pem"
cache_bytes = "1 MiB"
ttl_min = "10s"
ttl_max = "1h"
negative_ttl_max = "1m"
answer_bytes_max = 4096
aliases_max = 3
questions_max = 7
queries_per_second = 9
check_questions_max = 99
checks_at_once = 3
)" + least_platform);
    const auto dns = folder.settings().platform.dns;
    CHECK(dns == DnsSettings{{"192.0.2.53", "2001:db8::53@5353"},
                             2s,
                             8s,
                             folder.path("s1.pem"),
                             1024UL * 1024,
                             10s,
                             1h,
                             1min,
                             4096,
                             3,
                             7,
                             9,
                             99,
                             3});
}

TEST_CASE("load_settings: a DNS server is an IP address with or without a port") {
    for (const auto* wrong :
         {"localhost", "192.0.2.53@", "192.0.2.53@0", "192.0.2.53@65536", "192.0.2.53:53", "@53", "192.0.2.53@53@1"})
        check_platform(
            {std::string("[dns]\nservers = [\"") + wrong + "\"] #!\n" + least_platform, "invalid_value", "ADDRESS@PORT"});
}

TEST_CASE("load_settings: the DNS deadlines and TTLs lie in their order, and a trust anchor that is named exists") {
    check_platform({"[dns]\ndeadline = \"20s\" #!\n" + least_platform, "out_of_range", "check_deadline"});
    check_platform({"[dns]\nttl_min = \"10m\" #!\nttl_max = \"1m\"\n" + least_platform, "out_of_range", "ttl_max"});
    check_platform({"[dns]\ntrust_anchor = \"nowhere.key\" #!\n" + least_platform, "file_missing", "nowhere.key"});
    CHECK(SettingsFolder("[dns]\ntrust_anchor = \"\"\n" + least_platform).settings().platform.dns.trust_anchor.empty());
}
