// Commands that keep running, and those that look at what they do.
#include "cli/declare/values.hpp"
#include "cli/output.hpp"

namespace ilbud {

// Commands that keep running: the daemon, what feeds it, and a server to try it with.
void add_running(CLI::App& app, Options& options, int& status) {
    auto* serve = app.add_subcommand("serve", "run the daemon: take events, mail, until SIGTERM");
    add_common(serve, options);
    serve->callback([&] { status = serve_command(options.common); });

    auto* send = app.add_subcommand("send", "feed events (one JSON object a line) to a running daemon");
    add_common(send, options);
    send->add_option("file", options.send.file, "events, or - for standard input")->capture_default_str();
    send->add_option("--socket", options.send.socket, "the daemon's event socket (default: from the settings)")
        ->type_name("FILE");
    // Bounds what is kept here until it is answered. The daemon commits together what has come together, so a
    // window of 1 would make every event a commit of its own.
    send->add_option("--window", options.send.window, "events sent and not yet answered")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    duration_option(send, "--patience", options.send_patience, options.send.patience,
                    "how long to try again while the daemon is away or busy");
    send->add_flag("--quiet,-q", options.send.quiet, "no progress, no summary");
    send->add_flag("--verbose,-v", options.send.verbose,
                   "print every event's answer: what will be mailed, what is skipped and why");
    send->callback([&] { status = send_command(options.common, options.send); });
    // The default once more as a value: the check that would set it sees only what is typed.
    options.send.patience = 30s;

    auto* sink = app.add_subcommand("sink", "a small SMTP server that keeps every mail in a Maildir, for trying things");
    add_common(sink, options);
    sink->add_option("--listen", options.sink.listen, "address to listen on; port 0: a free one")
        ->capture_default_str()
        ->type_name("HOST:PORT");
    sink->add_option("--maildir", options.sink.maildir, "where the mails go (default: only counted)")->type_name("DIR");
    auto* certificate =
        sink->add_option("--tls-cert", options.sink.certificate, "certificate (PEM, with its chain): offer STARTTLS")
            ->type_name("FILE");
    // Each needs the other: a certificate without its key can serve nobody,
    // and the reverse would be silently plain.
    auto* key =
        sink->add_option("--tls-key", options.sink.key, "the certificate's key (PEM)")->type_name("FILE")->needs(certificate);
    certificate->needs(key);
    duration_option(sink, "--latency", options.sink_latency, options.sink.latency, "wait so long before answering the final dot");
    sink->callback([&] { status = sink_command(options.common, options.sink); });
}

namespace {

void add_state(CLI::App& app, Options& options, int& status) {
    auto* state = app.add_subcommand("status", "what the running daemon does");
    add_common(state, options);
    state->add_option("--control", options.state.daemon.control, "the daemon's control socket (default: from the settings)")
        ->type_name("FILE");
    duration_option(state, "--deadline", options.state_deadline, options.state.deadline,
                    "how long the daemon may take to answer");
    auto* health = state->add_flag("--health", options.state.health, "only whether it is well, and the exit status by that");
    duration_option(state, "--relays-down", options.relays_down, options.state.relays_down,
                    "health: so long without any relay is failing")
        ->needs(health);
    duration_option(state, "--letter-failed", options.letter_failed, options.state.letter_failed,
                    "health: a letter that could not be written is told so long")
        ->needs(health);
    // The defaults once more as values, as for `send`.
    options.state.deadline = 5s;
    options.state.relays_down = 10min;
    options.state.letter_failed = 1h;
    state->footer(
        "Exit status with --health:\n"
        "  0  healthy\n"
        "  1  degraded: mail goes, but not all of it or not by every way; look today\n"
        "  2  failing: no event is taken or no mail leaves, or the daemon is away or does not answer in time; look now\n"
        "  3  unknown: it could not be asked (settings, rights)\n"
        "Without --health: 0 it answered, 1 it did not.");
    state->callback([&] {
        status =
            options.state.health ? health_command(options.common, options.state) : status_command(options.common, options.state);
    });
}

}  // namespace

// Commands that look, and `reload`. `mails` and `explain` read the store themselves, so they work while no
// daemon runs; status and reload ask the daemon.
void add_looking(CLI::App& app, Options& options, int& status) {
    auto* mails = app.add_subcommand("mails", "what was mailed, waits, or failed; newest first");
    add_common(mails, options);
    mails->add_option("--state", options.mails_state, "only this state")->check(CLI::IsMember(words_of<MailState>()));
    mails->add_option("--kind", options.mails_kind, "only this kind")->check(CLI::IsMember(words_of<Kind>()));
    mails->add_option("--unit", options.mails.unit, "only this business unit");
    mails->add_option("--to", options.mails.to, "only this recipient");
    mails->add_option("--event", options.mails.event, "only this event's id");
    mails->add_option("--source", options.mails.source, "only this event source");
    mails->add_option("--id", options.mails.id, "only this mail");
    // Read in the callback, not by time_option: MailQuery's `since` is optional, and
    // "not given" must stay apart from any time.
    mails->add_option("--since", options.mails_since, "only those planned since (RFC 3339, or a duration: 2h)");
    mails->add_option("--most", options.mails.most, "rows at most")->capture_default_str()->check(CLI::Range(1, 1'000'000));
    mails->callback([&] {
        // from_word of an empty text is nothing, which is "any".
        options.mails.state = from_word<MailState>(options.mails_state);
        options.mails.kind = from_word<Kind>(options.mails_kind);
        if (!options.mails_since.empty()) {
            options.mails.since = parse_time(options.mails_since);
            if (const auto ago = parse_duration(options.mails_since)) options.mails.since = system_clock().now() - *ago;
            if (!options.mails.since) {
                // 2 is wrong use, as with CLI11's own complaints.
                print_error("--since: expected a time such as 2025-06-24T10:00:00Z or a duration such as 2h");
                status = 2;
                return;
            }
        }
        status = mails_command(options.common, options.mails);
    });

    auto* explain = app.add_subcommand("explain", "why an event mailed, to whom, or why not");
    add_common(explain, options);
    explain->add_option("source", options.explain_source, "the event's source")->required();
    explain->add_option("id", options.explain_id, "the event's id")->required();
    explain->callback([&] { status = explain_command(options.common, options.explain_source, options.explain_id); });

    add_state(app, options, status);

    auto* reload =
        app.add_subcommand("reload", "read settings, templates and keys again; a bad set is refused and the old one stays");
    add_common(reload, options);
    reload->add_option("--control", options.control.control, "the daemon's control socket (default: from the settings)")
        ->type_name("FILE");
    reload->callback([&] { status = reload_command(options.common, options.control); });
}

}  // namespace ilbud
