// The options of the platform file, one row each.
// Ranges keep out what can only be a slip (a size in the wrong unit, a duration of no time at all), not what is unwise;
// lower ends are often as short as they are for tests. Where a range has a reason of its own it stands beside the row.
#include "options.hpp"

namespace ilbud::settings_file {
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
constexpr std::size_t gib = 1024 * mib;

// An hour at most: longer would be no deadline any more.
constexpr Span step_deadline{100ms, 1h};

}  // namespace

template <>
const Options<Platform>& options() {
    using P = Platform;
    static const Options<P> all{
        option("templates", &P::templates, a_folder, "Folder of the mail templates."),
        // Ten names are ten look-ups, all that a record may cost (RFC 7208 §4.6.4).
        option("spf_includes", &P::spf_includes, List<Text>{a_dns_name, 0, 10},
               "Names that a customer's SPF record may include for us. The first is the one we recommend, the others are still "
               "accepted."),
        option(
            "source_addresses", &P::source_addresses, List<Text>{an_ip, 0, 64},
            "Addresses that our mail comes from as receivers see it: those of the relays, or of the network they stand in. The "
            "domain check asks whether customers' SPF lets them pass and whether their names lead back to them. A relay's "
            "source_address counts by itself unless it is private."),
        option("template_bytes_max", &P::template_bytes_max, Size{1 * kib, 4 * mib}, "Largest template file."),
        option("template_depth_max", &P::template_depth_max, Count{1, 64, "levels"},
               "Deepest nesting of sections and partials in a template."),
        // Some templates take mstch seconds (FACTS); measured at load, where it is an error and not a late mail.
        option("template_load_max", &P::template_load_max, Span{10ms, 1min}, "Longest time the check of one template may take."),
        option("mail_bytes_max", &P::mail_bytes_max, Size{64 * kib, 100 * mib}, "Largest mail, attachments included."),
    };
    return all;
}

template <>
const Options<IntakeSettings>& options() {
    using I = IntakeSettings;
    static const Options<I> all{
        option("socket", &I::socket, a_file, "Local socket that takes events, one line of JSON each."),
        option("control", &I::control, a_file, "Local socket for `ilbud status` and `ilbud reload`."),
        option("allow_users", &I::allow_users, List<Text>{a_line, 0, 100},
               "System users who may connect, besides root and the user the daemon runs as."),
        option("allow_groups", &I::allow_groups, List<Text>{a_line, 0, 100}, "System groups whose members may connect."),
        option("event_bytes_max", &I::event_bytes_max, Size{1 * kib, 64 * mib}, "Largest event."),
        // 64 is S21. An invoice with lines nests five deep (event, data, invoice, lines, line).
        option("depth_max", &I::depth_max, Count{4, 64, "levels"}, "Deepest nesting of an event's JSON."),
        option(
            "connections_max", &I::connections_max, Count{1, 10'000, "connections"},
            "Connections of senders open at once. A further one takes the place of the one that has been idle longest, of that "
            "user who has most; one that is owed an answer keeps its place, and every user keeps an equal share. Nobody idle: "
            "it is told `busy`."),
        // Apart from those of the senders: `ilbud status` must get through whatever they do.
        option("control_connections_max", &I::control_connections_max, Count{1, 1'000, "connections"},
               "The same for the control socket."),
        option(
            "leaving_max", &I::leaving_max, Count{0, 10'000, "connections"},
            "Connections that were told why they have to go (`busy`, `not_allowed`) and stay open for leaving_deadline, so that "
            "a client that is still writing can read it, and one that comes back at once does not come any sooner; of more the "
            "first ones are closed. Fewer where the limit of file descriptors is low; of the control socket as many as it has "
            "connections."),
        option("leaving_deadline", &I::leaving_deadline, Span{0s, 1min}, "How long these stay open at most."),
        // More lines share one sync of the disk, and the first of them waits longer for its answer.
        option("batch_max", &I::batch_max, Count{1, 10'000, "lines"}, "Lines of one connection that go into one commit."),
        option("line_deadline", &I::line_deadline, Span{100ms, 10min}, "A line once begun must end within this time."),
        option("write_deadline", &I::write_deadline, Span{100ms, 10min},
               "A client that reads none of its answers for this long is dropped."),
        // No default on purpose: until somebody names a folder, no event can make the daemon read a file.
        option("attachments", &I::attachments, a_folder.or_empty(),
               "Folder below which attachments lie that an event names by path. Empty: none, and mails of such events wait for "
               "one."),
        option("attachment_bytes_max", &I::attachment_bytes_max, Size{1 * kib, 64 * mib}, "Largest attachment."),
        // Less than daemon.stop_deadline by default; a thread that has not come back by then is left behind.
        option("attachment_deadline", &I::attachment_deadline, Span{10ms, 10min},
               "A file must be read within this time, or its mail waits for the next attempt; other mails go on meanwhile."),
    };
    return all;
}

template <>
const Options<QueueSettings>& options() {
    using Q = QueueSettings;
    static const Options<Q> all{
        option("folder", &Q::folder, a_folder, "Folder of the queue: events, mails and the log of what became of them."),
        option("mails_max", &Q::mails_max, Count{1, 1'000'000'000, "mails"},
               "With so many mails waiting, new events are answered `busy`."),
        // Room that the store needs to finish what was accepted: its write-ahead log grows before it shrinks.
        option("disk_free_min", &Q::disk_free_min, Size{0, 1024 * gib},
               "With less free space on the disk, new events are answered `busy`."),
        option("commit_operations_max", &Q::commit_operations_max, Count{1, 10'000, "operations"},
               "A commit takes up to so many operations together, or waits commit_wait for more, whichever is first."),
        // Latency against syncs; with 0 a commit takes what is there.
        option("commit_wait", &Q::commit_wait, Span{0s, 1s},
               "How long a commit waits for more operations; a lone one does not wait."),
        option("lease_hold", &Q::lease_hold, Span{1s, 24h},
               "A mail taken for sending is taken again if its lane did not say for so long that it works on it. At least one "
               "and a half times delivery.deadlines.session."),
        option(
            "absence_max", &Q::absence_max, Span{1h, 24h * 3660},
            "How long the machine may have been off for its clock to be believed at the next start. After a longer absence it is "
            "taken to have leapt: no mail grows old by it, and nothing is removed for a day."),
        option("keep", &Q::keep, Span{1h, 24h * 3660},
               "How long finished events and mails stay as the log. An event that comes again is known for as long. Not shorter "
               "than "
               "the longest give_up_after of delivery.retry."),
        // Removing holds up accepting: small batches let it in between.
        option("prune_batch", &Q::prune_batch, Count{1, 10'000, "rows"}, "Finished rows removed in one go."),
        // None may be 0, so that no class ever starves.
        option("class_weights", &Q::class_weights, List<Count>{{1, 1000, ""}, urgency_count, urgency_count, false},
               "Shares of the three classes while all have mails waiting: confirmations; welcome, stopped, cancelled, "
               "receipt and notices; invoices."),
    };
    return all;
}

template <>
const Options<DeliverySettings>& options() {
    using D = DeliverySettings;
    static const Options<D> all{
        // RFC 5321 §4.1.1.1 wants the client's fully qualified name; which one that is depends on where the machine
        // stands, so it is not guessed any further.
        option("helo_name", &D::helo_name, a_host_name.or_empty(),
               "Name this machine tells relays in EHLO. Empty: its host name."),
        // Some relays look at a message for seconds before they answer its dot; a shorter patience would send mail past them.
        option("relay_patience", &D::relay_patience, Span{100ms, 1h},
               "A relay that does not take a connection for so long counts as down. While another one is well, it gets what a "
               "relay has not answered for so long, unless its content is out."),
        // One connection a lane each time, which carries no mail.
        option("relay_probe", &D::relay_probe, Span{100ms, 1h}, "A relay that cannot be reached is tried again so often."),
        // One may be about a recipient or a mail; several in a row are about us, or the relay.
        option("relay_refusals", &D::relay_refusals, Count{1, 1000, "mails"},
               "After so many mails in a row that a relay did not take, and not for their recipients' sake, it is left out while "
               "another one is well."),
        // platform_file.cpp holds it below relay_pause_max.
        option(
            "relay_pause", &D::relay_pause, Span{100ms, 1h},
            "A relay that takes no mail of ours (login, account, refusals in a row) is left out for so long, twice as long each "
            "time it fails again …"),
        option("relay_pause_max", &D::relay_pause_max, Span{100ms, 24h}, "… up to this."),
        // S33. RFC 5321 §4.5.3.1.5 gives a reply line 512 octets, but no limit to the number of lines.
        option("reply_bytes_max", &D::reply_bytes_max, Size{1 * kib, 1 * mib},
               "Largest reply of a relay; a larger one ends the session. Until a session is open libcurl reads them, and takes "
               "about 150 lines, or fewer if they are long."),
    };
    return all;
}

// RFC 5321 §4.5.3.2 has a least time for each step; but for connect, which is several steps in one, those are the
// defaults. Shorter ones are allowed, for relays of one's own that answer at once.
template <>
const Options<DeliveryDeadlines>& options() {
    using D = DeliveryDeadlines;
    static const Options<D> all{
        option("connect", &D::connect, step_deadline, "TCP, TLS, greeting, EHLO and AUTH together."),
        option("mail", &D::mail, step_deadline, "Reply to MAIL FROM."),
        option("recipient", &D::recipient, step_deadline, "Reply to RCPT TO."),
        option("data", &D::data, step_deadline, "Reply to DATA."),
        option("block", &D::block, step_deadline, "No progress in sending the content."),
        // The one that must not be cut short lightly (§4.5.3.2.6): after it a server may have taken the mail, and
        // the next attempt makes it two.
        option("final_dot", &D::final_dot, step_deadline, "Reply to the end of the content."),
        // Only politeness: what was delivered is delivered.
        option("quit", &D::quit, Span{10ms, 5min}, "Reply to QUIT."),
        option("session", &D::session, Span{100ms, 24h}, "One mail in total."),
        option("idle", &D::idle, Span{10ms, 1h}, "An unused session is then closed with QUIT."),
    };
    return all;
}

template <>
const Options<BrakeSettings>& options() {
    using B = BrakeSettings;
    static const Options<B> all{
        option("suppressed_max", &B::suppressed_max, Count{1, 1'000'000, "addresses"},
               "So many addresses of an account may be suppressed within `within`, whatever share of its mail that is; and above "
               "it …"),
        // Suppressed are among those that ended, so a share of 1 is never passed.
        option("share_max", &B::share_max, Number{0.001, 1},
               "… as long as they are no more than this share of the mails that came to an end. 1: the brake is off."),
        option("within", &B::within, Span{1min, 24h}, "The time that is looked at, until now."),
    };
    return all;
}

template <>
const Options<RetryPolicy>& options() {
    using R = RetryPolicy;
    static const Options<R> all{
        // RFC 5321 §4.5.4.1 speaks of 30 minutes between attempts and of giving up after 4 to 5 days; a confirmation or
        // a receipt is of no use so late, and a relay of one's own is not strained by the first short waits.
        option("steps", &R::steps, List<Span>{{100ms, 24h * 7}, 1, 50, false},
               "Waits between attempts, none shorter than the one before; the last one repeats."),
        option("give_up_after", &R::give_up_after, Span{1s, 24h * 30},
               "Time since the event was accepted after which a mail expires."),
        // Without it all mails that one outage held up would come back in the same second.
        option("jitter", &R::jitter, Number{0, 0.5}, "Share by which each wait varies at random, both ways."),
    };
    return all;
}

template <>
const Options<Relay>& options() {
    using R = Relay;
    static const Options<R> all{
        // The order of the relays is that of preference; the name only tells them apart.
        required(option("name", &R::name, an_id, "Name in logs.")),
        required(option("host", &R::host, a_host, "Where the relay is.")),
        // 25 between servers, 587 to submit (RFC 6409), 465 with TLS from the start (RFC 8314 §3).
        option("port", &R::port, Count{1, 65535, ""}, "TCP port: 25, 587, or 465 with tls_from_start."),
        option("tls", &R::tls, Word<TlsPolicy>{},
               "`required` verifies the certificate and never falls back; `opportunistic` takes what is offered; `none` stays in "
               "the clear."),
        option("tls_from_start", &R::tls_from_start, Flag{}, "TLS from the first byte (SMTPS); then tls counts as `required`."),
        option("ca_file", &R::ca_file, a_file.or_empty(), "Certificates (PEM) to trust. Empty: the system's."),
        option("auth", &R::auth, Word<AuthMethod>{},
               "How to log in. Any but `none` needs user, password_file and TLS that is required."),
        option("user", &R::user, a_line.or_empty(), "Who logs in."),
        // A file and never a value in the settings: those are printed, compared and copied (S27).
        option("password_file", &R::password_file, a_file.or_empty(),
               "File with the password, for xoauth2 with the token: mode 0600, no symbolic link. A name without '/' is looked "
               "for in "
               "$CREDENTIALS_DIRECTORY first."),
        option("source_address", &R::source_address, an_ip.or_empty(), "Local address to send from. Empty: the system's choice."),
        option("connections_max", &R::connections_max, Count{1, 10'000, "connections"},
               "Connections open at once, over all lanes."),
        // Some servers end long sessions themselves, with a 421 in the middle of a mail.
        option("mails_per_session", &R::mails_per_session, Count{0, 1'000'000, "mails"},
               "Then QUIT and a new session; 0: no limit."),
        option("pipelining", &R::pipelining, Flag{}, "Send commands together where the relay offers it (RFC 2920)."),
    };
    return all;
}

template <>
const Options<DkimSelector>& options() {
    using K = DkimSelector;
    static const Options<K> all{
        required(option("name", &K::name, a_selector, "The part before ._domainkey in the customer's DNS.")),
        // The record lies in the platform's own zone, hence keys change without the customer (R27).
        required(
            option("target", &K::target, a_dns_name, "Where the customer's CNAME points; the public key is published there.")),
        option(
            "key_file", &K::key_file, a_file.or_empty(),
            "Private key (PEM): mode 0600, no symbolic link; `ilbud dkim new-key` makes one. A name without '/' is looked for in "
            "$CREDENTIALS_DIRECTORY first. Empty: the slot is idle."),
    };
    return all;
}

namespace {

// `active` is told by name; the selectors are read before it.
// Not one of values.hpp: it reads one member and writes another. An error leaves the first selector active.
struct SelectorName {
    [[nodiscard]] static std::string allowed() { return "the name of one of the two selectors"; }
    static Result<void> read(const Node& node, DkimSettings& into) {
        const auto* name = node.as<std::string>();
        if (name == nullptr) return unexpected("wrong_type", allowed(), node);
        for (std::size_t i = 0; i < into.selectors.size(); ++i) {
            // A selector that could not be read has an empty name, which nothing may match.
            if (into.selectors[i].name != *name || name->empty()) continue;
            into.active = static_cast<int>(i);
            return {};
        }
        return unexpected("unknown_reference", allowed(), node,
                          "they are " + listed({into.selectors[0].name, into.selectors[1].name}));
    }
    [[nodiscard]] static std::string show(const DkimSettings& from) {
        return toml_text(from.selectors[static_cast<std::size_t>(from.active)].name);
    }
};

}  // namespace

template <>
const Options<DkimSettings>& options() {
    using D = DkimSettings;
    static const Options<D> all{
        row<D>("active", std::identity{}, SelectorName{},
               "The selector whose key_file signs. The default is the first. Active and key_file count until keys are changed by "
               "`ilbud dkim`; from then on the queue knows which key signs, and key files that have retired can go."),
        // S13: x= (RFC 6376 §3.5) must not pass while the mail is still on its way; receivers check late, too.
        option("valid_beyond_retry", &D::valid_beyond_retry, Span{1s, 24h * 365},
               "A signature expires so long after the last possible attempt."),
        option(
            "sign_together", &D::sign_together, Count{1, 64, "mails"},
            "Mails that a lane signs together while many are due. Processors with AVX-512 IFMA make eight RSA-2048 signatures at "
            "once, by code of our own that checks each one; below 4 OpenSSL makes them one by one."),
        option("key_folder", &D::key_folder, a_folder,
               "Folder for the private keys that a key change makes; the daemon must be able to write there."),
        // `manual` is the default, as it needs no right to change anything.
        option("publish", &D::publish, Word<PublishBy>{},
               "How a new key's record gets into the DNS: `manual` shows it and waits until it is there, `nsupdate` sends a "
               "dynamic update, `hook` runs a command."),
        option(
            "platform_domain", &D::platform_domain, a_dns_name.or_empty(),
            "Our own domain, which signs mail of domains that show none of our keys (domains.unsigned). Both keys stand under it "
            "at <selector>._domainkey, as at the customers' domains; so it is best the one whose names are the selectors' "
            "targets. "
            "Empty: there is none."),
        option(
            "sign_twice", &D::sign_twice, Word<SignTwice>{},
            "When dkim.platform_domain signs a mail beside its own domain: `grace`, while the domain's key is gone from its DNS "
            "(domains.grace), so that receivers find one signature that they can check; `always`, as Yahoo's feedback loop wants "
            "it "
            "for a domain of ours, at the price of one more RSA signature a mail; `never`."),
    };
    return all;
}

template <>
const Options<DnsSettings>& options() {
    using D = DnsSettings;
    static const Options<D> all{
        // Addresses only: a name would have to be asked for first.
        option("servers", &D::servers, List<Text>{a_dns_server, 0, 10},
               "Servers to ask, which answer for every name. Empty: those of /etc/resolv.conf, and where it names none, from "
               "the root downwards."),
        option("deadline", &D::deadline, Span{100ms, 1min},
               "A question without an answer so long after it was asked has failed. Before, it waits for its turn, a minute at "
               "most."),
        // Half a second at least: a check of several dependent questions has no chance in less.
        option(
            "check_deadline", &D::check_deadline, Span{500ms, 5min},
            "All questions of one domain check, or of one SPF evaluation, together. What a check's wait for their turn does not "
            "count."),
        // Debian's package dns-root-data has this file; without it answers are as good as the way to the server.
        option(
            "trust_anchor", &D::trust_anchor, a_file.or_empty(),
            "Keys of the root zone, to validate answers with DNSSEC; a forged answer then counts as a failure. The servers "
            "must pass signatures on, and must not make up names that the root does not know. Empty, or no such default: answers "
            "are taken as they come."),
        option("cache_bytes", &D::cache_bytes, Size{64 * kib, 1 * gib}, "Memory for answers."),
        // A minimum above 0 goes against the zone's owner, who asked for less.
        option("ttl_min", &D::ttl_min, Span{0s, 1h}, "An answer counts as fresh for its TTL, but at least for this long …"),
        option("ttl_max", &D::ttl_max, Span{1s, 24h * 7}, "… and at most for this long."),
        // Short: people publish a record and look at once whether it is there. RFC 2308 §5 lets a
        // negative answer live for hours.
        option("negative_ttl_max", &D::negative_ttl_max, Span{1s, 24h},
               "That a name or record does not exist counts for at most this long."),
        // 512 is what every server gets through (RFC 1035 §4.2.1), 64 KiB what a DNS message can be at all.
        option("answer_bytes_max", &D::answer_bytes_max, Size{512, 64 * kib}, "Largest answer; a larger one has failed."),
        option("aliases_max", &D::aliases_max, Count{1, 11, "names"}, "CNAMEs followed one after the other."),
        option("questions_max", &D::questions_max, Count{1, 10'000, "questions"},
               "Questions under way at once; more have to wait."),
        // Public resolvers answer those who ask too fast with errors, which would look like a customer's broken DNS.
        option("queries_per_second", &D::queries_per_second, Count{1, 100'000, "questions"},
               "Questions asked a second on average, and at most so many at a stroke; more have to wait."),
        option("check_questions_max", &D::check_questions_max, Count{30, 10'000, "questions"},
               "Questions of one domain check; what it would ask beyond that counts as failed."),
        option("checks_at_once", &D::checks_at_once, Count{1, 1'000, "domains"},
               "Domains that `ilbud domain check --all` looks at side by side."),
    };
    return all;
}

template <>
const Options<DomainSettings>& options() {
    using D = DomainSettings;
    static const Options<D> all{
        // The names of the exception are those of RFC 2606 and RFC 6761: asking the root
        // for them is of no use to anyone.
        option(
            "watch", &D::watch, Flag{},
            "Look in the DNS which of our keys each domain shows, and sign by that. Otherwise every domain is signed by its own "
            "name with the active selector. Names that are in no public DNS (.example, .test, .invalid, .localhost, example.com, "
            "example.net, example.org) are watched only where dns.servers names a server."),
        // Neither value sends unsigned mail: that is a promise and no setting (DESIGN §1).
        option("unsigned", &D::unsigned_mail, Word<UnsignedMail>{},
               "Mail of a domain that shows none of our keys: `platform` signs it by dkim.platform_domain, `stop` lets it wait "
               "in the "
               "queue until the domain is in order or the mail expires. Without dkim.platform_domain, `platform` is as `stop`."),
        // A record may be gone for hours while somebody moves a zone.
        option(
            "grace", &D::grace, Span{0s, 24h * 14},
            "A key that was seen and is gone from a domain's DNS signs on for so long; then `unsigned` applies and the account's "
            "contact is told."),
        option(
            "look_soon", &D::look_soon, Span{1s, 24h},
            "A domain that does not show what it should is looked at again after so long, then after twice as long each time …"),
        option("look_min", &D::look_min, Span{1s, 24h},
               "… up to this. A domain in order is looked at when the TTL of its records is over, but not sooner than this …"),
        option("look_max", &D::look_max, Span{1s, 24h * 7}, "… nor later than this."),
        option("queries_per_second", &D::queries_per_second, Count{1, 10'000, "questions"},
               "Questions to the DNS for these looks, on average and at most at a stroke."),
        option("looks_at_once", &D::looks_at_once, Count{1, 10'000, "domains"}, "Domains being looked at at the same time."),
        option("check_every", &D::check_every, Span{1min, 24h * 30},
               "SPF and DMARC of each domain are evaluated so often, and twenty-four times as often while something is wrong or "
               "the DNS "
               "does not answer. The account's contact is told when a record that let our mail pass no longer does, and when it "
               "does "
               "again."),
    };
    return all;
}

template <>
const Options<DaemonSettings>& options() {
    using D = DaemonSettings;
    static const Options<D> all{
        // More lanes than cores gain nothing: what a lane does itself is work for a processor.
        option("lanes", &D::lanes, Count{0, lanes_max, "threads"}, "Threads that write and send mails; 0: one a core."),
        // Bounds memory: a lane holds so many mails, whatever the backlog.
        option("window", &D::window, Count{1, 10'000, "mails"}, "Mails a lane has in hand at once."),
        // Each lane has its share, and one mail at least, whatever that weighs.
        option("window_bytes", &D::window_bytes, Size{1 * mib, 64 * gib},
               "With mails in hand that weigh so much together, events and letters, the lanes take no more; all lanes together."),
        // Should be below systemd's TimeoutStopSec, which kills what is left.
        option("stop_deadline", &D::stop_deadline, Span{0s, 10min},
               "After SIGTERM, mails on their way may arrive within this time."),
        option("log_format", &D::log_format, Word<LogFormat>{}, "Form of a log line."),
        option("log_level", &D::log_level, Word<LogLevel>{}, "Least that is logged."),
        // Both follow a mail by its id; addresses themselves are what a log must not give away when it is passed on.
        option("log_addresses", &D::log_addresses, Word<LogAddresses>{},
               "Addresses in log lines, a relay's words among them: `hash` writes addr:… instead, the same for the same address "
               "in every line and after every start, by a key that lies in the queue; `plain` writes them as they are."),
        option("log_repeat_period", &D::log_repeat_period, Span{0s, 24h},
               "A line that somebody outside can cause again and again (a client that is refused, an event that is wrong) is "
               "written at once the first time; then they are counted, and `log.repeated` tells their number once in so long. "
               "0s: every line is written."),
        // Half of it gathers while the other half is being written.
        option("log_bytes_max", &D::log_bytes_max, Size{64 * kib, 1 * gib},
               "Memory for log lines that wait until standard error takes them. Lines beyond that are dropped, and `log.dropped` "
               "says how many."),
        option("log_deadline", &D::log_deadline, Span{0s, 1min},
               "At its end the daemon waits so long for standard error to take the last lines."),
    };
    return all;
}

}  // namespace ilbud::settings_file
