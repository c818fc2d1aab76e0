/// What a large mailbox provider would make of the mail, in words.
///
/// Pure
#pragma once
#include <string>
#include <string_view>

#include "domain_words.hpp"

namespace ilbud {

[[nodiscard]] std::string_view provider_name(Provider provider);
/// "yes", or what is missing or not known.
[[nodiscard]] std::string provider_line(const ProviderVerdict& verdict, const DomainWords& words, Locale language);

}  // namespace ilbud
