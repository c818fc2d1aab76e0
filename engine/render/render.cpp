// One Mustache render makes subject, preheader, message, body and note together, divided by
// a byte that no value can bring along: mstch's cost is by the render and by what it
// parses, and five renders would parse and copy five times. Markdown is parsed part by part
// all the same, so that an unclosed fence in a welcome message cannot swallow the note.
#include "ilbud/render/render.hpp"

#include <array>

#include "full_stop.hpp"
#include "ilbud/base/readable_names.hpp"
#include "ilbud/render/escape.hpp"
#include "note_html.hpp"
#include "sender.hpp"
#include "template_prune.hpp"
#include "value_place.hpp"
#include "view.hpp"

namespace ilbud {
namespace {

using Parts = std::array<std::string_view, part_count>;
// In the order in which prepare_template joins them.
enum Part : std::size_t { subject_part, preheader_part, message_part, body_part, note_part };

// A missing separator gives empty parts at the end, never a read beyond it.
Parts split(std::string_view mail) {
    Parts parts;
    for (std::size_t i = 0; i < part_count; ++i) {
        const auto end = std::min(mail.find(part_separator), mail.size());
        parts[i] = mail.substr(0, end);
        mail.remove_prefix(std::min(end + 1, mail.size()));
    }
    return parts;
}

// A header's text: without the escapes, without blanks around or side by side.
// A subject is plain text, but its values were escaped for Markdown with all the others (fold,
// `header`). Line ends become blanks here: no header field ever gets one from a text (S3).
std::string header_text(std::string_view markdown) {
    const std::string text = without_backslashes(markdown);
    std::string out;
    out.reserve(text.size());
    for (const char byte : text) {
        const bool blank = byte == ' ' || byte == '\n' || byte == '\t';
        if (!blank)
            out += byte;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

class Renderer {
 public:
    Renderer(const ViewInput& input, std::size_t bytes_max)
        : in_(input), layout_(*input.prepared.layout), bytes_max_(bytes_max) {}

    Result<Content> run() {
        if (!make_view(in_, view_))
            return Error{"render_failed", in_.mail.id, "the event makes no " + std::string(to_word(in_.mail.kind)) + " mail"};
        // What lists repeat is bounded before it is written; values are counted while they are.
        // Divided instead of multiplied: the product could overflow.
        if (view_.items != 0 && in_.prepared.item_bytes > bytes_max_ / view_.items) return too_large();
        const std::string mail = mustache(in_.prepared.mail, Escape::markdown);
        const Parts parts = split(mail);
        content_.locale = in_.prepared.locale;
        content_.subject = header_text(parts[subject_part]);
        content_.preheader = header_text(parts[preheader_part]);
        content_.text.reserve(mail.size());
        bodies(parts);
        if (content_.html.size() + content_.text.size() > bytes_max_) return too_large();
        return std::move(content_);
    }

 private:
    Error too_large() const {
        return {"too_large", in_.mail.id, "the mail exceeds mail_bytes_max (" + std::to_string(bytes_max_) + " bytes)"};
    }

    // bytes_max_ bounds the values of one render; the sum of both parts is checked at the end.
    std::string mustache(const std::string& source, Escape mode) {
        std::string text = render_mustache(prune(source, view_.present), view_.fields, mode, bytes_max_);
        drop_double_stops(text, mode);
        finish_values(text, mode);
        return text;
    }

    void bodies(const Parts& parts) {
        // The content is written where it stands in the document, unless the layout has to go through Mustache as a whole.
        std::string& html = content_.html;
        std::string inner;
        const bool direct = layout_.mustache.empty();
        std::size_t piece = 0;
        if (direct) {
            // A guess: HTML is about four times its Markdown. Too
            // small costs a copy, too large some memory for a moment.
            html.reserve(4096 + layout_.rest.size() + parts[body_part].size() * 4);
            piece = layout_until_content();
        }
        content(parts, direct ? html : inner);
        if (direct)
            layout_after(piece);
        else
            layout_by_mustache(std::move(inner));
    }

    // A part that has an override is not made from the Markdown. The note
    // follows either way, outside of what any template can leave out (R11).
    void content(const Parts& parts, std::string& html) {
        const Template& prepared = in_.prepared;
        std::string* const html_body = prepared.html.empty() ? &html : nullptr;
        std::string* const text_body = prepared.text.empty() ? &content_.text : nullptr;
        for (const Part part : {message_part, body_part})
            if (!parts[part].empty() && (html_body != nullptr || text_body != nullptr))
                append_markdown(parts[part], layout_.style, html_body, text_body);
        if (html_body == nullptr) html += mustache(prepared.html, Escape::html);
        if (text_body == nullptr) content_.text = mustache(prepared.text, Escape::plain);
        if (parts[note_part].empty()) return;
        (html += note_opening) += '\n';
        content_.text += content_.text.empty() || content_.text.ends_with('\n') ? "" : "\n";
        // Not "-- ", the mark of a signature: programs hide or cut what stands below it.
        content_.text += "\n-----\n";
        append_markdown(parts[note_part], layout_.style, &html, &content_.text);
        html += note_closing;
    }

    // The content is no slot of this kind: layout_until_content ends at it.
    void append_slot(Var slot) {
        append_escaped(content_.html, slot == Var::subject ? content_.subject : content_.preheader, Escape::html);
    }

    // Returns the number of the piece that the content follows.
    // Ends, because a layout without its content is refused at load (lint_layout).
    std::size_t layout_until_content() {
        for (std::size_t i = 0;; ++i) {
            content_.html += layout_.pieces[i].html;
            if (layout_.pieces[i].slot == Var::content) return i;
            append_slot(layout_.pieces[i].slot);
        }
    }
    void layout_after(std::size_t content_piece) {
        for (std::size_t i = content_piece + 1; i < layout_.pieces.size(); ++i) {
            content_.html += layout_.pieces[i].html;
            append_slot(layout_.pieces[i].slot);
        }
        content_.html += layout_.rest;
    }

    // The slow way, for layouts that ask something of the mail
    // itself. The content goes in raw and is copied by mstch.
    void layout_by_mustache(std::string inner) {
        view_.fields.put(variable_key(Var::subject), content_.subject);
        view_.fields.put(variable_key(Var::preheader), content_.preheader);
        view_.fields.put(variable_key(Var::content), std::move(inner));
        content_.html = mustache(layout_.mustache, Escape::html);
    }

    const ViewInput& in_;
    const Layout& layout_;
    std::size_t bytes_max_;
    View view_;
    Content content_;
};

bool contains(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

// Its words are the engine's own, in English, for one technical reader: no template can be missing or wrong when it is needed.
Content operator_content(const AccountNotice& notice) {
    Content content;
    content.subject = notice.subject;
    content.locale = Locale::en;
    for (const auto& line : notice.records) content.text += line + '\n';
    content.html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                   escaped(notice.subject, Escape::html) + "</title></head>\n<body><div style=\"white-space:pre-wrap\">" +
                   escaped(content.text, Escape::html) + "</div></body></html>\n";
    return content;
}

}  // namespace

Result<Content> render(const PlannedMail& mail, const Event& event, const Settings& settings, const TemplateSet& templates) {
    if (const auto* notice = std::get_if<AccountNotice>(&event.data); notice != nullptr && notice->to_operator)
        return operator_content(*notice);
    // Only the size is an answer here. Whatever else is thrown is ours to mend, and the letter's to tell.
    const auto write = [&](const Sender& sender, const Template& prepared) -> Result<Content> {
        try {
            return Renderer({mail, event, sender.unit, sender.service, prepared, settings.platform.methods},
                            settings.platform.mail_bytes_max)
                .run();
        } catch (const OutputTooLarge& limit) {
            return Error{"too_large", mail.id, limit.what()};
        }
    };
    const Unit* unit = settings.unit(mail.unit);
    const Template* prepared = templates.find(mail.unit, mail.locale, mail.kind);
    // Before the unit is asked for: a notice has none.
    if (prepared != nullptr && mail.kind == Kind::notice) {
        const NoticeSender platform(settings, mail.account);
        return write(platform.sender(), *prepared);
    }
    if (unit == nullptr) return Error{"unknown_unit", mail.id, "there is no unit '" + mail.unit + "'"};
    if (prepared == nullptr)  // texts are prepared of the kinds that a unit mails
        return Error{"kind_off", mail.id,
                     "unit '" + mail.unit + "' does not mail " + std::string(to_word(mail.kind)) +
                         " any more; switched on again, it goes"};
    return write(sender_of(settings, *unit), *prepared);
}

// Looks at the finished parts, not at how they were made, so that a fault anywhere before shows.
bool carries_note(const Content& content, const Event& event, const CustomerService& service) {
    const std::string url = safe_url(service.self_service_url);
    const std::string& way = url.empty() ? service.support_email : url;
    // In the text an ID with spaces may be wrapped: both are compared without line ends.
    std::string text = content.text;
    for (char& byte : text)
        if (byte == '\n') byte = ' ';
    return contains(content.html, escaped(event.subscriber.id, Escape::html)) &&
           contains(content.html, escaped(way, Escape::html)) && contains(text, escaped(event.subscriber.id, Escape::plain)) &&
           (contains(text, way) || contains(text, as_written(way)));
}

}  // namespace ilbud
