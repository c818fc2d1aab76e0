// Forms only: whether a URL answers is never asked (SECURITY S44). One walk over bytes; no regular expression sees a stranger's text.
#include "ilbud/base/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "ilbud/base/address.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::size_t host_octets_max = 253, label_octets_max = 63;  // RFC 1035 §2.3.4

Error refused(std::string detail) {
    return {"invalid_url", "", std::move(detail)};
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Of any script, and the invisible: whoever sees the link cannot see them.
bool has_blank(std::string_view text) {
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }))
        return true;
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        const auto byte = [&](std::size_t offset) {
            return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U;
        };
        if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0xa0) return true;  // C1 controls, no-break space
        if (byte(0) == 0xe2 && byte(1) == 0x80 && (byte(2) <= 0x8f || byte(2) >= 0xa8) && byte(2) <= 0xaf) return true;
        if (byte(0) == 0xe2 && byte(1) == 0x81 && byte(2) >= 0x9f && byte(2) <= 0xaf) return true;
        if (byte(0) == 0xe3 && byte(1) == 0x80 && byte(2) == 0x80) return true;  // ideographic space
        if (byte(0) == 0xef && byte(1) == 0xbb && byte(2) == 0xbf) return true;  // byte order mark
    }
    return false;
}

// An empty one is the scheme's own (RFC 3986 §3.2.3).
bool is_port(std::string_view text) {
    if (text.empty()) return true;
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return std::all_of(text.begin(), text.end(), is_digit) && error == std::errc{} && end == text.data() + text.size() &&
           port > 0;
}

bool is_host_name(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty() || name.size() > host_octets_max) return false;
    std::size_t label = 0;
    for (const char c : name) {
        if (c != '.' && c != '-' && c != '_' && !is_letter_or_digit(c)) return false;
        label = c == '.' ? 0 : label + 1;
        if (label > label_octets_max) return false;
    }
    return name.front() != '.' && name.find("..") == std::string_view::npos && !name.ends_with('.');
}

Result<std::string> read_host(std::string_view host) {
    if (host.starts_with('[')) {
        std::array<unsigned char, 16> address{};
        const bool closed = host.size() > 2 && host.ends_with(']');
        if (!closed || ::inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), address.data()) != 1)
            return refused("the host in brackets is no IPv6 address");
        return std::string(host);
    }
    if (host.empty()) return refused("the host is missing");
    if (!is_ascii(host)) {
        auto domain = parse_domain(host);
        if (!domain) return refused("the host is no domain name: " + domain.error().detail);
        return *std::move(domain);
    }
    // No '%' either: an encoded host shows what it is to nobody.
    if (!is_host_name(host)) return refused("the host is malformed");
    return std::string(host);
}

constexpr bool is_hexadecimal(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

void append_encoded(std::string& out, char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto value = static_cast<unsigned char>(byte);
    ((out += '%') += digits[value >> 4U]) += digits[value & 0xFU];
}

// Path, query and fragment. Brackets and apostrophes stay, as browsers leave them; every place where a link stands escapes them.
void append_rest(std::string& out, std::string_view rest) {
    constexpr std::string_view outside = "\"<>^`{|}";
    bool in_fragment = false;
    for (std::size_t at = 0; at < rest.size(); ++at) {
        const char c = rest[at];
        const bool stray = c == '%' && (at + 2 >= rest.size() || !is_hexadecimal(rest[at + 1]) || !is_hexadecimal(rest[at + 2]));
        if (static_cast<unsigned char>(c) >= 0x80 || stray || outside.find(c) != std::string_view::npos ||
            (c == '#' && in_fragment))
            append_encoded(out, c);
        else
            out += c;
        in_fragment = in_fragment || c == '#';
    }
}

}  // namespace

Result<std::string> read_web_url(std::string_view text) {
    if (has_blank(text)) return refused("white space and control characters must be percent-encoded");
    // Browsers read it as '/': "https://bank.example\@evil.example/" would lead to another host than it seems to.
    if (text.find('\\') != std::string_view::npos) return refused("a backslash must be percent-encoded");
    const auto colon = std::min(text.find(':'), text.size());
    const auto scheme = lower_case(text.substr(0, std::min<std::size_t>(colon, 6)));
    if ((scheme != "http" && scheme != "https") || text.substr(colon, 3) != "://")
        return refused("begin it with https:// or http://");
    const auto rest = text.substr(colon + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos) return refused("user names are not allowed");
    const auto bracket = authority.rfind(']');
    const auto mark = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (mark != std::string_view::npos && !is_port(authority.substr(mark + 1))) return refused("the port is no port");
    const auto host = read_host(authority.substr(0, mark));
    if (!host) return host.error();
    std::string out(text.substr(0, colon + 3));
    out += *host;
    if (mark != std::string_view::npos && mark + 1 < authority.size()) out += authority.substr(mark);
    append_rest(out, rest.substr(authority.size()));
    return out;
}

}  // namespace ilbud
