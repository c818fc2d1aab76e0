// `ilbud domain check` against real DNS: good zones, broken ones, and one that never answers.
#include <poll.h>
#include <simdjson.h>

#include <atomic>

#include "support/dns_server.hpp"
#include "support/trip.hpp"

using namespace ilbud::test;

namespace {

// A resolver in front of `server` that stays silent about names with `silent` in them.
class SilentAbout {
 public:
    SilentAbout(const DnsServer& server, std::string silent)
        : server_(server), silent_(std::move(silent)), thread_([this] { run(); }) {}
    ~SilentAbout() {
        stop_ = true;
        thread_.join();
    }
    [[nodiscard]] std::string address() const { return here_.address(); }

 private:
    void run() {
        const int there = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_in server{};
        server.sin_family = AF_INET;
        server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        server.sin_port = htons(server_.port());
        if (::connect(there, reinterpret_cast<sockaddr*>(&server), sizeof server) != 0) return;
        while (!stop_) {
            pollfd waiting{here_.socket(), POLLIN, 0};
            if (::poll(&waiting, 1, 20) == 1) pass_on(there);
        }
        ::close(there);
    }

    void pass_on(int there) const {
        char bytes[65536];
        sockaddr_in client{};
        socklen_t size = sizeof client;
        auto got = ::recvfrom(here_.socket(), bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&client), &size);
        std::string question(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
        for (auto& c : question) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (question.find(silent_) != std::string::npos || ::send(there, bytes, static_cast<std::size_t>(got), 0) != got) return;
        pollfd waiting{there, POLLIN, 0};
        if (::poll(&waiting, 1, 500) != 1) return;
        got = ::recv(there, bytes, sizeof bytes, 0);
        if (got > 0)
            ::sendto(here_.socket(), bytes, static_cast<std::size_t>(got), 0, reinterpret_cast<sockaddr*>(&client), size);
    }

    const DnsServer& server_;
    std::string silent_;
    SilentServer here_;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

std::string member(const std::string& json, const char* name) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(json).get(root) != simdjson::SUCCESS) throw std::runtime_error("no JSON: " + json);
    return std::string(std::string_view(root[name]));
}

// A platform "ilbud.test" with customers of the given domains: settings, key, and the platform's zone.
class Platform {
 public:
    explicit Platform(const std::vector<std::string>& domains) {
        const auto key = run({program(), "dkim", "new-key", "--json", "--out", (folder_ / "key.pem").string(), "--selector", "s1",
                              "--target", "s1"});
        if (key.status != 0) throw std::runtime_error("dkim new-key failed: " + key.out);
        zone_ = {"ilbud.test", "_spf TXT \"v=spf1 ip4:192.0.2.10 -all\"\nout A 192.0.2.10\n" + member(key.out, "zone") + "\n"};
        write(config(),
              "[platform]\ntemplates = \"" ILBUD_SOURCE_DIR
              "/templates\"\nspf_includes = [\"_spf.ilbud.test\"]\n"
              "source_addresses = [\"192.0.2.10\"]\n[dns]\ndeadline = \"1s\"\ncheck_deadline = \"3s\"\n"
              "[delivery]\nhelo_name = \"out.ilbud.test\"\n[[delivery.relay]]\nname = \"relay\"\nhost = \"127.0.0.1\"\n"
              "[dkim]\nactive = \"s1\"\n[[dkim.selector]]\nname = \"s1\"\ntarget = \"s1.ilbud.test\"\nkey_file = \"key.pem\"\n"
              "[[dkim.selector]]\nname = \"s2\"\ntarget = \"s2.ilbud.test\"\n");
        std::string units;
        for (const auto& domain : domains)
            units += "[[unit]]\nid = \"" + domain + "\"\nname = \"Avis\"\ninvoice_email = \"faktura@" + domain + "\"\n";
        write(folder_ / "accounts/press.toml",
              "[account]\nid = \"press\"\nemail = \"a@press.example\"\n[[customer_service]]\nid = \"s\"\nname = \"S\"\n"
              "support_email = \"hjaelp@" +
                  domains.front() + "\"\n" + units);
    }

    [[nodiscard]] std::filesystem::path config() const { return folder_ / "ilbud.toml"; }
    [[nodiscard]] const DnsZone& zone() const { return zone_; }
    [[nodiscard]] Ran check(std::vector<std::string> arguments, const std::string& resolver) const {
        std::vector<std::string> argv{program(), "domain", "check", "--config", config().string(), "--resolver", resolver};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return run(argv, folder_ / "errors");
    }

 private:
    TemporaryFolder folder_;
    DnsZone zone_;
};

// What a customer publishes.
std::string complete_zone() {
    return "@ MX 10 mail\nmail A 192.0.2.25\n@ TXT \"v=spf1 mx include:_spf.ilbud.test -all\"\n"
           "s1._domainkey CNAME s1.ilbud.test.\ns2._domainkey CNAME s2.ilbud.test.\n_dmarc TXT \"v=DMARC1; p=none;\"\n";
}

DnsZone reverse_zone() {
    return {"2.0.192.in-addr.arpa", "10 PTR out.ilbud.test.\n"};
}

// DMARC is looked for up to the top level: nobody who answers there would make it unknown.
DnsZone top_level() {
    return {"test", ""};
}

const std::string huge = [] {
    std::string text = "@ TXT";
    for (int i = 0; i < 250; ++i) text += " \"" + std::string(255, 'x') + "\"";
    return text + "\n";
}();

}  // namespace

TEST_CASE("domain check: a complete domain has exit status 0, in every language") {
    if (!DnsServer::available()) return;
    const Platform platform({"good.test"});
    const DnsServer server({platform.zone(), reverse_zone(), {"good.test", complete_zone()}});
    for (const auto* language : {"da", "nb", "sv", "en", "de"}) {
        const auto ran = platform.check({"good.test", "--language", language}, server.address());
        INFO(ran.out);
        CHECK(ran.status == 0);
        CHECK_THAT(ran.out, Catch::Contains("good.test") && !Catch::Contains("{"));
    }
    const auto ran = platform.check({"GOOD.test", "--json"}, server.address());
    CHECK(member(ran.out, "verdict") == "complete");
}

TEST_CASE("domain check: what it proposes, pasted into the zone file as it stands, makes a domain complete") {
    if (!DnsServer::available()) return;
    const Platform platform({"new.test"});
    const std::string before = "@ MX 10 mail\nmail A 192.0.2.25\n";
    DnsServer server({platform.zone(), reverse_zone(), top_level(), {"new.test", before}});
    const auto ran = platform.check({"new.test", "--json"}, server.address());
    CHECK(ran.status == 5);
    simdjson::dom::parser parser;
    std::string records;
    for (const simdjson::dom::element finding : parser.parse(ran.out)["findings"])
        for (const simdjson::dom::element record : finding["publish"])
            records += std::string(std::string_view(record["zone"])) + "\n";
    server.replace("new.test", before + records);
    CHECK(platform.check({"new.test"}, server.address()).status == 0);
}

TEST_CASE("domain check: the lines for a zone file that the text shows are pasted as they are") {
    if (!DnsServer::available()) return;
    const Platform platform({"new.test"});
    const std::string before = "@ MX 10 mail\nmail A 192.0.2.25\n";
    DnsServer server({platform.zone(), reverse_zone(), top_level(), {"new.test", before}});
    const auto text = platform.check({"new.test"}, server.address()).out;
    std::string records;
    for (auto at = text.find("zone file:\n"); at != std::string::npos; at = text.find("zone file:\n", at + 1)) {
        const auto begin = at + 11;
        auto lines = text.substr(begin, text.find("\n\n", begin) - begin) + "\n";
        records += lines.substr(lines.find_first_not_of(' '));  // a record begins its line
    }
    server.replace("new.test", before + records);
    CHECK(platform.check({"new.test"}, server.address()).status == 0);
}

TEST_CASE("S42, S43: SERVFAIL, CNAME loops and 64 KB are named, and end nothing else") {
    if (!DnsServer::available()) return;
    const Platform platform({"good.test", "broken.test", "huge.test", "loop.test"});
    const DnsServer server(
        {platform.zone(),
         reverse_zone(),
         {"good.test", complete_zone()},
         {"broken.test", "", false, true},
         {"huge.test", huge},
         {"loop.test",
          "@ TXT \"v=spf1 include:_spf.ilbud.test -all\"\ns1._domainkey CNAME a\ns2._domainkey CNAME b\na CNAME b\nb CNAME a\n"
          "_dmarc CNAME c\nc CNAME _dmarc\n"}});
    const auto ran = platform.check({"--all"}, server.address());
    CHECK(ran.status == 6);
    CHECK_THAT(ran.out, Catch::Contains("good.test    complete") && Catch::Contains("broken.test  unknown") &&
                            Catch::Contains("huge.test    unknown") && Catch::Contains("loop.test    sendable"));
    const auto reason = [&](const std::string& domain) { return platform.check({domain}, server.address()).out; };
    CHECK_THAT(reason("broken.test"), Catch::Contains("SERVFAIL"));
    CHECK_THAT(reason("huge.test"), Catch::Contains("the answer could not be read"));
    CHECK_THAT(reason("loop.test"), Catch::Contains("lead in a circle"));
    const auto told = [&](const std::string& domain) { return platform.check({domain, "--json"}, server.address()).out; };
    CHECK_THAT(told("huge.test"), Catch::Contains("answer too large"));
    CHECK_THAT(told("loop.test"), Catch::Contains("CNAME loop"));
}

TEST_CASE("S43: a zone that never answers is unknown within its time, and other domains are checked meanwhile") {
    if (!DnsServer::available()) return;
    const Platform platform({"good.test", "slow.test"});
    const DnsServer server({platform.zone(), reverse_zone(), {"good.test", complete_zone()}});
    const SilentAbout resolver(server, "slow");
    const auto ran = platform.check({"--all", "--json"}, resolver.address());
    CHECK(ran.status == 6);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    REQUIRE(parser.parse(ran.out).get(root) == simdjson::SUCCESS);
    CHECK(std::string_view(root["domains"].at(0)["verdict"]) == "complete");
    CHECK(std::string_view(root["domains"].at(1)["verdict"]) == "unknown");
    CHECK(std::uint64_t(root["summary"]["complete"]) == 1);
    CHECK_THAT(ran.out, Catch::Contains("timeout"));
}

TEST_CASE("domain check: what cannot be checked has exit status 1, wrong usage 2") {
    const Platform platform({"good.test"});
    CHECK(platform.check({}, "127.0.0.1").status == 2);
    CHECK(platform.check({"good.test", "--all"}, "127.0.0.1").status == 2);
    CHECK(platform.check({"good.test", "--language", "fr"}, "127.0.0.1").status == 2);
    CHECK(platform.check({"no domain"}, "127.0.0.1").status == 1);
    CHECK(platform.check({"good.test"}, "localhost").status == 1);
}

TEST_CASE("domain check: a domain is taken with its last dot, in capitals and as U-labels") {
    if (!DnsServer::available()) return;
    const Platform platform({"good.test", "xn--rdgrd-vuad.test"});
    const DnsServer server(
        {platform.zone(), reverse_zone(), {"good.test", complete_zone()}, {"xn--rdgrd-vuad.test", complete_zone()}});
    for (const auto* typed : {"good.test.", "GOOD.TEST.", "rødgrød.test", "RØDGRØD.test.", "XN--RDGRD-VUAD.test."}) {
        INFO(typed);
        CHECK(platform.check({typed}, server.address()).status == 0);
    }
    CHECK(platform.check({"good.test.."}, server.address()).status == 1);
}

namespace {

// Settings whose trust anchor is this text.
std::filesystem::path anchored(const Platform& platform, const TemporaryFolder& folder, const std::string& anchor) {
    write(folder / "anchor", anchor + "\n");
    auto settings = read_file(platform.config());
    settings.insert(settings.find("[dns]\n") + 6, "trust_anchor = \"" + (folder / "anchor").string() + "\"\n");
    const auto config = platform.config().parent_path() / "anchored.toml";
    write(config, settings);
    return config;
}

Ran check_anchored(const std::filesystem::path& config, const std::string& domain, const std::string& resolver,
                   const std::filesystem::path& errors) {
    std::filesystem::remove(errors);
    return run({program(), "domain", "check", domain, "--json", "--config", config.string(), "--resolver", resolver}, errors);
}

}  // namespace

TEST_CASE("S42: domain check --resolver: a forged domain is unknown, as it is without the option") {
    if (!DnsServer::available()) return;
    const Platform platform({"signed.test"});
    const DnsServer server({platform.zone(), reverse_zone(), {"signed.test", complete_zone(), true}});
    const TemporaryFolder folder;
    const auto errors = folder / "errors";
    const auto anchor = server.trust_anchor("signed.test");
    auto other = anchor;
    auto& digit = other[other.find_last_not_of(" \t")];
    digit = digit == '0' ? '1' : '0';
    // The same answers: held to be signed by their key, then by another.
    const auto genuine = check_anchored(anchored(platform, folder, anchor), "signed.test", server.address(), errors);
    CHECK(genuine.status == 0);
    CHECK(member(genuine.out, "verdict") == "complete");
    CHECK_THAT(genuine.out, Catch::Contains("\"notes\":[]"));
    CHECK(read_file(errors).find("not validated") == std::string::npos);
    const auto forged = check_anchored(anchored(platform, folder, other), "signed.test", server.address(), errors);
    CHECK(forged.status == 6);
    CHECK(member(forged.out, "verdict") == "unknown");
}

TEST_CASE("S42: domain check --resolver: below a signed root what does not fit its signature is bogus") {
    if (!DnsServer::available()) return;
    const Platform platform({"good.test"});
    // A whole tree of one server, the root of which is signed; nothing below it is delegated with a key.
    const DnsServer server(
        {{"", "test NS ns\narpa NS ns\n", true}, platform.zone(), reverse_zone(), {"good.test", complete_zone()}});
    const TemporaryFolder folder;
    const auto errors = folder / "errors";
    const auto anchor = server.trust_anchor("");
    auto other = anchor;
    auto& digit = other[other.find_last_not_of(" \t")];
    digit = digit == '0' ? '1' : '0';
    const auto validated = check_anchored(anchored(platform, folder, anchor), "good.test", server.address(), errors);
    CHECK(read_file(errors).find("not validated") == std::string::npos);
    CHECK(validated.status == 0);
    // Another root than the one we know: what cannot be validated is said, never passed in silence.
    const auto strange = check_anchored(anchored(platform, folder, other), "good.test", server.address(), errors);
    CHECK_THAT(read_file(errors), Catch::Contains("not validated (DNSSEC)") && Catch::Contains("keys of the root"));
    CHECK(strange.status == 0);
}

TEST_CASE("domain check --resolver: a server that knows nothing of the root is asked all the same, and that is said") {
    if (!DnsServer::available()) return;
    const Platform platform({"good.test"});
    const DnsServer server({platform.zone(), reverse_zone(), {"good.test", complete_zone()}});
    const TemporaryFolder folder;
    const auto errors = folder / "errors";
    // That of the root, as Debian has it.
    const auto config =
        anchored(platform, folder, ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D");
    CHECK(check_anchored(config, "good.test", server.address(), errors).status == 0);
    CHECK_THAT(read_file(errors), Catch::Contains("not validated (DNSSEC)") && Catch::Contains(server.address()));
    // For programs in the JSON, which standard error does not reach.
    CHECK_THAT(check_anchored(config, "good.test", server.address(), errors).out,
               Catch::Contains("{\"code\":\"not_validated\",\"text\":\"answers of the DNS are not validated (DNSSEC)"));
    // Whether the default anchor is installed or not.
    CHECK(check_anchored(platform.config(), "good.test", server.address(), errors).status == 0);
    CHECK_THAT(read_file(errors), Catch::Contains("not validated (DNSSEC)"));
}
