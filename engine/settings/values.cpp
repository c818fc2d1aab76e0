// Every read() has the same three steps: the TOML type, the form, the range; and three codes for them
// (wrong_type, invalid_value, out_of_range). The target changes only when all fit, so that a mistake leaves the
// inherited value or the default.
#include "values.hpp"

#include <charconv>
#include <cmath>

#include "ilbud/base/log.hpp"

namespace ilbud::settings_file {
namespace {

struct SizeUnit {
    std::string_view name;
    std::size_t bytes;
};
// From the largest on: size_text takes the first that divides the number.
constexpr std::array<SizeUnit, 3> size_units{
    {{"GiB", std::size_t{1} << 30U}, {"MiB", std::size_t{1} << 20U}, {"KiB", std::size_t{1} << 10U}}};

// Never rounded: what is printed must read back as the same number of bytes.
std::string size_text(std::size_t bytes) {
    for (const auto& unit : size_units)
        if (bytes >= unit.bytes && bytes % unit.bytes == 0)
            return std::to_string(bytes / unit.bytes) + ' ' + std::string(unit.name);
    return std::to_string(bytes);
}

// A number alone would be read as anything.
std::string in_bytes(std::size_t bytes) {
    const auto text = size_text(bytes);
    return text.find(' ') == std::string::npos ? text + " bytes" : text;
}

// "4096", "4096 bytes", "4 KiB", "4KiB"; nothing if malformed or too large.
// KiB and not KB: a power of ten beside one of two would be guessed wrong. A sign is no digit, and a
// product that overflows is malformed.
std::optional<std::size_t> parse_size(std::string_view text) {
    std::size_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return number;
    if (text.starts_with(' ')) text.remove_prefix(1);
    if (text == "bytes") return number;  // as in_bytes() writes it
    for (const auto& unit : size_units) {
        std::size_t bytes = 0;
        if (text == unit.name && !__builtin_mul_overflow(number, unit.bytes, &bytes)) return bytes;
    }
    return std::nullopt;
}

// Not std::to_string, which writes six decimals and goes by the locale.
std::string number_text(double value) {
    std::array<char, 32> digits{};
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

}  // namespace

// What is allowed comes from the row itself, so that text and check cannot drift apart.
// The place is added by the table.
Error unexpected(std::string_view code, const std::string& allowed, const Node& node, const std::string& reason) {
    return {std::string(code), "", "expected " + allowed + ", found " + describe(node) + (reason.empty() ? "" : ": " + reason)};
}

Result<void> Flag::read(const Node& node, bool& into) const {
    const auto* flag = node.as<bool>();
    if (flag == nullptr) return unexpected("wrong_type", allowed(), node);
    into = *flag;
    return {};
}

std::string Count::allowed() const {
    return "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
           (unit.empty() ? "" : " (" + std::string(unit) + ')');
}

// An integer of TOML: 1.0 is another type, and 1e3 is 1000.0.
Result<std::int64_t> Count::parse(const Node& node) const {
    const auto* number = node.as<std::int64_t>();
    if (number == nullptr) return unexpected("wrong_type", allowed(), node);
    if (*number < least || *number > most) return unexpected("out_of_range", allowed(), node);
    return *number;
}

std::string Size::allowed() const {
    return "a size from " + in_bytes(least) + " to " + in_bytes(most);
}

// A bare number is bytes; a text may have a unit.
Result<void> Size::read(const Node& node, std::size_t& into) const {
    std::optional<std::size_t> bytes;
    if (const auto* number = node.as<std::int64_t>()) {
        if (*number < 0) return unexpected("out_of_range", allowed(), node);
        bytes = static_cast<std::size_t>(*number);
    } else if (const auto* text = node.as<std::string>()) {
        bytes = parse_size(*text);
        if (!bytes) return unexpected("invalid_value", allowed(), node, "write it like \"4 KiB\", \"1 MiB\" or 4096");
    } else {
        return unexpected("wrong_type", allowed(), node);
    }
    if (*bytes < least || *bytes > most) return unexpected("out_of_range", allowed(), node);
    into = *bytes;
    return {};
}

// A bare number where no unit fits, else a text, as TOML has no units.
std::string Size::show(std::size_t value) const {
    const auto text = size_text(value);
    return text.find(' ') == std::string::npos ? text : toml_text(text);
}

// Both ends in the form that read() takes.
std::string Span::allowed() const {
    return "a duration from " + to_text(least) + " to " + to_text(most);
}

// A bare number is refused: seconds to one are milliseconds to the next.
Result<void> Span::read(const Node& node, Duration& into) const {
    const auto* text = node.as<std::string>();
    if (text == nullptr) return unexpected("wrong_type", allowed(), node, "write it like \"30s\", \"1h30m\" or \"2d\"");
    const auto duration = parse_duration(*text);
    if (!duration) return unexpected("invalid_value", allowed(), node, "write it like \"30s\", \"1h30m\" or \"2d\"");
    if (*duration < least || *duration > most) return unexpected("out_of_range", allowed(), node);
    into = *duration;
    return {};
}

std::string Span::show(Duration value) const {
    return toml_text(to_text(value));
}

std::string Number::allowed() const {
    return "a number from " + number_text(least) + " to " + number_text(most);
}

Result<void> Number::read(const Node& node, double& into) const {
    double number = 0;
    if (const auto* real = node.as<double>())
        number = *real;
    else if (const auto* whole = node.as<std::int64_t>())
        number = static_cast<double>(*whole);
    else
        return unexpected("wrong_type", allowed(), node);
    // Written so that every comparison with not-a-number refuses it; TOML knows nan and inf.
    if (!(number >= least && number <= most))
        return unexpected("out_of_range", allowed(), node);  // not a number is out of it, too
    into = number;
    return {};
}

std::string Number::show(double value) const {
    return number_text(value);
}

std::string Text::allowed() const {
    return std::string(what) + (may_be_empty ? "; may be empty" : "");
}

// An empty text never reaches the check: whether it may be empty is the row's word, what it looks
// like otherwise is the check's.
Result<void> Text::read(const Node& node, std::string& into) const {
    const auto* text = node.as<std::string>();
    if (text == nullptr) return unexpected("wrong_type", allowed(), node);
    if (text->empty()) {
        if (!may_be_empty) return unexpected("invalid_value", allowed(), node);
        into.clear();
        return {};
    }
    auto checked = check(*text);
    if (!checked) return unexpected("invalid_value", allowed(), node, checked.error().detail);
    into = std::move(*checked);
    return {};
}

std::string Path::allowed() const {
    return std::string(what) + (may_be_empty ? "; may be empty" : "");
}

Result<void> Path::read(const Node& node, std::filesystem::path& into) const {
    // Less than PATH_MAX (4096), which counts the folder in front of it as well.
    constexpr std::size_t path_bytes_max = 1024;
    const auto* text = node.as<std::string>();
    if (text == nullptr) return unexpected("wrong_type", allowed(), node);
    if (text->empty() && !may_be_empty) return unexpected("invalid_value", allowed(), node);
    // Somebody may have pasted a key where its file's name belongs: what does not look like a path is not repeated (S27).
    if (text->size() > path_bytes_max || on_one_line(*text, text->size()) != *text)
        return Error{"invalid_value", "",
                     "expected " + allowed() + ", found " + std::to_string(text->size()) + " bytes that are no path"};
    into = *text;
    return {};
}

}  // namespace ilbud::settings_file
