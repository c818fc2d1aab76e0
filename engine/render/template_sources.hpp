// The files of a template folder, in memory, and the trees read from them.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "ilbud/settings/words.hpp"
#include "template_tree.hpp"

namespace ilbud {

// The defaults are those of the product; the first two
// are settings (template_bytes_max, template_depth_max).
struct TemplateLimits {
    std::size_t bytes_max = 256 * 1024;  // of a file, and of a prepared template
    std::size_t depth_max = 16;          // of sections, and of partials
    std::size_t tags_max = 2000;         // of a prepared template: mstch's time grows with their square
};

// A <kind>.md, taken apart.
// Subject and preheader are trees as the body is: they may hold variables and sections.
struct MailSource {
    std::vector<TemplateNode> subject, preheader, body;
};

class TemplateSources {
 public:
    explicit TemplateSources(TemplateLimits limits) : limits_(limits) {}

    // Adds the file `name` ("da/welcome.md"); line ends become '\n'. Findings name it `place`.
    void add(const std::string& name, const std::string& place, std::string text, Findings& findings);
    // Adds what lies in `folder`. Findings  unreadable, too_large, invalid_utf8, unknown_file
    bool add_folder(const std::filesystem::path& folder, Findings& findings);

    // The name of the file that `unit` uses for `name`: its own one if it has it; nothing if there is none at all.
    [[nodiscard]] std::optional<std::string> resolve(std::string_view unit, const std::string& name) const;
    [[nodiscard]] bool has(const std::string& name) const { return files_.contains(name); }
    [[nodiscard]] bool has_own(std::string_view unit) const;
    // Whether it has a text of its own of that kind, in any language.
    [[nodiscard]] bool has_own(std::string_view unit, Kind kind) const;
    // Of units/, whether there is such a unit or not.
    [[nodiscard]] const std::set<std::string>& unit_folders() const { return unit_folders_; }
    [[nodiscard]] const std::string& text(const std::string& name) const { return files_.at(name).text; }
    [[nodiscard]] const std::string& place(const std::string& name) const { return files_.at(name).place; }

    // Trees, read once. Findings  those of read_template; no_subject.
    const MailSource& mail(const std::string& name, Findings& findings);
    const std::vector<TemplateNode>& tree(const std::string& name, Findings& findings);
    // The tree for a partial as it stands in another file: on a line of its own behind `indent`, or within a line, where the
    // file's last line end is none of it.
    const std::vector<TemplateNode>& partial(const std::string& name, const TemplateNode& node, Findings& findings);

    [[nodiscard]] const TemplateLimits& limits() const { return limits_; }
    // The names of variables that some unit has: others are slips.
    void know(std::set<std::string, std::less<>> unit_variables) { unit_variables_ = std::move(unit_variables); }
    [[nodiscard]] const std::set<std::string, std::less<>>& unit_variables() const { return unit_variables_; }

 private:
    struct File {
        std::string place, text;
    };
    TemplateLimits limits_;
    std::map<std::string, File, std::less<>> files_;
    std::set<std::string> unit_folders_;
    std::set<std::string, std::less<>> unit_variables_;
    std::map<std::string, MailSource, std::less<>> mails_;
    std::map<std::string, std::vector<TemplateNode>, std::less<>> trees_;
};

// "da/welcome.md"
std::string template_name(Locale locale, Kind kind, std::string_view extension);
// The partial `name` for a file with that extension: "da/partials/note.md"
std::string partial_name(Locale locale, std::string_view name, std::string_view extension);

}  // namespace ilbud
