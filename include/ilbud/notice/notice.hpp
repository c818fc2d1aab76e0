/// A notice: something an account's contact should know, and the event that it becomes.
///
/// In    who, why, about what, and what is known of it
/// Out   the JSON of an account.notice event, which parse_event reads with EventLimits::own
/// Pure  the same notice at the same time gives the same event, so that one told twice around a crash is mailed once (R1)
/// See   DOMAIN R3; render/variables.hpp
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ilbud/base/time.hpp"

namespace ilbud {

/// No subscriber's address belongs in it (R3).
///
/// The texts know these facts and say them in the account's language:
///   since      RFC 3339: when it began; domain_fixed: since when it is in order
///   signed_by  domain_broken: the domain that signs the mails instead
///   waiting    domain_broken: "true" if the domain's mails wait
///   aspect     domain_broken, domain_fixed: "spf" or "dmarc"; without it, it is the signature (DKIM). Each is told for itself
///   rate, limit, mails, failed, hours   numbers of a rate notice; shares are "0.071"
/// Any other is listed as it stands, "name: value": it should be in the account's language.
struct Notice {
    std::string account;
    std::string cause;    ///< a word of NoticeCause: "domain_broken", …
    std::string subject;  ///< the domain; empty: the account itself
    std::vector<std::pair<std::string, std::string>> facts;
    std::string records;  ///< text to paste, line by line; may be empty

    bool operator==(const Notice&) const = default;
};

/// What of a domain it is about: the fact "aspect"; empty without one.
[[nodiscard]] std::string_view aspect_of(const Notice& notice);

/// What only whoever runs the platform can mend, in plain English. No subscriber's address belongs in it either.
struct OperatorNotice {
    std::string trouble;  ///< which it is: "relay one"
    std::string subject;  ///< of the mail
    std::vector<std::string> lines;
};

/// What a server said, with "…" for every word that holds an '@': servers like to repeat whom they refuse.
[[nodiscard]] std::string without_addresses(std::string_view text);

/// An account.notice event to notices.operator, likewise whatever bytes the notice holds.
[[nodiscard]] std::string operator_event(const OperatorNotice& notice, Time at);

/// The event's id: cause, day and a digest of all that tells it from others.
[[nodiscard]] std::string notice_id(const Notice& notice, Time at);

/// The event, whatever bytes the notice holds: what no event may contain is left out, what is too long is cut.
[[nodiscard]] std::string notice_event(const Notice& notice, Time at);

}  // namespace ilbud
