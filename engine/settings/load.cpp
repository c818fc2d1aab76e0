// Finds everything in one go: whoever mends settings wants the whole list and not the next mistake after
// each start. So nothing here returns at the first finding, and a file that is no TOML at all does not
// keep the others from being read.
// A reload runs this beside the daemon's work: only a value that is whole takes the place of the old one, and
// an error leaves that in force.
#include "ilbud/settings/load.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "checks.hpp"
#include "files.hpp"
#include "ilbud/base/folder_trust.hpp"

namespace ilbud {
namespace {

namespace fs = std::filesystem;
using namespace settings_file;

// The default file, with every option and its help, stays far below. The limit keeps a wrong path (a log, a
// database) from being read into memory.
constexpr std::size_t file_bytes_max = 1024UL * 1024;
// Each is read and held; beyond this a platform should be divided.
constexpr std::size_t account_files_max = 100'000;

// Errors get ":1:1", so that a finding always looks the same to editors and scripts. The size is asked first, and what
// is read then may only be shorter: a file that is being written gives TOML's own error.
Result<std::string> read_text(const fs::path& path) {
    const auto refused = [&](std::string code, std::string detail) {
        return Error{std::move(code), path.string() + ":1:1", std::move(detail)};
    };
    std::error_code failure;
    if (!fs::is_regular_file(path, failure)) return refused("file_missing", failure ? failure.message() : "expected a file");
    const auto bytes = fs::file_size(path, failure);
    if (failure) return refused("file_missing", failure.message());
    if (bytes > file_bytes_max) return refused("out_of_range", "expected a file of at most 1 MiB");
    std::ifstream file(path, std::ios::binary);
    if (!file) return refused("file_missing", std::string("cannot be opened: ") + std::strerror(errno));
    // It names the programs that are run and where mail goes.
    if (const auto safe = check_not_for_all(path); !safe) return refused(safe.error().code, safe.error().detail);
    std::string text(bytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return refused("file_missing", "cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

// Reads one file with `read`(Table); what was found wrong goes onto `errors`.
// Findings are gathered per file and sorted by line before they join the others: reading goes by tables, and members
// come in the order of their names.
template <class Read>
void read_file(const fs::path& path, std::vector<Error>& errors, Read read) {
    const auto text = read_text(path);
    if (!text) return errors.push_back(text.error());
    const auto root = parse_toml(*text);
    if (!root) return errors.push_back({root.error().code, path.string() + ':' + root.error().place, root.error().detail});
    Findings findings(path.string());
    read(Table(*root, "", findings));
    findings.move_to(errors);
}

// accounts/*.toml in the order of their names. None at all is an error: a folder that vanished must not pass as no customers.
// The order of a directory is chance; of two accounts with one id, the same should be called the second each time.
// Names with a dot in front are editors' own.
std::vector<fs::path> account_files(const fs::path& folder, std::vector<Error>& errors) {
    std::vector<fs::path> files;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
        const auto& path = entry->path();
        if (path.extension() == ".toml" && !path.filename().string().starts_with('.')) files.push_back(path);
    }
    if (failure)
        errors.push_back({"file_missing", folder.string(), "the folder of account files cannot be read: " + failure.message()});
    else if (files.empty())
        errors.push_back({"file_missing", folder.string(), "expected an account file, *.toml"});
    else if (files.size() > account_files_max)
        errors.push_back(
            {"out_of_range", folder.string(), "expected at most " + std::to_string(account_files_max) + " account files"});
    std::sort(files.begin(), files.end());
    return files;
}

// The folder relative paths of the platform file start at.
// absolute() looks at the working directory once, here; nothing later depends on where the daemon stands.
fs::path folder_of(const fs::path& platform_file) {
    return fs::absolute(platform_file).lexically_normal().parent_path();
}

// `text` without the lines that are no TOML, which stay as empty ones; nothing if what is wrong is no single line (a text that never
// ends). A duplicate counts as well.
std::string without_errors(std::string text) {
    while (true) {
        const auto root = parse_toml(text);
        if (root) return text;
        std::size_t begin = 0;
        for (auto line = std::strtoul(root.error().place.c_str(), nullptr, 10); line > 1 && begin < text.size(); --line)
            begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
        const auto end = std::min(text.find('\n', begin), text.size());
        if (begin >= end) return {};
        text.erase(begin, end - begin);
    }
}

// Table by table, so that what one of them leaves open does not swallow the next.
std::string readable_part(const std::string& text) {
    std::string readable, table;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (const auto first = line.find_first_not_of(" \t"); first != std::string::npos && line[first] == '[')
            readable += without_errors(std::exchange(table, {}));
        table += line + '\n';
    }
    return without_errors(readable + without_errors(std::move(table)));
}

}  // namespace

// The same reader, its findings thrown away: `ilbud status` must find the socket of a running daemon while a
// typing error stands in the file.
Result<Platform> find_platform(const fs::path& platform_file) {
    const auto text = read_text(platform_file);
    if (!text) return text.error();
    const auto root = parse_toml(*text);
    if (!root) return Error{root.error().code, platform_file.string() + ':' + root.error().place, root.error().detail};
    Findings ignored(platform_file.string());
    return read_platform(Table(*root, "", ignored), {folder_of(platform_file), Secrets::unread});
}

Result<FoundPlatform> find_platform_past_errors(const fs::path& platform_file) {
    const auto text = read_text(platform_file);
    if (!text) return text.error();
    auto root = parse_toml(*text);
    FoundPlatform found;
    if (!root) {
        found.wrong = Error{root.error().code, platform_file.string() + ':' + root.error().place, root.error().detail};
        root = parse_toml(readable_part(*text));
        if (!root) return *found.wrong;
    }
    Findings ignored(platform_file.string());
    found.platform = read_platform(Table(*root, "", ignored), {folder_of(platform_file), Secrets::unread});
    return found;
}

bool is_dns_server(std::string_view text) {
    return check_dns_server(text).has_value();
}

bool is_dkim_selector(std::string_view text) {
    return check_selector(text).has_value();
}

bool is_dns_name(std::string_view text) {
    return check_dns_name(text).has_value();
}

Result<Settings, std::vector<Error>> load_settings(const fs::path& platform_file, Secrets secrets) {
    Settings settings;
    std::vector<Error> errors;
    read_file(platform_file, errors, [&](const Table& file) {
        settings.platform = read_platform(file, {folder_of(platform_file), secrets});
    });
    const bool platform_fits = errors.empty();
    // One for all files: units are unique over the platform.
    FirstSeen first_seen;
    for (const auto& path : account_files(platform_file.parent_path() / "accounts", errors))
        read_file(path, errors, [&](const Table& file) { read_account(file, settings, first_seen, platform_fits); });
    if (!errors.empty()) return errors;
    return settings;
}

}  // namespace ilbud
