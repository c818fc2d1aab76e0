/// One object of an event, read field by field.
///
/// In    a simdjson object that to_canonical has checked, and the rules of its fields
/// Out   values in the engine's types; the first thing wrong is kept in the FieldNotes that all readers of an event share, and
///       everything asked for after that is whatever: who reads asks for the problem once, at the end
/// Pure
/// A field that is null counts as absent. Those without a rule are noted as ignored, with the one that may be meant.
#pragma once
#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "field_path.hpp"
#include "field_rule.hpp"
#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

/// What is told of an event beside its values.
struct FieldNotes {
    bool wants_unknown = true;          ///< whether anybody is told of fields that are not known
    std::optional<Error> problem;       ///< the first one
    std::span<const FieldRule> root{};  ///< of `data`: where a field may have been meant to stand
    std::vector<IgnoredField> slips;    ///< fields that are not known, where another one may be meant
    std::vector<IgnoredField> unknown;  ///< other fields that are not known
    std::vector<std::pair<const FieldRule*, std::string_view>> seen;  ///< of both: whose table, which name

    /// At most ignored_max, slips first.
    [[nodiscard]] std::vector<IgnoredField> ignored() const;
};

class FieldReader {
 public:
    /// `notes`, the rules and the path's parent outlive the reader. A reader stays where it is while inner ones, got from it, are
    /// used.
    FieldReader(simdjson::dom::object object, std::span<const FieldRule> rules, FieldPath path, FieldNotes& notes)
        : object_(object), rules_(rules), path_(path), notes_(&notes) {}

    /// Text of at most `rule.most` code points; empty where optional and absent, never empty where required.
    /// Problems  missing_field, wrong_type, invalid_value (required but empty; blank), out_of_range
    std::string_view text(const FieldRule& rule);
    /// A name given by the sender: text, or an integer taken as its decimal digits.
    std::string identifier(const FieldRule& rule);
    /// A mail address in wire form; empty if absent or "". Problems  wrong_type, invalid_address
    std::string email(const FieldRule& rule);
    /// Problems  invalid_url, out_of_range
    std::string web_url(const FieldRule& rule);
    /// Problems  missing_field, wrong_type
    std::optional<bool> flag(const FieldRule& rule);
    /// Minor units, ±money_max; 1.0, 1e2 and "1" are refused, -0 is 0. Problems  missing_field, wrong_type, invalid_money,
    /// out_of_range
    std::optional<std::int64_t> money(const FieldRule& rule);
    /// As money, and not negative; 0 if absent.
    std::int64_t owed(const FieldRule& rule);
    /// `needed`: required although the rule alone would not say so. Problems  missing_field, invalid_currency
    std::string_view currency(const FieldRule& rule, bool needed = false);
    /// A number of at most ±quantity_max; 1 if absent. Problems  wrong_type, out_of_range
    double quantity(const FieldRule& rule);
    /// A count from 0 to count_max, or true for "some" (1) and false for none. Problems  wrong_type, out_of_range
    int count(const FieldRule& rule);
    /// Problems  missing_field, wrong_type, invalid_time
    std::optional<Time> time(const FieldRule& rule);
    /// Problems  missing_field, wrong_type, invalid_date
    std::optional<Date> date(const FieldRule& rule);
    /// "YYYY-MM". Problems  missing_field, wrong_type, invalid_date
    std::optional<std::chrono::year_month> month(const FieldRule& rule);
    /// An integer from `rule.least` to `rule.most`, `rule.least` if absent. Problems  missing_field, wrong_type, out_of_range
    int level(const FieldRule& rule);
    /// One of a closed vocabulary. Problems  missing_field, wrong_type, invalid_value
    template <class Enum>
    std::optional<Enum> word(const FieldRule& rule) {
        const auto index = word_index(rule);
        if (!index) return std::nullopt;
        return static_cast<Enum>(*index);
    }
    /// Problems  missing_field, wrong_type
    std::optional<FieldReader> object(const FieldRule& rule);
    /// The objects of an array of `rule.least` to `rule.most`. Problems  missing_field, wrong_type, out_of_range
    std::vector<FieldReader> objects(const FieldRule& rule);
    /// The addresses of an array. Problems  wrong_type, out_of_range, invalid_address
    std::vector<std::string> emails(const FieldRule& rule, std::vector<Error>& refused);

    /// Notes the members that have no rule, of an array's elements the first one's; of the envelope only slips, as others may stand there
    /// for somebody else.
    void note_unknown(bool of_envelope = false) const;
    /// Whether the field is there and not null.
    [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
    [[nodiscard]] bool is_text(std::string_view name) const;
    /// Keeps what is wrong with the field `name`, unless something was wrong before.
    void fail(std::string_view name, std::string code, std::string detail);

 private:
    using Element = simdjson::dom::element;

    [[nodiscard]] std::optional<Element> find(std::string_view name) const;
    std::optional<Element> find(std::string_view name, Need need);
    std::optional<std::string_view> string(std::string_view name, Need need);
    std::string_view limited_text(const FieldRule& rule, std::size_t characters_max);
    std::optional<simdjson::dom::array> array(const FieldRule& rule);
    std::optional<std::size_t> word_index(const FieldRule& rule);
    [[nodiscard]] bool has_rule(std::string_view name) const;
    [[nodiscard]] std::string meant_path(std::string_view key, bool of_envelope) const;
    [[nodiscard]] std::string_view meant_by(std::string_view missing) const;
    void fail_type(std::string_view name, std::string_view expected, Element found);
    void fail_at(const FieldPath& path, std::string code, std::string detail);

    simdjson::dom::object object_;
    std::span<const FieldRule> rules_;
    FieldPath path_;
    FieldNotes* notes_;
};

}  // namespace ilbud
