/// The part of the waiting mails that is held in memory: what leaves next. Everything else stays in the store, known only by
/// the key of the first one in each line, so that memory does not grow with the backlog.
///
/// In    mails as they are accepted, deferred, or read back from the store in pages
/// Out   the next mail to lend, or the place from which the store must be read first
/// Pure
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "ilbud/base/time.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/policy/decide.hpp"
#include "lend.hpp"

namespace ilbud {

/// A waiting mail's place in its line.
struct DueKey {
    Time due{};
    std::uint64_t row = 0;
    auto operator<=>(const DueKey&) const = default;
};

/// A waiting mail, ready to be lent without a further look at its rows.
struct ReadyMail {
    PlannedMail mail;
    std::shared_ptr<const Event> event;
    int attempts = 0;
    bool uncertain = false;
    bool frozen = false;        ///< signed bytes are stored
    std::uint64_t checked = 0;  ///< number of the suppression that was the newest when the address was last looked up
    bool superseded = false;    ///< while it was lent before (R36)
    std::int64_t number = 0;    ///< the event's
    std::int64_t outcome = 0;   ///< WaitingMail::outcome
    std::uint64_t noted = 0;    ///< the round whose commit says that it is out, or about to be
};

class LendingWindow {
 public:
    struct Limits {
        std::size_t mails = 8192;
        std::size_t bytes = 32 * 1024 * 1024;
        std::size_t page = 64;  ///< mails read back at once
    };
    using Page = std::vector<std::pair<DueKey, ReadyMail>>;

    explicit LendingWindow(const Limits& limits) : limits_(limits) {}

    void set_weights(const std::array<int, urgency_count>& weights) { turns_.set_weights(weights); }

    /// A mail that is due and just stored: held here if there is room and nothing before it waits in the store.
    void add(const LendingLine& line, const DueKey& key, ReadyMail mail, Time now);
    /// A waiting mail that is in the store only.
    void left_in_store(const LendingLine& line, const DueKey& key);

    /// The line whose turn it is, if anything is due at all.
    std::optional<LendingLine> next(Time now);
    /// The key from which on the store must be read before `take`; nothing if the line's next mail is here.
    [[nodiscard]] std::optional<DueKey> missing(const LendingLine& line, Time now) const;
    /// How many mails to read.
    [[nodiscard]] std::size_t page_size() const;
    /// Whether the mail is held (a page need not bring it again).
    [[nodiscard]] bool holds(const LendingLine& line, const DueKey& key) const;
    /// What was read; `rest`: the key of the line's first mail behind it, if there is one.
    void add_page(const LendingLine& line, Page&& page, std::optional<DueKey> rest);
    std::optional<std::pair<DueKey, ReadyMail>> take(const LendingLine& line);
    /// What take() would give.
    [[nodiscard]] const ReadyMail* first(const LendingLine& line) const;
    /// Calls `note` with the keys of some of the mails that are likely to be taken next, `most` or a few more, due by `now`, and
    /// sets their `noted` to `round`.
    template <class Note>
    void note_ahead(std::size_t most, Time now, std::uint64_t round, Note note) {
        std::size_t noted = 0;
        // Lines in turn give one mail each; so many of each as make `most` together.
        std::size_t lines = 0;
        turns_.each_next(most, [&lines](const LendingLine&) { ++lines; });
        turns_.each_next(most, [&](const LendingLine& name) {
            std::size_t of_line = 0;
            for (auto& [key, mail] : lines_.at(name).ready) {
                if (noted >= most || of_line * lines >= most || key.due > now) break;
                mail.noted = round;
                note(key);
                ++noted;
                ++of_line;
            }
        });
    }
    /// The mail, if held, is no longer waiting.
    void forget(const LendingLine& line, const DueKey& key);

    /// When something is due next (in the past: now); nothing if nothing waits.
    [[nodiscard]] std::optional<Time> next_due() const;
    [[nodiscard]] std::size_t held() const { return mails_; }

 private:
    struct Line {
        std::map<DueKey, ReadyMail> ready;
        std::optional<DueKey> rest;  // no mail that is only in the store has a smaller key
        std::optional<Time> wakes;   // its entry in wakes_
        std::optional<Time> due;     // its entry in dues_
    };
    static std::size_t weight(const ReadyMail& mail);
    void hold(Line& line, const DueKey& key, ReadyMail&& mail);
    void release(Line& line, std::map<DueKey, ReadyMail>::iterator place);
    void take_place(const LendingLine& name, Line& line);
    void note_due(const LendingLine& name, Line& line);

    Limits limits_;
    LendingTurns turns_;
    std::map<LendingLine, Line> lines_;
    std::set<std::pair<Time, LendingLine>> wakes_;  // lines with nothing in memory, by when to read them
    std::set<std::pair<Time, LendingLine>> dues_;   // all lines, by when their first mail is due
    std::size_t mails_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace ilbud
