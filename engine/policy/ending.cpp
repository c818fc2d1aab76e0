// Mails about a subscription that was stopped or cancelled (R14), and the mails from its beginning that this makes pointless (R36).
// What they say about money is worded later (R15).
// A stop and the running out of a cancelled subscription are the same event to the sender; only the mark that the
// cancellation left tells them apart. Whether it was left is known to the queue, so the condition travels with the mail
// and is judged when the event is stored.
#include "builder.hpp"

namespace ilbud {

namespace {

// Left by a cancellation, looked for by the stop with which it runs out.
// Marks are stored text, as topics are: both sides must go on making the same one.
std::string notice_mark(const Unit& unit, std::string_view subscription, Date ends_on) {
    return sentence({"notice:", unit.id, ":", subscription, ":", to_text(ends_on)});
}

// The stop recorded when a cancelled subscription runs out is dated at its end; if that is midnight, on either side of it.
// A later cancellation to another day leaves a mark of its own; the first one stands, and a stop about that
// day still counts as running out.
std::vector<std::string> marks_of_notice(const Unit& unit, std::string_view subscription, Date stopped_on) {
    const std::chrono::sys_days day = stopped_on;
    std::vector<std::string> marks;
    marks.reserve(3);
    for (const int offset : {-1, 0, 1}) marks.push_back(notice_mark(unit, subscription, Date(day + std::chrono::days(offset))));
    return marks;
}

}  // namespace

void decide_ending(Builder& builder, const Ending& ending, Kind kind) {
    const std::string& subscription = ending.subscription.id;
    // The day in the unit's time zone, as people at the publisher see it (R16); in UTC an end at midnight in
    // Copenhagen lies a day earlier.
    const Date ends_on = local_date(ending.ends_at, builder.unit.time_zone);
    // Also if nothing is mailed below: a cancellation by the publisher keeps its running out quiet, too.
    if (kind == Kind::cancelled) {
        builder.mark(notice_mark(builder.unit, subscription, ends_on));
        builder.explain("R14", sentence({"notice for subscription ", subscription, ", which ends on ", to_text(ends_on),
                                         "; its running out then is not mailed"}));
    }
    // Before the origins are asked: a subscription that an editor stopped must not be welcomed either.
    builder.withdraw_mails_of(subscription);
    if (!builder.is_mailed(kind)) return;
    if (!builder.service.mail_on_stop && builder.is_required(kind)) {
        builder.explain(
            "R38", sentence({"the law of ", builder.unit.country, " asks for ", to_word(kind), ", whatever mail_on_stop says"}));
    } else if (!builder.service.mail_on_stop) {
        builder.skip(kind, Reason::service_switch_off, "R14",
                     sentence({"customer service '", builder.service.id, "' sends no mail on stop or cancellation"}));
        return;
    }
    PlannedMail* mail = builder.plan(kind, builder.subscriber(), "R14");
    // A cancellation is told whatever came before it; the condition is for stops alone.
    if (mail == nullptr || kind != Kind::stopped) return;
    mail->unless_marked = marks_of_notice(builder.unit, subscription, ends_on);
    builder.explain(
        "R14", sentence({"not mailed if subscription ", subscription, " was cancelled before to end about ", to_text(ends_on)}));
}

}  // namespace ilbud
