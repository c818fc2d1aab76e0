#include "provider_text.hpp"

#include <vector>

#include "ilbud/render/format.hpp"
#include "paragraphs.hpp"

namespace ilbud {
namespace {

// The rules that got `answer`; of those for every sender only, if `every_sender`.
std::string rules_with(const ProviderVerdict& verdict, RuleAnswer answer, bool every_sender, const DomainWords& words,
                       Locale language) {
    std::vector<std::string> names;
    for (const auto& each : verdict.rules)
        if (each.answer == answer && !(every_sender && each.large_volume_only))
            names.emplace_back(words.rules[static_cast<std::size_t>(each.rule)]);
    return format_list(names, language);
}

}  // namespace

std::string_view provider_name(Provider provider) {
    switch (provider) {
        case Provider::gmail:
            return "Gmail";
        case Provider::yahoo:
            return "Yahoo";
        case Provider::outlook:
            return "Outlook.com";
        case Provider::gmx:
            return "GMX, WEB.DE";
        case Provider::apple:
            break;
    }
    return "iCloud Mail";
}

// What every sender must meet is told before what large ones must: who fails the former
// need not read about the latter. And what fails comes before what is unknown, since no
// answer that is still missing could mend it.
std::string provider_line(const ProviderVerdict& verdict, const DomainWords& words, Locale language) {
    const auto with = [&](std::string_view text, RuleAnswer answer, bool every_sender = false) {
        return filled(text, {{"rules", rules_with(verdict, answer, every_sender, words, language)}});
    };
    if (verdict.large_volume == RuleAnswer::passes) return std::string(words.passes);
    if (verdict.any_volume == RuleAnswer::fails) return with(words.fails, RuleAnswer::fails, true);
    if (verdict.any_volume == RuleAnswer::unknown) return with(words.undecided, RuleAnswer::unknown, true);
    if (verdict.large_volume == RuleAnswer::unknown) return with(words.undecided, RuleAnswer::unknown);
    return with(words.passes_small, RuleAnswer::fails);
}

}  // namespace ilbud
