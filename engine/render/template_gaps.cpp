// A language that lacks a text is no error: another one stands in, and who
// offers it is told. Notes are gathered by what they say, so that a missing file
// of the common set is one sentence and not one for each of a thousand units.
#include "template_gaps.hpp"

#include <algorithm>

namespace ilbud {
namespace {

// More names than these make a line that nobody reads; the rest is counted.
constexpr std::size_t named_most = 5;  // of those whom one note concerns

template <class Enum>
std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
}

template <class Texts>
std::string joined(const Texts& texts) {
    std::string out;
    for (const auto& each : texts) (out += out.empty() ? "" : ", ") += each;
    return out;
}

// The sentence without its beginning, which names those whom it concerns.
std::string lack(const std::set<std::string>& files, const std::string& kinds, Locale asked, Locale given) {
    return joined(files) + (files.size() == 1 ? " is" : " are") + " missing, so " + kinds + " mails go out in " +
           std::string(to_word(given)) + " instead of " + std::string(to_word(asked));
}

}  // namespace

std::set<Locale> offered_locales(const Unit& unit) {
    std::set<Locale> all(unit.locales.begin(), unit.locales.end());
    all.insert(unit.language);
    return all;
}

void TemplateGaps::add(std::string_view view, Locale locale, Kind kind, std::set<std::string> missing) {
    views_[std::string(view)][index(locale)][index(kind)] = std::move(missing);
}

// Only views that were linted are asked for; each of them was added in every language.
const std::set<std::string>& TemplateGaps::missing(std::string_view view, Locale locale, Kind kind) const {
    return views_.find(view)->second[index(locale)][index(kind)];
}

// English is not asked: it is whole, or the load was refused.
Locale TemplateGaps::language(const Unit& unit, std::string_view view, Locale locale, Kind kind) const {
    for (const Locale each : {locale, unit.language})
        if (whole(view, each, kind)) return each;
    return Locale::en;
}

// By the language that stands in, as one lack may be made
// good by the unit's language and another by English.
void TemplateGaps::look_at(const Unit& unit, const CustomerService& service, std::string_view view, WordSet<Kind> mailed) {
    for (const Locale locale : offered_locales(unit)) {
        struct Lack {
            std::set<std::string> files;
            std::vector<std::string_view> kinds;
        };
        std::map<Locale, Lack> lacks;  // by the language that stands in
        for (const auto kind : subscriber_kinds) {
            const auto& files = missing(view, locale, kind);
            if (files.empty() || !mailed.contains(kind)) continue;
            Lack& found = lacks[language(unit, view, locale, kind)];
            found.files.insert(files.begin(), files.end());
            found.kinds.push_back(to_word(kind));
        }
        for (const auto& [given, what] : lacks)
            found_[lack(what.files, joined(what.kinds), locale, given)].push_back("unit " + unit.id);
        const auto& messages = service.welcome_message;
        // No message in any language is a choice; one in some of them is a gap.
        if (!messages.empty() && !messages.contains(locale) && whole(view, locale, Kind::welcome))
            found_["customer service " + service.id + " has no welcome message in " + std::string(to_word(locale)) +
                   ", so welcome mails in that language have the standard greeting"]
                .push_back("unit " + unit.id);
    }
}

// Notices are written in the account's language, from the common view: no unit has any.
void TemplateGaps::look_at(const Account& account) {
    const auto& files = missing({}, account.language, Kind::notice);
    if (!files.empty()) found_[lack(files, "notice", account.language, Locale::en)].push_back("account " + account.id);
}

std::vector<std::string> TemplateGaps::notes() const {
    std::vector<std::string> all;
    for (const auto& [what, whom] : found_) {
        const auto named = std::min(whom.size(), named_most);
        std::string note = joined(std::vector<std::string>(whom.begin(), whom.begin() + static_cast<std::ptrdiff_t>(named)));
        if (named < whom.size()) note += " and " + std::to_string(whom.size() - named) + " more";
        all.push_back(note + ": " + what);
    }
    return all;
}

}  // namespace ilbud
