/// Rendering: what the subscriber reads, from a planned mail, its event and the templates.
///
/// In    PlannedMail, Event, Settings, TemplateSet
/// Out   Content: subject, preheader, HTML and text, UTF-8, '\n' line ends
/// Pure  "today" is the mail's planned_at in the unit's time zone; the same input gives the same bytes
/// Order the customer service's welcome message, the template's body, the automatic note (R11). Each is parsed as Markdown by
///       itself, so that none can swallow the next. A notice to an account has its body alone. A notice to the
///       operator is written without templates, from the lines of its event.
/// See   DESIGN §6; DOMAIN R11–R16, §8; SECURITY S3, S17, S20
#pragma once
#include <string>

#include "ilbud/base/result.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/policy/decide.hpp"
#include "ilbud/render/template.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

/// What compose() makes a message of. No line end or control character is in subject and preheader.
struct Content {
    std::string subject;    ///< one line
    std::string preheader;  ///< one line; may be empty
    std::string html;       ///< a whole document
    std::string text;
    Locale locale{};  ///< that it is written in: another than the mail's if there are no texts in that one
};

/// Errors  unknown_unit, render_failed (the event is not one that makes such a mail), too_large
Result<Content> render(const PlannedMail& mail, const Event& event, const Settings& settings, const TemplateSet& templates);

/// R11's checker: whether both parts say the subscriber ID and how self-service is reached (its address or, where there is
/// none, the support address).
[[nodiscard]] bool carries_note(const Content& content, const Event& event, const CustomerService& service);

}  // namespace ilbud
