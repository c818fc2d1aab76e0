// Checks give back the text as the engine keeps it (lower case, wire form), so that two spellings of one name are equal
// wherever they are compared later. They are plain functions, because the rows of the option table point at them.
// None looks at the world: whether a host exists or a URL answers may be different tomorrow, and
// settings must load without a network.
#include "checks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "ilbud/base/address.hpp"
#include "ilbud/base/country.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/base/url.hpp"
#include "ilbud/settings/one_click_url.hpp"

namespace ilbud::settings_file {
namespace {

// Names and the like end up in headers: folded or encoded, 200 bytes stay far below the
// 998 of a line (RFC 5322 §2.1.1).
constexpr std::size_t line_bytes_max = 200;
// Of a welcome message, some ten pages of text; it is copied into every welcome mail.
constexpr std::size_t lines_bytes_max = 20'000;
constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t word_bytes_max = 40;
constexpr std::size_t url_bytes_max = 1000;
constexpr std::size_t mail_id_bytes = 26;               // stable_id
constexpr std::size_t subscriber_id_bytes_usual = 100;  // as long as events may have it, of letters that need no encoding
// RFC 1035 §2.3.4, as text without the last dot.
constexpr std::size_t host_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;

Error refusal(std::string detail = {}) {
    return {"invalid_value", "", std::move(detail)};
}

// on_one_line escapes exactly what must not stand in a header or a log: a text it changes has such a character.
bool is_clean(std::string_view text) {
    return on_one_line(text, text.size()) == text;
}

// A host name's label: letters, digits and inner hyphens; with `underscore` also a leading '_'.
// RFC 1123 §2.1: a digit may come first. The underscore is for names that are no hosts (RFC 8552).
bool is_label(std::string_view label, bool underscore) {
    if (underscore && label.starts_with('_')) label.remove_prefix(1);
    if (label.empty() || label.size() > label_bytes_max || label.starts_with('-') || label.ends_with('-')) return false;
    return std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

// How many labels `name` has; 0 if one is malformed.
int count_labels(std::string_view name, bool underscore) {
    if (name.size() > host_bytes_max) return 0;
    int labels = 0;
    while (true) {
        const auto dot = name.find('.');
        if (!is_label(name.substr(0, dot), underscore)) return 0;
        ++labels;
        if (dot == std::string_view::npos) return labels;
        name.remove_prefix(dot + 1);
    }
}

// The whole text, without sign or blank.
bool is_port(std::string_view text) {
    int number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= 65535;
}

}  // namespace

// May be empty as far as this goes; Text asks for that itself, as not every option may be.
Result<std::string> check_line(std::string_view text) {
    if (text.size() > line_bytes_max) return refusal("longer than " + std::to_string(line_bytes_max) + " bytes");
    if (!is_clean(text)) return refusal("control and bidirectional characters are not allowed");
    if (text.starts_with(' ') || text.ends_with(' ')) return refusal("white space at its ends is not allowed");
    return std::string(text);
}

// Line ends and tabs are let through here alone, and a file written on Windows must give the same text: CR is dropped.
// The rest is judged as one long line.
Result<std::string> check_lines(std::string_view text) {
    if (text.size() > lines_bytes_max) return refusal("longer than " + std::to_string(lines_bytes_max) + " bytes");
    std::string flat;
    for (const char c : text)
        if (c != '\r' && c != '\n' && c != '\t') flat += c;
    if (!is_clean(flat)) return refusal("control and bidirectional characters are not allowed");
    std::string out;
    for (const char c : text)
        if (c != '\r') out += c;
    return out;
}

// Ids stand in paths, in log lines and in keys of the store that join several with ':'. So neither '/' nor ':' nor
// white space, and no dot in front: ".." is out.
Result<std::string> check_id(std::string_view text) {
    const bool fits =
        !text.empty() && text.size() <= id_bytes_max && is_letter_or_digit(text.front()) &&
        std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
    if (!fits) return refusal();
    return std::string(text);
}

// Such names stand in events, as parts of reasons and in names of files: one spelling each, in lower case.
Result<std::string> check_word(std::string_view text) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; };
    if (text.empty() || text.size() > word_bytes_max || is_digit(text.front()) || text.front() == '_' ||
        !std::all_of(text.begin(), text.end(), fits))
        return refusal();
    return std::string(text);
}

Result<std::string> check_address(std::string_view text) {
    const auto address = parse_address(text);
    if (!address) return refusal(address.error().detail);
    return address->text();
}

Result<std::string> check_domain(std::string_view text) {
    auto domain = parse_dns_domain(text);
    if (!domain) return refusal(domain.error().detail);
    return std::move(*domain);
}

// Two labels at least: a name without a dot is a slip here. No IDNA, unlike check_domain: such names are the
// platform's own and written in ASCII. The root's dot, as zone files have it, is not kept.
Result<std::string> check_dns_name(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (count_labels(text, true) < 2) return refusal();
    return lower_case(text);
}

// RFC 6376 §3.1: labels with dots between. 63 bytes in all leave room for "._domainkey." and a long domain.
Result<std::string> check_selector(std::string_view text) {
    if (text.size() > label_bytes_max || count_labels(text, false) == 0) return refusal();
    return lower_case(text);
}

Result<std::string> check_ip(std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    const std::string copy(text);
    // inet_pton stops at a zero byte and would take "192.0.2.1\0x".
    if (copy.size() != std::string_view(copy.c_str()).size()) return refusal();
    if (inet_pton(AF_INET, copy.c_str(), address.data()) == 1 || inet_pton(AF_INET6, copy.c_str(), address.data()) == 1)
        return copy;
    return refusal();
}

Result<std::string> check_host_name(std::string_view text) {
    // "10.0.0.256" is labels as good as any, but means an address: better refused here than looked up in the DNS.
    const bool digits_only = text.find_first_not_of("0123456789.") == std::string_view::npos;
    if (digits_only || count_labels(text, false) == 0) return refusal();
    return lower_case(text);
}

Result<std::string> check_host(std::string_view text) {
    if (auto ip = check_ip(text)) return ip;
    return check_host_name(text);
}

// '@' before the port, as unbound writes it: a colon would be one of IPv6.
Result<std::string> check_dns_server(std::string_view text) {
    const auto at = text.find('@');
    if (!check_ip(text.substr(0, at))) return refusal();
    if (at != std::string_view::npos && !is_port(text.substr(at + 1))) return refusal("the port is no port");
    return std::string(text);
}

Result<std::string> check_url(std::string_view text) {
    if (text.size() > url_bytes_max) return refusal("longer than " + std::to_string(url_bytes_max) + " bytes");
    auto url = read_web_url(text);
    if (!url) return refusal(url.error().detail);
    return *std::move(url);
}

Result<std::string> check_one_click_url(std::string_view text) {
    constexpr std::string_view scheme = "https://";
    if (lower_case(text.substr(0, scheme.size())) != scheme) return refusal("one-click unsubscription needs https (RFC 8058)");
    auto url = std::string(scheme).append(text.substr(scheme.size()));
    const auto path = url.find('/', scheme.size());
    if (path == std::string::npos || url.find("{mail}", path) == std::string::npos)
        return refusal("{mail} is missing: the address must tell who leaves");
    // Filled in with the longest ids that are usual, so that a URL which fits here fits in nearly every mail; one that
    // does not is left out when it is composed.
    const std::string mail(mail_id_bytes, 'x'), subscriber(subscriber_id_bytes_usual, 'x'), unit(id_bytes_max, 'x');
    const auto filled = url.substr(0, path) + fill_one_click_url(std::string_view(url).substr(path), {mail, subscriber, unit});
    if (filled.size() > one_click_url_bytes_max)
        return refusal("longer than " + std::to_string(one_click_url_bytes_max) + " bytes once long ids are filled in");
    // Braces are none of a URL's characters. Names in braces that are not known stay, and are refused.
    const auto checked = check_url(filled);
    if (!checked) return checked.error();
    if (*checked != filled)
        return refusal("write it percent-encoded, the host as xn--…, and of names in braces only the known ones");
    return url;
}

Result<std::string> check_zone(std::string_view text) {
    if (!is_time_zone(text)) return refusal();
    return std::string(text);
}

// Three digits ("#abc") are not taken: contrast() reads pairs.
// Not in small letters: "de" is a language here.
Result<std::string> check_country(std::string_view text) {
    if (!is_country(text)) return refusal();
    return std::string(text);
}

Result<std::string> check_country_or_eu(std::string_view text) {
    if (text != "EU" && !is_country(text)) return refusal();
    return std::string(text);
}

Result<std::string> check_colour(std::string_view text) {
    if (text.size() != 7 || text.front() != '#' || text.find_first_not_of("0123456789abcdefABCDEF", 1) != std::string_view::npos)
        return refusal();
    return std::string(text);
}

}  // namespace ilbud::settings_file
