/// An SMTP server for tests that does what a script says at any point of a session, and records all it hears.
///
///     SmtpServer server;                                    // a well-behaved server on a free port of 127.0.0.1
///     server.at(At::rcpt, say("450 4.7.1 greylisted"), 2);  // greylists twice, then behaves
///     server.at(At::dot, hang_up());                        // takes the content, then closes instead of answering
///     … server.port() … server.messages() … server.commands() … server.sessions()
///
/// In    rules: a point, an act, how often; for more, a script function
/// Out   the commands, messages and sessions so far; every member may be called from any thread
/// Runs in a thread of its own until destroyed. Link test_support. TLS: see test_certificate.hpp
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ilbud::test {

/// `content`: the first line of content has come; `dot`: all of it.
enum class At { greeting, ehlo, starttls, auth, mail, rcpt, data, content, dot, rset, quit };

/// What the server does in place of its usual answer.
struct Act {
    std::string bytes{};                ///< sent as they are; a reply of 2xx or 354 has its usual effect
    std::chrono::milliseconds delay{};  ///< before that
    std::chrono::milliseconds drip{};   ///< between any two bytes
    bool usual = false;                 ///< after the delay, answer as ever
    bool close = false;                 ///< after the bytes
    bool never = false;                 ///< answer nothing, read nothing, keep the connection
    bool endless = false;               ///< after the bytes, send 'x' without end
};
inline Act say(std::string reply) {
    return {.bytes = std::move(reply) + "\r\n"};
}
inline Act say_and_close(std::string reply) {
    return {.bytes = std::move(reply) + "\r\n", .close = true};
}
inline Act raw(std::string bytes) {
    return {.bytes = std::move(bytes)};
}
inline Act hang_up() {
    return {.close = true};
}
inline Act silence() {
    return {.never = true};
}
inline Act late(std::chrono::milliseconds delay) {
    return {.delay = delay, .usual = true};
}
inline Act endless_line() {
    return {.endless = true};
}
inline Act dripping(std::string reply) {
    return {.bytes = std::move(reply), .drip = std::chrono::milliseconds(20)};
}

struct Point {
    At at;
    int session;       ///< 1 for the first
    std::string line;  ///< the command as received
};

struct Message {
    int session = 0;
    std::string from, to;
    std::string mail_parameters;  ///< what follows the path in MAIL
    std::string bytes;            ///< dots unstuffed
};

struct ServerOptions {
    enum class Tls { none, starttls, from_start };
    Tls tls = Tls::none;
    std::string certificate_pem, key_pem;  ///< for tls
    bool tls_1_1_only = false;
    bool client_certificate = false;  ///< none, or one of nobody that it knows, ends TLS
    std::vector<std::string> extensions{"PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 52428800"};
    std::string auth;  ///< mechanisms offered (inside TLS, if there is any): "PLAIN LOGIN XOAUTH2"
    std::string user = "user", secret = "secret";
    std::chrono::milliseconds dot_latency{};
    std::uint16_t port = 0;  ///< 0: a free one
    /// Told on the server's thread: a final dot has come, before dot_latency; the answer to it is out.
    std::function<void(const Message&)> on_dot, on_answered;
};

class SmtpServer {
 public:
    explicit SmtpServer(ServerOptions options = {});
    ~SmtpServer();
    SmtpServer(const SmtpServer&) = delete;
    SmtpServer& operator=(const SmtpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;

    /// Acts so at that point, `times` times (0: always). Rules are tried in the order they were made; the first that still has
    /// times left wins.
    void at(At where, Act act, int times = 0);
    /// Asked before the rules; runs on the server's thread.
    void script(std::function<std::optional<Act>(const Point&)> decide);
    void forget_rules();

    [[nodiscard]] std::vector<Message> messages() const;
    /// All command lines, without line end, of all sessions in the order they came.
    [[nodiscard]] std::vector<std::string> commands() const;
    /// The mechanisms that clients logged in with.
    [[nodiscard]] std::vector<std::string> logins() const;
    [[nodiscard]] std::vector<std::string> command(std::string_view verb) const;
    /// Connections accepted so far; those that began TLS; open now; open at once at most; with bytes behind the final dot in its
    /// read.
    [[nodiscard]] int sessions() const;
    [[nodiscard]] int tls_sessions() const;
    [[nodiscard]] int open() const;
    [[nodiscard]] int most_open() const;
    /// The most final dots that waited for their answer at once (dot_latency).
    [[nodiscard]] int most_dots_waiting() const;
    [[nodiscard]] int pipelined_dots() const;

    /// Waits until `holds`, at most `most`; looks again whenever something happened.
    template <class Predicate>
    bool wait_until(Predicate holds, std::chrono::milliseconds most = std::chrono::seconds(5)) const {
        const auto end = std::chrono::steady_clock::now() + most;
        while (!holds()) {
            if (std::chrono::steady_clock::now() >= end) return false;
            wait_for_news();
        }
        return true;
    }

 private:
    class Impl;
    void wait_for_news() const;  // a moment at most

    std::unique_ptr<Impl> impl_;
};

}  // namespace ilbud::test
