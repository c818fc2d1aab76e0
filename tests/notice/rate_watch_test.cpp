#include "ilbud/notice/rate_watch.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

Settings two_accounts() {
    Settings settings;
    for (const char* id : {"forlag", "radio"}) {
        settings.accounts[id].id = id;
        settings.accounts[id].language = Locale::en;
    }
    for (const char* id : {"avis", "blad"}) {
        settings.units[id].id = id;
        settings.units[id].account = "forlag";
        settings.units[id].name = std::string("The ") + id;
    }
    settings.units["radio"].account = "radio";
    return settings;
}

std::vector<std::string> causes(const Settings& settings, const RateCounts& counts) {
    std::vector<std::string> all;
    for (const auto& notice : high_rates(settings, counts)) all.push_back(notice.account + ' ' + notice.cause);
    return all;
}
using Causes = std::vector<std::string>;

}  // namespace

TEST_CASE("high_rates: a bounce rate is told from its limit on, if enough mails are finished") {
    const Settings settings = two_accounts();
    CHECK(causes(settings, {{{"avis", {100, 5}}}, {}}) == Causes{"forlag bounce_rate"});
    CHECK(causes(settings, {{{"avis", {100, 4}}}, {}}).empty());
    CHECK(causes(settings, {{{"avis", {99, 99}}}, {}}).empty());
    CHECK(causes(settings, {{{"avis", {1000, 49}}}, {}}).empty());
    CHECK(causes(settings, {{{"avis", {1000, 50}}}, {}}) == Causes{"forlag bounce_rate"});
    CHECK(causes(settings, {}).empty());
}

TEST_CASE("high_rates: an account's units count together, another account's do not") {
    const Settings settings = two_accounts();
    CHECK(causes(settings, {{{"avis", {60, 5}}, {"blad", {40, 0}}}, {}}) == Causes{"forlag bounce_rate"});
    CHECK(causes(settings, {{{"avis", {60, 5}}, {"radio", {40, 0}}}, {}}).empty());
    CHECK(causes(settings, {{{"avis", {60, 5}}, {"gone", {4000, 4000}}}, {}}).empty());
}

TEST_CASE("high_rates: complaints are taken as a share of the finished mails") {
    const Settings settings = two_accounts();
    CHECK(causes(settings, {{{"avis", {1000, 0}}}, {{"forlag", 3}}}) == Causes{"forlag complaint_rate"});
    CHECK(causes(settings, {{{"avis", {1000, 0}}}, {{"forlag", 2}}}).empty());
    CHECK(causes(settings, {{{"avis", {999, 0}}}, {{"forlag", 900}}}).empty());
    CHECK(causes(settings, {{{"avis", {1000, 0}}}, {{"radio", 900}}}).empty());
    CHECK(causes(settings, {{}, {{"forlag", 900}}}).empty());
}

TEST_CASE("high_rates: the notice has the figures, and the units if there are several, worst first") {
    Settings settings = two_accounts();
    settings.platform.notices.rate_window = 6h;
    const auto notices = high_rates(settings, {{{"avis", {1500, 80}}, {"blad", {500, 100}}}, {}});
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].subject.empty());
    const std::vector<std::pair<std::string, std::string>> facts{{"rate", "0.09"},
                                                                 {"limit", "0.05"},
                                                                 {"mails", "2000"},
                                                                 {"failed", "180"},
                                                                 {"hours", "6"},
                                                                 {"The blad", "100 / 500 (20%)"},
                                                                 {"The avis", "80 / 1,500 (5.3%)"}};
    CHECK(notices[0].facts == facts);
}
