#include "meant_field.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "ilbud/base/nearest_name.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::size_t compared_bytes_max = 64;  // longer than any name; edit_distance() is quadratic

std::string folded(std::string_view name) {
    auto out = lower_case(name);
    std::erase_if(out, [](char c) { return c == '_' || c == '-' || c == ' '; });
    return out;
}

// A folded name without a last word that only says what kind of value it is.
std::string_view stem(std::string_view name) {
    constexpr std::array<std::string_view, 12> kinds{"address", "amount", "number", "date", "time", "code",
                                                     "url",     "id",     "no",     "nr",   "at",   "on"};
    for (const auto kind : kinds)
        if (name.ends_with(kind) && name.size() >= kind.size() + 3) return name.substr(0, name.size() - kind.size());
    return name;
}

// How many letters differ, or more than may.
std::size_t changes(std::string_view written, std::string_view name) {
    if (written.empty() || written.size() > compared_bytes_max) return compared_bytes_max;
    const auto one = folded(written), other = folded(name);
    const auto whole = edit_distance(one, other);
    if (whole <= std::max<std::size_t>(1, one.size() / 4)) return whole;
    return stem(one) == stem(other) ? 1 : compared_bytes_max;
}

void find_places(std::string_view written, std::span<const FieldRule> rules, const std::string& path,
                 std::vector<std::string>& places) {
    for (const auto& rule : rules) {
        const auto place = path + '.' + std::string(rule.name);
        if (rule.name == written) places.push_back(rule.need == Need::optional ? place : std::string());
        if (rule.type == FieldType::objects)
            places.resize(places.size() + static_cast<std::size_t>(std::ranges::count(rule.inner, written, &FieldRule::name)));
        else
            find_places(written, rule.inner, place, places);
    }
}

}  // namespace

bool same_words(std::string_view written, std::string_view name) {
    return written.size() <= compared_bytes_max && folded(written) == folded(name);
}

bool is_near(std::string_view written, std::string_view name) {
    return changes(written, name) < compared_bytes_max;
}

std::string_view meant_field(std::string_view written, std::span<const FieldRule> rules,
                             const std::function<bool(std::string_view)>& there) {
    std::string_view nearest;
    std::size_t least = compared_bytes_max;
    for (const auto& rule : rules) {
        if (rule.type == FieldType::any) continue;
        if (same_words(written, rule.name)) return rule.name;
        if (const auto found = changes(written, rule.name); found < least && !there(rule.name)) {
            least = found;
            nearest = rule.name;
        }
    }
    return nearest;
}

std::string only_place_of(std::string_view written, std::span<const FieldRule> root) {
    std::vector<std::string> places;
    find_places(written, root, "data", places);
    return places.size() == 1 ? places.front() : std::string();
}

}  // namespace ilbud
