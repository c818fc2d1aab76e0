// TLS and AUTH towards relays, with a certificate authority made for the test (SECURITY S29–S32).
#include <sys/stat.h>

#include <fstream>

#include "support/courier.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_certificate.hpp"

using namespace ilbud;
using namespace ilbud::test;
using Tls = ServerOptions::Tls;

namespace {

const Authority& authority() {
    static const Authority one;
    return one;
}

ServerOptions with_tls(Tls tls, const std::string& names = "DNS:localhost,IP:127.0.0.1") {
    const Certificate certificate = authority().issue(names);
    ServerOptions options;
    options.tls = tls;
    options.certificate_pem = certificate.pem;
    options.key_pem = certificate.key_pem;
    return options;
}

/// Files that a relay's settings name: the CA and a secret.
struct Files {
    Files() {
        std::ofstream(folder / "ca.pem") << authority().pem();
        std::ofstream(folder / "other.pem") << Authority().pem();
        std::ofstream(folder / "secret") << "secret\n";
        std::ofstream(folder / "wrong") << "canary-4711";
        std::ofstream(folder / "open") << "secret";
        for (const char* name : {"secret", "wrong"}) chmod((folder / name).c_str(), 0600);
        chmod((folder / "open").c_str(), 0644);
    }
    TemporaryFolder folder;
};

Relay secure(const SmtpServer& server, const Files& files, TlsPolicy tls = TlsPolicy::required) {
    Relay relay = relay_at(server.port());
    relay.tls = tls;
    relay.ca_file = files.folder / "ca.pem";
    return relay;
}

Relay with_auth(const SmtpServer& server, const Files& files, AuthMethod method, const char* secret = "secret") {
    Relay relay = secure(server, files);
    relay.auth = method;
    relay.user = "user";
    relay.password_file = files.folder / secret;
    return relay;
}

}  // namespace

TEST_CASE("S32: required TLS delivers when chain and name are right, by STARTTLS and by SMTPS") {
    const Files files;
    const Tls tls = GENERATE(Tls::starttls, Tls::from_start);
    SmtpServer server(with_tls(tls));
    Relay relay = secure(server, files);
    relay.tls_from_start = tls == Tls::from_start;
    Courier courier({relay});
    for (const Reply& reply : courier.send_all(5)) CHECK(reply.code == 250);
    CHECK(server.tls_sessions() == server.sessions());
    const std::string large = content_of(1, 600'000);
    CHECK(courier.send(1, "to@b.dk", large).code == 250);
    CHECK((server.messages().back().bytes == large));
}

TEST_CASE("S32: a wrong authority or a wrong name is refused before any mail is named, and SMTPS counts as required") {
    const Files files;
    const bool from_start = GENERATE(false, true);
    SmtpServer server(with_tls(from_start ? Tls::from_start : Tls::starttls));
    Relay stranger = secure(server, files, from_start ? TlsPolicy::none : TlsPolicy::required);
    stranger.tls_from_start = from_start;
    stranger.ca_file = files.folder / "other.pem";
    Courier courier({stranger});
    const Reply reply = courier.send();
    CHECK(reply.failure == Reply::Failure::tls_failed);
    CHECK(reply.stage == Stage::tls);

    SmtpServer elsewhere(with_tls(from_start ? Tls::from_start : Tls::starttls, "DNS:mail.example,IP:127.0.0.2"));
    Relay misnamed = secure(elsewhere, files);
    misnamed.tls_from_start = from_start;
    Courier second({misnamed});
    CHECK(second.send().failure == Reply::Failure::tls_failed);
    CHECK(server.command("MAIL").empty());
    CHECK(elsewhere.command("MAIL").empty());
}

TEST_CASE("S32: TLS below 1.2 is refused where TLS is required") {
    const Files files;
    ServerOptions options = with_tls(Tls::starttls);
    options.tls_1_1_only = true;
    SmtpServer server(options);
    Courier courier({secure(server, files)});
    CHECK(courier.send().failure == Reply::Failure::tls_failed);
    CHECK(server.command("MAIL").empty());
}

TEST_CASE("curl transport: a server that wants a certificate of ours is trouble with TLS, also where 1.3 tells it late") {
    const Files files;
    ServerOptions options = with_tls(GENERATE(Tls::starttls, Tls::from_start));
    options.client_certificate = true;
    SmtpServer server(options);
    Relay relay = secure(server, files);
    relay.tls_from_start = options.tls == Tls::from_start;
    Courier courier({relay});
    const Reply reply = courier.send();
    CHECK(reply.failure == Reply::Failure::tls_failed);
    CHECK(reply.stage == Stage::tls);
    CHECK(reply.text.find("certificate") != std::string::npos);
    CHECK(server.command("MAIL").empty());
}

TEST_CASE("S29: required TLS never falls back: not offered, refused, or broken") {
    const Files files;
    const int way = GENERATE(0, 1, 2);
    CAPTURE(way);
    SmtpServer server(way == 0 ? ServerOptions{} : with_tls(Tls::starttls));
    if (way == 1) server.at(At::starttls, say("454 4.7.0 TLS not available"));
    if (way == 2) server.at(At::starttls, say_and_close("220 go ahead"));
    Courier courier({secure(server, files)});
    const Reply reply = courier.send();
    CHECK(reply.failure == Reply::Failure::tls_failed);
    CHECK(reply.stage == Stage::tls);
    CHECK(server.command("MAIL").empty());
    CHECK(server.tls_sessions() == 0);
    CHECK(server.sessions() == 1);
}

TEST_CASE("S30: bytes injected before TLS end the session, whether TLS is required or opportunistic") {
    const Files files;
    const TlsPolicy policy = GENERATE(TlsPolicy::required, TlsPolicy::opportunistic);
    SmtpServer server(with_tls(Tls::starttls));
    server.at(At::starttls, raw("220 go ahead\r\n250-evil.example\r\n250 SIZE 1\r\n"));
    Courier courier({secure(server, files, policy)});
    const Reply reply = courier.send();
    CHECK(reply.code != 250);
    CHECK(reply.stage < Stage::mail);
    CHECK(reply.failure == Reply::Failure::garbage);
    CHECK(server.command("MAIL").empty());
    CHECK(server.sessions() == 1);
}

TEST_CASE("curl transport: opportunistic TLS takes what is offered, without verifying") {
    const Files files;
    SmtpServer server(with_tls(Tls::starttls, "DNS:elsewhere.example"));
    Relay relay = secure(server, files, TlsPolicy::opportunistic);
    relay.ca_file = files.folder / "other.pem";
    Courier courier({relay});
    CHECK(courier.send().code == 250);
    CHECK(server.tls_sessions() == 1);

    SmtpServer plain;
    Courier second({secure(plain, files, TlsPolicy::opportunistic)});
    CHECK(second.send().code == 250);
}

TEST_CASE("curl transport: an opportunistic handshake that fails is followed by one session in plain text, and logged") {
    const Files files;
    ServerOptions options = with_tls(Tls::starttls);
    options.tls_1_1_only = true;
    SmtpServer server(options);
    Courier courier({secure(server, files, TlsPolicy::opportunistic)});
    CHECK(courier.send().code == 250);
    CHECK(server.sessions() == 2);
    CHECK(server.tls_sessions() == 0);
    CHECK(courier.log_text.find("relay.tls_fallback") != std::string::npos);
}

TEST_CASE("curl transport: logs in with PLAIN, LOGIN and XOAUTH2") {
    const Files files;
    const auto [method, name] = GENERATE(table<AuthMethod, std::string>(
        {{AuthMethod::plain, "PLAIN"}, {AuthMethod::login, "LOGIN"}, {AuthMethod::xoauth2, "XOAUTH2"}}));
    ServerOptions options = with_tls(Tls::starttls);
    options.auth = "PLAIN LOGIN XOAUTH2";
    SmtpServer server(options);
    Courier courier({with_auth(server, files, method)});
    CHECK(courier.send().code == 250);
    CHECK(server.logins() == std::vector{name});
    CHECK(courier.log_text.find("secret") == std::string::npos);
}

TEST_CASE("S27, S32: a refused login is told without the secret, and nothing is sent") {
    const Files files;
    ServerOptions options = with_tls(Tls::starttls);
    options.auth = "PLAIN LOGIN";
    SmtpServer server(options);
    Courier courier({with_auth(server, files, AuthMethod::plain, "wrong")});
    const Reply reply = courier.send();
    CHECK(reply.failure == Reply::Failure::auth_failed);
    CHECK(reply.stage == Stage::auth);
    CHECK(reply.code == 535);
    CHECK(server.command("MAIL").empty());
    CHECK(courier.log_text.find("canary-4711") == std::string::npos);
    CHECK(reply.text.find("canary-4711") == std::string::npos);
}

TEST_CASE("S32: AUTH is never said outside TLS, whatever the TLS policy") {
    const Files files;
    ServerOptions options;
    options.auth = "PLAIN LOGIN XOAUTH2";
    SmtpServer server(options);
    Relay relay = with_auth(server, files, AuthMethod::plain);
    relay.tls = GENERATE(TlsPolicy::none, TlsPolicy::opportunistic, TlsPolicy::required);
    Courier courier({relay});
    CHECK(courier.send().failure == Reply::Failure::tls_failed);
    CHECK(server.command("AUTH").empty());
    CHECK(server.command("MAIL").empty());
}

TEST_CASE("curl transport: a server that offers no AUTH gets no mail when AUTH is set") {
    const Files files;
    SmtpServer server(with_tls(Tls::starttls));
    Courier courier({with_auth(server, files, AuthMethod::plain)});
    CHECK(courier.send().failure == Reply::Failure::auth_failed);
    CHECK(server.command("MAIL").empty());
}

TEST_CASE("S27: a secret that others could read, or none at all, opens no session") {
    const Files files;
    ServerOptions options = with_tls(Tls::starttls);
    options.auth = "PLAIN";
    SmtpServer server(options);
    const char* secret = GENERATE("open", "absent");
    Courier courier({with_auth(server, files, AuthMethod::plain, secret)});
    const Reply reply = courier.send();
    CHECK(reply.failure == Reply::Failure::auth_failed);
    CHECK(server.sessions() == 0);
}

TEST_CASE("S31: relays of the same host with other policies or credentials share no session") {
    const Files files;
    ServerOptions options = with_tls(Tls::starttls);
    options.auth = "PLAIN";
    SmtpServer server(options);
    Relay loose = secure(server, files, TlsPolicy::none);
    loose.name = "loose";
    Courier courier({loose});
    CHECK(courier.send().relay == "loose");
    auto settings = courier.settings;
    Relay strict = with_auth(server, files, AuthMethod::plain);
    strict.name = "strict";
    settings.relays = {strict, loose};
    courier.transport().apply(settings);
    CHECK(courier.send().relay == "strict");
    CHECK(server.sessions() == 2);
    CHECK(server.tls_sessions() == 1);
    CHECK(server.logins().size() == 1);
}
