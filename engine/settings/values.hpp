/// The types an option's value can have: what is allowed, how it is read from TOML and how it is written back.
///
/// A value type has
///     std::string allowed() const;                       "a size from 1 KiB to 64 MiB"
///     Result<void> read(const Node&, T& into) const;     changes `into` only when the node fits
///     std::string show(const T&) const;                  TOML that read() takes
/// Pure
/// Errors  wrong_type, out_of_range, invalid_value; `detail` is "expected …, found …"
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks.hpp"
#include "document.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud::settings_file {

/// "expected `allowed`, found <node>", and `reason` if there is one.
Error unexpected(std::string_view code, const std::string& allowed, const Node& node, const std::string& reason = {});

struct Flag {
    [[nodiscard]] std::string allowed() const { return "true or false"; }
    Result<void> read(const Node& node, bool& into) const;
    [[nodiscard]] std::string show(bool value) const { return value ? "true" : "false"; }
};

/// A whole number of something.
/// The row gives 64 bits and the member may be narrower: the range must lie within the member's, which
/// nothing but the row's author holds.
struct Count {
    std::int64_t least;
    std::int64_t most;
    std::string_view unit;

    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] Result<std::int64_t> parse(const Node& node) const;
    template <class Integer>
    Result<void> read(const Node& node, Integer& into) const {
        const auto number = parse(node);
        if (!number) return number.error();
        into = static_cast<Integer>(*number);  // the range of a row lies within its member's
        return {};
    }
    template <class Integer>
    [[nodiscard]] std::string show(Integer value) const {
        return std::to_string(value);
    }
};

/// A number of bytes: 4096, "4 KiB", "1 MiB", "2 GiB".
/// Units are powers of two and say so by their "i" (IEC 80000-13).
struct Size {
    std::size_t least;
    std::size_t most;

    [[nodiscard]] std::string allowed() const;
    Result<void> read(const Node& node, std::size_t& into) const;
    [[nodiscard]] std::string show(std::size_t value) const;
};

/// A length of time: "30s", "1h30m", "400d".
/// What parse_duration reads (base/time.hpp); a day is 24 hours.
struct Span {
    Duration least;
    Duration most;

    [[nodiscard]] std::string allowed() const;
    Result<void> read(const Node& node, Duration& into) const;
    [[nodiscard]] std::string show(Duration value) const;
};

/// A share or a factor; whole numbers are taken as well.
struct Number {
    double least;
    double most;

    [[nodiscard]] std::string allowed() const;
    Result<void> read(const Node& node, double& into) const;
    [[nodiscard]] std::string show(double value) const;
};

/// A text that one of checks.hpp lets through.
/// A function pointer and not std::function: the rows' types are constants, made by the compiler.
struct Text {
    std::string_view what;
    Check check;
    bool may_be_empty = false;

    [[nodiscard]] std::string allowed() const;
    Result<void> read(const Node& node, std::string& into) const;
    [[nodiscard]] std::string show(const std::string& value) const { return toml_text(value); }
    [[nodiscard]] constexpr Text or_empty() const { return {what, check, true}; }
};

/// The names read as a sentence in a row: option("host", …, a_host, …). Each says what is expected, for
/// the error, and holds the check.
inline constexpr Text a_line{"a text of one line", check_line};
inline constexpr Text a_text{"a text", check_lines};
inline constexpr Text an_id{"1 to 64 letters, digits, '-', '_' and '.', first a letter or digit", check_id};
inline constexpr Text a_word{"1 to 40 small letters, digits and '_', first a letter", check_word};
inline constexpr Text an_address{"a mail address", check_address};
inline constexpr Text a_domain{"a domain name", check_domain};
inline constexpr Text a_dns_name{"a name in the DNS", check_dns_name};
inline constexpr Text a_selector{"a DKIM selector of letters, digits, hyphens and dots", check_selector};
inline constexpr Text a_host{"a host name or IP address", check_host};
inline constexpr Text a_host_name{"a host name", check_host_name};
inline constexpr Text an_ip{"an IP address", check_ip};
inline constexpr Text a_dns_server{"an IP address, or ADDRESS@PORT", check_dns_server};
inline constexpr Text a_url{"a URL that begins with https:// or http://", check_url};
inline constexpr Text a_one_click_url{"a URL that begins with https:// and has {mail} in its path or query", check_one_click_url};
inline constexpr Text a_zone{"an IANA time zone name such as \"Europe/Copenhagen\"", check_zone};
inline constexpr Text a_country{"a country's code of ISO 3166-1, such as DK, NO or GB", check_country};
inline constexpr Text a_colour{"a colour as #rrggbb", check_colour};

/// A file or folder; relative to the settings file's folder.
struct Path {
    std::string_view what;
    bool may_be_empty = false;

    [[nodiscard]] std::string allowed() const;
    Result<void> read(const Node& node, std::filesystem::path& into) const;
    [[nodiscard]] std::string show(const std::filesystem::path& value) const { return toml_text(value.string()); }
    [[nodiscard]] constexpr Path or_empty() const { return {what, true}; }
};

inline constexpr Path a_file{"the path of a file"};
inline constexpr Path a_folder{"the path of a folder"};

/// `"da", "nb", "sv"`
/// The words come from the vocabulary, so that an error never lists one that is not taken.
template <class Enum>
std::string spelled(WordSet<Enum> but = {}) {
    std::string out;
    for (const auto word : words<Enum>)
        if (!but.contains(*from_word<Enum>(word))) (out += out.empty() ? "\"" : ", \"").append(word) += '"';
    return out;
}

/// One word of a closed vocabulary.
/// `but`: words of it that are not for this option (notices for accounts).
template <class Enum>
struct Word {
    WordSet<Enum> but = {};

    [[nodiscard]] std::string allowed() const { return "one of " + spelled<Enum>(but); }
    Result<void> read(const Node& node, Enum& into) const {
        const auto* text = node.as<std::string>();
        if (text == nullptr) return unexpected("wrong_type", allowed(), node);
        const auto value = from_word<Enum>(*text);
        if (!value || but.contains(*value)) return unexpected("invalid_value", allowed(), node);
        into = *value;
        return {};
    }
    [[nodiscard]] std::string show(Enum value) const { return toml_text(to_word(value)); }
};

/// Any of a closed vocabulary's words.
template <class Enum>
struct Words {
    bool may_be_empty = false;
    WordSet<Enum> but = {};

    [[nodiscard]] std::string allowed() const {
        return "a list of any of " + spelled<Enum>(but) + (may_be_empty ? "; may be empty" : "");
    }
    Result<void> read(const Node& node, WordSet<Enum>& into) const {
        const auto* list = node.as<Node::List>();
        if (list == nullptr) return unexpected("wrong_type", allowed(), node);
        WordSet<Enum> all;
        for (const Node& item : *list) {
            Enum value{};
            if (const auto fits = Word<Enum>{}.read(item, value); !fits) return fits.error();
            if (but.contains(value)) return unexpected("invalid_value", allowed(), item);
            if (all.contains(value)) return unexpected("duplicate_name", "each word once", item);
            all.insert(value);
        }
        if (all.empty() && !may_be_empty) return unexpected("out_of_range", allowed(), node, "it is empty");
        into = all;
        return {};
    }
    [[nodiscard]] std::string show(const WordSet<Enum>& value) const {
        std::string out;
        for (const auto word : words<Enum>)
            if (value.contains(*from_word<Enum>(word))) (out += out.empty() ? "[" : ", ") += toml_text(word);
        return out.empty() ? "[]" : out + ']';
    }
};

/// A list of values in their order; a std::array takes exactly its size.
template <class Item>
struct List {
    Item item;
    std::size_t least;
    std::size_t most;
    bool distinct = true;

    [[nodiscard]] std::string allowed() const {
        std::string out = least == most ? "a list of " + std::to_string(most)
                          : least == 0  ? "a list of up to " + std::to_string(most)
                                        : "a list of " + std::to_string(least) + " to " + std::to_string(most);
        return out + ", each " + item.allowed();
    }
    template <class Container>
    Result<void> read(const Node& node, Container& into) const {
        const auto* list = node.as<Node::List>();
        if (list == nullptr) return unexpected("wrong_type", allowed(), node);
        // Before any item is read: a list of a million is refused by its length.
        if (list->size() < least || list->size() > most)
            return unexpected("out_of_range", allowed(), node, "it has " + std::to_string(list->size()));
        std::vector<typename Container::value_type> all;
        for (const Node& from : *list) {
            typename Container::value_type value{};
            if (const auto fits = item.read(from, value); !fits) return fits.error();
            if (distinct && std::find(all.begin(), all.end(), value) != all.end())
                return unexpected("duplicate_name", "each value once", from);
            all.push_back(std::move(value));
        }
        // A vector takes what came; a std::array has its size already, which `least` and `most` have made sure of.
        if constexpr (requires { into.resize(0); })
            into = std::move(all);
        else
            std::move(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(into.size()), into.begin());
        return {};
    }
    template <class Container>
    [[nodiscard]] std::string show(const Container& values) const {
        std::string out;
        for (const auto& value : values) (out += out.empty() ? "[" : ", ") += item.show(value);
        return out.empty() ? "[]" : out + ']';
    }
};

}  // namespace ilbud::settings_file
