// A key file without a daemon: for the first installation, and for keys that another
// program publishes. The record is made from the key that was just read back from its PEM,
// so what is printed is what the daemon will sign with.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/secret.hpp"
#include "ilbud/settings/load.hpp"
#include "ilbud/sign/sign.hpp"

namespace ilbud {

namespace {

// With the root's dot, so that the line means the same in every zone file. Relative is only what was given so: a selector
// without a domain, or a target of one label, for whoever pastes it into a zone of their own.
std::string record_name(const NewKeyOptions& options) {
    auto name = options.target;
    if (name.empty()) name = options.selector + "._domainkey" + (options.domain.empty() ? "" : "." + options.domain);
    const bool whole = options.target.empty() ? !options.domain.empty() : name.find('.') != std::string::npos;
    return whole && !name.ends_with('.') ? name + '.' : name;
}

// What the settings call the selector's record, where neither target nor domain is typed: for a first key there are settings as a
// rule, and a name that is typed a second time may be another one.
std::string target_in_settings(const CommonOptions& common, const std::string& selector) {
    const auto platform = find_platform(common.config);
    if (!platform) return {};
    for (const auto& one : platform->dkim.selectors)
        if (one.name == selector) return one.target;
    return {};
}

// A key whose record cannot stand in the DNS, or not under that name, is found out weeks later.
Result<void> check_names(const NewKeyOptions& options) {
    const auto refused = [](const char* option, const char* expected, const std::string& found) {
        return Error{"invalid_value", option, std::string("expected ") + expected + ", found \"" + found + '"'};
    };
    if (!is_dkim_selector(options.selector))
        return refused("--selector", "a DKIM selector of letters, digits, hyphens and dots", options.selector);
    if (!options.domain.empty() && !is_dns_name(options.domain)) return refused("--domain", "a name in the DNS", options.domain);
    // One label is relative to the zone it is pasted into.
    if (!options.target.empty() && !is_dns_name(options.target) && !is_dkim_selector(options.target))
        return refused("--target", "a name in the DNS", options.target);
    return {};
}

}  // namespace

// In this order: make, read back, write, tell. A key that cannot be read back is never written, and a record is
// never shown for a key that is not on disk.
int new_key_command(const CommonOptions& common, NewKeyOptions options) {
    if (const auto fit = check_names(options); !fit) return refuse({fit.error()}, common.json);
    if (options.target.empty() && options.domain.empty()) options.target = target_in_settings(common, options.selector);
    const auto name = record_name(options);
    const auto pem = options.algorithm == "rsa" ? new_rsa_key(options.bits) : new_ed25519_key();
    if (!pem) return refuse({pem.error()}, common.json);
    const auto key = SigningKey::from_pem(*pem, options.selector);
    if (!key) return refuse({key.error()}, common.json);
    // write_secret refuses an existing file and makes it 0600 (S14); the private key appears nowhere else.
    if (const auto written = write_secret(options.out, *pem); !written) return refuse({written.error()}, common.json);
    std::string out;
    if (common.json) {
        JsonWriter(out)
            .begin_object()
            .field("file", options.out.string())
            .field("selector", options.selector)
            .field("name", name)
            .field("record", key->dns_record())
            .field("zone", zone_line(name, key->dns_record()))
            .end_object();
        out += "\n";
    } else {
        // The record is what has to be done next, so it is not left to be looked up.
        out = "private key written to " + options.out.string() + " (mode 0600)\n\nPublish this TXT record:\n\n" +
              zone_line(name, key->dns_record()) + "\n";
    }
    print(out);
    return 0;
}

}  // namespace ilbud
