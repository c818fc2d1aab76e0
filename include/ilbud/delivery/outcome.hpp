/// The whole policy for what a reply means: delivered, again and when, or given up.
///
/// In    the Reply that decided about a mail, which attempt it was, when the mail was accepted, its kind's retry policy
/// Out   an Outcome
/// Pure  jitter comes from the mail's id, not from chance
/// See   RFC 5321 §4.2.1; RFC 3463; DESIGN §7; SECURITY S35, S36, S47; Postfix smtp_trouble.c for the idea
#pragma once
#include <string>
#include <string_view>

#include "ilbud/base/time.hpp"
#include "ilbud/delivery/smtp.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

enum class Verdict : std::uint8_t { delivered, retry, bounced, expired };

struct Outcome {
    Verdict verdict = Verdict::retry;
    Time due{};               ///< retry only
    std::string reason;       ///< snake_case, for people and programs: "no_such_mailbox", "greylisted", "relay_unreachable", …
    bool attempted = true;    ///< whether this counts as an attempt at the recipient (not so when no session came about)
    bool uncertain = false;   ///< the content was sent and the reply lost (S36)
    bool suppress = false;    ///< the mailbox does not exist: a hard bounce (R7)
};

struct AttemptContext {
    int number = 1;           ///< this attempt, 1 for the first
    Time accepted{};          ///< when the mail was planned
    std::string_view mail;    ///< id: the seed of the jitter
};

Outcome judge(const Reply& reply, const AttemptContext& attempt, const RetryPolicy& policy, Time now);

}  // namespace ilbud
