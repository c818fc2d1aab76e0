/// A mail with everything that is told of it.
///
/// In    the mail to show, the templates
/// Out   its parts, the whole message without a signature, the findings
/// Not pure: reads attachments given by path, as write_letter does
#pragma once
#include <string>
#include <vector>

#include "findings.hpp"
#include "ilbud/compose/compose.hpp"
#include "ilbud/render/template.hpp"

namespace ilbud {

struct PreviewSheet {
    PreviewMail shown;
    Content content;
    Message message;
    std::string unsigned_because;  ///< why the message has no signature; empty if it has one
    std::vector<PreviewFinding> findings;
};

/// Errors  those of render and write_draft
Result<PreviewSheet> preview_sheet(PreviewMail shown, const TemplateSet& templates, Time now);

}  // namespace ilbud
