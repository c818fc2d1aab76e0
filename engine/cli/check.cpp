// `check` and `serve` read settings, templates and keys by the same functions, so what `check` calls fine is what the daemon
// will start with. It reads the stored keys as well, of which the settings tell nothing. Whoever may not read keys and
// passwords is told which ones were not looked at, and everything else all the same.
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/secret_needs.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/keys/stored_keys.hpp"
#include "ilbud/render/template.hpp"
#include "ilbud/render/variables.hpp"

namespace ilbud {
namespace {

// Texts that are made from the tables of the code itself, so that they cannot fall behind it.
std::string reference(const std::string& what) {
    if (what == "platform") return default_platform_file();
    if (what == "account") return default_account_file();
    if (what == "kinds") return kind_reference();
    return what == "variables" ? variable_reference() : html_reference();
}

// Of keys that could not be read something is not known, and nothing is wrong: a queue of an older version is upgraded by the
// daemon at its start, and neither the queue nor a key need be this user's to read.
bool is_remark(const Error& error) {
    return error.code == "queue_older" || error.code == "queue_unreadable" || error.code == "secret_unreadable";
}

std::optional<uid_t> owner_of(const std::filesystem::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? std::optional(status.st_uid) : std::nullopt;
}

// The daemon's user, as far as its folders tell: that of the queue, or before the first start of the folder where it will be.
std::optional<uid_t> service_user(std::filesystem::path folder) {
    while (!owner_of(folder) && folder.has_relative_path()) folder = folder.parent_path();
    return owner_of(folder);
}

std::string name_of(uid_t user) {
    const auto* entry = ::getpwuid(user);  // one thread asks
    return entry == nullptr ? "user " + std::to_string(user) : entry->pw_name;
}

// Root reads all, and makes what is root's: a first key that root made looks fine to root, and the service does not start with it.
std::vector<std::string> shut_to_service(const Platform& platform) {
    const auto user = service_user(platform.queue.folder);
    if (::geteuid() != 0 || !user || *user == 0) return {};
    std::vector<std::string> notes;
    const auto look_at = [&](const char* option, const std::filesystem::path& file) {
        if (file.is_absolute() && owner_of(file) == uid_t{0})
            notes.push_back(std::string(option) + ": " + file.string() + " belongs to root; " + name_of(*user) +
                            ", whose the queue's folder is, cannot read it: chown it, or hand it over as a systemd credential");
    };
    for (const auto& selector : platform.dkim.selectors) look_at("dkim.selector.key_file", selector.key_file);
    if (platform.dkim.ed25519) look_at("dkim.ed25519.key_file", platform.dkim.ed25519->key_file);
    look_at("dkim.nsupdate.key_file", platform.dkim.nsupdate.key_file);
    for (const auto& relay : platform.delivery.relays) look_at("delivery.relay.password_file", relay.password_file);
    return notes;
}

struct Checked {
    Settings settings;
    std::vector<std::string> notes;
};

Result<Checked, std::vector<Error>> read_all(const std::filesystem::path& config) {
    auto settings = load_settings(config, secret_need("check").files);
    if (!settings) {
        auto findings = settings.error();
        // Where only a key or a password is amiss, what is wrong with the texts is told along with it.
        if (const auto rest = load_settings(config, Secrets::unread))
            if (const auto templates = load_templates(*rest); !templates)
                findings.insert(findings.end(), templates.error().begin(), templates.error().end());
        return findings;
    }
    const auto templates = load_templates(*settings);
    const auto keys = stored_keys(*settings);
    std::vector<Error> findings;
    if (!templates)
        findings = templates.error();
    else
        findings = templates->idle_folders();
    if (!keys && !is_remark(keys.error())) findings.push_back(keys.error());
    if (!findings.empty()) return findings;
    auto notes = shut_to_service(settings->platform);
    const auto of_settings = settings->notes();
    notes.insert(notes.end(), of_settings.begin(), of_settings.end());
    notes.insert(notes.end(), templates->notes().begin(), templates->notes().end());
    if (!keys)
        notes.push_back("which keys sign is not checked: " +
                        (keys.error().code == "queue_older" ? "" : keys.error().place + ": ") + keys.error().detail);
    return Checked{*std::move(settings), std::move(notes)};
}

}  // namespace

int check_command(const CommonOptions& common, const std::string& print_what) {
    if (!print_what.empty()) {
        print(reference(print_what));
        return 0;
    }
    const auto checked = read_all(common.config);
    if (!checked) {
        print_errors(checked.error(), common.json);
        // JSON holds one object per finding, which the reader can count.
        if (!common.json) print_error(counted(checked.error().size(), "finding"));
        return 1;
    }
    const auto& [settings, notes] = *checked;
    std::string out;
    if (common.json) {
        JsonWriter json(out);
        json.begin_object()
            .field("status", "fine")
            .field("accounts", settings.accounts.size())
            .field("units", settings.units.size())
            .field("time_zones", time_zone_tables());
        json.key("notes").begin_array();
        for (const auto& note : notes) json.value(note);
        json.end_array().end_object();
    } else {
        for (const auto& note : notes) out += "note: " + note + "\n";
        out += "fine: " + with_commas(settings.accounts.size()) + " accounts, " + with_commas(settings.units.size()) +
               " units, " + with_commas(settings.platform.delivery.relays.size()) + " relays";
        if (const auto tables = time_zone_tables(); !tables.empty()) out += ", time zones of " + tables;
    }
    print(out + "\n");
    return 0;
}

}  // namespace ilbud
