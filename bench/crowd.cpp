// The crowd is one thread with epoll, so that a thousand clients cost the machine little beside the daemon; the honest client
// is the caller, with plain blocking calls as a small shop would make them. A client whose connection ends comes back at once.
#include "crowd.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cli/control_client.hpp"
#include "cli/output.hpp"
#include "generate.hpp"
#include "ilbud/base/descriptor.hpp"
#include "ilbud/base/json.hpp"
#include "measure.hpp"
#include "report.hpp"
#include "rig.hpp"

namespace ilbud::bench {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto between_tries = 2ms;
constexpr auto drip_interval = 1s;
constexpr auto answer_deadline = 10s;
constexpr int times_most = 100;  // that one event is sent until it is answered

/// Clients that are no use to anybody, until the object goes.
class Crowd {
 public:
    Crowd(std::filesystem::path socket, std::size_t silent, std::size_t slow, bool eager)
        : socket_(std::move(socket)),
          silent_(silent),
          eager_(eager),
          clients_(silent + slow),
          poll_(::epoll_create1(EPOLL_CLOEXEC)) {
        for (std::size_t i = 0; i < clients_.size(); ++i) come(i);
        thread_ = std::thread([this] { run(); });
    }
    ~Crowd() {
        stop_ = true;
        thread_.join();
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    /// How often a slow one was thrown out and came back.
    [[nodiscard]] std::uint64_t returns() const { return returns_; }

 private:
    void come(std::size_t client) {
        const auto connected = connect_unix(socket_);
        if (!connected) return;  // it tries again with the next drip
        clients_[client] = Descriptor(*connected);
        epoll_event event{};
        event.events = EPOLLRDHUP | (eager_ && client >= silent_ ? EPOLLIN : 0U);
        event.data.u64 = client;
        ::epoll_ctl(poll_.number(), EPOLL_CTL_ADD, *connected, &event);
        if (client >= silent_) drip(client);
    }
    void drip(std::size_t client) const { ::send(clients_[client].number(), "{", 1, MSG_NOSIGNAL | MSG_DONTWAIT); }
    void run() {
        auto next = Steady::now();
        std::array<epoll_event, 256> events{};
        while (!stop_) {
            const int count = ::epoll_wait(poll_.number(), events.data(), static_cast<int>(events.size()), 50);
            for (int i = 0; i < count; ++i) {
                const auto client = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
                clients_[client].close();
                if (client < silent_) continue;  // whoever leaked it does not come back
                ++returns_;
                come(client);
            }
            if (Steady::now() < next) continue;
            next = Steady::now() + drip_interval;
            for (auto client = silent_; client < clients_.size(); ++client) {
                if (clients_[client].number() < 0)
                    come(client);
                else
                    drip(client);
            }
        }
    }

    std::filesystem::path socket_;
    std::size_t silent_;
    bool eager_;
    std::vector<Descriptor> clients_;
    Descriptor poll_;
    std::atomic<std::uint64_t> returns_ = 0;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

struct Tries {
    std::string name;
    Histogram latency;
    std::uint64_t answered = 0, again = 0, returns = 0;
};

/// The answer of one connection to one line; empty: it was cut off.
std::string ask(const std::filesystem::path& socket, const std::string& line) {
    const auto answer = ask_daemon(socket, line, answer_deadline);
    return answer ? *answer : std::string();
}

bool is_final(const std::string& answer) {
    return answer.find(R"("status":"accepted")") != std::string::npos;
}

// The time of a try is until its final answer, however often it had to be sent.
void try_all(Tries& tries, std::size_t count, const std::filesystem::path& socket, const Generator& generator,
             std::uint64_t& number) {
    for (std::size_t i = 0; i < count; ++i) {
        check_interrupted();
        const auto line = generator.line(number++);
        const auto begun = Steady::now();
        bool done = false;
        for (int time = 0; !done && time < times_most; ++time) {
            if (time > 0) ++tries.again;
            done = is_final(ask(socket, line));
        }
        tries.latency.add(Steady::now() - begun);
        tries.answered += done ? 1 : 0;
        std::this_thread::sleep_for(between_tries);
    }
}

std::string json_of(const std::vector<Tries>& all) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& tries : all)
        json.begin_object()
            .field("crowd", tries.name)
            .field("tries", tries.latency.count())
            .field("answered", tries.answered)
            .field("sent_again", tries.again)
            .field("came_back", tries.returns)
            .field("p50_ms", tries.latency.percentile_ms(0.5))
            .field("p99_ms", tries.latency.percentile_ms(0.99))
            .field("max_ms", tries.latency.max_ms())
            .end_object();
    json.end_array();
    return out + "\n";
}

std::string table_of(const std::vector<Tries>& all) {
    Table table({"beside", "tries", "answered", "sent again", "came back", "p50 ms", "p99 ms", "max ms"});
    for (std::size_t column = 1; column <= 7; ++column) table.right_align(column);
    for (const auto& tries : all)
        table.add({tries.name, with_commas(tries.latency.count()), with_commas(tries.answered), with_commas(tries.again),
                   with_commas(tries.returns), fixed_text(tries.latency.percentile_ms(0.5), 1),
                   fixed_text(tries.latency.percentile_ms(0.99), 1), fixed_text(tries.latency.max_ms(), 1)});
    return table.text();
}

}  // namespace

int run_crowd(const CrowdOptions& options) {
    RunOptions run;
    run.program = options.program;
    run.templates = options.templates;
    Rig rig(run);
    rig.start();
    const auto socket = rig.address().events;
    const Generator generator(1, rig.units(), usual_mix, system_clock().now());
    std::uint64_t number = 0;
    Tries warm_up;
    try_all(warm_up, 100, socket, generator, number);
    const auto in_crowd = [&](const std::string& name, std::size_t silent, std::size_t slow) {
        Tries tries;
        tries.name = name;
        Crowd crowd(socket, silent, slow, options.eager);
        try_all(tries, options.tries, socket, generator, number);
        tries.returns = crowd.returns();
        return tries;
    };
    const auto silent_name = with_commas(options.silent) + " silent", slow_name = with_commas(options.slow) + " slow";
    std::vector<Tries> all;
    all.push_back(in_crowd("nobody", 0, 0));
    all.push_back(in_crowd(silent_name, options.silent, 0));
    all.push_back(in_crowd(silent_name + ", " + slow_name, options.silent, options.slow));
    rig.stop();
    if (options.json != "-") print(table_of(all));
    if (options.json == "-") print(json_of(all));
    bool kept = true;
    const double most = 2 * all.front().latency.percentile_ms(0.99) + 20;
    for (const auto& tries : all)
        kept = kept && tries.answered == tries.latency.count() && tries.latency.percentile_ms(0.99) <= most;
    if (!kept) print_error("expected: every try is answered, and the p99 is at most " + fixed_text(most, 1) + " ms");
    return kept ? 0 : 1;
}

}  // namespace ilbud::bench
