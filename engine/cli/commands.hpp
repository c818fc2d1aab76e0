/// The sub-commands, each in its own source. They take checked options and return the exit status.
/// What options mean where they are absent is said here, since the commands take them as they
/// are; what may be combined is checked in cli/declare. Statuses: 0 done, 1 refused or failed, 2
/// wrong use; domain check and replay add some of their own.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "ilbud/queue/store.hpp"
#include "ilbud/reply/reply.hpp"

namespace ilbud {

inline constexpr const char* usual_config = "/etc/ilbud/ilbud.toml";

/// Read by every command. `json`: output for programs on standard output, one
/// object a line where there are several.
struct CommonOptions {
    std::filesystem::path config;
    bool json = false;
};

struct SendOptions {
    std::string file = "-";
    std::filesystem::path socket;  ///< empty: the one in the settings
    std::size_t window = 4096;     ///< events sent and not yet answered
    Duration patience{};           ///< how long to try again while the daemon is away or busy
    bool quiet = false;
    bool verbose = false;  ///< print every answer
};

/// The sink counts only if there is no maildir.
struct SinkCommandOptions {
    std::string listen = "127.0.0.1:2525";
    std::filesystem::path maildir;
    std::filesystem::path certificate, key;  ///< empty: no TLS
    Duration latency{};
};

struct PreviewOptions {
    std::string kind;        ///< empty, with `all`: every one
    std::string source, id;  ///< of a stored event; empty: none
    std::string unit;
    std::string account;                  ///< notice: empty: the first
    std::string situation;                ///< empty: the usual one
    std::string cause = "domain_broken";  ///< notice
    std::string locale;
    std::filesystem::path data;
    std::string to;              ///< of several mails of an event; empty: the first
    std::string part = "text";   ///< html, text, eml
    std::filesystem::path page;  ///< where the page goes; empty: a private place
    bool open = false;
    std::filesystem::path all;  ///< the folder for everything; empty: one mail
};

struct EventsSchemaOptions {
    std::optional<EventType> type;  ///< absent: all
    bool strict = false;
};

struct ReloadOptions {
    std::filesystem::path control;  ///< empty: the one in the settings
};

struct StatusOptions {
    ReloadOptions daemon;
    Duration deadline{};       ///< for the answer, connecting included
    bool health = false;       ///< exits by it
    Duration relays_down{};    ///< health: so long without any relay is failing
    Duration letter_failed{};  ///< health: so long a letter that could not be written is told
};

/// For `dkim new-key --out`, which needs no daemon and no settings.
struct NewKeyOptions {
    std::filesystem::path out;
    std::string selector;
    /// The name the record is published under; empty: <selector>._domainkey.<domain>, and without a domain as the settings say.
    std::string target;
    std::string domain;
    std::string algorithm = "rsa";
    int bits = 2048;
};

/// For the steps of a key change, which the daemon carries out.
struct KeyCommandOptions {
    std::string selector;  ///< retire
    std::string type;      ///< new-key; empty: as the settings say
    int bits = 0;          ///< new-key; 0: as the settings say
    bool dry_run = false;
    bool force = false;
    bool yes = false;  ///< do not ask
};

/// A relay stands for its replies since a time, instead of an address.
struct SuppressionOptions {
    std::string account;
    std::string address;
    std::string reason;
    std::string relay;  ///< list: empty: any
    std::optional<Time> since;
    bool dry_run = false;  ///< remove, with a relay: only tell how many
};

struct ReleaseOptions {
    std::string account;
    std::string unit;  ///< empty: the account's hold, else that of the unit
};

struct DomainOptions {
    std::string resolver;  ///< "ADDRESS@PORT"; empty: as the settings say
};

struct DomainSpfOptions {
    std::string ip;
    std::string from;  ///< empty: the null sender
    std::string helo;
};

struct DomainCheckOptions {
    std::string domain;
    bool all = false;  ///< every domain of the settings instead
    std::string language = "en";
};

struct ReplyOptions {
    std::string text;
    Stage stage = Stage::recipient;
};

struct ReplayOptions {
    EventSpan span;
    std::filesystem::path settings;   ///< a file, or the folder of an ilbud.toml; empty: those in force
    std::filesystem::path templates;  ///< empty: as those settings say
    std::string unit;                 ///< empty: any
    std::optional<Kind> kind;
    std::size_t most = 50;  ///< differing events shown
};

/// Runs until SIGTERM; the others return when they are done.
int serve_command(const CommonOptions& common);
int send_command(const CommonOptions& common, const SendOptions& options);
int sink_command(const CommonOptions& common, const SinkCommandOptions& options);
int events_schema_command(const EventsSchemaOptions& options);
int events_reference_command();
int check_command(const CommonOptions& common, const std::string& print_what);
int preview_command(const CommonOptions& common, const PreviewOptions& options);
int explain_command(const CommonOptions& common, const std::string& source, const std::string& id);
int reply_command(const CommonOptions& common, const ReplyOptions& options);
int replay_command(const CommonOptions& common, const ReplayOptions& options);
int mails_command(const CommonOptions& common, const MailQuery& query);
int status_command(const CommonOptions& common, const StatusOptions& options);
/// 0 healthy, 1 degraded, 2 failing or no answer, 3 the daemon could not be asked.
int health_command(const CommonOptions& common, const StatusOptions& options);
int reload_command(const CommonOptions& common, const ReloadOptions& options);
int new_key_command(const CommonOptions& common, NewKeyOptions options);
int list_domains_command(const CommonOptions& common);
int look_at_domain_command(const CommonOptions& common, const std::string& domain);
/// Reads the shelf if no daemon runs; the other steps of a key change need one.
int key_status_command(const CommonOptions& common);
/// `what` is new_key, publish, rotate or retire.
int key_command(const CommonOptions& common, const std::string& what, const KeyCommandOptions& options);
/// Lists from the store; changes go through the daemon, which alone writes.
int list_suppressions_command(const CommonOptions& common, const SuppressionOptions& options);
int domain_spf_command(const CommonOptions& common, const DomainOptions& domain, const DomainSpfOptions& options);
int change_suppression_command(const CommonOptions& common, const SuppressionOptions& options, bool add);
/// Those that the relay's replies made.
int unsuppress_relay_command(const CommonOptions& common, const SuppressionOptions& options);
int release_command(const CommonOptions& common, const ReleaseOptions& options);
int domain_check_command(const CommonOptions& common, const DomainOptions& options, const DomainCheckOptions& check);

}  // namespace ilbud
