// `ilbud domain spf`: the bare SPF result of one delivery, and what led to it.
// For whoever wants to know what a receiver would say to one delivery, also for domains that are
// none of ours. The result's word stands alone on the first line and the exit status is 0 for all
// of them: a script asks for the result, and "fail" is one.
#include <boost/asio/co_spawn.hpp>

#include "cli/commands.hpp"
#include "cli/dns_choice.hpp"
#include "cli/output.hpp"
#include "ilbud/base/address.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/spf/spf.hpp"

namespace ilbud {
namespace {

// Steps are told in the order of the visits with the index of the step that
// led there, so the tree can be built again.
std::string json_of(const SpfOutcome& outcome) {
    std::string out;
    JsonWriter json(out);
    json.begin_object()
        .field("result", to_text(outcome.result))
        .field("reason", outcome.reason)
        .field("matched", outcome.matched)
        .field("explanation", outcome.explanation)
        .field("lookups", outcome.lookups)
        .field("void_lookups", outcome.void_lookups)
        .key("steps")
        .begin_array();
    for (const auto& step : outcome.steps) {
        json.begin_object().field("domain", step.domain).field("via", step.via).key("from");
        // null rather than -1: there is no such step.
        if (step.from < 0)
            json.null();
        else
            json.value(step.from);
        json.field("result", to_text(step.result))
            .field("matched", step.matched)
            .field("lookups", step.lookups)
            .field("record", step.record)
            .end_object();
    }
    json.end_array().end_object();
    return out + '\n';
}

// At most as many turns as there are steps: `from` always points to an earlier one.
int depth_of(const SpfOutcome& outcome, const SpfStep& step) {
    int depth = 0;
    for (int above = step.from; above >= 0; above = outcome.steps[static_cast<std::size_t>(above)].from) ++depth;
    return depth;
}

// The first line is the bare result, for scripts.
// Records and explanations are strangers' texts: on_one_line keeps them from steering the
// terminal (S26), Table does so for its cells.
std::string text_of(const SpfOutcome& outcome, const SpfLimits& limits) {
    std::string out = std::string(to_text(outcome.result)) + '\n' + on_one_line(outcome.reason, 1000) + '\n';
    if (!outcome.explanation.empty()) out += "explanation of the domain: " + on_one_line(outcome.explanation, 1000) + '\n';
    out += "look-ups: " + std::to_string(outcome.lookups) + " of " + std::to_string(limits.lookups_max) +
           ", in vain: " + std::to_string(outcome.void_lookups) + " of " + std::to_string(limits.void_lookups_max) + "\n\n";
    Table table({"domain", "result", "by", "look-ups", "record"});
    table.right_align(3);
    for (const auto& step : outcome.steps) {
        auto name = std::string(static_cast<std::size_t>(2 * depth_of(outcome, step)), ' ') + step.via;
        if (!step.via.empty()) name += ' ';
        table.add(
            {name + step.domain, std::string(to_text(step.result)), step.matched, std::to_string(step.lookups), step.record});
    }
    return out + table.text();
}

// A name as a mail server says it: no last dot, A-labels. What is no domain stays, for the check to judge.
std::string as_said(const std::string& typed) {
    const auto at = typed.rfind('@');
    const auto local = at == std::string::npos ? std::string() : typed.substr(0, at + 1);
    const auto domain = parse_dns_domain(std::string_view(typed).substr(local.size()));
    return domain ? local + *domain : typed;
}

// The outcome goes out by reference, so that co_spawn's handler has only the exception to take.
Task<void> run_check(Resolver& resolver, SpfQuestion question, SpfLimits limits, SpfOutcome& outcome) {
    outcome = co_await check_spf(resolver, std::move(question), limits);
}

}  // namespace

int domain_spf_command(const CommonOptions& common, const DomainOptions& domain, const DomainSpfOptions& options) {
    auto dns = choose_dns(common, domain.resolver);
    if (!dns) return refuse({dns.error()}, common.json);
    // A single question gets half of the time at most, as in a check.
    dns->deadline = std::min(dns->deadline, dns->check_deadline / 2);
    asio::io_context context(1);
    auto resolver = open_chosen_resolver(context, *dns, domain.resolver);
    if (!resolver) return refuse({resolver.error()}, common.json);
    SpfLimits limits;
    // Everything then ends within check_deadline.
    limits.deadline = dns->check_deadline - dns->deadline;  // the last question may take its own
    SpfOutcome outcome;
    std::exception_ptr failure;
    // "unknown" stands for the receiver's name in macros (RFC 7208 §7.3): here is none.
    asio::co_spawn(context,
                   run_check(**resolver, {options.ip, as_said(options.from), as_said(options.helo), "unknown"}, limits, outcome),
                   [&](std::exception_ptr thrown) { failure = thrown; });
    context.run();
    if (failure) std::rethrow_exception(failure);
    print(common.json ? json_of(outcome) : text_of(outcome, limits));
    return 0;
}

}  // namespace ilbud
