/// The snapshot in force, and how a new one comes into force.
///
/// In    the platform's settings file
/// Out   one immutable Snapshot (settings, templates, keys read together), or every finding; the old one stays in force then
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ilbud/base/in_force.hpp"
#include "ilbud/base/result.hpp"
#include "ilbud/render/template.hpp"
#include "ilbud/sign/signing_book.hpp"

namespace ilbud {

/// What a trip needs, read together and swapped together; immutable.
struct Snapshot {
    Settings settings;
    TemplateSet templates;
    KeysInForce keys;  ///< as the settings name them

    /// What deserves a look though it stops nothing: the settings' notes, and the languages that lack texts.
    [[nodiscard]] std::vector<std::string> notes() const;
};

/// Whoever starts a trip takes the pointer once and keeps it to the end: a reload in the
/// middle must not give one mail the settings of yesterday and the templates of today.
using SnapshotPointer = std::shared_ptr<const Snapshot>;

/// Reads settings, then templates and keys.
/// Errors  those of load_settings, load_templates and load_keys, all of them
Result<SnapshotPointer, std::vector<Error>> load_snapshot(const std::filesystem::path& settings_file);

/// What is in force has two halves that change apart: a snapshot
/// by a reload, a signing book also by what the DNS says.
using SnapshotHolder = InForce<Snapshot>;
using BookHolder = InForce<SigningBook>;

}  // namespace ilbud
