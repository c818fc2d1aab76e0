// [dkim.rotation], [dkim.nsupdate], [dkim.hook].
#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::string with_dkim(const std::string& options, const std::string& tables = "") {
    return least_relay + "[dkim]\n" + options + least_dkim + tables;
}

}  // namespace

TEST_CASE("dkim: how keys change and how they are published is read") {
    const SettingsFolder folder(with_dkim("publish = \"nsupdate\"\nkey_folder = \"keys\"\n", R"(
[dkim.rotation]
automatic = true
age = "90d"
algorithm = "ed25519"
looks = 5
[dkim.nsupdate]
program = "/bin/true"
server = "ns1.ilbud.example"
port = 5353
zone = "_domainkey.ilbud.example"
key_file = "tsig.key"
ttl = "10m"
[dkim.hook]
command = ["/usr/local/bin/publish", "--zone", "keys"]
)"));
    folder.write_secret("tsig.key");
    const auto dkim = folder.settings().platform.dkim;
    CHECK(dkim.publish == PublishBy::nsupdate);
    CHECK(dkim.key_folder == folder.path("keys"));
    CHECK(dkim.rotation.automatic);
    CHECK(dkim.rotation.age == 24h * 90);
    CHECK(dkim.rotation.algorithm == KeyType::ed25519);
    CHECK(dkim.rotation.looks == 5);
    CHECK(dkim.nsupdate.server == "ns1.ilbud.example");
    CHECK(dkim.nsupdate.port == 5353);
    CHECK(dkim.nsupdate.key_file == folder.path("tsig.key"));
    CHECK(dkim.nsupdate.ttl == 10min);
    CHECK(dkim.hook.command == std::vector<std::string>{"/usr/local/bin/publish", "--zone", "keys"});
}

TEST_CASE("S14: a TSIG key that others can read is refused, as any secret") {
    const SettingsFolder folder(with_dkim("", "[dkim.nsupdate]\nkey_file = \"tsig.key\"\n"));
    folder.write_secret("tsig.key", 0640);
    const auto all = folder.findings();
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "secret_permissions");
}

TEST_CASE("dkim: what publishing needs must be there") {
    check_platform({with_dkim("publish = \"hook\"\n", "[dkim.hook] #!\n"), "missing_option", "publish = \"hook\" needs it"});
    check_platform({with_dkim("", "[dkim.hook]\ncommand = [\"publish\"] #!\n"), "invalid_value", "absolute path"});
    check_platform({with_dkim("publish = \"hook\"\n", "[dkim.hook]\ncommand = [\"/none/publish\"] #!\n"), "file_missing",
                    "/none/publish is no file"});
    check_platform({with_dkim("publish = \"nsupdate\"\n", "[dkim.nsupdate]\nprogram = \"/none/nsupdate\" #!\n"), "file_missing",
                    "bind9-dnsutils"});
    check_platform({with_dkim("", "[dkim.rotation]\nlooks = 1 #!\n"), "out_of_range", "2 to 100"});
    check_platform({with_dkim("publish = \"ftp\" #!\n"), "invalid_value", "manual"});
}
