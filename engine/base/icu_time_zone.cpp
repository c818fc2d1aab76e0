// Time zones from ICU's tables.
// Not std::chrono's zones: libstdc++ 12 has none, and ICU is here already for names and numbers. ICU carries its own
// copy of the IANA tables, updated with its package.
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <map>
#include <memory>
#include <string>

#include "ilbud/base/time.hpp"

namespace ilbud {
namespace {

// One zone object a thread and name: making one reads ICU's tables, and the object is not safe to share while it fills itself.
// The map holds the zones of the units' settings, a handful; nothing from an event comes here.
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

// createTimeZone() takes any text and answers with GMT for one it does not know: only this question keeps a typing
// error from shifting every date. Custom ids ("GMT+5") are known, but not to the system tables; "Etc/Unknown" is,
// and is ICU's word for nothing.
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
    // Milliseconds east of Greenwich and what summer time adds to them.
    std::int32_t standard = 0;
    std::int32_t summer = 0;
    UErrorCode status = U_ZERO_ERROR;
    // UDate counts milliseconds; 0 says that the time is UTC and not local. Rounded down, so that a time before 1970
    // does not slip into the next millisecond.
    zone_named(zone).getOffset(static_cast<UDate>(floor<milliseconds>(time).time_since_epoch().count()), 0, standard, summer,
                               status);
    return Date{floor<days>(time + milliseconds{standard + summer})};
}

}  // namespace ilbud
