// What is news is verdict_state's to say; here are the DNS, the store and the news. Behind every co_await the settings or the domain
// itself may be others, so names are held across it and looked up again.
#include "ilbud/watch/verdict_watch.hpp"

#include <algorithm>

#include "ilbud/check/domain_text.hpp"
#include "ilbud/watch/watched_domains.hpp"

namespace ilbud {
namespace {

constexpr Duration rest_max = 30s;  // the wall clock may be set meanwhile
// A look is a dozen questions, and those of many domains go to the same servers. As many as look_schedule lets go at a stroke.
constexpr double looks_per_second = 5;
constexpr std::size_t rows_at_once = 256;

// What a person reads of an aspect: in the account's language, the records as lines for a zone file.
void describe(DomainNews& news, const DomainReport& report, DomainAspect aspect, Locale language) {
    const auto* finding = finding_of(report, aspect);
    if (finding == nullptr) return;
    news.found = finding_text(*finding, report.domain, language).found;
    for (const auto& record : finding->publish) news.records += zone_text(record) + '\n';
}

// A check goes on asking while it runs; behind stop() the resolver may be gone.
class UntilStopped final : public Resolver {
 public:
    UntilStopped(Resolver& inner, const bool& stopped) : inner_(inner), stopped_(stopped) {}
    Task<DnsAnswer> query(std::string name, RecordType type) override {
        DnsAnswer answer;
        answer.failure = "stopped";
        if (!stopped_) answer = co_await inner_.query(std::move(name), type);
        co_return answer;
    }

 private:
    Resolver& inner_;
    const bool& stopped_;
};

}  // namespace

VerdictWatch::VerdictWatch(WatchServices services)
    : services_(std::move(services)),
      looks_(services_.context,
             [this](std::exception_ptr failure) {
                 failure_ = failure;
                 alarm_.wake();
             }),
      alarm_(services_.context) {}

Task<void> VerdictWatch::load() {
    const auto rows = co_await services_.shelf.rows(verdict_shelf);
    for (const auto& row : rows) {
        auto state = read_verdict_state(row.value);
        if (state && state->domain == row.name)
            states_.insert_or_assign(row.name, *std::move(state));
        else
            services_.log.warning("domain.verdict_unreadable", {{"domain", row.name}});
    }
    loaded_ = true;
    apply_settings();
}

// Domains of no account are the platform's own: nobody would be told.
void VerdictWatch::apply_settings() {
    const auto now = services_.clock.now();
    const auto snapshot = services_.snapshots.current();
    const auto& domains = snapshot->settings.platform.domains;
    owners_ = domains_to_watch(snapshot->settings);
    std::erase_if(owners_, [](const auto& entry) { return entry.second.empty(); });
    schedule_.set_limits({looks_per_second, domains.check_every * 2});
    for (auto at = states_.begin(); at != states_.end();) {
        if (owners_.contains(at->first)) {
            ++at;
            continue;
        }
        schedule_.remove(at->first);
        unsaved_.insert(at->first);
        at = states_.erase(at);
    }
    for (const auto& [name, accounts] : owners_) {
        auto& state = states_[name];
        state.domain = name;
        schedule_.put_by(name, std::clamp(state.next_look, now, now + domains.check_every));
    }
}

// Before load() they are another daemon's to watch.
void VerdictWatch::settings_changed() {
    if (!loaded_) return;
    apply_settings();
    alarm_.wake();
}

Task<void> VerdictWatch::run() {
    co_await load();
    while (!stopping_) {
        co_await round();
        if (stopping_) break;
        const auto now = services_.clock.now();
        const auto next = schedule_.next(now).value_or(now + rest_max);
        const bool busy = looks_.running() > 0 && next <= now;  // the end of one wakes this
        co_await alarm_.wait_for(busy ? rest_max : std::clamp(next - now, Duration{}, rest_max));
    }
    co_await looks_.wait();
    co_await tell_and_save();
}

Task<void> VerdictWatch::round() {
    if (failure_) std::rethrow_exception(failure_);
    start_looks();
    co_await tell_and_save();
}

void VerdictWatch::stop() {
    stopping_ = true;
    alarm_.wake();
}

void VerdictWatch::start_looks() {
    const auto most = std::max<std::size_t>(1, services_.snapshots.current()->settings.platform.domains.looks_at_once / 4);
    if (looks_.running() >= most) return;
    for (auto& domain : schedule_.take(most - looks_.running(), services_.clock.now())) looks_.spawn(look_at(std::move(domain)));
}

Task<void> VerdictWatch::look_at(std::string domain) {
    const auto report = co_await check(services_.resolver, domain);
    if (stopping_) co_return;  // its answers may be failures of our own ending
    take_in(domain, report);
    alarm_.wake();
}

Task<DomainReport> VerdictWatch::check(Resolver& resolver, std::string domain) {
    const auto snapshot = services_.snapshots.current();
    auto question = domain_question(snapshot->settings, std::move(domain));
    question.verdict_only = true;
    const auto keys = services_.keys();
    for (std::size_t slot = 0; slot < question.slots.size(); ++slot) {
        question.slots[slot].active = static_cast<int>(slot) == keys.preferred;
        if (keys.slots[slot]) question.slots[slot].record = keys.slots[slot]->dns_record();
    }
    UntilStopped asked(resolver, stopping_);
    auto report = co_await check_domain(asked, question);
    co_return report;
}

void VerdictWatch::take_in(const std::string& domain, const DomainReport& report) {
    const auto found = states_.find(domain);
    const auto owners = owners_.find(domain);
    if (found == states_.end() || owners == owners_.end()) return;
    const auto now = services_.clock.now();
    const auto snapshot = services_.snapshots.current();
    auto& state = found->second;
    const auto before = state.verdict;
    const auto news = record_report(state, report, snapshot->settings.platform.domains.check_every, now);
    if (state.verdict != before)
        services_.log.info("domain.verdict",
                           {{"domain", domain}, {"verdict", to_word(state.verdict)}, {"before", to_word(before)}});
    schedule_.put(domain, state.next_look);
    unsaved_.insert(domain);
    for (std::size_t i = 0; i < domain_aspects; ++i) {
        auto& aspect = state.aspects[i];
        DomainNews one;
        one.domain = domain;
        one.broken = news[i].broken;
        one.aspect = static_cast<DomainAspect>(i);
        one.since = aspect.fallen_since.value_or(now);
        for (const auto& account : news[i].broken ? owners->second : std::set<std::string>{}) {
            if (std::find(aspect.told.begin(), aspect.told.end(), account) != aspect.told.end()) continue;
            one.account = account;
            one.records.clear();
            describe(one, report, *one.aspect, snapshot->settings.accounts.at(account).language);
            news_.push_back(one);
        }
        for (const auto& account : news[i].fixed ? aspect.told : std::vector<std::string>{}) {
            one.account = account;
            news_.push_back(one);
        }
    }
}

// Whether an earlier turn has told it.
bool VerdictWatch::is_known(const DomainNews& news) const {
    const auto state = states_.find(news.domain);
    if (state == states_.end()) return true;
    const auto& told = state->second.aspects[static_cast<std::size_t>(*news.aspect)].told;
    return (std::find(told.begin(), told.end(), news.account) != told.end()) == news.broken;
}

// An account counts as told when the notifier has the notice safe. A crash between the two tells it once more, and the notifier's book
// knows that it has been told. In turns: a look that somebody asked for tells beside run().
Task<void> VerdictWatch::tell_and_save() {
    const auto turn = co_await turns_.next();
    auto news = std::exchange(news_, {});
    std::erase_if(news, [this](const DomainNews& one) { return is_known(one); });
    if (services_.tell && !news.empty()) co_await services_.tell(news);
    for (const auto& one : news) {
        const auto state = states_.find(one.domain);
        if (state == states_.end()) continue;
        auto& told = state->second.aspects[static_cast<std::size_t>(*one.aspect)].told;
        if (one.broken)
            told.push_back(one.account);
        else
            std::erase(told, one.account);
    }
    const auto names = std::exchange(unsaved_, {});
    std::vector<ShelfRow> rows;
    for (auto at = names.begin(); at != names.end(); ++at) {
        const auto state = states_.find(*at);
        // A domain that was forgotten has no state, and an empty value removes its row.
        rows.push_back({*at, state == states_.end() ? std::string() : to_json(state->second)});
        if (rows.size() < rows_at_once && std::next(at) != names.end()) continue;
        auto batch = std::exchange(rows, {});
        co_await put_rows(services_.shelf, verdict_shelf, std::move(batch));
    }
}

Task<std::optional<VerdictState>> VerdictWatch::look_now(std::string domain) {
    if (stopping_ || !loaded_ || !owners_.contains(domain)) co_return std::nullopt;
    std::unique_ptr<Resolver> fresh;
    if (services_.fresh_resolver) fresh = services_.fresh_resolver();
    const auto report = co_await check(fresh ? *fresh : services_.resolver, domain);
    if (stopping_) co_return std::nullopt;
    take_in(domain, report);
    co_await tell_and_save();
    const auto state = states_.find(domain);
    if (state == states_.end()) co_return std::nullopt;
    co_return state->second;
}

}  // namespace ilbud
