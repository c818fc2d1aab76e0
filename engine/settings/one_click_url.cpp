// Filled by hand in one pass: an id that itself reads "{unit}" is data and is never looked at again, and its braces
// come out encoded. Templates' escaping has no part in it, because a header takes a URL without any escapes of HTML.
#include "ilbud/settings/one_click_url.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// RFC 3986 §2.3: what is not unreserved is encoded.
void append_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool unreserved = is_letter_or_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos;
        if (unreserved)
            out += c;
        else
            ((out += '%') += digits[byte >> 4U]) += digits[byte & 15U];
    }
}

}  // namespace

std::string fill_one_click_url(std::string_view url, const OneClickIds& ids) {
    // No name begins with another one, so their order does not matter.
    const std::pair<std::string_view, std::string_view> values[]{
        {"{mail}", ids.mail}, {"{subscriber}", ids.subscriber}, {"{unit}", ids.unit}};
    std::string out;
    while (!url.empty()) {
        const auto* const found =
            std::find_if(std::begin(values), std::end(values), [&](const auto& each) { return url.starts_with(each.first); });
        const bool known = found != std::end(values);
        if (known)
            append_encoded(out, found->second);
        else
            out += url.front();
        url.remove_prefix(known ? found->first.size() : 1);
    }
    return out;
}

// "<", ">" and what is not printable would end or break the field (S3). https is RFC 8058's own demand (§3.1); other
// schemes may stand in List-Unsubscribe, but not for one click.
bool is_one_click_url(std::string_view url) {
    return url.starts_with("https://") && url.size() <= one_click_url_bytes_max &&
           std::none_of(url.begin(), url.end(),
                        [](char c) { return c <= ' ' || c > '~' || std::string_view("<>\"").find(c) != std::string_view::npos; });
}

}  // namespace ilbud
