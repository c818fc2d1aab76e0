#include <fstream>
#include <iterator>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/samples.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/mail/letter.hpp"
#include "ilbud/policy/decide.hpp"
#include "ilbud/settings/load.hpp"
#include "stored_keys.hpp"

namespace ilbud {
namespace {

struct Shown {
    Event event;
    PlannedMail mail;
    Settings settings;
};

Result<const Unit*> chosen_unit(const Settings& settings, const std::string& id) {
    if (settings.units.empty()) return Error{"unknown_unit", "--unit", "the settings have no business unit"};
    if (id.empty()) return &settings.units.begin()->second;
    if (const auto* unit = settings.unit(id)) return unit;
    return Error{"unknown_unit", "--unit", "no business unit is called " + id};
}

Result<std::string> read_event_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{"file_missing", path.string(), "cannot be read"};
    std::string text{std::istreambuf_iterator<char>(file), {}};
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

// The first planned mail of the kind, or why there is none.
Result<PlannedMail> planned(const Settings& settings, const Event& event, Kind kind, Time now) {
    auto decision = decide(settings, event, now);
    if (!decision) return decision.error();
    for (auto& mail : decision->mails)
        if (mail.kind == kind) return std::move(mail);
    for (const auto& skip : decision->skipped)
        if (skip.kind == kind) return Error{"skipped_" + skip.reason, "", std::string(explain_skip(skip.reason))};
    return Error{"not_mailed", "", "an event of type " + std::string(to_word(event.type)) + " makes no mail of this kind"};
}

Result<Shown> sample(const Settings& settings, const PreviewOptions& options, Kind kind, Time now) {
    const auto unit = chosen_unit(settings, options.unit);
    if (!unit) return unit.error();
    const auto locale = from_word<Locale>(options.locale).value_or((*unit)->language);
    auto event = parse_event(sample_event(kind, **unit, locale, now));
    if (!event) return event.error();
    auto changed = settings_for_preview(settings, **unit, kind, locale);
    auto mail = planned(changed, *event, kind, now);
    if (!mail) return mail.error();
    return Shown{std::move(*event), std::move(*mail), std::move(changed)};
}

// A notice is no unit's: --account says whose, or --unit whose account's.
Result<const Account*> chosen_account(const Settings& settings, const PreviewOptions& options) {
    if (!options.account.empty()) {
        if (const auto* account = settings.account(options.account)) return account;
        return Error{"unknown_account", "--account", "no account is called " + options.account};
    }
    const auto unit = chosen_unit(settings, options.unit);
    if (!unit) return unit.error();
    return &settings.account_of(**unit);
}

Result<Shown> notice(const Settings& settings, const PreviewOptions& options, Time now) {
    const auto account = chosen_account(settings, options);
    if (!account) return account.error();
    const auto cause = from_word<NoticeCause>(options.cause).value_or(NoticeCause::domain_broken);
    auto changed = settings_for_notice(settings, **account, from_word<Locale>(options.locale).value_or((*account)->language));
    auto event = parse_event(sample_notice(cause, settings, **account, now), {.own = true});
    if (!event) return event.error();
    auto mail = planned(changed, *event, Kind::notice, now);
    if (!mail) return mail.error();
    return Shown{std::move(*event), std::move(*mail), std::move(changed)};
}

Result<Shown> given(const Settings& settings, const PreviewOptions& options, Kind kind, Time now) {
    const auto text = read_event_file(options.data);
    if (!text) return text.error();
    auto event = parse_event(*text, {.own = true});
    if (!event) return event.error();
    auto mail = planned(settings, *event, kind, now);
    if (!mail) return mail.error();
    if (const auto locale = from_word<Locale>(options.locale)) mail->locale = *locale;
    return Shown{std::move(*event), std::move(*mail), settings};
}

void show(const Content& content, const PlannedMail& mail, const PreviewOptions& options, bool json) {
    if (json) {
        std::string out;
        JsonWriter(out)
            .begin_object()
            .field("kind", to_word(mail.kind))
            .field("to", mail.to)
            .field("from", mail.from)
            .field("subject", content.subject)
            .field("preheader", content.preheader)
            .field("html", content.html)
            .field("text", content.text)
            .end_object();
        print(out + "\n");
    } else {
        print(options.part == "html" ? content.html : "Subject: " + content.subject + "\n\n" + content.text);
    }
}

}  // namespace

int preview_command(const CommonOptions& common, const PreviewOptions& options) {
    const auto refuse = [&](const std::vector<Error>& errors) {
        print_errors(errors, common.json);
        return 1;
    };
    auto settings = load_settings(common.config);
    if (!settings) return refuse(settings.error());
    const auto kind = *from_word<Kind>(options.kind);
    const auto now = system_clock().now();
    auto shown = !options.data.empty()   ? given(*settings, options, kind, now)
                 : kind == Kind::notice ? notice(*settings, options, now)
                                        : sample(*settings, options, kind, now);
    if (!shown) return refuse({shown.error()});
    auto templates = load_templates(shown->settings);  // which hold the sender's name and address
    if (!templates) return refuse(templates.error());

    if (options.part == "eml") {
        auto keys = stored_keys(*settings);
        if (!keys) return refuse({keys.error()});
        const SigningBook book(*keys);
        const Snapshot snapshot{std::move(shown->settings), std::move(*templates), std::move(*keys)};
        const auto letter = write_letter(shown->mail, shown->event, snapshot, book, now);
        if (!letter) return refuse({letter.error()});
        print(letter->bytes());
        return 0;
    }
    const auto content = render(shown->mail, shown->event, shown->settings, *templates);
    if (!content) return refuse({content.error()});
    show(*content, shown->mail, options, common.json);
    return 0;
}

}  // namespace ilbud
