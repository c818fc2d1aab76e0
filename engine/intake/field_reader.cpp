// The first mistake wins, because later ones are often its consequence (a missing object, then all its
// fields). Every getter returns something usable after a failure, so that callers need no branch; parse_event
// throws the half-made event away.
// simdjson gives a double for an integer without complaint, which suits quantities; money asks for the type first, so
// that a whole double gets an error of its own.
#include "field_reader.hpp"

#include <algorithm>

#include "field_values.hpp"
#include "ilbud/base/address.hpp"
#include "ilbud/base/currency.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/base/url.hpp"
#include "meant_field.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t compared_max = 100;  // names without a rule

// An address is measured by its own rule; this only keeps the error of an endless one short.
constexpr std::size_t address_characters_max = 1000;

// "a number" for all three of simdjson's: to JSON there is one.
std::string_view type_name(element value) {
    switch (value.type()) {
        case element_type::OBJECT:
            return "an object";
        case element_type::ARRAY:
            return "an array";
        case element_type::STRING:
            return "a string";
        case element_type::BOOL:
            return "true or false";
        case element_type::NULL_VALUE:
            return "null";
        default:
            return "a number";
    }
}

// Every byte that is not a continuation begins a character; the text is known to be UTF-8.
std::size_t count_characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// A name that would read as a path, or as nothing, stands in quotes.
std::string path_of_unknown(const FieldPath& parent, std::string_view key) {
    const bool plain =
        !key.empty() && std::ranges::all_of(key, [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
    if (plain) return FieldPath{&parent, key}.text();
    const auto quoted = '"' + std::string(key) + '"';
    return FieldPath{&parent, quoted}.text();
}

}  // namespace

std::vector<IgnoredField> FieldNotes::ignored() const {
    auto all = slips;
    for (const auto& other : unknown)
        if (all.size() < ignored_max) all.push_back(other);
    return all;
}

void FieldReader::fail_at(const FieldPath& path, std::string code, std::string detail) {
    if (!notes_->problem) notes_->problem = Error{std::move(code), path.text(), std::move(detail)};
}

void FieldReader::fail(std::string_view name, std::string code, std::string detail) {
    fail_at(FieldPath{&path_, name}, std::move(code), std::move(detail));
}

void FieldReader::fail_type(std::string_view name, std::string_view expected, Element found) {
    fail(name, "wrong_type", "expected " + std::string(expected) + ", found " + std::string(type_name(found)));
}

// Linear in the object's members, which are few; there is only one of each name, since to_canonical has refused the
// rest. null is absence: many serialisers write it for a field they do not have.
std::optional<element> FieldReader::find(std::string_view name) const {
    element value;
    if (object_.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
    return value;
}

// The one place where absence becomes a mistake.
std::optional<element> FieldReader::find(std::string_view name, Need need) {
    auto value = find(name);
    if (value || need == Need::optional) return value;
    if (notes_->problem) return value;
    const auto meant = meant_by(name);
    fail(name, "missing_field",
         "is required" + (meant.empty() ? std::string() : "; is \"" + std::string(meant) + "\" meant for it?"));
    return value;
}

bool FieldReader::has_rule(std::string_view name) const {
    return std::ranges::find(rules_, name, &FieldRule::name) != rules_.end();
}

// A member without a rule that may be a slip for the missing one.
std::string_view FieldReader::meant_by(std::string_view missing) const {
    std::size_t compared = 0;
    for (const auto member : object_) {
        if (compared >= compared_max) break;
        if (has_rule(member.key)) continue;
        ++compared;
        if (is_near(member.key, missing)) return member.key;
    }
    return {};
}

// The path of the member's own field where it is written another way, else of a field elsewhere that is called so, else of a near one.
std::string FieldReader::meant_path(std::string_view key, bool of_envelope) const {
    const auto there = [this](std::string_view name) { return has(name); };
    const auto [near, same] = meant_field(key, rules_, there);
    if (!same && !of_envelope)
        if (auto place = only_place_of(key, notes_->root); !place.empty()) return place;
    // What others add there is short, and called as they like.
    if (near.empty() || (of_envelope && !same && key.front() != near.front())) return {};
    return FieldPath{&path_, near}.text();
}

// Elements of one array have the same unknown names mostly, which are told once. With so many names compared as no sender has by a
// slip, the rest is not looked at: comparing is what an event of a mebibyte of them would cost.
void FieldReader::note_unknown(bool of_envelope) const {
    if (!notes_->wants_unknown) return;
    for (const auto member : object_) {
        if (has_rule(member.key)) continue;
        if (notes_->seen.size() >= compared_max) return;
        const std::pair key(rules_.data(), member.key);
        if (std::ranges::find(notes_->seen, key) != notes_->seen.end()) continue;
        notes_->seen.push_back(key);
        auto meant = meant_path(member.key, of_envelope);
        if (of_envelope && meant.empty()) continue;
        auto& list = meant.empty() ? notes_->unknown : notes_->slips;
        if (list.size() < ignored_max) list.push_back({path_of_unknown(path_, member.key), std::move(meant)});
    }
}

bool FieldReader::is_text(std::string_view name) const {
    const auto value = find(name);
    return value && value->is_string();
}

std::optional<std::string_view> FieldReader::string(std::string_view name, Need need) {
    const auto value = find(name, need);
    if (!value) return std::nullopt;
    std::string_view text;
    if (value->get(text) == simdjson::SUCCESS) return text;
    fail_type(name, "a string", *value);
    return std::nullopt;
}

// Bytes are compared first: a text with few enough bytes has few enough characters, and is nearly every one. The view
// lives as long as the parser's document.
std::string_view FieldReader::limited_text(const FieldRule& rule, std::size_t characters_max) {
    const auto name = rule.name;
    const auto given = string(name, rule.need);
    if (!given) return {};
    const std::string_view text = *given;
    if (text.empty() && rule.need == Need::required) fail(name, "invalid_value", "must not be empty");
    if (!text.empty() && is_blank_text(text)) fail(name, "invalid_value", "expected text, found blanks only");
    if (text.size() > characters_max && count_characters(text) > characters_max) {
        fail(name, "out_of_range", "longer than " + std::to_string(characters_max) + " characters");
        return {};
    }
    return text;
}

std::string_view FieldReader::text(const FieldRule& rule) {
    return limited_text(rule, rule.most);
}

// Numbers of customers and invoices are integers in many systems. 7 and "7" name the same, but as events they
// differ: the digest sees the bytes.
std::string FieldReader::identifier(const FieldRule& rule) {
    if (const auto value = find(rule.name)) {
        if (value->is_int64()) return std::to_string(value->get_int64().value_unsafe());
        if (value->is_uint64()) return std::to_string(value->get_uint64().value_unsafe());
        if (!value->is_string()) {
            fail_type(rule.name, "a string or an integer", *value);
            return {};
        }
    }
    return std::string(text(rule));
}

std::string FieldReader::email(const FieldRule& rule) {
    const std::string_view given = limited_text(rule, address_characters_max);
    if (given.empty()) return {};
    const auto address = parse_address(given);
    if (!address) {
        fail(rule.name, address.error().code, address.error().detail);
        return {};
    }
    return address->text();
}

std::string FieldReader::web_url(const FieldRule& rule) {
    const std::string_view written = text(rule);
    if (written.empty()) return {};
    auto url = read_web_url(written);
    if (!url) {
        fail(rule.name, "invalid_url", "expected an http or https URL: " + url.error().detail);
        return {};
    }
    return *std::move(url);
}

std::optional<bool> FieldReader::flag(const FieldRule& rule) {
    const auto name = rule.name;
    const auto value = find(name, rule.need);
    if (!value) return std::nullopt;
    bool flag = false;
    if (value->get(flag) != simdjson::SUCCESS) fail_type(name, "true or false", *value);
    return flag;
}

// A double is refused even if it is whole: 12.50 meant as kroner would be 12 minor units after rounding, and 1250.0
// shows that somebody counts in doubles.
std::optional<std::int64_t> FieldReader::money(const FieldRule& rule) {
    const auto name = rule.name;
    const auto value = find(name, rule.need);
    if (!value) return std::nullopt;
    std::int64_t amount = 0;
    if (value->type() == element_type::DOUBLE) {
        fail(name, "invalid_money", "expected an integer in minor units, without point or exponent");
        // 2^63 and above: an integer, so the range is wrong and not the type.
    } else if (value->is_uint64() && !value->is_int64()) {
        amount = money_max + 1;
    } else if (value->get(amount) != simdjson::SUCCESS) {
        fail_type(name, "an integer in minor units", *value);
    }
    if (amount < -money_max || amount > money_max) fail(name, "out_of_range", "expected at most ten trillion minor units");
    return amount;
}

std::int64_t FieldReader::owed(const FieldRule& rule) {
    const std::int64_t amount = money(rule).value_or(0);
    if (amount < 0) fail(rule.name, "out_of_range", "must not be negative");
    return amount;
}

// In capitals only, as ISO 4217 has them: "kr" and "dkk" are guesses of the sender that would be guessed at again here.
std::string_view FieldReader::currency(const FieldRule& rule, bool needed) {
    const auto code = string(rule.name, needed ? Need::required : rule.need);
    if (!code) return {};
    if (!minor_unit_digits(*code)) fail(rule.name, "invalid_currency", "expected an ISO 4217 code in capitals, such as DKK");
    return *code;
}

// A double, as it is only shown: the line's amount is told beside it and never computed from it.
double FieldReader::quantity(const FieldRule& rule) {
    constexpr auto most = static_cast<double>(quantity_max);
    const auto name = rule.name;
    const auto value = find(name);
    if (!value) return 1;
    double quantity = 1;
    // The range is written so that not-a-number would be refused, too, though JSON cannot say it.
    if (value->get(quantity) != simdjson::SUCCESS)
        fail_type(name, "a number", *value);
    else if (!(quantity >= -most && quantity <= most))  // a line may take back what another charged
        fail(name, "out_of_range", "expected a number from -1,000,000,000 to 1,000,000,000");
    return quantity;
}

int FieldReader::count(const FieldRule& rule) {
    const auto name = rule.name;
    const auto value = find(name);
    if (!value) return 0;
    // DOMAIN §4 leaves open whether the sender counts the other invoices or only knows that there are some.
    if (value->is_bool()) return value->get_bool().value_unsafe() ? 1 : 0;
    std::int64_t count = 0;
    if (value->is_uint64() && !value->is_int64())
        count = count_max + 1;
    else if (value->get(count) != simdjson::SUCCESS)
        fail_type(name, "an integer or true or false", *value);
    if (count < 0 || count > count_max) {
        fail(name, "out_of_range", "expected 0 to 1,000,000");
        return 0;
    }
    return static_cast<int>(count);
}

std::optional<Time> FieldReader::time(const FieldRule& rule) {
    const auto text = string(rule.name, rule.need);
    if (!text) return std::nullopt;
    const auto time = parse_time(*text);
    if (!time) fail(rule.name, "invalid_time", "expected RFC 3339, such as 2025-06-24T10:00:00+02:00");
    return time;
}

std::optional<Date> FieldReader::date(const FieldRule& rule) {
    const auto text = string(rule.name, rule.need);
    if (!text) return std::nullopt;
    const auto date = parse_date(*text);
    if (!date) fail(rule.name, "invalid_date", "expected a day of the calendar as YYYY-MM-DD");
    return date;
}

std::optional<std::chrono::year_month> FieldReader::month(const FieldRule& rule) {
    const auto text = string(rule.name, rule.need);
    if (!text) return std::nullopt;
    const auto first = parse_date(std::string(*text) + "-01");
    if (first) return first->year() / first->month();
    fail(rule.name, "invalid_date", "expected a month of the calendar as YYYY-MM");
    return std::nullopt;
}

int FieldReader::level(const FieldRule& rule) {
    const auto least = static_cast<std::int64_t>(rule.least), most = static_cast<std::int64_t>(rule.most);
    const auto value = find(rule.name, rule.need);
    if (!value) return static_cast<int>(least);
    std::int64_t level = 0;
    if (value->is_uint64() && !value->is_int64())
        level = most + 1;
    else if (value->get(level) != simdjson::SUCCESS)
        fail_type(rule.name, "an integer", *value);
    if (level >= least && level <= most) return static_cast<int>(level);
    fail(rule.name, "out_of_range", "expected " + std::to_string(least) + " to " + std::to_string(most));
    return static_cast<int>(least);
}

// Not a template, so that the text of the error is made in one place for all vocabularies. The whole list stands in it:
// these are short, and the sender is a programmer.
std::optional<std::size_t> FieldReader::word_index(const FieldRule& rule) {
    const auto text = string(rule.name, rule.need);
    if (!text) return std::nullopt;
    const auto found = std::ranges::find(rule.words, *text);
    if (found != rule.words.end()) return static_cast<std::size_t>(found - rule.words.begin());
    std::string expected = "expected one of";
    for (const auto word : rule.words) expected += (expected.ends_with("of") ? " " : ", ") + std::string(word);
    fail(rule.name, "invalid_value", std::move(expected));
    return std::nullopt;
}

// The inner path points at this reader's: it must not move while the inner one is used, which is why
// callers keep both on the stack.
std::optional<FieldReader> FieldReader::object(const FieldRule& rule) {
    const auto name = rule.name;
    const auto value = find(name, rule.need);
    if (!value) return std::nullopt;
    simdjson::dom::object inner;
    if (value->get(inner) != simdjson::SUCCESS) {
        fail_type(name, "an object", *value);
        return std::nullopt;
    }
    const FieldReader reader(inner, rule.inner, FieldPath{&path_, name}, *notes_);
    reader.note_unknown();
    return reader;
}

std::optional<simdjson::dom::array> FieldReader::array(const FieldRule& rule) {
    const auto name = rule.name;
    const auto value = find(name, rule.need);
    if (!value) return std::nullopt;
    simdjson::dom::array elements;
    if (value->get(elements) != simdjson::SUCCESS) {
        fail_type(name, "an array", *value);
        return std::nullopt;
    }
    const std::size_t size = elements.size();
    if (size >= rule.least && size <= rule.most) return elements;
    fail(name, "out_of_range", "expected " + std::to_string(rule.least) + " to " + std::to_string(rule.most) + " elements");
    return std::nullopt;
}

std::vector<FieldReader> FieldReader::objects(const FieldRule& rule) {
    std::vector<FieldReader> readers;
    const auto elements = array(rule);
    if (!elements) return readers;
    // Bounded by `rule.most`, which array() has checked.
    readers.reserve(elements->size());
    for (const element value : *elements) {
        const FieldPath path{&path_, rule.name, readers.size()};
        simdjson::dom::object inner;
        if (value.get(inner) != simdjson::SUCCESS) {
            fail_at(path, "wrong_type", "expected an object, found " + std::string(type_name(value)));
            return {};
        }
        readers.emplace_back(inner, rule.inner, path, *notes_).note_unknown();
    }
    return readers;
}

std::vector<std::string> FieldReader::emails(const FieldRule& rule, std::vector<Error>& refused) {
    std::vector<std::string> addresses;
    const auto elements = array(rule);
    if (!elements) return addresses;
    std::size_t at = 0;
    for (const element value : *elements) {
        const FieldPath path{&path_, rule.name, at++};
        std::string_view text;
        if (value.get(text) != simdjson::SUCCESS) {
            fail_at(path, "wrong_type", "expected a string, found " + std::string(type_name(value)));
            return {};
        }
        auto address = parse_address(text);
        if (address)
            // In wire form, so that nothing behind the door parses it again.
            addresses.push_back(address->text());
        else
            refused.push_back({address.error().code, path.text(), address.error().detail});
    }
    return addresses;
}

}  // namespace ilbud
