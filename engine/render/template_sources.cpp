// Files are read whole into memory before anything is parsed, so that each is
// read once and every finding can tell line and column. Trees are kept by name,
// as most units share the same files. The folder belongs to the operator, but
// its files come from whoever writes texts: names, sizes and bytes are checked.
#include "template_sources.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "ilbud/base/text.hpp"
#include "lint.hpp"

namespace ilbud {
namespace {

// Exactly so. A misspelt subject is a finding (no_subject);
// a misspelt preheader would be the first line of the body.
constexpr std::string_view subject_label = "Subject:";
constexpr std::string_view preheader_label = "Preheader:";

// Whether a file called so has a purpose here; a misspelt one would otherwise be without effect and nobody would know.
// The extension is taken off at the last dot; kinds and locales have none.
bool is_known(std::string_view name) {
    const bool of_unit = name.starts_with("units/");
    if (of_unit) {
        const auto slash = name.find('/', 6);
        if (slash == std::string_view::npos) return false;
        name.remove_prefix(slash + 1);
    }
    if (name == "layout.html") return true;
    const auto slash = name.find('/');
    if (slash == std::string_view::npos || !from_word<Locale>(name.substr(0, slash))) return false;
    name.remove_prefix(slash + 1);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return false;
    const auto extension = name.substr(dot);
    if (extension != ".md" && extension != ".html" && extension != ".txt") return false;
    name.remove_suffix(extension.size());
    if (name.starts_with("partials/")) return name.find('/', 9) == std::string_view::npos;
    const auto kind = from_word<Kind>(name);
    return kind && !(of_unit && *kind == Kind::notice);  // a notice is the platform's
}

// Editors' and version control's files, and a folder's description.
// Left alone in silence: they are no templates, and nobody meant them to be.
bool is_foreign(const std::string& filename) {
    return filename.starts_with('.') || filename.ends_with('~') || filename.starts_with("README");
}

// The offset of the first byte that is not UTF-8 (RFC 3629), or npos.
// Overlong forms, halves of UTF-16's pairs and what lies beyond U+10FFFF
// are no UTF-8 either: other programs would read other characters in them.
std::size_t invalid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                   : (lead & 0xf0) == 0xe0       ? 3
                                   : lead >= 0xf0 && lead < 0xf5 ? 4
                                                                 : 0;
        if (length == 0 || at + length > text.size()) return at;
        std::uint32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
        for (std::size_t i = 1; i < length; ++i) {
            const auto next = static_cast<unsigned char>(text[at + i]);
            if ((next & 0xc0) != 0x80) return at;
            point = point << 6 | (next & 0x3fU);
        }
        // By length: a smaller point in so many bytes is overlong.
        constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
        if (point < smallest[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return at;
        at += length;
    }
    return std::string_view::npos;
}

// Takes the header line `label` off the top of `text`; nothing if the next line is another one.
// The place goes along, so that a finding in a subject names the column in its file.
std::optional<std::pair<std::string_view, TextPlace>> take_header(std::string_view& text, TextPlace& place,
                                                                  std::string_view label) {
    if (!text.starts_with(label)) return std::nullopt;
    const auto end = std::min(text.find('\n'), text.size());
    auto value = text.substr(label.size(), end - label.size());
    const auto first = std::min(value.find_first_not_of(" \t"), value.size());
    value.remove_prefix(first);
    while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
    const TextPlace begin{place.line, place.column + label.size() + first};
    text.remove_prefix(std::min(end + 1, text.size()));
    place = {place.line + 1, 1};
    return std::pair{value, begin};
}

// The name in front of a line's ':', if a header could be called so (RFC 5322 §3.6.8; here only letters, digits and '-').
std::string_view header_name(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    const auto name = trimmed(line.substr(0, colon), " \t");
    const bool fit = !name.empty() && is_letter(name.front()) &&
                     std::all_of(name.begin(), name.end(), [](char byte) { return is_letter_or_digit(byte) || byte == '-'; });
    return fit ? name : std::string_view();
}

// What people write into a mail's head elsewhere. An ordinary text may begin with "Note:"; with these it was meant as a header.
bool is_well_known(std::string_view name) {
    constexpr std::array<std::string_view, 17> names{
        "bcc",       "cc",       "content-type", "date",     "from",        "importance", "keywords", "list-id", "message-id",
        "preheader", "priority", "references",   "reply-to", "return-path", "sender",     "subject",  "to"};
    const auto low = lower_case(name);
    return low.starts_with("x-") || low.starts_with("list-") || low.starts_with("resent-") || low.starts_with("content-") ||
           std::find(names.begin(), names.end(), low) != names.end();
}

// Header-like lines that stand in the head of a mail, or directly at the front of its body. They would be its first words, or,
// with a second Subject, were thought to be the first one.
void lint_head(std::string_view rest, TextPlace place, const std::string& file, Findings& findings) {
    for (bool head = true; !rest.empty(); ++place.line) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (trimmed(line, " \t").empty()) {
            head = false;
            continue;
        }
        const auto name = header_name(line);
        if (!name.empty() && (head || is_well_known(name)))
            findings.add("header_line", file, place,
                         "'" + std::string(name) +
                             ":' cannot stand in a mail's head, which is one line 'Subject: …', one line "
                             "'Preheader: …' in this order, and an empty line; the text follows");
        else if (!head)
            return;
    }
}

// As the Mustache specification wants of a partial that
// stands alone: each line gets the indent of its tag.
std::string indented(std::string_view text, std::string_view indent) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
        (out += indent) += text.substr(at, end - at);
        at = end;
    }
    return out;
}

}  // namespace

// Editors on Windows write a BOM and CR LF: both go. U+001F would divide the
// parts of a mail (part_separator), and a NUL ends a text for C libraries.
void TemplateSources::add(const std::string& name, const std::string& place, std::string text, Findings& findings) {
    if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
    for (auto at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) text.erase(at, 1);
    if (text.size() > limits_.bytes_max)
        return findings.add(
            "too_large", place, {},
            "the file has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(limits_.bytes_max) + " are read");
    if (const auto bad = invalid_utf8(text); bad != std::string_view::npos)
        return findings.add("invalid_utf8", place, place_in(text, bad, {}), "the file is not UTF-8 from here on");
    if (const auto nul = text.find('\0'); nul != std::string::npos)
        return findings.add("invalid_utf8", place, place_in(text, nul, {}), "a control character");
    lint_characters(text, place, findings);
    files_[name] = {place, std::move(text)};
}

bool TemplateSources::add_folder(const std::filesystem::path& folder, Findings& findings) {
    namespace fs = std::filesystem;
    bool all_read = true;
    // Errors of the walk come as values, as a folder that cannot be
    // read is a finding. The iterator does not follow links to folders.
    std::error_code code;
    for (fs::recursive_directory_iterator each(folder, code), end; !code && each != end; each.increment(code)) {
        const fs::path path = each->path();
        // A .git folder is passed with all that is in it.
        if (is_foreign(path.filename().string())) {
            if (each->is_directory()) each.disable_recursion_pending();
            continue;
        }
        const std::string name = path.lexically_relative(folder).generic_string();
        if (each->is_directory()) {
            if (name.starts_with("units/") && name.find('/', 6) == std::string::npos) unit_folders_.insert(name.substr(6));
            continue;
        }
        if (!is_known(name)) {
            findings.add(
                "unknown_file", path.string(), {},
                "no template is called so: expected layout.html, <locale>/<kind>.md, .html or .txt, or <locale>/partials/…");
            continue;
        }
        std::error_code size_code;
        const auto size = fs::file_size(path, size_code);
        // Before reading: the file could be of any size. Twice the
        // limit, since half of it may be line ends that go (add).
        if (!size_code && size > limits_.bytes_max * 2) {
            findings.add(
                "too_large", path.string(), {},
                "the file has " + std::to_string(size) + " bytes; at most " + std::to_string(limits_.bytes_max) + " are read");
            continue;
        }
        errno = 0;
        std::ifstream file(path, std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(file), {}};
        all_read = all_read && file;
        if (!file && (errno == EMFILE || errno == ENFILE)) {  // all others would say the same
            code.assign(errno, std::generic_category());
            break;
        }
        if (!file)
            findings.add("unreadable", path.string(), {},
                         "the file cannot be read" + (errno == 0 ? std::string() : std::string(": ") + std::strerror(errno)));
        else
            add(name, path.string(), std::move(text), findings);
    }
    if (code) findings.add({"unreadable", folder.string(), "the folder cannot be read: " + code.message()});
    return all_read && !code;
}

// File by file: a unit that replaces the layout keeps the common texts.
std::optional<std::string> TemplateSources::resolve(std::string_view unit, const std::string& name) const {
    if (!unit.empty()) {
        std::string own = "units/" + std::string(unit) + '/' + name;
        if (has(own)) return own;
    }
    return has(name) ? std::optional(name) : std::nullopt;
}

// Names are sorted, so all of a unit's follow its prefix.
bool TemplateSources::has_own(std::string_view unit) const {
    const std::string prefix = "units/" + std::string(unit) + '/';
    const auto found = files_.lower_bound(prefix);
    return found != files_.end() && found->first.starts_with(prefix);
}

// References stay valid while more is read: a map moves nothing.
const MailSource& TemplateSources::mail(const std::string& name, Findings& findings) {
    if (const auto found = mails_.find(name); found != mails_.end()) return found->second;
    const File& file = files_.at(name);
    std::string_view rest = file.text;
    TextPlace place;
    const auto read = [&](std::string_view text, TextPlace begin) {
        return read_template(text, file.place, begin, limits_.depth_max, findings);
    };
    MailSource source;
    const auto subject = take_header(rest, place, subject_label);
    if (!subject || subject->first.empty())
        findings.add("no_subject", file.place, {}, "the first line must be 'Subject: …'");
    else
        source.subject = read(subject->first, subject->second);
    if (const auto preheader = take_header(rest, place, preheader_label))
        source.preheader = read(preheader->first, preheader->second);
    lint_head(rest, place, file.place, findings);
    // Blank lines between header and body; counted, for places.
    while (rest.starts_with('\n')) {
        rest.remove_prefix(1);
        ++place.line;
    }
    source.body = read(rest, place);
    return mails_.emplace(name, std::move(source)).first->second;
}

const std::vector<TemplateNode>& TemplateSources::tree(const std::string& name, Findings& findings) {
    if (const auto found = trees_.find(name); found != trees_.end()) return found->second;
    const File& file = files_.at(name);
    return trees_.emplace(name, read_template(file.text, file.place, {}, limits_.depth_max, findings)).first->second;
}

// One tree for each way in which the partial is used. No
// partial's name has a line end, so keys cannot meet.
const std::vector<TemplateNode>& TemplateSources::partial(const std::string& name, const TemplateNode& node, Findings& findings) {
    const std::string key = name + (node.standalone ? "\nline\n" + node.indent : "\ninline");
    if (const auto found = trees_.find(key); found != trees_.end()) return found->second;
    const File& file = files_.at(name);
    std::string_view text = file.text;
    if (!node.standalone && text.ends_with('\n')) text.remove_suffix(1);
    const std::string moved = node.indent.empty() ? std::string() : indented(text, node.indent);
    return trees_.emplace(key, read_template(node.indent.empty() ? text : moved, file.place, {}, limits_.depth_max, findings))
        .first->second;
}

bool TemplateSources::has_own(std::string_view unit, Kind kind) const {
    for (std::size_t locale = 0; locale < words<Locale>.size(); ++locale)
        for (const std::string_view extension : {".md", ".html", ".txt"})
            if (has("units/" + std::string(unit) + '/' + template_name(static_cast<Locale>(locale), kind, extension)))
                return true;
    return false;
}

std::string template_name(Locale locale, Kind kind, std::string_view extension) {
    return std::string(to_word(locale)) + '/' + std::string(to_word(kind)) + std::string(extension);
}

std::string partial_name(Locale locale, std::string_view name, std::string_view extension) {
    return std::string(to_word(locale)) + "/partials/" + std::string(name) + std::string(extension);
}

}  // namespace ilbud
