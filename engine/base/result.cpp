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
