/// Every mail of a unit as pages in a folder, for people who look them over: each kind, situation, language and wording.
///
/// In    settings; which unit, perhaps only one kind or language
/// Out   <folder>/index.html, <folder>/mails/*.html and *.eml (unsigned, so that nobody can send them on as real)
/// Not pure: writes files
#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

struct AllPreviews {
    std::filesystem::path folder;
    std::optional<Kind> kind;      ///< empty: all
    std::optional<Locale> locale;  ///< empty: all
};

/// What was written, for the last line of the command.
struct PreviewCount {
    std::size_t mails = 0;
    std::size_t warnings = 0;
};

/// A folder that is there already must be empty or hold an earlier preview, which goes once the new one is written.
/// Errors  folder_in_use, unwritable, those of load_templates, render and write_draft
Result<PreviewCount, std::vector<Error>> write_all_previews(const Settings& settings, const Unit& unit, const AllPreviews& wanted,
                                                            Time now);

/// Writes `text` as a file. Errors  unwritable
Result<void> write_page(const std::filesystem::path& file, std::string_view text);

}  // namespace ilbud
