// Chooses the mail, renders it and puts it on the terminal, into a page or into a folder. Settings are loaded
// whole, but keys only where a signed message is shown: who writes texts may have no access to keys. Pages may
// hold a real subscriber's data, so a single page lies in a folder of the user's alone.
#include <sys/stat.h>
#include <unistd.h>

#include "all.hpp"
#include "cli/browser.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/secret_needs.hpp"
#include "ilbud/base/address.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/keys/stored_keys.hpp"
#include "ilbud/letter/letter.hpp"
#include "ilbud/settings/load.hpp"
#include "page.hpp"

namespace ilbud {
namespace {

// Without a name the first unit, by id: a preview must work without any option but the kind.
Result<const Unit*> chosen_unit(const Settings& settings, const std::string& id) {
    if (settings.units.empty()) return Error{"unknown_unit", "--unit", "the settings have no business unit"};
    if (id.empty()) return &settings.units.begin()->second;
    if (const auto* unit = settings.unit(id)) return unit;
    return Error{"unknown_unit", "--unit", "no business unit is called " + id};
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

PreviewResult sample(const Settings& settings, const PreviewOptions& options, Kind kind, Time now) {
    // For a notice --cause chooses where --situation is not given.
    const auto* situation =
        find_situation(kind, options.situation.empty() && kind == Kind::notice ? options.cause : options.situation);
    if (situation == nullptr)
        return Error{"unknown_situation", "--situation", "a mail of the kind " + options.kind + " has " + situation_names(kind)};
    const auto locale = from_word<Locale>(options.locale);
    if (kind == Kind::notice) {
        const auto account = chosen_account(settings, options);
        if (!account) return account.error();
        return sample_notice_mail(settings, **account, *situation, locale.value_or((*account)->language), now);
    }
    const auto unit = chosen_unit(settings, options.unit);
    if (!unit) return unit.error();
    return sample_mail(settings, **unit, *situation, locale.value_or((*unit)->language), now);
}

// A file before a stored event before a sample; the command line allows only one of the first two.
PreviewResult chosen_mail(const Settings& settings, const PreviewOptions& options, Kind kind, Time now) {
    // Planned mails have the domain as A-labels, whichever way it was typed.
    const auto to = parse_address(options.to);
    const Wanted wanted{kind, to ? to->text() : options.to, from_word<Locale>(options.locale)};
    if (!options.data.empty()) return given_mail(settings, options.data, wanted, now);
    if (!options.source.empty()) return stored_mail(settings, options.source, options.id, wanted);
    return sample(settings, options, kind, now);
}

// The signed message in place of the draft, if the keys can be read: who writes texts may have none.
void sign_sheet(PreviewSheet& sheet, const Settings& settings, const TemplateSet& templates, Time now) {
    auto keys = stored_keys(settings);
    if (!keys) {
        sheet.unsigned_because = to_text(keys.error());
        return;
    }
    const SigningBook book(*keys);
    auto letter =
        // The settings of the shown mail, not those that were loaded: a
        // sample's switches and languages are in them.
        write_letter(sheet.shown.mail, sheet.shown.event, {sheet.shown.settings, templates, *std::move(keys)}, book, now);
    sheet.unsigned_because = letter ? "" : to_text(letter.error());
    if (letter) sheet.message = *std::move(letter);
}

void write_findings(JsonWriter& json, const std::vector<PreviewFinding>& findings) {
    json.key("findings").begin_array();
    for (const auto& each : findings)
        json.begin_object()
            .field("severity", each.warning ? "warning" : "remark")
            .field("code", each.code)
            .field("text", each.text)
            .end_object();
    json.end_array();
}

void show(const PreviewSheet& sheet, const PreviewOptions& options, bool json) {
    const auto& [shown, content, message, unsigned_because, findings] = sheet;
    if (json) {
        std::string out;
        JsonWriter writer(out);
        writer.begin_object().field("kind", to_word(shown.mail.kind)).field("to", shown.mail.to).field("from", shown.mail.from);
        writer.field("locale", to_word(content.locale)).field("subject", content.subject).field("preheader", content.preheader);
        writer.field("html", content.html).field("text", content.text);
        write_findings(writer, findings);
        writer.end_object();
        return print(out + "\n");
    }
    // Remarks are for the page; a terminal shows only what should be put right.
    for (const auto& each : findings)
        if (each.warning) print_error("warning: " + on_one_line(each.text, 2000));
    print(options.part == "html" ? content.html : "Subject: " + content.subject + "\n\n" + content.text);
}

// A folder of this user's alone: the page may hold a subscriber's data.
// /tmp is everybody's: mkdir fails if the name is taken, and lstat then makes sure that it
// is a folder of ours that nobody else can enter, not a link to somewhere. The name holds
// the user's id, so that two users do not meet.
Result<std::filesystem::path> private_folder() {
    const auto folder = std::filesystem::temp_directory_path() / ("ilbud-preview-" + std::to_string(::geteuid()));
    struct stat found {};
    if (::mkdir(folder.c_str(), 0700) != 0 && (::lstat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) ||
                                               found.st_uid != ::geteuid() || (found.st_mode & 077U) != 0))
        return Error{"unwritable", folder.string(), "is not a folder of yours alone"};
    return folder;
}

// A page that the user names is the user's affair; only our own choice has to be private.
Result<std::filesystem::path> page_file(const PreviewOptions& options, const std::string& name) {
    if (!options.page.empty()) return options.page;
    auto folder = private_folder();
    if (!folder) return folder.error();
    return *folder / (name + ".html");
}

// Writes the page and opens it, or says where it lies.
Result<void> put_page(const CommonOptions& common, const PreviewOptions& options, const std::string& name,
                      const std::string& text, const std::vector<PreviewFinding>& findings) {
    // Before the file is made, so that it is private from its first moment.
    ::umask(077);
    const auto file = page_file(options, name);
    if (!file) return file.error();
    if (auto written = write_page(*file, text); !written) return written;
    // A browser that cannot be started is no error: the path is printed.
    const bool opened = options.open && open_on_desktop(*file);
    if (common.json) {
        std::string out;
        JsonWriter writer(out);
        writer.begin_object().field("page", file->string()).field("opened", opened);
        write_findings(writer, findings);
        writer.end_object();
        print(out + "\n");
    } else {
        print(file->string() + (options.open && !opened ? "  (no desktop to open it on)\n" : "\n"));
    }
    return {};
}

int preview_one(const CommonOptions& common, const PreviewOptions& options, const Settings& settings) {
    const auto now = system_clock().now();
    const bool page = options.open || !options.page.empty();
    auto shown = chosen_mail(settings, options, *from_word<Kind>(options.kind), now);
    if (!shown) return refuse({shown.error()}, common.json);
    // Loaded after the mail is chosen, since that may have added a language.
    const auto templates = load_templates(shown->settings);  // which hold the sender's name and address
    if (!templates) {
        // With --open the refusal becomes a page as well: the user may be looking at the browser only.
        if (page)
            if (const auto put =
                    put_page(common, options, "refused", refusal_page("The templates are refused", templates.error()), {});
                !put)
                return refuse({put.error()}, common.json);
        return refuse(templates.error(), common.json);
    }
    const bool sample = options.data.empty() && options.source.empty();
    auto sheet = preview_sheet(*std::move(shown), *templates, now);
    if (!sheet) return refuse({sheet.error()}, common.json);
    // Signing is left out where nobody would see it.
    if (page || options.part == "eml") sign_sheet(*sheet, settings, *templates, now);
    const auto& mail = sheet->shown.mail;
    if (page) {
        // The unit and language name a sample's page, so that the next look at it
        // replaces it; a real mail's page has its id.
        const auto name =
            options.kind + "-" +
            (sample ? (mail.unit.empty() ? mail.account : mail.unit) + "-" + std::string(to_word(mail.locale)) : mail.id);
        const auto put = put_page(common, options, name, preview_page(*sheet), sheet->findings);
        return put ? 0 : refuse({put.error()}, common.json);
    }
    if (options.part != "eml") {
        show(*sheet, options, common.json);
        return 0;
    }
    // An unsigned message would pass for what is sent.
    if (!sheet->unsigned_because.empty()) return refuse({{"unsigned", "", sheet->unsigned_because}}, common.json);
    print(sheet->message.bytes());
    return 0;
}

// Sample data only, so the folder has the permissions that the user's umask gives.
int preview_all(const CommonOptions& common, const PreviewOptions& options, const Settings& settings) {
    const auto unit = chosen_unit(settings, options.unit);
    if (!unit) return refuse({unit.error()}, common.json);
    const AllPreviews wanted{options.all, from_word<Kind>(options.kind), from_word<Locale>(options.locale)};
    const auto count = write_all_previews(settings, **unit, wanted, system_clock().now());
    if (!count) return refuse(count.error(), common.json);
    const auto index = options.all / "index.html";
    // Absolute, since the browser may start elsewhere.
    const bool opened = options.open && open_on_desktop(std::filesystem::absolute(index));
    if (common.json) {
        std::string out;
        JsonWriter(out)
            .begin_object()
            .field("index", index.string())
            .field("mails", count->mails)
            .field("warnings", count->warnings)
            .field("opened", opened)
            .end_object();
        print(out + "\n");
    } else {
        print(with_commas(count->mails) + " mails, " + with_commas(count->warnings) + " warnings: " + index.string() + "\n");
    }
    return 0;
}

}  // namespace

// The command line has made sure that there is a kind, or --all.
int preview_command(const CommonOptions& common, const PreviewOptions& options) {
    const auto settings = load_settings(common.config, secret_need("preview").files);
    if (!settings) return refuse(settings.error(), common.json);
    return options.all.empty() ? preview_one(common, options, *settings) : preview_all(common, options, *settings);
}

}  // namespace ilbud
