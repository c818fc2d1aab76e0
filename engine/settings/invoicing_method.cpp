#include "ilbud/settings/invoicing_method.hpp"

#include <algorithm>

namespace ilbud {

// Methods that collect by themselves or reach the debtor outside of mail are never mailed; what a person pays, with a link or a
// card, is mailed as long as no agreement pays it.
std::vector<InvoicingMethod> shipped_methods() {
    using enum MailedBy;
    return {
        {"email", always, {}},
        {"card", without_agreement, {}},
        {"mobilepay", without_agreement, "MobilePay"},
        {"vipps", without_agreement, "Vipps"},
        {"betalingsservice", never, "Betalingsservice"},
        {"autogiro", never, "Autogiro"},
        {"avtalegiro", never, "AvtaleGiro"},
        {"efaktura", never, "eFaktura"},
        {"nemhandel", never, "NemHandel"},
        {"paper", never, {}},
    };
}

std::vector<std::string> names_of(const std::vector<InvoicingMethod>& methods) {
    std::vector<std::string> names;
    names.reserve(methods.size());
    for (const auto& method : methods) names.push_back(method.name);
    return names;
}

const InvoicingMethod* find_method(const std::vector<InvoicingMethod>& methods, std::string_view name) {
    const auto found = std::find_if(methods.begin(), methods.end(), [name](const auto& method) { return method.name == name; });
    return found == methods.end() ? nullptr : &*found;
}

}  // namespace ilbud
