// The keeper over a real queue's shelf, keys in a folder, DNS zones written here and a clock ticked by hand.
#include "ilbud/keys/key_keeper.hpp"

#include <catch2/catch.hpp>

#include "ilbud/base/secret.hpp"
#include "support/queue_world.hpp"
#include "support/zone_resolver.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

Settings keeper_settings() {
    Settings settings;
    auto& dkim = settings.platform.dkim;
    dkim.selectors[1] = {"s2", "s2.keys.test", {}};
    dkim.publish = PublishBy::manual;
    dkim.rotation.algorithm = KeyType::ed25519;  // made at once
    dkim.rotation.stuck_after = 12h;
    return settings;
}

class KeeperWorld : public QueueWorld {
 public:
    KeeperWorld() : QueueWorld(keeper_settings()) {
        auto& dkim = settings.platform.dkim;
        dkim.selectors[0] = {"s1", "s1.keys.test", folder / "first.pem"};
        dkim.key_folder = folder / "keys";
        REQUIRE(write_secret(folder / "first.pem", *new_ed25519_key()));
        publish(0, SigningKey::from_pem(*read_secret(folder / "first.pem"), "s1")->dns_record());
        open();
    }
    // As a new process.
    void open() {
        keeper.reset();
        reopen_queue();
        keeper = std::make_unique<KeyKeeper>(context, services());
    }
    Result<bool> load() {
        put_in_force();
        return run_task(context, keeper->load(snapshots.current()));
    }
    Result<KeyAnswer> ask(KeyRequest request) { return run_task(context, keeper->ask(std::move(request))); }
    // After `by`, lets run() live until `comes`; where nothing is to come, for a moment. Then it is as after a restart.
    void live(Duration by, std::function<bool()> comes = {}) {
        clock.tick(by);
        TaskGroup tasks(context, [](std::exception_ptr failure) { CHECK_FALSE(failure); });
        tasks.spawn(keeper->run());
        tasks.spawn(stop_when(std::move(comes)));
        context.restart();
        context.run();
        open();
        REQUIRE(load());
    }
    void publish(std::size_t slot, const std::string& record) {
        resolver.set(slot == 0 ? "s1.keys.test" : "s2.keys.test", RecordType::txt, record);
    }
    KeyStage stage(std::size_t slot) const { return keeper->view()->slots.slots[slot].stage; }

    ZoneResolver resolver;
    int changes = 0;
    std::vector<Stuck> stuck;
    std::array<KeyCoverage, 2> coverage{};
    std::unique_ptr<KeyKeeper> keeper;

 private:
    KeyKeeperServices services() {
        return {store->shelf(),
                clock,
                log,
                resolver,
                [this](int slot) { return coverage.at(static_cast<std::size_t>(slot)); },
                [this] { ++changes; },
                [this](const Stuck& one, const DkimSelector&) { stuck.push_back(one); }};
    }
    Task<void> stop_when(std::function<bool()> comes) {
        const auto end = std::chrono::steady_clock::now() + (comes ? Duration(60s) : Duration(50ms));
        while (!(comes && comes()) && std::chrono::steady_clock::now() < end) co_await sleep_for(1ms);
        keeper->stop();
    }
};

KeyRequest request(KeyRequest::What what, bool dry_run = false) {
    KeyRequest asked;
    asked.what = what;
    asked.dry_run = dry_run;
    return asked;
}

}  // namespace

TEST_CASE("KeyKeeper: before load() it answers nothing and does nothing") {
    KeeperWorld world;
    CHECK_FALSE(world.keeper->summary());
    CHECK_FALSE(world.keeper->view());
    const auto answer = world.ask(request(KeyRequest::What::rotate));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == "not_ready");
}

TEST_CASE("KeyKeeper: the key that the settings name is in force after load()") {
    KeeperWorld world;
    REQUIRE(world.load());
    const auto keys = world.keeper->keys();
    REQUIRE(keys.slots[0]);
    CHECK(keys.slots[0]->selector() == "s1");
    CHECK_FALSE(keys.slots[1]);
    CHECK(keys.preferred == 0);
    CHECK(world.keeper->summary()->signing == "s1");
    CHECK_FALSE(world.keeper->summary()->changing);
    CHECK(world.keeper->summary()->stuck == 0);
}

TEST_CASE("KeyKeeper: with no key that signs, nothing may start") {
    KeeperWorld world;
    std::filesystem::remove(world.folder / "first.pem");
    const auto loaded = world.load();
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == "no_signing_key");
}

TEST_CASE("KeyKeeper: a dry run tells the plan and changes nothing") {
    KeeperWorld world;
    REQUIRE(world.load());
    const auto answer = world.ask(request(KeyRequest::What::rotate, true));
    REQUIRE(answer);
    CHECK_FALSE(answer->done);
    CHECK_FALSE(answer->plan.empty());
    CHECK(world.stage(1) == KeyStage::idle);
    CHECK_FALSE(std::filesystem::exists(world.folder / "keys"));
}

TEST_CASE("KeyKeeper: what is asked for is done at once as far as it can be, and is there after a restart") {
    KeeperWorld world;
    REQUIRE(world.load());
    const auto answer = world.ask(request(KeyRequest::What::new_key));
    REQUIRE(answer);
    CHECK(answer->done);
    CHECK(world.stage(1) == KeyStage::made);
    const auto again = world.ask(request(KeyRequest::What::new_key));
    REQUIRE_FALSE(again);
    CHECK(again.error().code == "no_idle_slot");
    world.open();
    REQUIRE(world.load());
    CHECK(world.stage(1) == KeyStage::made);
}

TEST_CASE("KeyKeeper: a size of key out of range is refused before anything happens") {
    KeeperWorld world;
    REQUIRE(world.load());
    for (const int bits : {0, 1024, 2047, 4097, 1 << 30}) {
        auto asked = request(KeyRequest::What::new_key);
        asked.bits = bits;
        const auto answer = world.ask(std::move(asked));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().place == "bits");
    }
    CHECK(world.stage(1) == KeyStage::idle);
}

TEST_CASE("KeyKeeper: run() sees a record that a person published, and says so to who asked to hear of changes") {
    KeeperWorld world;
    REQUIRE(world.load());
    REQUIRE(world.ask(request(KeyRequest::What::rotate)));
    REQUIRE(world.stage(1) == KeyStage::made);
    world.live({});
    CHECK(world.stage(1) == KeyStage::made);  // nobody has published it
    world.changes = 0;
    world.publish(1, world.keeper->view()->slots.slots[1].record);
    world.live(5min, [&] { return world.stage(1) != KeyStage::made; });
    CHECK(world.stage(1) != KeyStage::made);
    CHECK(world.changes > 0);
    CHECK(world.keeper->keys().slots[1]);
    CHECK(world.keeper->summary()->changing);
}

TEST_CASE("KeyKeeper: a key change that domains hold up is told, with their names, once they have had time") {
    KeeperWorld world;
    world.coverage[1].domains = 3;
    world.coverage[1].seen = 1;
    world.coverage[1].missing = {"avisen.example", "bladet.example"};
    REQUIRE(world.load());
    REQUIRE(world.ask(request(KeyRequest::What::rotate)));
    world.publish(1, world.keeper->view()->slots.slots[1].record);
    world.live(5min, [&] { return world.stage(1) == KeyStage::published; });
    REQUIRE(world.stage(1) == KeyStage::published);
    world.live(11h);
    CHECK(world.stuck.empty());
    world.live(1h, [&] { return !world.stuck.empty(); });
    REQUIRE(world.stuck.size() == 1);
    CHECK(world.stuck.front().slot == 1);
    CHECK(world.stuck.front().domains == world.coverage[1].missing);
    CHECK(world.keeper->summary()->stuck == 1);
    CHECK(world.logged("dkim.stuck"));
}

TEST_CASE("KeyKeeper: settings that cannot be read in leave the keys as they were") {
    KeeperWorld world;
    REQUIRE(world.load());
    world.settings.platform.dkim.selectors[0].key_file = world.folder / "gone.pem";
    world.put_in_force();
    run_task(world.context, world.keeper->apply(world.snapshots.current()));
    CHECK(world.logged("dkim.keys_kept"));
    CHECK(world.keeper->keys().slots[0]);
    CHECK(world.changes == 0);
}

TEST_CASE("KeyKeeper: once stopped it asks the DNS nothing") {
    KeeperWorld world;
    REQUIRE(world.load());
    world.keeper->stop();
    world.resolver.asked.clear();
    REQUIRE(world.ask(request(KeyRequest::What::rotate)));  // its steps would look at the new key's target
    CHECK(world.stage(1) == KeyStage::made);
    CHECK(world.resolver.asked.empty());
}
