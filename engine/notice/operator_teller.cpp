// Who notices trouble is a lane in the middle of its work, or a thread that must not wait for the store: so a notice is put here,
// and stored by a coroutine of its own.
#include "ilbud/notice/operator_teller.hpp"

#include <boost/asio/post.hpp>

#include "ilbud/policy/decide.hpp"

namespace ilbud {
namespace {

constexpr Duration again_after = 30s;  // a store that was full or away
// Of troubles, each told once in hours: many more than there are relays and accounts in trouble.
constexpr std::size_t waiting_max = 1000;

}  // namespace

OperatorTeller::OperatorTeller(asio::io_context& context, const SnapshotHolder& snapshots, Store& store, const Clock& clock,
                               Log& log, Counters& counters)
    : context_(context), snapshots_(snapshots), store_(store), clock_(clock), log_(log), counters_(counters), pause_(context) {}

void OperatorTeller::tell(OperatorNotice notice, std::vector<ShelfWrite> writes) {
    {
        const std::scoped_lock lock(mutex_);
        if (waiting_.size() >= waiting_max) waiting_.pop_front();
        waiting_.push_back({std::move(notice), clock_.now(), std::move(writes)});
    }
    asio::post(context_, [this] { pause_.wake(); });
}

std::optional<OperatorTeller::Waiting> OperatorTeller::first() {
    const std::scoped_lock lock(mutex_);
    if (waiting_.empty()) return std::nullopt;
    auto one = std::move(waiting_.front());
    waiting_.pop_front();
    return one;
}

// False: the store takes nothing now.
Task<bool> OperatorTeller::store(Waiting one) {
    const auto snapshot = snapshots_.current();
    const auto& notices = snapshot->settings.platform.notices;
    const auto not_mailed = [&](std::string_view reason, std::string_view detail) {
        log_.warning("operator.not_mailed", {{"trouble", one.notice.trouble}, {"reason", reason}, {"detail", detail}});
    };
    if (notices.operator_email.empty()) {  // nobody has asked for mail
        if (!one.writes.empty()) co_await store_.shelf().put(std::move(one.writes));
        co_return true;
    }
    auto event = parse_event(operator_event(one.notice, one.at), {.own = true});
    auto decision = event ? decide(snapshot->settings, *event, one.at) : Result<Decision>(event.error());
    if (!decision) {
        not_mailed(decision.error().code, decision.error().detail);
        co_return true;
    }
    std::vector<Entry> entries;
    entries.push_back({std::make_shared<const Event>(std::move(*event)), std::move(*decision)});
    const auto answers = co_await store_.queue().accept(std::move(entries), std::move(one.writes));
    const auto& accepted = answers.front();
    if (accepted.status == Accepted::Status::busy) {
        log_.warning("operator.waits", {{"trouble", one.notice.trouble}, {"reason", accepted.busy_reason}});
        co_return false;
    }
    if (accepted.status == Accepted::Status::accepted) {  // counted once, as at every other door
        ++counters_.events_accepted;
        counters_.mails_planned += accepted.mails.size();
        counters_.mails_skipped += accepted.skipped.size();
    }
    for (const auto& mail : accepted.mails)
        log_.info("operator.told",
                  {{"trouble", one.notice.trouble}, {"subject", one.notice.subject}, {"mail", mail.id}, {"to", mail.to}});
    for (const auto& skip : accepted.skipped) not_mailed(skip.reason, explain_skip(skip.reason));
    co_return true;
}

Task<void> OperatorTeller::step() {
    while (auto one = first()) {
        auto kept = *one;
        const bool stored = co_await store(*std::move(one));
        if (stored) continue;
        const std::scoped_lock lock(mutex_);
        waiting_.push_front(std::move(kept));
        co_return;
    }
}

Task<void> OperatorTeller::run() {
    while (!stopping_) {
        co_await step();
        if (!stopping_) co_await pause_.wait_for(again_after);
    }
}

void OperatorTeller::stop() {
    stopping_ = true;
    pause_.wake();
}

}  // namespace ilbud
