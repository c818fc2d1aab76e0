// Everything is checked first (check) and appended afterwards without a further look, so that there is one place
// to read if one wonders whether some value could end its field. Written by hand because a mail of ours has one
// of two shapes: a library composes it in several times the time, chooses charsets by itself and folds or
// encodes fields that must stand as they are, as List-Unsubscribe. Nothing is drawn by chance. A mail written
// again at another attempt has the same Message-ID and boundaries (R2), and a test can compare whole messages.
#include "ilbud/compose/compose.hpp"

#include <algorithm>

#include "ilbud/base/text.hpp"
#include "ilbud/compose/encode.hpp"
#include "ilbud/compose/encode_header.hpp"
#include "ilbud/settings/one_click_url.hpp"

namespace ilbud {
namespace {

// RFC 6838 §4.2 advises 64 characters at most for each half of a content type. For a part of a Feedback-ID
// it is ours: long enough for names that people give, short enough for a field of one line or little more.
constexpr std::size_t token_max = 64;

bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

// Ids and domains: harmless in a Message-ID and in a boundary.
bool is_name(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || is_one_of(c, "-._"); });
}

// RFC 2045 §5.1.
bool is_token(std::string_view text) {
    const auto allowed = [](char c) { return c > ' ' && c <= '~' && !is_one_of(c, "()<>@,;:\\\"/[]?="); };
    return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// Addresses come checked. This only proves that none can end its field or add a second mailbox, whoever made it (S3, S7).
// The last '@' divides, as a quoted local part may hold others. Beyond ASCII
// everything passes: such a local part is for SMTPUTF8 servers, and the characters
// were judged when the address was read. An address literal in brackets is refused.
bool is_one_mailbox(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == std::string_view::npos || at == 0 || has_control(address)) return false;
    const auto local = address.substr(0, at), domain = address.substr(at + 1);
    if (!is_name(domain)) return false;
    if (!local.starts_with('"'))
        return std::none_of(local.begin(), local.end(), [](char c) { return is_one_of(c, " \"(),:;<>@[\\]"); });
    for (std::size_t i = 1; i < local.size(); ++i) {
        if (local[i] == '"') return i + 1 == local.size();
        if (local[i] == '\\') ++i;
    }
    return false;
}

// A filename that no reader can take for a path or read differently than it is written (S41).
// Both slashes count, since the reader may run Windows. With an override (U+202E) "invoice[mark]fdp.exe"
// shows as "invoiceexe.pdf"; the other marks and isolates can be combined to the same end.
bool is_base_name(std::string_view name) {
    if (name.empty() || name == "." || name == ".." || name.find_first_of("/\\") != std::string_view::npos) return false;
    for (const std::string_view mark :
         {"\u061C", "\u200E", "\u200F", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069"})
        if (name.find(mark) != std::string_view::npos) return false;
    return true;
}

// Only a type of one body: the others may not be base64 (RFC 2045 §6.4).
// Parameters are refused with it: ';' is in no token.
bool is_content_type(std::string_view type) {
    const auto slash = type.find('/');
    if (slash == std::string_view::npos || type.size() > 2 * token_max) return false;
    const auto main = lower_case(type.substr(0, slash));
    return is_token(main) && is_token(type.substr(slash + 1)) && main != "multipart" && main != "message";
}

Error invalid(std::string place, std::string detail) {
    return {"invalid_header", std::move(place), std::move(detail)};
}

// Stops at the first finding: this is no form that someone fills in, but the last gate behind others.
Result<void> check(const PlannedMail& mail, const Content& content, const std::vector<Attachment>& attachments) {
    struct Named {
        const char* name;
        const std::string& value;
    };
    if (!is_name(mail.id)) return invalid("id", "expected letters, digits and hyphens");
    for (const auto& text :
         {Named{"subject", content.subject}, Named{"to_name", mail.to_name}, Named{"from_name", mail.from_name}})
        if (has_control(text.value)) return invalid(text.name, "holds a control character");
    for (const auto& address : {Named{"from", mail.from}, Named{"to", mail.to}})
        if (!is_one_mailbox(address.value)) return invalid(address.name, "expected exactly one address");
    if (!mail.reply_to.empty() && !is_one_mailbox(mail.reply_to)) return invalid("reply_to", "expected exactly one address");
    for (const auto& attachment : attachments) {
        if (has_control(attachment.filename)) return invalid("filename", "holds a control character");
        if (!is_base_name(attachment.filename)) return invalid("filename", "expected a name without path or bidirectional marks");
        if (!is_content_type(attachment.content_type)) return invalid("content_type", "expected type/subtype of a single body");
    }
    return {};
}

// `text` as a part of a Feedback-ID.
// Colons divide the parts of a Feedback-ID, so none may stand inside one. That several units
// could come out alike is harmless: the field only groups complaints in the postmaster's tools.
void append_token(std::string& out, std::string_view text) {
    for (const char c : text.substr(0, token_max)) out += is_letter_or_digit(c) || is_one_of(c, "-._") ? c : '-';
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

// No encoded body holds "=_" (encode.hpp), so none holds this.
// At most 70 characters (RFC 2046 §5.1.1), of which 30 are used for an id of 26. The letter at the end
// keeps the outer boundary from being the beginning of the inner one, as which a reader would take it.
std::string boundary_of(const PlannedMail& mail, char part) {
    return "=_" + mail.id + '_' + part;
}

// Quoted, because '=' is in no token; folded always, so that no length has to be counted.
void append_multipart_field(std::string& out, std::string_view subtype, std::string_view boundary) {
    out.append("Content-Type: multipart/").append(subtype).append(";\r\n boundary=\"").append(boundary).append("\"\r\n");
}

// The URL is one word that not every reader puts together again if it is cut or encoded: it may make
// its line long, up to one_click_url_bytes_max. The second field's text is fixed by RFC 8058 §3.1.
void append_unsubscribe_fields(std::string& out, std::string_view url) {
    constexpr std::string_view name = "List-Unsubscribe:";
    out += name;
    auto column = name.size();
    append_word(out, column, std::string("<").append(url).append(">"));
    out += "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
}

// The order is free (RFC 5322 §3.6) and the usual one. Return-Path is not
// ours to write: the last server adds it from the envelope (RFC 5321 §4.4).
std::string compose_header(const PlannedMail& mail, const Content& content, bool attached, Time now,
                           std::string_view unsubscribe_url) {
    std::string header;
    header.reserve(1024 + content.subject.size() * 3);
    append_field(header, "Date", to_mail_date(now));
    append_mailbox_field(header, "From", mail.from_name, mail.from);
    if (!mail.reply_to.empty()) append_mailbox_field(header, "Reply-To", "", mail.reply_to);
    append_mailbox_field(header, "To", mail.to_name, mail.to);
    append_text_field(header, "Subject", content.subject);
    // The id is unique by itself; From's domain makes the right half a name that the sender owns.
    header.append("Message-ID: <").append(mail.id).append(mail.from, mail.from.rfind('@')).append(">\r\n");
    // The second says "no human wrote this" (RFC 3834 §5); Exchange answers all the same
    // unless the third forbids delivery reports, absence notes and other automatic replies.
    header += "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: DR, OOF, AutoReply\r\n";
    // Kind, unit, account, sender: Gmail counts complaints by each of them.
    header.append("Feedback-ID: ").append(to_word(mail.kind)).append(":");
    append_token(header, mail.unit);
    header += ':';
    append_token(header, mail.account);
    header += ":ilbud\r\n";
    if (!unsubscribe_url.empty()) append_unsubscribe_fields(header, unsubscribe_url);
    append_field(header, "Content-Language", to_word(content.locale));
    if (attached)
        append_multipart_field(header, "mixed", boundary_of(mail, 'm'));
    else
        append_multipart_field(header, "alternative", boundary_of(mail, 'a'));
    return header;
}

void append_delimiter(std::string& out, std::string_view boundary) {
    out.append("--").append(boundary).append("\r\n");
}

// The last line end belongs to the delimiter that follows (RFC 2046 §5.1.1), not to the text.
// utf-8 also where all is ASCII, which it contains: the part then says the same in every mail.
void append_text_part(std::string& out, std::string_view boundary, std::string_view subtype, std::string_view text) {
    const auto encoding = choose_encoding(text);
    append_delimiter(out, boundary);
    out.append("Content-Type: text/").append(subtype).append("; charset=utf-8\r\nContent-Transfer-Encoding: ");
    out.append(to_word(encoding)).append("\r\n\r\n");
    append_text(out, text, encoding);
    out += "\r\n";
}

// The plain one first: a reader shows the last that it can (RFC 2046 §5.1.4).
void append_alternative(std::string& out, const PlannedMail& mail, const Content& content) {
    const auto boundary = boundary_of(mail, 'a');
    append_text_part(out, boundary, "plain", content.text);
    append_text_part(out, boundary, "html", content.html);
    out.append("--").append(boundary).append("--\r\n");
}

// The name stands twice: in the form of RFC 2231 where today's readers look, in ASCII where older ones do.
// Columns are counted anew in each field, so that folding comes where a line is really full.
// Base64 whatever the type: a text file would be changed by quoted-printable's view of line ends.
void append_attachment(std::string& out, std::string_view boundary, const Attachment& attachment) {
    append_delimiter(out, boundary);
    auto column = std::string_view("Content-Type: ").size() + attachment.content_type.size();
    out.append("Content-Type: ").append(attachment.content_type);
    append_parameter(out, column, "name", ascii_filename(attachment.filename));
    column = std::string_view("Content-Disposition: attachment").size();
    out += "\r\nContent-Disposition: attachment";
    append_parameter(out, column, "filename", attachment.filename);
    out += "\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    append_base64(out, attachment.bytes);
    out += "\r\n";
}

// Only so that the body grows once. Lines of base64 take 57 bytes each and
// give 76 characters and a line end; quoted-printable seldom adds a quarter.
std::size_t expected_size(const Content& content, const std::vector<Attachment>& attachments) {
    auto size = (content.text.size() + content.html.size()) * 5 / 4 + 1024;
    for (const auto& attachment : attachments) size += attachment.bytes.size() / 57 * 78 + 1024;
    return size;
}

}  // namespace

// With attachments the alternatives become the first part of a mixed body:
// readers take what stands beside them for another form of the text otherwise.
Result<Message> compose(const PlannedMail& mail, const Content& content, const std::vector<Attachment>& attachments, Time now,
                        std::string_view unsubscribe_url) {
    if (const auto checked = check(mail, content, attachments); !checked) return checked.error();
    Message message;
    if (!unsubscribe_url.empty() && !is_one_click_url(unsubscribe_url)) {
        message.unsubscribe_left_out = true;
        unsubscribe_url = {};
    }
    message.header = compose_header(mail, content, !attachments.empty(), now, unsubscribe_url);
    auto& body = message.body;
    body.reserve(expected_size(content, attachments));
    if (attachments.empty()) {
        append_alternative(body, mail, content);
        return message;
    }
    const auto boundary = boundary_of(mail, 'm');
    append_delimiter(body, boundary);
    append_multipart_field(body, "alternative", boundary_of(mail, 'a'));
    body += "\r\n";
    append_alternative(body, mail, content);
    for (const auto& attachment : attachments) append_attachment(body, boundary, attachment);
    body.append("--").append(boundary).append("--\r\n");
    return message;
}

}  // namespace ilbud
