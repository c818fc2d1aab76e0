// Domains are decided one by one, but for one thing: whether the platform's domain can sign for others. It is decided
// before them, and when a look changes the answer all of them are decided again.
// Deciding works on what is in memory and asks nobody, so nothing is spared: every reload and every change of keys goes
// through all domains.
#include "ilbud/watch/watched_domains.hpp"

#include <algorithm>

#include "ilbud/base/address.hpp"

namespace ilbud {
namespace {

// Of all kinds: how long mail from a domain may wait before it is given up.
Duration longest_wait(const DeliverySettings& delivery) {
    Duration longest{};
    for (const auto& policy : delivery.retry) longest = std::max(longest, policy.give_up_after);
    return longest;
}

// What a decision about one domain means for all of them together.
void merge(WatchedDomains::Change& change, const std::string& domain, const WatchNews& news) {
    if (news.choice_changed) {
        change.book = true;
        change.touched.push_back(domain);
    }
    if (news.may_go) change.may_go.push_back(domain);
}

}  // namespace

std::map<std::string, std::set<std::string>> domains_to_watch(const Settings& settings) {
    std::map<std::string, std::set<std::string>> domains;
    const auto& platform = settings.platform;
    if (!platform.domains.watch) return domains;
    // With servers of one's own, as in tests and trials, the names of RFC 2606 may well resolve.
    const bool public_dns = platform.dns.servers.empty();
    const auto add = [&](std::string_view domain) -> std::set<std::string>* {
        if (domain.empty() || (public_dns && is_reserved_domain(domain))) return nullptr;
        return &domains[std::string(domain)];
    };
    for (const auto& [id, unit] : settings.units)
        for (const auto* address : {&unit.invoice_email, &settings.customer_service_of(unit).support_email})
            if (auto* accounts = add(domain_of(*address))) accounts->insert(unit.account);
    // Of no account: they are watched, and nobody is told of them.
    add(platform.dkim.platform_domain);
    if (platform.notices.enabled) add(domain_of(platform.notices.from));
    return domains;
}

// As they were stored. Which of them are still wanted, and who signs, is the next apply()'s to say.
void WatchedDomains::restore(std::vector<DomainState> states) {
    for (auto& state : states) {
        auto name = state.domain;
        states_.insert_or_assign(std::move(name), std::move(state));
    }
}

// The platform's domain cannot stand in for itself.
WatchRules WatchedDomains::rules_for(const std::string& domain) const {
    auto rules = rules_;
    const bool able = domain != platform_domain_ && platform_can_sign();
    rules.platform_signs = able && platform_wanted_;
    if (able) rules.sign_twice = sign_twice_;
    return rules;
}

bool WatchedDomains::platform_can_sign() const {
    if (platform_domain_.empty()) return false;
    const auto own = states_.find(platform_domain_);
    return own == states_.end() || own->second.choice.by == SignedBy::own;  // not watched: nothing is known against it
}

// The platform's domain first: what is decided of it is part of the others' rules.
void WatchedDomains::decide_all(Change& change, Time now) {
    const auto decide = [&](const std::string& name, DomainState& state) {
        merge(change, name, decide_again(state, expected_, rules_for(name), now));
    };
    const auto platform = states_.find(platform_domain_);
    if (platform != states_.end()) decide(platform->first, platform->second);
    for (auto& [name, state] : states_)
        if (name != platform_domain_) decide(name, state);
}

WatchedDomains::Change WatchedDomains::apply(const Settings& settings, const KeysInForce& keys, Time now) {
    const auto& platform = settings.platform;
    keys_ = keys;
    expected_ = expected_keys(platform.dkim, keys);
    rules_ = {};
    rules_.grace = platform.domains.grace;
    rules_.look_soon = platform.domains.look_soon;
    rules_.look_min = platform.domains.look_min;
    rules_.look_max = platform.domains.look_max;
    rules_.good_looks = platform.dkim.rotation.looks;
    platform_domain_ = platform.dkim.platform_domain;
    platform_wanted_ = platform.domains.unsigned_mail == UnsignedMail::platform && !platform_domain_.empty();
    sign_twice_ = platform.dkim.sign_twice;
    watching_ = platform.domains.watch;
    waits_at_most_ = longest_wait(platform.delivery);
    Change change;
    // Always a new book: it holds the keys themselves, and those may be others although every choice is as before.
    change.book = true;
    // Unwatched, the states stay as they are, out of use: when the watch is switched on again they are better than
    // nothing.
    if (!watching_) return change;
    owners_ = domains_to_watch(settings);
    std::erase_if(states_, [&](const auto& entry) {  // in no DNS that is asked now
        const bool out = platform.dns.servers.empty() && is_reserved_domain(entry.first);
        if (out) change.gone.push_back(entry.first);
        return out;
    });
    for (auto& [name, state] : states_) {
        const bool wanted = owners_.contains(name);
        if (wanted == !state.removed_at) continue;
        // Not removed at once: mail from it may wait in the queue, and is to be signed as well as it would have been.
        state.removed_at = wanted ? std::nullopt : std::optional(now);
        change.touched.push_back(name);
        if (wanted) change.added.push_back(name);
    }
    for (const auto& [name, accounts] : owners_) {
        if (states_.contains(name)) continue;
        states_.emplace(name, new_domain(name, expected_, rules_for(name), now));
        change.added.push_back(name);
    }
    decide_all(change, now);
    return change;
}

WatchedDomains::News WatchedDomains::record(const std::string& domain, const DomainLook& look, Time now) {
    News news;
    const auto found = states_.find(domain);
    if (found == states_.end()) return news;
    // Asked before and after, since the look may be at the platform's own domain, and then others change who did nothing.
    const bool platform_could = platform_can_sign();
    news.domain = record_look(found->second, look, expected_, rules_for(domain), now);
    if (platform_can_sign() != platform_could) decide_all(news.others, now);
    return news;
}

// Each time a thing is stored, not by a timer: a domain that stays a while longer does no harm.
std::vector<std::string> WatchedDomains::forget_removed(Time now) {
    std::vector<std::string> gone;
    for (auto at = states_.begin(); at != states_.end();) {
        if (at->second.removed_at && now > *at->second.removed_at + waits_at_most_) {
            gone.push_back(at->first);
            at = states_.erase(at);
        } else {
            ++at;
        }
    }
    return gone;
}

SigningBookPointer WatchedDomains::book() const {
    PlatformSigner platform;
    if (!platform_domain_.empty()) {
        // Unless it is watched nothing is known against it: it has every key there is.
        platform = {platform_domain_, expected_.preferred, {{true, true}, true}};
        if (const auto own = states_.find(platform_domain_); watching_ && own != states_.end()) {
            const auto& choice = own->second.choice;
            if (choice.by == SignedBy::own)
                platform = {platform_domain_, choice.slot, choice.usable};
            else
                platform = {};
        }
        platform.always = sign_twice_ == SignTwice::always;
    }
    SigningChoices choices;
    if (watching_) {
        // Those that have been removed, too: mail from them may be on its way.
        choices.reserve(states_.size());
        for (const auto& [name, state] : states_) choices.emplace(name, state.choice);
    }
    return std::make_shared<const SigningBook>(keys_, std::move(choices), std::move(platform));
}

KeyCoverage WatchedDomains::coverage(std::size_t slot, std::size_t names_max) const {
    KeyCoverage coverage;
    if (watching_)
        for (const auto& [name, state] : states_) count_in(coverage, state, expected_, rules_, slot, names_max);
    return coverage;
}

DomainSort sort_of(const DomainState& state, const ExpectedKeys& keys) {
    if (state.choice.by == SignedBy::platform) return DomainSort::platform;
    if (state.choice.by == SignedBy::nobody) return DomainSort::waiting;
    const auto slot = static_cast<std::size_t>(state.choice.slot == 1 ? 1 : 0);
    // It signs for itself. How well, the selector that it signs with tells.
    if (state.selectors[slot].status == SelectorStatus::unknown) return DomainSort::unknown;
    if (state.selectors[slot].status != SelectorStatus::ours) return DomainSort::in_grace;
    return state.choice.slot == keys.preferred ? DomainSort::in_order : DomainSort::lagging;
}

std::array<std::size_t, words<DomainSort>.size()> WatchedDomains::sorts() const {
    std::array<std::size_t, words<DomainSort>.size()> counts{};
    if (watching_)
        for (const auto& [name, state] : states_) ++counts[static_cast<std::size_t>(sort_of(state, expected_))];
    return counts;
}

DomainState* WatchedDomains::find(const std::string& domain) {
    const auto found = states_.find(domain);
    return found == states_.end() || !watching_ ? nullptr : &found->second;
}

std::set<std::string> WatchedDomains::accounts(const std::string& domain) const {
    const auto owners = owners_.find(domain);
    return owners == owners_.end() ? std::set<std::string>{} : owners->second;
}

}  // namespace ilbud
