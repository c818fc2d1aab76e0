/// Small changes to an SPF record's terms, for the record we propose.
///
/// In    the terms of a record as read_spf_terms gives them, each of them sound
/// Out   the terms with the change; everything else as its owner wrote it
/// Pure
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ilbud {

using SpfTermList = std::vector<std::string>;

/// "v=spf1 mx -all".
[[nodiscard]] std::string spf_text(const SpfTermList& terms);

/// How a record ends: what befalls a sender that nothing in it names. `open`: neither all nor redirect.
enum class SpfEnd { fail, softfail, neutral, pass, redirect, open };
[[nodiscard]] SpfEnd spf_end(const SpfTermList& terms);

/// The name that a term includes, with whatever qualifier, without the last dot; empty if it does something else.
[[nodiscard]] std::string_view spf_included(std::string_view term);
/// Whether one term does for the other: the same, written alike but for case and "+".
[[nodiscard]] bool same_spf_term(std::string_view left, std::string_view right);
/// A directive other than all that lets nobody pass.
[[nodiscard]] bool spf_refuses(const std::string& term);
/// Each term once; behind a refusal, and of modifiers, all are left.
[[nodiscard]] SpfTermList without_spf_doubles(SpfTermList terms);
/// Whether somebody in particular is refused: a directive other than all that lets nobody pass.
[[nodiscard]] bool spf_refuses_some(const SpfTermList& terms);

/// How the record itself speaks of include:`name`.
struct SpfMention {
    enum class As { none, passes, behind_all, other_qualifier };
    As as = As::none;
    std::string term;  ///< "all" that stands in front, or the include with its qualifier
};
[[nodiscard]] SpfMention spf_mention(const SpfTermList& terms, std::string_view name);

/// Where a term is to stand: at the last place where it counts, in front of everything that may refuse a sender, or first.
enum class SpfPlace { before_end, before_refusals, first };
/// With `term` there, and nowhere else.
[[nodiscard]] SpfTermList with_spf_term(SpfTermList terms, const std::string& term, SpfPlace place);
/// With include:`name` in place of include:`old`.
[[nodiscard]] SpfTermList with_spf_replaced(SpfTermList terms, std::string_view old, std::string_view name);
/// With ~all at its end in place of what permits everybody or says nothing; a redirect stays. What stood behind "+all" comes before it,
/// since it was permitted.
[[nodiscard]] SpfTermList with_spf_end(SpfTermList terms);
/// With all, exp and redirect once each, as a record must have them (§5.1, §6): of two redirects includes are made.
[[nodiscard]] SpfTermList with_single_terms(SpfTermList terms);
/// One record that permits whom any of them permits, each term once, with the mildest end that still says something. A redirect
/// becomes an include: one record can end in one place only.
[[nodiscard]] SpfTermList spf_merged(const std::vector<SpfTermList>& records);

}  // namespace ilbud
