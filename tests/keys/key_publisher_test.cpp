// Publishing for real: nsupdate with TSIG against knotd, hooks, and each of them failing.
#include <sys/socket.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "ilbud/base/secret.hpp"
#include "ilbud/dns/unbound_resolver.hpp"
#include "ilbud/keys/key_publisher.hpp"
#include "ilbud/sign/sign.hpp"
#include "keys/program.hpp"
#include "support/dns_server.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

const TsigKey tsig{"update.key", "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTMyLWI="};

std::filesystem::path private_file(const std::filesystem::path& path, const std::string& text, mode_t mode = 0600) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
}

std::string key_text(const std::string& secret) {
    return "key \"update.key\" { algorithm hmac-sha256; secret \"" + secret + "\"; };\n";
}

/// A zone that takes updates signed with `tsig`.
struct UpdatableZone {
    DnsServer server{
        {{.name = "keys.test", .records = "s1._domainkey 60 TXT \"v=DKIM1; k=rsa; p=b2xk\"", .update_key = tsig.name}}, {tsig}};
    TemporaryFolder folder;
    DkimSettings dkim;
    std::atomic<bool> stop = false;

    UpdatableZone() {
        dkim.publish = PublishBy::nsupdate;
        dkim.nsupdate.server = "127.0.0.1";
        dkim.nsupdate.port = server.port();
        dkim.nsupdate.zone = "keys.test";
        dkim.nsupdate.ttl = 2s;
        dkim.nsupdate.key_file = private_file(folder / "tsig.key", key_text(tsig.secret));
    }
    Result<void> publish(const std::string& record) {
        return run_task(make_publisher(dkim, stop)->publish({"s1", "s1._domainkey.keys.test", record, false}));
    }
    [[nodiscard]] std::vector<std::string> served() const {
        DnsSettings settings;
        settings.servers = {server.address()};
        settings.trust_anchor.clear();
        asio::io_context context(1);
        auto resolver = open_unbound_resolver(context, settings);
        REQUIRE(resolver);
        const auto answer = run_task(context, (*resolver)->query("s1._domainkey.keys.test", RecordType::txt));
        resolver->reset();
        return answer.records;
    }
};

DkimSettings with_hook(std::vector<std::string> command, Duration deadline = 10s) {
    DkimSettings dkim;
    dkim.publish = PublishBy::hook;
    dkim.hook = {std::move(command), deadline};
    return dkim;
}

Result<void> run_hook(const DkimSettings& dkim, bool withdraws = false) {
    const std::atomic<bool> stop = false;
    const auto publisher = make_publisher(dkim, stop);
    return run_task(publisher->publish({"s1", "s1._domainkey.keys.test", "v=DKIM1; k=rsa; p=QUJD", withdraws}));
}

}  // namespace

TEST_CASE("R30: nsupdate with TSIG replaces the record at the target, a long RSA key included, and again is the same") {
    if (!DnsServer::available()) return;
    UpdatableZone zone;
    const auto key = SigningKey::from_pem(*new_rsa_key(4096), "s1");
    REQUIRE(zone.publish(key->dns_record()));
    CHECK(zone.served() == std::vector{key->dns_record()});
    REQUIRE(zone.publish(key->dns_record()));
    CHECK(zone.served() == std::vector{key->dns_record()});
    REQUIRE(zone.publish(revoked_record(key->dns_record())));
    CHECK(zone.served() == std::vector<std::string>{"v=DKIM1; k=rsa; p="});
}

TEST_CASE("R30: an update that the server refuses says so on one line, and changes nothing") {
    if (!DnsServer::available()) return;
    UpdatableZone zone;
    const auto refused = [&] {
        const auto result = zone.publish("v=DKIM1; k=rsa; p=QUJD");
        REQUIRE_FALSE(result);
        CHECK(result.error().code == "program_failed");
        CHECK(result.error().detail.find('\n') == std::string::npos);
        CHECK(result.error().detail.size() < 600);
        CHECK(zone.served() == std::vector<std::string>{"v=DKIM1; k=rsa; p=b2xk"});
        return result.error().detail;
    };
    SECTION("a wrong key") {
        private_file(zone.folder / "tsig.key", key_text("d3JvbmctZm9yLXN1cmUtd3Jvbmctd3Jvbmctd3Jvbmc="));
        CHECK_THAT(refused(), Catch::Contains("TSIG") || Catch::Contains("NOTAUTH") || Catch::Contains("BADSIG"));
    }
    SECTION("no key") {
        zone.dkim.nsupdate.key_file.clear();
        CHECK_THAT(refused(), Catch::Contains("REFUSED") || Catch::Contains("NOTAUTH"));
    }
    SECTION("another zone") {
        zone.dkim.nsupdate.zone = "other.test";
        refused();
    }
}

TEST_CASE("R30: an update server that does not answer ends at the deadline") {
    const SilentServer silent;
    DkimSettings dkim;
    dkim.publish = PublishBy::nsupdate;
    dkim.nsupdate.server = "127.0.0.1";
    dkim.nsupdate.port = silent.port();
    dkim.nsupdate.zone = "keys.test";
    dkim.nsupdate.deadline = 300ms;
    const std::atomic<bool> stop = false;
    const auto result =
        run_task(make_publisher(dkim, stop)->publish({"s1", "s1._domainkey.keys.test", "v=DKIM1; k=rsa; p=QUJD", false}));
    REQUIRE_FALSE(result);
    CHECK(result.error().code == "program_failed");
}

TEST_CASE("S14: a TSIG key that others can read is not used, also if its mode changed after the start") {
    const TemporaryFolder folder;
    DkimSettings dkim;
    dkim.publish = PublishBy::nsupdate;
    dkim.nsupdate.key_file = private_file(folder / "tsig.key", key_text(tsig.secret), 0644);
    const std::atomic<bool> stop = false;
    CHECK(run_task(make_publisher(dkim, stop)->publish({"s1", "s1.keys.test", "v=DKIM1; k=rsa; p=QUJD", false})).error().code ==
          "secret_permissions");
}

TEST_CASE("R30: a hook gets what to publish by environment and as JSON, and nothing else of our environment") {
    const TemporaryFolder folder;
    const auto script = private_file(folder / "hook", "#!/bin/sh\nenv > \"$1/env\"\ncat > \"$1/in\"\n", 0700);
    ::setenv("ILBUD_CANARY", "must not leak", 1);
    REQUIRE(run_hook(with_hook({script.string(), folder.path().string()})));
    const auto environment = read_file(folder / "env");
    CHECK(environment.find("ILBUD_DKIM_ACTION=publish\n") != std::string::npos);
    CHECK(environment.find("ILBUD_DKIM_SELECTOR=s1\n") != std::string::npos);
    CHECK(environment.find("ILBUD_DKIM_NAME=s1._domainkey.keys.test\n") != std::string::npos);
    CHECK(environment.find("ILBUD_DKIM_RECORD=v=DKIM1; k=rsa; p=QUJD\n") != std::string::npos);
    CHECK(environment.find("ILBUD_DKIM_ZONE_LINE=s1._domainkey.keys.test. IN TXT ( \"v=DKIM1; k=rsa; p=QUJD\" )\n") !=
          std::string::npos);
    CHECK(environment.find("CANARY") == std::string::npos);
    CHECK(
        read_file(folder / "in") ==
        R"json({"action":"publish","selector":"s1","name":"s1._domainkey.keys.test","record":"v=DKIM1; k=rsa; p=QUJD","zone_line":"s1._domainkey.keys.test. IN TXT ( \"v=DKIM1; k=rsa; p=QUJD\" )"})json"
        "\n");
    REQUIRE(run_hook(with_hook({script.string(), folder.path().string()}), true));
    CHECK(read_file(folder / "env").find("ILBUD_DKIM_ACTION=withdraw\n") != std::string::npos);
}

TEST_CASE("R30: a hook that fails, cannot be started, hangs, floods or leaves children is an error with its last words") {
    const TemporaryFolder folder;
    const auto script = [&](const std::string& text) {
        return std::vector{private_file(folder / "hook", "#!/bin/sh\n" + text, 0700).string()};
    };
    auto result = run_hook(with_hook(script("echo first; echo 'no such\tzone' >&2; exit 3")));
    REQUIRE_FALSE(result);
    CHECK(result.error().detail == "exit status 3: first\\nno such\\tzone");
    result = run_hook(with_hook({"/none/such"}));
    REQUIRE_FALSE(result);
    CHECK(result.error().detail.find("cannot be started") != std::string::npos);
    result = run_hook(with_hook(script("echo begun; sleep 60"), 200ms));
    REQUIRE_FALSE(result);
    CHECK(result.error().detail.find("killed after 200ms: begun") != std::string::npos);
    result = run_hook(with_hook(script("head -c 3000000 /dev/zero | tr '\\0' x; exit 1")));
    REQUIRE_FALSE(result);
    CHECK(result.error().detail.size() < 600);
    CHECK(run_hook(with_hook(script("exit 0"))));                       // it need not read what it is given
    result = run_hook(with_hook(script("sleep 600 & exit 0"), 300ms));  // a child that keeps the output open goes with its group
    REQUIRE_FALSE(result);
    CHECK(result.error().detail.find("killed after 300ms") != std::string::npos);
}

TEST_CASE("run_program: the program has its standard streams and no other descriptor of ours") {
    const TemporaryFolder folder;
    const int inherited = ::socket(AF_UNIX, SOCK_STREAM, 0);  // without CLOEXEC, as libraries open them
    REQUIRE(inherited > 2);
    const auto script = private_file(folder / "list", "#!/bin/sh\nls -l /proc/$$/fd >&2\nexit 1\n", 0700);
    const std::atomic<bool> stop = false;
    const auto result = run_program({{script.string()}, {}, {}, 10s}, stop);
    ::close(inherited);
    REQUIRE_FALSE(result);
    CHECK(result.error().detail.find("pipe:") != std::string::npos);
    CHECK(result.error().detail.find("socket:") == std::string::npos);
}

TEST_CASE("run_program: a stop ends it, and not its deadline") {
    std::atomic<bool> stop = false;
    std::thread later([&] {
        std::this_thread::sleep_for(100ms);
        stop = true;
    });
    const auto result = run_program({{"/bin/sleep", "600"}, {}, {}, 600s}, stop);
    later.join();
    REQUIRE_FALSE(result);
    CHECK(result.error().detail.find("the daemon stops") != std::string::npos);
}

TEST_CASE("key records: the public part and the revoked form") {
    CHECK(public_part("v=DKIM1; k=rsa; p= AB C\tD ;x=1") == "ABCD");
    CHECK(public_part("v=DKIM1; k=rsa; p=").empty());
    CHECK(public_part("v=spf1 -all").empty());
    CHECK(public_part("v=DKIM1; np=x; p=y") == "y");
    CHECK(revoked_record("v=DKIM1; k=ed25519; p=QUJD") == "v=DKIM1; k=ed25519; p=");
}

TEST_CASE("nsupdate_script: server, zone, and one replacement of the TXT records") {
    NsupdateSettings settings;
    settings.server = "ns1.test";
    settings.port = 5353;
    settings.zone = "keys.test";
    settings.ttl = 90s;
    CHECK(
        nsupdate_script(settings, {"s1", "s1.keys.test", "v=DKIM1; p=" + std::string(250, 'A'), false}) ==
        "server ns1.test 5353\nzone keys.test.\nupdate delete s1.keys.test. TXT\nupdate add s1.keys.test. 90 TXT \"v=DKIM1; p=" +
            std::string(244, 'A') + "\" \"" + std::string(6, 'A') + "\" \nsend\n");
}
