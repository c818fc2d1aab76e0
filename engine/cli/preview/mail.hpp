/// The mail that a preview shows: what a sample, a file's event or a stored event plans.
///
/// In    settings; which situation, or where the event is
/// Out   event, planned mail and the settings it is rendered with
/// Not pure: given_mail reads a file, stored_mail the queue's log
#pragma once
#include <filesystem>
#include <string>

#include "ilbud/base/result.hpp"
#include "ilbud/policy/decide.hpp"
#include "situations.hpp"

namespace ilbud {

struct PreviewMail {
    std::string title;  ///< the situation, or where the event comes from
    Event event;
    PlannedMail mail;  ///< in the language asked for, whether or not there are texts
    Settings settings;
};

/// `skipped_…`: the event makes no such mail; `detail` says why.
using PreviewResult = Result<PreviewMail>;

/// Whatever the settings' switches say.
PreviewResult sample_mail(const Settings& settings, const Unit& unit, const Situation& situation, Locale locale, Time now);
PreviewResult sample_notice_mail(const Settings& settings, const Account& account, const Situation& situation, Locale locale,
                                 Time now);

/// Which of the mails that a real event plans.
struct Wanted {
    Kind kind{};
    std::string to;                ///< empty: the first
    std::optional<Locale> locale;  ///< another language than the mail would be in
};

/// By the settings as they are. Errors  file_missing, those of parse_event and decide, not_mailed, skipped_…
PreviewResult given_mail(const Settings& settings, const std::filesystem::path& file, const Wanted& wanted, Time now);
/// The same for an event of the log, decided as if it came again at the time it came. Errors also  event_unknown, and those of
/// open_sqlite_reader
PreviewResult stored_mail(const Settings& settings, const std::string& source, const std::string& id, const Wanted& wanted);

}  // namespace ilbud
