// The platform file: every option is taken, and every class of mistake is told with its line.
#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// A platform file whose only relay has these further lines.
std::string with_relay(const std::string& lines) {
    return least_dkim + "[[delivery.relay]]\nname = \"local\"\nhost = \"127.0.0.1\"\n" + lines;
}

}  // namespace

TEST_CASE("load_settings: takes every option of the platform") {
    SettingsFolder folder(R"(
[platform]
templates = "/srv/templates"
spf_includes = ["_spf.Ilbud.example", "old.ilbud.example"]
source_addresses = ["192.0.2.10", "2001:db8::10"]
template_bytes_max = "64 KiB"
mail_bytes_max = 1000000
[intake]
socket = "in.sock"
allow_users = ["root"]
event_bytes_max = "2 MiB"
line_deadline = "1m30s"
attachments = "pdf"
attachment_deadline = "3s"
[queue]
mails_max = 1000
disk_free_min = 0
commit_wait = "500us"
keep = "30d"
class_weights = [8, 8, 1]
[delivery]
helo_name = "Out.Ilbud.example"
[delivery.deadlines]
final_dot = "2m"
[delivery.brake]
suppressed_max = 50
share_max = 0.25
within = "30m"
[[delivery.relay]]
name = "first"
host = "SMTP.ilbud.example"
port = 587
tls = "required"
auth = "plain"
user = "ilbud"
password_file = "password"
source_address = "::1"
connections_max = 4
mails_per_session = 0
pipelining = false
[[delivery.relay]]
name = "second"
host = "::1"
port = 465
tls_from_start = true
ca_file = "ca.pem"
[dkim]
active = "s2"
valid_beyond_retry = "5d"
[dkim.ed25519]
name = "ed"
target = "ed._domainkey.ilbud.example"
key_file = "ed.pem"
[[dkim.selector]]
name = "s1"
target = "s1._domainkey.ilbud.example"
[[dkim.selector]]
name = "s2"
target = "s2._domainkey.ilbud.example"
key_file = "s1.pem"
[daemon]
lanes = 3
window = 10
window_bytes = "32 MiB"
stop_deadline = "0s"
log_format = "json"
log_level = "debug"
log_addresses = "plain"
log_repeat_period = "5m"
log_bytes_max = "1MiB"
log_deadline = "500ms"
)");
    folder.write_secret("password");
    folder.write_secret("ed.pem");
    folder.write("ca.pem", "");
    std::filesystem::create_directory(folder.path("pdf"));
    const auto platform = folder.settings().platform;
    CHECK(platform.templates == "/srv/templates");
    CHECK(platform.spf_includes == std::vector<std::string>{"_spf.ilbud.example", "old.ilbud.example"});
    CHECK(platform.source_addresses == std::vector<std::string>{"192.0.2.10", "2001:db8::10"});
    CHECK(platform.template_bytes_max == 64 * 1024);
    CHECK(platform.mail_bytes_max == 1'000'000);
    CHECK(platform.intake.socket == folder.path("in.sock"));
    CHECK(platform.intake.allow_users == std::vector<std::string>{"root"});
    CHECK(platform.intake.event_bytes_max == 2 * 1024 * 1024);
    CHECK(platform.intake.line_deadline == 90s);
    CHECK(platform.intake.attachments == folder.path("pdf"));
    CHECK(platform.intake.attachment_deadline == 3s);
    CHECK(platform.queue.mails_max == 1000);
    CHECK(platform.queue.disk_free_min == 0);
    CHECK(platform.queue.commit_wait == 500us);
    CHECK(platform.queue.keep == 24h * 30);
    CHECK(platform.queue.class_weights == std::array<int, 3>{8, 8, 1});
    CHECK(platform.delivery.helo_name == "out.ilbud.example");
    CHECK(platform.delivery.deadlines.final_dot == 2min);
    CHECK(platform.delivery.brake == BrakeSettings{50, 0.25, 30min});
    REQUIRE(platform.delivery.relays.size() == 2);
    Relay first;
    first.name = "first";
    first.host = "smtp.ilbud.example";
    first.port = 587;
    first.tls = TlsPolicy::required;
    first.auth = AuthMethod::plain;
    first.user = "ilbud";
    first.password_file = folder.path("password");
    first.source_address = "::1";
    first.connections_max = 4;
    first.mails_per_session = 0;
    first.pipelining = false;
    CHECK(platform.delivery.relays[0] == first);
    CHECK(platform.delivery.relays[1].host == "::1");
    CHECK(platform.delivery.relays[1].tls_from_start);
    CHECK(platform.delivery.relays[1].tls == TlsPolicy::required);
    CHECK(platform.delivery.relays[1].ca_file == folder.path("ca.pem"));
    CHECK(platform.dkim.active == 1);
    CHECK(platform.dkim.valid_beyond_retry == 24h * 5);
    CHECK(platform.dkim.ed25519 == DkimSelector{"ed", "ed._domainkey.ilbud.example", folder.path("ed.pem")});
    CHECK(platform.daemon == DaemonSettings{3, 10, 32UL * 1024 * 1024, 0s, LogFormat::json, LogLevel::debug, LogAddresses::plain,
                                            5min, 1024 * 1024, 500ms});
}

TEST_CASE("load_settings: retry is the kind's own, else the table of defaults, else the product's") {
    const auto retry = SettingsFolder(R"(
[delivery.retry.default]
give_up_after = "3d"
jitter = 0
[delivery.retry.invoice]
give_up_after = "10d"
steps = ["10m", "1h"]
)" + least_platform)
                           .settings()
                           .platform.delivery.retry;
    const auto of = [&](Kind kind) -> const RetryPolicy& { return retry[static_cast<std::size_t>(kind)]; };
    CHECK(of(Kind::welcome) == RetryPolicy{RetryPolicy{}.steps, 24h * 3, 0});
    CHECK(of(Kind::confirmation) == RetryPolicy{{15s, 30s, 1min, 2min, 5min, 15min, 30min}, 24h * 3, 0});
    CHECK(of(Kind::invoice) == RetryPolicy{{10min, 1h}, 24h * 10, 0});
}

TEST_CASE("load_settings: a text that is not TOML is told with line and column") {
    check_platform({"[intake]\nsocket = run #!\n", "toml_syntax", ""});
    check_platform({"[queue]\nkeep = \"1d\"\nkeep = \"2d\" #!\n", "toml_syntax", "redefine"});
    check_platform({"x = \"\xff\" #!\n", "toml_syntax", "UTF-8"});
}

TEST_CASE("load_settings: an unknown option or table is told, with the nearest known name") {
    check_platform({"[intake]\nsokcet = \"x\" #!\n" + least_platform, "unknown_option", "intake.sokcet; did you mean socket?"});
    check_platform({"[intakes] #!\n" + least_platform, "unknown_option", "no table is named intakes; did you mean intake?"});
    check_platform({with_relay("password = \"hunter2\" #!\n"), "unknown_option", "did you mean password_file?"});
    check_platform({"[delivery.retry.wellcome] #!\n" + least_platform, "unknown_option", "did you mean welcome?"});
    check_platform({"[daemon]\nblue = 1 #!\n" + least_platform, "unknown_option", "known here: lanes, window"});
    check_platform({"\"socket\\u202e\" = 1 #!\n" + least_platform, "unknown_option", "socket\\u202e"});
}

TEST_CASE("load_settings: a value of another type is told with what was expected") {
    for (const auto& wrong : std::vector<Refused>{
             {"[daemon]\nlanes = \"two\" #!\n", "wrong_type",
              "daemon.lanes: expected a whole number from 0 to 64 (threads), found \"two\""},
             {"[daemon]\nlanes = 1.5 #!\n", "wrong_type", "found 1.5"},
             {"[intake]\nline_deadline = 30 #!\n", "wrong_type", "write it like \"30s\""},
             {"[intake]\nsocket = 1979-05-27 #!\n", "wrong_type", "found a date or time"},
             {"[intake]\nallow_users = \"crm\" #!\n", "wrong_type", "expected a list"},
             {"[intake]\nallow_users = [\"a\", 3] #!\n", "wrong_type", "found 3"},
             {"[queue]\ndisk_free_min = true #!\n", "wrong_type", "expected a size"},
             {"[daemon]\nlog_level = 3 #!\n", "wrong_type", "\"debug\", \"info\""},
             {"[delivery.retry.default]\njitter = \"0.1\" #!\n", "wrong_type", "expected a number from 0 to 0.5"},
             {"intake = 3 #!\n", "wrong_type", "expected a table [intake]"},
             {"[[intake]] #!\n", "wrong_type", "found a list"},
         })
        check_platform({wrong.text + least_platform, wrong.code, wrong.detail});
    check_platform({with_relay("pipelining = \"yes\" #!\n"), "wrong_type", "expected true or false"});
    check_platform({"[delivery.relay] #!\nname = \"a\"\n" + least_dkim, "wrong_type", "expected tables [[delivery.relay]]"});
}

TEST_CASE("load_settings: a value out of range is told with the range") {
    for (const auto& wrong : std::vector<Refused>{
             {"[daemon]\nlanes = 65 #!\n", "out_of_range", "from 0 to 64 (threads), found 65"},
             {"[daemon]\nlanes = -1 #!\n", "out_of_range", "found -1"},
             {"[intake]\nevent_bytes_max = \"1 GiB\" #!\n", "out_of_range", "a size from 1 KiB to 64 MiB"},
             {"[intake]\nevent_bytes_max = -1 #!\n", "out_of_range", "a size from 1 KiB to 64 MiB"},
             {"[intake]\nline_deadline = \"1h\" #!\n", "out_of_range", "a duration from 100ms to 10m"},
             {"[intake]\ndepth_max = 65 #!\n", "out_of_range", "from 4 to 64"},
             {"[queue]\nclass_weights = [1, 2] #!\n", "out_of_range", "it has 2"},
             {"[queue]\nclass_weights = [1, 2, 0] #!\n", "out_of_range", "from 1 to 1000"},
             {"[delivery.retry.default]\njitter = nan #!\n", "out_of_range", "from 0 to 0.5"},
             {"[delivery.retry.default]\nsteps = [] #!\n", "out_of_range", "1 to 50"},
             {"[queue]\nlease_hold = \"10m\" #!\n", "out_of_range",
              "at least one and a half times delivery.deadlines.session, 30m"},
             {"[queue]\nlease_hold = \"29m\" #!\n", "out_of_range", "delivery.deadlines.session, 30m, found 29m"},
             {"[delivery]\nrelay_pause = \"20m\" #!\n", "out_of_range", "at most relay_pause_max"},
         })
        check_platform({wrong.text + least_platform, wrong.code, wrong.detail});
    check_platform({with_relay("port = 65536 #!\n"), "out_of_range", "from 1 to 65535"});
}

TEST_CASE("load_settings: a malformed value is told with how to write it") {
    for (const auto& wrong : std::vector<Refused>{
             {"[intake]\nevent_bytes_max = \"1 MB\" #!\n", "invalid_value", "write it like \"4 KiB\""},
             {"[intake]\nevent_bytes_max = \"99999999999 GiB\" #!\n", "invalid_value", "write it like"},
             {"[queue]\nkeep = \"a year\" #!\n", "invalid_value", "write it like \"30s\""},
             {"[delivery.retry.invoice]\ngive_up_after = \"8d\"\n[queue]\nkeep = \"7d\" #!\n", "out_of_range",
              "at least the longest delivery.retry give_up_after, 8d"},
             {"[daemon]\nlog_format = \"xml\" #!\n", "invalid_value", "one of \"text\", \"json\", found \"xml\""},
             {"[intake]\nsocket = \"\" #!\n", "invalid_value", "path"},
             {"[platform]\nspf_includes = [\"_spf\"] #!\n", "invalid_value", "a name in the DNS"},
             {"[platform]\nspf_includes = [\"a.example\", \"A.example\"] #!\n", "duplicate_name", "each value once"},
             {"[intake]\nallow_users = [\"a\\nb\"] #!\n", "invalid_value", "control"},
             {"[delivery]\nhelo_name = \"a b\" #!\n", "invalid_value", "a host name"},
             {"[intake]\nsocket = \"same\"\ncontrol = \"same\" #!\n", "duplicate_name", "another path"},
             {"[intake]\nsocket = \"" + std::string(120, 's') + "\" #!\n", "out_of_range", "at most 107 bytes"},
             {"[intake]\nattachments = \"none\" #!\n", "file_missing", "is no folder"},
         })
        check_platform({wrong.text + least_platform, wrong.code, wrong.detail});
}

TEST_CASE("S1: control characters in an EHLO name, host or user are refused") {
    check_platform(
        {"[delivery]\nhelo_name = \"a\\r\\nMAIL FROM:<x>\" #!\n" + least_platform, "invalid_value", "delivery.helo_name"});
    check_platform(
        {least_dkim + "[[delivery.relay]]\nname = \"a\"\nhost = \"a\\r\\nb\" #!\n", "invalid_value", "delivery.relay.host"});
    check_platform({with_relay("user = \"a\\u0000b\" #!\n"), "invalid_value", "delivery.relay.user"});
}

TEST_CASE("load_settings: relays are at least one, of different names") {
    check_platform({"[delivery] #!\n" + least_dkim, "missing_option", "at least one [[delivery.relay]]"});
    check_platform({"[delivery]\nrelay = [] #!\n" + least_dkim, "missing_option", "at least one [[delivery.relay]]"});
    check_platform({least_dkim + "[[delivery.relay]] #!\nname = \"a\"\n", "missing_option", "delivery.relay.host: is missing"});
    const auto two = least_platform + "[[delivery.relay]]\nname = \"local\" #!\nhost = \"::1\"\n";
    check_platform({two, "duplicate_name", "ilbud.toml:3:8 already"});
}

TEST_CASE("S32: a relay that asks for a login without required TLS is refused, also on this machine") {
    const std::string login = "user = \"u\"\npassword_file = \"s1.pem\"\n";
    check_platform({with_relay("auth = \"plain\" #!\n" + login), "invalid_value", "inside TLS only"});
    check_platform({with_relay("tls = \"none\"\nauth = \"login\" #!\n" + login), "invalid_value", "inside TLS only"});
    CHECK(SettingsFolder(with_relay("tls = \"required\"\nauth = \"login\"\n" + login)).load());
    CHECK(SettingsFolder(with_relay("tls_from_start = true\nauth = \"login\"\n" + login)).load());
}

TEST_CASE("load_settings: a login is whole or absent, and TLS from the start is not taken back") {
    const auto login = least_dkim + "[[delivery.relay]] #!\nname = \"a\"\nhost = \"b\"\ntls = \"required\"\nauth = \"plain\"\n";
    check_platform({login + "password_file = \"s1.pem\"\n", "missing_option", "delivery.relay.user"});
    check_platform({login + "user = \"u\"\n", "missing_option", "delivery.relay.password_file"});
    check_platform({with_relay("user = \"u\" #!\n"), "invalid_value", "has no effect"});
    check_platform({with_relay("tls_from_start = true\ntls = \"none\" #!\n"), "invalid_value", "beside tls_from_start"});
    check_platform({with_relay("ca_file = \"none.pem\" #!\n"), "file_missing", "none.pem"});
    check_platform({with_relay("source_address = \"localhost\" #!\n"), "invalid_value", "an IP address"});
}

TEST_CASE("load_settings: a mistake in the defaults of all kinds is one finding, not one for each kind") {
    check_platform({"[delivery.retry.default]\nsteps = [\"5m\", \"1m\"] #!\n" + least_platform, "invalid_value",
                    "at least as long as the one before"});
}

TEST_CASE("load_settings: a user or a group that this machine does not know is found before the next start fails by it") {
    const auto users = "[intake]\nallow_users = [\"root\", \"4711\", \"no-such-user\"] #!\n" + least_platform;
    check_platform(
        {users, "unknown_user", "intake.allow_users: expected each to be a user of this machine, found \"no-such-user\""});
    check_platform({"[intake]\nallow_groups = [\"no-such-group\"] #!\n" + least_platform, "unknown_group", "no-such-group"});
    const SettingsFolder folder(users);
    CHECK_FALSE(load_settings(folder.path("ilbud.toml"), Secrets::looked_at));
    CHECK(load_settings(folder.path("ilbud.toml"), Secrets::unread));  // perhaps another machine's settings
}

TEST_CASE("load_settings: retry steps are in order and end before the mail expires") {
    check_platform({"[delivery.retry.invoice]\nsteps = [\"5m\", \"1m\"] #!\n" + least_platform, "invalid_value",
                    "as long as the one before"});
    check_platform({"[delivery.retry.invoice]\nsteps = [\"6d\"] #!\n" + least_platform, "invalid_value",
                    "6d lies beyond give_up_after of 5d"});
    check_platform({"[delivery.retry.invoice]\ngive_up_after = \"1h\" #!\n" + least_platform, "invalid_value", "(invoice)"});
    check_platform({"[delivery.retry.default]\nsteps = [\"50h\"] #!\n" + least_platform, "invalid_value", "(default)"});
    check_platform({"[delivery.retry.default]\ngive_up_after = \"10m\" #!\n" + least_platform, "invalid_value", "(default)"});
    // What nobody wrote for a kind that is given up early is cut to its time.
    const auto retry = SettingsFolder("[delivery.retry.default]\nsteps = [\"1m\", \"2h\", \"30h\"]\n" + least_platform)
                           .settings()
                           .platform.delivery.retry;
    const auto steps = [&](Kind kind) { return retry[static_cast<std::size_t>(kind)].steps; };
    CHECK(steps(Kind::invoice) == std::vector<Duration>{1min, 2h, 30h});
    CHECK(steps(Kind::confirmation) == std::vector<Duration>{1min, 2h});
    CHECK(steps(Kind::known_address) == std::vector<Duration>{1min});
    const auto all = SettingsFolder("[delivery.retry.default]\nsteps = [\"1m\"]\njitter = 3\n" + least_platform).findings();
    CHECK(all.size() == 1);
}

TEST_CASE("R27: there are exactly two DKIM selectors, different in name and target") {
    const std::string one = "[[dkim.selector]]\nname = \"s1\"\ntarget = \"s1.ilbud.example\"\nkey_file = \"s1.pem\"\n";
    check_platform({least_relay + "[dkim] #!\n", "missing_option", "exactly two [[dkim.selector]], found 0"});
    check_platform({least_relay + "[dkim]\nselector = [] #!\n", "missing_option", "found 0"});
    check_platform({least_relay + "[[dkim.selector]] #!\n" + one.substr(18), "missing_option", "found 1"});
    check_platform({least_relay + "[[dkim.selector]] #!\n" + one.substr(18) + "[[dkim.selector]]\nname=\"s2\"\ntarget=\"a.b\"\n" +
                        "[[dkim.selector]]\nname=\"s3\"\ntarget=\"a.c\"\n",
                    "out_of_range", "found 3"});
    check_platform({least_relay + one + "[[dkim.selector]]\nname = \"S1\" #!\ntarget = \"s2.ilbud.example\"\n", "duplicate_name",
                    "another name"});
    check_platform({least_relay + one + "[[dkim.selector]]\nname = \"s2\"\ntarget = \"s1.ilbud.example\" #!\n", "duplicate_name",
                    "another target"});
    check_platform({least_relay + one + "[[dkim.selector]]\nname = \"s_2\" #!\ntarget = \"s2.ilbud.example\"\n", "invalid_value",
                    "selector"});
}

TEST_CASE("R30: the active selector is named; that it has a key is the queue's matter") {
    check_platform({"[dkim]\nactive = \"s3\" #!\n" + least_platform, "unknown_reference", "they are s1, s2"});
    check_platform({"[dkim]\nactive = 0 #!\n" + least_platform, "wrong_type", "name of one of the two"});
    check_platform({least_platform + "[dkim.ed25519]\nname = \"s1\" #!\ntarget = \"ed.ilbud.example\"\nkey_file = \"s1.pem\"\n",
                    "duplicate_name", "another name"});
    check_platform(
        {least_platform + "[dkim.ed25519] #!\nname = \"ed\"\ntarget = \"ed.ilbud.example\"\n", "missing_option", "key_file"});
}

TEST_CASE("load_settings: a size of 0 bytes is taken as its range writes it") {
    for (const auto* text : {"0", "\"0\"", "\"0 bytes\"", "\"0 KiB\""})
        CHECK(SettingsFolder("[queue]\ndisk_free_min = " + std::string(text) + "\n" + least_platform)
                  .settings()
                  .platform.queue.disk_free_min == 0);
    CHECK(SettingsFolder("[queue]\ndisk_free_min = \"4096 bytes\"\n" + least_platform).settings().platform.queue.disk_free_min ==
          4096);
    check_platform({"[queue]\ndisk_free_min = \"0 apples\" #!\n" + least_platform, "invalid_value", "4 KiB"});
}

TEST_CASE("load_settings: a socket's path that is a folder is told") {
    for (const auto* option : {"socket", "control"})
        for (const auto* folder : {"/", "run/", ".", "accounts"}) {
            const auto text = "[intake]\n" + std::string(option) + " = \"" + folder + "\" #!\n" + least_platform;
            check_platform({text, "invalid_value", "intake." + std::string(option) + ": expected the path of the socket itself"});
        }
}

TEST_CASE("load_settings: a domain's last dot, as zone files have it, is not kept") {
    const auto platform = SettingsFolder(
                              "[platform]\nspf_includes = [\"_spf.ilbud.example.\"]\n[dkim]\nplatform_domain = "
                              "\"ilbud.example.\"\n" +
                              least_platform)
                              .settings()
                              .platform;
    CHECK(platform.spf_includes == std::vector<std::string>{"_spf.ilbud.example"});
    CHECK(platform.dkim.platform_domain == "ilbud.example");
}
