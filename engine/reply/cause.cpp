// What a reply means is the table's word (reply_table.cpp); here is what holds whatever a server says: without a reply the
// session is to blame, before MAIL the relay, a 421 means neither the mail nor its recipient, and only a 5xx is for good.
#include "ilbud/reply/cause.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "reply_table.hpp"

namespace ilbud {
namespace {

Cause temporary(std::string_view reason, bool attempted = true, Concern concern = Concern::session) {
    return {.reason = reason, .attempted = attempted, .concern = concern};
}
Cause bounced(std::string_view reason, Concern concern) {
    return {.consequence = Consequence::bounce, .reason = reason, .permanent = true, .concern = concern};
}
/// Another relay may take it.
Cause elsewhere(std::string_view reason, bool permanent, bool attempted = true, Concern concern = Concern::session) {
    return {.consequence = Consequence::next_relay,
            .reason = reason,
            .permanent = permanent,
            .attempted = attempted,
            .concern = concern};
}
/// The relay takes no mail of ours.
Cause no_relay(std::string_view reason, Concern concern = Concern::relay) {
    return {.consequence = Consequence::pause_relay, .reason = reason, .attempted = false, .concern = concern};
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
            if (reply.stage == Stage::content) return bounced("invalid_message", Concern::mail);
            return bounced("invalid_address", Concern::recipient);
        // The server lacks what this mail needs. Other mails of the same session are not
        // concerned, so it is no trouble with the relay.
        case Failure::not_offered:
            return elsewhere(reply.enhanced == "5.3.4" ? "message_too_large" : "smtputf8_not_offered", true, true, Concern::mail);
        // From here on the recipient was never asked: the attempt does not count,
        // and the wait goes by the mail's age.
        case Failure::unreachable:
            return no_relay("relay_unreachable");
        case Failure::tls_failed:
            return no_relay("tls_failed");
        case Failure::auth_failed:
            return no_relay("auth_failed", Concern::account);
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

const Row* find_row(const Said& said) {
    const auto table = reply_table();
    const auto found = std::find_if(table.begin(), table.end(), [&](const Row& row) { return fits(row, said); });
    return found == table.end() ? nullptr : &*found;
}

/// Refused before any mail was named.
// Even a 5xx is no verdict on the mail here: a relay that greets with 554 (RFC 5321 §3.1) or refuses EHLO
// refuses us, and whoever runs it can let us in again. The table only says what it calls us.
Cause before_mail(const Said& said) {
    if (const Row* row = find_row(said)) return no_relay(row->reason, row->concern);
    if (said.stage == Stage::auth) return no_relay("auth_failed", Concern::account);
    if (said.stage == Stage::tls) return no_relay("tls_failed");
    return no_relay("relay_refused");
}

Cause by_row(const Row& row, const Said& said) {
    Cause cause{.consequence = row.consequence, .reason = row.reason, .permanent = row.permanent, .concern = row.concern};
    // At MAIL the next relay gets its chance, and so does this one: a block of ours is taken off again one day.
    if (!said.permanent() || (said.stage == Stage::mail && row.consequence == Consequence::next_relay)) cause.permanent = false;
    // What is about us is tried again by the mail's age, and costs the recipient none of its attempts.
    if (row.concern == Concern::account || row.consequence == Consequence::pause_relay) cause.attempted = false;
    return cause;
}

/// RFC 5321 §4.2.3: a 421 may answer any command, so it says nothing about the command that it answers: not of the
/// recipient, and not of the relay's other mail either, once there is a transaction. Not this recipient's fault until its
/// content was there.
Cause closing(const Said& said) {
    const Row* row = find_row(said);
    // At MAIL no recipient has been named yet: an account that is paused there is paused for every mail.
    if (said.stage == Stage::mail && row != nullptr && row->concern == Concern::account) return by_row(*row, said);
    const bool named = row != nullptr && (row->concern == Concern::account || row->concern == Concern::relay);
    return elsewhere(named ? row->reason : "relay_busy", false, said.stage >= Stage::content,
                     named ? row->concern : Concern::relay);
}

/// A bare 552 is the message's size at MAIL and behind the content (RFC 1870 §6.1, §6.2), and at RCPT the mailbox's own
/// affair, or too many recipients (RFC 5321 §4.5.3.1.10).
Cause by_storage(const Said& said) {
    if (said.stage != Stage::recipient) return bounced("message_too_large", Concern::mail);
    return temporary("mailbox_full", true, Concern::recipient);
}

/// No row fits a 5xx: the class and the stage are all that is known.
Cause refused_for_good(const Said& said) {
    if (said.code == 552 && said.status.empty()) return by_storage(said);
    // At MAIL an address is the sender's.
    if (said.stage == Stage::mail && (said.status.starts_with("1.") || said.status.starts_with("2.")))
        return bounced("sender_rejected", Concern::sender);
    // Else it is us who are refused, and nobody says why: most often by a list, from which one can be taken off again, or by a fault
    // of the server's.
    if (said.stage == Stage::mail)
        return elsewhere(said.status.starts_with("7.") ? "policy_rejected" : "relay_refused", false, true, Concern::relay);
    if (said.status.starts_with("7.")) return bounced("policy_rejected", Concern::mail);
    if (said.stage == Stage::recipient) return bounced("recipient_rejected", Concern::recipient);
    return bounced("message_rejected", Concern::mail);
}

/// No row fits a 4xx.
Cause refused_for_now(const Said& said) {
    // A temporary 7.1 at RCPT is how greylisting looks on servers that do not name it. The
    // reason is for people: it waits as any other.
    if (said.status == "7.1" && said.stage == Stage::recipient) return temporary("greylisted", true, Concern::recipient);
    // At MAIL and DATA no recipient was asked about: whatever keeps this relay from taking it may not keep the next one.
    if (said.stage == Stage::mail || said.stage == Stage::data)
        return elsewhere("temporary_failure", false, true, Concern::relay);
    return temporary("temporary_failure", true, Concern::relay);
}

// What is said here and not in the table.
constexpr std::array<std::string_view, 22> own_reasons{
    "delivered",         "invalid_message", "invalid_address", "message_too_large",  "smtputf8_not_offered",
    "relay_unreachable", "tls_failed",      "auth_failed",     "not_begun",          "lost_reply",
    "connection_closed", "timeout",         "protocol_error",  "relay_refused",      "relay_busy",
    "mailbox_full",      "policy_rejected", "sender_rejected", "recipient_rejected", "greylisted",
    "temporary_failure", "message_rejected"};

}  // namespace

Cause find_cause(const Reply& reply) {
    if (reply.failure != Reply::Failure::none || reply.code < 200) return without_reply(reply);
    if (reply.code < 300 && reply.stage == Stage::final_dot)
        return {.consequence = Consequence::delivered, .reason = "delivered", .concern = Concern::mail};
    // 2xx at another stage, or 354 where nothing was asked: the session is out of step,
    // and nothing it says may count as delivered.
    if (reply.code < 400) return elsewhere("protocol_error", false);  // S35: no other reply delivers
    const Said said(reply);
    if (said.stage < Stage::mail) return before_mail(said);
    if (said.code == 421) return closing(said);
    const Row* row = find_row(said);
    // A verdict on a content that it cannot have read: out of step, unless it says that there will be too much of it.
    if (said.stage == Stage::content && said.permanent() && said.code != 552 &&
        (row == nullptr || row->reason != "message_too_large"))
        return elsewhere("protocol_error", false);
    if (row != nullptr) return by_row(*row, said);
    return said.permanent() ? refused_for_good(said) : refused_for_now(said);
}

std::span<const std::string_view> reasons() {
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> found(own_reasons.begin(), own_reasons.end());
        for (const Row& row : reply_table()) found.push_back(row.reason);
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }();
    return all;
}

}  // namespace ilbud
