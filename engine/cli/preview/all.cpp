// Writes everything anew into a folder beside the pages that are there, and puts it in their place at the end:
// whoever looks at the pages meanwhile sees the old set or the new one, and a run that fails or is killed
// before finish() leaves the old set untouched. Each wording of an account (subscriber, member, customer) is
// rendered from settings of its own, since templates take it from there.
#include "all.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "html.hpp"
#include "index.hpp"
#include "page.hpp"

namespace ilbud {
namespace {

namespace fs = std::filesystem;

struct Term {
    CustomerTerm customer{};
    RelationTerm relation{};
    bool operator==(const Term&) const = default;
};

// The account's own words first, then those that texts are written for besides.
// The combinations that the texts are written for; others are possible in settings
// and are shown if they are the account's own.
std::vector<Term> terms_of(const Account& account) {
    std::vector<Term> all{{account.customer_term, account.relation_term}};
    for (const Term each :
         {Term{CustomerTerm::subscriber, RelationTerm::subscription}, Term{CustomerTerm::member, RelationTerm::membership},
          Term{CustomerTerm::customer, RelationTerm::subscription}})
        if (each != all.front()) all.push_back(each);
    return all;
}

// Only what concerns `unit`, in all languages and the words of `term`: nobody else's templates are loaded.
// All languages: the reviewer wants to see what is missing as well, which render replaces by another language.
Settings settings_of(const Settings& settings, const Unit& unit, Term term) {
    Settings own{settings.platform, {}, {}};
    Account account = settings.account_of(unit);
    account.customer_term = term.customer;
    account.relation_term = term.relation;
    own.accounts.emplace(account.id, std::move(account));
    Unit every_language = unit;
    every_language.locales.clear();
    for (std::size_t i = 0; i < words<Locale>.size(); ++i) every_language.locales.push_back(static_cast<Locale>(i));
    own.units.emplace(unit.id, std::move(every_language));
    return own;
}

// Where the new pages of mails wait until all are written: until then the earlier ones stay.
// Inside the folder, not beside it: a rename stays on one file system.
constexpr const char* unfinished = "mails.new";

// The marker stands in the head; 4 KiB hold it with room to spare. Only a
// folder with our own index is ever cleared.
bool is_earlier_preview(const fs::path& folder) {
    std::ifstream file(folder / "index.html", std::ios::binary);
    std::string head(4096, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    return head.find(preview_marker) != std::string::npos;
}

// The user may name any folder, their home as well: one with other people's files is refused.
Result<void> take_folder(const fs::path& folder) {
    std::error_code code;
    if (fs::exists(folder, code) && !fs::is_empty(folder, code)) {
        if (code || !is_earlier_preview(folder))
            return Error{"folder_in_use", folder.string(), "holds other files; name an empty folder or a new one"};
    }
    fs::remove_all(folder / unfinished, code);  // of a run that was killed
    fs::create_directories(folder / unfinished, code);
    if (code) return Error{"unwritable", folder.string(), code.message()};
    return {};
}

// The destructor removes what is unfinished, on errors too; after finish()
// there is nothing left under that name.
class Writer {
 public:
    Writer(const Unit& unit, const AllPreviews& wanted, Time now) : unit_(unit), wanted_(wanted), now_(now) {
        index_.unit = unit.name;
    }
    ~Writer() {
        std::error_code ignored;
        fs::remove_all(wanted_.folder / unfinished, ignored);
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // `usual`: the account's own wording. Only it makes rows for what has
    // no wording and for what is not mailed.
    Result<void, std::vector<Error>> write(const Settings& settings, bool usual) {
        const auto [templates, every] = load_every_kind(settings);
        if (!templates) return templates.error();
        for (const Situation& situation : situations()) {
            if (!every && situation.kind != Kind::notice && !settings.mails(unit_, situation.kind)) continue;
            if (wanted_.kind && situation.kind != *wanted_.kind) continue;
            if (situation.kind == Kind::notice && !usual) continue;  // written without these words
            if (const auto row = write_row(settings, *templates, situation, usual); !row) return std::vector<Error>{row.error()};
        }
        return {};
    }

    /// The earlier pages go, the new ones take their place.
    Result<void> finish() {
        // By the address of the situation, which is its place in the table: kinds and
        // situations in their order, wordings stay as they came.
        std::stable_sort(index_.rows.begin(), index_.rows.end(),
                         [](const IndexRow& a, const IndexRow& b) { return a.situation < b.situation; });
        const auto& folder = wanted_.folder;
        if (auto written = write_page(folder / unfinished / "index.html", index_page(index_)); !written) return written;
        std::error_code code;
        // Three steps cannot be one. The old mails go first; a kill in between leaves an index
        // whose links are dead, and the next run mends it.
        fs::remove_all(folder / "mails", code);
        if (!code) fs::rename(folder / unfinished / "index.html", folder / "index.html", code);
        if (!code) fs::rename(folder / unfinished, folder / "mails", code);
        if (code) return Error{"unwritable", folder.string(), code.message()};
        return {};
    }

    [[nodiscard]] const PreviewCount& count() const { return count_; }

 private:
    // Also the kinds that the unit does not mail, so that one sees what they say; unless there are no texts of them.
    std::pair<Result<TemplateSet, std::vector<Error>>, bool> load_every_kind(const Settings& settings) const {
        auto every = settings;
        for (const auto kind : subscriber_kinds) every.units.at(unit_.id).kinds[static_cast<std::size_t>(kind)] = true;
        if (auto loaded = load_templates(every)) return {std::move(loaded), true};
        return {load_templates(settings), false};
    }

    Result<void> write_row(const Settings& settings, const TemplateSet& templates, const Situation& situation, bool usual) {
        const Account& account = settings.accounts.begin()->second;
        IndexRow row;
        row.situation = &situation;
        row.usual_term = usual;
        if (situation.kind != Kind::notice) row.term = term_text(account);
        for (std::size_t i = 0; i < words<Locale>.size(); ++i) {
            const auto locale = static_cast<Locale>(i);
            if (wanted_.locale && locale != *wanted_.locale) continue;
            auto shown = situation.kind == Kind::notice ? sample_notice_mail(settings, account, situation, locale, now_)
                                                        : sample_mail(settings, unit_, situation, locale, now_);
            // A situation that makes no mail for this unit is no error; its row says why. For
            // other wordings it would only say so again.
            if (!shown && shown.error().code.starts_with("skipped_")) {
                if (!usual) return {};
                row.not_mailed = shown.error().detail;
                row.term.clear();
                break;
            }
            if (!shown) return shown.error();
            const auto sheet = preview_sheet(*std::move(shown), templates, now_);
            if (!sheet) return sheet.error();
            auto cell = write_mail(*sheet, file_name(situation, account, locale));
            if (!cell) return cell.error();
            row.cells.push_back(*std::move(cell));
        }
        index_.rows.push_back(std::move(row));
        return {};
    }

    // Also the addresses of the pages, so they hold nothing but words of our own enums and tables.
    static std::string file_name(const Situation& situation, const Account& account, Locale locale) {
        std::string name = std::string(to_word(situation.kind)) + "-" + std::string(situation.name);
        if (situation.kind != Kind::notice)
            name += "-" + std::string(to_word(account.customer_term)) + "-" + std::string(to_word(account.relation_term));
        return name + "-" + std::string(to_word(locale));
    }

    Result<IndexCell> write_mail(const PreviewSheet& sheet, const std::string& name) {
        const auto& mail = sheet.shown.mail;
        IndexCell cell{mail.locale,
                       sheet.content.locale,
                       "mails/" + name + ".html",
                       "mails/" + name + ".eml",
                       sheet.content.subject,
                       mail.from_name,
                       mail.to,
                       sheet.content.html};
        for (const auto& finding : sheet.findings) ++(finding.warning ? cell.warnings : cell.remarks);
        const auto folder = wanted_.folder / unfinished;
        // Both or neither: an index must not lead to half a mail.
        for (const auto& [file, text] :
             {std::pair{name + ".html", preview_page(sheet, "../index.html")}, std::pair{name + ".eml", sheet.message.bytes()}})
            if (const auto written = write_page(folder / file, text); !written) return written.error();
        ++count_.mails;
        count_.warnings += cell.warnings;
        return cell;
    }

    const Unit& unit_;
    const AllPreviews& wanted_;
    Time now_;
    PreviewIndex index_;
    PreviewCount count_;
};

}  // namespace

// The account's own wording comes first, so that its rows stand first within a situation.
Result<PreviewCount, std::vector<Error>> write_all_previews(const Settings& settings, const Unit& unit, const AllPreviews& wanted,
                                                            Time now) {
    if (const auto taken = take_folder(wanted.folder); !taken) return std::vector<Error>{taken.error()};
    Writer writer(unit, wanted, now);
    const auto terms = terms_of(settings.account_of(unit));
    for (const Term term : terms)
        if (auto written = writer.write(settings_of(settings, unit, term), term == terms.front()); !written)
            return written.error();
    if (const auto written = writer.finish(); !written) return std::vector<Error>{written.error()};
    return writer.count();
}

// close() before the check: a full disk may show only when the last bytes are written.
Result<void> write_page(const fs::path& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) return Error{"unwritable", path.string(), "cannot be written"};
    return {};
}

}  // namespace ilbud
