// What is decided is WatchedDomains, and when is LookSchedule and WatchAgenda; both are pure. Here are the DNS, the
// store, the news and one loop, which begins what is due. Looks run beside it and wake it when they end.
// Behind every co_await the settings, the keys, or the domain itself may be others. So names are held across it, never
// pointers or references into the states, and are looked up again.
#include "ilbud/watch/domain_watch.hpp"

#include <algorithm>

namespace ilbud {
namespace {

constexpr Duration rest_max = 30s;  // the wall clock may be set meanwhile
// Of one commit. The store is everybody's: one with thousands of rows would hold up events and results for as long.
constexpr std::size_t rows_at_once = 256;

}  // namespace

DomainWatch::DomainWatch(WatchServices services, BookHolder& books, Queue& queue)
    : services_(std::move(services)),
      books_(books),
      queue_(queue),
      looks_(services_.context,
             [this](std::exception_ptr failure) {
                 // A look reaches the store when it tells an account. What broke there comes out of run(), which somebody
                 // waits for.
                 failure_ = failure;
                 wake();
             }),
      alarm_(services_.context) {}

// The setting counts questions, the schedule counts looks, and a look is a question for each selector in use. Twice
// look_max, since the jitter puts looks a little behind it; what lies further ahead was put there by a clock that has
// been set back since.
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
    const auto rows = co_await services_.shelf.rows(domain_shelf);
    std::vector<DomainState> states;
    states.reserve(rows.size());
    for (const auto& row : rows) {
        auto state = read_domain_state(row.value);
        if (state && state->domain == row.name)
            states.push_back(std::move(*state));
        else
            // It is then a domain that nothing is known of: it signs by its own name and is looked at now.
            services_.log.warning("domain.state_unreadable", {{"domain", row.name}});
    }
    watched_.restore(std::move(states));
    apply_settings(false);
    agenda_.hurry_book();  // that book knew of no look: what the first ones find is in force as soon as it is told
    loaded_ = true;
}

// All domains may become due at this moment. The schedule's rate spreads them, and the longest due go first.
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
            // Only ever sooner: reloads in a row must not put a look off.
            schedule_.put_by(name, std::min(state.next_look, now + limits().longest));
    }
    put_in_force();  // at once: a key may be out of force now
}

void DomainWatch::put_in_force() {
    books_.swap(watched_.book());
    agenda_.book_published(services_.clock.now());
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
    // Those that are gone, too: their rows are removed when they are stored.
    for (const auto* names : {&change.touched, &change.added, &change.gone})
        for (const auto& name : *names) agenda_.changed(name);
    for (const auto& name : change.gone) schedule_.remove(name);
    const auto now = services_.clock.now();
    for (const auto& name : change.may_go) agenda_.may_go(name, now);
    if (change.book) agenda_.book_changed();
}

// At the end looks under way are waited for, which take nothing in any more, and then everything that is known is stored.
Task<void> DomainWatch::run() {
    while (!stopping_) {
        co_await round();
        co_await rest();
    }
    co_await looks_.wait();
    co_await save();
}

// What a look broke comes first: nothing more is begun. Saving is last, so that it holds what this round has decided.
Task<void> DomainWatch::round() {
    if (failure_) std::rethrow_exception(failure_);
    start_looks();
    co_await publish();
    if (agenda_.tell_due(services_.clock.now())) co_await tell_accounts();
    if (agenda_.save_due(services_.clock.now())) co_await save();
}

// Before the resolver ends, which answers every question under way with a failure: none of those may be taken in.
void DomainWatch::stop() {
    stopping_ = true;
    wake();
}

// Until there is something to do. Everything that changes what there is to do wakes it.
Task<void> DomainWatch::rest() {
    if (stopping_ || failure_) co_return;
    const auto now = services_.clock.now();
    auto until = agenda_.next(now + rest_max);
    // With every place taken the time of the next look does not matter: the end of one wakes this.
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
    take_in(domain, look);
    // While it is looked at, a domain is not in the schedule, unless a reload or other keys put it there.
    if (const auto* state = watched_.find(domain)) schedule_.put(domain, state->next_look);
    wake();
}

Task<DomainLook> DomainWatch::ask(Resolver& resolver, std::string domain) {
    DomainLook look;
    // A copy: a reload between two questions must not mix the selectors of before with those of after. One question after
    // the other, as looks at other domains run beside it.
    const auto expected = watched_.expected();
    for (std::size_t i = 0; i < watched_selectors; ++i) {
        if (expected.selectors[i].selector.empty() || stopping_) continue;
        auto name = selector_name(expected.selectors[i], domain);
        look[i] = co_await resolver.query(std::move(name), RecordType::txt);
    }
    co_return look;
}

// Between looking and now the domain may have left, or the keys may be others: answers stay what they are.
void DomainWatch::take_in(const std::string& domain, const DomainLook& look) {
    const auto now = services_.clock.now();
    auto news = watched_.record(domain, look, now);
    const auto* state = watched_.find(domain);
    if (state == nullptr) return;
    ++looks_made_;
    looks_failed_ += state->failures > 0 ? 1 : 0;
    // Each look, soon: it may be one of those over the TTL by which a key counts as seen, and a kill would begin their count anew.
    agenda_.changed(domain);
    if (news.domain.choice_changed) agenda_.book_changed();
    if (news.domain.may_go) agenda_.may_go(domain, now);
    // `since` moves when another name or slot signs, not when only the reason or an earlier key has changed.
    if (news.domain.choice_changed && state->since == now) log_signing(*state);
    take_over(std::move(news.others));
    // Both come with every look as long as they hold, so the last look's word counts.
    agenda_.news(domain, news.domain.broken || news.domain.fixed ? std::optional(news.domain) : std::nullopt);
}

void DomainWatch::log_signing(const DomainState& state) const {
    const bool well = state.choice.by == SignedBy::own;
    const auto also = state.choice.twice ? services_.snapshots.current()->settings.platform.dkim.platform_domain : std::string();
    const auto& selector = watched_.expected().selectors[state.choice.slot == 1 ? 1 : 0].selector;
    services_.log.write(well && !state.trouble_since ? LogLevel::info : LogLevel::warning, "domain.signing",
                        {{"domain", state.domain},
                         {"by", to_word(state.choice.by)},
                         {"selector", well ? selector : std::string()},
                         {"also", also},
                         {"problem", state.problem}});
}

// What is to be told of the domain, to each of its accounts.
void DomainWatch::add_news(std::vector<DomainNews>& all, const std::string& domain, const WatchNews& news) {
    const auto* state = watched_.find(domain);
    if (state == nullptr) return;
    DomainNews text;
    text.domain = domain;
    text.broken = news.broken;
    text.since = news.broken ? state->trouble_since.value_or(state->since) : services_.clock.now();
    if (news.broken) {
        if (state->choice.by == SignedBy::platform)
            text.signed_by = services_.snapshots.current()->settings.platform.dkim.platform_domain;
        text.waiting = state->choice.by == SignedBy::nobody;
        text.records = records_to_publish(*state, watched_.expected());
    }
    for (const auto& account : watched_.accounts(domain)) {
        // An account that came to a domain in trouble later is told then, and of the end of it only those who knew.
        const bool knows = std::find(state->told.begin(), state->told.end(), account) != state->told.end();
        if (knows == news.broken) continue;
        text.account = account;
        all.push_back(text);
    }
}

// An account counts as told when the notifier has the notice safe. A crash between the two tells it once more, and the
// notifier's book knows that it has been told. All together: for the store ten thousand notices are then no more commits
// than a few dozen.
Task<void> DomainWatch::tell_accounts() {
    agenda_.begin_tell(services_.clock.now());
    const auto news = agenda_.take_news();
    std::vector<DomainNews> all;
    for (const auto& [domain, one] : news) add_news(all, domain, one);
    std::vector<std::pair<std::string, std::string>> broken;
    for (const auto& one : all)
        if (one.broken) broken.emplace_back(one.domain, one.account);
    if (services_.tell && !all.empty()) co_await services_.tell(std::move(all));
    // `tell` waits for the store: the states are looked up again behind it.
    for (const auto& [domain, account] : broken) {
        auto* state = watched_.find(domain);
        if (state == nullptr) continue;
        state->told.push_back(account);
        agenda_.changed(domain);
    }
    for (const auto& [domain, one] : news) {
        auto* state = watched_.find(domain);
        if (state == nullptr || !one.fixed) continue;
        state->told.clear();
        agenda_.changed(domain);
    }
}

// The new book first, then the mails that waited for it.
Task<void> DomainWatch::publish() {
    const auto now = services_.clock.now();
    if (agenda_.book_due(now)) put_in_force();
    auto calls = agenda_.take_calls(now);
    if (calls.empty()) co_return;
    // The reason that a lane gives for mail that nobody may sign (lane.cpp).
    std::string reason = "domain_unsigned";
    const auto domains = calls.size();
    const auto mails = co_await queue_.hasten(std::move(reason), std::move(calls));
    agenda_.calls_made(now, services_.clock.now());
    if (mails > 0) services_.log.info("domain.mail_goes", {{"domains", domains}, {"mails", mails}});
}

// Counted as saved from its beginning. What changes while it is being stored is marked again, and stored the next time.
Task<void> DomainWatch::save() {
    const auto now = services_.clock.now();
    agenda_.begin_save(now);
    for (const auto& name : watched_.forget_removed(now)) {
        agenda_.changed(name);
        schedule_.remove(name);
        agenda_.book_changed();
    }
    const auto names = agenda_.take_unsaved();
    std::vector<ShelfRow> rows;
    for (auto at = names.begin(); at != names.end(); ++at) {
        const auto state = watched_.states().find(*at);
        // A domain that was forgotten has no state, and an empty value removes its row.
        rows.push_back({*at, state == watched_.states().end() ? std::string() : to_json(state->second, watched_.expected())});
        if (rows.size() < rows_at_once && std::next(at) != names.end()) continue;
        auto batch = std::exchange(rows, {});
        co_await put_rows(services_.shelf, domain_shelf, std::move(batch));
    }
}

// For a person who has just changed the zone and waits: past the cache, not counted by the schedule's rate, and with the
// book in force before the answer.
Task<Result<DomainSeen>> DomainWatch::look_now(std::string domain) {
    Result<DomainSeen> answer =
        Error{"unknown_domain", domain, "no unit or customer service mails from this domain, or it is not watched"};
    if (watched_.find(domain) == nullptr || stopping_) co_return answer;
    std::unique_ptr<Resolver> fresh;
    if (services_.fresh_resolver) fresh = services_.fresh_resolver();
    auto& resolver = fresh ? *fresh : services_.resolver;
    auto look = co_await ask(resolver, domain);
    if (stopping_) co_return answer;
    take_in(domain, look);
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
