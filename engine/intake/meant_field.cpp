#include "meant_field.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "ilbud/base/nearest_name.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::size_t far = compared_bytes_max;

// A name in small letters and without what stands between words; of one that is too long to be compared nothing.
class Folded {
 public:
    explicit Folded(std::string_view name) {
        if (name.size() > compared_bytes_max) return;
        for (const char c : name)
            if (c != '_' && c != '-' && c != ' ') letters_[size_++] = lower_letter(c);
    }
    [[nodiscard]] std::string_view text() const { return {letters_.data(), size_}; }

 private:
    std::array<char, compared_bytes_max> letters_;
    std::size_t size_ = 0;
};

// A folded name without a last word that only says what kind of value it is.
std::string_view stem(std::string_view name) {
    constexpr std::array<std::string_view, 12> kinds{"address", "amount", "number", "date", "time", "code",
                                                     "url",     "id",     "no",     "nr",   "at",   "on"};
    for (const auto kind : kinds)
        if (name.ends_with(kind) && name.size() >= kind.size() + 3) return name.substr(0, name.size() - kind.size());
    return name;
}

// How many letters of a folded name may be wrong.
std::size_t changes_max(std::string_view written) {
    return std::max<std::size_t>(1, written.size() / 4);
}

// How many letters differ between two folded names; far, if more than may.
std::size_t changes(std::string_view written, std::string_view name) {
    if (written.empty()) return far;
    const auto most = changes_max(written);
    if (const auto whole = edit_distance(written, name, most); whole <= most) return whole;
    return stem(written) == stem(name) ? 1 : far;
}

std::size_t count_places(std::string_view written, std::span<const FieldRule> rules) {
    std::size_t places = 0;
    for (const auto& rule : rules) places += (rule.name == written ? 1U : 0U) + count_places(written, rule.inner);
    return places;
}

// Of the one place that there is.
std::string place_of(std::string_view written, std::span<const FieldRule> rules, const std::string& path) {
    for (const auto& rule : rules) {
        const auto place = path + '.' + std::string(rule.name);
        if (rule.name == written) return rule.need == Need::optional ? place : std::string();
        if (rule.type == FieldType::objects) continue;
        if (auto inner = place_of(written, rule.inner, place); !inner.empty()) return inner;
    }
    return {};
}

}  // namespace

bool is_near(std::string_view written, std::string_view name) {
    return changes(Folded(written).text(), Folded(name).text()) < far;
}

MeantField meant_field(std::string_view written, std::span<const FieldRule> rules,
                       const std::function<bool(std::string_view)>& there) {
    const Folded folded(written);
    const auto letters = letters_in(folded.text());
    const auto most = changes_max(folded.text());
    // A change of one letter takes one kind of letter out at most, and puts one in; equal stems begin alike.
    const auto may_be_near = [&](const FieldRule& rule) {
        return static_cast<std::size_t>(std::popcount(letters ^ rule.letters)) <= 2 * most ||
               folded.text().starts_with(rule.name.front());
    };
    MeantField nearest;
    std::size_t least = far;
    for (const auto& rule : rules) {
        if (rule.type == FieldType::any || !may_be_near(rule)) continue;
        const Folded name(rule.name);
        const auto found = changes(folded.text(), name.text());
        if (found == 0) return {rule.name, true};
        if (found >= least || there(rule.name)) continue;
        least = found;
        nearest = {rule.name};
    }
    return nearest;
}

std::string only_place_of(std::string_view written, std::span<const FieldRule> root) {
    return count_places(written, root) == 1 ? place_of(written, root, "data") : std::string();
}

}  // namespace ilbud
