// A lane over a real queue, real templates and real keys, with a transport whose answers the test decides.
#include "daemon/lane.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <future>
#include <mutex>

#include "support/mail_world.hpp"
#include "support/queue_world.hpp"
#include "support/sample_events.hpp"
#include "support/sample_mail.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr auto patience = std::chrono::seconds(60);  // for machines that are busy; nothing waits so long otherwise

// What the lane's thread and the test's both see.
struct Script {
    std::mutex mutex;
    std::condition_variable happened;
    std::vector<Consignment> sent;
    std::size_t in_flight = 0, most_in_flight = 0;
    std::size_t room = 8;
    Duration pause{};
    bool holds = false;  ///< answers wait until it is false, or the mail is recalled
    int recalls = 0;
    std::string helo;
    Reply reply;
    std::optional<Reply> first;  ///< instead of it, once
};

class ScriptedTransport final : public Transport {
 public:
    ScriptedTransport(asio::io_context& context, Script& script) : context_(context), script_(script) {}

    Task<Reply> send(Consignment consignment) override {
        int recalls = 0;
        with_script([&] {
            script_.sent.push_back(std::move(consignment));
            script_.most_in_flight = std::max(script_.most_in_flight, ++script_.in_flight);
            recalls = script_.recalls;
        });
        while (holds(recalls)) co_await sleep_for(1ms);
        Reply reply;
        with_script([&] {
            --script_.in_flight;
            if (script_.recalls != recalls) {
                script_.sent.pop_back();
                reply.failure = Reply::Failure::not_begun;
                return;
            }
            reply = script_.first.value_or(script_.reply);
            script_.first.reset();
        });
        co_return reply;
    }
    std::size_t room() const override {
        const std::scoped_lock lock(script_.mutex);
        return script_.room;
    }
    Duration pause() const override {
        const std::scoped_lock lock(script_.mutex);
        return script_.pause;
    }
    void apply(const DeliverySettings& settings) override {
        with_script([&] { script_.helo = settings.helo_name; });
    }
    void recall() override {
        with_script([&] { ++script_.recalls; });
    }
    void set_gate(SendGate /*gate*/) override {}
    void on_refusal(std::function<void(const Reply&)> /*tell*/) override {}
    void on_standing(std::function<void(const RelayStanding&)> /*tell*/) override {}
    void look_again() override {}
    // As the real one does: what has no answer by the deadline fails.
    Task<void> stop(Duration deadline) override {
        const auto end = std::chrono::steady_clock::now() + deadline;
        while (holds(recalls()) && std::chrono::steady_clock::now() < end) co_await sleep_for(1ms);
        with_script([&] {
            if (!script_.holds) return;
            script_.holds = false;
            script_.reply = {};
            script_.reply.failure = Reply::Failure::closed;
        });
    }

 private:
    template <class Change>
    void with_script(Change change) {
        const std::scoped_lock lock(script_.mutex);
        change();
        script_.happened.notify_all();
    }
    bool holds(int recalls) const {
        const std::scoped_lock lock(script_.mutex);
        return script_.holds && script_.recalls == recalls;
    }
    int recalls() const {
        const std::scoped_lock lock(script_.mutex);
        return script_.recalls;
    }

    asio::io_context& context_;
    Script& script_;
};

Reply answer(int code, std::string enhanced = {}, std::string text = {}) {
    Reply reply;
    reply.stage = Stage::final_dot;
    reply.code = code;
    reply.enhanced = std::move(enhanced);
    reply.text = std::move(text);
    reply.relay = "r1";
    reply.content_sent = true;
    return reply;
}

class LaneWorld : public QueueWorld {
 public:
    LaneWorld() : QueueWorld(publisher()) {
        script.reply = answer(250, "2.0.0", "ok");
        put_letters_in_force();
    }
    ~LaneWorld() { stop(); }

    void put_letters_in_force() {
        static const auto templates = load_templates(publisher());
        snapshots.swap(std::make_shared<const Snapshot>(Snapshot{settings, *templates, sample_keys_in_force()}));
    }
    void accept_mails(int mails) {
        std::vector<std::string> events;
        for (int i = 0; i < mails; ++i) {
            const auto id = "e" + std::to_string(++events_);
            events.push_back(sample_event(EventType::created, {.id = id, .unit = "avis", .subscriber_id = id}));
        }
        for (const auto& accepted : accept(events)) {
            REQUIRE(accepted.status == Accepted::Status::accepted);
            REQUIRE(accepted.mails.size() == 1);
        }
    }
    // An invoice whose PDF lies in the folder, or, in base64, in the event.
    void accept_invoice(const std::string& id, const std::string& bytes = {}) {
        auto text = sample_event(EventType::invoice_issued, {.id = id, .unit = "avis", .subscriber_id = id, .number = id});
        const std::string invoice = R"("invoice":{)";
        const auto at = text.find(invoice);
        REQUIRE(at != std::string::npos);
        text.insert(at + invoice.size(), R"("pdf":{"filename":"a.pdf","content_type":"application/pdf",)" +
                                             (bytes.empty() ? R"("path":"a.pdf"},)" : R"("base64":")" + bytes + R"("},)"));
        accept({text});
    }
    void start() {
        lane = std::make_unique<Lane>(0, 1,
                                      LaneServices{snapshots, books, *queue, clock, log,
                                                   [this](int, asio::io_context& of_lane, const DeliverySettings&) {
                                                       return std::make_unique<ScriptedTransport>(of_lane, script);
                                                   },
                                                   read_file, nullptr, test_modes, nullptr, nullptr, &letter_failed_at},
                                      [this] { ++failures; });
        lane->start();
        lane->begin();
    }
    void stop(Duration deadline = 20s) {
        if (!lane) return;
        queue->stop_lending();
        lane->stop(deadline);
        lane->join();
        CHECK(lane->done());
        CHECK(lane->in_hand() == 0);
        lane.reset();
        CHECK(failures == 0);
    }
    template <class Change>
    void change(Change change) {
        const std::scoped_lock lock(script.mutex);
        change(script);
    }
    void wait_for_sent(std::size_t mails) {
        std::unique_lock lock(script.mutex);
        REQUIRE(script.happened.wait_for(lock, patience, [&] { return script.sent.size() >= mails; }));
    }
    std::vector<MailRow> mails(std::optional<MailState> state = {}) {
        MailQuery query;
        query.state = state;
        query.newest_first = false;
        return reader()->mails(query);
    }
    void wait_for(std::size_t count, MailState state) {
        wait_until([&] { return mails(state).size() >= count; });
        REQUIRE(mails(state).size() == count);
    }
    template <class Condition>
    void wait_until(Condition holds) const {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!holds() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }

    Script script;
    BookHolder books{std::make_shared<const SigningBook>(sample_keys_in_force())};
    FileReading::Read read_file;
    TestModes* test_modes = nullptr;
    std::atomic<Time> letter_failed_at{};
    std::unique_ptr<Lane> lane;
    std::atomic<int> failures{0};

 private:
    int events_ = 0;
};

}  // namespace

TEST_CASE("Lane: what is due is written, signed, handed over once, and its answer stored") {
    LaneWorld world;
    world.accept_mails(3);
    world.start();
    world.wait_for(3, MailState::delivered);
    world.stop();
    REQUIRE(world.script.sent.size() == 3);
    for (const auto& sent : world.script.sent) {
        CHECK(sent.envelope.from == "kundeservice@morgenposten.example");
        CHECK(sent.envelope.to == "anna@example.com");
        CHECK(sent.bytes->starts_with("DKIM-Signature: "));
    }
    const auto row = world.mails()[0];
    CHECK(row.attempts == 1);
    CHECK(row.reply_code == 250);
    CHECK(row.enhanced == "2.0.0");
    CHECK(row.relay == "r1");
    CHECK(world.logged("mail.delivered"));
}

TEST_CASE("Lane: a refusal for now goes out again later, byte by byte the same while its key is in force") {
    LaneWorld world;
    world.script.reply = answer(451, "4.7.1", "greylisted");
    world.accept_mails(1);
    world.start();
    world.wait_for_sent(1);
    world.wait_until([&] { return world.mails()[0].attempts > 0; });
    const auto row = world.mails()[0];
    REQUIRE(row.state == MailState::queued);
    CHECK(row.reply_code == 451);
    CHECK(row.due > world.clock.now());
    world.change([](Script& script) { script.reply = answer(250); });
    world.clock.tick(row.due - world.clock.now());
    world.wait_for(1, MailState::delivered);
    world.stop();
    REQUIRE(world.script.sent.size() == 2);
    CHECK(*world.script.sent[0].bytes == *world.script.sent[1].bytes);
}

TEST_CASE("Lane: a refusal for good ends the mail") {
    LaneWorld world;
    world.script.reply = answer(550, "5.1.1", "no such user");
    world.accept_mails(1);
    world.start();
    world.wait_for(1, MailState::bounced);
    world.stop();
    CHECK(world.script.sent.size() == 1);
    CHECK(world.logged("mail.bounced"));
}

TEST_CASE("Lane: no more is in flight than the transport has room for") {
    LaneWorld world;
    world.script.room = 3;
    world.script.holds = true;
    world.accept_mails(10);
    world.start();
    world.wait_for_sent(3);
    world.change([](Script& script) { script.holds = false; });
    world.wait_for(10, MailState::delivered);
    world.stop();
    CHECK(world.script.most_in_flight == 3);
    CHECK(world.script.sent.size() == 10);
}

TEST_CASE("Lane: daemon.window bounds it as well") {
    LaneWorld world;
    world.settings.platform.daemon.window = 2;
    world.put_letters_in_force();
    world.script.room = 100;
    world.script.holds = true;
    world.accept_mails(6);
    world.start();
    world.wait_for_sent(2);
    world.change([](Script& script) { script.holds = false; });
    world.wait_for(6, MailState::delivered);
    world.stop();
    CHECK(world.script.most_in_flight == 2);
}

TEST_CASE("Lane: while no relay is up what waits says so, once, is counted as deferred, and goes when one is") {
    LaneWorld world;
    world.script.pause = 1h;
    world.script.reply = {};
    world.script.reply.failure = Reply::Failure::unreachable;
    world.accept_mails(2);
    world.start();
    world.wait_for_sent(4);  // two looks
    world.wait_until([&] { return world.lane->in_hand() == 0; });
    CHECK(world.counters.deferred == 2);
    CHECK(world.counters.attempts == 0);
    for (const auto& row : world.mails()) {
        CHECK(row.state == MailState::queued);
        CHECK_FALSE(row.reason.empty());
        CHECK(row.attempts == 0);
        CHECK(world.reader()->timeline(row.id).size() == 1);
    }
    world.change([](Script& script) {
        script.pause = {};
        script.reply = answer(250);
    });
    world.wait_for(2, MailState::delivered);
}

TEST_CASE("Lane: a mail that is too large bounces at its first writing, and is not tried for days") {
    LaneWorld world;
    world.read_file = [](const AttachmentFile& file) -> Result<std::string> {
        return Error{"attachment_too_large", file.path, "more than 20 bytes"};
    };
    world.accept_invoice("i1");
    world.start();
    world.wait_for(1, MailState::bounced);
    CHECK(world.mails()[0].reason == "message_too_large");
    CHECK(world.counters.letter_failed == 0);
    world.stop();
    CHECK(world.script.sent.empty());
}

TEST_CASE("Lane: a letter that cannot be written is told and counted while no relay is up") {
    LaneWorld world;
    world.script.pause = 1h;
    world.read_file = [](const AttachmentFile& file) -> Result<std::string> {
        return Error{"attachment_unreadable", file.path, "it is not there"};
    };
    world.accept_invoice("i1");
    world.start();
    world.wait_until([&] { return world.counters.letter_failed == 1; });
    CHECK(world.counters.letter_failed == 1);
    CHECK(world.counters.deferred == 1);
    CHECK(world.mails()[0].reason == "letter_failed");
    CHECK(world.letter_failed_at.load() == world.clock.now());
    world.stop();
    CHECK(world.script.sent.empty());
}

TEST_CASE("Lane: a mail too old expires while no relay is up") {
    LaneWorld world;
    world.script.pause = 1h;
    world.script.reply = {};
    world.script.reply.failure = Reply::Failure::unreachable;
    world.accept_mails(1);
    world.clock.tick(world.settings.platform.delivery.retry[static_cast<std::size_t>(Kind::welcome)].give_up_after);
    world.start();
    world.wait_for(1, MailState::expired);
}

TEST_CASE("R38: a link to log in is tried until it expires, and never leaves after that") {
    LaneWorld world;
    const auto expires = world.clock.now() + 40s;
    auto text = sample_event(EventType::login_requested, {.id = "l1", .unit = "avis"});
    const std::string told = "2030-06-24T10:30:00Z";
    text.replace(text.find(told), told.size(), to_text(expires));
    REQUIRE(world.accept({text}).at(0).mails.size() == 1);
    world.script.reply = answer(451, "4.7.1", "later");
    world.start();
    world.wait_for_sent(1);
    world.wait_until([&] { return world.mails()[0].attempts == 1; });
    CHECK(world.script.sent[0].begin_before < SteadyTime::max());
    CHECK(world.mails()[0].due <= expires);
    world.clock.tick(40s);
    world.wait_for(1, MailState::expired);
    CHECK(world.mails()[0].reason == "too_late");
    world.stop();
    CHECK(world.script.sent.size() == 1);
}

TEST_CASE("R38: a mail that is of use for centuries leaves at once") {
    LaneWorld world;
    auto text = sample_event(EventType::login_requested, {.id = "l1", .unit = "avis"});
    const std::string told = "2030-06-24T10:30:00Z";
    text.replace(text.find(told), told.size(), "9999-12-30T00:00:00Z");
    REQUIRE(world.accept({text}).at(0).mails.size() == 1);
    world.start();
    world.wait_for(1, MailState::delivered);
    CHECK(world.script.sent[0].begin_before > std::chrono::steady_clock::now());
}

TEST_CASE("Lane: a mail that cannot be signed waits as any other, and is not sent") {
    LaneWorld world;
    SigningChoice nobody;
    nobody.by = SignedBy::nobody;
    nobody.reason = "its DNS shows no key of ours";
    world.books.swap(
        std::make_shared<const SigningBook>(sample_keys_in_force(), SigningChoices{{"morgenposten.example", nobody}}));
    world.accept_mails(1);
    world.start();
    world.wait_until([&] { return !world.mails()[0].reason.empty(); });
    world.stop();
    const auto row = world.mails()[0];
    CHECK(row.state == MailState::queued);
    CHECK(row.reason == "domain_unsigned");
    CHECK(row.attempts == 0);  // no attempt of delivery is used up
    CHECK(row.due > world.clock.now());
    CHECK(world.script.sent.empty());
}

TEST_CASE("Lane: at the end what is in flight has until the deadline, and the rest stays in the queue") {
    LaneWorld world;
    world.script.room = 2;
    world.script.holds = true;
    world.accept_mails(5);
    world.start();
    world.wait_for_sent(2);
    SECTION("it is answered in time") {
        world.lane->stop(1h);
        world.change([](Script& script) { script.holds = false; });
        world.stop(1h);
        CHECK(world.mails(MailState::delivered).size() == 2);
        CHECK(world.mails(MailState::queued).size() == 3);
    }
    SECTION("it is not: then it is due again, told as uncertain or not as the transport says") {
        world.stop(Duration{});
        CHECK(world.mails(MailState::queued).size() == 5);
        CHECK(world.script.sent.size() == 2);
    }
}

TEST_CASE("Lane: a mail that takes longer than a hold is renewed while the lane works on it, and goes out once") {
    LaneWorld world;
    world.settings.platform.queue.lease_hold = 1s;
    world.reopen_queue();
    world.put_letters_in_force();
    world.script.holds = true;
    world.accept_mails(3);
    world.start();
    world.wait_for_sent(3);
    std::this_thread::sleep_for(std::chrono::milliseconds(2500));  // two holds and a half
    world.change([](Script& script) { script.holds = false; });
    world.wait_for(3, MailState::delivered);
    world.stop();
    CHECK(world.script.sent.size() == 3);
    CHECK_FALSE(world.logged("queue.lease_lapsed"));
}

TEST_CASE("Lane: a mail that the transport did not begin goes back untried, due at once, and goes out next time") {
    LaneWorld world;
    world.script.first.emplace().failure = Reply::Failure::not_begun;
    world.accept_mails(1);
    world.start();
    world.wait_for(1, MailState::delivered);
    world.stop();
    CHECK(world.script.sent.size() == 2);
    CHECK(world.mails()[0].attempts == 1);
    CHECK(world.counters.deferred == 0);
}

TEST_CASE("Lane: it beats while it lives, and new settings reach its transport") {
    LaneWorld world;
    const auto before = std::chrono::steady_clock::now();
    world.start();
    const auto first = world.lane->last_beat();
    CHECK(first >= before);
    world.wait_until([&] { return world.lane->last_beat() != first; });
    CHECK(world.lane->last_beat() > first);
    world.settings.platform.delivery.helo_name = "mx.platform.example";
    world.put_letters_in_force();
    world.lane->apply(world.snapshots.current());
    {
        std::unique_lock lock(world.script.mutex);
        CHECK(world.script.happened.wait_for(lock, patience, [&] { return world.script.helo == "mx.platform.example"; }));
    }
}

TEST_CASE("Lane: without room it leases nothing, until a reload gives it some") {
    LaneWorld world;
    world.script.room = 0;
    world.accept_mails(1);
    world.start();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(world.lane->in_hand() == 0);
    world.change([](Script& script) { script.room = 1; });
    world.lane->apply(world.snapshots.current());
    world.wait_for(1, MailState::delivered);
}

TEST_CASE("Lane: a folder of attachments that does not answer holds up the mails that need it, and no others") {
    // Outlives the lane, as the thread does that is left behind.
    const auto gate = std::make_shared<std::promise<void>>();
    const auto opened = gate->get_future().share();
    std::atomic<int> returned{0};
    std::atomic<int> calls{0};
    {
        LaneWorld world;
        world.settings.platform.intake.attachment_deadline = 300ms;
        world.put_letters_in_force();
        world.read_file = [&, opened](const AttachmentFile& file) -> Result<std::string> {
            ++calls;
            opened.wait();
            ++returned;
            return file.path;
        };
        world.accept_invoice("i1");
        world.accept_mails(3);
        world.start();
        world.wait_for(3, MailState::delivered);
        const auto waiting = [&] {
            const auto rows = world.mails(MailState::queued);
            return rows.empty() ? MailRow{} : rows.front();
        };
        world.wait_until([&] { return waiting().reason == "letter_failed"; });
        CHECK(waiting().reason == "letter_failed");
        CHECK(waiting().reply_text.find("attachment_unreadable") != std::string::npos);
        CHECK(waiting().due > world.clock.now());
        world.accept_mails(1);
        world.wait_for(4, MailState::delivered);
        world.stop();
    }
    gate->set_value();
    const auto end = std::chrono::steady_clock::now() + patience;
    while (returned < calls && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK(returned == calls);
}

TEST_CASE("Lane: a mail whose file is read beside the lane goes out with it") {
    LaneWorld world;
    world.read_file = [](const AttachmentFile&) -> Result<std::string> { return std::string("%PDF of the folder"); };
    world.accept_invoice("i1");
    world.start();
    world.wait_for(1, MailState::delivered);
    world.stop();
    CHECK(world.script.sent.at(0).bytes->find("JVBERiBvZiB0aGUgZm9sZGVy") != std::string::npos);
}

TEST_CASE("Lane: mails in hand are bounded by what they weigh, and one goes however heavy it is") {
    for (const bool in_event : {false, true}) {
        CAPTURE(in_event);
        LaneWorld world;
        constexpr std::size_t file = 300'000;
        world.settings.platform.daemon.window_bytes = 4 * file;
        world.settings.platform.intake.event_bytes_max = 10 * file;
        world.put_letters_in_force();
        world.script.room = 64;
        world.script.holds = true;
        world.read_file = [](const AttachmentFile&) -> Result<std::string> { return std::string(file, 'x'); };
        for (int i = 0; i < 8; ++i)
            world.accept_invoice("i" + std::to_string(i), in_event ? std::string(file, 'A') : std::string());
        world.start();
        world.wait_for_sent(2);
        world.change([](Script& script) { script.holds = false; });
        world.wait_for(8, MailState::delivered);
        world.stop();
        CHECK(world.script.most_in_flight <= 4);
        CHECK(world.script.sent.size() == 8);
        // One weighs more than all may.
        LaneWorld heavy;
        heavy.settings.platform.daemon.window_bytes = file / 4;
        heavy.settings.platform.intake.event_bytes_max = 10 * file;
        heavy.put_letters_in_force();
        heavy.read_file = world.read_file;
        for (int i = 0; i < 3; ++i)
            heavy.accept_invoice("i" + std::to_string(i), in_event ? std::string(file, 'A') : std::string());
        heavy.start();
        heavy.wait_for(3, MailState::delivered);
        heavy.stop();
    }
}

TEST_CASE("Lane: a stop does not wait for a file that hangs, and its mail is due again") {
    const auto gate = std::make_shared<std::promise<void>>();
    const auto opened = gate->get_future().share();
    std::atomic<int> begun{0}, returned{0};
    {
        LaneWorld world;
        world.settings.platform.intake.attachment_deadline = 10min;
        world.put_letters_in_force();
        world.read_file = [&, opened](const AttachmentFile& file) -> Result<std::string> {
            ++begun;
            opened.wait();
            ++returned;
            return file.path;
        };
        world.accept_invoice("i1");
        world.start();
        world.wait_until([&] { return begun == 1; });
        world.stop();
        const auto rows = world.mails(MailState::queued);
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].due <= world.clock.now());
        CHECK(rows[0].attempts == 0);
    }
    gate->set_value();
    const auto end = std::chrono::steady_clock::now() + patience;
    while (returned == 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK(returned == 1);
}

TEST_CASE("R39: Lane: what was planned before its account went into test mode is not sent, and goes when that ends") {
    LaneWorld world;
    TestModes modes(world.context, world.snapshots, *world.store, world.log);
    world.test_modes = &modes;
    world.accept_mails(2);
    world.settings.accounts.begin()->second.test_mode = true;
    world.put_letters_in_force();
    world.start();
    world.wait_until([&] { return world.mails()[1].reason == "test_mode"; });
    for (const auto& row : world.mails()) {
        CHECK(row.state == MailState::queued);
        CHECK(row.reason == "test_mode");
        CHECK(row.due > world.clock.now());
    }
    CHECK(world.logged("mail.held"));
    world.settings.accounts.begin()->second.test_mode = false;
    world.put_letters_in_force();
    CHECK(run_task(world.context, modes.step()));
    world.wait_for(2, MailState::delivered);
    world.stop();
    CHECK(world.script.sent.size() == 2);
}

TEST_CASE("R39: Lane: what waits for a relay when test mode begins is not sent") {
    LaneWorld world;
    world.script.holds = true;
    world.accept_mails(3);
    world.start();
    world.wait_for_sent(3);
    world.settings.accounts.begin()->second.test_mode = true;
    world.put_letters_in_force();
    world.lane->apply(world.snapshots.current());
    world.wait_until([&] { return world.mails()[2].reason == "test_mode"; });
    world.change([](Script& script) { script.holds = false; });
    world.stop();
    CHECK(world.script.sent.empty());
    for (const auto& row : world.mails()) {
        CHECK(row.state == MailState::queued);
        CHECK(row.reason == "test_mode");
        CHECK(row.attempts == 0);
    }
}

TEST_CASE("R39: Lane: a mail whose file is read when test mode begins is not sent") {
    LaneWorld world;
    std::promise<void> reading, gate;
    const auto opened = gate.get_future().share();
    world.read_file = [&reading, opened](const AttachmentFile&) -> Result<std::string> {
        reading.set_value();
        opened.wait();
        return std::string("%PDF");
    };
    world.accept_invoice("i1");
    world.start();
    reading.get_future().wait();
    world.settings.accounts.begin()->second.test_mode = true;
    world.put_letters_in_force();
    gate.set_value();
    world.wait_until([&] { return !world.mails()[0].reason.empty(); });
    world.stop();
    CHECK(world.mails()[0].reason == "test_mode");
    CHECK(world.script.sent.empty());
}
