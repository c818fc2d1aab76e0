#include "support/smtp_server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "ilbud/base/id.hpp"
#include "ilbud/base/task.hpp"

namespace ilbud::test {

class SmtpServer::Impl {
 public:
    explicit Impl(ServerOptions options)
        : options_(std::move(options)), ssl_(asio::ssl::context::tls_server), acceptor_(context_) {
        if (options_.tls != ServerOptions::Tls::none) {
            ssl_.use_certificate_chain(asio::buffer(options_.certificate_pem));
            ssl_.use_private_key(asio::buffer(options_.key_pem), asio::ssl::context::pem);
            if (options_.tls_1_1_only) SSL_CTX_set_max_proto_version(ssl_.native_handle(), TLS1_1_VERSION);
            if (options_.client_certificate)
                ssl_.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
        }
        const tcp::endpoint endpoint(asio::ip::make_address("127.0.0.1"), options_.port);
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind(endpoint);
        acceptor_.listen();
        port_ = acceptor_.local_endpoint().port();
        asio::co_spawn(context_, accept(), asio::detached);  // whatever still runs goes with the context
        thread_ = std::thread([this] { context_.run(); });
    }
    ~Impl() {
        context_.stop();
        thread_.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::uint16_t port() const { return port_; }

    void at(At where, Act act, int times = 0) {
        const std::lock_guard lock(mutex_);
        rules_.push_back({where, std::move(act), times == 0 ? -1 : times});
    }
    void script(std::function<std::optional<Act>(const Point&)> decide) {
        const std::lock_guard lock(mutex_);
        script_ = std::move(decide);
    }
    void forget_rules() {
        const std::lock_guard lock(mutex_);
        rules_.clear();
        script_ = nullptr;
    }

    std::vector<Message> messages() const { return copy(messages_); }
    std::vector<std::string> commands() const { return copy(commands_); }
    std::vector<std::string> logins() const { return copy(logins_); }
    std::vector<std::string> command(std::string_view verb) const {
        auto all = copy(commands_);
        std::erase_if(all, [&](const std::string& line) { return !line.starts_with(verb); });
        return all;
    }
    int sessions() const { return sessions_; }
    int tls_sessions() const { return tls_sessions_; }
    int open() const { return open_; }
    int most_open() const { return most_open_; }
    int most_dots_waiting() const { return most_dots_; }
    int pipelined_dots() const { return pipelined_dots_; }

    void wait_for_news() const {
        std::unique_lock lock(mutex_);
        happened_.wait_for(lock, std::chrono::milliseconds(5));
    }

 private:
    using tcp = asio::ip::tcp;
    struct Rule {
        At where;
        Act act;
        int left;
    };
    struct Session {
        Session(tcp::socket connection, int count) : socket(std::move(connection)), number(count) {}
        tcp::socket socket;
        std::optional<asio::ssl::stream<tcp::socket&>> tls;
        int number;
        std::array<char, 16384> piece{};
        std::string in;
        Message mail;
        bool has_sender = false, has_recipient = false, over = false;
    };

    template <class T>
    std::vector<T> copy(const std::vector<T>& list) const {
        const std::lock_guard lock(mutex_);
        return list;
    }

    Task<void> accept() {
        while (true) {
            tcp::socket socket(context_);
            co_await acceptor_.async_accept(socket, asio::use_awaitable);
            socket.set_option(tcp::no_delay(true));
            auto session = std::make_shared<Session>(std::move(socket), ++sessions_);
            asio::co_spawn(context_, serve(std::move(session)), asio::detached);
        }
    }

    Task<bool> read(Session& s) {
        boost::system::error_code error;
        std::size_t count = 0;
        const auto buffer = asio::buffer(s.piece);
        if (s.tls) {
            count = co_await s.tls->async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
        } else {
            count = co_await s.socket.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
        }
        s.in.append(s.piece.data(), count);
        co_return !error;
    }

    Task<void> write(Session& s, std::string bytes) {
        boost::system::error_code error;
        if (s.tls) {
            co_await asio::async_write(*s.tls, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
        } else {
            co_await asio::async_write(s.socket, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
        }
        if (error) s.over = true;
    }

    Task<void> pause(std::chrono::milliseconds duration) {
        asio::steady_timer timer(context_, duration);
        co_await timer.async_wait(asio::use_awaitable);
    }

    std::optional<Act> decide(const Point& point) {
        const std::lock_guard lock(mutex_);
        happened_.notify_all();
        if (script_) {
            if (auto act = script_(point)) return act;
        }
        for (Rule& rule : rules_) {
            if (rule.where != point.at || rule.left == 0) continue;
            if (rule.left > 0) --rule.left;
            return rule.act;
        }
        return std::nullopt;
    }

    // Answers as scripted, else `usual`. Returns the bytes said.
    Task<std::string> answer(Session& s, At at, std::string line, std::string usual) {
        const auto act = decide({at, s.number, std::move(line)});
        if (!act) {
            if (!usual.empty()) co_await write(s, usual);
            co_return usual;
        }
        if (act->delay.count() > 0) co_await pause(act->delay);
        const std::string bytes = act->usual ? usual : act->bytes;
        if (act->drip.count() > 0) {
            for (std::size_t i = 0; i < bytes.size() && !s.over; ++i) {
                co_await write(s, std::string(1, bytes[i]));
                co_await pause(act->drip);
            }
        } else if (!bytes.empty()) {
            co_await write(s, bytes);
        }
        while (act->endless && !s.over) co_await write(s, std::string(4096, 'x'));
        while (act->never) co_await pause(std::chrono::hours(1));
        s.over = s.over || act->close;
        co_return bytes;
    }

    Task<bool> begin_tls(Session& s) {
        s.tls.emplace(s.socket, ssl_);
        boost::system::error_code error;
        co_await s.tls->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
        if (!error) ++tls_sessions_;
        co_return !error;
    }

    Task<void> serve(std::shared_ptr<Session> session) {
        Session& s = *session;
        most_open_ = std::max(most_open_.load(), ++open_);
        co_await converse(s);
        boost::system::error_code ignored;
        s.socket.close(ignored);
        --open_;
        happened_.notify_all();
    }

    Task<void> converse(Session& s) {
        if (options_.tls == ServerOptions::Tls::from_start) {
            const bool begun = co_await begin_tls(s);
            if (!begun) co_return;
        }
        co_await answer(s, At::greeting, {}, "220 test.example ESMTP\r\n");
        while (!s.over) {
            const auto line = co_await read_line(s);
            if (!line) co_return;
            {
                const std::lock_guard lock(mutex_);
                commands_.push_back(*line);
            }
            co_await obey(s, *line);
        }
    }

    Task<std::optional<std::string>> read_line(Session& s) {
        while (true) {
            const std::size_t end = s.in.find("\r\n");
            if (end != std::string::npos) {
                std::string line = s.in.substr(0, end);
                s.in.erase(0, end + 2);
                co_return std::optional(std::move(line));
            }
            const bool more = co_await read(s);
            if (!more) co_return std::nullopt;
        }
    }

    static bool accepted(const std::string& said) { return said.starts_with('2'); }

    static std::string verb_of(const std::string& line) {
        std::string verb = line.substr(0, line.find_first_of(" :"));
        for (char& c : verb)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        return verb;
    }

    Task<void> obey(Session& s, std::string line) {
        const std::string verb = verb_of(line);
        if (verb == "EHLO") return answer_only(s, At::ehlo, line, ehlo(s));
        if (verb == "HELO") return answer_only(s, At::ehlo, line, "250 test.example\r\n");
        if (verb == "STARTTLS") return start_tls(s, line);
        if (verb == "AUTH") return log_in(s, line);
        if (verb == "MAIL") return take_sender(s, line);
        if (verb == "RCPT") return take_recipient(s, line);
        if (verb == "DATA") return take_data(s, line);
        if (verb == "RSET") {
            s.has_sender = s.has_recipient = false;
            return answer_only(s, At::rset, line, "250 2.0.0 Ok\r\n");
        }
        if (verb == "QUIT") {
            s.over = true;
            return answer_only(s, At::quit, line, "221 2.0.0 Bye\r\n");
        }
        return write(s, "502 5.5.2 unknown\r\n");
    }

    Task<void> answer_only(Session& s, At at, std::string line, std::string usual) {
        co_await answer(s, at, std::move(line), std::move(usual));
    }

    Task<void> start_tls(Session& s, std::string line) {
        const std::string said = co_await answer(s, At::starttls, std::move(line), "220 go ahead\r\n");
        if (!accepted(said) || s.over) co_return;
        s.in.clear();
        const bool begun = co_await begin_tls(s);
        s.over = s.over || !begun;
    }

    Task<void> take_sender(Session& s, std::string line) {
        const std::string said = co_await answer(s, At::mail, line, s.has_sender ? "503 5.5.1 nested\r\n" : "250 2.1.0 Ok\r\n");
        if (!accepted(said)) co_return;
        s.has_sender = true;
        s.mail = {s.number, path_of(line), {}, line.substr(std::min(line.size(), line.rfind('>') + 1)), {}};
    }

    Task<void> take_recipient(Session& s, std::string line) {
        const std::string said = co_await answer(s, At::rcpt, line, s.has_sender ? "250 2.1.5 Ok\r\n" : "503 5.5.1 no\r\n");
        if (!accepted(said)) co_return;
        s.has_recipient = true;
        s.mail.to += (s.mail.to.empty() ? "" : ",") + path_of(line);
    }

    Task<void> take_data(Session& s, std::string line) {
        const std::string said =
            co_await answer(s, At::data, std::move(line), s.has_recipient ? "354 go\r\n" : "554 5.5.1 no recipients\r\n");
        if (said.starts_with("354")) co_await take_content(s);
    }

    std::string ehlo(const Session& s) const {
        std::vector<std::string> offers = options_.extensions;
        const bool may_start = options_.tls == ServerOptions::Tls::starttls && !s.tls;
        if (may_start) offers.emplace_back("STARTTLS");
        if (!options_.auth.empty() && !may_start) offers.push_back("AUTH " + options_.auth);
        std::string reply = "250-test.example\r\n";
        for (const std::string& offer : offers) reply += "250-" + offer + "\r\n";
        return reply + "250 HELP\r\n";
    }

    static std::string path_of(const std::string& line) {
        const std::size_t begin = line.find('<');
        const std::size_t end = line.rfind('>');
        return begin == std::string::npos || end == std::string::npos || end < begin ? ""
                                                                                     : line.substr(begin + 1, end - begin - 1);
    }

    Task<std::string> ask(Session& s, std::string challenge) {
        co_await write(s, challenge);
        const auto reply = co_await read_line(s);
        co_return reply.value_or("");
    }

    Task<void> log_in(Session& s, std::string line) {
        const auto words_of = [](const std::string& text) {
            const std::size_t space = text.find(' ', 5);
            return std::pair(text.substr(5, space - 5), space == std::string::npos ? std::string() : text.substr(space + 1));
        };
        auto [method, first] = words_of(line + (line.size() < 5 ? "     " : ""));
        std::string said, wanted;
        if (method == "LOGIN") {
            if (first.empty()) first = co_await ask(s, "334 VXNlcm5hbWU6\r\n");
            const std::string second = co_await ask(s, "334 UGFzc3dvcmQ6\r\n");
            said = from_base64(first).value_or("") + '\0' + from_base64(second).value_or("");
            wanted = options_.user + '\0' + options_.secret;
        } else {
            if (first.empty()) first = co_await ask(s, "334 \r\n");
            said = from_base64(first).value_or("");
            wanted = method == "PLAIN" ? '\0' + options_.user + '\0' + options_.secret
                                       : "user=" + options_.user + "\1auth=Bearer " + options_.secret + "\1\1";
        }
        const std::string reply =
            co_await answer(s, At::auth, line, said == wanted ? "235 2.7.0 welcome\r\n" : "535 5.7.8 wrong\r\n");
        if (!accepted(reply)) co_return;
        const std::lock_guard lock(mutex_);
        logins_.push_back(method);
    }

    Task<void> take_content(Session& s) {
        std::string bytes;
        bool first = true;
        while (true) {
            const auto line = co_await read_line(s);
            if (!line) {
                s.over = true;
                co_return;
            }
            if (std::exchange(first, false)) {
                co_await answer(s, At::content, *line, {});
                if (s.over) co_return;
            }
            if (*line == ".") break;
            bytes.append(*line, line->starts_with('.') ? 1 : 0).append("\r\n");
        }
        s.mail.bytes = std::move(bytes);
        if (options_.on_dot) options_.on_dot(s.mail);
        if (!s.in.empty()) ++pipelined_dots_;
        if (options_.dot_latency.count() > 0) {
            most_dots_ = std::max(most_dots_.load(), ++dots_);
            co_await pause(options_.dot_latency);
            --dots_;
        }
        {
            const std::lock_guard lock(mutex_);
            if (s.has_recipient) messages_.push_back(s.mail);
        }
        s.has_sender = s.has_recipient = false;
        co_await answer(s, At::dot, {}, "250 2.0.0 Ok: queued\r\n");
        if (options_.on_answered && !s.over) options_.on_answered(s.mail);
    }

    const ServerOptions options_;
    mutable std::mutex mutex_;
    mutable std::condition_variable happened_;
    std::vector<Rule> rules_;
    std::function<std::optional<Act>(const Point&)> script_;
    std::vector<Message> messages_;
    std::vector<std::string> commands_, logins_;
    std::atomic<int> sessions_ = 0, tls_sessions_ = 0, open_ = 0, most_open_ = 0, pipelined_dots_ = 0, dots_ = 0, most_dots_ = 0;
    std::uint16_t port_ = 0;
    asio::ssl::context ssl_;
    asio::io_context context_{1};
    tcp::acceptor acceptor_;
    std::thread thread_;
};

SmtpServer::SmtpServer(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
SmtpServer::~SmtpServer() = default;

std::uint16_t SmtpServer::port() const {
    return impl_->port();
}
void SmtpServer::at(At where, Act act, int times) {
    impl_->at(where, std::move(act), times);
}
void SmtpServer::script(std::function<std::optional<Act>(const Point&)> decide) {
    impl_->script(std::move(decide));
}
void SmtpServer::forget_rules() {
    impl_->forget_rules();
}
std::vector<Message> SmtpServer::messages() const {
    return impl_->messages();
}
std::vector<std::string> SmtpServer::commands() const {
    return impl_->commands();
}
std::vector<std::string> SmtpServer::logins() const {
    return impl_->logins();
}
std::vector<std::string> SmtpServer::command(std::string_view verb) const {
    return impl_->command(verb);
}
int SmtpServer::sessions() const {
    return impl_->sessions();
}
int SmtpServer::tls_sessions() const {
    return impl_->tls_sessions();
}
int SmtpServer::open() const {
    return impl_->open();
}
int SmtpServer::most_open() const {
    return impl_->most_open();
}
int SmtpServer::most_dots_waiting() const {
    return impl_->most_dots_waiting();
}
int SmtpServer::pipelined_dots() const {
    return impl_->pipelined_dots();
}
void SmtpServer::wait_for_news() const {
    impl_->wait_for_news();
}

}  // namespace ilbud::test
