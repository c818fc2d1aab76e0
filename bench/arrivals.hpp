/// The built-in sink: takes every mail on a thread of its own and notes which came when. Its CPU time is the bench's, not the
/// daemon's.
///
/// Threads  the sink's own; every member may be called from any
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "certificate.hpp"
#include "exactly_once.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/delivery/sink.hpp"

namespace ilbud::bench {

class Arrivals {
 public:
    /// `dot_latency`: how long the sink waits before it answers a final dot. With `tls` it offers STARTTLS.
    explicit Arrivals(Duration dot_latency, const CertificateFiles& tls = {});
    ~Arrivals();
    Arrivals(const Arrivals&) = delete;
    Arrivals& operator=(const Arrivals&) = delete;

    [[nodiscard]] std::uint16_t port() const { return sink_->port(); }
    [[nodiscard]] std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
    /// All so far.
    [[nodiscard]] std::vector<Arrival> all() const;

 private:
    Log log_;
    asio::io_context context_;
    mutable std::mutex mutex_;
    std::vector<Arrival> arrivals_;
    std::atomic<std::uint64_t> count_{0}, bytes_{0};
    std::unique_ptr<Sink> sink_;
    std::thread thread_;
};

/// The part of a message's Message-ID before the '@'; empty if it has none.
/// What the daemon's answer called the mail's id: stable over attempts (R2), so
/// both ends of a trip can be matched by it.
[[nodiscard]] std::string_view mail_id_of(std::string_view message);

}  // namespace ilbud::bench
