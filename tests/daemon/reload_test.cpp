#include "daemon/reload.hpp"

#include <dlfcn.h>
#include <pthread.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include <catch2/catch.hpp>

#include "support/daemon_world.hpp"
#include "support/notify_socket.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

std::atomic<bool> no_threads = false;

// Each set that is read has a number, as its queue's mails_max.
class ReloadWorld : public DaemonWorld {
 public:
    ReloadWorld() { ::setenv("NOTIFY_SOCKET", (folder / "notify").c_str(), 1); }
    ~ReloadWorld() { ::unsetenv("NOTIFY_SOCKET"); }
    ReloadWorld(const ReloadWorld&) = delete;
    ReloadWorld& operator=(const ReloadWorld&) = delete;

    /// So many reloads that are asked for at once; what they answered, in the order of asking.
    std::vector<Reload::Answer> run(int together = 1) {
        std::vector<std::optional<Reload::Answer>> answers(static_cast<std::size_t>(together));
        for (auto& answer : answers)
            asio::co_spawn(context, keep_result(reload.run(), answer), [](std::exception_ptr failure) {
                if (failure) std::rethrow_exception(failure);
            });
        context.restart();
        context.run();
        std::vector<Reload::Answer> all;
        for (auto& answer : answers) all.push_back(*std::move(answer));
        return all;
    }
    [[nodiscard]] std::size_t in_force() const { return snapshots.current()->settings.platform.queue.mails_max; }

    /// Puts on `happened` what systemd has heard since the last look.
    void heard() {
        const auto all = manager.heard();
        for (const auto* word : {"READY=1\n", "RELOADING=1\n"})  // a reload begins behind the end of another
            if (all.find(word, told_) != std::string::npos) happened.emplace_back(word, std::strlen(word) - 3);
        told_ = all.size();
    }

    NotifySocket manager{folder / "notify"};
    std::vector<std::string> happened;
    std::optional<std::vector<Error>> findings;
    std::function<void()> when_loaded;
    Reload reload{snapshots.current(),
                  {log, counters, [this] { return load(); }, [this](SnapshotPointer next) { return take(next); }}};

 private:
    // On a thread of its own, which ends before anything else happens.
    Result<SnapshotPointer, std::vector<Error>> load() {
        if (findings) return *findings;
        heard();
        happened.push_back("read " + std::to_string(++number_));
        auto next = settings;
        next.platform.queue.mails_max = number_;
        next.platform.templates = ILBUD_SOURCE_DIR "/templates";
        static const auto templates = load_templates(next);
        return std::make_shared<const Snapshot>(Snapshot{std::move(next), *templates, {}});
    }
    // Others get their turn in between.
    Task<std::vector<std::string>> take(SnapshotPointer next) {
        if (when_loaded) when_loaded();
        for (int turn = 0; turn < 100; ++turn) co_await asio::post(context, asio::use_awaitable);
        heard();
        happened.push_back("in force " + std::to_string(next->settings.platform.queue.mails_max));
        snapshots.swap(std::move(next));
        co_return std::vector<std::string>();
    }

    std::size_t number_ = 0;
    std::size_t told_ = 0;
};

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
    using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    static const auto create = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
    return no_threads ? EAGAIN : create(thread, attributes, run, argument);
}

TEST_CASE("Reload: what cannot be read leaves the old set in force, and says why") {
    ReloadWorld world;
    const auto before = world.snapshots.current();
    world.findings = {{"toml_syntax", "ilbud.toml:1:1", "expected a value"}};
    const auto answer = world.run().front();
    REQUIRE_FALSE(answer);
    CHECK(answer.error().front().code == "toml_syntax");
    CHECK(world.snapshots.current() == before);
    CHECK(world.counters.reloads_failed == 1);
    CHECK(world.logged("settings.refused"));
    CHECK(world.logged("settings.kept"));
    CHECK(world.manager.heard().find("RELOADING=1") == 0);
    CHECK(world.manager.heard().ends_with("READY=1\n"));
}

TEST_CASE("Reload: several at once are carried out one after the other, and systemd hears READY when each is in force") {
    ReloadWorld world;
    const auto answers = world.run(3);
    CHECK(std::all_of(answers.begin(), answers.end(), [](const auto& answer) { return answer.has_value(); }));
    world.heard();
    CHECK(world.happened == std::vector<std::string>{"RELOADING", "read 1", "in force 1", "READY", "RELOADING", "read 2",
                                                     "in force 2", "READY", "RELOADING", "read 3", "in force 3", "READY"});
    CHECK(world.in_force() == 3);
    CHECK(world.counters.reloads == 3);
}

TEST_CASE("Reload: without a thread to read on the old set stays, and the next reload works") {
    ReloadWorld world;
    const auto before = world.snapshots.current();
    no_threads = true;
    const auto refused = world.run().front();
    no_threads = false;
    REQUIRE_FALSE(refused);
    CHECK(refused.error().front().code == "load_failed");
    CHECK(world.snapshots.current() == before);
    CHECK(world.counters.reloads_failed == 1);
    CHECK(world.run().front().has_value());
    CHECK(world.in_force() == 1);
    CHECK(world.manager.heard().ends_with("READY=1\n"));
}

TEST_CASE("Reload: at the end of the daemon those that wait are refused, and systemd hears nothing more") {
    ReloadWorld world;
    world.when_loaded = [&] { world.reload.stop(); };
    const auto answers = world.run(2);
    CHECK(answers.front().has_value());
    REQUIRE_FALSE(answers.back());
    CHECK(answers.back().error().front().code == "stopping");
    world.heard();
    CHECK(world.happened == std::vector<std::string>{"RELOADING", "read 1", "in force 1"});
}
