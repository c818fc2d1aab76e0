#include "daemon/reload.hpp"

#include <catch2/catch.hpp>

#include "support/daemon_world.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

class ReloadWorld : public DaemonWorld {
 public:
    Result<std::vector<std::string>, std::vector<Error>> run() {
        Reload reload(folder / "ilbud.toml", snapshots.current(),
                      {context, log, counters, [this](SnapshotPointer next) { return take(std::move(next)); }});
        return run_task(context, reload.run());
    }
    int taken = 0;

 private:
    Task<void> take(SnapshotPointer next) {
        ++taken;
        snapshots.swap(std::move(next));
        co_return;
    }
};

}  // namespace

TEST_CASE("Reload: what cannot be read leaves the old set in force, and says why") {
    ReloadWorld world;
    const auto before = world.snapshots.current();
    const auto result = world.run();
    REQUIRE_FALSE(result);
    CHECK_FALSE(result.error().empty());
    CHECK(world.taken == 0);
    CHECK(world.snapshots.current() == before);
    CHECK(world.counters.reloads_failed == 1);
    CHECK(world.logged("settings.refused"));
    CHECK(world.logged("settings.kept"));
}
