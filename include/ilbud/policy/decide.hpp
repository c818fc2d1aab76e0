/// The decision: which mails an event makes, to whom, from whom, and why not.
///
/// In    a settings snapshot, a checked event, the time
/// Out   planned mails, skips with named reasons and the chain of rules that led there
/// Pure  the same input gives the same decision, ids included
/// See   DOMAIN R1–R24, R36–R39
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// One mail to one recipient, as decided. What it says is rendered when it leaves.
struct PlannedMail {
    std::string id;  ///< stable_id({source, event id, kind, recipient}) (R2); Message-ID is <id@domain of from>
    Kind kind{};
    std::string account;
    std::string unit;     ///< empty: a notice, which is no unit's
    std::string to;       ///< wire form
    std::string to_name;  ///< display name; may be empty
    std::string from;     ///< invoice or support address of the unit; of a notice, the platform's
    std::string from_name;
    std::string reply_to;       ///< empty: none
    std::string envelope_from;  ///< the sender in MAIL FROM; empty: `from`
    std::string site;           ///< the receiving site: the domain of `to`, lower-case A-labels
    Locale locale{};
    bool copy = false;  ///< R22: a copy, not to the debtor
    int urgency = 1;    ///< 0 to 2, the class: lower leaves first
    std::string group;  ///< whose complaints stop it (R7); empty: those about its kind's, as it is shipped
    Time planned_at{};
    /// R23: at most one mail per key, ever, across events; empty: no such limit. The queue refuses a second one and reports it
    /// skipped: "invoice_mailed_before". A key is used up while a mail of it waits (deferred, held, in test mode), is on its way or
    /// was delivered (a complaint changes nothing). What bounced, at once or by a later report, expired for any reason, was
    /// suppressed, superseded or was cancelled by people does not count, nor does what was skipped and so never planned.
    std::string once_key;
    /// R23: mailed although its key is used up (resend); the key is free only when no mail of it counts, resent or not. Not kept
    /// with the mail.
    bool repeat = false;
    /// R14: not mailed if an earlier event left this mark; then skipped: "cancelled_before". Empty: no such condition.
    std::vector<std::string> unless_marked;
    /// R17: not mailed if a mail of this once_key counts as mailed; then skipped: "document_sent_before". Empty: no such condition.
    std::string unless_mailed;
    /// R36: what it is about; empty: nothing that passes. It is withdrawn (cancelled: "superseded") if newer events supersede all
    /// of these while it waits, and skipped ("superseded") if they did so before its own, older event came.
    std::vector<std::string> topics;
    /// Until when it is of use, as its event says (R38); it does not leave after that. Not kept with the mail: the event has it
    /// (gives_up_at). Empty: as long as it may be tried.
    std::optional<Time> give_up_at;
    /// R38: by the country of its unit; one that cannot be mailed is undeliverable. Not kept with the mail.
    bool required_by_law = false;
    /// R36: a topic that decides alone: superseded, it makes the mail pointless, whatever becomes of `topics`. Of mails about it
    /// only the newest waits: once queued, the mail supersedes it for those of earlier events. Empty: none.
    std::string replaces;
};

/// R36: whether mails of this kind may have topics.
constexpr bool may_have_topics(Kind kind) {
    return kind == Kind::welcome || kind == Kind::renewal_notice || kind == Kind::gift_ending ||
           !traits_of(kind).replaces.empty();
}

/// R38: until when a mail of `kind` about `event` is of use; nothing: the event does not say. Days are those of `zone`.
[[nodiscard]] std::optional<Time> gives_up_at(const Event& event, Kind kind, std::string_view zone);

/// The queue's reason for refusing a mail of `kind` whose once_key is used up.
[[nodiscard]] std::string_view once_reason(Kind kind);

/// Whose complaints stop the mail.
[[nodiscard]] inline std::string_view group_of(const PlannedMail& mail) {
    return mail.group.empty() ? traits_of(mail.kind).group : std::string_view(mail.group);
}

struct Skip {
    Kind kind{};
    std::string reason;      ///< snake_case, one of skip_reasons()
    std::string to;          ///< the address concerned, if there is one
    std::string field = {};  ///< the event's field concerned, if there is one: "data.copy_to[1]"
    /// Who was to get it must be reached in another way, and nobody else sees to it: told to the sender, and a warning in the log.
    bool undeliverable = false;
};

/// Whether a mail that was planned and then refused for `reason` leaves its recipient without something they must have: a
/// suppressed address gets no invoice (R7), nor what the law asks for (R38).
[[nodiscard]] bool is_undeliverable(const PlannedMail& mail, std::string_view reason);

/// One link of the chain that `ilbud explain` shows.
struct RuleStep {
    std::string rule;     ///< "R9"
    std::string finding;  ///< a sentence: "the form uses no confirmation, so the welcome mail belongs to created"
};

struct Decision {
    std::vector<PlannedMail> mails;
    std::vector<Skip> skipped;
    std::vector<RuleStep> chain;
    std::vector<std::string> marks;       ///< left for later events (PlannedMail::unless_marked)
    std::vector<std::string> supersedes;  ///< topics of waiting mails that this event makes pointless, whatever it mails (R36)
};

/// What the rules leave open is settled so:
/// - An event that names no form is decided by a form with the default settings.
/// - A created event needs `confirmation_url` if its form confirms first and its origin mails confirmations; an import through
///   such a form needs none (R8).
/// - A form's welcome mail to the payer goes to the subscriber if the event names no payer; but a gift is never told to its
///   recipient in the payer's place (R10).
/// - An EAN number or another electronic address outweighs every other choice of method: public bodies must be invoiced by nemhandel.
///   Where the unit does not allow that the invoice goes nowhere, and is undeliverable. Other methods that the unit does not allow
///   are passed over at each level (R20). `fallback_from` mails whatever the method says.
/// - A receipt of an invoice that was mailed to the same address is none, unless the event says whether the document was sent (R17).
/// - A cancelled event leaves a mark for the day the subscription ends in the unit's time zone, mailed or not. A stop on
///   that day, the day before or the day after counts as its running out: an end at midnight is recorded on either side of
///   it (R14).
/// - A confirmation request is about its order and its subscriptions, a welcome mail about its subscriptions. A newer request for
///   the order, or its `confirmed`, makes the request pointless; else all of its subscriptions must be confirmed or have ended, as
///   those of a welcome must have ended. A request that nobody gets (suppressed, test mode, …) replaces none; one without an order
///   neither replaces nor is replaced, and is confirmed by its subscriptions alone. What `confirmed`, a stop or a cancellation
///   withdraws it withdraws whether or not it is mailed itself (R36).
/// - An invoice below zero is mailed as a credit_note, by the same rules as an invoice and under the same once_key (R37).
/// - Whether a unit mails a kind: as its settings say; if they do not, as the kind's row says, or because its country's law asks for it
///   (R38). What the law asks for is mailed for every origin but `import` beside those of the settings, whatever mail_on_start, mail_on_stop and card_receipts say.
/// - A failed charge makes a payment_failed in the place of a receipt where the unit mails that; a later charge of the same invoice that
///   succeeds withdraws one that waits (R18, R36).
/// - A stop, a cancellation or a withdrawal also withdraws a renewal_notice, price_change or gift_ending of its subscription that waits.
/// - A reminder goes by mail whatever the method; nobody is reminded where nothing is open, which withdraws those that wait, nor before
///   the day it is due. Of one level of an invoice a recipient gets one,
///   unless the event says resend (R23); a higher level withdraws lower ones that wait.
/// - A change of address is told to both addresses; one that was removed to the old one alone, and a first one to nobody.
/// - What is of no use any more when its event comes is not mailed (`too_late`).
/// - An allowed test domain covers itself alone, one with a leading dot also every name below it (R6).
/// - A sender address that is the account's own makes no mail (`account_sender`); such a Reply-To is left out (R3).
/// - A notice makes one mail, from the platform's address to the account's contact, which a subscriber's address never enters
///   (R3). Test mode holds it back as any other mail unless the contact's domain is allowed: a copy of real settings that is
///   tried out must not alarm a customer (R6). A suppressed contact gets none (R7); the log tells instead.
///
/// Errors  unknown_unit, unknown_account, unknown_form, unknown_method, missing_field (confirmation_url where R8 applies); `place` is the field's path
Result<Decision> decide(const Settings& settings, const Event& event, Time now);

/// Whether mail of `account` may leave to `email`, in wire form: in test mode only to the allowed domains (R6, R39).
[[nodiscard]] bool may_leave(const Account& account, std::string_view email);

/// The queue has refused `mail`: `chain` says why, for `reason`, and no longer that there is such a mail.
void take_back(std::vector<RuleStep>& chain, const PlannedMail& mail, std::string_view reason);

/// A reason for a skip, and what it means as a sentence for people.
struct SkipReason {
    std::string_view name;
    std::string_view sentence;
};

/// Every reason there is, also those the queue gives (document_sent_before, invoice_mailed_before, cancelled_before, superseded,
/// suppressed). Of the invoicing methods the shipped ones; one of the settings' own is method_<name>.
[[nodiscard]] std::span<const SkipReason> skip_reasons();

/// The sentence for a reason by its name; empty for an unknown one.
[[nodiscard]] std::string_view explain_skip(std::string_view reason);

}  // namespace ilbud
