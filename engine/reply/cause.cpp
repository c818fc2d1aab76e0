// A reply is read in three layers, the surest first: its enhanced status, where servers agree on one (RFC
// 3463), then its code and stage, and words of the text last. The text comes in no fixed form (RFC 5321 §4.2:
// it is meant for people), but it is often all that tells a refused mailbox from a refused sender, and that
// decides whether an address is suppressed (R7). Where two readings are possible the one that does less harm
// wins: waiting before bouncing, bouncing before suppressing.
#include "ilbud/reply/cause.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// Words of real servers' replies, lower case; a status code alone often says less.
// Greylisting has no status of its own; the word comes in as many spellings as there are implementations.
constexpr std::array<std::string_view, 5> grey_words{"greylist", "graylist", "grey list", "grey-list", "gray list"};
constexpr std::array<std::string_view, 8> rate_words{"rate limit", "too many", "too much mail", "throttl",
                                                     "at a rate",  "too fast", "rate exceeded", "limit exceeded"};
constexpr std::array<std::string_view, 11> spam_words{"spam",       "blocklist",   "block list",   "blacklist",
                                                      "black list", "dnsbl",       "reputation",   "spamhaus",
                                                      "junk mail",  "unsolicited", "blocked using"};
constexpr std::array<std::string_view, 4> relay_words{"relay access denied", "relaying denied", "relay not permitted",
                                                      "not permitted to relay"};
constexpr std::array<std::string_view, 4> full_words{"quota", "mailbox full", "mailbox is full", "storage"};
// Only in replies that are permanent: a blocked sender is our reputation's affair,
// never a reason to suppress the recipient.
constexpr std::array<std::string_view, 5> sender_words{"sender address rejected", "sender verify failed", "sender domain",
                                                       "domain of sender", "sender rejected"};
constexpr std::array<std::string_view, 4> size_words{"message size", "too large", "too big", "size limit"};
// These suppress the address for good, so each names a missing mailbox beyond
// doubt; "rejected" or "denied" alone do not.
constexpr std::array<std::string_view, 12> unknown_words{
    "no such user",      "user unknown",      "unknown user",   "no such recipient", "no such mailbox", "unknown recipient",
    "recipient unknown", "mailbox not found", "user not found", "does not exist",    "doesn't exist",   "no mailbox here"};

// Any place in the text will do: servers wrap their verdict in host names, links and ticket
// numbers. Each list is a dozen words and a reply's text is bounded, so plain searching is
// cheap enough for what happens once a failed mail.
bool says(std::string_view text, std::span<const std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != text.npos; });
}

/// What a reply says, in the forms that are asked for.
struct Said {
    Stage stage;
    int code;
    std::string_view status;  // without the class: "1.1" of "5.1.1"; empty if none
    std::string text;         // lower case

    explicit Said(const Reply& reply)
        : stage(reply.stage),
          code(reply.code),
          status(reply.enhanced.size() > 2 ? std::string_view(reply.enhanced).substr(2) : std::string_view()),
          text(lower_case(reply.text)) {}
    [[nodiscard]] bool permanent() const { return code >= 500; }
    // Compares the status without its class: x.2.2 means a full mailbox whether the server calls it 4 or 5.
    [[nodiscard]] bool is(std::initializer_list<std::string_view> any) const {
        return std::find(any.begin(), any.end(), status) != any.end();
    }
};

Cause temporary(std::string_view reason, bool attempted = true) {
    return {.reason = reason, .attempted = attempted};
}
Cause permanent(std::string_view reason, bool suppress = false) {
    return {.consequence = suppress ? Consequence::suppress : Consequence::bounce, .reason = reason, .permanent = true};
}
/// Another relay may take it.
Cause elsewhere(std::string_view reason, bool permanent, bool attempted = true) {
    return {.consequence = Consequence::next_relay, .reason = reason, .permanent = permanent, .attempted = attempted};
}
/// The relay takes no mail of ours.
Cause no_relay(std::string_view reason, bool attempted = false) {
    return {.consequence = Consequence::pause_relay, .reason = reason, .attempted = attempted};
}

/// No usable reply came: the session is to blame, unless the mail could not be sent at all.
Cause without_reply(const Reply& reply) {
    // Stages are numbered in the order of the trip (reply.hpp), so this is a
    // question of how far the session came.
    using Failure = Reply::Failure;
    const bool attempted = reply.stage > Stage::mail;  // before RCPT nothing was asked about the recipient
    switch (reply.failure) {
        // Nothing was sent: our own session found that this mail cannot be put on the
        // wire. Waiting would not change the mail.
        case Failure::invalid:
            return permanent(reply.stage == Stage::content ? "invalid_message" : "invalid_address");
        // The server lacks what this mail needs. Other mails of the same session are not
        // concerned, so it is no trouble with the relay.
        case Failure::not_offered:
            return elsewhere(reply.enhanced == "5.3.4" ? "message_too_large" : "smtputf8_not_offered", true);
        // From here on the recipient was never asked: the attempt does not count,
        // and the wait goes by the mail's age.
        case Failure::unreachable:
            return no_relay("relay_unreachable");
        case Failure::tls_failed:
            return no_relay("tls_failed");
        case Failure::auth_failed:
            return no_relay("auth_failed");
        case Failure::not_begun:
            return temporary("not_begun", false);
        case Failure::closed:
        case Failure::timeout:
        case Failure::garbage:
        case Failure::none:
            break;
    }
    // S36: the server may have taken the mail before the line broke. It goes out again
    // under the same Message-ID, and is counted.
    if (reply.content_sent) return {.reason = "lost_reply", .uncertain = true};
    if (reply.failure == Failure::closed) return elsewhere("connection_closed", false, attempted);
    if (reply.failure == Failure::timeout) return elsewhere("timeout", false, attempted);
    return elsewhere("protocol_error", false, attempted);
}

/// Refused before any mail was named.
// Even a 5xx is no verdict on the mail here: a relay that greets with 554 (RFC 5321 §3.1) or refuses EHLO
// refuses us, and whoever runs it can let us in again.
Cause before_mail(const Said& said) {
    if (said.stage == Stage::auth) return no_relay("auth_failed");
    if (said.stage == Stage::tls) return no_relay("tls_failed");
    return no_relay("relay_refused");
}

bool is_size(const Said& said) {
    if (said.is({"3.4", "2.3"})) return true;
    // A bare 552 at RCPT is read as the mailbox's own affair, or as too many recipients (RFC 5321 §4.5.3.1.10).
    if (said.code != 552 || !said.status.empty() || said.stage == Stage::recipient) return false;
    return says(said.text, size_words) || !says(said.text, full_words);  // RFC 1870 §6.1, §6.2: 552 at MAIL and after the content
}

bool is_full(const Said& said) {
    // RFC 5321 §4.5.3.1.10 wants a 552 at RCPT taken as temporary, since old servers say it where 452 is meant.
    // Elsewhere too it is waited for, unless is_size has claimed it.
    return said.is({"2.2"}) || (said.code == 552 && said.status.empty());
}

bool is_rate(const Said& said) {
    if (is_size(said) || is_full(said)) return false;
    // "Too many hops" is a mail loop, and no waiting ends that.
    return said.is({"7.28"}) || (says(said.text, rate_words) && said.text.find("hops") == std::string::npos);
}

/// What concerns the relay or how we are set up there, whatever the class of the reply: it may be repaired, so the mail waits.
const char* trouble_with_relay(const Said& said) {
    // Behind MAIL a 5.7.9 is a refusal of this mail: some use it for their DMARC policy.
    const bool about_us = said.code < 500 || said.stage == Stage::mail;
    // These codes speak of AUTH, or of TLS before it (RFC 4954 §6; RFC 3207 §4
    // for 530), at whatever command they come.
    if (said.code == 530 || said.code == 534 || said.code == 535 || said.code == 538 ||
        (about_us && said.is({"7.8", "7.9", "7.11"})))
        return "auth_failed";
    if (is_rate(said)) return "rate_limited";
    if (says(said.text, relay_words)) return "relay_denied";
    // A server that calls our commands unknown or out of order tells of a broken session, not of the mail.
    if (said.code == 500 || said.code == 502 || said.code == 503 || said.is({"5.1"})) return "protocol_error";
    if (said.stage == Stage::mail && said.status.starts_with("7.")) return "policy_rejected";
    // A 7.x at MAIL refuses us before a recipient is named: a blocklist, most
    // often, from which one can be taken off again.
    return nullptr;
}

Cause refused_for_good(const Said& said) {
    if (is_size(said)) return permanent("message_too_large");
    // The order is the substance: size and quota before words, since "quota exceeded" is also found in texts
    // about spam; the sender before the mailbox, since a refused sender at RCPT often comes with 5.1.x; and
    // suppression only by status or by plain words.
    if (is_full(said)) return temporary("mailbox_full");
    // Our own sender is refused, be it only at RCPT: that says nothing of the recipient.
    if (says(said.text, sender_words)) return permanent("sender_rejected");
    if (said.stage != Stage::mail && said.is({"1.1", "1.6", "1.10"})) return permanent("no_such_mailbox", true);
    // x.1.6 is a mailbox that moved without a new address, x.1.10 a domain with a null MX (RFC 7505): both are
    // as gone as x.1.1. At MAIL the same status can only mean our sender.
    if (said.stage != Stage::mail && said.is({"2.1"})) return permanent("mailbox_disabled", true);
    if (said.is({"1.3"}) || (said.code == 553 && said.stage == Stage::recipient)) return permanent("invalid_address");
    // Bad syntax is a fault of the address as typed; it bounces, but there is no mailbox to be suppressed.
    if (says(said.text, spam_words)) return permanent("spam_rejected");
    if (said.status.starts_with("7.")) return permanent("policy_rejected");
    if (said.stage == Stage::mail) return permanent("sender_rejected");
    const bool unspecific = said.status.empty() || said.is({"0.0", "1.0"});
    // 0.0 and 1.0 are what servers say who have nothing to say; any other status outweighs words of the text.
    if (unspecific && says(said.text, unknown_words)) return permanent("no_such_mailbox", true);
    // RFC 3463 §3.4: the system that we speak to, neither the mail nor its recipient.
    if (said.status.starts_with("3.")) return elsewhere("relay_refused", true);
    return permanent(said.stage == Stage::recipient ? "recipient_rejected" : "message_rejected");
}

std::string_view refused_for_now(const Said& said) {
    if (is_full(said)) return "mailbox_full";
    // A temporary 7.1 at RCPT is how greylisting looks on servers that do not name it. The
    // reason is for people: it waits as any other.
    if (says(said.text, grey_words) || (said.is({"7.1"}) && said.stage == Stage::recipient)) return "greylisted";
    return "temporary_failure";
}

}  // namespace

// The order narrows down who is meant: no reply, the relay before any mail, the relay closing, our standing
// with it, and only then the mail and its recipient.
Cause find_cause(const Reply& reply) {
    if (reply.failure != Reply::Failure::none || reply.code < 200) return without_reply(reply);
    const Said said(reply);
    if (said.code < 300 && said.stage == Stage::final_dot) return {.consequence = Consequence::delivered, .reason = "delivered"};
    // 2xx at another stage, or 354 where nothing was asked: the session is out of step,
    // and nothing it says may count as delivered.
    if (said.code < 400) return elsewhere("protocol_error", false);  // S35: no other reply delivers
    if (said.stage < Stage::mail) return before_mail(said);
    // RFC 5321 §4.2.3: a 421 may answer any command, so it says nothing about the command that it answers.
    if (said.code == 421) {  // the service closes: not this recipient's fault until its content was there
        const bool attempted = said.stage >= Stage::content;
        return elsewhere(is_rate(said) ? "rate_limited" : "relay_busy", false, attempted);
    }
    if (const char* reason = trouble_with_relay(said)) return elsewhere(reason, false);
    if (said.permanent()) return refused_for_good(said);
    // At MAIL and DATA no recipient was asked about: whatever keeps this relay from taking it may not keep the next one.
    if (said.stage == Stage::mail || said.stage == Stage::data) return elsewhere(refused_for_now(said), false);
    return temporary(refused_for_now(said));
}

}  // namespace ilbud
