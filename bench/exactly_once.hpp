/// Whether every planned mail arrived, and arrived once; and how long each took.
///
/// In    the mails the daemon's answers promised; the mails the sink took
/// Out   counts, and pairs for the latency
/// Pure
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "ilbud/settings/words.hpp"

namespace ilbud::bench {

using SteadyTime = std::chrono::steady_clock::time_point;

/// A mail's id: 26 characters, as stable_id makes them. Another length is cut or filled with zeros.
struct MailId {
    std::array<char, 26> text{};

    MailId() = default;
    explicit MailId(std::string_view id);
    auto operator<=>(const MailId&) const = default;
};

/// A mail that an answer promised.
struct Planned {
    MailId mail;
    std::uint64_t event = 0;  ///< the event's number
    Kind kind{};
};

/// A mail that the sink took.
struct Arrival {
    MailId mail;
    SteadyTime at;
};

/// Exact means that the last three are zero.
struct Tally {
    std::uint64_t planned = 0;
    std::uint64_t lost = 0;        ///< planned, never arrived
    std::uint64_t duplicated = 0;  ///< arrivals beyond the first of a mail
    std::uint64_t unexpected = 0;  ///< arrivals of mails that no answer promised
};

/// Compares both; `each` (may be empty) is told of every planned mail that arrived, with its first arrival. Reorders both.
/// O(n log n) in the longer list; both may be empty.
Tally compare(std::vector<Planned>& planned, std::vector<Arrival>& arrivals,
              const std::function<void(const Planned&, SteadyTime)>& each = {});

}  // namespace ilbud::bench
