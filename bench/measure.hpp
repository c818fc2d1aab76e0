/// Measuring: a process's CPU time and memory, the price of one RSA signature on this machine, the spread of latencies.
///
/// In    /proc; OpenSSL
/// Out   values
#pragma once
#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ilbud::bench {

/// Good to a clock tick (10 ms), as the kernel counts.
struct CpuTime {
    double user = 0, system = 0;  ///< seconds
    [[nodiscard]] double total() const { return user + system; }
    CpuTime operator-(const CpuTime& other) const { return {user - other.user, system - other.system}; }
    CpuTime operator+(const CpuTime& other) const { return {user + other.user, system + other.system}; }
};

/// Of a running process with all its threads; zeros if it has ended.
/// Threads that have ended are included here, but not in cpu_by_thread.
[[nodiscard]] CpuTime cpu_of(pid_t process);
/// By thread name; "main" is the first thread, and threads of one name are added up.
using ThreadCpu = std::map<std::string, CpuTime>;
[[nodiscard]] ThreadCpu cpu_by_thread(pid_t process);
/// The most memory it ever had resident, in MiB.
[[nodiscard]] double rss_max_mib(pid_t process);
/// What it has resident now, in MiB.
[[nodiscard]] double rss_mib(pid_t process);

/// R: microseconds of CPU for one RSA-2048 signature over SHA-256 by OpenSSL, key and context reused: the median of several runs.
/// With several `threads` at once each may take longer, where cores share their units.
[[nodiscard]] double rsa2048_sign_us(std::chrono::milliseconds effort = std::chrono::milliseconds(300), unsigned threads = 1);

/// Latencies in buckets that are at most 1/32 wide of their value. Adding never allocates after the construction.
/// Latencies are kept in microseconds; what is below one counts as zero. Two histograms can be merged at any
/// time, for all have the same buckets. Not for several threads.
class Histogram {
 public:
    Histogram();
    void add(std::chrono::nanoseconds latency);
    void merge(const Histogram& other);
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double max_ms() const { return static_cast<double>(max_us_) / 1000; }
    [[nodiscard]] double mean_ms() const;
    /// The least latency that `share` (0 to 1) of all do not exceed, to a bucket's upper end; 0 if there are none.
    [[nodiscard]] double percentile_ms(double share) const;

    struct Bucket {
        double from_ms = 0, to_ms = 0;
        std::uint64_t count = 0;
    };
    /// Those that hold something, ascending.
    [[nodiscard]] std::vector<Bucket> buckets() const;

 private:
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::uint64_t sum_us_ = 0;
    std::uint64_t max_us_ = 0;
};

}  // namespace ilbud::bench
