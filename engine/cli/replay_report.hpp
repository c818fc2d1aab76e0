/// What a replay found, in words for people or as JSON lines for programs.
///
/// Pure
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "ilbud/base/json.hpp"
#include "ilbud/replay/replay.hpp"

namespace ilbud {

/// Zero at first; add() is called once an event, in the order of acceptance.
struct ReplayCounts {
    std::uint64_t events = 0;  ///< looked at
    std::uint64_t same = 0, different = 0;
    std::uint64_t refused = 0;     ///< of the different ones: would be refused at the door
    std::uint64_t unreadable = 0;  ///< stored, but not to be read any more
    std::uint64_t pruned = 0;
    std::optional<Time> first, last;  ///< when the first and last of those looked at were accepted
    std::uint64_t mails_same = 0, newly_mailed = 0, no_longer_mailed = 0, texts_unknown = 0;
    std::array<std::uint64_t, words<MailPart>.size()> changed{};  ///< by MailPart; html: where the text is the same

    void add(const StoredEvent& stored, const EventDifference& difference);
    /// 0 no difference, 3 differences, 4 none, but not all events could be replayed, 1 no event was replayed.
    [[nodiscard]] int exit_status() const;
};

/// The names of what is compared, for the summary.
/// Shown as they are, so the caller gives what a user would recognise: paths as typed.
struct ReplayNames {
    std::string then, now;
    std::string kept;  ///< how long events are kept
    std::string unit;  ///< empty: any
};

/// Ends with a line end; the differences follow below it.
[[nodiscard]] std::string summary_for_people(const ReplayCounts& counts, const ReplayNames& names);
[[nodiscard]] std::string difference_for_people(const StoredEvent& stored, const Event& event, const EventDifference& difference);
[[nodiscard]] std::string unreadable_for_people(const StoredEvent& stored, const Error& error);

/// One object with the member "summary".
void write_summary(JsonWriter& json, const ReplayCounts& counts);
void write_difference(JsonWriter& json, const StoredEvent& stored, const Event& event, const EventDifference& difference);
void write_unreadable(JsonWriter& json, const StoredEvent& stored, const Error& error);

}  // namespace ilbud
