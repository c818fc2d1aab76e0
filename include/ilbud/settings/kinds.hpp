/// The one table of the kinds of mail: what each is like, and what the settings say of it.
///
/// In    the shipped rows; [[kind]] of the platform file over them
/// Out   rows by kind. What stores and queues go by is fixed, so that a mail that waits stays what it was
/// Pure
/// See   DOMAIN R4, R7, R38; DESIGN §5 (classes)
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/time.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

/// To whom a kind goes.
enum class MailTo : std::uint8_t {
    subscriber,
    payer,           ///< else the subscriber, where nobody else is named or the payer has no address
    form,            ///< as the sign-up form says (R10)
    both_addresses,  ///< the subscriber's, the one before and the one now
    account,         ///< the account's contact (R3)
};
template <>
inline constexpr std::array<std::string_view, 5> words<MailTo>{"subscriber", "payer", "form", "both addresses", "account"};

/// What a complaint stops: the kinds of one group.
inline constexpr std::string_view payment_group = "payment", subscription_group = "subscription", notice_group = "notice";

inline constexpr std::size_t urgency_count = 3;

/// What is the same in every set of settings, or in force where they say nothing.
struct KindTraits {
    Kind kind{};
    std::string_view event;  ///< the type that makes it
    MailTo to{};             ///< all kinds of `payment_group` have documents: their copies and debtors are the rule's (R21, R22)
    int urgency = 1;         ///< 0 to 2, the class: lower leaves first (DESIGN §5)
    std::string_view group;  ///< of suppressions
    Duration give_up_after{};     ///< from acceptance; the default of delivery.retry
    std::string_view give_up_at;  ///< the event's field that says until when it is of use; empty: none
    std::string_view replaces;    ///< an earlier one, about the same of this, that still waits (R36); empty: none
    bool must_arrive = false;     ///< one that cannot be mailed must reach its recipient in another way (R7)
};

inline constexpr std::array<KindTraits, kind_count> kind_traits{{
    {Kind::confirmation, "subscription.created", MailTo::subscriber, 0, subscription_group, 24h, {}, "order"},
    {Kind::welcome, "subscription.created", MailTo::form, 1, subscription_group, 48h, {}, {}},
    {Kind::stopped, "subscription.stopped", MailTo::subscriber, 1, subscription_group, 48h, {}, {}},
    {Kind::cancelled, "subscription.cancelled", MailTo::subscriber, 1, subscription_group, 48h, {}, {}},
    {Kind::receipt, "card.charged", MailTo::payer, 1, payment_group, 48h, {}, {}},
    {Kind::invoice, "invoice.issued", MailTo::payer, 2, payment_group, 120h, {}, {}, true},
    {Kind::notice, "account.notice", MailTo::account, 1, notice_group, 48h, {}, {}},
    {Kind::payment_failed, "card.charged", MailTo::payer, 1, payment_group, 72h, {}, "invoice"},
    {Kind::credit_note, "invoice.issued", MailTo::payer, 2, payment_group, 120h, {}, {}, true},
    {Kind::reminder, "invoice.reminded", MailTo::payer, 2, payment_group, 120h, {}, "invoice", true},
    {Kind::renewal_notice,
     "subscription.renewing",
     MailTo::subscriber,
     1,
     subscription_group,
     120h,
     "data.renewal.cancel_before",
     {}},
    {Kind::price_change, "subscription.price_changed", MailTo::subscriber, 1, subscription_group, 120h, {}, "subscription"},
    {Kind::card_expiring, "card.expiring", MailTo::payer, 2, payment_group, 120h, "data.card.expires", {}},
    {Kind::gift_ending, "subscription.ending", MailTo::subscriber, 2, subscription_group, 120h, "data.ends_at", {}},
    {Kind::login_link, "login.requested", MailTo::subscriber, 0, subscription_group, 24h, "data.login.expires_at", "subscriber"},
    {Kind::email_changed, "subscriber.changed", MailTo::both_addresses, 1, subscription_group, 72h, {}, {}},
    {Kind::withdrawn, "subscription.withdrawn", MailTo::subscriber, 1, subscription_group, 72h, {}, {}},
    {Kind::known_address, "form.known_address", MailTo::subscriber, 0, subscription_group, 1h, {}, {}},
}};

constexpr const KindTraits& traits_of(Kind kind) {
    return kind_traits[static_cast<std::size_t>(kind)];
}
static_assert([] {
    for (std::size_t i = 0; i < kind_count; ++i)
        if (kind_traits[i].kind != static_cast<Kind>(i)) return false;
    return true;
}());

/// Those that go to subscribers, in the order of Kind.
inline constexpr auto subscriber_kinds = [] {
    std::array<Kind, kind_count - 1> kinds{};
    std::size_t at = 0;
    for (const auto& each : kind_traits)
        if (each.kind != Kind::notice) kinds[at++] = each.kind;
    return kinds;
}();

/// What settings say of a kind.
struct KindRow {
    Kind kind{};
    bool on = true;           ///< whether units mail it that do not say so themselves
    MailFrom from{};          ///< notices come from the platform's own address
    WordSet<Origin> origins;  ///< that mail it, where the customer service does not say (R4)
    int urgency = 1;          ///< 0 to 2, the class: lower leaves first (DESIGN §5)
    std::string group = {};   ///< of suppressions: a complaint about one of its mails stops those of the same
    bool one_click = false;   ///< carries List-Unsubscribe where its customer service has an unsubscribe_url
    std::vector<std::string> required_by_law =
        {};  ///< countries (ISO 3166-1, two capitals) where it is, and "EU" for all of its states

    bool operator==(const KindRow&) const = default;
};

/// Which origins mail each kind, and whether a unit mails it where that is said.
using OriginsByKind = std::array<WordSet<Origin>, kind_count>;
using SwitchByKind = std::array<std::optional<bool>, kind_count>;
[[nodiscard]] OriginsByKind origins_of(const std::vector<KindRow>& rows);

/// The shipped rows by Kind, that of notices among them.
[[nodiscard]] std::vector<KindRow> shipped_kinds();

/// Whether the law of `country` asks for what the row is about; of no country nothing is known to.
[[nodiscard]] bool is_required(const KindRow& row, std::string_view country);

/// For people who write events and settings, as Markdown (docs/kinds.md): what makes each kind and what becomes of it.
[[nodiscard]] std::string kind_reference();

}  // namespace ilbud
