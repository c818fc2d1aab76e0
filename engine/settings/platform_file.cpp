// Reads the platform file: its tables, and what must hold between its options.
// One function for each table, top to bottom: read, make paths absolute, then judge what the rows cannot see, which is
// how options go together and what lies on the disk. The latter is judged only where everything before it fits, since
// an option in error keeps its default and would be blamed for things nobody wrote.
#include "disk.hpp"
#include "files.hpp"
#include "options.hpp"

namespace ilbud::settings_file {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t socket_path_bytes_max = 107;  // sockaddr_un::sun_path without its zero
// Each has its pool of connections in every lane.
constexpr std::size_t relays_max = 100;

// A path that is too long would only fail at bind(), with a message that names no option.
IntakeSettings read_intake(const Table& table, Disk& disk) {
    IntakeSettings intake;
    read_options(table, intake);
    intake.socket = disk.resolved(intake.socket);
    intake.control = disk.resolved(intake.control);
    intake.attachments = disk.resolved(intake.attachments);
    const auto check_socket = [&](std::string_view option, const fs::path& path) {
        if (path.string().size() > socket_path_bytes_max)
            table.refuse(
                option, "out_of_range",
                "a socket's path has at most " + std::to_string(socket_path_bytes_max) + " bytes, found " + path.string());
        else if (std::error_code unreachable; !path.has_filename() || fs::is_directory(path, unreachable))
            table.refuse(option, "invalid_value", "expected the path of the socket itself, found the folder " + path.string());
    };
    check_socket("socket", intake.socket);
    check_socket("control", intake.control);
    if (intake.socket == intake.control)
        table.refuse("control", "duplicate_name", "expected another path than that of socket, found " + intake.control.string());
    if (!intake.attachments.empty()) disk.check_folder(table, "attachments", intake.attachments);
    disk.check_users(table, "allow_users", intake.allow_users);
    disk.check_groups(table, "allow_groups", intake.allow_groups);
    return intake;
}

// A login that is half set up is refused both ways: a password that is never used hides a mistake
// as well as one that is missing.
void check_login(const Table& table, const Relay& relay) {
    if (relay.auth == AuthMethod::none) {
        if (const auto* option = !relay.user.empty() ? "user" : !relay.password_file.empty() ? "password_file" : nullptr)
            table.refuse(option, "invalid_value", "has no effect while auth is \"none\"; expected auth to be set");
        return;
    }
    if (relay.tls != TlsPolicy::required)  // S32, also towards this very machine
        table.refuse("auth", "invalid_value",
                     "expected tls = \"required\" or tls_from_start = true beside it: passwords travel inside TLS only");
    if (relay.user.empty()) table.refuse("user", "missing_option", "is missing; auth needs it");
    if (relay.password_file.empty()) table.refuse("password_file", "missing_option", "is missing; auth needs it");
}

// Files are looked at last and only beside a sound table: "is no file" about a path from a broken line would mislead.
Relay read_relay(const Table& table, Disk& disk) {
    Relay relay;
    const auto before = table.findings();
    read_options(table, relay);
    require_options<Relay>(table);
    if (relay.tls_from_start) {
        // Said and contradicted is an error; not said, tls_from_start decides (the default of tls is `opportunistic`).
        if (table.has("tls") && relay.tls != TlsPolicy::required)
            table.refuse("tls", "invalid_value", "expected \"required\" or nothing beside tls_from_start");
        relay.tls = TlsPolicy::required;
    }
    relay.ca_file = disk.resolved(relay.ca_file);
    relay.password_file = disk.resolved_secret(relay.password_file);
    if (table.findings() != before) return relay;
    check_login(table, relay);
    if (!relay.ca_file.empty()) disk.check_file(table, "ca_file", relay.ca_file);
    if (!relay.password_file.empty()) disk.check_secret(table, "password_file", relay.password_file);
    return relay;
}

// The finding stands at the option that the kind's own table says, else at that of the table of defaults.
void check_retry(const Table& own, const Table& defaults, std::string_view kind, const RetryPolicy& policy) {
    const auto where = [&](std::string_view option) -> const Table& {
        return own.has(option) || !defaults.has(option) ? own : defaults;
    };
    // Falling waits would try a server more often the longer it refuses.
    if (!std::is_sorted(policy.steps.begin(), policy.steps.end())) {
        where("steps").refuse("steps", "invalid_value", "expected each wait to be at least as long as the one before");
        return;
    }
    // A wait beyond the end would never be waited: whoever wrote it expected an attempt that does not come.
    if (policy.steps.back() <= policy.give_up_after) return;
    const auto* option = own.has("steps") || (!own.has("give_up_after") && defaults.has("steps")) ? "steps" : "give_up_after";
    where(option).refuse(option, "invalid_value",
                         "a wait of " + to_text(policy.steps.back()) + " lies beyond give_up_after of " +
                             to_text(policy.give_up_after) + " (" + std::string(kind) + ')');
}

// Waits that come from the table of defaults and lie beyond the end of a kind that is given up early: they are left out, as nobody
// wrote them for this kind.
void cut_waits(RetryPolicy& policy) {
    std::erase_if(policy.steps, [&policy](Duration wait) { return wait > policy.give_up_after; });
    if (policy.steps.empty()) policy.steps = {policy.give_up_after};
}

// Three layers for each kind, the nearest last: the product's default (settings.hpp), [delivery.retry.default], the
// kind's own table. Policies are read over what is there, so an option not said stays.
void read_retry(const Table& table, std::array<RetryPolicy, kind_count>& retry) {
    std::vector<std::string_view> known{"default"};
    known.insert(known.end(), words<Kind>.begin(), words<Kind>.end());
    read_tables_only(table, known);
    const Table defaults = table.section("default");
    RetryPolicy alone;  // the table of defaults by itself: its findings once, not once a kind
    const auto before = table.findings();
    read_options(defaults, alone);
    if (table.findings() == before) check_retry(defaults, defaults, "default", alone);
    const bool defaults_fit = table.findings() == before;
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
        const Table own = table.section(words<Kind>[kind]);
        if (defaults_fit) read_options(defaults, retry[kind]);
        const auto until_now = table.findings();
        read_options(own, retry[kind]);
        if (!defaults_fit || table.findings() != until_now) continue;
        if (own.has("steps") || own.has("give_up_after"))
            check_retry(own, defaults, words<Kind>[kind], retry[kind]);
        else
            cut_waits(retry[kind]);
    }
}

DeliverySettings read_delivery(const Table& table, Disk& disk) {
    DeliverySettings delivery;
    const auto before = table.findings();
    read_options(table, delivery, {"relay", "deadlines", "brake", "retry"});
    if (table.findings() == before && delivery.relay_pause > delivery.relay_pause_max)
        table.refuse("relay_pause", "out_of_range", "expected at most relay_pause_max, found " + to_text(delivery.relay_pause));
    read_options(table.section("deadlines"), delivery.deadlines);
    read_options(table.section("brake"), delivery.brake);
    read_retry(table.section("retry"), delivery.retry);

    const auto until_now = table.findings();
    const auto relays = table.tables("relay");
    // Not if [[delivery.relay]] stands there as something else, which is told already.
    if (relays.empty() && table.findings() == until_now)
        table.refuse("relay", "missing_option", "expected at least one [[delivery.relay]]");
    else if (relays.size() > relays_max)
        table.refuse("relay", "out_of_range", "expected at most " + std::to_string(relays_max) + " relays");
    FirstSeen names;
    for (const Table& relay : relays) {
        delivery.relays.push_back(read_relay(relay, disk));
        if (const auto& name = delivery.relays.back().name; !name.empty()) claim(names, relay, "name", "relay", name);
    }
    return delivery;
}

// No key file is no mistake: one of the two slots is idle between key changes (R27).
DkimSelector read_selector(const Table& table, Disk& disk) {
    DkimSelector selector;
    const auto before = table.findings();
    read_options(table, selector);
    require_options<DkimSelector>(table);
    selector.key_file = disk.resolved_secret(selector.key_file);
    if (table.findings() == before && !selector.key_file.empty()) disk.check_secret(table, "key_file", selector.key_file);
    return selector;
}

// Two selectors of one name or target would be one slot, and a key change would overwrite the key that signs (R30).
void check_names(const Table& table, const DkimSelector& selector, const DkimSelector& other) {
    if (!selector.name.empty() && selector.name == other.name)
        table.refuse("name", "duplicate_name",
                     "expected another name than that of the other selector, found \"" + other.name + '"');
    if (!selector.target.empty() && selector.target == other.target)
        table.refuse("target", "duplicate_name",
                     "expected another target than that of the other selector, found \"" + other.target + '"');
}

// All three ways are read whichever is chosen, so that changing `publish` later meets no surprise. What is named is
// checked always, what a way needs only where it is the one.
void read_publishing(const Table& table, DkimSettings& dkim, Disk& disk) {
    read_options(table.section("rotation"), dkim.rotation);
    const Table nsupdate = table.section("nsupdate");
    const auto before = table.findings();
    read_options(nsupdate, dkim.nsupdate);
    dkim.nsupdate.program = disk.resolved(dkim.nsupdate.program);
    dkim.nsupdate.key_file = disk.resolved_secret(dkim.nsupdate.key_file);
    const Table hook = table.section("hook");
    read_options(hook, dkim.hook);
    if (table.findings() != before) return;
    if (!dkim.nsupdate.key_file.empty()) disk.check_secret(nsupdate, "key_file", dkim.nsupdate.key_file);
    // Only when it is used: the default path need not exist elsewhere.
    if (dkim.publish == PublishBy::nsupdate)
        disk.check_file(nsupdate, "program", dkim.nsupdate.program, "; the package bind9-dnsutils has it");
    if (!dkim.hook.command.empty() && !fs::path(dkim.hook.command.front()).is_absolute())
        // No search through $PATH: what is run with the right to change DNS is named exactly.
        hook.refuse("command", "invalid_value",
                    "expected the program's absolute path first, found \"" + dkim.hook.command.front() + '"');
    else if (dkim.publish == PublishBy::hook && !dkim.hook.command.empty())
        disk.check_file(hook, "command", dkim.hook.command.front());
    if (dkim.publish == PublishBy::hook && dkim.hook.command.empty())
        hook.refuse("command", "missing_option", "is missing; dkim.publish = \"hook\" needs it");
}

// The selectors come before the table's own options: `active` is a name, and SelectorName looks it up among them.
DkimSettings read_dkim(const Table& table, Disk& disk) {
    DkimSettings dkim;
    const auto before = table.findings();
    const auto selectors = table.tables("selector");
    if (selectors.size() != dkim.selectors.size() && table.findings() == before)
        table.refuse("selector", selectors.size() < dkim.selectors.size() ? "missing_option" : "out_of_range",
                     "expected exactly two [[dkim.selector]], found " + std::to_string(selectors.size()));
    for (std::size_t i = 0; i < std::min(selectors.size(), dkim.selectors.size()); ++i) {
        dkim.selectors[i] = read_selector(selectors[i], disk);
        if (i > 0) check_names(selectors[i], dkim.selectors[i], dkim.selectors[0]);
    }
    read_options(table, dkim, {"selector", "ed25519", "rotation", "nsupdate", "hook"});
    dkim.key_folder = disk.resolved(dkim.key_folder);
    read_publishing(table, dkim, disk);
    if (const auto second = table.table("ed25519")) {
        dkim.ed25519 = read_selector(*second, disk);
        for (const auto& selector : dkim.selectors) check_names(*second, *dkim.ed25519, selector);
        if (dkim.ed25519->key_file.empty()) second->refuse("key_file", "missing_option", "is missing; expected a private key");
    }
    return dkim;
}

DnsSettings read_dns(const Table& table, Disk& disk) {
    DnsSettings dns;
    const auto before = table.findings();
    read_options(table, dns);
    dns.trust_anchor = disk.resolved(dns.trust_anchor);
    if (table.findings() != before) return dns;
    if (dns.ttl_min > dns.ttl_max)
        table.refuse("ttl_min", "out_of_range", "expected at most ttl_max, found " + to_text(dns.ttl_min));
    // A single question could use up the whole check.
    if (dns.deadline > dns.check_deadline)
        table.refuse("deadline", "out_of_range", "expected at most check_deadline, found " + to_text(dns.deadline));
    // The default need not exist; a file that somebody named must.
    if (table.has("trust_anchor") && !dns.trust_anchor.empty()) disk.check_file(table, "trust_anchor", dns.trust_anchor);
    return dns;
}

// look_soon doubles up to look_min and a domain in order waits up to look_max: they only make sense in this order.
DomainSettings read_domains(const Table& table) {
    DomainSettings domains;
    const auto before = table.findings();
    read_options(table, domains);
    if (table.findings() != before) return domains;
    if (domains.look_soon > domains.look_min)
        table.refuse("look_soon", "out_of_range", "expected at most look_min, found " + to_text(domains.look_soon));
    if (domains.look_min > domains.look_max)
        table.refuse("look_min", "out_of_range", "expected at most look_max, found " + to_text(domains.look_min));
    return domains;
}

}  // namespace

Platform read_platform(const Table& file, Disk disk) {
    Platform platform;
    platform.folder = disk.folder();
    // Every table may be absent; section() then stands for an empty one, and required options
    // are told at the table around it.
    read_tables_only(
        file, {"platform", "intake", "queue", "delivery", "dkim", "dns", "domains", "notices", "daemon", "method", "kind"});
    read_options(file.section("platform"), platform);
    platform.templates = disk.resolved(platform.templates);
    platform.intake = read_intake(file.section("intake"), disk);
    const Table queue = file.section("queue");
    read_options(queue, platform.queue);
    platform.queue.folder = disk.resolved(platform.queue.folder);
    platform.delivery = read_delivery(file.section("delivery"), disk);
    platform.dkim = read_dkim(file.section("dkim"), disk);
    platform.dns = read_dns(file.section("dns"), disk);
    read_options(file.section("notices"), platform.notices);
    platform.domains = read_domains(file.section("domains"));
    read_options(file.section("daemon"), platform.daemon);
    platform.methods = read_methods(file);
    platform.kinds = read_kinds(file);
    // A mail is begun only if its session can end before its lease does (DOMAIN R1). Leases are renewed at a quarter of the hold, so
    // three quarters are left at any time: with half as much again as a session takes, that is more than enough.
    const auto hold_least = platform.delivery.deadlines.session * 3 / 2;
    if (platform.queue.lease_hold < hold_least)
        // Here, as a rule between two tables.
        queue.refuse("lease_hold", "out_of_range",
                     "expected at least one and a half times delivery.deadlines.session, " + to_text(hold_least) + ", found " +
                         to_text(platform.queue.lease_hold));
    // What is removed is forgotten: an event that its sender repeats would mail again while its first mail may still be on its way.
    const auto longest = std::ranges::max(platform.delivery.retry, {}, &RetryPolicy::give_up_after).give_up_after;
    if (platform.queue.keep < longest)
        queue.refuse("keep", "out_of_range",
                     "expected at least the longest delivery.retry give_up_after, " + to_text(longest) + ", found " +
                         to_text(platform.queue.keep));
    platform.unseen = std::move(disk).unseen();
    return platform;
}

}  // namespace ilbud::settings_file
