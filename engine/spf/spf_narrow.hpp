/// A record's terms without those by which everybody passes in other words than all.
///
/// Pure
#pragma once
#include "ilbud/spf/spf_repair.hpp"

namespace ilbud {

/// "mx/0" becomes "mx", "ip4:203.0.113.9/0" that address, which is a guess; networks that together are half of a family's addresses
/// go. Of all itself with_spf_end knows.
void narrow_spf(SpfTerms& record);

}  // namespace ilbud
