// Pruning: a folded template without the sections that this one mail leaves out, and without the tags of those it keeps.
//
// mstch reads its template again for every mail, dead sections included, and they are more than half of it: what it is given
// here prints the same and is a fraction as long.
#pragma once
#include <string>
#include <string_view>

#include "ilbud/render/variables.hpp"

namespace ilbud {

// `mustache` as fold() wrote it; `present` holds the variables of the mail that have a value. Lists and what belongs to their
// elements stay as they are.
std::string prune(std::string_view mustache, const VarSet& present);

}  // namespace ilbud
