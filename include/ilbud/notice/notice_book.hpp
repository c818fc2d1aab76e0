/// The book of notices: what each account was told of and when, and what is still to be told.
///
/// In    notices, the time; the rows of the shelf "notice" at the start
/// Out   which notices are due, and the rows that changed, for the shelf
/// Pure  A mail goes out at most once within `once_per` for the same account, cause and subject, whatever the clock does: both
///       a telling before and one that seems to lie ahead (the clock was set back) count.
/// Rules A domain that is fixed is told only if its account was told that it was broken. What is told once, when it changes
///       (domain_broken, domain_fixed), waits if it comes too soon, and is dropped if the opposite comes meanwhile. Causes that
///       last are told again by whoever watches them: what comes too soon of them is dropped.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/notice/notice.hpp"
#include "ilbud/queue/shelf.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

struct NoticeRow {
    std::optional<Time> told_at;
    bool open = false;            ///< domain_broken: told, and not yet that it is fixed
    std::optional<Notice> next;   ///< to be told …
    std::optional<Time> next_at;  ///< … as of this time, which the event's id holds; none: when it is due

    bool operator==(const NoticeRow&) const = default;
};

class NoticeBook {
 public:
    /// From the shelf; a row that cannot be read is left out and removed from it.
    void load(const std::vector<ShelfRow>& rows);

    enum class Taken : std::uint8_t { due, held, too_soon, never_told };
    Taken take(Notice notice, Time now, Duration once_per);

    /// The names of what is to be told now; each has a next_at. It looks at what waits, not at all that was ever told.
    [[nodiscard]] std::vector<std::string> due(Time now, Duration once_per);
    /// Of these, those that were taken as due: without a look at those that are held.
    [[nodiscard]] std::vector<std::string> due() const { return {due_.begin(), due_.end()}; }
    [[nodiscard]] const NoticeRow& row(const std::string& name) const { return rows_.at(name); }
    /// The event of `name` is stored; `mailed`: it made a mail.
    void told(const std::string& name, bool mailed);
    /// It can never be told.
    void drop(const std::string& name);
    /// Forgets what no longer matters.
    void tidy(Time now, Duration once_per);

    /// The rows changed since the last call; an empty value removes a row.
    [[nodiscard]] std::vector<ShelfRow> changes();

 private:
    NoticeRow* find(const std::string& name);
    NoticeRow& change(const std::string& name);
    void withdraw(const std::string& name);
    void put_next(const std::string& name, Notice notice, std::optional<Time> at);
    void clear_next(const std::string& name);

    std::map<std::string, NoticeRow> rows_;
    std::set<std::string> changed_;
    std::set<std::string> due_, held_;  // rows with something to be told: with its time, and without
};

/// The row's name on the shelf: account, cause and subject.
[[nodiscard]] std::string notice_row_name(std::string_view account, NoticeCause cause, std::string_view subject);

}  // namespace ilbud
