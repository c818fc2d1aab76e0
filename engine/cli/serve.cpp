// The daemon's start: all findings at once, before anything is opened.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "ilbud/daemon/daemon.hpp"

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

}  // namespace ilbud
