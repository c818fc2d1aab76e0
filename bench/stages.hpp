/// What each stage of a mail's trip costs, beside its budget in signatures (R).
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cpu_division.hpp"
#include "generate.hpp"

namespace ilbud::bench {

struct StagesOptions {
    std::filesystem::path program, templates;
    std::string filter = ".";  ///< only stages whose name this expression finds
    double seconds_min = 0.3;  ///< how long each is repeated at least
    std::filesystem::path json;
};

/// Returns the exit status.
int run_stages(const StagesOptions& options);

struct StagesWorld;
struct Specimen;

/// The stages of a lane alone, timed for a run on mails of its kinds.
class LaneStages {
 public:
    /// `alone`: letters are signed one by one, as while hardly any mail waits; else several together.
    LaneStages(const StagesOptions& options, const Mix& mix, bool tls, bool ed25519, bool alone);
    ~LaneStages();
    LaneStages(const LaneStages&) = delete;
    LaneStages& operator=(const LaneStages&) = delete;
    /// Takes about a second; call it while nothing else runs.
    void measure();
    /// Of all that was measured.
    [[nodiscard]] LaneCosts mean() const;

 private:
    std::unique_ptr<StagesWorld> world_;
    std::vector<Specimen> specimens_;
    std::vector<LaneCosts> measured_;
    bool tls_, alone_;
    double seconds_min_;
};

}  // namespace ilbud::bench
