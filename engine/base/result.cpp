// The order of compilers' messages, place first: editors and terminals make links of it. The code stands last,
// for searching the documentation.
#include "ilbud/base/result.hpp"

namespace ilbud {

std::string to_text(const Error& error) {
    std::string text;
    if (!error.place.empty()) text += error.place + ": ";
    text += error.detail;
    text += " (" + error.code + ")";
    return text;
}

}  // namespace ilbud
