/// Addresses that get no more mail from an account (R7).
///
/// In    who, from whom, why, on what evidence
/// Out   what is stored
/// Durable  when add() or remove() return. Throws as Queue does, also while the store cannot write
/// See   DOMAIN R7
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/task.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/settings/kinds.hpp"

namespace ilbud {

/// Who said so. The numbers are stored, and so never change.
enum class SuppressionSource : std::uint8_t {
    reply = 0,   ///< a relay's or receiver's answer while a mail was sent
    report = 1,  ///< a report that came later: a bounce, a complaint
    hand = 2
};
template <>
inline constexpr std::array<std::string_view, 3> words<SuppressionSource>{"reply", "report", "hand"};
static_assert(from_word<SuppressionSource>("reply") == SuppressionSource{0} &&
              from_word<SuppressionSource>("report") == SuppressionSource{1} &&
              from_word<SuppressionSource>("hand") == SuppressionSource{2});

/// Why an address is suppressed whose owner complained (pressed "this is spam"); such rows are counted as complaints.
inline constexpr std::string_view complaint_reason = "complaint";

struct Suppression {
    std::string account, address, reason;
    Time since{};
    std::string kinds{};  ///< a suppression_group; empty: all kinds
    SuppressionSource source = SuppressionSource::hand;
    std::string relay{};     ///< whose word it was; empty: nobody's
    std::string evidence{};  ///< the reply's text, or where the report is
    std::optional<Time> expires{};
};

/// Which suppressions are meant: those that a relay's replies made.
struct SuppressionScope {
    std::string relay{};    ///< whose word it was; empty: of all
    Time since{};           ///< from then on
    std::string account{};  ///< empty: of all

    [[nodiscard]] bool covers(const Suppression& one) const {
        return one.source == SuppressionSource::reply && one.since >= since && (relay.empty() || one.relay == relay) &&
               (account.empty() || one.account == account);
    }
};

class SuppressionReader {
 public:
    virtual ~SuppressionReader() = default;
    /// Of one account; of all where `account` is empty. By account and address; also those that have expired.
    virtual Task<std::vector<Suppression>> list(std::string account) = 0;
    virtual Task<std::vector<Suppression>> list(SuppressionScope scope) = 0;
};

class Suppressions : public SuppressionReader {
 public:
    /// Whether anything changed: one that holds for as long keeps its reason and its date. An expiry that has passed suppresses
    /// nobody.
    virtual Task<bool> add(Suppression suppression) = 0;
    /// Removes all of the address from that account. Whether there was one.
    virtual Task<bool> remove(std::string account, std::string address) = 0;
    /// Removes those of the scope, in commits of some hundreds each; how many. If it throws, some may be gone: call it again.
    virtual Task<std::size_t> remove(SuppressionScope scope) = 0;
};

}  // namespace ilbud
