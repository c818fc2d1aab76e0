// Settings are read first and alone: they say where templates and keys lie, so what these two
// would find in settings that were refused is noise. Templates and keys do not need each other,
// so both are read even if one fails, and a person who mends files sees all findings of one run.
#include "ilbud/letter/snapshot.hpp"

#include "ilbud/settings/load.hpp"

namespace ilbud {

std::vector<std::string> Snapshot::notes() const {
    auto all = settings.notes();
    all.insert(all.end(), templates.notes().begin(), templates.notes().end());
    for (const auto& folder : templates.idle_folders()) all.push_back(folder.place + ": " + folder.detail);
    for (const auto& folder : templates.idle_folders()) all.push_back(folder.place + ": " + folder.detail);
    return all;
}

Result<SnapshotPointer, std::vector<Error>> load_snapshot(const std::filesystem::path& settings_file) {
    auto settings = load_settings(settings_file);
    if (!settings) return settings.error();
    auto templates = load_templates(*settings);
    auto keys = load_keys(*settings);
    std::vector<Error> findings;
    if (!templates) findings = templates.error();
    if (!keys) findings.push_back(keys.error());
    if (!findings.empty()) return findings;
    return SnapshotPointer(
        std::make_shared<const Snapshot>(Snapshot{std::move(*settings), std::move(*templates), std::move(*keys)}));
}

}  // namespace ilbud
