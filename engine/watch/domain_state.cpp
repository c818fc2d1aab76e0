#include "ilbud/watch/domain_state.hpp"

#include <algorithm>

#include "ilbud/base/id.hpp"
#include "ilbud/dns/mail_records.hpp"
#include "selector_content.hpp"

namespace ilbud {
namespace {

constexpr double jitter = 0.1;

enum class Standing { seen, grace, unknown, missing };

std::size_t preferred_slot(const ExpectedKeys& keys) {
    return keys.preferred == 1 ? 1 : 0;
}

Standing standing(const SelectorState& state, const ExpectedKey& expected, const WatchRules& rules) {
    if (expected.key.empty()) return Standing::missing;
    if (state.status == SelectorStatus::unknown) return Standing::unknown;
    if (state.key == expected.key) return Standing::seen;
    const bool had_it = state.good_key == expected.key && state.gone_since;
    return had_it && state.looked_at < *state.gone_since + rules.grace ? Standing::grace : Standing::missing;
}

// The order of the header's list.
SigningChoice choose(const DomainState& state, const ExpectedKeys& keys, const WatchRules& rules) {
    const auto at = [&](std::size_t i) { return standing(state.selectors[i], keys.selectors[i], rules); };
    const std::array<Standing, 2> slots{at(0), at(1)};
    const auto preferred = preferred_slot(keys);
    SigningChoice choice;
    for (std::size_t i = 0; i < slots.size(); ++i) choice.usable.slots[i] = slots[i] != Standing::missing;
    const auto own = [&](std::size_t slot) {
        choice.by = SignedBy::own;
        choice.slot = static_cast<int>(slot);
        const auto second = at(ed25519_selector);
        choice.usable.ed25519 = second == Standing::seen || (second == Standing::unknown && slots[slot] == Standing::unknown);
        return choice;
    };
    for (const auto wanted : {Standing::seen, Standing::grace})
        for (const auto slot : {preferred, 1 - preferred})
            if (slots[slot] == wanted) return own(slot);
    if (slots[preferred] == Standing::unknown) return own(preferred);
    choice.usable.ed25519 = at(ed25519_selector) == Standing::seen;
    choice.by = rules.platform_signs ? SignedBy::platform : SignedBy::nobody;
    return choice;
}

// Its CNAME is there, or it is itself the name that others' CNAMEs lead to.
bool in_place(const SelectorState& state, const ExpectedKey& expected, std::string_view domain) {
    return state.aliased || selector_name(expected, domain) == expected.target;
}

std::string describe(const SelectorState& state, const ExpectedKey& expected, std::string_view domain) {
    const auto name = selector_name(expected, domain);
    switch (state.status) {
        case SelectorStatus::unknown:
            return name + " could not be looked up";
        case SelectorStatus::absent:
            return "there is no CNAME at " + name;
        case SelectorStatus::elsewhere:
            return name + " leads to " + state.found + " instead of " + expected.target;
        case SelectorStatus::empty:
            return name + " has no key at " + expected.target;
        case SelectorStatus::foreign:
            return name + " shows another key than ours";
        case SelectorStatus::ours:
            break;
    }
    return {};
}

std::string problem_of(const DomainState& state, const ExpectedKeys& keys, const WatchRules& rules) {
    std::string out;
    for (std::size_t i = 0; i < watched_selectors; ++i) {
        const auto& expected = keys.selectors[i];
        const auto& seen = state.selectors[i];
        if (expected.selector.empty()) continue;
        // Behind an idle slot there is no key; its CNAME must be there all the same, or keys cannot be changed.
        const bool fine =
            expected.key.empty() ? in_place(seen, expected, state.domain) : standing(seen, expected, rules) == Standing::seen;
        if (fine || (seen.status == SelectorStatus::unknown && state.failures == 0)) continue;
        if (!out.empty()) out += "; ";
        out += describe(seen, expected, state.domain);
    }
    return out;
}

// Up to a tenth longer, by the domain and the moment, so that domains that were looked at together drift apart.
Duration varied(Duration wait, std::string_view domain, Time now) {
    const auto seed = sha256(std::string(domain) + '\n' + std::to_string(now.time_since_epoch().count()));
    const auto share = static_cast<double>(seed[0] << 8U | seed[1]) / 65535.0;  // 0 … 1
    return Duration(static_cast<Duration::rep>(static_cast<double>(wait.count()) * (1.0 + jitter * share)));
}

Duration doubled(Duration wait, int times, Duration most) {
    for (; times > 0 && wait < most; --times) wait *= 2;
    return std::min(wait, most);
}

// How long until it is worth asking this selector again.
Duration wait_for(const SelectorState& seen, const ExpectedKey& expected, std::string_view domain, const WatchRules& rules) {
    const bool settled = expected.key.empty() ? in_place(seen, expected, domain)
                                              : seen.status == SelectorStatus::ours && seen.streak >= rules.good_looks;
    if (settled) return std::clamp(seen.ttl, rules.look_min, rules.look_max);
    const auto soon = doubled(rules.look_soon, seen.status == SelectorStatus::ours ? 0 : seen.streak - 1, rules.look_min);
    return std::clamp(seen.ttl, soon, rules.look_min);
}

Time next_look(const DomainState& state, const ExpectedKeys& keys, const WatchRules& rules, Time now) {
    if (state.failures > 0) return now + varied(doubled(rules.look_soon, state.failures - 1, rules.look_min), state.domain, now);
    Duration wait = rules.look_max;
    for (std::size_t i = 0; i < watched_selectors; ++i)
        if (!keys.selectors[i].selector.empty())
            wait = std::min(wait, wait_for(state.selectors[i], keys.selectors[i], state.domain, rules));
    auto next = now + varied(wait, state.domain, now);
    // The end of a grace time is decided by a look.
    for (std::size_t i = 0; i < ed25519_selector; ++i)
        if (standing(state.selectors[i], keys.selectors[i], rules) == Standing::grace)
            next = std::min(next, *state.selectors[i].gone_since + rules.grace);
    return std::max(next, now);
}

// The rest of the state follows from what is seen.
WatchNews conclude(DomainState& state, const ExpectedKeys& keys, const WatchRules& rules, Time now) {
    WatchNews news;
    auto choice = choose(state, keys, rules);
    state.problem = problem_of(state, keys, rules);
    if (choice.by == SignedBy::nobody) choice.reason = state.problem;
    news.choice_changed = choice != state.choice;
    news.may_go = state.choice.by == SignedBy::nobody && choice.by != SignedBy::nobody;
    if (choice.by != state.choice.by || choice.slot != state.choice.slot) state.since = now;
    state.choice = std::move(choice);
    const auto stands = [&](Standing wanted) {
        return std::any_of(keys.selectors.begin(), keys.selectors.begin() + ed25519_selector, [&](const ExpectedKey& expected) {
            const auto i = static_cast<std::size_t>(&expected - keys.selectors.data());
            return standing(state.selectors[i], expected, rules) == wanted;
        });
    };
    if (stands(Standing::seen)) {
        state.trouble_since.reset();
        news.fixed = !state.told.empty();
    } else if (state.selectors[preferred_slot(keys)].status != SelectorStatus::unknown) {
        const auto looked_at = state.selectors[preferred_slot(keys)].looked_at;
        if (!state.trouble_since || looked_at < *state.trouble_since) state.trouble_since = looked_at;
        news.broken = state.choice.by != SignedBy::own && looked_at >= *state.trouble_since + rules.grace;
    }
    return news;
}

void record_content(SelectorState& state, const ExpectedKey& expected, const SelectorContent& content, Time now) {
    const bool same = state.status != SelectorStatus::unknown && state.key == content.key && state.aliased == content.aliased &&
                      state.found == content.found;
    if (!same) {
        state.streak = 1;
        state.counted_at = now;
    } else if (now >= state.counted_at + state.ttl || now < state.counted_at) {
        state.streak = std::min(state.streak + 1, 1000);
        state.counted_at = now;
    }
    state.aliased = content.aliased;
    state.key = content.key;
    state.found = content.found;
    state.looked_at = now;
    state.ttl = content.ttl;
    state.status = status_of(content, expected);
    if (!expected.key.empty() && state.key == expected.key) state.good_key = state.key;
    if (state.key == state.good_key)
        state.gone_since.reset();
    else if (!state.gone_since || *state.gone_since > now)
        state.gone_since = now;
}

}  // namespace

ExpectedKeys expected_keys(const DkimSettings& dkim, const KeysInForce& keys) {
    ExpectedKeys expected;
    const auto set = [&](std::size_t i, const DkimSelector& selector, const std::optional<SigningKey>& key) {
        expected.selectors[i] = {selector.name, selector.target, key ? key_print(key->dns_record()) : std::string()};
    };
    for (std::size_t slot = 0; slot < keys.slots.size(); ++slot) set(slot, dkim.selectors[slot], keys.slots[slot]);
    if (dkim.ed25519) set(ed25519_selector, *dkim.ed25519, keys.ed25519);
    expected.preferred = keys.preferred;
    return expected;
}

DomainState new_domain(std::string domain, const ExpectedKeys& keys, const WatchRules& rules, Time now) {
    DomainState state;
    state.domain = std::move(domain);
    state.choice = choose(state, keys, rules);
    state.since = now;
    state.next_look = now;
    return state;
}

WatchNews record_look(DomainState& state, const DomainLook& look, const ExpectedKeys& keys, const WatchRules& rules, Time now) {
    state.failure.clear();
    for (std::size_t i = 0; i < watched_selectors; ++i) {
        if (!look[i]) continue;
        const auto content = read_selector(*look[i], keys.selectors[i].target);
        if (content)
            record_content(state.selectors[i], keys.selectors[i], *content, now);
        else
            state.failure = look[i]->failure.empty() ? "no answer" : look[i]->failure.substr(0, 200);
    }
    state.failures = state.failure.empty() ? 0 : state.failures + 1;
    const auto news = conclude(state, keys, rules, now);
    state.next_look = next_look(state, keys, rules, now);
    return news;
}

WatchNews decide_again(DomainState& state, const ExpectedKeys& keys, const WatchRules& rules, Time now) {
    for (std::size_t i = 0; i < watched_selectors; ++i) {
        auto& selector = state.selectors[i];
        if (selector.status != SelectorStatus::unknown)
            selector.status = status_of({selector.aliased, selector.key, selector.found, selector.ttl}, keys.selectors[i]);
    }
    return conclude(state, keys, rules, now);
}

std::string selector_name(const ExpectedKey& key, std::string_view domain) {
    return key.selector + "._domainkey." + std::string(domain);
}

std::string records_to_publish(const DomainState& state, const ExpectedKeys& keys) {
    std::string missing, all;
    for (std::size_t i = 0; i < watched_selectors; ++i) {
        const auto& expected = keys.selectors[i];
        if (expected.selector.empty()) continue;
        const auto line = selector_name(expected, state.domain) + ". IN CNAME " + expected.target + ".\n";
        all += line;
        if (!in_place(state.selectors[i], expected, state.domain)) missing += line;
    }
    return missing.empty() ? all : missing;
}

void count_in(KeyCoverage& coverage, const DomainState& state, const ExpectedKeys& keys, const WatchRules& rules,
              std::size_t slot, std::size_t names_max) {
    const auto& selector = state.selectors[slot];
    const auto& expected = keys.selectors[slot];
    if (state.choice.by == SignedBy::own && state.choice.slot == static_cast<int>(slot)) {
        ++coverage.signs;
        if (coverage.signers.size() < names_max) coverage.signers.push_back(state.domain);
    }
    if (state.removed_at) return;
    const bool here = !expected.key.empty() && selector.key == expected.key;
    const bool seen = here && selector.streak >= rules.good_looks;
    if (selector.aliased || here) ++coverage.domains;
    if (seen) ++coverage.seen;
    if (!seen && coverage.missing.size() < names_max) coverage.missing.push_back(state.domain);
}

bool is_reserved_domain(std::string_view domain) {
    constexpr std::array<std::string_view, 7> reserved{"example",     "test",        "invalid",    "localhost",
                                                       "example.com", "example.net", "example.org"};
    return std::any_of(reserved.begin(), reserved.end(), [&](std::string_view name) {
        return domain == name ||
               (domain.size() > name.size() && domain.ends_with(name) && domain[domain.size() - name.size() - 1] == '.');
    });
}

}  // namespace ilbud
