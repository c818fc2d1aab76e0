// Mustache comments are cut out once, and places are told in the file as it was
// written: each cut remembers how many bytes are gone before it. With comments
// left in, each of the linters would have to know them in every one of its states.
#include "lint_source.hpp"

#include <algorithm>

#include "lint_words.hpp"

namespace ilbud {
namespace {

// Telling a place takes a walk through the text: a hostile file gets no more of them than are ever shown.
constexpr std::size_t added_max = 100;

// Where the tag at text[at] ends and its inside begins; the end is npos if it is never closed, which read_template tells.
struct Extent {
    std::size_t inside = 0, close = 0, end = 0;
};
Extent extent(std::string_view text, std::size_t at) {
    const bool triple = text.substr(at).starts_with("{{{");
    const std::string_view braces = triple ? "}}}" : "}}";
    const auto inside = at + braces.size();
    const auto close = text.find(braces, inside);
    return {inside, close, close == std::string_view::npos ? close : close + braces.size()};
}

}  // namespace

LintSource::LintSource(std::string_view text, const std::string& file, Findings& findings)
    : original_(text), file_(file), findings_(findings) {
    std::size_t copied = 0;
    for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
        const auto [inside, close, end] = extent(text, at);
        if (end == std::string_view::npos) break;
        // A comment may hold what looks like tags or HTML; none of it reaches a mail.
        if (text[inside] == '!') {
            text_ += text.substr(copied, at - copied);
            copied = end;
            cuts_.push_back({text_.size(), copied - text_.size()});
        }
        at = end;
    }
    text_ += text.substr(copied);
}

// As read_template reads it, but without findings: those are told there, once.
MustacheTag LintSource::tag(std::size_t at) const {
    const std::string_view text = text_;
    const auto [inside, close, end] = extent(text, at);
    if (end == std::string_view::npos) return {0, {}, text.size()};
    MustacheTag tag{0, without_spaces(text.substr(inside, close - inside)), end};
    if (inside == at + 3) {
        tag.sigil = '{';
    } else if (!tag.name.empty() && std::string_view("#^/>&").find(tag.name.front()) != std::string_view::npos) {
        tag.sigil = tag.name.front();
        tag.name = without_spaces(tag.name.substr(1));
    }
    return tag;
}

void LintSource::add(const char* code, std::size_t at, std::string detail) {
    if (++added_ > added_max) return;
    const auto after =
        std::upper_bound(cuts_.begin(), cuts_.end(), at, [](std::size_t where, const Cut& cut) { return where < cut.at; });
    if (after != cuts_.begin()) at += std::prev(after)->removed;
    findings_.add(code, file_, place_in(original_, at, {}), std::move(detail));
}

// Sections are known to pair (read_template), so the innermost
// open one is the one that closes; names need no look.
void LintSource::section(const MustacheTag& tag, std::size_t at, std::size_t region) {
    if (tag.sigil != '/') return open_.push_back(region);
    if (open_.empty()) return;  // read_template's finding
    const auto began = open_.back();
    open_.pop_back();
    // Beginning in one attribute's value and ending in the next
    // would be balanced for Mustache and would tear the HTML.
    if (began != region || region == nowhere)
        add("split_section", at,
            "the section ends in another piece of HTML than it began in: it may hold text and whole elements, whole attributes "
            "between "
            "blanks, a part of one attribute's value, or in a style whole rules or declarations with their ';'");
}

}  // namespace ilbud
