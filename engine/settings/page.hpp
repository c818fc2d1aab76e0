/// A commented settings file while it is written.
///
/// Prose begins with "# ", an option that is not in force with "#": taking that one character away puts it in force.
/// Pure
#pragma once
#include <string>
#include <string_view>

namespace ilbud::settings_file {

class Page {
 public:
    /// Prose, wrapped.
    void comment(std::string_view text);
    /// "[name]" after an empty line, with prose above it.
    void table(std::string_view name, std::string_view help = {});
    void option(std::string_view name, std::string_view value, bool in_force);
    void line(std::string_view text);
    /// `lines`, each out of force.
    void commented_out(std::string_view lines);
    void empty_line() { text_ += '\n'; }

    [[nodiscard]] std::string take() { return std::move(text_); }

 private:
    std::string text_;
};

}  // namespace ilbud::settings_file
