/// Reads the wire form of a DNS answer, whatever bytes it has.
///
/// In    a packet of at most 64 KiB, the question it should answer
/// Out   a DnsAnswer by the rules of resolver.hpp, `secure` left false
/// Pure  bounded: every offset is checked, compression only points backwards and a limited number of times
/// See   RFC 1035 §4.1, RFC 2181 §8 (TTL), RFC 2308 §5 (negative TTL); SECURITY S42
#pragma once
#include <string>
#include <string_view>

#include "ilbud/dns/dns_answer.hpp"

namespace ilbud {

/// The records at the end of the CNAME chain from `name`; failed "malformed answer: …", "CNAME loop: …", "too many CNAMEs: …" or the
/// name of the response code.
[[nodiscard]] DnsAnswer read_dns_answer(std::string_view packet, std::string_view name, RecordType type, std::size_t aliases_max);

/// RFC 6895 §2.3: "SERVFAIL", "REFUSED", "RCODE 17".
[[nodiscard]] std::string rcode_name(int rcode);
/// The number of a type (RFC 6895 §3.1).
[[nodiscard]] int type_number(RecordType type);

/// Whether `name` (without the last dot) can be asked at all: 1 to 253 bytes, labels of 1 to 63 bytes.
[[nodiscard]] bool is_askable(std::string_view name);
/// `name` in lower case, without the last dot.
[[nodiscard]] std::string plain_name(std::string_view name);
/// `name`, whose dots separate labels and whose other bytes are meant as they are, as text with escapes (RFC 1035 §5.1).
[[nodiscard]] std::string escaped_name(std::string_view name);
/// "a → b → c", shortened in its middle if it is long.
[[nodiscard]] std::string chain_text(std::string_view name, const std::vector<std::string>& aliases);

}  // namespace ilbud
