/// The shelves of a queue.
#pragma once
#include <thread>

#include "contract/queue_rig.hpp"

namespace ilbud::test {

using Shelf = QueueRig::Shelf;

TEST_CASE("shelf: what was put there is read back by name, also after a restart and by a reader") {
    QueueRig rig;
    const Shelf rows{{"b", R"({"stage":"idle"})"}, {"a", "1"}, {"B", "\xc3\xa6"}};
    const Shelf by_name{rows[2], rows[1], rows[0]};
    CHECK(rig.shelf("dkim").empty());
    rig.put_on_shelf("dkim", rows);
    CHECK(rig.shelf("dkim") == by_name);
    auto reader = rig.adapter.reader();
    REQUIRE(reader);
    CHECK((*reader)->shelf("dkim") == by_name);
    CHECK((*reader)->shelf("other").empty());
    rig.reopen();
    CHECK(rig.shelf("dkim") == by_name);
}

TEST_CASE("put_on_shelf: a row goes over the one of its name, an empty value removes it, other shelves and rows stay") {
    QueueRig rig;
    rig.put_on_shelf("dkim", {{"a", "1"}, {"b", "2"}});
    rig.put_on_shelf("domains", {{"a", "other"}});
    rig.put_on_shelf("dkim", {{"a", "3"}, {"b", ""}, {"c", "4"}, {"never there", ""}});
    CHECK(rig.shelf("dkim") == Shelf{{"a", "3"}, {"c", "4"}});
    CHECK(rig.shelf("domains") == Shelf{{"a", "other"}});
    rig.put_on_shelf("dkim", {});
    CHECK(rig.shelf("dkim").size() == 2);
}

TEST_CASE("S28: names and values of a shelf are data, whatever stands in them") {
    QueueRig rig;
    const std::string name = "'; DROP TABLE shelf; --", shelf = "x' OR '1'='1";
    rig.put_on_shelf(shelf, {{name, name}});
    CHECK(rig.shelf(shelf) == Shelf{{name, name}});
    CHECK(rig.shelf("x").empty());
}

TEST_CASE("shelf: ten thousand rows at once") {
    QueueRig rig;
    Shelf rows;
    for (int i = 10'000; i < 20'000; ++i) rows.push_back({std::to_string(i) + ".example", std::string(300, 'x')});
    rig.put_on_shelf("domains", rows);
    CHECK(rig.shelf("domains") == rows);
}

TEST_CASE("shelf: a write that says which version it replaces happens only to that one") {
    QueueRig rig;
    const auto write = [&](std::string value, std::optional<std::int64_t> replaces) {
        return rig.put({{"keys", "a", std::move(value), replaces}});
    };
    CHECK_FALSE(write("1", 7));
    CHECK(write("1", 0));
    CHECK_FALSE(write("2", 0));
    const auto version = rig.shelf("keys").at(0).version;
    CHECK(write("2", version));
    CHECK_FALSE(write("3", version));
    CHECK(rig.shelf("keys") == QueueRig::Shelf{{"a", "2"}});
    CHECK(write("", std::nullopt));
    CHECK(write("again", 0));
    CHECK(rig.shelf("keys").at(0).version > version + 1);
}

TEST_CASE("shelf: of several writes all happen or none") {
    QueueRig rig;
    CHECK(rig.put({{"x", "a", "1"}, {"y", "b", "1"}}));
    CHECK_FALSE(rig.put({{"x", "a", "2"}, {"y", "b", "2", 999}}));
    CHECK(rig.shelf("x") == QueueRig::Shelf{{"a", "1"}});
}

TEST_CASE("shelf: an accept and a settlement carry rows, in the same commit") {
    QueueRig rig;
    const auto accept = [&](const std::string& id, std::optional<std::int64_t> replaces) {
        std::vector<Entry> entries;
        entries.push_back(entry_of({.id = id}, rig.clock.now()));
        return run_task(rig.context, rig.queue->accept(std::move(entries), {{"cursor", "source", id, replaces}})).at(0);
    };
    CHECK(accept("e1", 0).status == Accepted::Status::accepted);
    CHECK(rig.shelf("cursor") == QueueRig::Shelf{{"source", "e1"}});
    const auto refused = accept("e2", 0);
    CHECK(refused.status == Accepted::Status::busy);
    CHECK(refused.busy_reason == "shelf_changed");
    CHECK(rig.counts().events == 1);
    CHECK(rig.shelf("cursor") == QueueRig::Shelf{{"source", "e1"}});
    const auto lease = rig.lease().at(0);
    run_task(rig.context, rig.queue->settle({rig.ended(lease)}, {{"audit", "1", "done"}}));
    CHECK(rig.shelf("audit") == QueueRig::Shelf{{"1", "done"}});
    CHECK(rig.count(MailState::delivered) == 1);
}

TEST_CASE("shelf: rows that come with events which find the queue full are not stored") {
    QueueSettings settings;
    settings.mails_max = 1;
    QueueRig rig(settings);
    rig.accept({.id = "e1"});
    std::vector<Entry> entries;
    entries.push_back(entry_of({.id = "e2"}, rig.clock.now()));
    const auto answer = run_task(rig.context, rig.queue->accept(std::move(entries), {{"cursor", "source", "e2"}})).at(0);
    CHECK(answer.busy_reason == "queue_full");
    CHECK(rig.shelf("cursor").empty());
}

TEST_CASE("duty: one holder at a time, who may take it again; the next one's number is greater") {
    QueueRig rig;
    const auto take = [&](const std::string& holder, Duration hold = 1h) {
        return run_task(rig.context, rig.store->shelf().take_duty("watch", holder, hold));
    };
    const auto first = take("a");
    REQUIRE(first);
    CHECK_FALSE(take("b"));
    const auto again = take("a", 1ms);
    REQUIRE(again);
    CHECK(again->fence == first->fence);
    std::this_thread::sleep_for(5ms);
    const auto other = take("b");
    REQUIRE(other);
    CHECK(other->fence > first->fence);
    CHECK_FALSE(take("a"));
    CHECK(run_task(rig.context, rig.store->shelf().take_duty("prune", "a", 1h)));
    rig.reopen();
    const auto anew = take("c");
    REQUIRE(anew);
    CHECK(anew->fence > other->fence);
}

}  // namespace ilbud::test
