/// The processor that figures were measured on. A rate says little without it: a newer model makes a signature several times
/// faster.
///
/// In    the text of /proc/cpuinfo
/// Out   a Processor; what the text does not say is "unknown" or nothing
/// Pure  but for this_processor()
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/json.hpp"

namespace ilbud::bench {

/// Told with every figure; the default is what a machine without /proc/cpuinfo gives.
struct Processor {
    std::string vendor = "unknown", name = "unknown";  ///< "AuthenticAMD", "AMD EPYC 7763 64-Core Processor"
    std::optional<int> family, model, stepping;
    int cores = 0;                   ///< as the system sees them: threads of one core count as several
    std::vector<std::string> flags;  ///< those of the first core that matter to our speed, in the order of cpuinfo
};

[[nodiscard]] Processor parse_processor(std::string_view cpuinfo);
[[nodiscard]] Processor this_processor();
/// "AMD EPYC 7763 64-Core Processor (AuthenticAMD, family 25, model 1, stepping 1), 2 cores"
[[nodiscard]] std::string processor_text(const Processor& processor);
/// "avx2 sha_ni vaes"; "no flags known to matter" if there are none
[[nodiscard]] std::string flags_text(const Processor& processor);
/// As one JSON object.
void write_processor(JsonWriter& json, const Processor& processor);

}  // namespace ilbud::bench
