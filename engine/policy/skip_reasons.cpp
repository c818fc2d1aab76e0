// The one place where a reason gets its name and its sentence. Names are stored with every skip, counted and shown by
// other programs: they are never changed, only added. Rules give reasons by the enum, and the assertion below holds
// table and enum to one order; stored ones come back as text and are looked up by name.
#include "skip_reasons.hpp"

#include <array>
#include <span>

#include "ilbud/policy/decide.hpp"

namespace ilbud {

namespace {

// In the order of Reason: name_of() is an index. The sentences name the setting to change, where there is one.
constexpr std::array<SkipReason, 38> table{{
    {"origin_not_mailed",
     "The customer service does not mail this kind for events of this origin, so that administrative changes "
     "do not reach subscribers (setting mail_origins)."},
    {"no_email", "There is no e-mail address to send it to."},
    {"account_address", "The recipient's address is one of the account's own, which are for messages from the platform only."},
    {"account_sender",
     "The sender address in the settings is one of the account's own, which never stand in a subscriber's mail."},
    {"test_mode", "The account is in test mode and the recipient's domain is not one of those allowed."},
    {"awaits_confirmation", "The form asks for a confirmation first; the welcome mail follows when it is given."},
    {"welcome_belongs_to_created",
     "The form asks for no confirmation, so the welcome mail belonged to the event that created the "
     "subscription."},
    {"form_switch_off", "The sign-up form sends no welcome mail (setting welcome_mail of the form)."},
    {"service_switch_off", "The customer service sends no mail on this occasion (settings mail_on_start, mail_on_stop)."},
    {"charge_failed",
     "The card was not charged; a failed charge mails nothing unless the unit mails payment_failed (setting [unit.kinds])."},
    {"test_charge", "It was a test charge of the payment provider, and the account is not in test mode."},
    {"amount_zero", "Nothing was charged: the amount is not above zero."},
    {"receipts_off", "The business unit sends no card receipts (setting card_receipts)."},
    {"document_sent_before", "The invoice was mailed before, or the event says that it was sent, so no receipt follows."},
    {"copy_invalid", "An address of copy_to is none, so no copy goes there; the invoice and its other copies are mailed."},
    {"kind_off", "The business unit does not mail this kind (settings [unit.kinds], and `on` of the [[kind]])."},
    {"not_a_gift", "The subscription that ends was no gift, and its end makes no mail."},
    {"address_unchanged", "The event names no e-mail address from before, or the same one: nobody is told."},
    {"price_unchanged", "The price stays as it was."},
    {"nothing_open", "Nothing of the invoice is to be paid, so nobody is reminded of it."},
    {"not_due", "The invoice may still be paid in time, so nobody is reminded of it."},
    {"too_late", "It came after the time until which it is of use (a link that has expired, a day that has passed)."},
    {"notices_off", "The platform mails no notices to accounts (setting notices.enabled)."},
    {"no_notice_sender", "The platform has no address to send notices from (setting notices.from)."},
    {"invoice_mailed_before", "This invoice was mailed to this address before; an event with resend sends it again."},
    {"mailed_before", "A mail of this kind about the same went to this address before."},
    {"cancelled_before",
     "The subscriber was told of this end when the subscription was cancelled; its running out is not mailed again."},
    {"superseded",
     "It came late: newer events had made it pointless already (a later one about the same, a confirmation, a payment, or the "
     "end "
     "of every subscription it lists)."},
    {"suppressed", "The address is suppressed after a hard bounce or a complaint, or by hand."},
    // No reasons of their own: methods are rows of the settings, and these are the shipped ones' sentences.
    {"method_card", "The invoice is paid by card under an automatic agreement and is not mailed."},
    {"method_mobilepay", "The invoice is paid through MobilePay under an automatic agreement and is not mailed."},
    {"method_vipps", "The invoice is paid through Vipps under an automatic agreement and is not mailed."},
    {"method_betalingsservice", "The invoice is collected through Betalingsservice and is not mailed."},
    {"method_autogiro", "The invoice is collected through Autogiro and is not mailed."},
    {"method_avtalegiro", "The invoice is collected through AvtaleGiro and is not mailed."},
    {"method_efaktura", "The invoice goes to the debtor's bank as eFaktura and is not mailed."},
    {"method_nemhandel", "The invoice goes electronically through NemHandel and is not mailed."},
    {"method_paper", "The invoice goes out on paper and is not mailed."},
}};
static_assert(table[static_cast<std::size_t>(Reason::suppressed)].name == "suppressed");

constexpr std::string_view by_method =
    "The invoice goes by a method that is not mailed (setting mails of the [[method]] of this name).";

}  // namespace

std::string_view name_of(Reason reason) {
    return table[static_cast<std::size_t>(reason)].name;
}

std::span<const SkipReason> skip_reasons() {
    return table;
}

// A walk: there are two dozen, and people ask one at a time. A name of a newer version is no error, only unexplained.
std::string_view explain_skip(std::string_view reason) {
    for (const SkipReason& known : table)
        if (known.name == reason) return known.sentence;
    return reason.starts_with(method_reason) ? by_method : std::string_view();
}

}  // namespace ilbud
