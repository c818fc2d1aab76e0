/// Everything the engine is told, as plain values: one immutable snapshot that a whole trip uses.
///
/// In    made by load_settings (settings/load.hpp) from TOML, or by hand in tests
/// Out   platform, accounts, business units, customer services and forms with inheritance already applied
/// Pure  types only. Defaults here are the defaults of the product; the option table (engine/settings/*_options.cpp)
///       documents each. Paths are absolute once loaded; only the name of a systemd credential stays bare (base/secret.hpp).
/// See   DOMAIN §1
#pragma once
#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ilbud/base/log.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/settings/invoicing_method.hpp"
#include "ilbud/settings/kinds.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

template <>
inline constexpr std::array<std::string_view, 2> words<LogFormat>{"text", "json"};
/// What a log line has in the place of an address.
enum class LogAddresses : std::uint8_t { hash, plain };
template <>
inline constexpr std::array<std::string_view, 2> words<LogAddresses>{"hash", "plain"};
template <>
inline constexpr std::array<std::string_view, 4> words<LogLevel>{"debug", "info", "warning", "error"};

/// A text in some of the languages; empty where there is none.
using Texts = std::map<Locale, std::string>;

/// The local sockets and what may come in by them. The sockets, who may use them and most limits take effect at the
/// next start: a reload says which (daemon/reload.cpp).
struct IntakeSettings {
    std::filesystem::path socket = "run/ilbud.sock";     ///< events in
    std::filesystem::path control = "run/control.sock";  ///< status, reload
    std::vector<std::string> allow_users;                ///< besides root and the daemon's own user (SO_PEERCRED)
    std::vector<std::string> allow_groups;
    std::size_t event_bytes_max = 1024UL * 1024;
    std::size_t depth_max = 64;
    std::size_t connections_max = 256;         ///< of senders; a new one takes the place of an idle one
    std::size_t control_connections_max = 32;  ///< of the control socket, which senders cannot fill
    std::size_t leaving_max = 1024;            ///< told to go, and open a moment longer so that they can read it
    Duration leaving_deadline = 1s;
    std::size_t batch_max = 256;        ///< lines of one connection taken into one commit
    Duration line_deadline = 30s;       ///< a line once begun must end by then
    Duration write_deadline = 30s;      ///< a client that does not read its answers is dropped
    std::filesystem::path attachments;  ///< folder below which `path` attachments lie; empty: refused
    std::size_t attachment_bytes_max = 10UL * 1024 * 1024;
    Duration attachment_deadline = 10s;  ///< to read one from the folder

    bool operator==(const IntakeSettings&) const = default;
};

/// The store, and how much of it may be in use. The folder holds everything that must survive;
/// moving it is moving the queue.
struct QueueSettings {
    std::filesystem::path folder = "queue";
    std::size_t mails_max = 5'000'000;                ///< waiting mails at which intake answers `busy`
    std::size_t disk_free_min = 256UL * 1024 * 1024;  ///< bytes free below which intake answers `busy`
    std::size_t commit_operations_max = 256;          ///< group commit: at most so many operations …
    Duration commit_wait = 2ms;                       ///< … or so long, whichever is first; a lone operation does not wait
    Duration lease_hold = 30min;                      ///< a lease not renewed or settled by then is lent again
    Duration absence_max = 24h * 30;                  ///< a machine off for longer: the clock is taken to have leapt
    Duration keep = 24h * 400;                        ///< finished events and mails stay as the log, and dedupe, for so long
    std::size_t prune_batch = 200;                    ///< rows removed in one go
    std::array<int, urgency_count> class_weights{16, 4, 1};  ///< share of each class when all have work

    bool operator==(const QueueSettings&) const = default;
};

/// When a mail is tried again after a temporary failure. RFC 5321 §4.5.4.1 has longer waits and 4 to 5 days in mind;
/// what is mailed here is of no use so late.
struct RetryPolicy {
    std::vector<Duration> steps{1min, 5min, 15min, 30min, 1h, 2h, 4h};  ///< waits; the last one repeats
    Duration give_up_after = 24h * 2;                                   ///< from acceptance; then `expired`
    double jitter = 0.1;                                                ///< each wait varies by so much of itself, both ways

    bool operator==(const RetryPolicy&) const = default;
};

/// How long each step of a session may take (RFC 5321 §4.5.3.2; all can be set).
struct DeliveryDeadlines {
    Duration connect = 30s;  ///< TCP, TLS, greeting, EHLO and AUTH together
    Duration mail = 5min;
    Duration recipient = 5min;
    Duration data = 2min;
    Duration block = 3min;  ///< no progress in sending the content
    Duration final_dot = 10min;
    Duration quit = 2s;
    Duration session = 20min;  ///< one mail in total
    Duration idle = 30s;       ///< an unused session is then closed with QUIT

    bool operator==(const DeliveryDeadlines&) const = default;
};

/// A smart host. What a connection must not be shared over (S31) is in here: host, TLS, login and source address.
struct Relay {
    std::string name;  ///< for logs; unique
    std::string host;  ///< name or address literal
    std::uint16_t port = 25;
    TlsPolicy tls = TlsPolicy::opportunistic;
    bool tls_from_start = false;    ///< SMTPS (port 465); then `tls` counts as required
    std::filesystem::path ca_file;  ///< PEM; empty: the system's
    AuthMethod auth = AuthMethod::none;
    std::string user;
    std::filesystem::path password_file;   ///< for xoauth2: the bearer token
    std::string source_address;            ///< local address to send from; empty: the system's choice
    std::size_t connections_max = 20;      ///< over all lanes
    std::size_t mails_per_session = 1000;  ///< then QUIT and a new one; 0: no limit
    bool pipelining = true;                ///< use it where offered (RFC 2920)

    bool operator==(const Relay&) const = default;
};

/// When a relay's word that mailboxes do not exist is doubted (R7): both limits are passed.
struct BrakeSettings {
    std::size_t suppressed_max = 20;  ///< addresses of one account suppressed by replies …
    double share_max = 0.1;           ///< … and their share of its mails that came to an end …
    Duration within = 1h;             ///< … within this time

    bool operator==(const BrakeSettings&) const = default;
};

/// How mail leaves; every relay, and the schedule of each kind of mail.
struct DeliverySettings {
    std::string helo_name;           ///< EHLO name; empty: the machine's host name
    std::vector<Relay> relays;       ///< in order of preference; at least one
    Duration relay_patience = 8s;    ///< another relay gets what one has not answered for so long
    Duration relay_probe = 3s;       ///< how often a relay that cannot be reached is tried again
    std::size_t relay_refusals = 5;  ///< in a row, until a relay is paused
    Duration relay_pause = 30s;      ///< a relay that takes no mail of ours is left out so long, doubling up to …
    Duration relay_pause_max = 10min;
    DeliveryDeadlines deadlines;
    BrakeSettings brake;
    std::size_t reply_bytes_max = 16UL * 1024;  ///< one reply, all lines; more ends the session
    std::array<RetryPolicy, kind_count> retry = [] {
        std::array<RetryPolicy, kind_count> all{};
        for (const auto& traits : kind_traits) {
            auto& policy = all[static_cast<std::size_t>(traits.kind)];
            policy.give_up_after = traits.give_up_after;
            // Someone waits in front of a screen; an invoice may take its time.
            if (traits.urgency == 0) policy.steps = {15s, 30s, 1min, 2min, 5min, 15min, 30min};
        }
        return all;
    }();

    bool operator==(const DeliverySettings&) const = default;
};

/// One of the two DKIM selectors behind the customers' CNAMEs (DOMAIN §1, R27, R30).
/// Neither holds a key: only a file's name gets into the settings (S27).
struct DkimSelector {
    std::string name;    ///< "ilbud1" in ilbud1._domainkey.<customer's domain>
    std::string target;  ///< where the customer's CNAME points
    /// PEM private key, until the queue's shelf "dkim" knows a key of this selector; empty: the slot is idle
    std::filesystem::path key_file;

    bool operator==(const DkimSelector&) const = default;
};

/// How keys change (R30).
struct KeyRotationSettings {
    bool automatic = false;
    Duration age = 24h * 180;          ///< of the signing key, when `automatic` changes it
    KeyType algorithm = KeyType::rsa;  ///< of new keys
    int bits = 2048;                   ///< of new RSA keys
    int looks = 3;                     ///< good looks, spread over the record's TTL, before a key may sign
    Duration wait_min = 1h;            ///< from published to signing, at least
    Duration patience = 24h * 7;       ///< domains that do not show the new key are waited for so long; then the others follow
    Duration retry = 5min;             ///< between attempts to publish
    Duration look_interval = 1h;       ///< between looks at records that are in use
    Duration stuck_after = 24h;        ///< a step that makes no progress for so long is told

    bool operator==(const KeyRotationSettings&) const = default;
};

/// Dynamic updates (RFC 2136) with a TSIG key (RFC 8945), by the program of bind9-dnsutils.
struct NsupdateSettings {
    std::filesystem::path program = "/usr/bin/nsupdate";
    std::string server;  ///< empty: the zone's primary, as its SOA says
    std::uint16_t port = 53;
    std::string zone;                ///< empty: found by nsupdate
    std::filesystem::path key_file;  ///< as `tsig-keygen` writes it
    Duration ttl = 1h;               ///< of the record
    Duration deadline = 30s;

    bool operator==(const NsupdateSettings&) const = default;
};

/// A command of the operator's that publishes or withdraws a key's record; it may be run again for the same one.
struct PublishHookSettings {
    std::vector<std::string> command;  ///< program and arguments; no shell
    Duration deadline = 1min;

    bool operator==(const PublishHookSettings&) const = default;
};

/// How mail is signed: two slots whose names customers have in their DNS, and everything about the keys that
/// come to stand in them (R27, R30).
struct DkimSettings {
    std::array<DkimSelector, 2> selectors;
    int active = 0;                             ///< index of the signing one
    std::optional<DkimSelector> ed25519;        ///< a second signature beside the first (RFC 8463)
    Duration valid_beyond_retry = 24h * 2;      ///< x= lies so long after the last possible attempt
    std::size_t sign_together = 8;              ///< mails of a lane signed together (sign_all); below 4 one by one
    std::filesystem::path key_folder = "dkim";  ///< where new private keys are written
    PublishBy publish = PublishBy::manual;
    KeyRotationSettings rotation;
    NsupdateSettings nsupdate;
    PublishHookSettings hook;
    std::string platform_domain;              ///< signs for domains that cannot, with the same selectors; empty: none
    SignTwice sign_twice = SignTwice::grace;  ///< when it signs beside them

    bool operator==(const DkimSettings&) const = default;
};

/// Questions to the DNS (dns/resolver.hpp).
struct DnsSettings {
    std::vector<std::string> servers;  ///< "ADDRESS" or "ADDRESS@PORT"; empty: those of /etc/resolv.conf
    Duration deadline = 5s;            ///< one question, its wait for a turn included
    Duration check_deadline = 10s;     ///< all questions of one domain check or one SPF evaluation together
    std::filesystem::path trust_anchor = "/usr/share/dns/root.key";  ///< of the root; empty or absent: answers are not validated
    std::size_t cache_bytes = 8UL * 1024 * 1024;
    Duration ttl_min = 0s;                       ///< what a TTL counts for at least …
    Duration ttl_max = 24h;                      ///< … and at most …
    Duration negative_ttl_max = 15min;           ///< … and that of a "no"
    std::size_t answer_bytes_max = 32UL * 1024;  ///< a larger answer is a failure
    std::size_t aliases_max = 8;                 ///< CNAMEs followed for one question
    std::size_t questions_max = 200;             ///< under way at once
    std::size_t queries_per_second = 100;
    std::size_t check_questions_max = 300;  ///< of one domain check; what it asks beyond that has failed
    std::size_t checks_at_once = 8;         ///< domains that `ilbud domain check --all` looks at side by side

    bool operator==(const DnsSettings&) const = default;
};

/// Mail from the platform to the accounts (R3): broken DNS, a high bounce rate; and to its operator.
struct NoticeSettings {
    bool enabled = true;  ///< off: notices are only logged
    std::string from;     ///< empty: likewise
    std::string from_name = "Ilbud";
    std::string reply_to;                ///< empty: none
    Duration once_per = 24h;             ///< at most one for the same account, cause and subject within this time
    Duration rate_window = 24h;          ///< what rates are taken of; in whole hours
    Duration rate_interval = 5min;       ///< how often rates are looked at
    double bounce_rate = 0.05;           ///< share of bounced among finished mails that makes a notice …
    std::size_t bounce_mails_min = 100;  ///< … of at least so many
    double complaint_rate = 0.003;
    std::size_t complaint_mails_min = 1000;
    std::string operator_email;       ///< whoever runs the platform; empty: troubles are only logged, and stand in the status
    Duration operator_once_per = 6h;  ///< at most one mail to the operator about the same trouble within this time

    bool operator==(const NoticeSettings&) const = default;
};

/// The watch over the domains that mail is sent from (R27).
struct DomainSettings {
    bool watch = true;
    UnsignedMail unsigned_mail = UnsignedMail::platform;  ///< without dkim.platform_domain as `stop`
    Duration grace = 6h;                                  ///< a key that disappears signs on for so long
    Duration look_soon = 5min;  ///< to the next look at a domain that does not sign as it should; then later and later, up to …
    Duration look_min = 30min;  ///< … this, which is also the shortest time between looks at one that does …
    Duration look_max = 6h;     ///< … and this the longest
    std::size_t queries_per_second = 30;
    std::size_t looks_at_once = 64;
    Duration check_every = 24h;  ///< SPF and DMARC of each domain; a twenty-fourth of it while something is wrong

    bool operator==(const DomainSettings&) const = default;
};

/// With more, a lane's share of what a kill may repeat would be less than one mail.
inline constexpr std::size_t lanes_max = 64;

/// The process: its threads, its log and its end.
struct DaemonSettings {
    int lanes = 0;                                   ///< 0: one a core
    std::size_t window = 64;                         ///< mails a lane holds leased at once
    std::size_t window_bytes = 256UL * 1024 * 1024;  ///< what those of all lanes weigh together, about
    Duration stop_deadline = 20s;                    ///< SIGTERM: what is in flight may end until then
    LogFormat log_format = LogFormat::text;
    LogLevel log_level = LogLevel::info;
    LogAddresses log_addresses = LogAddresses::hash;
    Duration log_repeat_period = 1min;              ///< lines that others cause: the first, then once in so long how many
    std::size_t log_bytes_max = 4UL * 1024 * 1024;  ///< lines waiting for a reader; beyond that they are dropped
    Duration log_deadline = 2s;                     ///< the end waits so long for a reader

    bool operator==(const DaemonSettings&) const = default;
};

/// A file that an option names, and that whoever read the settings may not look at; a bare name: a systemd credential, which it
/// is not given.
struct UnseenFile {
    std::string option;
    std::filesystem::path path;

    bool operator==(const UnseenFile&) const = default;
};

/// The platform file as a whole, what all accounts share.
struct Platform {
    std::filesystem::path folder;  ///< of the settings file; relative paths start here
    std::filesystem::path templates = "../templates";
    std::vector<std::string> spf_includes;      ///< first = recommended, the rest still accepted (R26)
    std::vector<std::string> source_addresses;  ///< where receivers see our mail come from
    std::size_t template_bytes_max = 256UL * 1024;
    std::size_t template_depth_max = 16;
    Duration template_load_max = 1s;  ///< one template's lint and load
    std::size_t mail_bytes_max = 25UL * 1024 * 1024;
    IntakeSettings intake;
    QueueSettings queue;
    DeliverySettings delivery;
    DkimSettings dkim;
    DnsSettings dns;
    NoticeSettings notices;
    DomainSettings domains;
    DaemonSettings daemon;
    std::vector<InvoicingMethod> methods = shipped_methods();  ///< the shipped ones first
    std::vector<KindRow> kinds = shipped_kinds();              ///< by Kind
    std::vector<UnseenFile> unseen;                            ///< none if the secrets were `needed` (settings/load.hpp)

    [[nodiscard]] const KindRow& kind(Kind which) const { return kinds[static_cast<std::size_t>(which)]; }

    bool operator==(const Platform&) const = default;
};

/// Who speaks to subscribers in all mail but invoices and receipts.
struct CustomerService {
    std::string id;
    std::string name;  ///< display name of From
    std::string support_email;
    std::string self_service_url;  ///< https; may be empty
    Texts welcome_message;         ///< Markdown (R11)
    WordSet<Login> login{Login::number, Login::email};
    bool mail_on_start = true;
    bool mail_on_stop = true;         ///< stop and cancel
    std::string reply_to;             ///< empty: none
    WordSet<Kind> unsubscribe_kinds;  ///< whose mails carry List-Unsubscribe with one click (RFC 8058)
    std::string unsubscribe_url;      ///< https, with {mail}, {subscriber} and {unit} to be filled in; required for them
    OriginsByKind mail_origins = origins_of(shipped_kinds());  ///< R4; the loader begins with the settings' own rows

    bool operator==(const CustomerService&) const = default;
};

/// A sign-up form, as far as mail depends on it. An event that names none is decided by
/// these defaults (policy/decide.hpp).
struct Form {
    std::string id;
    bool email_required = true;
    bool email_twice = false;
    KnownEmail known_email = KnownEmail::suggest_login;
    bool welcome_mail = true;
    std::vector<Addressee> welcome_to{Addressee::subscriber};
    bool welcome_to_given = false;  ///< whether the settings say it; a gift's default differs (R10)
    bool confirm_first = false;     ///< confirmation mail before activation (R8)

    bool operator==(const Form&) const = default;
};

/// How a unit's mail looks. What cannot be read on white is not used for headings (render).
struct Branding {
    std::string logo_url;                 ///< https; may be empty
    std::string logo_alt;                 ///< empty: the unit's name
    std::string colour = "#1a1a1a";       ///< headings, buttons: #rrggbb
    std::string colour_text = "#ffffff";  ///< on `colour`

    bool operator==(const Branding&) const = default;
};

/// A business unit: a company number with its own invoices. Events name units, and everything about a
/// subscriber's mail hangs on one.
struct Unit {
    std::string id;  ///< unique over the platform: events name it
    std::string account;
    std::string customer_service;
    std::string name;  ///< display name of From of invoices
    Locale language = Locale::da;
    std::vector<Locale> locales;  ///< further ones a subscriber may choose
    std::string time_zone = "Europe/Copenhagen";
    std::string invoice_email;
    std::vector<std::string> methods =
        names_of(shipped_methods());         ///< that it allows; the loader knows the settings' own as well
    std::string preferred_method = "email";  ///< one of them
    CardDocument card_document = CardDocument::at_charge;
    bool card_receipts = true;          ///< R17
    std::string country;                ///< whose law counts (R38), ISO 3166-1; empty: none is known
    SwitchByKind kinds{};               ///< which it mails, where that is said; else KindRow::on, or the law
    std::int64_t triviality_limit = 0;  ///< minor units (Bagatelgrænse)
    Branding branding;
    std::map<std::string, std::string, std::less<>>
        variables;  ///< of its own, for all templates: "cvr" is {{unit.variables.cvr}}

    bool operator==(const Unit&) const = default;
};

/// A customer of the platform: what its units, customer services and forms have in common.
struct Account {
    std::string id;
    std::string email;             ///< R3: never in a subscriber's mail
    std::string contact_email;     ///< not said: the same as `email`; notices go here
    Locale language = Locale::da;  ///< of notices
    CustomerTerm customer_term = CustomerTerm::subscriber;
    RelationTerm relation_term = RelationTerm::subscription;
    bool test_mode = false;  ///< R6
    std::vector<std::string> test_domains;
    std::map<std::string, CustomerService, std::less<>> customer_services;
    std::map<std::string, Form, std::less<>> forms;

    bool operator==(const Account&) const = default;
};

/// One snapshot. The maps are by id; units lie beside the accounts and not in them, since
/// an event names its unit alone.
struct Settings {
    Platform platform;
    std::map<std::string, Account, std::less<>> accounts;
    std::map<std::string, Unit, std::less<>> units;

    /// The unit an event names, or null.
    [[nodiscard]] const Unit* unit(std::string_view id) const;
    /// Those of a unit of this very snapshot; they always exist (the loader checks every reference).
    [[nodiscard]] const Account& account_of(const Unit& unit) const;
    [[nodiscard]] const CustomerService& customer_service_of(const Unit& unit) const;
    /// The form `id` of the unit's account, or null.
    [[nodiscard]] const Form* form_of(const Unit& unit, std::string_view id) const;
    /// Whether the unit mails `kind`: as it says, else as the kind's row does, or because its country's law asks for it (R38).
    [[nodiscard]] bool mails(const Unit& unit, Kind kind) const;
    /// The account `id`, or null.
    [[nodiscard]] const Account* account(std::string_view id) const;
    /// What is in order as far as can be seen here, but should be known: sentences that begin with the option's name.
    [[nodiscard]] std::vector<std::string> notes() const;

    bool operator==(const Settings&) const = default;
};

}  // namespace ilbud
