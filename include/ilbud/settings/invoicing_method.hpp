/// How an invoice reaches the debtor: rows of the settings, not code (R20).
///
/// In    [[method]] of the platform file, over the shipped rows
/// Out   whether mail goes out, and what mails call the method
/// Pure
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/settings/words.hpp"

namespace ilbud {

struct InvoicingMethod {
    std::string name;  ///< as events and units say it: "betalingsservice"
    MailedBy mails = MailedBy::never;
    std::string label;  ///< a name that people know in every language, "Betalingsservice"; empty: mails do not name it

    bool operator==(const InvoicingMethod&) const = default;
};

/// A debtor with an electronic address (EAN, Peppol) is invoiced by this one, whatever else is chosen.
inline constexpr std::string_view electronic_method = "nemhandel";

/// What is there without a word in the settings: email, card, mobilepay, vipps, betalingsservice, autogiro, avtalegiro, efaktura,
/// nemhandel, paper.
[[nodiscard]] std::vector<InvoicingMethod> shipped_methods();

[[nodiscard]] std::vector<std::string> names_of(const std::vector<InvoicingMethod>& methods);

/// The method `name`, or null.
[[nodiscard]] const InvoicingMethod* find_method(const std::vector<InvoicingMethod>& methods, std::string_view name);

}  // namespace ilbud
