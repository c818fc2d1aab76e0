// Key changes carried out: files, shelf, publisher, DNS; and the process dying anywhere on the way (R30, S14, S15).
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <random>
#include <set>

#include "ilbud/base/secret.hpp"
#include "ilbud/keys/key_change.hpp"
#include "support/manual_clock.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"
#include "support/zone_resolver.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

struct Died {};

/// Everything outside the process: disk, DNS, customers. A KeyChange in it can die at any of its effects and be made anew.
class KeyWorld {
 public:
    KeyWorld() {
        auto& dkim = settings.dkim;
        dkim.selectors[0] = {"s1", "s1.keys.test", folder_ / "first.pem"};
        dkim.selectors[1] = {"s2", "s2.keys.test", {}};
        dkim.key_folder = folder_ / "keys";
        dkim.publish = PublishBy::nsupdate;
        dkim.nsupdate.ttl = 5min;
        dkim.valid_beyond_retry = 1h;
        for (auto& retry : settings.delivery.retry) retry.give_up_after = 2h;
        auto& rotation = dkim.rotation;
        rotation.algorithm = KeyType::ed25519;  // made at once
        rotation.wait_min = 1min;
        rotation.patience = 12h;
        rotation.retry = 1min;
        rotation.look_interval = 10min;
        REQUIRE(write_secret(folder_ / "first.pem", *new_ed25519_key()));
        const auto first = SigningKey::from_pem(*read_secret(folder_ / "first.pem"), "s1");
        put(0, first->dns_record());
        resolver.ttl = 5min;
        start();
    }

    void start() {
        change.reset();
        KeyShelf shelf{[this] { return get_rows(); }, [this](std::vector<ShelfRow> put) { return put_rows(std::move(put)); }};
        change =
            std::make_unique<KeyChange>(KeyChangeServices{std::move(shelf), clock, log, resolver,
                                                          [this](int slot) { return coverage(slot); }, [this] { ++changes; }},
                                        [this]() -> KeyPublisher& { return publisher; });
        const auto loaded = run_task(change->load(std::make_shared<Platform>(settings)));
        INFO((loaded ? "" : to_text(loaded.error())));
        REQUIRE(loaded);
    }
    std::optional<KeyStep> advance() { return run_task(change->advance()); }
    /// Turns and lets time pass until `ready` or a month is over.
    template <class Ready>
    void live_until(Ready ready) {
        const auto end = clock.now() + 24h * 30;
        while (!ready() && clock.now() < end) {
            if (advance()) continue;
            const auto next = change->next_due();
            clock.tick(next && *next > clock.now() ? *next - clock.now() : Duration(1min));
        }
        REQUIRE(ready());
    }
    [[nodiscard]] KeyStage stage(std::size_t slot) const { return change->slots().slots[slot].stage; }
    [[nodiscard]] std::string file(std::size_t slot) const { return change->slots().slots[slot].file; }

    /// An effect on the world: the process may die before or after it.
    void effect(const std::function<void()>& happen) {
        if (dies_in > 0 && --dies_in == 0) throw Died{};
        happen();
        if (dies_in > 0 && --dies_in == 0) throw Died{};
    }
    void put(std::size_t slot, const std::string& record) {
        const auto& target = settings.dkim.selectors[slot].target;
        resolver.set(target, RecordType::txt, record);
        if (published[slot].empty() || published[slot].back().second != record) published[slot].emplace_back(clock.now(), record);
    }
    KeyCoverage coverage(int slot) const {
        auto told = seen[static_cast<std::size_t>(slot)];
        if (told.signs > 0 && change && change->signing() != slot) told.signs = followers_missing;
        return told;
    }

    struct Publisher final : KeyPublisher {
        explicit Publisher(KeyWorld& in) : world(in) {}
        Task<Result<void>> publish(Publication what) override {
            ++calls;
            if (fails) co_return Error{"program_failed", "nsupdate", "update failed: REFUSED"};
            world.effect([&] { world.put(what.target == "s1.keys.test" ? 0 : 1, what.record); });
            co_return Result<void>{};
        }
        KeyWorld& world;
        bool fails = false;
        int calls = 0;
    };

    TemporaryFolder folder_;
    Platform settings;
    ManualClock clock{*parse_time("2025-06-24T10:00:00Z")};
    Log log{LogLevel::error, LogFormat::text, [](std::string_view) {}};
    ZoneResolver resolver;
    Publisher publisher{*this};
    std::map<std::string, std::string> rows;
    std::array<KeyCoverage, 2> seen{};
    std::size_t followers_missing = 0;
    std::array<std::vector<std::pair<Time, std::string>>, 2> published;  ///< by slot, since when
    int dies_in = 0;
    int changes = 0;
    std::unique_ptr<KeyChange> change;

 private:
    Task<std::vector<ShelfRow>> get_rows() {
        std::vector<ShelfRow> all;
        for (const auto& [name, value] : rows) all.push_back({name, value});
        co_return all;
    }
    Task<void> put_rows(std::vector<ShelfRow> put) {
        effect([&] {
            for (const auto& [name, value, version] : put) {
                if (value.empty())
                    rows.erase(name);
                else
                    rows[name] = value;
            }
        });
        co_return;
    }
};

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

}  // namespace

TEST_CASE("R30: without a row on the shelf the settings' keys count, and nothing is written by looking at them") {
    KeyWorld world;
    CHECK(world.stage(0) == KeyStage::signing);
    CHECK(world.stage(1) == KeyStage::idle);
    CHECK(world.change->keys()[0]);
    CHECK_FALSE(world.change->keys()[1]);
    CHECK(world.change->signing() == 0);
    for (int i = 0; i < 5; ++i) {
        world.advance();
        world.clock.tick(1h);
    }
    CHECK(world.change->slots().slots[0].good_looks > 0);
    CHECK(world.rows.empty());
    // So they can still be changed in the settings.
    REQUIRE(write_secret(world.folder_ / "second.pem", *new_ed25519_key()));
    world.settings.dkim.selectors[1].key_file = world.folder_ / "second.pem";
    world.settings.dkim.active = 1;
    world.start();
    CHECK(world.change->signing() == 1);
    CHECK(world.stage(0) == KeyStage::made);
    world.advance();
    CHECK(world.stage(0) == KeyStage::published);  // a look found its record
    CHECK(world.rows.empty());
}

TEST_CASE("R30: new settings that name the same keys take none out of force, and say so") {
    KeyWorld world;
    REQUIRE(write_secret(world.folder_ / "second.pem", *new_ed25519_key()));
    world.settings.dkim.selectors[1].key_file = world.folder_ / "second.pem";
    const auto load = [&] { return run_task(world.change->load(std::make_shared<Platform>(world.settings))); };
    REQUIRE(load());
    world.put(1, world.change->slots().slots[1].record);
    for (int i = 0; i < 5 && world.stage(1) == KeyStage::made; ++i) world.advance();
    REQUIRE(world.stage(1) >= KeyStage::published);
    const auto again = load();
    REQUIRE(again);
    CHECK_FALSE(*again);
    CHECK(world.stage(1) >= KeyStage::published);
    CHECK(world.change->keys()[1]);

    world.settings.dkim.active = 1;
    const auto others = load();
    REQUIRE(others);
    CHECK(*others);
    CHECK(world.stage(1) == KeyStage::signing);
}

TEST_CASE("R30: a switch to a key whose file has gone is not made, and not tried in a hurry") {
    KeyWorld world;
    REQUIRE(run_task(world.change->rotate(false)));
    world.live_until([&] { return world.stage(1) == KeyStage::published; });
    const auto file = world.file(1);
    std::filesystem::remove(file);
    world.start();
    const auto until = world.clock.now() + 2h;
    while (world.clock.now() < until) {
        for (int i = 0; world.advance(); ++i) REQUIRE(i < 10);
        world.clock.tick(30s);
    }
    CHECK(world.stage(1) == KeyStage::seen);
    CHECK(world.change->signing() == 0);
    CHECK(world.change->slots().slots[1].trouble.find("cannot be read") != std::string::npos);
}

TEST_CASE("R30: a whole key change: made, published, seen, signing; the old one kept, withdrawn, and its slot idle") {
    KeyWorld world;
    REQUIRE(run_task(world.change->rotate(false)));
    const auto begin = world.clock.now();
    world.live_until([&] { return world.change->signing() == 1; });
    const auto switched = world.clock.now();
    CHECK(switched - begin >= 5min);
    CHECK(mode_of(world.settings.dkim.key_folder) == 0700);
    CHECK(mode_of(world.file(1)) == 0600);
    CHECK(std::filesystem::path(world.file(1)).filename().string() == "s2-20250624T100000Z.pem");
    CHECK(world.stage(0) == KeyStage::retiring);
    world.live_until([&] { return world.stage(0) == KeyStage::idle; });
    CHECK(world.clock.now() - switched >= 3h);
    CHECK(world.published[0].back().second == "v=DKIM1; k=ed25519; p=");
    CHECK(std::filesystem::exists(world.folder_ / "first.pem"));  // the settings name it: not ours to remove
    CHECK(world.changes >= 3);

    // And back: this time the old key was made here, and goes.
    const auto old = world.file(1);
    REQUIRE(run_task(world.change->rotate(false)));
    world.live_until([&] { return world.stage(1) == KeyStage::idle; });
    CHECK(world.change->signing() == 0);
    CHECK_FALSE(std::filesystem::exists(old));
    world.start();
    CHECK(world.change->signing() == 0);
    CHECK(world.file(0) != (world.folder_ / "first.pem").string());
}

TEST_CASE("R30: a clock that is a day ahead for a moment does not hold up a key change") {
    KeyWorld world;
    REQUIRE(run_task(world.change->rotate(false)));
    world.live_until([&] { return world.stage(1) == KeyStage::published; });
    const auto right = world.clock.now();
    world.clock.tick(24h);
    while (world.advance()) {
    }
    REQUIRE(world.stage(1) == KeyStage::published);
    world.clock.tick(-24h);
    world.live_until([&] { return world.change->signing() == 1; });
    CHECK(world.clock.now() < right + 1h);
}

TEST_CASE("R30: a dry run says what would be done and does nothing") {
    KeyWorld world;
    const auto plan = run_task(world.change->rotate(true));
    REQUIRE(plan);
    CHECK(plan->size() == 7);
    CHECK(world.rows.empty());
    world.advance();
    CHECK_FALSE(world.change->slots().rotating_since);
    CHECK(world.publisher.calls == 0);
    CHECK_FALSE(std::filesystem::exists(world.settings.dkim.key_folder));
    CHECK(run_task(world.change->retire(true, "s1", false)).error().code == "not_retirable");
    CHECK(run_task(world.change->retire(true, "s9", false)).error().code == "unknown_selector");
}

TEST_CASE("R30: a publisher that fails is asked again, its trouble is told, and the old key goes on signing") {
    KeyWorld world;
    world.publisher.fails = true;
    REQUIRE(run_task(world.change->rotate(false)));
    world.live_until([&] { return world.publisher.calls == 3; });
    CHECK(world.stage(1) == KeyStage::made);
    CHECK(world.change->slots().slots[1].trouble.find("REFUSED") != std::string::npos);
    CHECK(world.change->signing() == 0);
    CHECK_FALSE(world.change->keys()[1]);
    world.publisher.fails = false;
    world.live_until([&] { return world.change->signing() == 1; });
}

TEST_CASE("S43: while the DNS fails nothing changes") {
    KeyWorld world;
    REQUIRE(run_task(world.change->rotate(false)));
    world.live_until([&] { return world.stage(1) == KeyStage::published; });
    world.resolver.fail("s2.keys.test").fail("s1.keys.test");
    const auto until = world.clock.now() + 10h;
    while (world.clock.now() < until) {
        world.advance();
        world.clock.tick(1min);
    }
    CHECK(world.stage(1) == KeyStage::published);
    CHECK(world.change->signing() == 0);
    world.resolver.heal("s2.keys.test").heal("s1.keys.test");
    world.live_until([&] { return world.change->signing() == 1; });
}

TEST_CASE("R30: two records at the target are not the key that was published") {
    KeyWorld world;
    REQUIRE(run_task(world.change->rotate(false)));
    world.live_until([&] { return world.stage(1) == KeyStage::published; });
    world.resolver.add("s2.keys.test", RecordType::txt, "v=DKIM1; k=rsa; p=b3RoZXI=");
    const auto until = world.clock.now() + 2h;
    while (world.clock.now() < until) {
        world.advance();
        world.clock.tick(1min);
    }
    CHECK(world.stage(1) == KeyStage::published);
    CHECK(world.change->slots().slots[1].good_looks == 0);
}

TEST_CASE("R30: a key that cannot be written leaves the signing one alone and is tried again") {
    KeyWorld world;
    std::ofstream(world.settings.dkim.key_folder) << "in the way";
    REQUIRE(run_task(world.change->rotate(false)));
    world.live_until([&] { return !world.change->slots().slots[1].trouble.empty(); });
    CHECK(world.stage(1) == KeyStage::making);
    CHECK(world.change->signing() == 0);
    std::filesystem::remove(world.settings.dkim.key_folder);
    world.live_until([&] { return world.change->signing() == 1; });
}

TEST_CASE("R30: without a signing key there is no start, and a shelf that cannot be read is no guess") {
    KeyWorld world;
    const auto load = [&] {
        KeyShelf shelf{[&]() -> Task<std::vector<ShelfRow>> {
                           std::vector<ShelfRow> all;
                           for (const auto& [name, value] : world.rows) all.push_back({name, value});
                           co_return all;
                       },
                       [](std::vector<ShelfRow>) -> Task<void> { co_return; }};
        KeyChange change({std::move(shelf), world.clock, world.log, world.resolver, {}, {}},
                         [&]() -> KeyPublisher& { return world.publisher; });
        return run_task(change.load(std::make_shared<Platform>(world.settings)));
    };
    world.rows["s1"] = "{\"stage\":\"signing\"}";
    CHECK(load().error().code == "key_state_unreadable");
    world.rows.clear();
    world.settings.dkim.selectors[0].key_file.clear();
    CHECK(load().error().code == "no_signing_key");
    world.settings.dkim.selectors[0].key_file = world.folder_ / "gone.pem";
    CHECK(load().error().code == "no_signing_key");
}

TEST_CASE("R30: the process may die before and after every effect of a key change; it goes on where it was") {
    // How many effects a whole change and retirement has.
    int effects = 0;
    {
        KeyWorld world;
        world.dies_in = 1'000'000;
        REQUIRE(run_task(world.change->rotate(false)));
        world.live_until([&] { return world.stage(0) == KeyStage::idle; });
        effects = 1'000'000 - world.dies_in;
    }
    REQUIRE(effects > 20);
    for (int death = 1; death <= effects; ++death) {
        INFO("dies at effect " << death);
        KeyWorld world;
        world.dies_in = death;
        const auto survive = [&](auto what) {
            try {
                what();
            } catch (const Died&) {
                world.start();
            }
        };
        survive([&] { (void)run_task(world.change->rotate(false)).has_value(); });
        if (!world.change->slots().rotating_since && world.change->signing() == 0) REQUIRE(run_task(world.change->rotate(false)));
        const auto end = world.clock.now() + 24h;
        while (world.stage(0) != KeyStage::idle && world.clock.now() < end) {
            bool worked = false;
            survive([&] { worked = world.advance().has_value(); });
            REQUIRE(world.change->keys()[static_cast<std::size_t>(world.change->signing())]);
            if (!worked) world.clock.tick(30s);
        }
        REQUIRE(world.stage(0) == KeyStage::idle);
        CHECK(world.change->signing() == 1);
        // One key file, that of the key in use: nothing was left behind, nothing made twice.
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::directory_iterator(world.settings.dkim.key_folder)) {
            ++files;
            CHECK(entry.path() == world.file(1));
        }
        CHECK(files == 1);
    }
}

namespace {

/// Checks after each event of a random walk what must always hold.
class Watcher {
 public:
    explicit Watcher(KeyWorld& world) : world_(world) {}

    void look() {
        const auto& slots = world_.change->slots().slots;
        const auto signing = world_.change->signing();
        REQUIRE(signing >= 0);  // never an unsigned gap
        const auto keys = world_.change->keys();
        REQUIRE(keys[static_cast<std::size_t>(signing)]);
        for (std::size_t slot = 0; slot < 2; ++slot) {
            const auto& one = slots[slot];
            if (keys[slot]) {
                REQUIRE(in_force(one));
                REQUIRE(keys[slot]->dns_record() == one.record);
                REQUIRE(std::filesystem::exists(one.file));
                REQUIRE(world_.published[slot].back().second == one.record);  // never a signature by an unpublished key
                last_in_force_[{slot, one.record}] = world_.clock.now();
            }
            // The signing one has been where caches are certain to find it.
            if (static_cast<int>(slot) == signing && began_[slot] != one.record) {
                began_[slot] = one.record;
                if (!first_) REQUIRE(world_.clock.now() - world_.published[slot].back().first >= 5min);
            }
            if (one.stage == KeyStage::idle) continue;
        }
        first_ = false;
        // A key that was in force stays published until nothing signed with it can be in flight.
        for (std::size_t slot = 0; slot < 2; ++slot)
            for (std::size_t i = 0; i + 1 < world_.published[slot].size(); ++i) {
                const auto& [since, record] = world_.published[slot][i];
                const auto used = last_in_force_.find({slot, record});
                if (used != last_in_force_.end()) REQUIRE(world_.published[slot][i + 1].first - used->second >= 3h);
            }
        // No private key is ever written over.
        if (!std::filesystem::exists(world_.settings.dkim.key_folder)) return;
        for (const auto& entry : std::filesystem::directory_iterator(world_.settings.dkim.key_folder)) {
            REQUIRE(mode_of(entry.path()) == 0600);
            const auto text = read_file(entry.path());
            const auto [known, fresh] = files_.emplace(entry.path().string(), text);
            REQUIRE(known->second == text);
        }
    }

 private:
    KeyWorld& world_;
    bool first_ = true;
    std::array<std::string, 2> began_;
    std::map<std::pair<std::size_t, std::string>, Time> last_in_force_;
    std::map<std::string, std::string> files_;
};

}  // namespace

TEST_CASE("R30: random walks of commands, failures, deaths and time never break what key changes promise") {
    int switches = 0;
    for (unsigned seed = 1; seed <= 8; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        KeyWorld world;
        Watcher watcher(world);
        watcher.look();
        int last_signing = world.change->signing();
        world.settings.dkim.rotation.automatic = seed % 3 == 0;
        world.settings.dkim.rotation.age = 24h;
        world.start();
        for (int event = 0; event < 600; ++event) {
            const auto roll = random() % 100;
            if (roll == 0) world.dies_in = static_cast<int>(random() % 6) + 1;
            if (roll == 1) world.publisher.fails = !world.publisher.fails;
            if (roll == 2) world.resolver.fail("s2.keys.test");
            if (roll == 3) world.resolver.heal("s2.keys.test").heal("s1.keys.test");
            if (roll == 4) world.resolver.fail("s1.keys.test");
            for (std::size_t slot = 0; slot < 2; ++slot)
                if (roll == 5 + slot) {
                    world.seen[slot].domains = 10;
                    world.seen[slot].seen = random() % 3 == 0 ? 7 : 10;
                    world.seen[slot].signs = 10;
                    world.seen[slot].known = random() % 4 != 0;
                }
            if (roll == 7) world.followers_missing = random() % 3 == 0 ? 3 : 0;
            if (roll == 8) world.publisher.fails = false;
            if (roll == 9) world.seen = {};
            try {
                if (roll == 10 || roll == 11) (void)static_cast<bool>(run_task(world.change->rotate(false)));
                if (roll == 12) (void)static_cast<bool>(run_task(world.change->new_key(false, {}, {})));
                if (roll == 13) (void)static_cast<bool>(run_task(world.change->publish(false)));
                if (roll == 14)
                    (void)static_cast<bool>(run_task(world.change->retire(false, random() % 2 == 0 ? "s1" : "s2", false)));
                if (roll == 15) world.start();
                while (world.advance() && random() % 8 != 0) watcher.look();
            } catch (const Died&) {
                world.dies_in = 0;
                world.start();
            }
            watcher.look();
            if (world.change->signing() != last_signing) ++switches;
            last_signing = world.change->signing();
            world.clock.tick(std::chrono::seconds(random() % 1800));
        }
    }
    CHECK(switches > 10);
}
