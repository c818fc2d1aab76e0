#include "machine_load.hpp"

#include <catch2/catch.hpp>

namespace ilbud::bench {

TEST_CASE("parse_machine_cpu: adds up programs, and all with idle time; guests are not counted twice") {
    const auto cpu = parse_machine_cpu("cpu  300 100 200 5000 40 7 3 50 60 10\ncpu0 1 1 1 1 1 1 1 1 1 1\n", 100);
    CHECK(cpu.processes == Approx(6));
    CHECK(cpu.stolen == Approx(0.5));
    CHECK(cpu.all == Approx(57));
}

TEST_CASE("parse_machine_cpu: another text gives zeros") {
    for (const auto* text : {"", "cpu", "cpu0 1 2 3 4 5 6 7 8", "cpu 1 2 3 4 5 6 7", "cpu 1 2 three 4 5 6 7 8"})
        CHECK(parse_machine_cpu(text, 100).all == 0);
}

TEST_CASE("others_load: what programs used beyond ours, and what the host took, as shares of the machine") {
    const MachineCpu before{.processes = 10, .stolen = 1, .all = 100};
    const MachineCpu after{.processes = 17, .stolen = 2, .all = 120};
    const auto load = others_load(before, after, 4);
    CHECK(load.processes == Approx(0.15));
    CHECK(load.stolen == Approx(0.05));
}

TEST_CASE("others_load: never negative where ticks are coarse, and none in no time") {
    CHECK(others_load({1, 0, 10}, {2, 0, 12}, 1.01).processes == 0);
    CHECK(others_load({1, 0, 10}, {1, 0, 10}, 0).processes == 0);
    CHECK(others_load({}, {}, 1).stolen == 0);
}

TEST_CASE("machine_cpu: this machine has run for a while") {
    CHECK(machine_cpu().all > 0);
}

}  // namespace ilbud::bench
