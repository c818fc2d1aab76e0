// Mails about a subscription that was stopped or cancelled (R14), and the welcome mail it makes pointless (R36). What they say
// about money is worded later (R15).
#include "builder.hpp"

namespace ilbud {

namespace {

// Left by a cancellation, looked for by the stop with which it runs out.
std::string notice_mark(const Unit& unit, std::string_view subscription, Date ends_on) {
    return sentence({"notice:", unit.id, ":", subscription, ":", to_text(ends_on)});
}

// The stop recorded when a cancelled subscription runs out is dated at its end; if that is midnight, on either side of it.
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
    const Date ends_on = local_date(ending.ends_at, builder.unit.time_zone);
    if (kind == Kind::cancelled) {
        builder.mark(notice_mark(builder.unit, subscription, ends_on));
        builder.explain("R14", sentence({"notice for subscription ", subscription, ", which ends on ", to_text(ends_on),
                                         "; its running out then is not mailed"}));
    }
    builder.supersede(welcome_topic(builder.unit, subscription));
    builder.explain("R36", sentence({"a welcome mail of subscription ", subscription, " that has not left is withdrawn"}));
    if (!builder.origin_mails(kind)) return;
    if (!builder.service.mail_on_stop) {
        builder.skip(kind, Reason::service_switch_off, "R14",
                     sentence({"customer service '", builder.service.id, "' sends no mail on stop or cancellation"}));
        return;
    }
    PlannedMail* mail = builder.plan(kind, builder.subscriber(), "R14");
    if (mail == nullptr || kind != Kind::stopped) return;
    mail->unless_marked = marks_of_notice(builder.unit, subscription, ends_on);
    builder.explain(
        "R14", sentence({"not mailed if subscription ", subscription, " was cancelled before to end about ", to_text(ends_on)}));
}

}  // namespace ilbud
