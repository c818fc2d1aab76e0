// Time zones from ICU's tables (STYLE: only icu_ files include ICU).
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <map>
#include <memory>
#include <string>

#include "ilbud/base/time.hpp"

namespace ilbud {
namespace {

// One zone object a thread and name: making one reads ICU's tables, and the object is not safe to share while it fills itself.
const icu::TimeZone& zone_named(std::string_view name) {
    thread_local std::map<std::string, std::unique_ptr<icu::TimeZone>, std::less<>> known;
    auto found = known.find(name);
    if (found == known.end()) {
        const std::string key(name);
        found = known.emplace(key, icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(key))).first;
    }
    return *found->second;
}

}  // namespace

bool is_time_zone(std::string_view zone) {
    const auto name = icu::UnicodeString::fromUTF8(icu::StringPiece(zone.data(), static_cast<std::int32_t>(zone.size())));
    UErrorCode status = U_ZERO_ERROR;
    UBool system = false;
    icu::UnicodeString canonical;
    icu::TimeZone::getCanonicalID(name, canonical, system, status);
    return U_SUCCESS(status) != 0 && system != 0 && name != UNICODE_STRING_SIMPLE("Etc/Unknown");
}

Date local_date(Time time, std::string_view zone) {
    using namespace std::chrono;
    std::int32_t standard = 0;
    std::int32_t summer = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone_named(zone).getOffset(static_cast<UDate>(floor<milliseconds>(time).time_since_epoch().count()), 0, standard, summer,
                               status);
    return Date{floor<days>(time + milliseconds{standard + summer})};
}

}  // namespace ilbud
