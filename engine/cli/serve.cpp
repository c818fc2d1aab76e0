// `check` and `serve` load settings by the same function, so what `check` calls fine is what the daemon will
// start with. `check` reads the stored keys as well, of which the settings tell nothing.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "ilbud/daemon/daemon.hpp"
#include "ilbud/keys/stored_keys.hpp"
#include "ilbud/render/variables.hpp"
#include "ilbud/settings/load.hpp"

namespace ilbud {

// harden_process comes before the first secret is read (S27): what is in
// memory before that could end in a core file.
int serve_command(const CommonOptions& common) {
    harden_process();
    auto snapshot = load_snapshot(common.config);
    // All findings at once, not the first alone; nothing has been opened or bound yet.
    if (!snapshot) return refuse(snapshot.error(), common.json);
    return serve(common.config, std::move(*snapshot));
}

int check_command(const CommonOptions& common, const std::string& print_what) {
    // Texts that are made from the tables of the code itself, so that they cannot fall behind it.
    if (!print_what.empty()) {
        if (print_what == "platform") print(default_platform_file());
        if (print_what == "account") print(default_account_file());
        if (print_what == "variables") print(variable_reference());
        if (print_what == "html") print(html_reference());
        return 0;
    }
    const auto snapshot = load_snapshot(common.config);
    if (!snapshot) {
        print_errors(snapshot.error(), common.json);
        // JSON holds one object per finding, which the reader can count.
        if (!common.json) print_error(counted(snapshot.error().size(), "finding"));
        return 1;
    }
    const auto& settings = (*snapshot)->settings;
    auto notes = (*snapshot)->notes();
    // A queue of an older version is upgraded by the daemon at its start; until then its keys cannot be read,
    // and that is no fault of the settings.
    if (const auto keys = stored_keys(settings); !keys && keys.error().code == "queue_older") {
        notes.push_back("which keys sign is not checked: " + keys.error().detail);
    } else if (!keys) {
        print_errors({keys.error()}, common.json);
        return 1;
    }
    std::string out;
    if (common.json) {
        JsonWriter json(out);
        json.begin_object()
            .field("status", "fine")
            .field("accounts", settings.accounts.size())
            .field("units", settings.units.size());
        json.key("notes").begin_array();
        for (const auto& note : notes) json.value(note);
        json.end_array().end_object();
    } else {
        for (const auto& note : notes) out += "note: " + note + "\n";
        out += "fine: " + with_commas(settings.accounts.size()) + " accounts, " + with_commas(settings.units.size()) +
               " units, " + with_commas(settings.platform.delivery.relays.size()) + " relays";
    }
    print(out + "\n");
    return 0;
}

}  // namespace ilbud
