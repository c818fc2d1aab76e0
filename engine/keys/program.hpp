/// Runs another program to its end: no shell, a clean environment, a deadline, bounded output.
#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {

struct Program {
    std::vector<std::string> command;      ///< absolute path, arguments
    std::vector<std::string> environment;  ///< NAME=value; besides PATH and LC_ALL nothing else is there
    std::string input;                     ///< on standard input
    Duration deadline{};                   ///< then its whole process group is killed
};

/// Blocks until the program has ended. `stop` set: it is killed soon.
/// Errors  program_failed  it cannot be started, ran too long, or its exit status is not 0; `detail` has the end of what it
/// wrote,
///         on one line
Result<void> run_program(const Program& program, const std::atomic<bool>& stop);

}  // namespace ilbud
