/// The Resolver over libunbound: asynchronous, cached, validated with DNSSEC where the settings name a trust anchor.
///
/// In    DnsSettings
/// Out   a Resolver for the one thread that runs `context`; questions run beside each other up to questions_max and
///       queries_per_second, the rest wait for their turn
/// Threads  libunbound resolves in a thread of its own inside the adapter; everything is called and resumed on the context's thread
/// Ends  destroying it ends every question under way with failed "stopped"; it goes before its context
/// See   resolver.hpp; SECURITY S42, S43
#pragma once
#include <memory>

#include "ilbud/base/result.hpp"
#include "ilbud/dns/resolver.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// Opens the resolver; nothing is asked yet.
///
/// `failed` answers are named: "timeout", "SERVFAIL" (and other codes of RFC 6895), "bogus: …", "CNAME loop: …",
/// "too many CNAMEs: …", "answer too large: …", "malformed answer: …", "too many questions", "stopped".
/// Errors  resolver_failed  libunbound refused the settings; `detail` says which
Result<std::unique_ptr<Resolver>> open_unbound_resolver(asio::io_context& context, const DnsSettings& settings);

/// Whether the servers of `settings` lead to what validation begins with: the root's keys, signed as settings.trust_anchor says.
/// One that knows a few zones of its own, or drops signatures, does not; with an anchor of its own every answer would be bogus.
/// Asks one question, of a resolver of its own; a silence until settings.deadline is a no.
/// Errors  those of open_unbound_resolver
Task<Result<bool>> gives_root_keys(asio::io_context& context, DnsSettings settings);

}  // namespace ilbud
