#include <unicode/uloc.h>

#include "ilbud/base/country.hpp"

namespace ilbud {

bool is_country(std::string_view code) {
    for (const char* const* country = uloc_getISOCountries(); *country != nullptr; ++country)
        if (code == *country) return true;
    return false;
}

}  // namespace ilbud
