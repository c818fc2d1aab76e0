/// Questions to the DNS. Every adapter, and the fake that tests use, answers by the same rules.
///
/// In    a name (A-labels, with or without the last dot) and a record type
/// Out   the records at the end of the CNAME chain, or what kind of "no" it was
/// Threads  one: the io_context that the adapter was opened with
/// See   DESIGN §3; DOMAIN R26–R29; SECURITY S42, S43
#pragma once
#include <chrono>
#include <string>

#include "ilbud/base/task.hpp"
#include "ilbud/dns/dns_answer.hpp"

namespace ilbud {

/// How long a question waits for its turn at most: what is asked faster than the settings allow is not to pile up without end.
inline constexpr Duration turn_max = std::chrono::minutes(1);

class Resolver {
 public:
    virtual ~Resolver() = default;
    /// Answers within the adapter's deadline, counted from when it is asked: what it waits for our own turn before that comes on
    /// top (DnsAnswer::waited). Never throws for anything the DNS does. A name that is no DNS name (over 253 bytes, a label over
    /// 63 bytes, an empty label) is `no_name` without a query.
    virtual Task<DnsAnswer> query(std::string name, RecordType type) = 0;
};

}  // namespace ilbud
