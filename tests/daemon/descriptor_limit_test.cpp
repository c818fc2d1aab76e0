#include "daemon/descriptor_limit.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

Platform with_relays(std::size_t relays, std::size_t connections) {
    Platform platform;
    platform.intake.connections_max = 100;
    for (std::size_t i = 0; i < relays; ++i) {
        Relay relay;
        relay.connections_max = connections;
        platform.delivery.relays.push_back(relay);
    }
    return platform;
}

// Puts the limits back that it found.
class Limit {
 public:
    Limit() { ::getrlimit(RLIMIT_NOFILE, &before_); }
    ~Limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    void lower_to(rlim_t soft) const {
        const rlimit lower{soft, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &lower) == 0);
    }
    [[nodiscard]] static rlim_t soft() {
        rlimit now{};
        ::getrlimit(RLIMIT_NOFILE, &now);
        return now.rlim_cur;
    }

 private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("descriptors_needed: every connection of senders and relays has one, and a lane one at least to each relay") {
    const auto none = descriptors_needed(with_relays(0, 0), 2);
    CHECK(none > 200);
    CHECK(descriptors_needed(with_relays(2, 300), 2) == none + 600);
    CHECK(descriptors_needed(with_relays(2, 1), 2) == none + 4);
    auto platform = with_relays(0, 0);
    platform.intake.connections_max += 10;
    platform.intake.control_connections_max += 5;  // and those of it that are leaving
    CHECK(descriptors_needed(platform, 2) == none + 20);
}

TEST_CASE("allow_descriptors: raises the soft limit to what is needed, and refuses what the hard one does not allow") {
    const Limit limit;
    auto platform = with_relays(1, 20);
    platform.intake.leaving_max = 7;
    limit.lower_to(100);
    const auto leaving = allow_descriptors(platform, 1);
    REQUIRE(leaving);
    CHECK(*leaving == 7);
    CHECK(Limit::soft() == descriptors_needed(platform, 1) + 7);
    platform.intake.leaving_max = 0;
    CHECK(*allow_descriptors(platform, 1, 5) == 5);
    REQUIRE_FALSE(allow_descriptors(platform, 1, 100'000'000));
    const auto refused = allow_descriptors(with_relays(1, 100'000'000), 1);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "too_few_descriptors");
    CHECK(refused.error().detail.find(std::to_string(descriptors_needed(with_relays(1, 100'000'000), 1))) != std::string::npos);
    CHECK(Limit::soft() == descriptors_needed(platform, 1) + 7);
}
