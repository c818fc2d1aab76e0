/// Small changes to an SPF record's text, for the record we propose.
///
/// In    a record as published; it need not be sound
/// Out   the record with the change; everything else as its owner wrote it, single spaces between the terms
/// Pure
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ilbud {

/// Whether a TXT record counts as SPF (RFC 7208 §4.5).
[[nodiscard]] bool is_spf(std::string_view record);

/// How a record ends: what befalls a sender that nothing in it names. `open`: neither all nor redirect.
enum class SpfEnd { fail, softfail, neutral, pass, redirect, open };
[[nodiscard]] SpfEnd spf_end(std::string_view record);

/// Whether the record itself says include:`name`, with a qualifier that lets it pass.
[[nodiscard]] bool spf_includes(std::string_view record, std::string_view name);

/// A new record that names `include`, and the domain's own mail servers if it has any.
[[nodiscard]] std::string spf_new(std::string_view include, bool has_exchangers);
/// With include:`name` where it counts: before all and redirect.
[[nodiscard]] std::string spf_with_include(std::string_view record, std::string_view name);
/// With include:`name` in place of include:`old`.
[[nodiscard]] std::string spf_with_replaced(std::string_view record, std::string_view old, std::string_view name);
/// With ~all at its end in place of what permits everybody or says nothing; a redirect stays.
[[nodiscard]] std::string spf_with_end(std::string_view record);
/// One record with the terms of all, each once, and the mildest end that still says something.
[[nodiscard]] std::string spf_merged(const std::vector<std::string>& records);

}  // namespace ilbud
