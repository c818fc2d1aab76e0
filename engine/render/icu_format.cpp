// ICU knows how a locale writes things, and is asked once for each locale and currency: a sample is
// formatted and taken apart, and afterwards amounts and dates are put together from the pieces. This
// keeps money in integers from the event to the mail: ICU's own road leads through a double. Only what
// is rare (periods, moments, shares, lists) goes through ICU each time. ICU's formatters may be read by
// several threads, but not all of them may format at once: those that are kept are kept for each thread.
#include <unicode/listformatter.h>
#include <unicode/locid.h>
#include <unicode/nounit.h>
#include <unicode/numberformatter.h>
#include <unicode/smpdtfmt.h>
#include <unicode/unistr.h>

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>

#include "ilbud/base/currency.hpp"
#include "ilbud/render/format.hpp"

namespace ilbud {
namespace {

constexpr std::size_t locale_count = words<Locale>.size();

// English mail goes to Europeans: day before month.
const icu::Locale& icu_locale(Locale locale) {
    // In the order of Locale.
    static const std::array<icu::Locale, locale_count> all{icu::Locale("da"), icu::Locale("nb"), icu::Locale("sv"),
                                                           icu::Locale("en", "GB"), icu::Locale("de")};
    return all[static_cast<std::size_t>(locale)];
}

// A failure here is missing ICU data, not a bad value: our
// world is broken, and the letter is tried again later.
void check(UErrorCode code, const char* what) {
    if (U_FAILURE(code)) throw std::runtime_error(std::string("ICU: ") + what + ": " + u_errorName(code));
}

std::string utf8(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

// How a locale writes amounts of one currency, learned from two samples that ICU formats.
struct MoneyStyle {
    int digits = 2;
    std::string before, after;                    // of 1,234,567.89
    std::string before_negative, after_negative;  // of its negative
    std::string group, decimal;
};

// Grouping is asked for, because by default a locale may leave amounts of four digits in one piece; the decimals, because CLDR has a
// taste of its own. Swedes know "DKK" and would have to guess at ICU's "Dkr".
icu::UnicodeString icu_money(double amount, const icu::CurrencyUnit& currency, int digits, Locale locale) {
    UErrorCode code = U_ZERO_ERROR;
    const std::u16string_view iso(currency.getISOCurrency());
    const bool by_code = locale == Locale::sv && (iso == u"DKK" || iso == u"NOK" || iso == u"ISK");
    auto text = icu::number::NumberFormatter::withLocale(icu_locale(locale))
                    .unit(currency)
                    .unitWidth(by_code ? UNUM_UNIT_WIDTH_ISO_CODE : UNUM_UNIT_WIDTH_SHORT)
                    .precision(icu::number::Precision::fixedFraction(digits))
                    .grouping(UNUM_GROUPING_THOUSANDS)
                    .formatDouble(amount, code)
                    .toString(code);
    check(code, "money");
    return text;
}

bool is_digit(char16_t unit) {
    return unit >= u'0' && unit <= u'9';
}

// The text around and between the digits of a sample.
// Relies on the shape of the sample: one digit, then the separator of thousands; and as many decimals
// as the currency has, behind one separator. Both separators are one UTF-16 unit in all locales here.
void learn(const icu::UnicodeString& sample, MoneyStyle& style, std::string& before, std::string& after) {
    int first = 0;
    while (first < sample.length() && !is_digit(sample.charAt(first))) ++first;
    int last = sample.length() - 1;
    while (last > first && !is_digit(sample.charAt(last))) --last;
    before = utf8(sample.tempSubString(0, first));
    after = utf8(sample.tempSubString(last + 1));
    style.group = utf8(sample.tempSubString(first + 1, 1));
    style.decimal = style.digits == 0 ? "" : utf8(sample.tempSubString(last - style.digits, 1));
}

// ICU 72 writes Norwegian amounts as "kr 1 250,00"; Norwegians write "1 250,00 kr" (Språkrådet), and later ICUs do too.
void put_symbol_behind(MoneyStyle& style) {
    constexpr std::string_view space = "\u00a0";
    // Other currencies may come with a code instead of a sign ("EUR"): it moves just the same.
    std::string symbol = style.before;
    if (symbol.ends_with(space)) symbol.resize(symbol.size() - space.size());
    if (symbol.empty() || !style.after.empty()) return;
    // The minus stays in front of the digits, whatever stood around it.
    if (const auto at = style.before_negative.find(style.before); at != std::string::npos)
        style.before_negative.erase(at, style.before.size());
    style.before.clear();
    style.after = style.after_negative = std::string(space) + symbol;
}

MoneyStyle learn_money(std::string_view currency, Locale locale) {
    UErrorCode code = U_ZERO_ERROR;
    // Three ASCII letters, as intake has checked: byte by byte is enough.
    const std::u16string iso(currency.begin(), currency.end());
    const icu::CurrencyUnit unit(iso.c_str(), code);
    MoneyStyle style;
    style.digits = minor_unit_digits(currency).value_or(2);
    // Whole and below 2^53: as a double it is exact.
    learn(icu_money(1234567.0, unit, style.digits, locale), style, style.before, style.after);
    learn(icu_money(-1234567.0, unit, style.digits, locale), style, style.before_negative, style.after_negative);
    if (locale == Locale::nb) put_symbol_behind(style);
    return style;
}

// Grows by one entry a currency and locale and never shrinks: intake lets only ISO
// codes in, so it is bounded. References into it stay valid, as a map moves nothing.
const MoneyStyle& money_style(std::string_view currency, Locale locale) {
    thread_local std::array<std::map<std::string, MoneyStyle, std::less<>>, locale_count> known;
    auto& styles = known[static_cast<std::size_t>(locale)];
    if (const auto found = styles.find(currency); found != styles.end()) return found->second;
    return styles.emplace(currency, learn_money(currency, locale)).first->second;
}

// No line breaks between "31." and its month: at a line's end the day would look like the end of a sentence.
void join_day_to_month(std::string& date) {
    if (const auto blank = date.find(". "); blank != std::string::npos) date.replace(blank, 2, ".\u00a0");
}

// A locale's months as they stand between day and year ("24", ". juni ", "2025").
struct DateStyle {
    std::array<std::string, 12> between;
    std::string after;

    [[nodiscard]] const std::string& month(Date date) const { return between[static_cast<unsigned>(date.month()) - 1]; }
};

DateStyle learn_dates(Locale locale) {
    UErrorCode code = U_ZERO_ERROR;
    const std::unique_ptr<icu::DateFormat> format(icu::DateFormat::createInstanceForSkeleton("dMMMMy", icu_locale(locale), code));
    check(code, "date");
    // The samples are midnights in UTC: any other zone could show the day before.
    format->adoptTimeZone(icu::TimeZone::getGMT()->clone());
    DateStyle style;
    for (unsigned month = 1; month <= 12; ++month) {
        const std::chrono::sys_days day{Date{std::chrono::year{2025}, std::chrono::month{month}, std::chrono::day{24}}};
        icu::UnicodeString text;
        format->format(static_cast<UDate>(std::chrono::milliseconds(day.time_since_epoch()).count()), text);
        const std::string sample = utf8(text);
        const auto year = sample.find("2025");
        // An ICU whose dates begin otherwise would be cut up wrongly: better no mail than such dates.
        if (sample.compare(0, 2, "24") != 0 || year == std::string::npos)
            throw std::runtime_error("ICU: unexpected date " + sample);
        auto& between = style.between[month - 1];
        between = sample.substr(2, year - 2);
        join_day_to_month(between);
        style.after = sample.substr(year + 4);
    }
    return style;
}

// The table of all locales is made at the first date,
// for all threads: the language guards a static local.
const DateStyle& date_style(Locale locale) {
    static const std::array<DateStyle, locale_count> styles{learn_dates(Locale::da), learn_dates(Locale::nb),
                                                            learn_dates(Locale::sv), learn_dates(Locale::en),
                                                            learn_dates(Locale::de)};
    return styles[static_cast<std::size_t>(locale)];
}

std::string day_of(Date date) {
    return std::to_string(static_cast<unsigned>(date.day()));
}

}  // namespace

// Puts digits between what was learned; "0,05" gets its leading zeros first.
std::string format_money(std::int64_t minor_units, std::string_view currency, Locale locale) {
    const MoneyStyle& style = money_style(currency, locale);
    const bool negative = minor_units < 0;
    // Negated as unsigned, so that the smallest value has its absolute one.
    const auto value = negative ? 0 - static_cast<std::uint64_t>(minor_units) : static_cast<std::uint64_t>(minor_units);
    std::string digits = std::to_string(value);
    const auto decimals = static_cast<std::size_t>(style.digits);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    const std::size_t whole = digits.size() - decimals;
    std::string out = negative ? style.before_negative : style.before;
    for (std::size_t i = 0; i < whole; ++i) {
        if (i != 0 && (whole - i) % 3 == 0) out += style.group;
        out += digits[i];
    }
    if (decimals != 0) out += style.decimal + digits.substr(whole);
    out += negative ? style.after_negative : style.after;
    return out;
}

// Day, month and year joined as a language joins them; the last day of a period is always whole.
std::string format_date(Date date, Locale locale) {
    if (!date.ok()) return to_text(date);
    const DateStyle& style = date_style(locale);
    return day_of(date) + style.month(date) + std::to_string(static_cast<int>(date.year())) + style.after;
}

// One style for all: a dash without blanks (Duden; Språkrådet), whatever both days share. CLDR
// has blanks in two of the five languages, and there only where the months differ.
std::string format_period(Date first, Date last, Locale locale) {
    if (first == last || !first.ok() || !last.ok()) return format_date(last, locale);
    const DateStyle& style = date_style(locale);
    std::string out = day_of(first);
    if (first.year() != last.year()) {
        out = format_date(first, locale);
    } else if (first.month() != last.month()) {
        out += style.month(first);
        out.resize(out.find_last_not_of(' ') + 1);
    } else if (style.month(first).starts_with('.')) {
        out += '.';
    }
    return out + "–" + format_date(last, locale);
}

// Rare (ends of subscriptions, notices), so a format is made each time. ICU is given the zone's own time as if it were GMT: its tables
// of zones are older than the system's.
std::string format_moment(Time time, std::string_view zone, Locale locale) {
    const std::unique_ptr<icu::DateFormat> format(
        icu::DateFormat::createDateTimeInstance(icu::DateFormat::kLong, icu::DateFormat::kShort, icu_locale(locale)));
    if (!format) throw std::runtime_error("ICU: no format for times");
    format->adoptTimeZone(icu::TimeZone::getGMT()->clone());
    const auto local = time + utc_offset(time, zone);
    icu::UnicodeString text;
    format->format(static_cast<UDate>(std::chrono::floor<std::chrono::milliseconds>(local.time_since_epoch()).count()), text);
    std::string out = utf8(text);
    join_day_to_month(out);
    return out;
}

// `share` is a part of 1. The second decimal below 1 % is for limits such as 0.35 %.
std::string format_share(double share, Locale locale) {
    UErrorCode code = U_ZERO_ERROR;
    const auto text = icu::number::NumberFormatter::withLocale(icu_locale(locale))
                          .unit(icu::NoUnit::percent())
                          .scale(icu::number::Scale::powerOfTen(2))
                          .precision(icu::number::Precision::maxFraction(share < 0.01 ? 2 : 1))
                          .formatDouble(share, code)
                          .toString(code);
    check(code, "share");
    return utf8(text);
}

std::string format_quantity(double quantity, Locale locale) {
    // Nearly every quantity is 1: below a thousand no locale groups digits, so ICU is not needed.
    if (quantity >= 0 && quantity < 1000 && quantity == std::floor(quantity)) return std::to_string(static_cast<int>(quantity));
    UErrorCode code = U_ZERO_ERROR;
    const auto text = icu::number::NumberFormatter::withLocale(icu_locale(locale))
                          .precision(icu::number::Precision::maxFraction(3))
                          .formatDouble(quantity, code)
                          .toString(code);
    check(code, "quantity");
    return utf8(text);
}

// One item, or none, needs no word between.
std::string format_list(const std::vector<std::string>& items, Locale locale) {
    if (items.empty()) return {};
    if (items.size() == 1) return items.front();
    UErrorCode code = U_ZERO_ERROR;
    thread_local std::array<std::unique_ptr<icu::ListFormatter>, locale_count> formatters;
    auto& formatter = formatters[static_cast<std::size_t>(locale)];
    if (!formatter) formatter.reset(icu::ListFormatter::createInstance(icu_locale(locale), code));
    check(code, "list");
    std::vector<icu::UnicodeString> texts;
    for (const auto& item : items) texts.push_back(icu::UnicodeString::fromUTF8(item));
    icu::UnicodeString out;
    formatter->format(texts.data(), static_cast<std::int32_t>(texts.size()), out, code);
    check(code, "list");
    return utf8(out);
}

}  // namespace ilbud
