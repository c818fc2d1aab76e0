#include <algorithm>
#include <chrono>
#include <tuple>
#include <vector>

#include <boost/asio/post.hpp>

#include "curl_pool.hpp"
#include "ilbud/delivery/transport.hpp"

namespace ilbud {
namespace {

// While a relay is being tried, nothing says when that ends: whoever waits looks again so soon.
constexpr Duration trying = 50ms;

/// Whether sessions opened for `a` may go on under `b`: all but the limits.
bool same_session(const Relay& a, const Relay& b) {
    const auto key = [](const Relay& relay) {
        return std::tie(relay.name, relay.host, relay.port, relay.tls, relay.tls_from_start, relay.ca_file, relay.auth,
                        relay.user, relay.password_file, relay.source_address, relay.pipelining);
    };
    return key(a) == key(b);
}

class CurlTransport : public Transport {
 public:
    CurlTransport(asio::io_context& context, const DeliverySettings& settings, LaneShare share, Log& log, Counters& counters)
        : state_{context,
                 log,
                 counters,
                 settings,
                 share,
                 {},
                 [this] { look_soon(); },
                 [this](const Parcel& parcel) { return target(parcel); },
                 [this](const CurlPool& pool) { return alone(pool); }},
          gone_(context) {
        set_relays();
    }

    ~CurlTransport() override {
        *alive_ = false;
        state_.aborting = true;
        pools_.clear();
        retired_.clear();
    }

    Task<Reply> send(Consignment consignment) override {
        if (state_.stopping) co_return not_begun();
        const auto parcel = std::make_shared<Parcel>(state_.context, std::move(consignment), state_.answered);
        state_.waiting.push_back(parcel);
        look();
        while (!parcel->done) co_await parcel->arrived.wait();
        --state_.answered;  // the sender goes on in this very step
        co_return std::move(parcel->reply);
    }

    void set_gate(SendGate gate) override { state_.gate = std::move(gate); }
    void on_refusal(std::function<void(const Reply&)> tell) override { state_.refused = std::move(tell); }
    void on_standing(std::function<void(const RelayStanding&)> tell) override { state_.stands = std::move(tell); }

    void look_again() override {
        if (!std::exchange(state_.held_back, false)) return;
        for (const auto& pool : all()) pool->go_on();
        look();
    }

    [[nodiscard]] std::size_t room() const override {
        for (const auto& pool : pools_)
            if (pool->standing() == CurlPool::Standing::up)
                return 2 * std::max<std::size_t>(1, pool->opens() ? pool->limit() : pool->live());
        return 1;
    }

    [[nodiscard]] Duration pause() const override {
        auto first = SteadyTime::max();
        const auto now = std::chrono::steady_clock::now();
        for (const auto& pool : pools_) {
            const auto standing = pool->standing();
            if (standing == CurlPool::Standing::up || pool->wants_trial()) return {};
            first = std::min(first, standing == CurlPool::Standing::paused ? pool->next_try() : now + trying);
        }
        return pools_.empty() ? Duration{} : std::chrono::ceil<Duration>(first - now);
    }

    void apply(const DeliverySettings& settings) override {
        state_.settings = settings;
        set_relays();
        look();
    }

    void recall() override {
        for (const auto& parcel : std::exchange(state_.waiting, {}))
            parcel->finish(parcel->refusals.empty() ? not_begun() : told(*parcel));
        look_soon();
    }

    Task<void> stop(Duration deadline) override {
        state_.stopping = true;
        retire_unless_needed();
        const auto end = std::chrono::steady_clock::now() + deadline;
        while (open() && std::chrono::steady_clock::now() < end) co_await gone_.wait_until(end);
        state_.aborting = true;
        for (const auto& pool : all()) pool->abort();
        recall();
        sweep();
    }

 private:
    /// Where a waiting mail goes: to the relay that it shall try, else to the first one that is up and has not refused it.
    [[nodiscard]] const CurlPool* target(const Parcel& parcel) const {
        const CurlPool* best = nullptr;
        for (const auto& pool : pools_) {
            const auto& name = pool->relay().name;
            const auto standing = pool->standing();
            if (standing == CurlPool::Standing::trial && parcel.trial == name) return pool.get();
            if (standing != CurlPool::Standing::up || has_refused(parcel, name)) continue;
            if (best == nullptr || best->relay().name == parcel.consignment.avoid) best = pool.get();
        }
        return best;
    }

    static bool has_refused(const Parcel& parcel, const std::string& relay) {
        return std::ranges::any_of(parcel.refusals, [&](const Reply& reply) { return reply.relay == relay; });
    }

    [[nodiscard]] bool alone(const CurlPool& one) const {
        return std::ranges::none_of(pools_,
                                    [&](const auto& pool) { return pool.get() != &one && pool->trouble() == std::nullopt; });
    }

    [[nodiscard]] std::vector<std::shared_ptr<CurlPool>> all() const {
        auto pools = pools_;
        pools.insert(pools.end(), retired_.begin(), retired_.end());
        return pools;
    }

    [[nodiscard]] bool open() const {
        const auto busy = [](const auto& pool) { return !pool->empty(); };
        return !state_.waiting.empty() || std::any_of(pools_.begin(), pools_.end(), busy) ||
               std::any_of(retired_.begin(), retired_.end(), busy);
    }

    void set_relays() {
        const std::string helo = ehlo_name(state_.settings.helo_name);
        auto old = std::exchange(pools_, {});
        state_.relays = state_.settings.relays.size();
        for (const Relay& relay : state_.settings.relays) {
            const auto kept = std::find_if(old.begin(), old.end(), [&](const auto& pool) {
                return pool && pool->helo() == helo && same_session(pool->relay(), relay);
            });
            if (kept == old.end()) {
                pools_.push_back(std::make_shared<CurlPool>(state_, relay, helo));
                if (state_.stands)
                    state_.stands({relay.name, true});  // what another one of that name was ill with is no news of it
                continue;
            }
            (*kept)->set_limits(relay);
            pools_.push_back(std::move(*kept));
        }
        std::erase(old, nullptr);
        retired_.insert(retired_.end(), old.begin(), old.end());
        for (const auto& pool : old) pool->retire();
    }

    /// Tries relays whose pause is over, gives waiting mails to those that are up, and sends mails back for which there is none.
    void look() {
        for (const auto& pool : pools_) pool->tend();
        if (state_.waiting.empty() || !state_.may_send()) return;
        choose_trials();
        for (const auto& pool : pools_)
            pool->work(static_cast<std::size_t>(
                std::ranges::count_if(state_.waiting, [&](const auto& parcel) { return target(*parcel) == pool.get(); })));
        fail_hopeless();
    }

    /// One mail for each relay that has to show that it is well; the others do not wait for it.
    void choose_trials() {
        for (const auto& pool : pools_) {
            const auto& name = pool->relay().name;
            if (!pool->wants_trial() ||
                std::ranges::any_of(state_.waiting, [&](const auto& parcel) { return parcel->trial == name; }))
                continue;
            // One that this relay did not take last time only if there is no other relay for it.
            const auto found = std::ranges::find_if(state_.waiting, [&](const auto& parcel) {
                return parcel->trial.empty() && !has_refused(*parcel, name) &&
                       (parcel->consignment.avoid != name || target(*parcel) == nullptr);
            });
            if (found != state_.waiting.end()) (*found)->trial = name;
        }
    }

    /// Whether a relay that may yet turn out well could take it.
    [[nodiscard]] bool has_hope(const Parcel& parcel) const {
        return std::ranges::any_of(pools_,
                                   [&](const auto& pool) { return pool->hopeful() && !has_refused(parcel, pool->relay().name); });
    }

    void fail_hopeless() {
        auto waiting = std::exchange(state_.waiting, {});
        for (auto& parcel : waiting)
            if (target(*parcel) != nullptr || has_hope(*parcel))
                state_.waiting.push_back(std::move(parcel));
            else
                parcel->finish(told(*parcel));
    }

    void look_soon() {
        if (std::exchange(looking_, true)) return;
        asio::post(state_.context, [this, alive = alive_] {
            if (!*alive) return;
            looking_ = false;
            sweep();
            look();
            if (state_.stopping) retire_unless_needed();
        });
    }

    /// After stop(): sessions end once no mail waits for them.
    void retire_unless_needed() {
        if (state_.waiting.empty())
            for (const auto& pool : all()) pool->retire();
        if (!open()) gone_.wake();
    }

    void sweep() {
        for (const auto& pool : all()) pool->sweep();
        std::erase_if(retired_, [](const auto& pool) { return pool->empty(); });
    }

    /// What decides about a mail that no relay takes now: a refusal that time may mend; a final one only where no relay is left
    /// that has not been asked.
    [[nodiscard]] Reply told(const Parcel& parcel) const {
        for (const auto& reply : parcel.refusals)
            if (!find_cause(reply).permanent) return reply;
        const bool all_asked =
            std::ranges::all_of(pools_, [&](const auto& pool) { return has_refused(parcel, pool->relay().name); });
        return all_asked && !parcel.refusals.empty() ? parcel.refusals.front() : no_relay();
    }

    /// Why no relay is up: the most preferred one's trouble, as something that happened before the mail.
    [[nodiscard]] Reply no_relay() const {
        Reply reply;
        for (const auto& pool : pools_) {
            if (!pool->trouble()) continue;
            reply = *pool->trouble();
            break;
        }
        if (reply.stage > Stage::auth || (reply.failure == Reply::Failure::none && reply.code == 0)) {
            reply.stage = Stage::connect;
            reply.failure = Reply::Failure::unreachable;
        }
        if (reply.text.empty()) reply.text = "no relay is up";
        return reply;
    }

    TransportState state_;
    std::vector<std::shared_ptr<CurlPool>> pools_;    // in order of preference
    std::vector<std::shared_ptr<CurlPool>> retired_;  // of relays that are gone, until their sessions have ended
    Wake gone_;                                       // when the last session ends after stop()
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    bool looking_ = false;
};

}  // namespace

std::unique_ptr<Transport> open_curl_transport(asio::io_context& context, const DeliverySettings& settings, LaneShare share,
                                               Log& log, Counters& counters) {
    return std::make_unique<CurlTransport>(context, settings, share, log, counters);
}

}  // namespace ilbud
