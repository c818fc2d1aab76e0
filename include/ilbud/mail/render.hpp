/// Rendering: what the subscriber reads, from a planned mail, its event and the templates.
///
/// In    PlannedMail, Event, Settings, TemplateSet
/// Out   Content: subject, preheader, HTML and text, UTF-8, '\n' line ends
/// Pure  "today" is the mail's planned_at in the unit's time zone; the same input gives the same bytes
/// See   DESIGN §6; DOMAIN R11–R16, §8; SECURITY S3, S17, S20
#pragma once
#include <string>

#include "ilbud/base/result.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/mail/template.hpp"
#include "ilbud/policy/decide.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

struct Content {
    std::string subject;    ///< one line
    std::string preheader;  ///< one line; may be empty
    std::string html;       ///< a whole document
    std::string text;
};

/// Errors  unknown_unit, render_failed, too_large
Result<Content> render(const PlannedMail& mail, const Event& event, const Settings& settings, const TemplateSet& templates);

}  // namespace ilbud
