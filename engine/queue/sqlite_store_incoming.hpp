/// What the store's parts pass on to each other: the event that is being accepted, a change of a mail. Private to sqlite_store*.cpp.
#pragma once
#include "sqlite_store.hpp"

namespace ilbud {

struct SqliteStore::IncomingEvent {
    std::int64_t event;        ///< its number
    std::int64_t first_mail;   ///< the number of its first mail; those before are of earlier events
    std::optional<Time> told;  ///< its time, if it tells one
    Time wall, due;            ///< of its arrival
    const IsLent& is_lent;

    /// What stands for a time in `topic` and `mark` where none was told: before every time that was.
    static constexpr Time untold{};
    /// What counts as its time. One that lies ahead must not be the last word for long.
    [[nodiscard]] Time at() const { return told ? std::max(std::min(*told, due), untold + Duration(1)) : untold; }
    /// Up to which time others are older, and always those that told none: without a time of its own, all that came before.
    [[nodiscard]] Time newer_than() const { return told ? at() : Time::max(); }
};

/// A change of a mail, as a row of `outcome`.
struct SqliteStore::OutcomeFacts {
    std::uint64_t row = 0;
    std::int64_t before = 0;  ///< the mail's outcome before it; 0: none
    Time at{};
    MailState state{};
    int attempts = 0;
    bool uncertain = false;
    std::string_view cause;
    int reply_code = 0;
    std::string_view enhanced, reply_text, relay;
};

}  // namespace ilbud
