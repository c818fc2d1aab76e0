/// A small capturing SMTP server, for trying things and for tests: takes every mail and writes it to a Maildir.
///
/// In    SMTP sessions (EHLO, PIPELINING, 8BITMIME, SMTPUTF8, SIZE, ENHANCEDSTATUSCODES, STARTTLS if it has a certificate;
///       dot-unstuffing)
/// Out   files in <maildir>/new with Return-Path and Delivered-To in front; counts
/// Threads  one: the context given
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"

namespace ilbud {

struct SinkMail {
    std::string from, to;  ///< of the envelope; several recipients are joined by ','
    std::string bytes;     ///< CRLF, dots unstuffed
};

struct SinkOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;                        ///< 0: a free one, see Sink::port()
    std::filesystem::path maildir;                 ///< empty: mails are only counted
    Duration dot_latency{};                        ///< waits so long before it answers a final dot
    std::filesystem::path certificate, key;        ///< PEM, the chain and its key: offers STARTTLS. Empty: it does not
    std::function<void(const SinkMail&)> on_mail;  ///< may be empty
};

class Sink {
 public:
    /// Throws  std::runtime_error: the certificate or its key cannot be used
    Sink(asio::io_context& context, SinkOptions options, Log& log);
    ~Sink();
    [[nodiscard]] std::uint16_t port() const;  ///< bound since construction; throws std::system_error if it could not
    [[nodiscard]] std::uint64_t mails() const;
    /// The most sessions that waited for the answer to a final dot at once; 0 without a dot_latency.
    [[nodiscard]] int most_waiting() const;
    Task<void> run();  ///< until stop()
    void stop();

 private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace ilbud
