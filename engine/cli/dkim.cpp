#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/secret.hpp"
#include "ilbud/sign/sign.hpp"

namespace ilbud {

int new_key_command(const CommonOptions& common, const NewKeyOptions& options) {
    auto name = options.target;
    if (name.empty()) name = options.selector + "._domainkey" + (options.domain.empty() ? "" : "." + options.domain);
    const auto pem = options.algorithm == "rsa" ? new_rsa_key(options.bits) : new_ed25519_key();
    if (!pem) return refuse({pem.error()}, common.json);
    const auto key = SigningKey::from_pem(*pem, options.selector);
    if (!key) return refuse({key.error()}, common.json);
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
        out = "private key written to " + options.out.string() + " (mode 0600)\n\nPublish this TXT record:\n\n" +
              zone_line(name, key->dns_record()) + "\n";
    }
    print(out);
    return 0;
}

}  // namespace ilbud
