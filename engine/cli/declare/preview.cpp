#include "cli/declare/values.hpp"
#include "cli/preview/situations.hpp"

namespace ilbud {
namespace {

// "welcome: standard, several, …; stopped: …"
// From the table of situations, so a new one is in the help by itself.
std::string situations_help() {
    std::string out;
    for (std::size_t i = 0; i < kind_count; ++i)
        out += (out.empty() ? "" : "; ") + std::string(words<Kind>[i]) + ": " + situation_names(static_cast<Kind>(i));
    return out;
}

}  // namespace

void add_preview(CLI::App& app, Options& options, int& status) {
    auto& wanted = options.preview;
    auto* preview =
        app.add_subcommand("preview", "see a mail without sending it, on the terminal or as a page; or all mails of a unit");
    add_common(preview, options);
    auto* kind = preview->add_option("kind", wanted.kind, "kind of mail (with --all: only this one)")
                     ->check(CLI::IsMember(words_of<Kind>()));
    auto* source = preview->add_option("source", wanted.source, "a stored event's source (default: a built-in sample)");
    auto* id = preview->add_option("id", wanted.id, "the stored event's id");
    source->needs(id);
    auto* data = preview->add_option("--data", wanted.data, "a file with one event, in place of the sample")->type_name("FILE");
    data->excludes(source);
    preview->add_option("--to", wanted.to, "of an event's mails the one to this address (default: the first)")
        ->type_name("ADDRESS");
    preview->add_option("--unit", wanted.unit, "business unit of the sample (default: the first)");
    preview->add_option("--account", wanted.account, "notice: the account (default: the unit's)");
    preview->add_option("--situation", wanted.situation, "what the sample tells of: " + situations_help())->type_name("NAME");
    preview->add_option("--cause", wanted.cause, "notice: what it tells of")
        ->capture_default_str()
        ->check(CLI::IsMember(words_of<NoticeCause>()));
    preview->add_option("--locale", wanted.locale, "language (default: the unit's; notice: the account's)")
        ->check(CLI::IsMember(words_of<Locale>()));
    // Three flags for one choice; giving several is not refused.
    preview->add_flag_callback(
        "--html", [&] { wanted.part = "html"; }, "print the HTML part");
    preview->add_flag_callback(
        "--text", [&] { wanted.part = "text"; }, "print the text part (default)");
    preview->add_flag_callback(
        "--eml", [&] { wanted.part = "eml"; }, "print the whole signed message");
    preview->add_flag("--open", wanted.open,
                      "make a page: phone and desktop, light and dark, text, header, size, remarks; and open it");
    auto* page = preview->add_option("--page", wanted.page, "where that page goes (default: a private temporary folder)")
                     ->type_name("FILE")
                     ->check(is_given);
    auto* all =
        preview->add_option("--all", wanted.all, "a page for every kind, situation, language and wording into DIR, with an index")
            ->type_name("DIR")
            ->check(is_given);
    // --all shows its own samples, each on a page of its own, so an event or one
    // page's name beside it would mean nothing.
    all->excludes(source)->excludes(data)->excludes(page);
    preview->callback([&, kind, all] {
        // CLI11 cannot say "one of these two", so it is said here in its words and with its exit status.
        if (kind->count() == 0 && all->count() == 0) throw CLI::RequiredError("kind or --all");
        status = preview_command(options.common, wanted);
    });
}

}  // namespace ilbud
