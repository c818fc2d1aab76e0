// CPU times come from /proc, as the kernel charges them, and not from the daemon's own word. R, the time of one
// RSA-2048 signature, is measured in the same way as the engine signs (key and digest context reused), so that
// a ratio to it says what the rest of a mail costs on any machine.
#include "measure.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace ilbud::bench {
namespace {

// A process that has ended has no files; the empty text makes zeros.
std::string read_proc(pid_t process, const char* name) {
    std::ifstream file("/proc/" + std::to_string(process) + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// From the text of a `stat` file: the name of the thread and its CPU time.
std::pair<std::string, CpuTime> stat_of(const std::string& text) {
    const auto name_begin = text.find('(');
    const auto name_end = text.rfind(')');  // the name may hold blanks and brackets
    if (name_begin == std::string::npos || name_end == std::string::npos) return {};
    std::istringstream fields(text.substr(name_end + 1));
    const std::vector<std::string> values{std::istream_iterator<std::string>(fields), {}};
    // Fields 14 and 15 of proc(5), utime and stime; the list here begins behind the name, with field 3.
    if (values.size() < 13) return {};
    // USER_HZ, nearly always 100: a reading is good to 10 ms.
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    return {text.substr(name_begin + 1, name_end - name_begin - 1),
            {std::strtod(values[11].c_str(), nullptr) / ticks, std::strtod(values[12].c_str(), nullptr) / ticks}};
}

// In kB of 1,024 bytes, as /proc says.
double status_mib(pid_t process, const std::string& name) {
    const auto text = read_proc(process, "status");
    const auto at = text.find("\n" + name + ":");
    if (at == std::string::npos) return 0;
    return std::strtod(text.c_str() + at + name.size() + 2, nullptr) / 1024;
}

// This thread's own time, so that whatever else runs does not count.
double thread_cpu_us() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Made once; RSA keys of one size sign equally fast.
EVP_PKEY* signing_key() {
    static const std::unique_ptr<EVP_PKEY, Free> key(EVP_RSA_gen(2048));
    if (!key) throw std::runtime_error("OpenSSL cannot make an RSA key");
    return key.get();
}

/// A context that is copied for every signature.
// Copying a prepared context costs nearly nothing beside the signature; parsing the
// key each time would cost several of them.
class Signer {
 public:
    Signer() : started_(EVP_MD_CTX_new()), work_(EVP_MD_CTX_new()) {
        if (!started_ || !work_ || EVP_DigestSignInit(started_.get(), nullptr, EVP_sha256(), nullptr, signing_key()) != 1)
            throw std::runtime_error("OpenSSL cannot prepare a signature");
    }
    void sign() {
        std::size_t size = signature_.size();
        if (EVP_MD_CTX_copy_ex(work_.get(), started_.get()) != 1 ||
            EVP_DigestSign(work_.get(), signature_.data(), &size, text_.data(), text_.size()) != 1)
            throw std::runtime_error("OpenSSL cannot sign");
    }

 private:
    std::unique_ptr<EVP_MD_CTX, Free> started_, work_;
    std::array<unsigned char, 512> signature_{};
    std::array<unsigned char, 32> text_{};
};

// The median of batches: an interrupt or a moved core spoils one batch, not the figure. 20
// signatures a batch make the clock's own cost vanish.
double median_sign_us(Signer& signer, std::chrono::steady_clock::time_point until) {
    constexpr int batch = 20;
    std::vector<double> runs;
    for (int i = 0; i < batch; ++i) signer.sign();  // warm
    do {
        const double start = thread_cpu_us();
        for (int i = 0; i < batch; ++i) signer.sign();
        runs.push_back((thread_cpu_us() - start) / batch);
    } while (std::chrono::steady_clock::now() < until);
    // nth_element leaves the middle in its place; the rest need no order.
    const auto middle = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
    std::nth_element(runs.begin(), middle, runs.end());
    return *middle;
}

// Small values have a bucket each; from 32 on, every power of two has 32.
// HDR-like: a bucket is at most 1/32 of its value wide, which is finer than runs repeat.
constexpr unsigned linear_bits = 5;
constexpr std::uint64_t linear = 1U << linear_bits;
constexpr std::size_t bucket_count = linear * (64 - linear_bits + 1);

// The leading five bits after the first choose the bucket, the power of two the group.
std::size_t bucket_of(std::uint64_t us) {
    if (us < linear) return us;
    const auto power = static_cast<unsigned>(std::bit_width(us)) - 1;
    const auto shift = power - linear_bits;
    return linear * (shift + 1) + ((us >> shift) - linear);
}

// The inverse of bucket_of.
std::uint64_t lower_end(std::size_t bucket) {
    if (bucket < linear) return bucket;
    const auto shift = bucket / linear - 1;
    return (linear + bucket % linear) << shift;
}

}  // namespace

CpuTime cpu_of(pid_t process) {
    return stat_of(read_proc(process, "stat")).second;
}

ThreadCpu cpu_by_thread(pid_t process) {
    ThreadCpu out;
    std::error_code ended;
    // Threads may end while the folder is read; those are left out.
    for (std::filesystem::directory_iterator task("/proc/" + std::to_string(process) + "/task", ended), end;
         !ended && task != end; task.increment(ended)) {
        const auto id = task->path().filename().string();
        auto [name, cpu] = stat_of(read_proc(process, ("task/" + id + "/stat").c_str()));
        // The main thread bears the program's name; "main" is clearer, and does not change with it.
        if (id == std::to_string(process)) name = "main";
        if (!name.empty()) out[name] = out[name] + cpu;
    }
    return out;
}

double rss_max_mib(pid_t process) {
    return status_mib(process, "VmHWM");
}
double rss_mib(pid_t process) {
    return status_mib(process, "VmRSS");
}

// Each thread has a context of its own; the key is shared, which OpenSSL allows and which costs nothing.
double rsa2048_sign_us(std::chrono::milliseconds effort, unsigned threads) {
    std::vector<Signer> signers(std::max(threads, 1U));
    std::vector<double> each(signers.size());
    const auto until = std::chrono::steady_clock::now() + effort;
    std::vector<std::thread> others;
    // This thread signs as well, so `threads` is what runs.
    for (std::size_t i = 1; i < signers.size(); ++i) others.emplace_back([&, i] { each[i] = median_sign_us(signers[i], until); });
    each[0] = median_sign_us(signers[0], until);
    for (auto& other : others) other.join();
    return std::accumulate(each.begin(), each.end(), 0.0) / static_cast<double>(each.size());
}

Histogram::Histogram() : counts_(bucket_count) {}

// Below zero only if clocks were mixed up; counted as zero rather than lost. Microseconds.
void Histogram::add(std::chrono::nanoseconds latency) {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0)) / 1000;
    ++counts_[bucket_of(us)];
    ++count_;
    sum_us_ += us;
    max_us_ = std::max(max_us_, us);
}

void Histogram::merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_us_ += other.sum_us_;
    max_us_ = std::max(max_us_, other.max_us_);
}

double Histogram::mean_ms() const {
    return count_ == 0 ? 0 : static_cast<double>(sum_us_) / static_cast<double>(count_) / 1000;
}

// The upper end of the bucket, so a percentile is never told better than it
// was; never above the greatest value seen.
double Histogram::percentile_ms(double share) const {
    if (count_ == 0) return 0;
    // At least one value, so that a share of 0 gives the least.
    const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= wanted) return static_cast<double>(std::min(lower_end(i + 1) - 1, max_us_)) / 1000;
    }
    return max_ms();
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
    std::vector<Bucket> out;
    for (std::size_t i = 0; i < counts_.size(); ++i)
        if (counts_[i] > 0)
            out.push_back({static_cast<double>(lower_end(i)) / 1000, static_cast<double>(lower_end(i + 1)) / 1000, counts_[i]});
    return out;
}

}  // namespace ilbud::bench
