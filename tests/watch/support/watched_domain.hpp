/// Keys to look for, answers that show them or not, and rules, for tests of the watch.
#pragma once
#include <string>

#include "ilbud/base/id.hpp"
#include "ilbud/watch/domain_state.hpp"

namespace ilbud::test {

inline const Time watch_start = *parse_time("2025-06-24T08:00:00Z");

/// A key record; `number` tells keys apart.
inline std::string key_record(int number) {
    return "v=DKIM1; k=ed25519; p=" + base64(std::string(31, 'k') + static_cast<char>(number));
}

inline std::string target(std::size_t i) {
    return i == ed25519_selector ? "ed.dkim.platform.example" : "s" + std::to_string(i + 1) + ".dkim.platform.example";
}

/// Slot 0 has key 1 and is preferred, slot 1 is idle.
inline ExpectedKeys some_keys() {
    ExpectedKeys keys;
    keys.selectors[0] = {"s1", target(0), key_print(key_record(1))};
    keys.selectors[1] = {"s2", target(1), ""};
    return keys;
}

inline WatchRules some_rules() {
    return {6h, false, 5min, 30min, 6h, 3};
}

inline DnsAnswer answer(DnsStatus status, std::vector<std::string> aliases = {}, std::vector<std::string> records = {}) {
    DnsAnswer out;
    out.status = status;
    out.aliases = std::move(aliases);
    out.records = std::move(records);
    out.ttl = 5min;
    if (status == DnsStatus::failed) out.failure = "SERVFAIL";
    return out;
}
inline DnsAnswer shows(std::size_t selector, int key) {
    return answer(DnsStatus::found, {target(selector)}, {key_record(key)});
}
inline DnsAnswer idle(std::size_t selector) {
    return answer(DnsStatus::no_name, {target(selector)});
}
inline DnsAnswer nothing() {
    return answer(DnsStatus::no_name);
}
inline DnsAnswer failed() {
    return answer(DnsStatus::failed);
}

/// A domain and its time, stepped by hand.
struct Watched {
    ExpectedKeys keys = some_keys();
    WatchRules rules = some_rules();
    Time now = watch_start;
    DomainState state = new_domain("avisen.dk", keys, rules, now);
    WatchNews news;

    Watched& look(DnsAnswer first, DnsAnswer second, std::optional<DnsAnswer> third = std::nullopt) {
        news = record_look(state, {std::move(first), std::move(second), std::move(third)}, keys, rules, now);
        return *this;
    }
    Watched& good() { return look(shows(0, 1), idle(1)); }
    Watched& later(Duration by) {
        now += by;
        return *this;
    }
    Watched& decide() {
        news = decide_again(state, keys, rules, now);
        return *this;
    }
    [[nodiscard]] bool own(int slot) const { return state.choice.by == SignedBy::own && state.choice.slot == slot; }
    [[nodiscard]] SignedBy by() const { return state.choice.by; }
};

}  // namespace ilbud::test
