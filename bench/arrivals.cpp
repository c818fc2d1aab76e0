#include "arrivals.hpp"

#include <cstdio>

#include <boost/asio/post.hpp>

namespace ilbud::bench {
namespace {

void write_error(std::string_view line) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

}  // namespace

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

Arrivals::Arrivals(Duration dot_latency, const CertificateFiles& tls)
    : log_(LogLevel::error, LogFormat::text, write_error), context_(1) {
    SinkOptions options;
    options.dot_latency = dot_latency;
    options.certificate = tls.certificate;
    options.key = tls.key;
    options.on_mail = [this](const SinkMail& mail) {
        const Arrival arrival{MailId(mail_id_of(mail.bytes)), std::chrono::steady_clock::now()};
        {
            const std::scoped_lock lock(mutex_);
            arrivals_.push_back(arrival);
        }
        bytes_.fetch_add(mail.bytes.size(), std::memory_order_relaxed);
        count_.fetch_add(1, std::memory_order_relaxed);
    };
    sink_ = std::make_unique<Sink>(context_, std::move(options), log_);
    asio::co_spawn(context_, sink_->run(), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    thread_ = std::thread([this] { context_.run(); });
}

Arrivals::~Arrivals() {
    asio::post(context_, [this] { sink_->stop(); });
    thread_.join();
}

std::vector<Arrival> Arrivals::all() const {
    const std::scoped_lock lock(mutex_);
    return arrivals_;
}

}  // namespace ilbud::bench
