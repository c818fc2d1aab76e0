/// The two kinds of settings file as a whole: which tables they have, how they hang together.
///
/// In    the root table of a file
/// Out   the values; findings in the tables' Findings
/// Not pure: key and password files are checked where they lie
/// See   DOMAIN §1
#pragma once
#include <filesystem>
#include <vector>

#include "disk.hpp"
#include "ilbud/settings/settings.hpp"
#include "table.hpp"

namespace ilbud::settings_file {

/// Reads the platform file; what it names on the disk is looked at by way of `disk`.
Platform read_platform(const Table& file, Disk disk);

/// The shipped invoicing methods and those of [[method]].
std::vector<InvoicingMethod> read_methods(const Table& file);

/// The shipped kinds of mail, and what [[kind]] says of them.
std::vector<KindRow> read_kinds(const Table& file);

/// Reads one account file into `settings`, whose platform has been read; what it names of that is judged only if `platform_fits`.
void read_account(const Table& file, Settings& settings, FirstSeen& first_seen, bool platform_fits);

}  // namespace ilbud::settings_file
