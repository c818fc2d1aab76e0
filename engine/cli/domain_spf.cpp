// `ilbud domain spf`: the bare SPF result of one delivery, and what led to it.
#include <boost/asio/co_spawn.hpp>

#include "cli/commands.hpp"
#include "cli/dns_choice.hpp"
#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/dns/unbound_resolver.hpp"
#include "ilbud/spf/spf.hpp"

namespace ilbud {
namespace {

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

int depth_of(const SpfOutcome& outcome, const SpfStep& step) {
    int depth = 0;
    for (int above = step.from; above >= 0; above = outcome.steps[static_cast<std::size_t>(above)].from) ++depth;
    return depth;
}

// The first line is the bare result, for scripts.
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

Task<void> run_check(Resolver& resolver, SpfQuestion question, SpfLimits limits, SpfOutcome& outcome) {
    outcome = co_await check_spf(resolver, std::move(question), limits);
}

}  // namespace

int domain_spf_command(const CommonOptions& common, const DomainOptions& domain, const DomainSpfOptions& options) {
    auto dns = choose_dns(common, domain.resolver);
    if (!dns) return refuse({dns.error()}, common.json);
    dns->deadline = std::min(dns->deadline, dns->check_deadline / 2);
    asio::io_context context(1);
    auto resolver = open_unbound_resolver(context, *dns);
    if (!resolver) return refuse({resolver.error()}, common.json);
    SpfLimits limits;
    limits.deadline = dns->check_deadline - dns->deadline;  // the last question may take its own
    SpfOutcome outcome;
    std::exception_ptr failure;
    asio::co_spawn(context, run_check(**resolver, {options.ip, options.from, options.helo, "unknown"}, limits, outcome),
                   [&](std::exception_ptr thrown) { failure = thrown; });
    context.run();
    if (failure) std::rethrow_exception(failure);
    print(common.json ? json_of(outcome) : text_of(outcome, limits));
    return 0;
}

}  // namespace ilbud
