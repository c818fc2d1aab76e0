// The command line is declared here in one place, so that --help is written with one voice, while each command
// lives in its own source and sees checked values only. CLI11 binds options to variables by reference; all of
// them stand in one Options object, which outlives the parsing. Callbacks run inside parse(), so a command's
// exception passes through CLI11 before it is caught below.
#include "cli/cli.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/preview/situations.hpp"
#include "ilbud/dns/ip_address.hpp"

namespace ilbud {
namespace {

// Set but empty counts as given: a wrong path is told, and silently reading another file would be worse.
std::string default_config() {
    const char* given = std::getenv("ILBUD_CONFIG");
    return given != nullptr ? given : usual_config;
}

// CLI11 keeps references to these: they live as long as the parsing and running.
struct Options {
    CommonOptions common;
    SendOptions send;
    SinkCommandOptions sink;
    std::string check_print;
    PreviewOptions preview;
    std::string explain_source, explain_id;
    ReplyOptions reply;
    std::string reply_stage = "rcpt";
    ReplayOptions replay;
    std::string replay_since, replay_until, replay_kind;
    MailQuery mails;
    std::string mails_state, mails_kind, mails_since;
    ReloadOptions control;
    NewKeyOptions key;
    KeyCommandOptions keys;
    SuppressionOptions suppression;
    std::string suppression_since;
    ReleaseOptions release;
    std::string watched;
    DomainOptions domain;
    DomainSpfOptions spf;
    DomainCheckOptions domain_check;
    std::string send_patience = "30s", sink_latency = "0s";
    StatusOptions state;
    std::string state_deadline = "5s", relays_down = "10m", letter_failed = "1h";
};

// CLI11 knows no durations, so the text is bound and the check writes the value. A check runs only on what the
// user typed: a default in `text` never passes it and has to be set in `value` as well (send's patience below).
CLI::Option* duration_option(CLI::App* command, const std::string& name, std::string& text, Duration& value,
                             const std::string& help) {
    return command->add_option(name, text, help)
        ->capture_default_str()
        ->type_name("DURATION")
        ->check([&value](const std::string& given) {
            const auto duration = parse_duration(given);
            if (!duration) return std::string("expected a duration such as 100ms, 30s, 1h30m");
            value = *duration;
            return std::string();
        });
}

// The words of an enum as choices, so that the command line and the files never drift apart.
template <class Enum>
std::vector<std::string> words_of() {
    return {words<Enum>.begin(), words<Enum>.end()};
}

// A time, or how long ago it was.
// "2h" is read after the time and wins, but no text is both.
CLI::Option* time_option(CLI::App* command, const std::string& name, std::string& text, Time& value, const std::string& help) {
    return command->add_option(name, text, help + " (RFC 3339, or how long ago: 2h)")
        ->type_name("TIME")
        ->check([&value](const std::string& given) {
            auto time = parse_time(given);
            if (const auto ago = parse_duration(given)) time = system_clock().now() - *ago;
            if (!time) return std::string("expected a time such as 2025-06-24T10:00:00Z or a duration such as 2h");
            value = *time;
            return std::string();
        });
}

// What an unset shell variable leaves of "$DIR".
// CLI11 would take the empty text for a path, and to the commands an empty path means that none was given.
const CLI::Validator is_given([](std::string& text) { return std::string(text.empty() ? "expected a path, found nothing" : ""); },
                              "");

// Every command has both, so scripts may pass them always.
void add_common(CLI::App* command, Options& options) {
    command->add_option("--config,-c", options.common.config, "settings file")->capture_default_str()->type_name("FILE");
    command->add_flag("--json", options.common.json, "print JSON");
}

// Changes to keys touch what customers see, so each of them can be looked at first and asks before it is done.
void add_change(CLI::App* command, Options& options) {
    command->add_flag("--dry-run", options.keys.dry_run, "only show the plan: every step, when, and why");
    command->add_flag("--yes,-y", options.keys.yes, "do not ask on a terminal");
}

// "welcome: standard, several, …; stopped: …"
// From the table of situations, so a new one is in the help by itself.
std::string situations_help() {
    std::string out;
    for (std::size_t i = 0; i < kind_count; ++i)
        out += (out.empty() ? "" : "; ") + std::string(words<Kind>[i]) + ": " + situation_names(static_cast<Kind>(i));
    return out;
}

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

// `dkim new-key` is two commands in one: with --out a key file without any daemon, as an installation needs it,
// without --out a step of the daemon's key change. `needs` keeps their options apart.
void add_keys(CLI::App& app, Options& options, int& status) {
    auto* dkim = app.add_subcommand("dkim", "DKIM keys: see them, change them without the customers");
    dkim->footer(
        "Of the two selectors one signs. `rotate` makes a new key for the other one, publishes it, waits until it is\n"
        "seen through the customers' CNAMEs, signs with it, and retires the old one; the daemon goes on by itself.");
    dkim->require_subcommand(1);
    auto* state = dkim->add_subcommand(
        "status", "both selectors: key, stage, who sees it, what comes next and when, what is stuck and why");
    add_common(state, options);
    state->callback([&] { status = key_status_command(options.common); });

    auto* key = dkim->add_subcommand(
        "new-key",
        "a new key for the idle selector of the running daemon; with --out, a key file of its own and the record to publish");
    add_common(key, options);
    auto* out =
        // Writing over an existing key would destroy what may be the only copy.
        key->add_option("--out", options.key.out, "write a private key to this file, which must not exist, and do nothing else")
            ->type_name("FILE");
    auto* selector = key->add_option("--selector", options.key.selector, "with --out: selector name")->needs(out);
    key->add_option("--domain", options.key.domain, "with --out: domain the record is published in")->needs(out);
    key->add_option("--target", options.key.target,
                    "with --out: full name the record is published under (the customers' CNAME target)")
        ->needs(out);
    out->needs(selector);
    auto* type = key->add_option("--algorithm", options.keys.type, "rsa or ed25519 (default: rsa, or what dkim.rotation says)")
                     ->check(CLI::IsMember({"rsa", "ed25519"}));
    // 2048 is the least that is accepted here (S14); beyond 4096 records and signing times grow to no purpose.
    auto* bits = key->add_option("--bits", options.keys.bits, "RSA key size (default: 2048, or what dkim.rotation says)")
                     ->check(CLI::Range(2048, 4096));
    add_change(key, options);
    key->callback([&, out, type, bits] {
        if (out->count() == 0) {
            status = key_command(options.common, "new_key", options.keys);
            return;
        }
        // Both commands have an algorithm and a size, but with defaults of their
        // own: only what was typed is handed on.
        if (type->count() > 0) options.key.algorithm = options.keys.type;
        if (bits->count() > 0) options.key.bits = options.keys.bits;
        status = new_key_command(options.common, options.key);
    });

    const auto change = [&](const char* name, const char* what, const char* help) {
        auto* command = dkim->add_subcommand(name, help);
        add_common(command, options);
        add_change(command, options);
        // `what` is captured by value: it points to a literal, while the lambda
        // around it is gone when the command runs.
        command->callback([&options, &status, what] { status = key_command(options.common, what, options.keys); });
        return command;
    };
    change("publish", "publish", "put the new key's record into the DNS, as dkim.publish says; it does not sign yet");
    change("rotate", "rotate", "change the signing key: the whole way, which takes days and goes on by itself");
    auto* retire = change("retire", "retire",
                          "give a key up: its record is revoked, its private key destroyed; refused while that is not safe");
    retire->add_option("selector", options.keys.selector, "its selector")->required();
    retire->add_flag(
        "--force", options.keys.force,
        "a retiring key at once, because it was stolen: mail signed with it that is still on its way will not verify");
}

void add_preview(CLI::App& app, Options& options, int& status) {
    auto& wanted = options.preview;
    auto* preview =
        app.add_subcommand("preview", "see a mail without sending it, on the terminal or as a page; or all mails of a unit");
    add_common(preview, options);
    auto* kind = preview->add_option("kind", wanted.kind, "kind of mail (with --all: only this one)")
                     ->check(CLI::IsMember(words_of<Kind>()));
    auto* source = preview->add_option("source", wanted.source, "a stored event's source (default: a built-in sample)");
    auto* id = preview->add_option("id", wanted.id, "the stored event's id");
    source->needs(id);
    auto* data = preview->add_option("--data", wanted.data, "a file with one event, in place of the sample")->type_name("FILE");
    data->excludes(source);
    preview->add_option("--to", wanted.to, "of an event's mails the one to this address (default: the first)")
        ->type_name("ADDRESS");
    preview->add_option("--unit", wanted.unit, "business unit of the sample (default: the first)");
    preview->add_option("--account", wanted.account, "notice: the account (default: the unit's)");
    preview->add_option("--situation", wanted.situation, "what the sample tells of: " + situations_help())->type_name("NAME");
    preview->add_option("--cause", wanted.cause, "notice: what it tells of")
        ->capture_default_str()
        ->check(CLI::IsMember(words_of<NoticeCause>()));
    preview->add_option("--locale", wanted.locale, "language (default: the unit's; notice: the account's)")
        ->check(CLI::IsMember(words_of<Locale>()));
    // Three flags for one choice; giving several is not refused.
    preview->add_flag_callback(
        "--html", [&] { wanted.part = "html"; }, "print the HTML part");
    preview->add_flag_callback(
        "--text", [&] { wanted.part = "text"; }, "print the text part (default)");
    preview->add_flag_callback(
        "--eml", [&] { wanted.part = "eml"; }, "print the whole signed message");
    preview->add_flag("--open", wanted.open,
                      "make a page: phone and desktop, light and dark, text, header, size, remarks; and open it");
    auto* page = preview->add_option("--page", wanted.page, "where that page goes (default: a private temporary folder)")
                     ->type_name("FILE")
                     ->check(is_given);
    auto* all =
        preview->add_option("--all", wanted.all, "a page for every kind, situation, language and wording into DIR, with an index")
            ->type_name("DIR")
            ->check(is_given);
    // --all shows its own samples, each on a page of its own, so an event or one
    // page's name beside it would mean nothing.
    all->excludes(source)->excludes(data)->excludes(page);
    preview->callback([&, kind, all] {
        // CLI11 cannot say "one of these two", so it is said here in its words and with its exit status.
        if (kind->count() == 0 && all->count() == 0) throw CLI::RequiredError("kind or --all");
        status = preview_command(options.common, wanted);
    });
}

// The commands that a server answers, as people call them.
const std::map<std::string, Stage> reply_stages{
    {"connect", Stage::greeting}, {"ehlo", Stage::hello},     {"starttls", Stage::tls}, {"auth", Stage::auth},
    {"mail", Stage::mail},        {"rcpt", Stage::recipient}, {"data", Stage::data},    {"dot", Stage::final_dot}};

void add_reply(CLI::App& app, Options& options, int& status) {
    auto* reply = app.add_subcommand("reply", "what the engine would make of a server's reply: its cause, and what follows");
    add_common(reply, options);
    reply->add_option("text", options.reply.text, "the reply, such as \"550 5.1.1 User unknown\"; - reads standard input")
        ->required();
    reply->add_option("--stage", options.reply_stage, "what it answers: connect, ehlo, starttls, auth, mail, rcpt, data, or dot")
        ->capture_default_str()
        ->type_name("STAGE")
        ->check([](const std::string& given) {
            return reply_stages.contains(given)
                       ? std::string()
                       : "expected connect, ehlo, starttls, auth, mail, rcpt, data or dot, found " + given;
        });
    reply->footer(
        "A reply of several lines may be given with line ends, with \\r\\n or \\n spelled out, or run together as logs do it.\n"
        "The causes are explained in docs/replies.md. Exit status: 0 whatever the reply means; 1 if it is no reply; 2 wrong "
        "usage.");
    reply->callback([&] {
        options.reply.stage = reply_stages.at(options.reply_stage);
        status = reply_command(options.common, options.reply);
    });
}

// What made a suppression, for those who doubt it.
void add_evidence(CLI::App* command, Options& options) {
    command->add_option("--relay", options.suppression.relay, "only those that this relay's replies made");
    command->add_option("--since", options.suppression_since, "only those made since (RFC 3339, or how long ago: 2h)")
        ->type_name("TIME")
        ->check([&since = options.suppression.since](const std::string& given) {
            since = parse_time(given);
            if (const auto ago = parse_duration(given)) since = system_clock().now() - *ago;
            return std::string(since ? "" : "expected a time such as 2025-06-24T10:00:00Z or a duration such as 2h");
        });
}

void add_writing(CLI::App& app, Options& options, int& status) {
    auto* check = app.add_subcommand("check", "read settings, templates and keys and tell every finding");
    add_common(check, options);
    check
        ->add_option(
            "--print", options.check_print,
            "instead, write the commented default file (platform or account) or what templates may use (variables or html)")
        ->expected(0, 1)
        ->default_str("platform")
        ->check(CLI::IsMember({"platform", "account", "variables", "html"}));
    check->callback([&, check] {
        // `--print` without a word means the platform file; the text may have stayed empty then.
        if (check->count("--print") > 0 && options.check_print.empty()) options.check_print = "platform";
        status = check_command(options.common, options.check_print);
    });

    auto* suppressions = app.add_subcommand("suppressions", "addresses that get no mail");
    suppressions->require_subcommand(1);
    const auto account = [&](CLI::App* command) {
        add_common(command, options);
        return command->add_option("--account", options.suppression.account, "the account");
    };
    auto* list = suppressions->add_subcommand("list", "show them");
    account(list);
    add_evidence(list, options);
    list->callback([&] { status = list_suppressions_command(options.common, options.suppression); });
    auto* add = suppressions->add_subcommand("add", "stop mailing an address");
    account(add)->required();
    add->add_option("address", options.suppression.address, "the address")->required();
    add->add_option("--reason", options.suppression.reason, "why, in a word");
    add->callback([&] { status = change_suppression_command(options.common, options.suppression, true); });

    auto* remove = suppressions->add_subcommand("remove", "mail an address again, or all that a relay's replies suppressed");
    auto* of_account = account(remove);
    auto* address = remove->add_option("address", options.suppression.address, "the address");
    add_evidence(remove, options);
    auto* relay = remove->get_option("--relay");
    auto* since = remove->get_option("--since");
    auto* dry_run = remove->add_flag("--dry-run", options.suppression.dry_run, "with --relay: only show which")->needs(relay);
    // A relay alone would mean all that it ever said, and most of that was true.
    relay->needs(since)->excludes(address);
    since->needs(relay);
    remove->callback([&, of_account, address, relay, dry_run] {
        if (relay->count() == 0) {
            if (address->count() == 0) throw CLI::RequiredError("address, or --relay and --since");
            if (of_account->count() == 0) throw CLI::RequiredError("--account");
            status = change_suppression_command(options.common, options.suppression, false);
        } else if (dry_run->count() > 0) {
            status = list_suppressions_command(options.common, options.suppression);
        } else {
            status = unsuppress_relay_command(options.common, options.suppression);
        }
    });

    auto* release = app.add_subcommand("release", "let mail go that is held: an account's, or a unit's");
    add_common(release, options);
    release->add_option("--account", options.release.account, "the account")->required();
    release->add_option("--unit", options.release.unit, "only the hold of this business unit");
    release->footer("What is held, since when and why: ilbud status.");
    release->callback([&] { status = release_command(options.common, options.release); });
}

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
        "  1  nothing could be replayed    2  wrong usage");
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

// The parser of the DNS room, so that what is accepted here is what it can ask about.
const CLI::Validator is_ip(
    [](std::string& text) { return parse_ip_address(text) ? std::string() : "expected an IP address, found " + text; }, "");

// --resolver belongs to the two commands that ask the DNS themselves; list and
// watch speak of what the daemon has seen.
void add_domain(CLI::App& app, Options& options, int& status) {
    auto* domain = app.add_subcommand("domain", "what the DNS says about the domains that mail is sent from");
    domain->require_subcommand(1);
    auto* list = domain->add_subcommand("list", "the watched domains: what signs their mail, since when, what is wrong");
    add_common(list, options);
    list->callback([&] { status = list_domains_command(options.common); });
    auto* watch = domain->add_subcommand("watch", "let the daemon look at a watched domain now, past every cache of ours");
    add_common(watch, options);
    watch->add_option("domain", options.watched, "the domain")->required();
    watch->callback([&] { status = look_at_domain_command(options.common, options.watched); });
    const auto common = [&](CLI::App* command) {
        add_common(command, options);
        command
            ->add_option("--resolver", options.domain.resolver,
                         "ask this DNS server alone (default: as [dns] of the settings says)")
            ->type_name("ADDRESS@PORT");
    };

    auto* spf = domain->add_subcommand(
        "spf", "the SPF result (RFC 7208) of one delivery: its word on the first line, then what led to it");
    common(spf);
    spf->add_option("--ip", options.spf.ip, "address that delivers")->required()->check(is_ip)->type_name("ADDRESS");
    spf->add_option("--from", options.spf.from, "envelope sender (MAIL FROM); without one the HELO name is checked")
        ->type_name("ADDRESS");
    spf->add_option("--helo", options.spf.helo, "name in HELO or EHLO")->type_name("NAME");
    spf->footer("Exit status: 0 whatever the result is, temperror too; 1 if nothing could be asked; 2 if the command is wrong.");
    // RFC 7208 §2.4: with an empty MAIL FROM the HELO name is checked, so one of them has to be there.
    spf->callback([&] {
        if (options.spf.from.empty() && options.spf.helo.empty())
            throw CLI::ValidationError("domain spf", "--from or --helo is required");
        status = domain_spf_command(options.common, options.domain, options.spf);
    });

    auto* check =
        domain->add_subcommand("check", "whether mail from a domain arrives: SPF, DKIM, DMARC, and the records to publish");
    common(check);
    auto* name = check->add_option("domain", options.domain_check.domain, "the domain of a From address");
    auto* all = check->add_flag("--all", options.domain_check.all,
                                "an overview of every domain of the settings' invoice and support addresses");
    name->excludes(all);
    check
        ->add_option("--language", options.domain_check.language,
                     "of the text, which can be mailed to whoever keeps the customer's DNS")
        ->capture_default_str()
        ->check(CLI::IsMember(words_of<Locale>()));
    check->footer(
        "The exit status is that of the verdict, with --all of the worst:\n"
        "  0  complete  everything is in place\n"
        "  3  signed    DMARC is missing\n"
        "  4  sendable  mail is sent; what it is signed with (DKIM) is not fully in place\n"
        "  5  blocked   SPF does not name us: mail is treated as spam or refused\n"
        "  6  unknown   the DNS failed where it matters; nothing is to be changed because of it\n"
        "  1  nothing could be checked    2  wrong usage");
    check->callback([&, name, all] {
        if (name->count() == 0 && all->count() == 0) throw CLI::RequiredError("domain or --all");
        status = domain_check_command(options.common, options.domain, options.domain_check);
    });
}

// CLI11's own complaints are wrong use (2) but for --help and --version, which are
// success; whatever a command throws is a failure of our world (1). A command's own status goes out as it is.
int run_command(int argc, char** argv) {
    CLI::App app{"Ilbud: transactional email for subscription businesses"};
    app.set_version_flag("--version", ILBUD_VERSION);
    app.require_subcommand(1);
    Options options;
    options.common.config = default_config();
    int status = 0;
    add_running(app, options, status);
    add_looking(app, options, status);
    add_replay(app, options, status);
    add_reply(app, options, status);
    add_writing(app, options, status);
    add_keys(app, options, status);
    add_preview(app, options, status);
    add_domain(app, options, status);
    // The callbacks run in here, so parsing and doing have one catch each.
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) {
        print_error(error.what());
        return 1;
    }
    return status;
}

}  // namespace

// The one entry for all of it. What was to be read and was not written, on a full disk for example, is a failure.
int run_command_line(int argc, char** argv) {
    const int status = run_command(argc, argv);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    print_error(std::string("standard output: ") + std::strerror(errno));
    return status == 0 ? 1 : status;
}

}  // namespace ilbud
