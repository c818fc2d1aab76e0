// As few settings as the bench needs: whatever is not said is the product's default, and so is what is
// measured. Folders are relative to the file, which lies in the run's private folder.
#include "settings_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "generate.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud::bench {

std::optional<std::string> missing_templates(const std::filesystem::path& folder) {
    std::error_code unreachable;  // is as good as absent
    if (std::filesystem::is_directory(folder, unreachable)) return std::nullopt;
    return folder.string() + " is no folder of templates: say where they are with --templates DIR";
}

std::string platform_settings(const DaemonOptions& options) {
    std::string text = "[platform]\ntemplates = \"" + options.templates.string() + "\"\n\n";
    text += "[intake]\nsocket = \"run/events.sock\"\ncontrol = \"run/control.sock\"\n\n";
    text += "[queue]\nfolder = \"queue\"\n\n";
    text += "[daemon]\nlanes = " + std::to_string(options.lanes) + "\nlog_level = \"" + std::string(to_word(options.log_level)) +
            "\"\n\n";
    text += "[delivery]\nhelo_name = \"bench.ilbud.example\"\n";
    text += "[[delivery.relay]]\nname = \"sink\"\nhost = \"" + options.relay_host +
            "\"\nport = " + std::to_string(options.relay_port) + "\ntls = " +
            // With a certificate TLS is required, not tried: a handshake that fails must fail the run (S29).
            (options.relay_ca.empty() ? "\"none\"" : "\"required\"\nca_file = \"" + options.relay_ca.string() + "\"") +
            "\nconnections_max = " + std::to_string(options.connections) + "\n\n";
    if (options.short_retry) {
        text += "[delivery.retry.default]\nsteps = [\"1s\"]\n";
        // Each kind by name, since kinds have retry steps of their own besides the default.
        for (const auto kind : words<Kind>) text += "[delivery.retry." + std::string(kind) + "]\nsteps = [\"1s\"]\n";
    }
    text += "\n[dkim]\nactive = \"bench1\"\n";
    // Two selectors are what settings must have (R27); the second one never signs here.
    for (const std::string slot : {"bench1", "bench2"})
        text += "[[dkim.selector]]\nname = \"" + slot + "\"\ntarget = \"" + slot +
                "._domainkey.platform.example\"\nkey_file = \"" + slot + ".pem\"\n";
    if (options.ed25519)
        text += "[dkim.ed25519]\nname = \"ed\"\ntarget = \"ed._domainkey.platform.example\"\nkey_file = \"ed.pem\"\n";
    return text;
}

// A welcome message of some length with a list and a link in both languages, as customers write them: it is
// part of what a welcome mail costs to render (R11).
std::string account_settings(std::size_t units) {
    std::string text = R"([account]
id = "bench"
email = "drift@platform.example"

[[customer_service]]
id = "kundeservice"
name = "Dagbladet Eksempel Kundeservice"
support_email = "kundeservice@dagbladet.example"
self_service_url = "https://selvbetjening.dagbladet.example/"

[customer_service.welcome_message]
da = """
# Velkommen til avisen

Tak fordi du holder avis hos os. Avisen ligger hos dig senest **kl. 6.30** på hverdage og kl. 8 i weekenden. På
[Min side](https://selvbetjening.dagbladet.example/) kan du sætte leveringen i bero, ændre adresse og se dine fakturaer.

- Læs e-avisen fra kl. 22 aftenen før
- Del abonnementet med din husstand
- Hør vores podcast og løs dagens krydsord
"""
en = """
# Welcome

Thank you for subscribing. Your paper arrives by **6.30** on weekdays and by 8 at weekends. On
[My page](https://selvbetjening.dagbladet.example/) you can pause the delivery, change your address and see your invoices.

- Read tomorrow's paper from 10 pm
- Share the subscription with your household
- Listen to our podcast and solve today's crossword
"""

)";
    // All units are alike but for their ids; English is offered besides the default language.
    for (const auto& unit : bench_units(units)) {
        text += "[[unit]]\nid = \"" + unit.id + "\"\nname = \"Dagbladet Eksempel A/S\"\nlocales = [\"en\"]\n";
        text +=
            "invoice_email = \"faktura@dagbladet.example\"\n[unit.branding]\nlogo_url = "
            "\"https://static.dagbladet.example/logo.png\"\n";
        text += "colour = \"#1f3c88\"\n\n";
    }
    return text + "[[form]]\nid = \"web\"\n\n[[form]]\nid = \"" + std::string(confirming_form) + "\"\nconfirm_first = true\n";
}

// The last colon divides. An IPv6 address has colons of its own, and without brackets its last part would be taken for a port.
std::pair<std::string, std::uint16_t> host_and_port(const std::string& text) {
    const auto colon = text.rfind(':');
    auto host = text.substr(0, std::min(colon, text.size()));
    const bool brackets = host.starts_with('[') && host.ends_with(']');
    if (brackets) host = host.substr(1, host.size() - 2);
    const auto port = colon == std::string::npos ? 0 : std::strtoul(text.c_str() + colon + 1, nullptr, 10);
    if (port == 0 || port > 65535 || host.empty() || (!brackets && host.find(':') != std::string::npos))
        throw std::runtime_error("--sink: expected HOST:PORT or [ADDRESS]:PORT, found " + text);
    return {host, static_cast<std::uint16_t>(port)};
}

}  // namespace ilbud::bench
