// Decides stored events anew with the very functions that decided them (decide, render), so that a replay
// cannot drift from what the door does. What only the queue knew then is kept apart: its own refusals are taken
// over from the log, since the queue of today is no witness of that day.
#include "ilbud/replay/replay.hpp"

#include <algorithm>

#include "text_difference.hpp"

namespace ilbud {
namespace {

// Keys remembered: bounds what a replay of years may hold. A longer replay may show an invoice mailed twice
// when both of its events are new and lie further apart than that; a longer memory would grow with the span.
constexpr std::size_t used_max = 100'000;

// Details are left out on purpose: they quote values, and a rule that found the
// same for another reason led to the same place.
bool same_step(const RuleStep& left, const RuleStep& right) {
    return left.rule == right.rule && left.finding == right.finding;
}

// The steps of `chain` that `other` lacks. What waited when the event came (R36) is no rule that settings could change.
std::vector<RuleStep> steps_beyond(const std::vector<RuleStep>& chain, const std::vector<RuleStep>& other) {
    std::vector<RuleStep> beyond;
    for (const auto& step : chain) {
        const bool known = std::ranges::any_of(other, [&](const RuleStep& each) { return same_step(step, each); });
        if (!known && step.rule != "R36") beyond.push_back(step);
    }
    return beyond;
}

// The skip of that recipient if there is one, else the first of the kind: a
// decision that plans nobody names no recipient.
std::string reason_among(const std::vector<Skip>& skipped, Kind kind, std::string_view to) {
    const Skip* found = nullptr;
    for (const auto& skip : skipped)
        if (skip.kind == kind && (found == nullptr || skip.to == to)) found = &skip;
    return found == nullptr ? std::string() : found->reason;
}

// The skips that the queue adds at acceptance, as opposed to those of decide;
// settings cannot bring them about or prevent them.
bool is_queues_own(std::string_view reason) {
    return reason == "document_sent_before" || reason == "invoice_mailed_before" || reason == "mailed_before" ||
           reason == "cancelled_before" || reason == "superseded" || reason == "suppressed";
}

bool same_sender(const PlannedMail& left, const PlannedMail& right) {
    return left.from == right.from && left.from_name == right.from_name && left.reply_to == right.reply_to;
}

// Rendering dates a mail by its planning; both sides get the event's acceptance, else every date would differ.
PlannedMail planned_at(PlannedMail mail, Time at) {
    mail.planned_at = at;
    return mail;
}

}  // namespace

// What is decided now, the queue's own word included.
struct Replay::Plan {
    std::vector<PlannedMail> mails;
    std::vector<Skip> skipped;
    std::vector<RuleStep> chain;
    std::optional<Error> refused;
};

Replay::Plan Replay::plan(const StoredEvent& stored, const Event& event) {
    Plan plan;
    // The time is the event's own: decided by today's clock, give-up times and days remaining
    // would differ without any change of settings.
    auto decision = decide(now_.settings, event, stored.accepted_at);
    if (!decision) {
        plan.refused = decision.error();
        return plan;
    }
    plan.skipped = std::move(decision->skipped);
    plan.chain = std::move(decision->chain);
    for (auto& mail : decision->mails) {
        auto reason = refusal_of(mail, stored);
        if (reason.empty()) {
            plan.mails.push_back(std::move(mail));
            continue;
        }
        take_back(plan.chain, mail, reason);
        const bool undeliverable = is_undeliverable(mail, reason);
        plan.skipped.push_back({mail.kind, std::move(reason), mail.to, {}, undeliverable});
    }
    return plan;
}

// A second event of one invoice in the same replay is refused as the queue would (R23). What was mailed then is
// not put to the queue, which would name that very mail as the earlier one.
// What the queue held back then it holds back now; what it took then it takes again. Of other mails it is asked.
std::string Replay::refusal_of(const PlannedMail& mail, const StoredEvent& stored) {
    const bool limited = !mail.once_key.empty() && !mail.repeat;
    if (limited && used_.contains(mail.once_key)) return std::string(once_reason(mail.kind));
    if (!mail.unless_mailed.empty() && used_.contains(mail.unless_mailed)) return "document_sent_before";
    if (std::ranges::any_of(stored.mails, [&](const StoredMail& then) { return then.mail.id == mail.id; })) {
        // Of another mail the queue may be asked: it cannot name this very one (R17).
        if (mail.unless_mailed.empty()) return {};
        auto reason = refusal_(mail, stored);
        return reason == "document_sent_before" ? reason : std::string();
    }
    for (const auto& skip : stored.skipped)
        if (skip.kind == mail.kind && skip.to == mail.to && is_queues_own(skip.reason)) return skip.reason;
    auto reason = refusal_(mail, stored);
    // Only a mail that the queue would take uses its key up, and a `repeat`
    // does as well: it mails that invoice.
    if (!reason.empty() || mail.once_key.empty() || !used_.insert(mail.once_key).second) return reason;
    used_order_.push_back(mail.once_key);
    if (used_order_.size() > used_max) {
        used_.erase(used_order_.front());
        used_order_.pop_front();
    }
    return reason;
}

void Replay::compare(const StoredMail& then, const PlannedMail& now, const Event& event, Time at, EventDifference& all) const {
    MailDifference difference{then, now, {}, {}, {}, {}, {}, {}};
    if (then.mail.to != now.to) difference.changed.insert(MailPart::recipient);
    if (!same_sender(then.mail, now)) difference.changed.insert(MailPart::sender);
    const auto before = render(planned_at(then.mail, at), event, then_.settings, then_.templates);
    const auto after = render(planned_at(now, at), event, now_.settings, now_.templates);
    // A text that cannot be written now is the gravest difference there is. If only the past cannot be written,
    // nothing can be said about the text, and it is counted instead of shown as changed.
    if (!after) {
        difference.unwritten = after.error();
        difference.changed.insert(MailPart::text);
    } else if (!before) {
        ++all.texts_unknown;
    } else {
        if (before->subject != after->subject) {
            difference.changed.insert(MailPart::subject);
            difference.subject_then = before->subject;
            difference.subject_now = after->subject;
        }
        if (before->text != after->text) difference.changed.insert(MailPart::text);
        if (before->html != after->html) difference.changed.insert(MailPart::html);
        // Of the plain text only: it carries every word of the mail, and markup would bury them.
        difference.text_difference = unified_difference(before->text, after->text);
    }
    if (difference.changed.empty())
        ++all.mails_same;
    else
        all.mails.push_back(std::move(difference));
}

// Mails that are the same in event, kind and recipient have the same id; the others are paired in their order, kind by kind.
EventDifference Replay::look_at(const StoredEvent& stored, const Event& event) {
    EventDifference difference;
    auto plan = this->plan(stored, event);
    difference.refused = std::move(plan.refused);
    // Mails of other kinds are dropped after deciding, not before: a mail of
    // another kind may have used up a once-key.
    std::erase_if(plan.mails, [&](const PlannedMail& mail) { return !looks_at(mail.kind); });
    std::vector<const StoredMail*> left;
    const auto settle = [&](const StoredMail& then, std::vector<PlannedMail>::iterator now) {
        compare(then, *now, event, stored.accepted_at, difference);
        plan.mails.erase(now);
    };
    for (const auto& then : stored.mails) {
        if (!looks_at(then.mail.kind)) continue;
        const auto now = std::ranges::find(plan.mails, then.mail.id, &PlannedMail::id);
        if (now != plan.mails.end())
            settle(then, now);
        else
            left.push_back(&then);
    }
    // What is left of one kind on both sides is taken for one mail to another recipient: one change reads
    // better than a mail lost and a mail gained.
    for (const auto* then : left) {
        const auto now = std::ranges::find_if(plan.mails, [&](const PlannedMail& mail) {
            return mail.kind == then->mail.kind && mail.copy == then->mail.copy &&
                   std::ranges::none_of(stored.mails, [&](const StoredMail& each) { return each.mail.id == mail.id; });
        });
        if (now != plan.mails.end())
            settle(*then, now);
        else
            difference.mails.push_back(
                {*then, std::nullopt, reason_among(plan.skipped, then->mail.kind, then->mail.to), {}, {}, {}, {}, {}});
    }
    for (auto& now : plan.mails) {
        auto reason = reason_among(stored.skipped, now.kind, now.to);
        difference.mails.push_back({std::nullopt, std::move(now), std::move(reason), {}, {}, {}, {}, {}});
    }
    // With one kind asked for, a refused event that made no such mail is no difference.
    if (difference.mails.empty() && kind_) difference.refused.reset();
    if (difference.none()) return difference;
    difference.rules_then = steps_beyond(stored.chain, plan.chain);
    difference.rules_now = steps_beyond(plan.chain, stored.chain);
    return difference;
}

}  // namespace ilbud
