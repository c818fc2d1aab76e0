// A lane over a real queue and a real transport, with a relay that notes what it gets: what goes out while the store takes
// nothing.
#include <catch2/catch.hpp>

#include <atomic>
#include <map>
#include <thread>

#include "daemon/lane.hpp"
#include "support/full_disk.hpp"
#include "support/mail_world.hpp"
#include "support/queue_world.hpp"
#include "support/sample_events.hpp"
#include "support/sample_mail.hpp"
#include "support/smtp_server.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr int lanes = 2;
constexpr std::size_t connections = 60;  // of the one lane, which leases two mails for each
constexpr std::size_t share = 32;

class RelayWorld : public QueueWorld {
 public:
    RelayWorld() : QueueWorld(publisher()) {
        server.script([this](const Point& point) -> std::optional<Act> {
            if (point.at == At::mail) takes_mail_.wait(false);
            return std::nullopt;
        });
        auto& relay = settings.platform.delivery.relays.emplace_back();
        relay.name = "relay";
        relay.host = "127.0.0.1";
        relay.port = server.port();
        relay.tls = TlsPolicy::none;
        relay.connections_max = connections * lanes;
        settings.platform.daemon.window = 2 * connections;
        static const auto templates = load_templates(publisher());
        snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, *templates, sample_keys_in_force()}));
    }
    void accept_mails(int mails) {
        std::vector<std::string> events;
        for (int i = 0; i < mails; ++i) {
            const auto id = "e" + std::to_string(i);
            events.push_back(sample_event(EventType::created, {.id = id, .unit = "avis", .subscriber_id = id}));
        }
        accept(events);
    }
    std::unique_ptr<Lane> start() {
        const LaneServices services{
            snapshots, books, *queue, clock, log, [this](int lane, asio::io_context& of_lane, const DeliverySettings& delivery) {
                return open_curl_transport(of_lane, delivery, {lane, lanes}, log, counters);
            }};
        auto lane = std::make_unique<Lane>(0, lanes, services, [] { std::abort(); });
        lane->start();
        lane->begin();
        return lane;
    }
    /// A lane that has leased so many mails, none of which the relay has let begin (take_mail).
    std::unique_ptr<Lane> start_with(std::size_t mails) {
        auto lane = start();
        while (lane->in_hand() < mails) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return lane;
    }
    void take_mail() {
        takes_mail_ = true;
        takes_mail_.notify_all();
    }
    /// Waits until the relay has got at least so many mails, and then gets no more.
    std::size_t settle_down(std::size_t least) const {
        server.wait_until([&] { return server.messages().size() >= least; }, std::chrono::seconds(20));
        for (auto before = server.messages().size();; before = server.messages().size()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            if (server.messages().size() == before) return before;
        }
    }
    std::size_t most_of_one() const {
        std::map<std::string, std::size_t> times;
        std::size_t most = 0;
        for (const auto& message : server.messages()) {
            const auto at = message.bytes.find("Message-ID: ");
            most = std::max(most, ++times[message.bytes.substr(at, message.bytes.find('\n', at) - at)]);
        }
        return most;
    }

    SmtpServer server;
    BookHolder books{std::make_shared<const SigningBook>(sample_keys_in_force())};

 private:
    std::atomic<bool> takes_mail_ = false;
};

}  // namespace

TEST_CASE("Lane: while the store takes no results, final dots end at its share and one a connection, at its end too") {
    RelayWorld world;
    world.accept_mails(300);
    const auto lane = world.start_with(2 * connections);
    {
        const FullDisk full(0);
        world.take_mail();
        CHECK(world.settle_down(share) <= share + connections);
        CHECK(world.server.messages().size() >= share);
        world.queue->stop_lending();
        lane->stop(200ms);
        CHECK(world.settle_down(share) <= share + connections);
        CHECK_FALSE(lane->done());
    }
    lane->join();
    CHECK(lane->in_hand() == 0);
    const auto sent = world.server.messages().size();
    MailQuery all;
    all.most = 1000;
    std::map<MailState, std::size_t> ends;
    for (const auto& row : world.reader()->mails(all)) {
        ++ends[row.state];
        CHECK_FALSE(row.uncertain);
        if (row.state == MailState::queued) CHECK(row.due <= world.clock.now());  // given back: due at once
    }
    CHECK(ends[MailState::delivered] == sent);
    CHECK(ends[MailState::queued] == 300 - sent);
    CHECK(world.most_of_one() == 1);
}

TEST_CASE("Lane: when the store takes results again, all goes out, each mail once") {
    RelayWorld world;
    world.accept_mails(300);
    const auto lane = world.start_with(2 * connections);
    {
        const FullDisk full(0);
        world.take_mail();
        world.settle_down(share);
    }
    CHECK(world.server.wait_until([&] { return world.server.messages().size() == 300; }, std::chrono::seconds(30)));
    world.queue->stop_lending();
    lane->stop(20s);
    lane->join();
    CHECK(world.most_of_one() == 1);
}
