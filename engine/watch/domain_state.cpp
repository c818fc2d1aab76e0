// Three small questions after each other: what does a selector show (selector_content.hpp), how does that stand to the
// key in force (standing), and who signs because of it (choose). conclude() puts the answers into the state and compares
// them with what was there, so that a look and a change of keys go the same way.
// The present is the last good look, not the clock. A DNS that does not answer, or a daemon that was away for a week,
// lets no grace time run out.
#include "ilbud/watch/domain_state.hpp"

#include <algorithm>

#include "ilbud/dns/mail_records.hpp"
#include "selector_content.hpp"
#include "varied_wait.hpp"

namespace ilbud {
namespace {

// Of one selector. `unknown`: no look ever brought an answer. `missing`: no key is in force here, or it was never seen,
// or it has been gone for longer than the grace time.
enum class Standing { seen, grace, unknown, missing };

std::size_t preferred_slot(const ExpectedKeys& keys) {
    return keys.preferred == 1 ? 1 : 0;
}

// The grace time is for the customer who moves a zone and loses the CNAME on the way: receivers that have the key in a
// cache still check the signature, and mail keeps its own name meanwhile.
Standing standing(const SelectorState& state, const ExpectedKey& expected, const WatchRules& rules) {
    if (expected.key.empty()) return Standing::missing;
    if (state.status == SelectorStatus::unknown) return Standing::unknown;
    if (state.key == expected.key) return Standing::seen;
    const bool had_it = state.good_key == expected.key && state.gone_since;
    return had_it && state.looked_at < *state.gone_since + rules.grace ? Standing::grace : Standing::missing;
}

// The order of the header's list.
// A key that is seen comes before one in grace, also where the preferred one is in grace: the other can be checked for
// certain.
SigningChoice choose(const DomainState& state, const ExpectedKeys& keys, const WatchRules& rules) {
    const auto at = [&](std::size_t i) { return standing(state.selectors[i], keys.selectors[i], rules); };
    const std::array<Standing, 2> slots{at(0), at(1)};
    const auto preferred = preferred_slot(keys);
    SigningChoice choice;
    // Of mails that were signed earlier and wait: they need not be signed anew unless something speaks against their key.
    for (std::size_t i = 0; i < slots.size(); ++i) choice.usable.slots[i] = slots[i] != Standing::missing;
    const auto own = [&](std::size_t slot) {
        choice.by = SignedBy::own;
        choice.slot = static_cast<int>(slot);
        const auto second = at(ed25519_selector);
        // Without a look at either, both count as the settings have them. Once the first is known, the second must be
        // seen.
        choice.usable.ed25519 = second == Standing::seen || (second == Standing::unknown && slots[slot] == Standing::unknown);
        choice.twice =
            rules.sign_twice == SignTwice::always || (rules.sign_twice == SignTwice::grace && slots[slot] == Standing::grace);
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

// For people. What was found is a stranger's text of 200 bytes at most: whoever shows it escapes it.
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
        // Not yet looked at is no problem; asked for and not answered is one.
        if (fine || (seen.status == SelectorStatus::unknown && state.failures == 0)) continue;
        if (!out.empty()) out += "; ";
        out += describe(seen, expected, state.domain);
    }
    return out;
}

// Stops doubling at `most`, so that a domain that fails for a year does not overflow.
Duration doubled(Duration wait, int times, Duration most) {
    for (; times > 0 && wait < most; --times) wait *= 2;
    return std::min(wait, most);
}

// How long until it is worth asking this selector again.
// Settled, the TTL says it, within look_min and look_max. Else somebody may be at the zone right now, or not for months:
// the wait doubles from look_soon to look_min. A key of ours that was not seen often enough yet keeps to look_soon; more
// than its TTL need not pass between looks that count.
Duration wait_for(const SelectorState& seen, const ExpectedKey& expected, std::string_view domain, const WatchRules& rules) {
    const bool settled = expected.key.empty() ? in_place(seen, expected, domain)
                                              : seen.status == SelectorStatus::ours && seen.streak >= rules.good_looks;
    if (settled) return std::clamp(seen.ttl, rules.look_min, rules.look_max);
    const auto soon = doubled(rules.look_soon, seen.status == SelectorStatus::ours ? 0 : seen.streak - 1, rules.look_min);
    return std::clamp(seen.ttl, soon, rules.look_min);
}

Time next_look(const DomainState& state, const ExpectedKeys& keys, const WatchRules& rules, Time now) {
    // A look that failed has no TTL to go by, even where it answered in part.
    if (state.failures > 0)
        return now + varied_wait(doubled(rules.look_soon, state.failures - 1, rules.look_min), state.domain, now);
    Duration wait = rules.look_max;
    for (std::size_t i = 0; i < watched_selectors; ++i)
        if (!keys.selectors[i].selector.empty())
            wait = std::min(wait, wait_for(state.selectors[i], keys.selectors[i], state.domain, rules));
    auto next = now + varied_wait(wait, state.domain, now);
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
    if (choice.by != state.choice.by || choice.slot != state.choice.slot || choice.twice != state.choice.twice) state.since = now;
    state.choice = std::move(choice);
    // Of the two slots. The Ed25519 key is an addition: without it mail is signed all the same, and nobody is told.
    const auto stands = [&](Standing wanted) {
        return std::any_of(keys.selectors.begin(), keys.selectors.begin() + ed25519_selector, [&](const ExpectedKey& expected) {
            const auto i = static_cast<std::size_t>(&expected - keys.selectors.data());
            return standing(state.selectors[i], expected, rules) == wanted;
        });
    };
    // Both news come with every look while they hold, until the caller has changed `told`: one that was lost to a crash
    // comes again.
    if (stands(Standing::seen)) {
        state.trouble_since.reset();
        news.fixed = !state.told.empty();
    } else if (state.selectors[preferred_slot(keys)].status != SelectorStatus::unknown) {
        const auto looked_at = state.selectors[preferred_slot(keys)].looked_at;
        // One that lies ahead is of a clock that was set back since.
        if (!state.trouble_since || looked_at < *state.trouble_since) state.trouble_since = looked_at;
        const bool over = state.choice.by != SignedBy::own && looked_at >= *state.trouble_since + rules.grace;
        news.broken = over || (stands(Standing::grace) && state.choice.twice);
    }
    return news;
}

// A look within the TTL of the one that counted was answered by a cache. It neither adds to the streak nor breaks it.
void record_content(SelectorState& state, const ExpectedKey& expected, const SelectorContent& content, Time now) {
    const bool same = state.status != SelectorStatus::unknown && state.key == content.key && state.aliased == content.aliased &&
                      state.found == content.found;
    if (!same) {
        state.streak = 1;
        state.counted_at = now;
    } else if (now >= state.counted_at + state.ttl || now < state.counted_at) {
        // Bounded far above any number of looks that the settings allow.
        state.streak = std::min(state.streak + 1, 1000);
        state.counted_at = now;
    }
    state.aliased = content.aliased;
    state.key = content.key;
    state.found = content.found;
    state.looked_at = now;
    state.ttl = content.ttl;
    state.status = status_of(content, expected);
    // It outlives the key that it was: after a key change a domain that still shows the old one shows what was good here.
    if (!expected.key.empty() && state.key == expected.key) state.good_key = state.key;
    if (state.key == state.good_key)
        state.gone_since.reset();
    else if (!state.gone_since || *state.gone_since > now)
        state.gone_since = now;
}

}  // namespace

// A slot out of force keeps its selector: the customer's CNAME must stand there before a key is put behind it (R27).
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

// Nothing is known, so it signs by its own name at once: mail does not wait for the first look.
DomainState new_domain(std::string domain, const ExpectedKeys& keys, const WatchRules& rules, Time now) {
    DomainState state;
    state.domain = std::move(domain);
    state.choice = choose(state, keys, rules);
    state.since = now;
    state.next_look = now;
    return state;
}

// Selector by selector: one whose question failed keeps what it showed (S43), while the others move on.
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

// What was seen stays; only how it stands to what is expected is worked out anew. No look, so no streak and no time
// moves.
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

// Where every CNAME is there and the mail is not signed all the same, the whole list is what people compare with their
// zone.
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

// `missing` also names domains without the CNAME. They are not among `domains`, so that no key change waits for them.
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
    if (selector.aliased || here) ++coverage.domains;
    if (here) ++(selector.streak >= rules.good_looks ? coverage.seen : coverage.seen_briefly);
    // Who shows it, though not for long enough yet, has nothing to publish.
    if (!here && coverage.missing.size() < names_max) coverage.missing.push_back(state.domain);
}

bool is_reserved_domain(std::string_view domain) {
    constexpr std::array<std::string_view, 7> reserved{"example",     "test",        "invalid",    "localhost",
                                                       "example.com", "example.net", "example.org"};
    return std::any_of(reserved.begin(), reserved.end(), [&](std::string_view name) {
        // Whole labels only: myexample.com is a domain like any other.
        return domain == name ||
               (domain.size() > name.size() && domain.ends_with(name) && domain[domain.size() - name.size() - 1] == '.');
    });
}

}  // namespace ilbud
