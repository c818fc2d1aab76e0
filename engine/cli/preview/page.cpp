// The page is for somebody who has to like the mail, not for a developer: what an inbox shows comes first, then
// remarks, then the mail at two widths in light and dark, and the technical parts at the end. Every value is
// escaped by html_safe where it is put in.
#include "page.hpp"

#include "html.hpp"
#include "ilbud/sign/canonical.hpp"

namespace ilbud {
namespace {

std::string mailbox(const std::string& name, const std::string& address) {
    return name.empty() ? address : name + " <" + address + ">";
}

std::string fact(std::string_view name, std::string_view value) {
    return "<dt>" + std::string(name) + "</dt><dd>" + html_safe(value) + "</dd>\n";
}

// The first character as UTF-8 has it, continuation bytes included. An empty name gives nothing.
std::string initial(const std::string& name) {
    std::size_t length = 1;
    while (length < name.size() && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) ++length;
    return name.substr(0, length);
}

// As a mail program lists it: sender, subject, preheader.
// A recipient sees these three before anything else, and decides by them whether to open the mail.
std::string inbox_row(const PreviewSheet& sheet) {
    const auto& mail = sheet.shown.mail;
    const std::string who = mail.from_name.empty() ? mail.from : mail.from_name;
    return "<section class=\"inbox\"><i>" + html_safe(initial(who)) + "</i><div><p class=\"who\">" + html_safe(who) +
           "</p><h1 lang=\"" + std::string(to_word(sheet.content.locale)) + "\">" + html_safe(sheet.content.subject) +
           "</h1><p>" + html_safe(sheet.content.preheader) + "</p></div></section>\n";
}

// What was asked for beside what it became, where they differ: language, wording, size against Gmail's limit.
std::string facts(const PreviewSheet& sheet) {
    const auto& [shown, content, message, unsigned_because, findings] = sheet;
    const auto& mail = shown.mail;
    std::string out = "<section><dl>\n" + fact("From", mailbox(mail.from_name, mail.from));
    if (!mail.reply_to.empty()) out += fact("Reply-To", mail.reply_to);
    out += fact("To", mailbox(mail.to_name, mail.to));
    out += fact("Language", std::string(own_name(content.locale)) +
                                (content.locale == mail.locale ? "" : ", in place of " + std::string(own_name(mail.locale))));
    if (const auto* unit = shown.settings.unit(mail.unit))
        out += fact("Unit", unit->name + " (" + unit->id + ")") + fact("Wording", term_text(shown.settings.account_of(*unit)));
    // Two bytes for the empty line between header and body.
    const auto whole = message.header.size() + 2 + message.body.size();
    out += fact("Size", size_text(whole) + " in all; HTML " + size_text(content.html.size()) + ", " +
                            std::to_string(content.html.size() * 100 / (102 * 1024)) +
                            " % of what Gmail shows before it cuts; text " + size_text(content.text.size()));
    return out + "</dl></section>\n";
}

// "Nothing to remark" is said, or a reader would look for the list.
std::string findings_list(const std::vector<PreviewFinding>& findings) {
    std::string out = "<section><h2>Remarks</h2>\n";
    if (findings.empty()) return out + "<p class=\"fine\">Nothing to remark.</p></section>\n";
    out += "<ul class=\"findings\">\n";
    for (const auto& each : findings)
        out += std::string("<li class=\"") + (each.warning ? "warning" : "remark") + "\" data-code=\"" + each.code + "\">" +
               (each.warning ? "<b>Warning.</b> " : "") + html_safe(each.text) + "</li>\n";
    return out + "</ul></section>\n";
}

std::string figure(std::string_view device, std::string_view caption, const std::string& frame) {
    return "<figure class=\"" + std::string(device) + "\"><figcaption>" + std::string(caption) + "</figcaption>" + frame +
           "</figure>\n";
}

// Widths of a common phone and of a mail program's reading pane; both looks stand in the
// page, and the switch hides one by CSS alone.
std::string bench(const PreviewSheet& sheet, Appearance appearance) {
    const std::string look = appearance == Appearance::dark ? "dark" : "light";
    const auto& html = sheet.content.html;
    return "<div class=\"bench in-" + look + "\">\n" +
           figure("phone", "Phone, 375 px, " + look, mail_frame(html, appearance, "The mail on a phone, " + look)) +
           figure("desk", "Desktop, 760 px, " + look, mail_frame(html, appearance, "The mail on a desktop, " + look)) +
           "</div>\n";
}

// Pictures are blocked by the page's policy, which is also how a careful mail program shows the mail at first.
std::string looks(const PreviewSheet& sheet) {
    return "<section><div class=\"top\"><h2>As it is shown</h2><div class=\"pick\" role=\"radiogroup\" "
           "aria-label=\"Appearance\">" +
           look_choice("both", "Both", true) + look_choice("light", "Light", false) + look_choice("dark", "Dark", false) +
           "</div></div>\n<p class=\"soft\" style=\"margin:0\">Pictures are not loaded: this is how mail programs show a mail "
           "until the reader asks for them.</p>\n" +
           bench(sheet, Appearance::light) + bench(sheet, Appearance::dark) + "</section>\n";
}

// RFC 5322 §2.2.3: unfolding takes the line ends away and keeps the white space behind them.
std::string unfolded(std::string_view value) {
    std::string out;
    for (const char c : value)
        if (c != '\r' && c != '\n') out += c;
    return out;
}

// All fields as they are sent, in their order, since what one looks for is not always known beforehand.
std::string header(const PreviewSheet& sheet) {
    std::string out = "<section><h2>Header</h2>\n";
    if (!sheet.unsigned_because.empty())
        out += "<p class=\"soft\">Without DKIM-Signature: " + html_safe(sheet.unsigned_because) + "</p>\n";
    out += "<table class=\"fields\">\n";
    for (const auto& field : header_fields(sheet.message.header)) {
        const auto value = field.bytes.substr(field.bytes.find(':') + 1);
        out += "<tr><td>" + html_safe(field.name) + "</td><td><code>" + html_safe(unfolded(value)) + "</code></td></tr>\n";
    }
    return out + "</table></section>\n";
}

}  // namespace

// The event comes last and folded up: it may be long, and holds a subscriber's data in full.
std::string preview_page(const PreviewSheet& sheet, std::string_view index) {
    const auto kind = std::string(title_of(sheet.shown.mail.kind));
    std::string out = page_head(kind + ": " + sheet.content.subject) + "<main>\n<p class=\"trail\">";
    if (!index.empty()) out += "<a href=\"" + html_safe(index) + "\">All mails</a> · ";
    out += html_safe(kind + " · " + sheet.shown.title) + "</p>\n";
    out += inbox_row(sheet) + facts(sheet) + findings_list(sheet.findings) + looks(sheet);
    out += "<section><h2>Text part</h2>\n<pre class=\"text\" lang=\"" + std::string(to_word(sheet.content.locale)) + "\">" +
           html_safe(sheet.content.text) + "</pre></section>\n";
    out += header(sheet);
    out += "<section><details><summary>The event it is made from</summary><pre>" + html_safe(sheet.shown.event.raw) +
           "</pre></details></section>\n";
    return out + "</main>\n" + std::string(page_end);
}

// Stands in for the page: who looks at the browser only sees the reason there.
std::string refusal_page(std::string_view title, const std::vector<Error>& errors) {
    std::string out = page_head(title) + "<main>\n<h1>" + html_safe(title) + "</h1>\n<section><ul class=\"findings\">\n";
    for (const auto& error : errors)
        out += "<li class=\"warning\" data-code=\"" + html_safe(error.code) + "\">" +
               (error.place.empty() ? "" : "<b>" + html_safe(error.place) + "</b> ") + html_safe(error.detail) + "</li>\n";
    return out + "</ul></section>\n</main>\n" + std::string(page_end);
}

std::string term_text(const Account& account) {
    return std::string(to_word(account.customer_term)) + " / " + std::string(to_word(account.relation_term));
}

}  // namespace ilbud
