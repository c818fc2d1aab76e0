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
    Time due{};  ///< retry only
    /// Snake_case, for people and programs: expired, or a word of reasons() (reply/cause.hpp), which docs/replies.md explains.
    std::string reason;
    bool attempted = true;   ///< whether this counts as an attempt at the recipient (not so when no session came about)
    bool uncertain = false;  ///< the content was sent and the reply lost (S36)
    bool suppress = false;   ///< the mailbox does not exist: a hard bounce (R7)
};

struct AttemptContext {
    int number = 1;         ///< this attempt, 1 for the first
    Time accepted{};        ///< now less the mail's age; not the wall clock's word of then, which may have been put right since
    std::string_view mail;  ///< id: the seed of the jitter
};

/// Who a failure concerns decides what follows, as in Postfix:
///   the relay, our server or our account there (unreachable, TLS, AUTH, greeting, EHLO, 421, relaying, quotas, MAIL): again later
///   the mail or its recipient: 4xx again later, 5xx bounced
/// A full mailbox is emptied one day, so x.2.2, and 552 where it cannot mean the message's size, wait as 4xx does (RFC 5321
/// §4.5.3.1.10). `suppress` only where the server says that there is no such mailbox, never for policy or spam.
///
/// Waits follow `policy.steps` by the attempt's number. A mail for which no session came about is due at once: the transport says
/// when a relay is back (Transport::pause). The last attempt is due no later than `accepted` + give_up_after; a temporary failure
/// from then on is `expired`. A clock set back never makes a wait shorter than its step nor longer (S47); no other wait is under a
/// second, but for the last one before the end.
Outcome judge(const Reply& reply, const AttemptContext& attempt, const RetryPolicy& policy, Time now);

/// When a mail that is not given up yet, and that no relay was asked about, is tried again: at the step that its age has reached.
Time next_by_age(const AttemptContext& attempt, const RetryPolicy& policy, Time now);

}  // namespace ilbud
