#include "settling.hpp"

#include <algorithm>

#include "ilbud/base/address.hpp"

namespace ilbud {
namespace {

Settlement settlement_of(const Lease& lease, Time now) {
    Settlement result;
    result.row = lease.row;
    result.token = lease.token;
    result.at = now;
    return result;
}

// It would be as large at every attempt.
bool is_too_large(const Error& error) {
    return error.code == "too_large" || error.code == "attachment_too_large";
}

}  // namespace

// Accepted as long ago as time has passed since, whatever the wall clock was then (S47).
AttemptContext attempt_of(const Lease& lease, Time now) {
    return {lease.attempt, now - lease.age, lease.mail.id};
}

// By what is left of its time: the age is what has passed since it was accepted, whatever the wall clock was then.
RetryPolicy retry_of(const Lease& lease, const Snapshot& snapshot, Time now) {
    auto policy = snapshot.settings.platform.delivery.retry[static_cast<std::size_t>(lease.mail.kind)];
    if (const auto& until = lease.mail.give_up_at)
        policy.give_up_after = std::clamp<Duration>(lease.age + (*until - now), Duration{}, policy.give_up_after);
    return policy;
}

std::optional<Time> give_up_of(const Lease& lease, const Snapshot& snapshot) {
    if (traits_of(lease.mail.kind).give_up_at.empty()) return std::nullopt;
    const auto* unit = snapshot.settings.unit(lease.mail.unit);
    return gives_up_at(*lease.event, lease.mail.kind, unit != nullptr ? std::string_view(unit->time_zone) : "UTC");
}

// Delivered is what the relay answered to the final dot, and judge() has said what follows; here it is only written down.
Settlement settle_sent(const Lease& lease, const Reply& reply, const Outcome& outcome, const std::string& letter, Time now,
                       Log& log) {
    auto result = settlement_of(lease, now);
    result.reason = outcome.reason;
    result.reply_code = reply.code;
    result.enhanced = reply.enhanced;
    result.reply_text = reply.text;
    result.relay = reply.relay;
    result.attempted = outcome.attempted;
    result.uncertain = outcome.uncertain;
    result.suppress = outcome.suppress;
    // While no relay is up some mails are asked for every few seconds; what the relay is ill with stands in the log by itself.
    auto level = outcome.attempted ? LogLevel::info : LogLevel::debug;
    std::string_view event = "mail.delivered";
    switch (outcome.verdict) {
        case Verdict::delivered:
            result.state = MailState::delivered;
            break;
        case Verdict::retry:
            event = "mail.deferred";
            result.state = MailState::queued;
            result.due = outcome.due;
            // Not where no relay was reached: nobody has seen those bytes, and the next attempt may be by other settings
            // and another key.
            if (outcome.attempted) result.frozen = letter;
            break;
        case Verdict::bounced:
            event = "mail.bounced";
            level = LogLevel::warning;
            result.state = MailState::bounced;
            break;
        case Verdict::expired:
            event = "mail.expired";
            level = LogLevel::warning;
            result.state = MailState::expired;
            break;
    }
    log.write(level, event,
              {{"mail", lease.mail.id},
               {"kind", to_word(lease.mail.kind)},
               {"attempt", lease.attempt},
               {"reason", outcome.reason},
               {"relay", reply.relay},
               {"stage", to_word(reply.stage)},
               {"code", reply.code},
               {"enhanced", reply.enhanced},
               {"reply", reply.text},
               {"uncertain", outcome.uncertain ? "true" : ""},
               {"due", result.state == MailState::queued ? to_text(result.due) : std::string()}});
    return result;
}

// Our own fault (a template, an attachment, a key) or that of the domain's DNS: it can be mended, so the mail waits as long as
// any other. One that is too large ends at once.
Settlement settle_unwritten(const Lease& lease, const Error& error, const RetryPolicy& policy, Time now, Log& log) {
    auto result = settlement_of(lease, now);
    const bool over = lease.age >= policy.give_up_after;
    result.state = over ? MailState::expired : MailState::queued;
    if (!over) result.due = next_by_age(attempt_of(lease, result.at), policy, result.at);
    result.attempted = false;
    // Nobody's mistake: the domain's DNS, or the settings, will have it wait.
    const bool waits = error.code == "domain_unsigned" || error.code == "kind_off", too_large = is_too_large(error);
    if (too_large) result.state = MailState::bounced;
    result.reason = waits ? error.code : std::string(too_large ? message_too_large_reason : letter_failed_reason);
    result.reply_text = on_one_line(to_text(error));
    log.write(waits ? LogLevel::info : LogLevel::error,
              waits       ? "mail.waits"
              : too_large ? "mail.bounced"
                          : "mail.letter_failed",
              {{"mail", lease.mail.id},
               {"kind", to_word(lease.mail.kind)},
               {"attempt", lease.attempt},
               {"code", error.code},
               {"place", error.place},
               {"detail", error.detail},
               {"state", to_word(result.state)}});
    return result;
}

// The settings are asked at the last moment, as test mode binds what was planned before it. A mail of no account is the platform's
// own, to its operator. Of an account that left the settings nobody knows whether it was in test mode: such a letter fails.
std::string_view kept_back_by(const Lease& lease, const Snapshot& snapshot, Time now) {
    if (lease.held) return held_reason;
    const auto& accounts = snapshot.settings.accounts;
    const auto account = accounts.find(lease.mail.account);
    if (account != accounts.end() && !may_leave(account->second, lease.mail.to)) return test_mode_reason;
    if (lease.mail.give_up_at && now >= *lease.mail.give_up_at) return too_late_reason;
    const bool late = is_kept_back(lease.waited_for) && lease.age >= retry_of(lease, snapshot, now).give_up_after;
    return late ? std::string_view(lease.waited_for) : std::string_view();
}

// Its age runs on: due again when it is given up, unless it is let go before (R39).
Settlement settle_kept_back(const Lease& lease, std::string_view reason, const RetryPolicy& policy, Time now, Log& log) {
    auto result = settlement_of(lease, now);
    const bool over = lease.age >= policy.give_up_after;
    result.state = over ? MailState::expired : MailState::queued;
    result.due = result.at + (policy.give_up_after - lease.age);
    result.attempted = false;
    result.reason = reason;
    log.write(over ? LogLevel::warning : LogLevel::info, over ? "mail.expired" : "mail.held",
              {{"mail", lease.mail.id}, {"kind", to_word(lease.mail.kind)}, {"reason", result.reason}});
    return result;
}

// Due at once, for whoever leases next: this daemon after its next start.
Settlement settle_unused(const Lease& lease, Time now) {
    auto result = settlement_of(lease, now);
    result.state = MailState::queued;
    result.due = result.at;
    result.attempted = false;
    return result;
}

}  // namespace ilbud
