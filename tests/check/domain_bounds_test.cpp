// S42: whatever a zone holds, a check asks a bounded number of questions, takes a bounded time and says something.
#include <catch2/catch.hpp>

#include <random>

#include "ilbud/check/domain_text.hpp"
#include "support/prepared_zones.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// Answers after a while.
class SlowResolver final : public Resolver {
 public:
    explicit SlowResolver(Resolver& inner, Duration wait) : inner_(inner), wait_(wait) {}
    Task<DnsAnswer> query(std::string name, RecordType type) override {
        co_await sleep_for(wait_);
        co_return co_await inner_.query(std::move(name), type);
    }

 private:
    Resolver& inner_;
    Duration wait_;
};

std::string mutated(std::string text, std::mt19937& random) {
    static const std::string spice = "=;:. /-+~?_%{}\"\\\0\xff v=spf1 include:redirect=mxaptrexistsip4all0123456789";
    for (auto changes = 1 + random() % 6; changes > 0; --changes) {
        const auto at = random() % (text.size() + 1);
        switch (random() % 4) {
            case 0:
                text.erase(at, random() % 30);
                break;
            case 1:
                text += ' ' + text.substr(at, 40);
                break;
            default:
                text.insert(at, 1, spice[random() % spice.size()]);
        }
    }
    return text;
}

}  // namespace

TEST_CASE("S42: mutated zones never crash a check or exceed its questions, and always make a text") {
    std::mt19937 random(7);  // NOLINT: the same every time
    const std::vector<std::string> names{customer,
                                         "_dmarc." + customer,
                                         "_spf.ilbud.example",
                                         "ilbud1._domainkey." + customer,
                                         "ilbud1._domainkey.ilbud.example",
                                         "_mta-sts." + customer,
                                         "a." + customer,
                                         "mail.host.example"};
    const std::vector<std::string> texts{
        "v=spf1 mx a:a.dagbladet.example include:_spf.ilbud.example exists:%{i}.dagbladet.example "
        "redirect=_dmarc.dagbladet.example",
        "v=DMARC1; p=reject; rua=mailto:a@b.example", our_key, "v=STSv1; id=1", "v=spf1 include:dagbladet.example ptr -all"};
    const std::vector<std::string> hosts{customer, "ilbud1._domainkey.ilbud.example", "ilbud1._domainkey." + customer,
                                         "_spf.ilbud.example", ""};
    auto asked = question();
    asked.limits.queries_max = 120;
    for (int i = 0; i < 300; ++i) {
        auto zones = prepared(Stage::complete);
        for (auto changes = 1 + random() % 5; changes > 0; --changes) {
            const auto& name = names[random() % names.size()];
            switch (random() % 6) {
                case 0:
                    zones.set(name, RecordType::cname, hosts[random() % hosts.size()]);
                    break;
                case 1:
                    zones.fail(name, "SERVFAIL");
                    break;
                case 2:
                    zones.set(name, RecordType::mx, "10 " + hosts[random() % hosts.size()]);
                    break;
                case 3:
                    zones.add(name, RecordType::txt, mutated(texts[random() % texts.size()], random));
                    break;
                default:
                    zones.set(name, RecordType::txt, mutated(texts[random() % texts.size()], random));
            }
        }
        const auto report = check(zones, asked);
        CHECK(zones.asked.size() <= 120);
        CHECK(report.queries == zones.asked.size());
        CHECK_FALSE(domain_text(report, Locale::da).empty());
        CHECK_FALSE(domain_json(report, Locale::da).empty());
        // Whoever is told that his mail is blocked is told why.
        const bool told = std::any_of(report.findings.begin(), report.findings.end(),
                                      [](const Finding& finding) { return finding.severity == Severity::fault; });
        CHECK((report.verdict != DomainVerdict::blocked || told));
    }
}

TEST_CASE("S42: a check stops at its number of questions, and what it could not ask is unknown") {
    auto zones = prepared(Stage::complete);
    auto asked = question();
    asked.limits.queries_max = 5;
    const auto report = check(zones, asked);
    CHECK(zones.asked.size() == 5);
    CHECK(report.verdict == DomainVerdict::unknown);
}

TEST_CASE("S42: a check asks nothing again that was answered") {
    auto zones = prepared(Stage::complete);
    check(zones);
    auto sorted = zones.asked;
    std::sort(sorted.begin(), sorted.end());
    CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
}

TEST_CASE("S42: a zone that is slow to answer ends the check in time, with what came until then") {
    auto zones = prepared(Stage::complete);
    SlowResolver slow(zones, 100ms);
    auto asked = question();
    asked.limits.time_max = 200ms;
    asked.limits.query_max = 110ms;  // so that only the first question of each subject is in time
    const auto report = check(slow, asked);
    CHECK(report.queries <= 10);
    CHECK(report.verdict == DomainVerdict::unknown);
    CHECK(find(report, FindingCode::dmarc_fine) != nullptr);
    CHECK(find(report, FindingCode::spf_unknown) != nullptr);
}

TEST_CASE("S42: a record of 64 KB is judged and shown in part, and no proposal repeats it") {
    auto zones = prepared(Stage::complete);
    zones.set(customer, RecordType::txt, "v=spf1 " + std::string(65000, 'a') + " -all");
    zones.set("_dmarc." + customer, RecordType::txt, "v=DMARC1; " + std::string(65000, 'p') + "=none");
    const auto report = check(zones);
    CHECK(report.verdict == DomainVerdict::blocked);
    for (const auto& finding : report.findings)
        for (const auto& record : finding.publish) CHECK(record.value.size() <= 2048);
    CHECK(domain_text(report, Locale::en).size() < 10'000);
}
