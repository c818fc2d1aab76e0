// The sink is the one of the tests and the bench, with a certificate and a maildir to choose:
// whoever tries Ilbud needs a server that takes everything and reaches nobody. It listens on
// loopback unless told otherwise, and relays nothing.
#include <boost/asio/signal_set.hpp>

#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/delivery/sink.hpp"

namespace ilbud {
namespace {

// The last colon divides, and an IPv6 address stands in brackets, as in a URL (RFC 3986 §3.2.2).
bool read_listen(const std::string& listen, SinkOptions& options) {
    const auto colon = listen.rfind(':');
    if (colon == std::string::npos || colon == 0) return false;
    options.host = listen.substr(0, colon);
    if (options.host.starts_with('[') && options.host.ends_with(']'))
        options.host = options.host.substr(1, options.host.size() - 2);
    // A port of 0 is a free one, told in sink.ready.
    const auto [end, failure] = std::from_chars(listen.data() + colon + 1, listen.data() + listen.size(), options.port);
    return failure == std::errc{} && end == listen.data() + listen.size();
}

// By Asio's signal set, so that the handler runs as ordinary code between two mails.
Task<void> stop_on_signal(asio::signal_set& signals, Sink& sink) {
    co_await signals.async_wait(asio::use_awaitable);
    sink.stop();
}

// For a person watching: the subject as it stands in the header, encoded words included, and only its first
// line. Enough to tell mails apart, and no parser to go wrong.
void write_mail_line(const SinkMail& mail, bool json) {
    const auto begin = mail.bytes.find("\r\nSubject: ");
    const auto end = mail.bytes.find("\r\n", begin + 2);
    const auto subject = begin == std::string::npos ? std::string() : mail.bytes.substr(begin + 11, end - begin - 11);
    std::string line;
    if (json)
        JsonWriter(line)
            .begin_object()
            .field("from", mail.from)
            .field("to", mail.to)
            .field("bytes", mail.bytes.size())
            .field("subject", subject)
            .end_object();
    else
        line = on_one_line(mail.from) + " -> " + on_one_line(mail.to) + "  " + with_commas(mail.bytes.size()) + " bytes  " +
               on_one_line(subject);
    print(line + "\n");
    // Flushed by the line, since the reader may be a script that waits for a mail.
    std::fflush(stdout);
}

}  // namespace

int sink_command(const CommonOptions& common, const SinkCommandOptions& options) {
    SinkOptions sink_options;
    sink_options.maildir = options.maildir;
    sink_options.dot_latency = options.latency;
    sink_options.certificate = options.certificate;
    sink_options.key = options.key;
    if (!read_listen(options.listen, sink_options)) {
        print_error("--listen: expected HOST:PORT, such as 127.0.0.1:2525");
        return 2;
    }
    // Nobody reads a file of lines about a million test mails; a terminal or --json asks for them.
    if (::isatty(STDOUT_FILENO) == 1 || common.json)
        sink_options.on_mail = [&](const SinkMail& mail) { write_mail_line(mail, common.json); };
    Log log(LogLevel::info, common.json ? LogFormat::json : LogFormat::text);
    try {
        asio::io_context context(1);
        Sink sink(context, sink_options, log);
        asio::signal_set signals(context, SIGTERM, SIGINT);
        // An exception of a task leaves context.run() and ends the command.
        TaskGroup tasks(context, [](std::exception_ptr failure) { std::rethrow_exception(failure); });
        // Scripts wait for this line to learn the port; flushed, since it would else lie in a buffer.
        log.info("sink.ready", {{"host", sink_options.host}, {"port", sink.port()}, {"maildir", options.maildir.string()}});
        log.flush();
        tasks.spawn(sink.run());
        tasks.spawn(stop_on_signal(signals, sink));
        // Returns when the sink has stopped and its sessions are closed.
        context.run();
        log.info("sink.stopped", {{"mails", sink.mails()}});
        return 0;
        // Most often the address is taken; it stands in front, since the system's word alone would not say which.
    } catch (const std::exception& error) {
        print_error(options.listen + ": " + error.what());
        return 1;
    }
}

}  // namespace ilbud
