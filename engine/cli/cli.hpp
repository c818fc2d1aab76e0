/// The command line: one program, one sub-command a duty.
#pragma once

namespace ilbud {

/// Runs what `argv` asks for; returns the exit status: 0 done, 1 something was refused or failed, 2 wrong use.
/// Some commands say more by 3 and above (domain check, replay: see their --help). What a command throws is
/// caught here and printed; call it once.
int run_command_line(int argc, char** argv);

}  // namespace ilbud
