// Content and message are made apart, rendering twice: the page shows the parts as they were before encoding,
// and the message as it would be on the wire. A preview can afford it.
#include "sheet.hpp"

#include "ilbud/letter/letter.hpp"

namespace ilbud {

Result<PreviewSheet> preview_sheet(PreviewMail shown, const TemplateSet& templates, Time now) {
    auto content = render(shown.mail, shown.event, shown.settings, templates);
    if (!content) return content.error();
    auto message = write_draft(shown.mail, shown.event, shown.settings, templates, now);
    if (!message) return message.error();
    auto findings = preview_findings(shown, *content);
    return PreviewSheet{std::move(shown), *std::move(content), *std::move(message), "it is added when the mail leaves.",
                        std::move(findings)};
}

}  // namespace ilbud
