#include "delivery/relay_health.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

using Standing = RelayHealth::Standing;

Reply reply_at(Stage stage, int code, std::string text = {}) {
    Reply reply;
    reply.stage = stage;
    reply.code = code;
    reply.text = std::move(text);
    return reply;
}

struct Watched {
    bool decide(const Reply& reply) { return health.decided(settings, reply, find_cause(reply), false, now); }
    void fail(const Reply& reply) { health.failed(settings, reply, false, now); }
    [[nodiscard]] Standing standing() const { return health.standing(settings, false, now); }

    DeliverySettings settings;
    SteadyTime now{};
    RelayHealth health;
};

const Reply waits = reply_at(Stage::recipient, 451, "local error");
const Reply full = reply_at(Stage::recipient, 452, "mailbox full");
const Reply taken = reply_at(Stage::final_dot, 250);

}  // namespace

TEST_CASE("relay health: a relay that is well is left after several refusals in a row, whatever they are called") {
    Watched relay;
    for (std::size_t i = 1; i < relay.settings.relay_refusals; ++i) CHECK_FALSE(relay.decide(waits));
    CHECK_FALSE(relay.decide(taken));
    for (std::size_t i = 1; i < relay.settings.relay_refusals; ++i) CHECK_FALSE(relay.decide(waits));
    CHECK(relay.decide(waits));
}

TEST_CASE(
    "relay health: on trial one mail that it does not take is enough, but for one that is refused for its recipient's sake") {
    Watched relay;
    relay.fail(waits);
    CHECK(relay.standing() == Standing::paused);
    relay.now += relay.settings.relay_pause;
    CHECK(relay.standing() == Standing::due);
    relay.health.reached();
    CHECK(relay.standing() == Standing::trial);
    CHECK_FALSE(relay.decide(full));
    CHECK(relay.decide(waits));
    CHECK_FALSE(relay.decide(taken));
    CHECK(relay.health.well());
    CHECK(relay.standing() == Standing::up);
}
