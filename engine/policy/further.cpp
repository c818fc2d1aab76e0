// The further kinds (R38), which are off until a unit switches them on. Their events tell one thing each, so what is left to decide is
// whether it still matters, to whom it goes, and which earlier mail it makes pointless.
#include "builder.hpp"

namespace ilbud {
namespace {

// Whether it is of use yet; a skip if not.
bool is_in_time(Builder& builder, Kind kind) {
    const auto until = gives_up_at(builder.event, kind, builder.unit.time_zone);
    if (!until) return true;
    if (builder.now() < *until) {
        builder.explain("R38", sentence({"it does not leave after ", to_text(*until), " (", traits_of(kind).give_up_at, ")"}));
        return true;
    }
    builder.skip(kind, Reason::too_late, "R38",
                 sentence({"it is of no use after ", to_text(*until), " (", traits_of(kind).give_up_at, ")"}));
    return false;
}

// The mail, if there is one. `about`: what an earlier one that still waits was about, if this one takes its place; empty: nothing.
PlannedMail* plan_one(Builder& builder, Kind kind, const Recipient& recipient, std::string_view about = {}) {
    PlannedMail* mail = builder.plan(kind, recipient, "R38");
    if (mail == nullptr || about.empty()) return mail;
    mail->replaces = kind_topic(kind, builder.unit, about);
    builder.explain("R36", sentence({"an earlier ", to_word(kind), " mail about ", traits_of(kind).replaces, " ", about,
                                     " that still waits is replaced by this one"}));
    return mail;
}

// The mail of a kind with one recipient, if its switch, its origin and its time let it be one.
PlannedMail* mail_one(Builder& builder, Kind kind, std::string_view about = {}) {
    if (!builder.is_mailed(kind) || !is_in_time(builder, kind)) return nullptr;
    return plan_one(builder, kind, builder.recipient_of(kind), about);
}

// About a subscription, whose end makes it pointless.
void mail_about(Builder& builder, Kind kind, const Subscription& subscription) {
    if (PlannedMail* mail = mail_one(builder, kind)) mail->topics = {kind_topic(kind, builder.unit, subscription.id)};
}

constexpr int reminder_levels = 3;

std::string reminder_topic(const Unit& unit, std::string_view invoice, int level) {
    return kind_topic(Kind::reminder, unit, sentence({invoice, ":", std::to_string(level)}));
}

// Of each level a topic of its own, so that a low one that comes late withdraws no higher one.
void plan_reminder(Builder& builder, const Invoice& invoice, const Recipient& recipient, std::string_view rule) {
    PlannedMail* mail = builder.plan(Kind::reminder, recipient, rule);
    if (mail == nullptr) return;
    const auto level = std::to_string(invoice.reminder->level);
    mail->topics = {reminder_topic(builder.unit, invoice.number, invoice.reminder->level)};
    mail->repeat = invoice.resend;
    mail->once_key = sentence({"reminder:", builder.unit.id, ":", invoice.number, ":", level, ":", mailbox_of(mail->to)});
}

}  // namespace

// R19 holds for failures as well. The debtor is who can pay.
void decide_payment_failed(Builder& builder, const Charge& charge) {
    constexpr Kind kind = Kind::payment_failed;
    builder.explain("R18", sentence({"charge ", charge.id, " did not succeed, which unit '", builder.unit.id, "' mails"}));
    if (skips_test_charge(builder, charge, kind)) return;
    if (charge.amount <= 0) {
        builder.skip(kind, Reason::amount_zero, "R18", sentence({"the amount of charge ", charge.id, " is not above zero"}));
        return;
    }
    mail_one(builder, kind, charge.invoice_number);
}

void withdraw_reminders(Builder& builder, std::string_view invoice) {
    if (!builder.is_on(Kind::reminder)) return;
    for (int level = 1; level <= reminder_levels; ++level) builder.supersede(reminder_topic(builder.unit, invoice, level));
    builder.explain("R36", sentence({"a reminder of invoice ", invoice, " that has not left is withdrawn"}));
}

void decide_reminder(Builder& builder, const Invoice& invoice) {
    constexpr Kind kind = Kind::reminder;
    if (!builder.is_mailed(kind)) return;
    if (invoice.total <= 0 || invoice.open_amount.value_or(invoice.total) <= 0) {
        withdraw_reminders(builder, invoice.number);
        builder.skip(kind, Reason::nothing_open, "R37", sentence({"nothing of invoice ", invoice.number, " is open"}));
        return;
    }
    if (invoice.due_on >= local_date(builder.now(), builder.unit.time_zone)) {
        builder.skip(kind, Reason::not_due, "R38",
                     sentence({"invoice ", invoice.number, " may be paid until ", to_text(invoice.due_on)}));
        return;
    }
    const int level = invoice.reminder->level;
    for (int lower = 1; lower < level; ++lower) builder.supersede(reminder_topic(builder.unit, invoice.number, lower));
    if (level > 1)
        builder.explain("R36", sentence({"a lower reminder of invoice ", invoice.number, " that has not left is withdrawn"}));
    builder.explain("R23",
                    sentence({"reminder ", std::to_string(level), " of invoice ", invoice.number,
                              invoice.resend ? " is mailed whether or not it was before" : " is mailed once to each recipient"}));
    plan_reminder(builder, invoice, builder.recipient_of(kind), "R38");
    for (const std::string& address : invoice.copy_to) plan_reminder(builder, invoice, {address, {}, "a copy", true}, "R22");
    skip_refused_copies(builder, invoice, kind);
}

void decide_renewal(Builder& builder, const Renewal& renewal) {
    mail_about(builder, Kind::renewal_notice, renewal.subscription);
}

void decide_price_change(Builder& builder, const PriceChange& change) {
    constexpr Kind kind = Kind::price_change;
    if (change.before == change.now) {
        if (builder.is_on(kind)) builder.supersede(kind_topic(kind, builder.unit, change.subscription.id));  // taken back
        builder.skip(kind, Reason::price_unchanged, "R38",
                     sentence({"the price of subscription ", change.subscription.id, " stays"}));
        return;
    }
    mail_one(builder, kind, change.subscription.id);
}

void decide_coming_end(Builder& builder, const ComingEnd& end) {
    constexpr Kind kind = Kind::gift_ending;
    if (!end.gift) {
        builder.skip(kind, Reason::not_a_gift, "R38", sentence({"subscription ", end.subscription.id, " was no gift"}));
        return;
    }
    mail_about(builder, kind, end.subscription);
}

// What is withdrawn has come to its end as if it were stopped.
void decide_withdrawal(Builder& builder, const Withdrawal& withdrawal) {
    builder.withdraw_mails_of(withdrawal.subscription.id);
    mail_one(builder, Kind::withdrawn);
}

void decide_changed_subscriber(Builder& builder, const SubscriberChange& before) {
    constexpr Kind kind = Kind::email_changed;
    const auto& now = builder.event.subscriber;
    if (before.email.empty() || (!now.email.empty() && mailbox_of(before.email) == mailbox_of(now.email))) {
        builder.skip(kind, Reason::address_unchanged, "R38", "the event tells of no other address than the subscriber had");
        return;
    }
    // A link that waits would let in whoever has the old mailbox.
    if (builder.is_on(Kind::login_link)) {
        builder.supersede(kind_topic(Kind::login_link, builder.unit, now.id));
        builder.explain("R36", sentence({"a link to log in of subscriber ", now.id, " that has not left is withdrawn"}));
    }
    if (!builder.is_mailed(kind)) return;
    plan_one(builder, kind,
             {before.email, before.name.empty() ? now.name : before.name, "the address before", false, before.locale});
    if (now.email.empty())
        builder.explain("R38", "the subscriber has no address now, so the one before is told alone");
    else
        plan_one(builder, kind, builder.subscriber());
}

void decide_expiring_card(Builder& builder, const ExpiringCard&) {
    mail_one(builder, Kind::card_expiring);
}

void decide_login(Builder& builder, const LoginRequest&) {
    mail_one(builder, Kind::login_link, builder.event.subscriber.id);
}

// Whoever types an address again and again must not fill its owner's mailbox: one a day.
void decide_known_address(Builder& builder, const KnownAddress&) {
    PlannedMail* mail = mail_one(builder, Kind::known_address);
    if (mail == nullptr) return;
    const auto today = to_text(local_date(builder.now(), builder.unit.time_zone));
    mail->once_key = sentence({"known_address:", builder.unit.id, ":", mailbox_of(mail->to), ":", today});
    builder.explain("R25", sentence({"at most one on ", today, " to ", mail->to}));
}

namespace {

// The first moment of `day` in `zone`.
Time start_of(Date day, std::string_view zone) {
    const Time midnight = std::chrono::sys_days(day);
    return midnight - utc_offset(midnight - utc_offset(midnight, zone), zone);
}

}  // namespace

std::optional<Time> gives_up_at(const Event& event, Kind kind, std::string_view zone) {
    if (traits_of(kind).give_up_at.empty()) return std::nullopt;
    if (const auto* renewal = std::get_if<Renewal>(&event.data)) return renewal->cancel_before;
    if (const auto* end = std::get_if<ComingEnd>(&event.data)) return end->ends_at;
    if (const auto* login = std::get_if<LoginRequest>(&event.data)) return login->expires_at;
    if (const auto* card = std::get_if<ExpiringCard>(&event.data))
        return start_of(Date((card->expires + std::chrono::months(1)) / 1), zone);
    return std::nullopt;
}

}  // namespace ilbud
