#include "lane.hpp"

#include <pthread.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <exception>

#include "ilbud/base/address.hpp"
#include "ilbud/letter/letter.hpp"

namespace ilbud {
namespace {

// Results that the sink has answered and the store has not: what a kill may repeat (DESIGN §1.2). Divided among the lanes.
constexpr std::size_t unsettled_max = 64;
constexpr Duration lease_wait = 1s;
// Leases and results travel to the store in batches: each trip wakes its thread, and results cost a commit.
constexpr Duration lease_gather = 2ms;
constexpr Duration settle_gather = 10ms;
constexpr Duration beat_interval = 500ms;
constexpr Duration pause_step = 100ms;  // while no relay is up the lane looks again so often, also whether it is to stop

std::string describe(std::exception_ptr failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown failure";
    }
}

// The first `most` of `leases`, which keeps the rest.
std::vector<Lease> take(std::vector<Lease>& leases, std::size_t most) {
    const auto end = leases.begin() + static_cast<std::ptrdiff_t>(std::min(most, leases.size()));
    std::vector<Lease> taken(std::make_move_iterator(leases.begin()), std::make_move_iterator(end));
    leases.erase(leases.begin(), end);
    return taken;
}

std::size_t kind_index(const PlannedMail& mail) {
    return static_cast<std::size_t>(mail.kind);
}

}  // namespace

Lane::Lane(int number, int lanes, const LaneServices& services, std::function<void()> on_failure)
    : number_(number),
      lanes_(lanes),
      services_(services),
      on_failure_(std::move(on_failure)),
      context_(1),
      changed_(context_, asio::steady_timer::time_point::max()),
      alarm_(context_),
      beat_timer_(context_),
      mails_(context_, [this](std::exception_ptr failure) { fail(failure); }),
      helpers_(context_, [this](std::exception_ptr failure) { fail(failure); }),
      beat_(std::chrono::steady_clock::now()) {
    transport_ = open_curl_transport(context_, services_.snapshots.current()->settings.platform.delivery, lanes_, services_.log,
                                     services_.counters);
}

Lane::~Lane() {
    join();
}

void Lane::start() {
    helpers_.spawn(run());
    helpers_.spawn(settle_all());
    helpers_.spawn(beat());
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), ("lane-" + std::to_string(number_)).c_str());
        try {
            context_.run();
        } catch (...) {
            fail(std::current_exception());
        }
        done_ = true;
    });
}

void Lane::fail(std::exception_ptr failure) {
    services_.log.error("lane.failed", {{"lane", number_}, {"detail", describe(failure)}});
    on_failure_();
}

void Lane::stop(Duration deadline) {
    asio::post(context_, [this, deadline] {
        stopping_ = true;
        stop_deadline_ = deadline;
        wake();
    });
}

void Lane::join() {
    if (thread_.joinable()) thread_.join();
}

void Lane::apply(SnapshotPointer snapshot) {
    asio::post(context_, [this, snapshot = std::move(snapshot)] { transport_->apply(snapshot->settings.platform.delivery); });
}

// The lane's life: lease what there is room for, write it, send it; at the end let what is in flight finish.
Task<void> Lane::run() {
    while (!stopping_) {
        const auto snapshot = services_.snapshots.current();
        if (const auto pause = transport_->pause(); pause > Duration{}) {
            co_await sleep_for(std::min(pause, pause_step));  // no relay is up: a mail leased now could only go back
            continue;
        }
        const auto room = co_await wait_for_places(*snapshot);
        if (room == 0) continue;
        auto leases = co_await services_.queue.lease(room, lease_wait);
        in_hand_ += leases.size();
        while (!leases.empty()) {
            auto few = take(leases, snapshot->settings.platform.dkim.sign_together);
            if (!stopping_)
                co_await write_and_send(std::move(few));
            else
                for (const auto& lease : few) give_back(lease);
        }
    }
    co_await transport_->stop(stop_deadline_);
    co_await mails_.wait();
    ended_ = true;
    wake();
    beat_timer_.cancel();
}

std::size_t Lane::places(const Snapshot& snapshot) const {
    return std::min(snapshot.settings.platform.daemon.window, transport_->room());
}

// A mail that has its answer no longer takes a place, though the store does not know yet.
std::size_t Lane::free_places(const Snapshot& snapshot) const {
    const auto in_flight = in_hand_.load(std::memory_order_relaxed) - unsettled();
    const auto all = places(snapshot);
    return in_flight < all ? all - in_flight : 0;
}

// Waits until half of the places are free and as many as are signed together, or one has been for a while: a slow relay must
// not hold up an urgent mail.
Task<std::size_t> Lane::wait_for_places(const Snapshot& snapshot) {
    while (free_places(snapshot) == 0 && !stopping_) co_await wait_for_change();
    const auto until = std::chrono::steady_clock::now() + lease_gather;
    const auto together = snapshot.settings.platform.dkim.sign_together;
    const auto enough = [&] {
        const auto all = places(snapshot);
        return free_places(snapshot) >= std::max(std::min(together, all), (all + 1) / 2);
    };
    while (!enough() && !stopping_ && std::chrono::steady_clock::now() < until) co_await wait_for_change(until);
    if (stopping_) co_return 0;
    const auto free = free_places(snapshot);
    co_return free > together ? free - free % together : free;  // a rest would be signed one by one
}

Task<void> Lane::wait_for_change() {
    boost::system::error_code ignored;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Task<void> Lane::wait_for_change(std::chrono::steady_clock::time_point until) {
    if (alarm_.expiry() > until || alarm_.expiry() <= std::chrono::steady_clock::now()) {
        alarm_.expires_at(until);
        alarm_.async_wait([this](boost::system::error_code failure) {
            if (!failure) wake();
        });
    }
    co_await wait_for_change();
}

std::size_t Lane::unsettled_most() const {
    return std::max<std::size_t>(unsettled_max / static_cast<std::size_t>(lanes_), 4);
}

// Keeps what a kill could repeat small: nothing more is sent while too many results wait for the store.
Task<void> Lane::wait_for_store() {
    while (unsettled() >= unsettled_most() && !stopping_) co_await wait_for_change();
}

// Writes the letters of a few leases, the lane's one long piece of work, and lets everything else that waits have its turn after
// it. The snapshot and the book are the newest: what was accepted under them must not meet older ones, nor a key that no longer
// signs. What was signed before is sent as it is while its key is in force, else written and signed anew.
Task<void> Lane::write_and_send(std::vector<Lease> leases) {
    co_await wait_for_store();
    const auto snapshot = services_.snapshots.current();
    const auto book = services_.books.current();
    std::vector<LetterOrder> orders;
    std::vector<Lease*> owners;
    for (auto& lease : leases) {
        if (!lease.frozen.empty() && book->still_good(lease.frozen, domain_of(lease.mail.from))) {
            send(lease, std::move(lease.frozen), snapshot);
            continue;
        }
        orders.push_back({&lease.mail, lease.event.get()});
        owners.push_back(&lease);
    }
    auto letters = write_letters(orders, *snapshot, *book, services_.clock.now());
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const auto& mail = owners[i]->mail;
        if (!letters[i]) {
            fail_letter(*owners[i], letters[i].error(), snapshot->settings.platform.delivery.retry[kind_index(mail)]);
            continue;
        }
        if (letters[i]->unsubscribe_left_out)
            services_.log.warning("mail.unsubscribe_left_out",
                                  {{"mail", mail.id}, {"unit", mail.unit}, {"reason", "its address is too long"}});
        send(*owners[i], letters[i]->bytes(), snapshot);
    }
    co_await asio::post(context_, asio::use_awaitable);
}

void Lane::send(Lease& lease, std::string bytes, const SnapshotPointer& snapshot) {
    lease.event.reset();
    mails_.spawn(carry(std::move(lease), std::move(bytes), snapshot));
}

Task<void> Lane::carry(Lease lease, std::string bytes, SnapshotPointer snapshot) {
    Consignment consignment{lease.mail.id, {lease.mail.from, lease.mail.to}, bytes};
    const Reply reply = co_await transport_->send(std::move(consignment));
    const auto& policy = snapshot->settings.platform.delivery.retry[kind_index(lease.mail)];
    const AttemptContext attempt{lease.attempt, lease.mail.planned_at, lease.mail.id};
    const Outcome outcome = judge(reply, attempt, policy, services_.clock.now());
    conclude(lease, reply, outcome, std::move(bytes));
}

Settlement Lane::settlement_of(const Lease& lease) const {
    Settlement result;
    result.row = lease.row;
    result.token = lease.token;
    result.at = services_.clock.now();
    return result;
}

void Lane::conclude(const Lease& lease, const Reply& reply, const Outcome& outcome, std::string bytes) {
    auto result = settlement_of(lease);
    result.reason = outcome.reason;
    result.reply_code = reply.code;
    result.enhanced = reply.enhanced;
    result.reply_text = reply.text;
    result.relay = reply.relay;
    result.attempted = outcome.attempted;
    result.uncertain = outcome.uncertain;
    result.suppress = outcome.suppress;
    auto level = LogLevel::info;
    std::string_view event = "mail.delivered";
    switch (outcome.verdict) {
        case Verdict::delivered:
            result.state = MailState::delivered;
            break;
        case Verdict::retry:
            event = "mail.deferred";
            result.state = MailState::queued;
            result.due = outcome.due;
            if (outcome.attempted) result.frozen = std::move(bytes);
            break;
        case Verdict::bounced:
            event = "mail.bounced";
            level = LogLevel::warning;
            result.state = MailState::bounced;
            break;
        case Verdict::expired:
            event = "mail.expired";
            level = LogLevel::warning;
            result.state = MailState::expired;
            break;
    }
    services_.log.write(level, event,
                        {{"mail", lease.mail.id},
                         {"kind", to_word(lease.mail.kind)},
                         {"attempt", lease.attempt},
                         {"reason", outcome.reason},
                         {"relay", reply.relay},
                         {"stage", to_word(reply.stage)},
                         {"code", reply.code},
                         {"enhanced", reply.enhanced},
                         {"reply", reply.text},
                         {"uncertain", outcome.uncertain ? "true" : ""},
                         {"due", result.state == MailState::queued ? to_text(result.due) : std::string()}});
    queue_settlement(std::move(result));
}

// Our own fault (a template, an attachment, a key) or that of the domain's DNS: it can be mended, so the mail waits as long as any
// other.
void Lane::fail_letter(const Lease& lease, const Error& error, const RetryPolicy& policy) {
    Reply reply;
    reply.failure = Reply::Failure::unreachable;
    auto result = settlement_of(lease);
    const Outcome timing = judge(reply, {lease.attempt, lease.mail.planned_at, lease.mail.id}, policy, result.at);
    result.state = timing.verdict == Verdict::expired ? MailState::expired : MailState::queued;
    result.due = timing.due;
    result.attempted = false;
    const bool unsigned_domain = error.code == "domain_unsigned";
    result.reason = unsigned_domain ? error.code : "letter_failed";
    result.reply_text = on_one_line(to_text(error));
    services_.log.write(unsigned_domain ? LogLevel::info : LogLevel::error, unsigned_domain ? "mail.waits" : "mail.letter_failed",
                        {{"mail", lease.mail.id},
                         {"kind", to_word(lease.mail.kind)},
                         {"attempt", lease.attempt},
                         {"code", error.code},
                         {"place", error.place},
                         {"detail", error.detail},
                         {"state", to_word(result.state)}});
    queue_settlement(std::move(result));
}

void Lane::give_back(const Lease& lease) {
    auto result = settlement_of(lease);
    result.state = MailState::queued;
    result.due = result.at;
    result.attempted = false;
    queue_settlement(std::move(result));
}

void Lane::queue_settlement(Settlement settlement) {
    results_.push_back(std::move(settlement));
    wake();
}

// Hands results to the store: while one batch is being stored, the next one gathers.
Task<void> Lane::settle_all() {
    while (true) {
        if (results_.empty()) {
            if (ended_) co_return;
            co_await wait_for_change();
            continue;
        }
        const auto until = std::chrono::steady_clock::now() + settle_gather;
        while (results_.size() * 4 < unsettled_most() * 3 && !ended_ && std::chrono::steady_clock::now() < until)
            co_await wait_for_change(until);
        std::vector<Settlement> batch;
        batch.swap(results_);
        settling_ = batch.size();
        co_await services_.queue.settle(std::move(batch));
        in_hand_ -= settling_;
        settling_ = 0;
        wake();
    }
}

Task<void> Lane::beat() {
    while (!ended_) {
        beat_ = std::chrono::steady_clock::now();
        beat_timer_.expires_after(beat_interval);
        boost::system::error_code ignored;
        co_await beat_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace ilbud
