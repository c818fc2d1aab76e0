/// The shelves of a queue.
#pragma once
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

}  // namespace ilbud::test
