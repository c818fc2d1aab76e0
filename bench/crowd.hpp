/// How long an honest client waits for its answer while others crowd the daemon's event socket.
///
/// In    CrowdOptions
/// Out   a table: alone, and beside silent clients and slow ones that come back
/// Errors  std::runtime_error: it could not be measured
#pragma once
#include <filesystem>

#include "ilbud/base/time.hpp"

namespace ilbud::bench {

struct CrowdOptions {
    std::filesystem::path program, templates;
    std::size_t tries = 1000;  ///< of the honest client, each on a connection of its own, alone and in each crowd
    std::size_t silent = 256;  ///< clients that connect and say nothing
    bool eager = false;        ///< slow ones come back when they are told to go, without waiting for the end
    std::size_t slow = 1000;   ///< clients that send a byte a second and come back when they are thrown out
    std::filesystem::path json;
};

/// 1: a try had no answer, or the p99 in a crowd is above twice that without one and 20 ms.
int run_crowd(const CrowdOptions& options);

}  // namespace ilbud::bench
