/// The command line: one program, one sub-command a duty.
#pragma once

namespace ilbud {

/// Runs what `argv` asks for; returns the exit status: 0 done, 1 something was refused or failed, 2 wrong use.
int run_command_line(int argc, char** argv);

}  // namespace ilbud
