/// The address that a mail offers for unsubscribing with one click: how it is filled in, and what it may look like then.
///
/// In    the URL of the settings, with {mail}, {subscriber} and {unit}; the ids of one mail
/// Out   that mail's URL
/// Pure
/// See   RFC 8058 §3.1; RFC 3986 §2; RFC 5322 §2.1.1; SECURITY S3
#pragma once
#include <string>
#include <string_view>

namespace ilbud {

/// A line has room for 998 bytes, and the URL cannot be folded.
inline constexpr std::size_t one_click_url_bytes_max = 900;

struct OneClickIds {
    std::string_view mail, subscriber, unit;
};

/// `url` with its names in braces replaced by the ids, percent-encoded. Other braces stay.
[[nodiscard]] std::string fill_one_click_url(std::string_view url, const OneClickIds& ids);

/// Whether a filled URL can stand between < and > of List-Unsubscribe: posted to encrypted ("https://" in lower case), without
/// anything that could end the field, and at most one_click_url_bytes_max long.
[[nodiscard]] bool is_one_click_url(std::string_view url);

}  // namespace ilbud
