/// A lane in small: a context, a transport with its settings, and calls that run the context until something is done.
#pragma once
#include <catch2/catch.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ilbud/delivery/transport.hpp"
#include "support/smtp_server.hpp"

namespace ilbud::test {

inline Relay relay_at(std::uint16_t port, std::string name = "relay") {
    Relay relay;
    relay.name = std::move(name);
    relay.host = "127.0.0.1";
    relay.port = port;
    relay.tls = TlsPolicy::none;
    return relay;
}

inline std::string content_of(int number, std::size_t bytes = 0) {
    std::string content = "Subject: mail " + std::to_string(number) + "\r\n\r\n";
    do content += "A line of text that is not quite as long as those of real mails are.\r\n";
    while (content.size() < bytes);
    return content;
}

class Courier {
 public:
    explicit Courier(std::vector<Relay> relays, LaneShare share = {}) : share_(share) {
        settings.helo_name = "client.example";
        settings.relays = std::move(relays);
        settings.relay_patience = 300ms;
        settings.relay_probe = 20ms;
        settings.relay_pause = 20ms;
        settings.relay_pause_max = 80ms;
    }
    explicit Courier(const SmtpServer& server) : Courier(std::vector{relay_at(server.port())}) {}
    ~Courier() {
        if (transport_) stop(500ms);
    }
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    /// Every deadline so short; for servers that do not answer.
    void hurry(Duration deadline) {
        auto& all = settings.deadlines;
        all.connect = all.mail = all.recipient = all.data = all.block = all.final_dot = all.quit = deadline;
    }
    Transport& transport() {
        if (!transport_) transport_ = open_curl_transport(context, settings, share_, log, counters);
        return *transport_;
    }
    /// Sends one mail and waits for its Reply.
    Reply send(int number = 1, std::string to = "to@b.dk", std::string content = {}) {
        return finish(transport().send(consignment(number, std::move(to), std::move(content))));
    }
    static Consignment consignment(int number, std::string to = "to@b.dk", std::string content = {}) {
        return {"mail" + std::to_string(number),
                {"from@a.dk", std::move(to)},
                std::make_shared<const std::string>(content.empty() ? content_of(number) : std::move(content)),
                nullptr,
                {}};
    }
    /// Sends all at once; Replies in the order of the mails.
    std::vector<Reply> send_all(std::vector<Consignment> mails) {
        begin(std::move(mails));
        run_until([&] { return unanswered == 0; });
        return std::move(replies);
    }
    std::vector<Reply> send_all(int count, std::size_t bytes = 0) {
        std::vector<Consignment> mails;
        for (int i = 0; i < count; ++i) mails.push_back(consignment(i, "to@b.dk", content_of(i, bytes)));
        return send_all(std::move(mails));
    }
    void begin(std::vector<Consignment> mails) {
        replies.assign(mails.size(), {});
        unanswered = mails.size();
        order.clear();
        transport();
        for (std::size_t i = 0; i < mails.size(); ++i)
            asio::co_spawn(context, transport_->send(std::move(mails[i])), [this, i](std::exception_ptr failure, Reply reply) {
                if (failure) std::rethrow_exception(failure);
                replies[i] = std::move(reply);
                order.push_back(i);
                --unanswered;
            });
    }
    /// Runs the context until `holds`; fails the test after ten seconds.
    template <class Predicate>
    void run_until(Predicate holds) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        context.restart();
        while (!holds()) {
            if (std::chrono::steady_clock::now() >= end) FAIL("nothing happened for ten seconds");
            context.run_one_for(5ms);
            if (context.stopped()) context.restart();
        }
    }
    void run_for(Duration duration) {
        const auto end = std::chrono::steady_clock::now() + duration;
        run_until([&] { return std::chrono::steady_clock::now() >= end; });
    }
    void stop(Duration deadline) {
        bool stopped = false;
        asio::co_spawn(context, transport().stop(deadline), [&](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
            stopped = true;
        });
        run_until([&] { return stopped; });
    }
    template <class T>
    T finish(Task<T> task) {
        std::optional<T> result;
        asio::co_spawn(context, std::move(task), [&](std::exception_ptr failure, T value) {
            if (failure) std::rethrow_exception(failure);
            result.emplace(std::move(value));
        });
        run_until([&] { return result.has_value(); });
        return std::move(*result);
    }

    std::string log_text;
    asio::io_context context{1};
    Log log{LogLevel::debug, LogFormat::text, [this](std::string_view line) { log_text.append(line).append("\n"); }};
    Counters counters;
    DeliverySettings settings;
    std::vector<Reply> replies;      // of the mails begun, in their order
    std::vector<std::size_t> order;  // in which they were answered
    std::size_t unanswered = 0;

 private:
    LaneShare share_;
    std::unique_ptr<Transport> transport_;
};

}  // namespace ilbud::test
