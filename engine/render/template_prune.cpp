// Works on the text and not on a tree: fold() has written it, so each tag is "{{",
// perhaps a sigil, two letters, "}}", and sections pair. One pass copies what stays.
#include "template_prune.hpp"

#include <vector>

namespace ilbud {
namespace {

constexpr std::string_view blank = " \t";

class Pruner {
 public:
    Pruner(std::string_view mustache, const VarSet& present) : rest_(mustache), present_(present) {
        out_.reserve(mustache.size());
    }

    std::string run() {
        // Each "{{" begins a tag and each tag ends: a text's own braces were spelled otherwise (fold).
        for (auto tag = rest_.find("{{"); tag != std::string_view::npos; tag = rest_.find("{{")) {
            text(rest_.substr(0, tag));
            const auto end = rest_.find("}}", tag);
            take(rest_.substr(tag, end + 2 - tag));
            rest_.remove_prefix(end + 2);
        }
        text(rest_);
        end_line();
        return std::move(out_);
    }

 private:
    // What became of each section that is open, from the outermost in.
    enum class Section : std::uint8_t { kept, opened, dead };  // opened: its content stays, its tags go

    // A variable without a value goes too: mstch would look for it and print nothing.
    void take(std::string_view tag) {
        const char sigil = tag[2];
        if (sigil == '#' || sigil == '^') return open(tag, sigil == '#');
        if (sigil == '/') return close(tag);
        if (dead_ > 0 || tag == "{{_}}") return;  // end_line() puts {{_}} where the new lines need it
        const auto name = tag.substr(sigil == '&' ? 3 : 2, 2);
        if (name[0] == '_' || !decided(name) || has(name)) tag_out(tag, false);
    }

    // Inside of a dead section every other is dead as well, so that its end is found by counting.
    void open(std::string_view tag, bool if_present) {
        const auto name = tag.substr(3, 2);
        auto section = Section::kept;
        if (dead_ > 0 || (decided(name) && has(name) != if_present))
            section = Section::dead;
        else if (decided(name))
            section = Section::opened;
        sections_.push_back(section);
        if (section == Section::dead) ++dead_;
        if (section == Section::kept) tag_out(tag, true);
    }

    void close(std::string_view tag) {
        const auto section = sections_.back();
        sections_.pop_back();
        if (section == Section::dead) --dead_;
        if (section == Section::kept) tag_out(tag, true);
    }

    // Needed for the rule of standalone lines, as in fold():
    // a line of sections alone must not be swallowed.
    void tag_out(std::string_view tag, bool of_section) {
        out_ += tag;
        (of_section ? has_section_ : visible_) = true;
    }

    // Only the first and the last line of a piece can share their
    // line with tags; those between have none and just stay.
    void text(std::string_view piece) {
        if (dead_ > 0) return;
        const auto line_end = piece.find('\n');
        if (line_end == std::string_view::npos) {
            see(piece);
            out_ += piece;
            return;
        }
        see(piece.substr(0, line_end));
        out_ += piece.substr(0, line_end);
        end_line();
        out_ += piece.substr(line_end);
        see(piece.substr(piece.rfind('\n') + 1));
    }

    void see(std::string_view part_of_line) {
        visible_ = visible_ || part_of_line.find_first_not_of(blank) != std::string_view::npos;
    }

    // mstch would swallow a line that holds nothing but sections' tags.
    void end_line() {
        if (has_section_ && !visible_) out_ += "{{_}}";
        has_section_ = visible_ = false;
    }

    // The inverse of variable_key.
    static std::size_t index(std::string_view name) { return static_cast<std::size_t>((name[0] - 'a') * 26 + (name[1] - 'a')); }
    [[nodiscard]] bool has(std::string_view name) const { return present_.test(index(name)); }
    // Whether a variable is the mail's own and no list.
    // Items are decided by their element, which only mstch knows.
    static bool decided(std::string_view name) {
        const auto& what = variables()[index(name)];
        return what.source == VariableSource::mail && what.type != VariableType::list;
    }

    std::string_view rest_;
    const VarSet& present_;
    std::string out_;
    std::vector<Section> sections_;
    std::size_t dead_ = 0;                        // dead sections we are inside of
    bool has_section_ = false, visible_ = false;  // on the line at hand
};

}  // namespace

std::string prune(std::string_view mustache, const VarSet& present) {
    return Pruner(mustache, present).run();
}

}  // namespace ilbud
