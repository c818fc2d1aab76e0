// Loading has two rounds. All files are linted first, for the common view and for each unit that
// has files of its own; only if nothing was found are templates prepared for every unit. The second
// round may then rely on what the first has proven (every name known, every needed file there), and
// has few findings of its own: those that depend on a unit's settings. A load gives a whole set or
// findings. A set is never changed afterwards, which is why lanes share it without locks.
#include "ilbud/render/template.hpp"

#include <chrono>
#include <set>

#include "lint.hpp"
#include "template_gaps.hpp"
#include "template_prepare.hpp"
#include "view.hpp"

namespace ilbud {
namespace {

constexpr std::size_t locale_count = words<Locale>.size();

template <class Enum>
std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
}

// Null where the unit does not offer the language, or the language lacks something.
struct UnitTemplates {
    Locale language{};
    std::array<std::array<std::unique_ptr<const Template>, kind_count>, locale_count> templates;
};
using NoticeTemplates = std::array<std::unique_ptr<const Template>, locale_count>;

// A template that takes too long to load is refused: the next reload must not stop the engine (S19).
class Stopwatch {
 public:
    Stopwatch(Duration most, std::string what, Findings& findings) : most_(most), what_(std::move(what)), findings_(findings) {}
    // In the destructor, so that each way out of a load is timed. The
    // clock is the steady one: a set clock must not refuse texts.
    ~Stopwatch() {
        const auto taken = std::chrono::steady_clock::now() - begin_;
        if (taken <= most_) return;
        const auto taken_ms = std::chrono::duration_cast<std::chrono::milliseconds>(taken).count();
        findings_.add(
            {"too_slow", what_, "loading took " + std::to_string(taken_ms) + " ms; at most " + to_text(most_) + " are allowed"});
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

 private:
    Duration most_;
    std::string what_;
    Findings& findings_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

class Loader {
 public:
    explicit Loader(const Settings& settings)
        : settings_(settings), sources_({settings.platform.template_bytes_max, settings.platform.template_depth_max}) {}

    Result<TemplateSet, std::vector<Error>> load();

 private:
    // Thousands of units without own files see the same: they share the common view, and its lint.
    [[nodiscard]] std::string_view view_of(const Unit& unit) const {
        return sources_.has_own(unit.id) ? unit.id : std::string_view();
    }
    [[nodiscard]] WordSet<Kind> mailed_by(const Unit& unit) const;
    [[nodiscard]] WordSet<Kind> looked_at(std::string_view view) const;
    void lint(std::string_view view);
    void lint(const LintScope& scope);
    void lint_messages();
    std::unique_ptr<const Template> prepare(const Sender& sender, Locale locale, Kind kind,
                                            const std::shared_ptr<const Layout>& layout, const VarSet& layout_used);
    UnitTemplates prepare(const Unit& unit);
    NoticeTemplates prepare_notices();

    const Settings& settings_;
    TemplateSources sources_;
    Findings findings_;
    TemplateGaps gaps_;
    WordSet<Kind> needed_;         // that some unit mails, or would if it said nothing
    std::set<std::string> tried_;  // what was rendered for trial; units without own files share it
};

WordSet<Kind> Loader::mailed_by(const Unit& unit) const {
    WordSet<Kind> kinds;
    for (const auto kind : subscriber_kinds)
        if (settings_.mails(unit, kind)) kinds.insert(kind);
    return kinds;
}

// Of a unit's own view only what it mails, and what it has texts of: the rest is as in the common one.
WordSet<Kind> Loader::looked_at(std::string_view view) const {
    auto kinds = view.empty() ? WordSet<Kind>() : mailed_by(settings_.units.find(view)->second);
    for (const auto kind : subscriber_kinds)
        if (view.empty() || sources_.has_own(view, kind)) kinds.insert(kind);
    return kinds;
}

// All that the files say, as the unit sees them; the common ones with an empty view.
void Loader::lint(std::string_view view) {
    const auto kinds = looked_at(view);
    for (std::size_t locale = 0; locale < locale_count; ++locale) {
        for (const auto kind : subscriber_kinds)
            if (kinds.contains(kind)) lint({view, static_cast<Locale>(locale), kind, needed_.contains(kind)});
        if (view.empty()) lint({view, static_cast<Locale>(locale), Kind::notice});  // it is no unit's
    }
    lint_layout(sources_, view, findings_);
}

// Timed by file and language, so that the one which is slow is named.
void Loader::lint(const LintScope& scope) {
    const Stopwatch stopwatch(settings_.platform.template_load_max, template_name(scope.locale, scope.kind, ""), findings_);
    gaps_.add(scope.unit, scope.locale, scope.kind, lint_mail(sources_, scope, findings_));
}

// Welcome messages come from settings and not from files: their place is the option.
void Loader::lint_messages() {
    for (const auto& [id, account] : settings_.accounts)
        for (const auto& [name, service] : account.customer_services)
            for (const auto& [locale, text] : service.welcome_message)
                lint_message(text, message_place(service, locale), sources_, findings_);
}

// Once for each text it is rendered with examples, under the stopwatch:
// what takes mstch too long is found here and not at the first mail.
// With findings it is left out, since the text may then be anything.
std::unique_ptr<const Template> Loader::prepare(const Sender& sender, Locale locale, Kind kind,
                                                const std::shared_ptr<const Layout>& layout, const VarSet& layout_used) {
    const std::string what = template_name(locale, kind, "");
    const Stopwatch stopwatch(settings_.platform.template_load_max, what, findings_);
    // Needs all files: the caller has asked gaps_.
    auto prepared = prepare_template(sources_, sender, locale, kind, layout, findings_);
    prepared.used |= layout_used;
    if (tried_.insert(what + (sources_.has_own(sender.unit.id) ? sender.unit.id : "")).second && findings_.empty())
        render_example(prepared);
    return std::make_unique<const Template>(std::move(prepared));
}

// What the unit offers, and English where its own language lacks something.
UnitTemplates Loader::prepare(const Unit& unit) {
    UnitTemplates out;
    out.language = unit.language;
    const Sender sender = sender_of(settings_, unit);
    const auto view = view_of(unit);
    const auto offered = offered_locales(unit);
    const auto mailed = mailed_by(unit);
    gaps_.look_at(unit, sender.service, view, mailed);
    for (std::size_t i = 0; i < locale_count; ++i) {
        const auto locale = static_cast<Locale>(i);
        VarSet layout_used;
        // One for all kinds of a language, made when the first needs it.
        std::shared_ptr<const Layout> layout;
        for (const auto kind : subscriber_kinds) {
            if (!mailed.contains(kind)) continue;  // thousands of units have little use for eleven texts more
            const bool needed = offered.contains(locale) || gaps_.language(unit, view, unit.language, kind) == locale;
            if (!needed || !gaps_.whole(view, locale, kind)) continue;
            // Its variables are known in mails of every kind. Prepared once, it takes the flags kind.… as a confirmation
            // has them: a layout that asks for them is not told apart by kind.
            if (!layout) layout = prepare_layout(sources_, sender, locale, Kind::confirmation, layout_used, findings_);
            out.templates[i][index(kind)] = prepare(sender, locale, kind, layout, layout_used);
        }
    }
    return out;
}

NoticeTemplates Loader::prepare_notices() {
    NoticeTemplates out;
    const NoticeSender platform(settings_);
    for (std::size_t i = 0; i < locale_count; ++i) {
        const auto locale = static_cast<Locale>(i);
        // English is whole, or load() would not have come here: so at least one is made.
        if (!gaps_.whole({}, locale, Kind::notice)) continue;
        VarSet layout_used;
        const auto layout = prepare_layout(sources_, platform.sender(), locale, Kind::notice, layout_used, findings_);
        out[i] = prepare(platform.sender(), locale, Kind::notice, layout, layout_used);
    }
    for (const auto& [id, account] : settings_.accounts) gaps_.look_at(account);
    return out;
}

}  // namespace

// Units by id; std::less<> lets a render look one up without making a string of it.
struct TemplateSet::Data {
    std::map<std::string, UnitTemplates, std::less<>> units;
    NoticeTemplates notices;
    std::vector<std::string> notes;
    std::vector<Error> idle;
};

namespace {

Result<TemplateSet, std::vector<Error>> Loader::load() {
    for (const auto kind : subscriber_kinds)
        if (settings_.platform.kind(kind).on) needed_.insert(kind);
    for (const auto& [id, unit] : settings_.units)
        for (const auto kind : subscriber_kinds)
            if (settings_.mails(unit, kind)) needed_.insert(kind);
    // What could not be read would be told as missing, file by file.
    if (!sources_.add_folder(settings_.platform.templates, findings_)) return std::move(findings_.errors());
    std::set<std::string, std::less<>> unit_variables;
    for (const auto& [id, unit] : settings_.units)
        for (const auto& [name, value] : unit.variables) unit_variables.insert(name);
    sources_.know(std::move(unit_variables));
    // The common view first: what it lacks is told once,
    // before units with files of their own tell it again.
    lint(std::string_view());
    for (const auto& [id, unit] : settings_.units)
        if (sources_.has_own(id)) lint(id);
    lint_messages();
    if (!findings_.empty()) return std::move(findings_.errors());
    auto data = std::make_shared<TemplateSet::Data>();
    for (const auto& [id, unit] : settings_.units) data->units.emplace(id, prepare(unit));
    data->notices = prepare_notices();
    data->notes = gaps_.notes();
    for (const auto& id : sources_.unit_folders())
        if (!settings_.units.contains(id))
            data->idle.push_back({"unknown_unit", (settings_.platform.templates / "units" / id).string(),
                                  "no business unit is called " + id + "; nobody uses what lies there"});
    if (!findings_.empty()) return std::move(findings_.errors());
    return TemplateSet(std::move(data));
}

}  // namespace

// Goes down the same languages as TemplateGaps::language, so that notes say what happens.
const Template* TemplateSet::find(std::string_view unit, Locale locale, Kind kind) const {
    if (kind == Kind::notice) {
        const auto& asked = data_->notices[index(locale)];
        return asked ? asked.get() : data_->notices[index(Locale::en)].get();
    }
    const auto found = data_->units.find(unit);
    if (found == data_->units.end()) return nullptr;
    const auto& templates = found->second.templates;
    for (const Locale each : {locale, found->second.language, Locale::en})
        if (const auto& prepared = templates[index(each)][index(kind)]) return prepared.get();
    return nullptr;
}

Locale TemplateSet::effective_locale(std::string_view unit, Locale locale, Kind kind) const {
    const Template* found = find(unit, locale, kind);
    return found == nullptr ? locale : found->locale;
}

const std::vector<std::string>& TemplateSet::notes() const {
    return data_->notes;
}

const std::vector<Error>& TemplateSet::idle_folders() const {
    return data_->idle;
}

Result<TemplateSet, std::vector<Error>> load_templates(const Settings& settings) {
    return Loader(settings).load();
}

}  // namespace ilbud
