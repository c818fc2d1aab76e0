#include "cli/declare/values.hpp"

namespace ilbud {
namespace {

// Changes to keys touch what customers see, so each of them can be looked at first and asks before it is done.
void add_change(CLI::App* command, Options& options) {
    command->add_flag("--dry-run", options.keys.dry_run, "only show the plan: every step, when, and why");
    command->add_flag("--yes,-y", options.keys.yes, "do not ask on a terminal");
}

}  // namespace

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
                    "with --out: full name the record is published under, the customers' CNAME target (default: as the "
                    "settings say of a selector of this name)")
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

}  // namespace ilbud
