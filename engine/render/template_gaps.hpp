// What the languages lack, and which language stands in (DOMAIN §1).
#pragma once
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/settings/settings.hpp"

namespace ilbud {

// A view is what one unit sees of the files: its id if it has files of its own, else empty.
class TemplateGaps {
 public:
    // `missing` are the names of files that a mail in that language needs; empty: it can be written.
    void add(std::string_view view, Locale locale, Kind kind, std::set<std::string> missing);
    [[nodiscard]] bool whole(std::string_view view, Locale locale, Kind kind) const {
        return missing(view, locale, kind).empty();
    }
    // The language that subscribers who asked for `locale` get: theirs, else the unit's, else English, which is whole for kinds that are
    // mailed.
    [[nodiscard]] Locale language(const Unit& unit, std::string_view view, Locale locale, Kind kind) const;

    // Keeps in mind what `unit` misses in the languages it offers, of the kinds that it mails.
    void look_at(const Unit& unit, const CustomerService& service, std::string_view view, WordSet<Kind> mailed);
    void look_at(const Account& account);
    // One sentence for each lack, with all whom it concerns.
    [[nodiscard]] std::vector<std::string> notes() const;

 private:
    // By language and kind; every one a set of files that are not there.
    using Missing = std::array<std::array<std::set<std::string>, kind_count>, words<Locale>.size()>;
    [[nodiscard]] const std::set<std::string>& missing(std::string_view view, Locale locale, Kind kind) const;

    std::map<std::string, Missing, std::less<>> views_;
    std::map<std::string, std::vector<std::string>> found_;  // the sentence's end, and whom it concerns
};

// The unit's language and those it offers besides.
[[nodiscard]] std::set<Locale> offered_locales(const Unit& unit);

}  // namespace ilbud
