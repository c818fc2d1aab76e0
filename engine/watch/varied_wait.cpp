#include "varied_wait.hpp"

#include <string>

#include "ilbud/base/id.hpp"

namespace ilbud {
namespace {

// With less, thousands of domains that came with one reload go on being looked at in one heap; with more, the settings' times would
// no longer mean what they say.
constexpr double jitter = 0.1;

}  // namespace

Duration varied_wait(Duration wait, std::string_view domain, Time now) {
    const auto seed = sha256(std::string(domain) + '\n' + std::to_string(now.time_since_epoch().count()));
    const auto share = static_cast<double>(seed[0] << 8U | seed[1]) / 65535.0;  // 0 … 1
    return Duration(static_cast<Duration::rep>(static_cast<double>(wait.count()) * (1.0 + jitter * share)));
}

}  // namespace ilbud
