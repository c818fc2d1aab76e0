// One page for all mails of a unit, searchable without a server: everything is in the page, rows and cells
// carry what the script filters by in data attributes, and the script only hides. Hundreds of mails in frames
// would be slow, so frames are lazy and made once.
#include "index.hpp"

#include <algorithm>

#include "cli/output.hpp"
#include "embedded/index_js.hpp"
#include "html.hpp"

namespace ilbud {
namespace {

std::string option(std::string_view value, std::string_view text, bool selected = false) {
    return "<option value=\"" + html_safe(value) + "\"" + (selected ? " selected" : "") + ">" + html_safe(text) + "</option>";
}

std::string select(std::string_view id, std::string_view label, const std::string& options) {
    return "<select id=\"" + std::string(id) + "\" aria-label=\"" + std::string(label) + "\">" + options + "</select>\n";
}

// Choices come from what there is, in the order of the rows, so no choice leads to an empty page by itself.
std::string filter(const PreviewIndex& index) {
    std::string kinds = option("", "All kinds"), terms, languages = option("", "All languages");
    std::vector<std::string> seen_terms;
    std::vector<Kind> seen_kinds;
    std::vector<Locale> seen_locales;
    // Linear search: there are a handful of kinds, wordings and languages.
    const auto fresh = [](auto& seen, const auto& value) {
        if (std::find(seen.begin(), seen.end(), value) != seen.end()) return false;
        seen.push_back(value);
        return true;
    };
    for (const auto& row : index.rows) {
        if (fresh(seen_kinds, row.situation->kind)) kinds += option(to_word(row.situation->kind), title_of(row.situation->kind));
        // The account's own wording is chosen at first.
        if (!row.term.empty() && fresh(seen_terms, row.term)) terms += option(row.term, row.term, row.usual_term);
        for (const auto& cell : row.cells)
            if (fresh(seen_locales, cell.locale)) languages += option(to_word(cell.locale), own_name(cell.locale));
    }
    return "<div class=\"filter\"><input type=\"search\" id=\"search\" placeholder=\"Search subjects, senders, situations\" "
           "aria-label=\"Search\">\n" +
           select("kind", "Kind", kinds) + select("language", "Language", languages) +
           // The script asks for the element, so it is there even if there is no choice.
           (terms.empty() ? "<input type=\"hidden\" id=\"term\">" : select("term", "What customers are called", terms)) +
           "<label class=\"only\"><input type=\"checkbox\" id=\"only\">With remarks</label>\n<span class=\"pick\" "
           "role=\"radiogroup\" aria-label=\"Appearance of the mails\">" +
           look_choice("light", "Light", true) + look_choice("dark", "Dark", false) +
           "</span><output id=\"count\"></output></div>\n";
}

std::string badges(const IndexCell& cell) {
    std::string out;
    if (cell.warnings > 0) out += "<span class=\"badge\">" + counted(cell.warnings, "warning") + "</span> ";
    if (cell.remarks > 0) out += "<span class=\"badge remark\">" + counted(cell.remarks, "remark") + "</span>";
    return out.empty() ? out : "<span>" + out + "</span>";
}

// `lang` is the language that the mail is written in, so that a screen reader speaks it
// right; the cell is found by the one asked for.
std::string cell_html(const IndexCell& cell) {
    std::string language(own_name(cell.locale));
    if (cell.written != cell.locale) language += ": no texts, written in " + std::string(own_name(cell.written));
    const std::string lang(to_word(cell.written));
    std::string out = "<article class=\"cell\" data-language=\"" + std::string(to_word(cell.locale)) + "\" data-remarks=\"" +
                      std::to_string(cell.warnings + cell.remarks) + "\" data-text=\"" +
                      html_safe(cell.subject + " " + cell.from + " " + cell.to) + "\">\n";
    // The link lies over the frame, which is inert: a click on the picture opens the page.
    out += "<div class=\"thumb\">" + mail_frame(cell.html, Appearance::page, "", true) + "<a href=\"" + html_safe(cell.page) +
           "\" aria-label=\"" + html_safe(cell.subject + ", " + language) + "\"></a></div>\n";
    out += "<div class=\"about\"><span class=\"language\">" + html_safe(language) + "</span><span class=\"subject\" lang=\"" +
           lang + "\">" + html_safe(cell.subject) + "</span><span class=\"soft\">" + html_safe(cell.from) + "</span>" +
           badges(cell) + "<span class=\"links\"><a href=\"" + html_safe(cell.page) + "\">Look at it</a><a href=\"" +
           html_safe(cell.eml) + "\" download>.eml</a></span></div>\n";
    return out + "</article>\n";
}

// Other wordings are hidden from the start: without the script the page shows what the account really sends.
std::string row_html(const IndexRow& row) {
    const std::string title(row.situation->title);
    std::string out = "<div class=\"row\" data-kind=\"" + std::string(to_word(row.situation->kind)) + "\" data-term=\"" +
                      html_safe(row.term) + "\" data-text=\"" +
                      html_safe(title + " " + std::string(title_of(row.situation->kind))) + "\"" +
                      (row.usual_term ? "" : " hidden") + ">\n<h3>" + html_safe(title);
    if (!row.term.empty()) out += "<small>" + html_safe(row.term) + "</small>";
    out += "</h3>\n";
    // A row without mails still says why, since its absence would raise the question.
    if (!row.not_mailed.empty()) return out + "<p class=\"none\">No mail. " + html_safe(row.not_mailed) + "</p></div>\n";
    out += "<div class=\"cells\">\n";
    for (const auto& cell : row.cells) out += cell_html(cell);
    return out + "</div></div>\n";
}

}  // namespace

// Sections follow the kinds; rows come sorted by situation, so a kind is never opened twice.
std::string index_page(const PreviewIndex& index) {
    const auto script = "\n" + std::string(index_js);  // the head allows just these bytes, by their hash
    std::string out = page_head("All mails of " + index.unit, script) + "<main class=\"gallery\">\n<h1>All mails of " +
                      html_safe(index.unit) +
                      "</h1>\n<p class=\"soft\" style=\"margin:4px 0 0\">Made with sample data; nothing of it was sent. Pictures "
                      "are not loaded.</p>\n" +
                      filter(index);
    const Situation* before = nullptr;
    for (const auto& row : index.rows) {
        if (before == nullptr || before->kind != row.situation->kind)
            out += std::string(before == nullptr ? "" : "</section>\n") + "<section class=\"kind\"><h2>" +
                   html_safe(title_of(row.situation->kind)) + "</h2>\n";
        before = row.situation;
        out += row_html(row);
    }
    if (before != nullptr) out += "</section>\n";
    // Without the script everything of the account's own wording is shown, and nothing can be searched.
    out += "<p id=\"nothing\" class=\"soft\" hidden>No mail fits.</p>\n</main>\n<script>" + script + "</script>\n";
    return out + std::string(page_end);
}

}  // namespace ilbud
