/// All watched domains together: which there are, what is known of each, and the signing book that follows from it.
///
/// In    the settings, the keys in force, looks at domains
/// Out   states, the signing book, how far each slot's key has come
/// Pure  the time is a parameter
/// See   DOMAIN R26 (which domains), R27, R30; domain_state.hpp for one domain
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ilbud/settings/settings.hpp"
#include "ilbud/watch/domain_state.hpp"

namespace ilbud {

/// The domains of all units' invoice addresses and of their customer services' support addresses, with the accounts they belong to.
/// Those that cannot be watched (is_reserved_domain, while dns.servers names no server) are left out, as is every one while
/// domains.watch is off. The platform's own domain, and that of its notices, belong to no account.
[[nodiscard]] std::map<std::string, std::set<std::string>> domains_to_watch(const Settings& settings);

/// Sorts of domains, for counting: each domain is of one.
enum class DomainSort : std::uint8_t {
    in_order,  ///< signs with the preferred key, which is seen
    lagging,   ///< signs with the other slot's key
    in_grace,  ///< signs with a key that is gone
    unknown,   ///< signs as the settings say: no look ever brought an answer
    platform,  ///< signed by the platform's domain
    waiting,   ///< its mail waits
};
template <>
inline constexpr std::array<std::string_view, 6> words<DomainSort>{"in_order", "lagging",  "in_grace",
                                                                   "unknown",  "platform", "waiting"};

class WatchedDomains {
 public:
    /// What was known when the process ended. apply() decides which of them are still watched.
    void restore(std::vector<DomainState> states);

    struct Change {
        std::vector<std::string> touched;  ///< states that differ from before: to be stored
        std::vector<std::string> added;    ///< to be looked at for the first time, or again
        std::vector<std::string> gone;     ///< no longer watched
        std::vector<std::string> may_go;   ///< domains whose mail waited and can leave
        bool book = false;                 ///< book() is another one now
    };
    /// New settings or keys. Domains that the settings no longer name are watched on while mail from them may wait.
    Change apply(const Settings& settings, const KeysInForce& keys, Time now);

    struct News {
        WatchNews domain;
        Change others;  ///< the platform's domain changes what signs for others
    };
    /// A look at a watched domain.
    News record(const std::string& domain, const DomainLook& look, Time now);
    /// Removes what nobody mails from any more; the names that went.
    std::vector<std::string> forget_removed(Time now);

    [[nodiscard]] bool watching() const { return watching_; }
    [[nodiscard]] SigningBookPointer book() const;
    /// How far a slot's key has come.
    [[nodiscard]] KeyCoverage coverage(std::size_t slot, std::size_t names_max) const;
    [[nodiscard]] std::array<std::size_t, words<DomainSort>.size()> sorts() const;
    /// Null if it is not watched.
    [[nodiscard]] DomainState* find(const std::string& domain);
    /// The accounts that `domain` belongs to.
    [[nodiscard]] std::set<std::string> accounts(const std::string& domain) const;
    [[nodiscard]] const std::map<std::string, DomainState>& states() const { return states_; }
    [[nodiscard]] const ExpectedKeys& expected() const { return expected_; }

 private:
    [[nodiscard]] WatchRules rules_for(const std::string& domain) const;
    [[nodiscard]] bool platform_can_sign() const;
    void decide_all(Change& change, Time now);

    std::map<std::string, DomainState> states_;
    std::map<std::string, std::set<std::string>> owners_;
    KeysInForce keys_;
    ExpectedKeys expected_;
    WatchRules rules_;
    std::string platform_domain_;
    bool platform_wanted_ = false;
    SignTwice sign_twice_ = SignTwice::never;
    bool watching_ = false;
    Duration waits_at_most_{};
};

[[nodiscard]] DomainSort sort_of(const DomainState& state, const ExpectedKeys& keys);

}  // namespace ilbud
