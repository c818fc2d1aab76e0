/// What a text in the settings may look like. Each check returns the text as the engine keeps it, or why not.
///
/// Pure  apart from ICU's tables
/// Errors  invalid_value; `detail` may be empty where "expected …, found …" says all
#pragma once
#include <string>
#include <string_view>

#include "ilbud/base/result.hpp"

namespace ilbud::settings_file {

using Check = Result<std::string> (*)(std::string_view text);

/// One line without control or bidirectional characters (S3) and without white space at its ends.
Result<std::string> check_line(std::string_view text);
Result<std::string> check_lines(std::string_view text);     ///< the same with line ends and tabs, up to 20,000 bytes
Result<std::string> check_id(std::string_view text);        ///< safe in paths and logs
Result<std::string> check_word(std::string_view text);      ///< of a vocabulary that grows: a method's name
Result<std::string> check_address(std::string_view text);   ///< wire form
Result<std::string> check_domain(std::string_view text);    ///< lower-case A-labels, at least two; a last dot goes
Result<std::string> check_dns_name(std::string_view text);  ///< as check_domain, labels may begin with '_' ("_spf.example.com")
Result<std::string> check_selector(std::string_view text);  ///< RFC 6376 §3.1
Result<std::string> check_host(std::string_view text);      ///< host name (one label is enough) or IPv4 or IPv6 address
Result<std::string> check_host_name(std::string_view text);
Result<std::string> check_ip(std::string_view text);
Result<std::string> check_dns_server(std::string_view text);  ///< "192.0.2.53", "192.0.2.53@5353", "2001:db8::53@53"
Result<std::string> check_url(std::string_view text);         ///< as read_web_url gives it
/// https, with {mail} and perhaps {subscriber} and {unit} behind the host (RFC 8058 §3.1: it must tell who leaves).
/// With ids of usual letters it is an is_one_click_url. The scheme becomes lower case.
Result<std::string> check_one_click_url(std::string_view text);
Result<std::string> check_zone(std::string_view text);
Result<std::string> check_country(std::string_view text);  ///< "DK"
Result<std::string> check_country_or_eu(std::string_view text);
Result<std::string> check_colour(std::string_view text);  ///< "#rrggbb"

}  // namespace ilbud::settings_file
