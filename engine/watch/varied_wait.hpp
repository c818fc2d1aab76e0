/// How long until a domain is looked at again, made a little different for each.
///
/// Pure  taken from a digest and not from chance: the same state at the same moment gives the same time, which a test can name
#pragma once
#include <string_view>

#include "ilbud/base/time.hpp"

namespace ilbud {

/// Up to a tenth longer, by the domain and the moment, so that domains that were looked at together drift apart.
[[nodiscard]] Duration varied_wait(Duration wait, std::string_view domain, Time now);

}  // namespace ilbud
