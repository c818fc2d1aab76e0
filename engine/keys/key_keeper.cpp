// Around KeyChange, which knows how keys change: a loop that does what is due, requests by people in between, and
// reminders of what gets no further. The loop and a request may meet; KeyChange's turns let one of them wait. It stands
// between KeyChange and the resolver as a resolver itself. At the end the daemon destroys the real one while a step may
// still wait for a hook, and goes on to look at the record when the hook is done.
#include "ilbud/keys/key_keeper.hpp"

namespace ilbud {
namespace {

// What a request can bring at once, so that its answer tells how it went: make the key, publish it, look at it.
constexpr int steps_at_once = 3;

// Keeps the whole snapshot alive, of which the platform is a part.
std::shared_ptr<const Platform> platform_of(const SnapshotPointer& snapshot) {
    return {snapshot, &snapshot->settings.platform};
}

KeyChangeServices for_change(const KeyKeeperServices& services, Resolver& resolver) {
    auto& shelves = services.shelf;
    KeyShelf shelf{[&shelves] { return shelves.rows(key_shelf_name); },
                   [&shelves](std::vector<ShelfRow> rows) { return put_rows(shelves, key_shelf_name, std::move(rows)); }};
    return {std::move(shelf), services.clock, services.log, resolver, services.coverage, services.on_change};
}

}  // namespace

// KeyChange gets a way to the publisher, not the publisher: there is none before load(), and another one after a reload.
KeyKeeper::KeyKeeper(asio::io_context& context, KeyKeeperServices services)
    : services_(std::move(services)),
      change_(for_change(services_, *this), [this]() -> KeyPublisher& { return *publisher_; }),
      wake_(context) {}

Task<Result<bool>> KeyKeeper::load(SnapshotPointer snapshot) {
    auto result = co_await change_.load(platform_of(snapshot));
    if (!result) co_return result;
    // No step is under way: load() has had the turn, and nothing else has run since it gave it back. Otherwise a
    // publisher could be destroyed while the program that it started still runs.
    publisher_ = make_publisher(snapshot->settings.platform.dkim, stopping_);
    snapshot_ = std::move(snapshot);
    nudge();
    co_return result;
}

Task<DnsAnswer> KeyKeeper::query(std::string name, RecordType type) {
    // As it is made, an answer has failed: that is what changes nothing (S43).
    DnsAnswer answer;
    answer.failure = "stopped";
    if (!stopping_) answer = co_await services_.resolver.query(std::move(name), type);
    co_return answer;
}

Task<void> KeyKeeper::apply(SnapshotPointer snapshot) {
    const auto changed = co_await load(std::move(snapshot));
    if (!changed)
        services_.log.error(
            "dkim.keys_kept",
            {{"code", changed.error().code}, {"place", changed.error().place}, {"detail", changed.error().detail}});
    else if (*changed && services_.on_change)
        services_.on_change();
}

// A store that is broken ends this by its exception, and with it the daemon.
Task<void> KeyKeeper::run() {
    while (!stopping_) {
        const auto done = co_await change_.advance();
        // Something was done, so more may be due at once: no pause, and no reminder of what is just getting on.
        if (done) continue;
        const auto now = services_.clock.now();
        tell_stuck(now);
        co_await wake_.wait_for(wait_for_step(change_.next_due(), now));
    }
}

void KeyKeeper::stop() {
    stopping_ = true;
    nudge();
}

void KeyKeeper::tell_stuck(Time now) {
    auto stuck = stuck_keys(change_.slots(), change_.coverage(), change_.policy(), now);
    // Told under the name of the selector whose record is missing, which is not always the one that is stuck.
    for (const auto& one : reminders_.to_tell(std::move(stuck), now)) {
        const auto& selector = change_.platform().dkim.selectors.at(static_cast<std::size_t>(one.awaited));
        services_.log.warning("dkim.stuck", {{"selector", selector.name}, {"since", to_text(one.since)}, {"detail", one.reason}});
        if (services_.on_stuck) services_.on_stuck(one, selector);
    }
}

KeysInForce KeyKeeper::keys() const {
    KeysInForce keys;
    keys.slots = change_.keys();
    // Some key signs, or load() would have failed; 0 only keeps the number an index.
    keys.preferred = std::max(change_.signing(), 0);
    keys.ed25519 = snapshot_->keys.ed25519;
    return keys;
}

std::optional<KeySummary> KeyKeeper::summary() const {
    if (!snapshot_) return std::nullopt;
    const auto& selectors = change_.platform().dkim.selectors;
    return KeySummary{selectors.at(static_cast<std::size_t>(std::max(change_.signing(), 0))).name,
                      change_.slots().rotating_since.has_value(),
                      stuck_keys(change_.slots(), change_.coverage(), change_.policy(), services_.clock.now()).size()};
}

std::optional<KeyView> KeyKeeper::view() const {
    if (!snapshot_) return std::nullopt;
    return KeyView{change_.slots(), change_.coverage(), change_.platform(), services_.clock.now(), true};
}

Task<KeyChange::Answer> KeyKeeper::plan(KeyRequest request) {
    if (request.what == KeyRequest::What::publish) {
        auto answer = co_await change_.publish(request.dry_run);
        co_return answer;
    }
    if (request.what == KeyRequest::What::rotate) {
        auto answer = co_await change_.rotate(request.dry_run);
        co_return answer;
    }
    if (request.what == KeyRequest::What::retire) {
        auto answer = co_await change_.retire(request.dry_run, request.selector, request.force);
        co_return answer;
    }
    // new_rsa_key() would refuse it as well, but later and only in the log; here the person who asks is told. 2048 is
    // S14; keys above 4096 bits need not be accepted by receivers (RFC 8301 §3.2).
    if (request.bits && (*request.bits < 2048 || *request.bits > 4096))
        co_return Error{"invalid_value", "bits", "expected 2048 to 4096"};
    auto answer = co_await change_.new_key(request.dry_run, request.type, request.bits);
    co_return answer;
}

// The plan is that of the moment of asking. What is done at once may be another slot's step that was due anyway, or be
// done by run() before this gets its turn; whoever shows the answer shows the slots beside it.
Task<Result<KeyAnswer>> KeyKeeper::ask(KeyRequest request) {
    if (!snapshot_) co_return Error{"not_ready", "", "the daemon is starting"};
    KeyAnswer answer;
    answer.done = !request.dry_run;
    auto planned = co_await plan(std::move(request));
    if (!planned) co_return std::move(planned).error();
    answer.plan = *std::move(planned);
    for (int step = 0; answer.done && step < steps_at_once; ++step) {
        const auto done = co_await change_.advance();
        if (!done) break;
    }
    nudge();
    co_return answer;
}

}  // namespace ilbud
