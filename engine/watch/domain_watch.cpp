#include "ilbud/watch/domain_watch.hpp"

#include <algorithm>

namespace ilbud {
namespace {

constexpr Duration rest_max = 30s;  // the wall clock may be set meanwhile
constexpr std::size_t rows_at_once = 256;

}  // namespace

DomainWatch::DomainWatch(DomainWatchServices services)
    : services_(std::move(services)),
      looks_(services_.context,
             [this](std::exception_ptr failure) {
                 failure_ = failure;
                 wake();
             }),
      alarm_(services_.context) {}

LookSchedule::Limits DomainWatch::limits() const {
    const auto settings = services_.snapshots.current();
    const auto& selectors = watched_.expected().selectors;
    const auto asked =
        std::count_if(selectors.begin(), selectors.end(), [](const ExpectedKey& key) { return !key.selector.empty(); });
    const auto& domains = settings->settings.platform.domains;
    return {static_cast<double>(domains.queries_per_second) / static_cast<double>(std::max<std::ptrdiff_t>(asked, 1)),
            domains.look_max * 2};
}

std::size_t DomainWatch::looks_at_once() const {
    return services_.snapshots.current()->settings.platform.domains.looks_at_once;
}

Task<void> DomainWatch::load() {
    const auto rows = co_await services_.queue.shelf(domain_shelf);
    std::vector<DomainState> states;
    states.reserve(rows.size());
    for (const auto& row : rows) {
        auto state = read_domain_state(row.value);
        if (state && state->domain == row.name)
            states.push_back(std::move(*state));
        else
            services_.log.warning("domain.state_unreadable", {{"domain", row.name}});
    }
    watched_.restore(std::move(states));
    apply_settings(false);
    loaded_ = true;
}

void DomainWatch::apply_settings(bool look_again) {
    const auto now = services_.clock.now();
    const auto snapshot = services_.snapshots.current();
    take_over(watched_.apply(snapshot->settings, services_.keys(), now));
    schedule_.set_limits(limits());
    for (const auto& [name, state] : watched_.states()) {
        if (!watched_.watching())
            schedule_.remove(name);
        else if (look_again)
            schedule_.put(name, now);
        else
            schedule_.put_by(name, std::min(state.next_look, now + limits().longest));
    }
    put_in_force();  // at once: a key may be out of force now
}

void DomainWatch::put_in_force() {
    services_.books.swap(watched_.book());
    agenda_.book_in_force();
}

void DomainWatch::settings_changed() {
    if (!loaded_) return;  // load() takes the snapshot of its moment
    apply_settings(false);
    wake();
}

void DomainWatch::keys_changed() {
    if (!loaded_) return;
    apply_settings(true);
    wake();
}

void DomainWatch::take_over(WatchedDomains::Change change) {
    for (const auto* names : {&change.touched, &change.added, &change.gone})
        for (const auto& name : *names) agenda_.changed(name);
    for (const auto& name : change.gone) schedule_.remove(name);
    const auto now = services_.clock.now();
    for (const auto& name : change.may_go) agenda_.may_go(name, now);
    if (change.book) agenda_.book_changed();
}

Task<void> DomainWatch::run() {
    while (!stopping_) {
        co_await round();
        co_await rest();
    }
    co_await looks_.wait();
    co_await save();
}

Task<void> DomainWatch::round() {
    if (failure_) std::rethrow_exception(failure_);
    start_looks();
    co_await publish();
    if (agenda_.save_due(services_.clock.now())) co_await save();
}

void DomainWatch::stop() {
    stopping_ = true;
    wake();
}

// Until there is something to do. Everything that changes what there is to do wakes it.
Task<void> DomainWatch::rest() {
    if (stopping_ || failure_) co_return;
    const auto now = services_.clock.now();
    auto until = agenda_.next(now + rest_max);
    if (looks_.running() < looks_at_once()) {
        if (const auto next = schedule_.next(now)) until = std::min(until, *next);
    }
    co_await alarm_.wait_for(std::clamp(until - now, Duration{}, rest_max));
}

void DomainWatch::start_looks() {
    const auto now = services_.clock.now();
    const auto most = looks_at_once();
    if (looks_.running() >= most) return;
    for (auto& domain : schedule_.take(most - looks_.running(), now)) looks_.spawn(look_at(std::move(domain)));
}

Task<void> DomainWatch::look_at(std::string domain) {
    auto look = co_await ask(services_.resolver, domain);
    if (stopping_) co_return;  // its answers may be failures of our own ending
    co_await take_in(domain, std::move(look));
    if (const auto* state = watched_.find(domain)) schedule_.put(domain, state->next_look);
    wake();
}

Task<DomainLook> DomainWatch::ask(Resolver& resolver, std::string domain) {
    DomainLook look;
    const auto expected = watched_.expected();
    for (std::size_t i = 0; i < watched_selectors; ++i) {
        if (expected.selectors[i].selector.empty() || stopping_) continue;
        auto name = selector_name(expected.selectors[i], domain);
        look[i] = co_await resolver.query(std::move(name), RecordType::txt);
    }
    co_return look;
}

// Between looking and now the domain may have left, or the keys may be others: answers stay what they are.
Task<void> DomainWatch::take_in(std::string domain, DomainLook look) {
    const auto now = services_.clock.now();
    auto news = watched_.record(domain, look, now);
    const auto* state = watched_.find(domain);
    if (state == nullptr) co_return;
    ++looks_made_;
    looks_failed_ += state->failures > 0 ? 1 : 0;
    agenda_.looked_at(domain);
    if (news.domain.choice_changed) {
        agenda_.book_changed();
        agenda_.changed(domain);
    }
    if (news.domain.may_go) agenda_.may_go(domain, now);
    if (news.domain.choice_changed && state->since == now) log_signing(*state);
    take_over(std::move(news.others));
    if (news.domain.broken || news.domain.fixed) co_await tell_accounts(std::move(domain), news.domain);
}

void DomainWatch::log_signing(const DomainState& state) const {
    const bool well = state.choice.by == SignedBy::own;
    const auto& selector = watched_.expected().selectors[state.choice.slot == 1 ? 1 : 0].selector;
    services_.log.write(well ? LogLevel::info : LogLevel::warning, "domain.signing",
                        {{"domain", state.domain},
                         {"by", to_word(state.choice.by)},
                         {"selector", well ? selector : std::string()},
                         {"problem", state.problem}});
}

Task<void> DomainWatch::tell_accounts(std::string domain, WatchNews news) {
    auto owners = watched_.accounts(domain);
    const auto* state = watched_.find(domain);
    if (state == nullptr) co_return;
    DomainNews text;
    text.domain = domain;
    text.broken = news.broken;
    text.since = news.broken ? state->trouble_since.value_or(state->since) : services_.clock.now();
    if (news.broken) {
        if (state->choice.by == SignedBy::platform)
            text.signed_by = services_.snapshots.current()->settings.platform.dkim.platform_domain;
        text.waiting = state->choice.by == SignedBy::nobody;
        text.records = records_to_publish(*state, watched_.expected());
        for (const auto& account : state->told) owners.erase(account);
    } else {
        std::erase_if(owners, [&](const std::string& account) {
            return std::find(state->told.begin(), state->told.end(), account) == state->told.end();
        });
    }
    for (const auto& account : owners) {
        text.account = account;
        DomainNews one = text;
        if (services_.tell) co_await services_.tell(std::move(one));
        auto* now_known = watched_.find(domain);
        if (now_known == nullptr) co_return;
        if (news.broken) now_known->told.push_back(account);
    }
    if (auto* now_known = watched_.find(domain); now_known != nullptr && news.fixed) now_known->told.clear();
    if (owners.empty() && news.broken) co_return;
    agenda_.changed(domain);
}

// The new book first, then the mails that waited for it.
Task<void> DomainWatch::publish() {
    const auto now = services_.clock.now();
    if (agenda_.book_due(now)) {
        put_in_force();
        agenda_.book_published(now);
    }
    for (const auto& name : agenda_.take_calls(now)) {
        std::string reason = "domain_unsigned", domain = name;
        const auto mails = co_await services_.queue.hasten(std::move(reason), std::move(domain));
        if (mails > 0) services_.log.info("domain.mail_goes", {{"domain", name}, {"mails", mails}});
    }
}

Task<void> DomainWatch::save() {
    const auto now = services_.clock.now();
    agenda_.begin_save(now);
    for (const auto& name : watched_.forget_removed(now)) {
        agenda_.looked_at(name);
        schedule_.remove(name);
        agenda_.book_changed();
    }
    const auto names = agenda_.take_unsaved();
    std::vector<ShelfRow> rows;
    for (auto at = names.begin(); at != names.end(); ++at) {
        const auto state = watched_.states().find(*at);
        rows.push_back({*at, state == watched_.states().end() ? std::string() : to_json(state->second, watched_.expected())});
        if (rows.size() < rows_at_once && std::next(at) != names.end()) continue;
        auto batch = std::exchange(rows, {});
        co_await services_.queue.put_on_shelf(domain_shelf, std::move(batch));
    }
}

Task<Result<DomainSeen>> DomainWatch::look_now(std::string domain) {
    Result<DomainSeen> answer =
        Error{"unknown_domain", domain, "no unit or customer service mails from this domain, or it is not watched"};
    if (watched_.find(domain) == nullptr || stopping_) co_return answer;
    std::unique_ptr<Resolver> fresh;
    if (services_.fresh_resolver) fresh = services_.fresh_resolver();
    auto& resolver = fresh ? *fresh : services_.resolver;
    auto look = co_await ask(resolver, domain);
    if (stopping_) co_return answer;
    co_await take_in(domain, std::move(look));
    agenda_.hurry_book();
    co_await publish();
    const auto* state = watched_.find(domain);
    if (state == nullptr) co_return answer;
    schedule_.put(domain, state->next_look);
    answer = DomainSeen{*state, watched_.expected()};
    wake();
    co_return answer;
}

KeyCoverage DomainWatch::coverage(int slot, std::size_t names_max) const {
    auto coverage = watched_.coverage(slot == 1 ? 1 : 0, names_max);
    coverage.known = loaded_;
    return coverage;
}

DomainCounts DomainWatch::counts() const {
    return {watched_.watching() ? watched_.states().size() : 0, watched_.sorts(), looks_made_, looks_failed_};
}

}  // namespace ilbud
