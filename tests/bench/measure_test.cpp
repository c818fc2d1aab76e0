#include "measure.hpp"

#include <pthread.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

namespace ilbud::bench {

using namespace std::chrono_literals;

TEST_CASE("percentile_ms: small latencies to the microsecond, large ones within a bucket of three percent") {
    Histogram histogram;
    for (int us = 1; us <= 20; ++us) histogram.add(1us * us);
    CHECK(histogram.percentile_ms(0.5) == Approx(0.010));
    CHECK(histogram.percentile_ms(1.0) == Approx(0.020));
    Histogram slow;
    for (int ms = 1; ms <= 1000; ++ms) slow.add(1ms * ms);
    CHECK(slow.percentile_ms(0.5) == Approx(500).epsilon(0.035));
    CHECK(slow.percentile_ms(0.99) == Approx(990).epsilon(0.035));
    CHECK(slow.percentile_ms(0.99) >= 990);
    CHECK(slow.percentile_ms(1.0) == Approx(1000));
    CHECK(slow.max_ms() == Approx(1000));
    CHECK(slow.mean_ms() == Approx(500.5));
}

TEST_CASE("percentile_ms: of nothing is zero, of one it is that one") {
    Histogram histogram;
    CHECK(histogram.percentile_ms(0.99) == 0);
    CHECK(histogram.buckets().empty());
    histogram.add(3ms);
    for (const double share : {0.0, 0.5, 1.0}) CHECK(histogram.percentile_ms(share) == Approx(3));
}

TEST_CASE("percentile_ms: one slow mail in a hundred shows in p99.5, not in p50") {
    Histogram histogram;
    for (int i = 0; i < 99; ++i) histogram.add(1ms);
    histogram.add(10s);
    CHECK(histogram.percentile_ms(0.5) == Approx(1).epsilon(0.035));
    CHECK(histogram.percentile_ms(0.995) == Approx(10'000));
}

TEST_CASE("buckets: each holds the values between its ends, and all are counted") {
    for (const auto us : {0, 1, 31, 32, 33, 63, 64, 1000, 65535, 65536, 123456789}) {
        Histogram histogram;
        histogram.add(1us * us);
        const auto buckets = histogram.buckets();
        REQUIRE(buckets.size() == 1);
        CHECK(buckets[0].from_ms <= us / 1000.0);
        CHECK(buckets[0].to_ms > us / 1000.0);
        CHECK(buckets[0].count == 1);
    }
}

TEST_CASE("merge: as if all had been added to one; a negative latency counts as none") {
    Histogram one;
    Histogram other;
    one.add(1ms);
    other.add(9ms);
    other.add(-1ms);
    one.merge(other);
    CHECK(one.count() == 3);
    CHECK(one.max_ms() == Approx(9));
    CHECK(one.percentile_ms(0) == 0);
}

TEST_CASE("cpu_of, rss_mib: this process has used some of both, one that does not run has not") {
    const auto until = std::chrono::steady_clock::now() + 60ms;
    while (std::chrono::steady_clock::now() < until) {
    }
    CHECK(cpu_of(::getpid()).total() > 0);
    CHECK(rss_mib(::getpid()) > 1);
    CHECK(rss_max_mib(::getpid()) >= rss_mib(::getpid()));
    CHECK(cpu_of(0).total() == 0);
    CHECK(rss_mib(0) == 0);
}

TEST_CASE("cpu_by_thread: each thread by its name, together what the process used") {
    std::atomic<bool> over{false};
    std::thread busy([&] {
        ::pthread_setname_np(::pthread_self(), "a (busy) one");
        while (!over) {
        }
    });
    const auto until = std::chrono::steady_clock::now() + 5s;
    while (cpu_by_thread(::getpid())["a (busy) one"].total() < 0.03 && std::chrono::steady_clock::now() < until) {
    }
    const auto threads = cpu_by_thread(::getpid());
    const auto whole = cpu_of(::getpid());
    over = true;
    busy.join();
    CHECK(threads.at("a (busy) one").total() >= 0.03);
    CHECK(threads.at("main").total() > 0);
    CHECK(threads.at("a (busy) one").total() + threads.at("main").total() <= whole.total() + 0.03);
    CHECK(cpu_by_thread(0).empty());
}

TEST_CASE("rsa2048_sign_us: a signature costs something between ten microseconds and a tenth of a second") {
    const double us = rsa2048_sign_us(10ms);
    CHECK(us > 10);
    CHECK(us < 100'000);
    CHECK(rsa2048_sign_us(10ms, 2) > 10);
}

}  // namespace ilbud::bench
