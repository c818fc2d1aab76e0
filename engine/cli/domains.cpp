// What the daemon's watch has stored, read from the shelf: the list works while no daemon runs, and shows the
// state as of then. A look at once is the daemon's to make, since it alone may write the state.
#include "cli/ask.hpp"
#include "cli/found_platform.hpp"
#include "cli/output.hpp"
#include "ilbud/base/run_to_end.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/queue/store.hpp"
#include "ilbud/watch/domain_watch.hpp"

namespace ilbud {
namespace {

using simdjson::dom::element;

// Three answers: nobody (mail waits rather than going out unsigned), the platform's own domain, or one of the
// customer's slots, with the Ed25519 key where it is seen as well.
std::string signer(const DomainState& state, const DkimSettings& dkim) {
    if (state.choice.by == SignedBy::nobody) return "nobody: its mail waits";
    if (state.choice.by == SignedBy::platform) return dkim.platform_domain;
    // The index comes out of a stored text: whatever is not 1 is taken for the first
    // slot, so nothing beyond the two is read.
    auto text = dkim.selectors[state.choice.slot == 1 ? 1 : 0].name;
    if (dkim.ed25519 && state.choice.usable.ed25519) text += " + " + dkim.ed25519->name;
    return text;
}

// What is wrong, and besides, that the DNS has not answered lately: the first is known, the second may pass.
std::string problem(const DomainState& state) {
    auto text = state.problem;
    if (state.failures > 0)
        text += (text.empty() ? "" : "; ") +
                ("no answer from the DNS (" + state.failure + "), " + std::to_string(state.failures) + " times");
    if (state.removed_at) text += (text.empty() ? "" : "; ") + std::string("no longer in the settings");
    return text;
}

// Of the records that the domain's owner keeps; what is wrong with them is `domain check`'s to say.
std::string standing(const VerdictState& state) {
    std::string text = "the records say: " + std::string(to_word(state.verdict)) + "\n";
    for (std::size_t i = 0; i < domain_aspects; ++i) {
        const auto& aspect = state.aspects[i];
        text += upper_case(words<DomainAspect>[i]) + ": ";
        text += !aspect.holds ? "no answer from the DNS" : *aspect.holds ? "in order" : "not in order";
        if (aspect.fallen_since) text += " since " + short_time(*aspect.fallen_since);
        text += '\n';
    }
    return text;
}

// Reads beside a running daemon: SQLite's WAL lets readers work while it writes.
Result<std::vector<ShelfRow>> stored(const Platform& platform) {
    const auto reader = open_sqlite_reader(platform.queue);
    if (!reader) return reader.error();
    return run_to_end((*reader)->shelf().rows(domain_shelf));
}

}  // namespace

int list_domains_command(const CommonOptions& common) {
    const auto found = found_platform(common);
    const auto rows = found ? stored(found->platform) : Result<std::vector<ShelfRow>>(found.error());
    if (!rows) return refuse({rows.error()}, common.json);
    Table table({"domain", "signed by", "since", "next look", "problem"});
    for (const auto& row : *rows) {
        // As it is stored, one object a line.
        if (common.json) {
            print(row.value + "\n");
            continue;
        }
        const auto state = read_domain_state(row.value);
        if (state)
            table.add({state->domain, signer(*state, found->platform.dkim), short_time(state->since),
                       short_time(state->next_look), problem(*state)});
        else
            // A row that cannot be read is shown with its error, or the domain would be missing from the list.
            table.add({row.name, "", "", "", to_text(state.error())});
    }
    if (!common.json) print(table.empty() ? "no domain is watched\n" : table.text());
    return 0;
}

int look_at_domain_command(const CommonOptions& common, const std::string& domain) {
    std::string line;
    JsonWriter(line).begin_object().field("command", "look").field("domain", domain).end_object();
    // The answer has the form of the stored state, so the one reader serves both.
    return ask_and_show(common, {}, line, [&](const element& answer) {
        const auto state = read_domain_state(simdjson::minify(answer));
        const auto found = found_platform(common);
        if (!state || !found) return print_error("the daemon's answer cannot be read");
        print(state->domain + " is signed by " + signer(*state, found->platform.dkim) + " since " + short_time(state->since) +
              "\n");
        if (!problem(*state).empty()) print(on_one_line(problem(*state)) + "\n");
        element records;
        if (answer["records"].get(records) != simdjson::SUCCESS) return;
        if (const auto verdict = read_verdict_state(simdjson::minify(records))) print(standing(*verdict));
    });
}

}  // namespace ilbud
