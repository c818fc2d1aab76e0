// The pages hold whole mails, whose texts come from strangers' events. Two walls keep them from acting: the
// frames are sandboxed without scripts, and a Content-Security-Policy in the page's own head allows no request
// to anywhere. Both hold for files opened from disk, where no server could send a header.
#include "html.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "embedded/page_css.hpp"
#include "ilbud/base/id.hpp"
#include "ilbud/render/escape.hpp"

namespace ilbud {

// An eighth more is reserved for what grows by escaping.
std::string html_safe(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char c : text) append_html_character(out, c);
    return out;
}

// The page says its policy in a meta element, so it must come before anything that could be fetched.
std::string page_head(std::string_view title, std::string_view script) {
    std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    // Frames inherit this: nothing that a mail names is fetched, and no script of its own runs.
    out +=
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "form-action 'none'; base-uri 'none'";
    // By hash instead of 'unsafe-inline': only these very bytes run, whatever
    // a mail manages to put into the page.
    if (!script.empty()) {
        const auto digest = sha256(script);
        out += "; script-src 'sha256-" + base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) + "'";
    }
    out +=
        "\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"referrer\" "
        "content=\"no-referrer\">\n";
    out += preview_marker;
    out += "\n<title>" + html_safe(title) + "</title>\n";
    ((out += "<style>\n") += page_css) += "</style>";
    return out + "\n</head>\n<body>\n";
}

// srcdoc, so that the mail needs no file of its own and inherits the policy; it is an
// attribute, hence escaped once more as a whole.
std::string mail_frame(std::string_view html, Appearance appearance, std::string_view title, bool lazy) {
    // A link then opens a window, which the sandbox forbids: the frame stays at the mail.
    constexpr std::string_view inert = "<base target=\"_blank\">";
    std::string shown(html);
    // Only a bare <head>, as our layouts have it, gets the base.
    if (const auto head = shown.find("<head>"); head != std::string::npos) shown.insert(head + 6, inert);
    std::string out = "<iframe sandbox title=\"" + html_safe(title) + "\"";
    if (appearance != Appearance::page) out += appearance == Appearance::dark ? " class=\"dark\"" : " class=\"light\"";
    // A thumbnail must not take the keyboard's focus.
    if (lazy) out += " loading=\"lazy\" tabindex=\"-1\"";
    return out + " srcdoc=\"" + html_safe(shown) + "\"></iframe>";
}

std::string_view own_name(Locale locale) {
    constexpr std::array<std::string_view, words<Locale>.size()> names{"Dansk", "Norsk", "Svenska", "English", "Deutsch"};
    return names[static_cast<std::size_t>(locale)];
}

// By Kind, in its order.
std::string_view title_of(Kind kind) {
    constexpr std::array<std::string_view, kind_count> titles{
        "Confirmation request",    "Welcome",        "Stopped",     "Cancelled",      "Receipt",        "Invoice",
        "Notice to the publisher", "Payment failed", "Credit note", "Reminder",       "Renewal notice", "Price change",
        "Card expiring",           "Gift ending",    "Login link",  "E-mail changed", "Withdrawn",      "Known address"};
    return titles[static_cast<std::size_t>(kind)];
}

std::string look_choice(std::string_view id, std::string_view text, bool checked) {
    return "<label><input type=\"radio\" name=\"look\" id=\"look-" + std::string(id) + "\"" + (checked ? " checked" : "") +
           "><span>" + std::string(text) + "</span></label>";
}

// 1,024 bytes to a KB, as mail programs show sizes.
std::string size_text(std::size_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + " bytes";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f KB", static_cast<double>(bytes) / 1024);
    return text;
}

}  // namespace ilbud
