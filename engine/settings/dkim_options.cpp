// The options of key changes, one row each.
// The lower ends of the durations are short for tests of whole key changes; the defaults in settings.hpp
// are what a platform should use.
#include "options.hpp"

namespace ilbud::settings_file {

template <>
const Options<KeyRotationSettings>& options() {
    using K = KeyRotationSettings;
    static const Options<K> all{
        option("automatic", &K::automatic, Flag{}, "Change the signing key by itself when it is as old as `age`."),
        option("age", &K::age, Span{1s, 24h * 3660}, "Age at which a signing key is changed."),
        // RFC 8463 is of 2018, and verifiers that do not know it pass over the signature.
        option("algorithm", &K::algorithm, Word<KeyType>{},
               "Of new keys. Not all receivers check Ed25519 yet: use it for a slot only if you know yours do."),
        // RFC 8301 §3.2: signers should use 2048 at least, and verifiers need not check more than 4096.
        option("bits", &K::bits, Count{2048, 4096, "bits"}, "Size of new RSA keys."),
        // One look could be answered from one cache; two at least, at different times.
        option("looks", &K::looks, Count{2, 100, "looks"},
               "A new key must be seen by so many looks, spread over its record's TTL, before it may sign."),
        option("wait_min", &K::wait_min, Span{0s, 24h * 30}, "A new key is published at least so long before it signs."),
        // Zero waits for nobody.
        option("patience", &K::patience, Span{0s, 24h * 365},
               "Domains that do not show the new key are waited for so long. Then the others follow, and these stay with the old "
               "key, which is kept for them."),
        option("retry", &K::retry, Span{100ms, 24h}, "Time between two attempts to publish a record."),
        option("look_interval", &K::look_interval, Span{100ms, 24h * 7},
               "Time between two looks at a record that is in use or awaited."),
        option("stuck_after", &K::stuck_after, Span{1s, 24h * 90}, "A key change that gets no further for so long is told."),
    };
    return all;
}

template <>
const Options<NsupdateSettings>& options() {
    using N = NsupdateSettings;
    static const Options<N> all{
        option("program", &N::program, a_file, "The program nsupdate, of the package bind9-dnsutils."),
        option("server", &N::server, a_host.or_empty(),
               "Server that takes updates. Empty: the primary that the zone's SOA names."),
        option("port", &N::port, Count{1, 65535, ""}, "Its port."),
        option("zone", &N::zone, a_dns_name.or_empty(), "Zone of the selectors' targets. Empty: nsupdate finds it."),
        // Read by nsupdate itself; here it is only checked, as any secret.
        option("key_file", &N::key_file, a_file.or_empty(),
               "TSIG key as `tsig-keygen` writes it: mode 0600, no symbolic link. A name without '/' is looked for in "
               "$CREDENTIALS_DIRECTORY first. Empty: updates are not signed."),
        // Also what a retired or mistaken record costs in time.
        option("ttl", &N::ttl, Span{1s, 24h}, "Lifetime of the record in caches, in whole seconds."),
        option("deadline", &N::deadline, Span{100ms, 10min}, "An update must be done within this time."),
    };
    return all;
}

template <>
const Options<PublishHookSettings>& options() {
    using H = PublishHookSettings;
    static const Options<H> all{
        // A list and not a line for a shell: nothing in a record can be taken for a command.
        option("command", &H::command, List<Text>{a_line, 0, 50},
               "Program (an absolute path) and arguments. It learns what to publish from $ILBUD_DKIM_ACTION (`publish` or "
               "`withdraw`), $ILBUD_DKIM_SELECTOR, $ILBUD_DKIM_NAME, $ILBUD_DKIM_RECORD and $ILBUD_DKIM_ZONE_LINE, and the same "
               "as JSON from standard input; exit status 0 says that it is done. It may be run again for the same record."),
        option("deadline", &H::deadline, Span{100ms, 1h}, "It is ended after this time."),
    };
    return all;
}

}  // namespace ilbud::settings_file
