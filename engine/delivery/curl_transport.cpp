#include <algorithm>
#include <chrono>
#include <tuple>
#include <vector>

#include <boost/asio/post.hpp>

#include "curl_pool.hpp"
#include "ilbud/delivery/transport.hpp"

namespace ilbud {
namespace {

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
                 [this](const CurlPool& pool) { return &pool == chosen(); }},
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

    void look_again() override {
        if (!std::exchange(state_.held_back, false)) return;
        for (const auto& pool : all()) pool->go_on();
        look();
    }

    [[nodiscard]] std::size_t room() const override {
        const CurlPool* pool = chosen();
        if (pool == nullptr) return 1;
        const bool opens = pool->paused_until() <= std::chrono::steady_clock::now();
        return 2 * std::max<std::size_t>(1, opens ? pool->limit() : pool->live());
    }

    [[nodiscard]] Duration pause() const override {
        auto first = SteadyTime::max();
        for (const auto& pool : pools_) {
            if (pool->standing() != CurlPool::Standing::paused) return {};
            first = std::min(first, pool->paused_until());
        }
        if (pools_.empty()) return {};
        return std::max(Duration{}, std::chrono::ceil<Duration>(first - std::chrono::steady_clock::now()));
    }

    void apply(const DeliverySettings& settings) override {
        state_.settings = settings;
        set_relays();
        look();
    }

    Task<void> stop(Duration deadline) override {
        state_.stopping = true;
        retire_unless_needed();
        const auto end = std::chrono::steady_clock::now() + deadline;
        while (open() && std::chrono::steady_clock::now() < end) co_await gone_.wait_until(end);
        state_.aborting = true;
        for (const auto& pool : all()) pool->abort();
        fail_waiting();
        sweep();
    }

 private:
    /// The pool that waiting mails go to: the most preferred one that is up.
    [[nodiscard]] CurlPool* chosen() const {
        for (const auto& pool : pools_)
            if (pool->standing() == CurlPool::Standing::up) return pool.get();
        return nullptr;
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
        for (const Relay& relay : state_.settings.relays) {
            const auto kept = std::find_if(old.begin(), old.end(), [&](const auto& pool) {
                return pool && pool->helo() == helo && same_session(pool->relay(), relay);
            });
            if (kept == old.end()) {
                pools_.push_back(std::make_shared<CurlPool>(state_, relay, helo));
                continue;
            }
            (*kept)->set_limits(relay);
            pools_.push_back(std::move(*kept));
        }
        std::erase(old, nullptr);
        retired_.insert(retired_.end(), old.begin(), old.end());
        for (const auto& pool : old) pool->retire();
    }

    /// Gives waiting mails to the chosen pool, tries relays whose pause is over, and sends mails back where no relay is up.
    void look() {
        if (state_.waiting.empty() || !state_.may_send()) return;
        bool hope = false;
        for (const auto& pool : pools_) {
            auto standing = pool->standing();
            if (standing == CurlPool::Standing::up) return pool->work();
            if (standing == CurlPool::Standing::due) {
                pool->probe();
                standing = pool->standing();
            }
            hope = hope || standing == CurlPool::Standing::probing;
        }
        if (!hope) fail_waiting();
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

    void fail_waiting() {
        while (!state_.waiting.empty()) {
            const auto parcel = std::move(state_.waiting.front());
            state_.waiting.pop_front();
            parcel->finish(state_.aborting ? not_begun() : no_relay());
        }
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
