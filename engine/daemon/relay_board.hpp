/// How the relays stand, as all lanes together see it: for whoever looks at the status.
///
/// In    what each lane's transport tells of a relay that failed, or is well again
/// Out   one standing a relay of the settings, with its last failure
/// Threads  any; told is only what changes, so that its lock costs no mail anything
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ilbud/base/json.hpp"
#include "ilbud/delivery/transport.hpp"

namespace ilbud {

/// trial: it was down for some lanes, can be reached again by all of them, and there was no mail yet to show that it is well.
/// part: only some lanes find it down.
enum class RelayState : std::uint8_t { up, trial, part, down };
template <>
inline constexpr std::array<std::string_view, 4> words<RelayState>{"up", "trial", "part", "down"};

struct RelayView {
    std::string relay;
    RelayState state = RelayState::up;
    std::optional<Time> since{};         ///< not up: since when
    std::optional<Time> paused_until{};  ///< part or down: when it is tried again
    std::optional<Time> failed_at{};     ///< its last failure; none since the start of the daemon
    Reply failure{};
};

void write_json(JsonWriter& json, const RelayView& view);

class RelayBoard {
 public:
    explicit RelayBoard(const Clock& clock) : clock_(clock) {}
    void stands(int lane, const RelayStanding& standing);
    /// Those of `relays`, in their order, as `lanes` lanes see them.
    [[nodiscard]] std::vector<RelayView> views(const std::vector<Relay>& relays, std::size_t lanes) const;

 private:
    struct Seen {
        bool up = true;
        bool reached = false;
        Time since{}, failed_at{}, paused_until{};  // since: of the first failure in a row
        Reply failure;
    };
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, int>, Seen, std::less<>> seen_;  // by relay and lane
};

}  // namespace ilbud
