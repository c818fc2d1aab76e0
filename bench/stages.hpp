/// What each stage of a mail's trip costs, beside its budget in signatures (R).
#pragma once
#include <filesystem>
#include <string>

namespace ilbud::bench {

struct StagesOptions {
    std::filesystem::path program, templates;
    std::string filter = ".";  ///< only stages whose name this expression finds
    double seconds_min = 0.3;  ///< how long each is repeated at least
    std::filesystem::path json;
};

/// Returns the exit status.
int run_stages(const StagesOptions& options);

}  // namespace ilbud::bench
