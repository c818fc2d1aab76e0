// The sink runs in this process on a thread of its own, so that arrivals and the feed's writes are told by one
// clock and a latency is a plain difference. What it does for a mail is kept least: the id and the time are
// noted under a lock, everything else is left for after the run.
#include "arrivals.hpp"

#include <cstdio>

#include <boost/asio/post.hpp>

namespace ilbud::bench {
namespace {

// The sink's own log goes to standard error, past the progress line.
void write_error(std::string_view line) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

}  // namespace

// Only the header is searched, and only in the spelling that our composer writes: a mail whose
// body quotes a Message-ID must not count as another.
std::string_view mail_id_of(std::string_view message) {
    constexpr std::string_view field = "\r\nMessage-ID:";
    const auto header = message.substr(0, message.find("\r\n\r\n"));
    const auto at = header.find(field);
    if (at == std::string_view::npos) return {};
    const auto begin = header.find('<', at);
    const auto end = header.find('@', begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) return {};
    return header.substr(begin + 1, end - begin - 1);
}

// The context and the log outlive the sink, as the members' order has it.
Arrivals::Arrivals(Duration dot_latency, const CertificateFiles& tls)
    : log_(LogLevel::error, LogFormat::text, write_error), context_(1) {
    SinkOptions options;
    options.dot_latency = dot_latency;
    options.certificate = tls.certificate;
    options.key = tls.key;
    // Called on the sink's thread, once a mail, before its final dot is answered: so noting is kept short; the
    // lock is asked for by all() alone besides, which is called when a run is over.
    options.on_mail = [this](const SinkMail& mail) {
        const Arrival arrival{MailId(mail_id_of(mail.bytes)), std::chrono::steady_clock::now()};
        {
            const std::scoped_lock lock(mutex_);
            arrivals_.push_back(arrival);
        }
        // Relaxed: both are counts to be looked at, and nothing is read because of them.
        bytes_.fetch_add(mail.bytes.size(), std::memory_order_relaxed);
        count_.fetch_add(1, std::memory_order_relaxed);
    };
    sink_ = std::make_unique<Sink>(context_, std::move(options), log_);
    // Whatever ends the sink ends the thread, and with it the bench: figures without a sink mean nothing.
    asio::co_spawn(context_, sink_->run(), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    thread_ = std::thread([this] { context_.run(); });
}

// stop() belongs to the sink's thread; the join waits until its sessions are closed.
Arrivals::~Arrivals() {
    asio::post(context_, [this] { sink_->stop(); });
    thread_.join();
}

// A copy under the lock: the sink may still be taking mails.
std::vector<Arrival> Arrivals::all() const {
    const std::scoped_lock lock(mutex_);
    return arrivals_;
}

}  // namespace ilbud::bench
