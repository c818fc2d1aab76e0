#include <limits>

#include "cli/declare/values.hpp"

namespace ilbud {

// Everything that a replay compares against is in --config; --settings and --templates say what is tried.
void add_replay(CLI::App& app, Options& options, int& status) {
    auto* replay = app.add_subcommand(
        "replay", "what stored events would mail under other settings or templates; sends and changes nothing");
    add_common(replay, options);
    auto& wanted = options.replay;
    time_option(replay, "--since", options.replay_since, wanted.span.since, "events accepted since")->required();
    time_option(replay, "--until", options.replay_until, wanted.span.until, "and before");
    auto* settings =
        replay->add_option("--settings", wanted.settings, "the settings to try: a file, or a folder with an ilbud.toml")
            ->type_name("PATH")
            ->check(is_given);
    auto* templates = replay->add_option("--templates", wanted.templates, "the templates to try (default: as those settings say)")
                          ->type_name("DIR")
                          ->check(is_given);
    replay->add_option("--unit", wanted.unit, "only this business unit");
    replay->add_option("--kind", options.replay_kind, "only mails of this kind")->check(CLI::IsMember(words_of<Kind>()));
    auto* most = replay->add_option("--most", wanted.most, "differing events shown at most (with --json: default all)")
                     ->capture_default_str();
    replay->footer(
        "Mails are compared with those planned when the events came, their texts with what the settings in force (--config) "
        "say.\n"
        "Each event is decided as of the time it was accepted. Events that were refused then were not stored.\n"
        "Exit status:\n"
        "  0  no difference\n"
        "  3  something differs\n"
        "  4  no difference, but some events of that time cannot be replayed (pruned, or unreadable)\n"
        "  1  nothing was replayed: no event of that time and unit is stored, or it could not begin    2  wrong usage");
    replay->callback([&, settings, templates, most] {
        // With neither, both sides would be the same, and the answer "no difference" a mistake.
        if (settings->count() == 0 && templates->count() == 0) throw CLI::RequiredError("--settings or --templates");
        if (options.replay.span.until <= options.replay.span.since) throw CLI::ValidationError("--until", "lies before --since");
        options.replay.kind = from_word<Kind>(options.replay_kind);
        // For programs a cut list would be a wrong one; for people 50 events are more than they read.
        if (options.common.json && most->count() == 0) options.replay.most = std::numeric_limits<std::size_t>::max();
        status = replay_command(options.common, options.replay);
    });
}

}  // namespace ilbud
