#include <map>

#include "cli/declare/values.hpp"

namespace ilbud {
namespace {

// The commands that a server answers, as people call them, and as the log does.
const std::map<std::string, Stage> reply_stages{
    {"connect", Stage::greeting},  {"ehlo", Stage::hello},         {"starttls", Stage::tls}, {"auth", Stage::auth},
    {"mail", Stage::mail},         {"rcpt", Stage::recipient},     {"data", Stage::data},    {"dot", Stage::final_dot},
    {"greeting", Stage::greeting}, {"hello", Stage::hello},        {"tls", Stage::tls},      {"recipient", Stage::recipient},
    {"content", Stage::content},   {"final_dot", Stage::final_dot}};

// What made a suppression, for those who doubt it.
void add_evidence(CLI::App* command, Options& options) {
    command->add_option("--relay", options.suppression.relay, "only those that this relay's replies made");
    command->add_option("--since", options.suppression_since, "only those made since (RFC 3339, or how long ago: 2h)")
        ->type_name("TIME")
        ->check([&since = options.suppression.since](const std::string& given) {
            since = parse_time(given);
            if (const auto ago = parse_duration(given)) since = system_clock().now() - *ago;
            return std::string(since ? "" : "expected a time such as 2025-06-24T10:00:00Z or a duration such as 2h");
        });
}

}  // namespace

void add_reply(CLI::App& app, Options& options, int& status) {
    auto* reply = app.add_subcommand("reply", "what the engine would make of a server's reply: its cause, and what follows");
    add_common(reply, options);
    reply->add_option("text", options.reply.text, "the reply, such as \"550 5.1.1 User unknown\"; - reads standard input")
        ->required();
    reply->add_option("--stage", options.reply_stage, "what it answers: connect, ehlo, starttls, auth, mail, rcpt, data, or dot")
        ->capture_default_str()
        ->type_name("STAGE")
        ->check([](const std::string& given) {
            return reply_stages.contains(given)
                       ? std::string()
                       : "expected connect, ehlo, starttls, auth, mail, rcpt, data or dot, found " + given;
        });
    reply->footer(
        "A reply of several lines may be given with line ends, with \\r\\n or \\n spelled out, or run together as logs do it.\n"
        "The causes are explained in docs/replies.md. Exit status: 0 whatever the reply means; 1 if it is no reply; 2 wrong "
        "usage.");
    reply->callback([&] {
        options.reply.stage = reply_stages.at(options.reply_stage);
        status = reply_command(options.common, options.reply);
    });
}

void add_writing(CLI::App& app, Options& options, int& status) {
    auto* check = app.add_subcommand("check", "read settings, templates and keys and tell every finding");
    add_common(check, options);
    check
        ->add_option("--print", options.check_print,
                     "instead, write the commented default file (platform or account), the kinds of mail, or what templates may "
                     "use (variables or html)")
        ->expected(0, 1)
        ->default_str("platform")
        ->check(CLI::IsMember({"platform", "account", "kinds", "variables", "html"}));
    check->callback([&, check] {
        // `--print` without a word means the platform file; the text may have stayed empty then.
        if (check->count("--print") > 0 && options.check_print.empty()) options.check_print = "platform";
        status = check_command(options.common, options.check_print);
    });

    auto* suppressions = app.add_subcommand("suppressions", "addresses that get no mail");
    suppressions->require_subcommand(1);
    const auto account = [&](CLI::App* command) {
        add_common(command, options);
        return command->add_option("--account", options.suppression.account, "the account");
    };
    auto* list = suppressions->add_subcommand("list", "show them");
    account(list);
    add_evidence(list, options);
    list->callback([&] { status = list_suppressions_command(options.common, options.suppression); });
    auto* add = suppressions->add_subcommand("add", "stop mailing an address");
    account(add)->required();
    add->add_option("address", options.suppression.address, "the address")->required();
    add->add_option("--reason", options.suppression.reason, "why, in a word");
    add->callback([&] { status = change_suppression_command(options.common, options.suppression, true); });

    auto* remove = suppressions->add_subcommand("remove", "mail an address again, or all that a relay's replies suppressed");
    auto* of_account = account(remove);
    auto* address = remove->add_option("address", options.suppression.address, "the address");
    add_evidence(remove, options);
    auto* relay = remove->get_option("--relay");
    auto* since = remove->get_option("--since");
    auto* dry_run = remove->add_flag("--dry-run", options.suppression.dry_run, "with --relay: only show which")->needs(relay);
    // A relay alone would mean all that it ever said, and most of that was true.
    relay->needs(since)->excludes(address);
    since->needs(relay);
    remove->callback([&, of_account, address, relay, dry_run] {
        if (relay->count() == 0) {
            if (address->count() == 0) throw CLI::RequiredError("address, or --relay and --since");
            if (of_account->count() == 0) throw CLI::RequiredError("--account");
            status = change_suppression_command(options.common, options.suppression, false);
        } else if (dry_run->count() > 0) {
            status = list_suppressions_command(options.common, options.suppression);
        } else {
            status = unsuppress_relay_command(options.common, options.suppression);
        }
    });

    auto* release = app.add_subcommand("release", "let mail go that is held: an account's, or a unit's");
    add_common(release, options);
    release->add_option("--account", options.release.account, "the account")->required();
    release->add_option("--unit", options.release.unit, "only the hold of this business unit");
    release->footer("What is held, since when and why: ilbud status.");
    release->callback([&] { status = release_command(options.common, options.release); });
}

}  // namespace ilbud
