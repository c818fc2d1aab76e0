// All four ways lead through parse_event and decide, as a real event does, so a preview cannot show a
// mail that the engine would not make. Samples are decided under settings with every switch on; an
// event of the user's own under the settings as they are.
#include "mail.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "ilbud/base/run_to_end.hpp"
#include "ilbud/queue/store.hpp"
#include "samples.hpp"

namespace ilbud {
namespace {

// The first planned mail that `fits`, or why there is none.
// The skips tell why before "not_mailed" does: a rule that held the mail
// back is a better answer than its absence.
template <class Fits>
Result<PlannedMail> planned(const Settings& settings, const Event& event, Kind kind, Time now, Fits fits) {
    auto decision = decide(settings, event, now);
    if (!decision) return decision.error();
    for (auto& mail : decision->mails)
        if (mail.kind == kind && fits(mail)) return std::move(mail);
    for (const auto& skip : decision->skipped)
        // The prefix lets write_all_previews tell "not mailed by rule" from errors.
        if (skip.kind == kind) return Error{"skipped_" + skip.reason, "", std::string(explain_skip(skip.reason))};
    return Error{"not_mailed", "", "an event of type " + std::string(to_word(event.type)) + " makes no such mail of this kind"};
}

// The settings come by value and are changed: the language that is asked for is added to the unit, since
// load_templates reads only the languages that units offer.
PreviewResult wanted_mail(Settings settings, std::string_view bytes, std::string title, const Wanted& wanted, Time now) {
    auto event = parse_event(
        bytes,
        {.bytes_max = settings.platform.intake.event_bytes_max, .depth_max = settings.platform.intake.depth_max, .own = true});
    if (!event) return event.error();
    const auto fits = [&](const PlannedMail& mail) { return wanted.to.empty() || mail.to == wanted.to; };
    auto mail = planned(settings, *event, wanted.kind, now, fits);
    if (!mail) return mail.error();
    // After deciding: the language of a mail is its recipient's, and asking for
    // another one shall change nothing else.
    if (wanted.locale) mail->locale = *wanted.locale;
    // So that its templates are loaded, whether or not the unit offers that language.
    if (const auto unit = settings.units.find(mail->unit); unit != settings.units.end()) {
        auto& locales = unit->second.locales;
        if (std::find(locales.begin(), locales.end(), mail->locale) == locales.end()) locales.push_back(mail->locale);
    }
    return PreviewMail{std::move(title), *std::move(event), *std::move(mail), std::move(settings)};
}

}  // namespace

// Of an invoice to several addresses the copies are told apart by `copy`; only one situation wants them.
PreviewResult sample_mail(const Settings& settings, const Unit& unit, const Situation& situation, Locale locale, Time now) {
    // `own`: that an address is known is the engine's own word (R25).
    auto event = parse_event(sample_event(situation, unit, locale, now), {.own = true});
    if (!event) return event.error();
    auto changed = settings_for_preview(settings, unit, situation, locale);
    const bool copy = situation.name == "copy";
    auto mail = planned(changed, *event, situation.kind, now, [&](const PlannedMail& each) { return each.copy == copy; });
    if (!mail) return mail.error();
    return PreviewMail{std::string(situation.title), *std::move(event), *std::move(mail), std::move(changed)};
}

PreviewResult sample_notice_mail(const Settings& settings, const Account& account, const Situation& situation, Locale locale,
                                 Time now) {
    auto changed = settings_for_notice(settings, account, locale);
    // `own`: notices are the engine's own events, which no sender may make.
    auto event = parse_event(sample_notice(situation, settings, account, now), {.own = true});
    if (!event) return event.error();
    auto mail = planned(changed, *event, Kind::notice, now, [](const PlannedMail&) { return true; });
    if (!mail) return mail.error();
    return PreviewMail{std::string(situation.title), *std::move(event), *std::move(mail), std::move(changed)};
}

// The whole file is one event; a line end that an editor adds is taken away, as the socket does with its lines.
PreviewResult given_mail(const Settings& settings, const std::filesystem::path& path, const Wanted& wanted, Time now) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{"file_missing", path.string(), "cannot be read"};
    std::string text{std::istreambuf_iterator<char>(file), {}};
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return wanted_mail(settings, text, "The event in " + path.filename().string(), wanted, now);
}

// Decided as of the time it came, like a replay: the mail shown is the one that was
// mailed, if the settings have not changed.
PreviewResult stored_mail(const Settings& settings, const std::string& source, const std::string& id, const Wanted& wanted) {
    const auto reader = open_sqlite_reader(settings.platform.queue);
    if (!reader) return reader.error();
    const auto stored = run_to_end((*reader)->log().event(source, id));
    if (!stored) return Error{"event_unknown", source + " " + id, "no event with this source and id is stored"};
    return wanted_mail(settings, stored->raw, "Event " + id + " of " + source, wanted, stored->accepted_at);
}

}  // namespace ilbud
