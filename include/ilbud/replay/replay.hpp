/// A stored event decided and written anew under other settings and templates: what would differ from what was mailed.
///
/// In    a stored event with its mails; settings and templates of then (those in force) and of now (those tried)
/// Out   the mails that differ, each with what differs, and the rules that made it so
/// Pure  the time is that of the event's acceptance
///
/// Whether and to whom and from whom is compared with what was planned when the event came. What mails said is not stored: it is
/// written anew under the settings of then. How long mails wait is not replayed, so none counts as withdrawn (R36).
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "ilbud/queue/mail_log.hpp"
#include "ilbud/render/render.hpp"

namespace ilbud {

struct ReplaySide {
    Settings settings;
    TemplateSet templates;
};

enum class MailPart : std::uint8_t { recipient, sender, subject, text, html };
template <>
inline constexpr std::array<std::string_view, 5> words<MailPart>{"recipient", "sender", "subject", "text", "html"};

/// One mail that differs. Without `now` it is no longer mailed, without `then` it is newly mailed.
struct MailDifference {
    std::optional<StoredMail> then;
    std::optional<PlannedMail> now;
    std::string reason;         ///< why it is not mailed now, or was not then: one of skip_reasons(); may be empty
    WordSet<MailPart> changed;  ///< where both are there. html without text: the HTML part alone (the preheader is of it)
    std::string subject_then, subject_now;
    std::string text_difference;     ///< unified
    std::optional<Error> unwritten;  ///< it cannot be written now; it counts as `text`
};

struct EventDifference {
    std::uint64_t mails_same = 0;
    std::uint64_t texts_unknown =
        0;  ///< mails whose text cannot be compared: under the settings of then it cannot be written any more
    std::vector<MailDifference> mails;
    std::optional<Error> refused;      ///< the event would be refused at the door
    std::vector<RuleStep> rules_then;  ///< steps that led there then and do not now …
    std::vector<RuleStep> rules_now;   ///< … and the other way round

    [[nodiscard]] bool none() const { return mails.empty() && !refused; }
};

/// Goes through stored events in the order of their acceptance.
class Replay {
 public:
    /// MailLog::refusal
    using Refusal = std::function<std::string(const PlannedMail&, const StoredEvent&)>;

    /// The sides and `refusal` outlive the replay. `kind`: look at mails of this kind alone.
    Replay(const ReplaySide& then, const ReplaySide& now, std::optional<Kind> kind, Refusal refusal)
        : then_(then), now_(now), kind_(kind), refusal_(std::move(refusal)) {}

    /// `event` is what `stored.raw` says.
    [[nodiscard]] EventDifference look_at(const StoredEvent& stored, const Event& event);

 private:
    struct Plan;
    [[nodiscard]] Plan plan(const StoredEvent& stored, const Event& event);
    [[nodiscard]] std::string refusal_of(const PlannedMail& mail, const StoredEvent& stored);
    void compare(const StoredMail& then, const PlannedMail& now, const Event& event, Time at, EventDifference& difference) const;
    [[nodiscard]] bool looks_at(Kind kind) const { return !kind_ || *kind_ == kind; }

    const ReplaySide& then_;
    const ReplaySide& now_;
    std::optional<Kind> kind_;
    Refusal refusal_;
    std::unordered_set<std::string> used_;  // once-keys of mails that only the replay makes (R23) …
    std::deque<std::string> used_order_;    // … of which the oldest are forgotten
};

}  // namespace ilbud
