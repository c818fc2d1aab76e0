/// Questions to the DNS. Every adapter, and the fake that tests use, answers by the same rules.
///
/// In    a name (A-labels, with or without the last dot) and a record type
/// Out   the records at the end of the CNAME chain, or what kind of "no" it was
/// Threads  one: the io_context that the adapter was opened with
/// See   DESIGN §3; DOMAIN R26–R29; SECURITY S42, S43
#pragma once
#include <string>

#include "ilbud/base/task.hpp"
#include "ilbud/dns/dns_answer.hpp"

namespace ilbud {

class Resolver {
 public:
    virtual ~Resolver() = default;
    /// Answers within the adapter's deadline; never throws for anything the DNS does. A name that is no DNS name (over 253 bytes, a
    /// label over 63 bytes, an empty label) is `no_name` without a query.
    virtual Task<DnsAnswer> query(std::string name, RecordType type) = 0;
};

}  // namespace ilbud
