/// The closed vocabularies that settings and events share, each with its one spelling.
///
/// Pure
/// See   DOMAIN §1, §3, §4
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace ilbud {

/// Kinds of mail (DOMAIN §3, R38). All go to subscribers but `notice`, from the platform to an account (R3). What each of them is
/// like stands in kinds.hpp; stores keep the name.
enum class Kind : std::uint8_t {
    confirmation,
    welcome,
    stopped,
    cancelled,
    receipt,
    invoice,
    notice,
    payment_failed,
    credit_note,
    reminder,
    renewal_notice,
    price_change,
    card_expiring,
    gift_ending,
    login_link,
    email_changed,
    withdrawn,
    known_address,
};
/// Which of a unit's addresses a kind of mail comes from.
enum class MailFrom : std::uint8_t { support, invoice };
/// Why an account gets a notice.
enum class NoticeCause : std::uint8_t { domain_broken, domain_fixed, key_change_stuck, bounce_rate, complaint_rate };
/// Where an event comes from (R4).
enum class Origin : std::uint8_t { form, self_service, publisher, api, import, system };
/// Whether invoices of a method are mailed (R20).
enum class MailedBy : std::uint8_t { always, without_agreement, never };
/// When the document comes that is paid by an automatic agreement: as a receipt of the charge, or as an invoice before it.
enum class CardDocument : std::uint8_t { at_charge, ahead };
/// Languages with texts; a locale here is one of these.
enum class Locale : std::uint8_t { da, nb, sv, en, de };
/// What a subscriber may log in with (R13).
enum class Login : std::uint8_t { number, email };
/// To whom a form's welcome mail goes (R10).
enum class Addressee : std::uint8_t { subscriber, payer };
/// What the account calls its customers and their relation (Benævnelse).
enum class CustomerTerm : std::uint8_t { subscriber, member, customer };
enum class RelationTerm : std::uint8_t { subscription, membership };
/// What the form says when an address is known already (R25).
enum class KnownEmail : std::uint8_t { require_login, suggest_login, off };
/// TLS towards a relay: `required` never falls back (S29), `opportunistic` takes what is offered.
enum class TlsPolicy : std::uint8_t { none, opportunistic, required };
enum class AuthMethod : std::uint8_t { none, plain, login, xoauth2 };
enum class KeyType : std::uint8_t { rsa, ed25519 };
/// How a DKIM key's record gets into the DNS.
enum class PublishBy : std::uint8_t { manual, nsupdate, hook };
/// What becomes of mail from a domain that shows none of our keys: never is it sent unsigned.
enum class UnsignedMail : std::uint8_t { platform, stop };
enum class SignTwice : std::uint8_t { never, grace, always };

/// Spelling by value: words<Kind>[i] belongs to static_cast<Kind>(i).
template <class Enum>
inline constexpr std::array<std::string_view, 0> words{};
template <>
inline constexpr std::array<std::string_view, 18> words<Kind>{
    "confirmation",  "welcome",        "stopped",     "cancelled",     "receipt",        "invoice",
    "notice",        "payment_failed", "credit_note", "reminder",      "renewal_notice", "price_change",
    "card_expiring", "gift_ending",    "login_link",  "email_changed", "withdrawn",      "known_address"};
template <>
inline constexpr std::array<std::string_view, 2> words<MailFrom>{"support", "invoice"};
template <>
inline constexpr std::array<std::string_view, 5> words<NoticeCause>{"domain_broken", "domain_fixed", "key_change_stuck",
                                                                    "bounce_rate", "complaint_rate"};
template <>
inline constexpr std::array<std::string_view, 6> words<Origin>{"form", "self_service", "publisher", "api", "import", "system"};
template <>
inline constexpr std::array<std::string_view, 3> words<MailedBy>{"always", "without_agreement", "never"};
template <>
inline constexpr std::array<std::string_view, 2> words<CardDocument>{"at_charge", "ahead"};
template <>
inline constexpr std::array<std::string_view, 5> words<Locale>{"da", "nb", "sv", "en", "de"};
template <>
inline constexpr std::array<std::string_view, 2> words<Login>{"number", "email"};
template <>
inline constexpr std::array<std::string_view, 2> words<Addressee>{"subscriber", "payer"};
template <>
inline constexpr std::array<std::string_view, 3> words<CustomerTerm>{"subscriber", "member", "customer"};
template <>
inline constexpr std::array<std::string_view, 2> words<RelationTerm>{"subscription", "membership"};
template <>
inline constexpr std::array<std::string_view, 3> words<KnownEmail>{"require_login", "suggest_login", "off"};
template <>
inline constexpr std::array<std::string_view, 3> words<TlsPolicy>{"none", "opportunistic", "required"};
template <>
inline constexpr std::array<std::string_view, 4> words<AuthMethod>{"none", "plain", "login", "xoauth2"};
template <>
inline constexpr std::array<std::string_view, 2> words<KeyType>{"rsa", "ed25519"};
template <>
inline constexpr std::array<std::string_view, 3> words<PublishBy>{"manual", "nsupdate", "hook"};
template <>
inline constexpr std::array<std::string_view, 2> words<UnsignedMail>{"platform", "stop"};
template <>
inline constexpr std::array<std::string_view, 3> words<SignTwice>{"never", "grace", "always"};

/// The spelling of `value`: to_word(Kind::welcome) is "welcome".
template <class Enum>
constexpr std::string_view to_word(Enum value) {
    return words<Enum>[static_cast<std::size_t>(value)];
}

/// The value spelled `word`; nothing if there is none.
template <class Enum>
constexpr std::optional<Enum> from_word(std::string_view word) {
    for (std::size_t i = 0; i < words<Enum>.size(); ++i)
        if (words<Enum>[i] == word) return static_cast<Enum>(i);
    return std::nullopt;
}

inline constexpr std::size_t kind_count = words<Kind>.size();

/// A small set of one vocabulary's values.
template <class Enum>
class WordSet {
 public:
    constexpr WordSet() = default;
    constexpr WordSet(std::initializer_list<Enum> values) {
        for (const Enum value : values) insert(value);
    }
    constexpr void insert(Enum value) { bits_ |= 1U << static_cast<unsigned>(value); }
    [[nodiscard]] constexpr bool contains(Enum value) const { return (bits_ & (1U << static_cast<unsigned>(value))) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    constexpr bool operator==(const WordSet&) const = default;

 private:
    std::uint32_t bits_ = 0;
};

}  // namespace ilbud
