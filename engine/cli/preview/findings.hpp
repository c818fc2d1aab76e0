/// What a careful reader would remark about a mail before it is sent.
///
/// In    the mail's parts and what they were made from
/// Out   findings, the weighty ones first
/// Pure
#pragma once
#include <string>
#include <vector>

#include "ilbud/render/render.hpp"
#include "mail.hpp"

namespace ilbud {

struct PreviewFinding {
    bool warning = true;  ///< false: a remark
    std::string code;     ///< stable, snake_case
    std::string text;     ///< a sentence for people

    bool operator==(const PreviewFinding&) const = default;
};

/// Gmail cuts what is shown of a mail at 102 KB of HTML.
inline constexpr std::size_t clipped_bytes = 100UL * 1024;

/// Codes  language_missing, welcome_message_missing, no_subject, no_preheader, clipped, image_without_alt, image_not_https,
///        link_not_https, low_contrast, no_dark_mode, wrong_lang, long_subject
[[nodiscard]] std::vector<PreviewFinding> preview_findings(const PreviewMail& shown, const Content& content);

/// "Danish"
[[nodiscard]] std::string_view english_name(Locale locale);

}  // namespace ilbud
