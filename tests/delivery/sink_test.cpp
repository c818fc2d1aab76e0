#include "ilbud/delivery/sink.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "support/courier.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_certificate.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

/// Options of a sink that speaks TLS as 127.0.0.1, and the authority that vouches for it.
struct SecureHarbour {
    SecureHarbour() {
        const Authority authority;
        const Certificate made = authority.issue("IP:127.0.0.1");
        std::ofstream(folder / "ca.pem") << authority.pem();
        std::ofstream(folder / "certificate.pem") << made.pem;
        std::ofstream(folder / "key.pem") << made.key_pem;
    }
    [[nodiscard]] SinkOptions options() const {
        SinkOptions options;
        options.certificate = folder / "certificate.pem";
        options.key = folder / "key.pem";
        return options;
    }
    TemporaryFolder folder;
};

/// A sink in the courier's own context.
struct Harbour {
    explicit Harbour(SinkOptions options = {}) {
        options.on_mail = [this](const SinkMail& mail) { mails.push_back(mail); };
        sink.emplace(courier.context, std::move(options), courier.log);
        courier.settings.relays = {relay_at(sink->port())};
        asio::co_spawn(courier.context, sink->run(), [this](std::exception_ptr) { ended = true; });
    }
    ~Harbour() {
        sink->stop();
        courier.run_until([&] { return ended; });
    }
    /// Says all of `bytes` at once and returns what comes back until `replies` lines with a final code were read.
    std::string talk(const std::string& bytes, int replies) {
        std::string heard;
        bool done = false;
        asio::co_spawn(courier.context, converse(bytes, replies, heard), [&](std::exception_ptr) { done = true; });
        courier.run_until([&] { return done; });
        return heard;
    }
    Task<void> converse(std::string bytes, int replies, std::string& heard) {
        asio::ip::tcp::socket socket(courier.context);
        co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), sink->port()}, asio::use_awaitable);
        co_await asio::async_write(socket, asio::buffer(bytes), asio::use_awaitable);
        std::string buffer;
        for (int i = 0; i < replies;) {
            const auto length =
                co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n", asio::use_awaitable);
            const std::string line = buffer.substr(0, length);
            buffer.erase(0, length);
            if (line.at(3) == '-') continue;
            heard += line.substr(0, 3) + ' ';
            ++i;
        }
    }

    Courier courier{std::vector<Relay>{}};
    std::vector<SinkMail> mails;
    std::optional<Sink> sink;
    bool ended = false;
};

}  // namespace

TEST_CASE("sink: takes what the transport sends, byte for byte, with pipelining") {
    Harbour harbour;
    harbour.courier.settings.relays[0].connections_max = 1;
    for (const Reply& reply : harbour.courier.send_all(10)) CHECK(reply.code == 250);
    CHECK(harbour.courier.send(99, "dots@b.dk", "..\r\n.\r\nx\r\n").code == 250);
    REQUIRE(harbour.mails.size() == 11);
    CHECK(harbour.mails[3].bytes == content_of(3));
    CHECK(harbour.mails[10].to == "dots@b.dk");
    CHECK(harbour.mails[10].bytes == "..\r\n.\r\nx\r\n");
    CHECK(harbour.sink->mails() == 11);
}

TEST_CASE("sink: writes each mail to a Maildir of its own name") {
    const TemporaryFolder folder;
    SinkOptions options;
    options.maildir = folder / "mail";
    Harbour harbour(std::move(options));
    for (const Reply& reply : harbour.courier.send_all(5)) CHECK(reply.code == 250);
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "mail" / "new"))
        files.push_back(read_file(entry.path()));
    REQUIRE(files.size() == 5);
    std::sort(files.begin(), files.end());
    CHECK(files[0] == "Return-Path: <from@a.dk>\r\nDelivered-To: to@b.dk\r\n" + content_of(0));
    CHECK(std::filesystem::is_empty(folder / "mail" / "tmp"));
    CHECK(std::filesystem::is_directory(folder / "mail" / "cur"));
}

TEST_CASE("S2: sink: only CRLF.CRLF ends a mail") {
    Harbour harbour;
    const std::string content = "a\n.\nb\r\n\n.\r\nc\r.\rd\r\n.\ne\r\n";
    CHECK(harbour.talk("EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + content + ".\r\nQUIT\r\n", 7) ==
          "220 250 250 250 354 250 221 ");
    REQUIRE(harbour.mails.size() == 1);
    CHECK(harbour.mails[0].bytes == "a\n.\nb\r\n\n.\r\nc\r.\rd\r\n\ne\r\n");  // the doubled dot's rule takes one off ".\ne"
}

TEST_CASE("sink: commands out of order are refused, RSET forgets, several recipients are one mail") {
    Harbour harbour;
    CHECK(
        harbour.talk(
            "EHLO x\r\nDATA\r\nRCPT TO:<a@b>\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nRSET\r\nRCPT TO:<a@b>\r\nNOOP\r\nVRFY x\r\n"
            "MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<\"x> y\"@d>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n",
            16) == "220 250 503 503 250 503 250 503 250 502 250 250 250 354 250 221 ");
    REQUIRE(harbour.mails.size() == 1);
    CHECK(harbour.mails[0].from.empty());
    CHECK(harbour.mails[0].to == "a@b,\"x> y\"@d");
}

TEST_CASE("sink: an address beyond ASCII is taken with SMTPUTF8 and refused without") {
    Harbour harbour;
    CHECK(
        harbour.talk("EHLO x\r\nMAIL FROM:<søren@b.dk>\r\nMAIL FROM:<a@b.dk>\r\nRCPT TO:<søren@b.dk>\r\nRSET\r\n"
                     "MAIL FROM:<søren@b.dk> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<jürgen@b.dk>\r\nRCPT TO:<a\xff@b.dk>\r\nDATA\r\n"
                     "Subject: Blåbær\r\n\r\nhi\r\n.\r\nMAIL FROM:<a@b.dk>\r\nRCPT TO:<søren@b.dk>\r\nQUIT\r\n",
                     14) == "220 250 553 250 553 250 250 250 501 354 250 250 553 221 ");
    REQUIRE(harbour.mails.size() == 1);
    CHECK(harbour.mails[0].from == "søren@b.dk");
    CHECK(harbour.mails[0].to == "jürgen@b.dk");
    CHECK(harbour.mails[0].bytes == "Subject: Blåbær\r\n\r\nhi\r\n");
}

TEST_CASE("sink: parameters of MAIL that cannot be meant are refused") {
    Harbour harbour;
    CHECK(harbour.talk("EHLO x\r\nMAIL FROM:<a@b> SMTPUTF8=1\r\nMAIL FROM:<a@b> BODY=9BIT\r\nmail from:<a@b> body=7bit "
                       "smtputf8\r\nQUIT\r\n",
                       6) == "220 250 501 501 250 221 ");
}

TEST_CASE("S10: the transport delivers to an address beyond ASCII where the sink is the relay") {
    Harbour harbour;
    CHECK(harbour.courier.send(1, "søren@b.dk").code == 250);
    REQUIRE(harbour.mails.size() == 1);
    CHECK(harbour.mails[0].to == "søren@b.dk");
}

TEST_CASE("sink: answers final dots after the latency that is set, all sessions at once") {
    SinkOptions options;
    options.dot_latency = 500ms;
    Harbour harbour(std::move(options));
    harbour.courier.settings.relays[0].connections_max = 8;
    harbour.courier.send_all(8);
    CHECK(harbour.sink->most_waiting() == 8);
}

TEST_CASE("sink: with a certificate it takes mail over STARTTLS, byte for byte") {
    const SecureHarbour files;
    Harbour harbour(files.options());
    auto& relay = harbour.courier.settings.relays[0];
    relay.tls = TlsPolicy::required;
    relay.ca_file = files.folder / "ca.pem";
    relay.connections_max = 2;
    for (const Reply& reply : harbour.courier.send_all(10)) CHECK(reply.code == 250);
    const std::string large = content_of(99, 300'000);
    CHECK(harbour.courier.send(99, "large@b.dk", large).code == 250);
    REQUIRE(harbour.mails.size() == 11);
    CHECK(harbour.mails[3].bytes == content_of(3));
    CHECK(harbour.mails[10].bytes == large);
}

TEST_CASE("sink: without a certificate it does not offer STARTTLS, and a relay that requires it gets nothing") {
    Harbour harbour;
    CHECK(harbour.talk("EHLO x\r\nSTARTTLS\r\nQUIT\r\n", 4) == "220 250 502 221 ");
    harbour.courier.settings.relays[0].tls = TlsPolicy::required;
    CHECK(harbour.courier.send(1, "to@b.dk", "x\r\n").code != 250);
    CHECK(harbour.mails.empty());
}

TEST_CASE("sink: what came in the clear behind STARTTLS is not obeyed") {
    const SecureHarbour files;
    Harbour harbour(files.options());
    CHECK(harbour.talk("EHLO x\r\nSTARTTLS\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n", 3) == "220 250 220 ");
    CHECK(harbour.mails.empty());
}

TEST_CASE("sink: a certificate that cannot be used is named") {
    const SecureHarbour files;
    auto options = files.options();
    options.key = files.folder / "missing.pem";
    Courier courier{std::vector<Relay>{}};
    CHECK_THROWS_WITH(Sink(courier.context, options, courier.log), Catch::Contains("missing.pem"));
}
