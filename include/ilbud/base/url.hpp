/// Links that may stand in a mail.
///
/// In    a URL as people and programs write them
/// Out   the same as a browser asks for it, in ASCII
/// Pure
/// See   RFC 3986; the WHATWG URL standard for what browsers take beyond it; SECURITY S18
#pragma once
#include <string>
#include <string_view>

#include "ilbud/base/result.hpp"

namespace ilbud {

/// Reads an absolute http or https URL: a host of names (underscores too), an internationalised one as A-labels, or an address; no
/// user name, by which a link would show one host and lead to another. Behind the host, what a URL cannot hold is percent-encoded,
/// but for white space and control characters, which are a mistake.
/// Errors  invalid_url; `detail` says what is wrong
Result<std::string> read_web_url(std::string_view text);

}  // namespace ilbud
