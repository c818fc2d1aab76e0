/// The commands as CLI11 knows them: names, options, help. Each declaration ends in a callback that runs the command.
///
/// In    the application; where options go to, and where the exit status of the command that ran
/// Not pure  callbacks run inside parse()
#pragma once
#include <CLI/CLI.hpp>

#include <string>

#include "cli/commands.hpp"

namespace ilbud {

/// CLI11 keeps references to these: they live as long as the parsing and running.
struct Options {
    CommonOptions common;
    SendOptions send;
    SinkCommandOptions sink;
    std::string check_print;
    PreviewOptions preview;
    std::string explain_source, explain_id;
    EventsSchemaOptions events_schema;
    std::string events_type;
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

/// Each adds a family of commands; `options` and `status` outlive the application.
void add_running(CLI::App& app, Options& options, int& status);  ///< serve, send, sink
void add_looking(CLI::App& app, Options& options, int& status);  ///< mails, explain, status, reload
void add_replay(CLI::App& app, Options& options, int& status);
void add_reply(CLI::App& app, Options& options, int& status);
void add_writing(CLI::App& app, Options& options, int& status);  ///< check, suppressions, release
void add_keys(CLI::App& app, Options& options, int& status);     ///< dkim …
void add_preview(CLI::App& app, Options& options, int& status);
void add_domain(CLI::App& app, Options& options, int& status);  ///< domain …
void add_events(CLI::App& app, Options& options, int& status);  ///< events …

}  // namespace ilbud
