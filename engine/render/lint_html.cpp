// HTML as it may stand in a mail: an element, an attribute or a style that is not named is refused. The text is read in the
// states of a browser's tokenizer (HTML Standard §13.2.5); what browsers and other mail programs read differently is refused as
// well.
#include <algorithm>

#include "html_stack.hpp"
#include "lint.hpp"
#include "lint_css.hpp"
#include "lint_elements.hpp"
#include "lint_words.hpp"

namespace ilbud {
namespace {

constexpr std::string_view blanks = " \t\n";
// What ends a conditional comment for Outlook; for everybody else it stands inside a comment.
constexpr std::string_view end_if = "<![endif]";

class HtmlLinter {
 public:
    // [begin, end) is a file, or what a conditional comment shows to Outlook: text at both ends.
    HtmlLinter(LintSource& source, HtmlStack& stack, HtmlOutline& outline, std::size_t begin, std::size_t end, bool outlook)
        : source_(source),
          stack_(stack),
          outline_(outline),
          text_(source.text().substr(0, end)),
          begin_(begin),
          at_(begin),
          outlook_(outlook) {}

    // In text only '<' and '{' can begin something.
    void run() {
        for (; (at_ = find("<{", at_)) < text_.size();) {
            if (starts("{{"))
                text_tag();
            else if (starts("<!"))
                declaration();
            else if (starts("</"))
                end_tag();
            else if (starts("<") && is_letter(byte(at_ + 1)))
                start_tag();
            else
                bare();
        }
        if (!outlook_ && stack_.in_condition())
            finding("unbalanced_html", condition_at_, "the condition is never ended: <!--<![endif]--> is missing");
    }

 private:
    [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }
    [[nodiscard]] char byte(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
    [[nodiscard]] std::size_t find(std::string_view any_of, std::size_t from) const {
        return std::min(text_.find_first_of(any_of, from), text_.size());
    }
    void skip(std::string_view all_of) { at_ = std::min(text_.find_first_not_of(all_of, at_), text_.size()); }
    // Where `end` is missing this is the end of the text, one byte behind the last.
    void skip_past(char end) { at_ = std::min(text_.find(end, at_), text_.size() - 1) + 1; }
    void finding(const char* code, std::size_t at, std::string detail) { source_.add(code, at, std::move(detail)); }

    // Partials are refused in what Outlook is shown: their text
    // is linted as text of the file, not as part of a comment.
    void text_tag() {
        const auto tag = source_.tag(at_);
        if (tag.is_section()) {
            source_.section(tag, at_, begin_);
            stack_.section(tag);
        } else if (tag.sigil != 0 && outlook_) {
            finding("unsafe_html", at_, "in a conditional comment only values and sections can stand");
        } else if (tag.name == "content" && outline_.content == std::string_view::npos) {
            outline_.content = at_;
            outline_.shows_content = stack_.seen();
            for (const auto view : {html_others, html_outlook}) outline_.ancestors[view] = stack_.open_elements(view);
        }
        at_ = tag.end;
    }

    // A '<' or a '{' as text. Sections, values and conditional comments may print nothing: behind them a name could follow.
    void bare() {
        const char next = byte(at_ + 1);
        if (text_[at_] == '<' && (next == '\0' || next == '?' || next == '<' || starts("<{{")))
            finding("unsafe_html", at_, "'<' as text is written &lt;, and a value cannot be an element's name");
        ++at_;
    }

    void declaration() {
        const auto begin = at_;
        if (starts("<!--")) return comment();
        // Also what is no doctype is passed whole, so that one finding is told of it.
        skip_past('>');
        if (outlook_ || lower_case(text_.substr(begin, 9)) != "<!doctype" || text_[at_ - 1] != '>')
            finding("unsafe_html", begin, "'<!' begins nothing but <!-- and <!DOCTYPE>");
        else if (text_.substr(begin + 1, at_ - begin - 1).find_first_of("<{[") != std::string_view::npos)
            finding("unsafe_html", begin, "<!DOCTYPE> holds no tags");
    }

    // A comment is where readings differ most. HTML ends one at "-->", at "--!>"
    // and, right at its beginning, at ">" or "->" (HTML Standard §13.2.5, the
    // states that end a comment). Outlook reads some of them as conditions.
    void comment() {
        const auto begin = at_, inside = at_ + 4;
        const auto close = text_.find("-->", inside);
        at_ = std::min(close, text_.size() - 3) + 3;
        if (close == std::string_view::npos || outlook_)
            return finding("unsafe_html", begin,
                           outlook_ ? "a comment cannot stand within another" : "the comment is never closed");
        const auto content = text_.substr(inside, close - inside);
        const auto low = lower_case(content);
        if (content.starts_with('>') || content.starts_with("->") || content.find("--!>") != std::string_view::npos)
            return finding("unsafe_html", begin, "a comment begins with <!-- and ends with -->; browsers end this one earlier");
        if (low.starts_with("[if ")) return conditional(begin, inside, close);
        if (without_spaces(low) == end_if) {  // where <!--[if !mso]><!--> ends
            if (!stack_.in_condition()) finding("unbalanced_html", begin, "<![endif] ends no condition");
            return stack_.leave();
        }
        for (const std::string_view each : {"{{", "<!", "[if", "endif"})
            if (low.find(each) != std::string::npos)
                return finding(
                    "unsafe_html", begin,
                    "'" + std::string(each) + "' cannot stand in a comment; a template's own comments are written {{! … }}");
    }

    // <!--[if mso]>…<![endif]-->, which Outlook reads as HTML, or <!--[if !mso]><!-->, behind which everybody else reads on.
    void conditional(std::size_t begin, std::size_t inside, std::size_t close) {
        const auto bracket = text_.substr(0, close).find(']', inside);
        // A condition consists of names, numbers and operators.
        // Nothing else can stand in it, a tag least of all.
        const bool plain = bracket < close && byte(bracket + 1) == '>' &&
                           std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(inside + 1),
                                       text_.begin() + static_cast<std::ptrdiff_t>(bracket), [](char each) {
                                           return is_letter(each) || (each >= '0' && each <= '9') ||
                                                  std::string_view(" .()!&|").find(each) != std::string_view::npos;
                                       });
        const auto from = bracket + 2;
        const auto shown = plain ? text_.substr(from, close - from) : std::string_view();
        const auto opens = without_spaces(shown);
        const auto condition = plain ? lower_case(text_.substr(inside, bracket - inside)) : std::string();
        if (stack_.in_condition()) finding("unbalanced_html", begin, "the condition before this one is not ended");
        // Everybody but Outlook reads on; Outlook does as well if the condition holds, which one that says "not" does not.
        if (plain && (opens == "<!" || opens == "<!--")) {
            condition_at_ = begin;
            return stack_.enter(condition, true, condition.find('!') == std::string::npos);
        }
        if (!plain || lower_case(shown.substr(shown.size() - std::min(shown.size(), end_if.size()))) != end_if)
            return finding("unsafe_html", begin,
                           "a conditional comment is <!--[if …]>…<![endif]-->, or <!--[if …]><!-->…<!--<![endif]-->");
        const auto to = close - end_if.size();
        // What is inside is HTML to Outlook and a comment to all others: it is checked as both.
        keeps_closed(from, to);
        stack_.enter(condition, false, true);
        HtmlLinter(source_, stack_, outline_, from, to, true).run();
        stack_.leave();
    }

    // Whether no value can make the end of the comment from what stands around it.
    // A value is escaped, so it brings no '>' along; but it may end in dashes, and a section
    // may print nothing. Neither may then make "-->" or "--!>" together with what follows.
    void keeps_closed(std::size_t from, std::size_t to) {
        const auto content = text_.substr(0, to);
        if (const auto dashes = content.find("--", from); dashes != std::string_view::npos)
            finding("unsafe_html", dashes, "'--' cannot stand in a conditional comment");
        for (auto at = content.find("{{", from); at < to;) {
            const auto end = source_.tag(at).end;
            const auto after = text_.substr(std::min(end, text_.size()));
            for (const std::string_view each : {">", "->", "!>", "-!>"})
                if (after.starts_with(each))
                    finding("unsafe_html", at,
                            "in a conditional comment a value or section cannot be followed by '" + std::string(each) +
                                "': put a blank between");
            at = content.find("{{", end);
        }
    }

    // Whatever name: the end of something that is not allowed closes nothing that was open.
    void end_tag() {
        const auto begin = at_;
        at_ += 2;
        if (!is_letter(byte(at_))) return finding("unsafe_html", begin, "'</' without a name; '<' as text is written &lt;");
        const auto name = at_;
        at_ = find(" \t\n/<>{", at_);
        stack_.close(lower_case(text_.substr(name, at_ - name)), begin);
        skip(blanks);
        if (byte(at_) != '>') finding("unsafe_html", begin, "an end tag has a name and nothing else");
        skip_past('>');
    }

    // Goes on after an unknown element, as its attributes may hold what has to
    // be told as well. The region of sections in a tag is that tag, between
    // attributes: a section may bring whole attributes and nothing less.
    void start_tag() {
        const auto begin = at_++;
        const auto region = at_;
        const auto end = name_end(" \t\n/>");
        const std::string name = lower_case(text_.substr(at_, end - at_));
        element_ = find_html_element(name, outlook_);
        if (element_ == nullptr) finding("unsafe_html", begin, "<" + name + "> is not among the elements that a mail may use");
        at_ = end;
        node_ = {name, begin, {}};
        sections_ = 0;
        bool open_name = starts("{{");  // what follows could go on with the name, or be its value
        for (skip(" \t\n/"); at_ < text_.size() && text_[at_] != '>'; skip(" \t\n/")) {
            if (starts("{{")) {
                tag_within(open_name ? LintSource::nowhere : region);
                open_name = false;
            } else {
                open_name = !attribute();
            }
        }
        if (at_ >= text_.size()) return finding("unsafe_html", begin, "<" + name + " is never closed");
        // Of the elements whose content is no HTML only these two are allowed at all.
        const bool raw = name == "style" || name == "title";
        if (raw && text_[at_ - 1] == '/')
            finding("unsafe_html", begin, "<" + name + "/> has no end for a browser: write </" + name + ">");
        // Outlook's own elements are XML, where a '/' ends one; in HTML it means nothing.
        const bool ended = outlook_ && text_[at_ - 1] == '/' && name.find(':') != std::string::npos;
        ++at_;
        if (!ended) stack_.open(node_);
        if (raw) raw_text(name);
    }

    // A name from `at_` on, which has at least one byte.
    [[nodiscard]] std::size_t name_end(std::string_view ends) const {
        auto at = at_ + 1;
        while (at < text_.size() && ends.find(text_[at]) == std::string_view::npos && !text_.substr(at).starts_with("{{")) ++at;
        return std::min(at, text_.size());
    }

    // A value outside of quotes could bring a blank along, and with it an attribute of its own.
    void tag_within(std::size_t region) {
        const auto tag = source_.tag(at_);
        if (tag.is_section()) {
            source_.section(tag, at_, region);
            sections_ = tag.sigil == '/' ? sections_ - std::min<std::size_t>(sections_, 1) : sections_ + 1;
        } else {
            finding("unquoted_attribute", at_, "a value can stand in a quoted attribute only");
        }
        at_ = tag.end;
    }

    // Whether it has a value.
    // The loop of start_tag goes on behind it. A '=' at the
    // very front belongs to the name, as browsers have it.
    bool attribute() {
        const auto begin = at_;
        at_ = name_end(" \t\n/>=");
        const std::string name = lower_case(text_.substr(begin, at_ - begin));
        if (element_ != nullptr && !allows_attribute(*element_, name))
            finding("unsafe_html", begin,
                    "'" + name + "' is not among the attributes that <" + std::string(element_->name) + "> may have in a mail");
        const auto after = std::min(text_.find_first_not_of(blanks, at_), text_.size());
        node_.attributes.push_back({name, begin, after, after, sections_ != 0});
        if (byte(after) != '=') return false;
        at_ = after + 1;
        skip(blanks);
        const char quote = byte(at_);
        // Passed to the next blank, as a browser reads it.
        if (quote != '"' && quote != '\'') {
            finding("unquoted_attribute", begin, "the value of '" + name + "' must stand in quotes");
            node_.attributes.back().begin = at_;
            node_.attributes.back().end = at_ = find(" \t\n>", at_);
            return true;
        }
        const auto value = at_ + 1;
        const auto close = std::min(text_.find(quote, value), text_.size());
        node_.attributes.back().begin = value;
        node_.attributes.back().end = close;
        attribute_value(name, begin, value, close);
        at_ = std::min(close + 1, text_.size());
        return true;
    }

    // Addresses are looked at in href and src alone: no other attribute that is allowed takes one.
    void attribute_value(const std::string& name, std::size_t attribute, std::size_t begin, std::size_t end) {
        if (name == "style") return lint_declarations(source_, begin, end);
        plain_text(begin, end);
        const auto value = text_.substr(begin, end - begin);
        if ((name == "href" || name == "src") && !is_fit_address(without_spaces(value), {}))
            finding("url_scheme", attribute, "'" + name + "' must begin with " + std::string(fit_schemes));
        else if (const auto unfit = name == "href" || name == "src" ? unfit_value(without_spaces(value)) : std::string();
                 !unfit.empty())
            finding("url_scheme", attribute, unfit);
        if (name == "src")
            if (const auto why = unfit_picture(value); !why.empty()) finding("picture_address", attribute, why);
        // A program that believed another charset would read bytes as other characters, '<' among them.
        const auto charset_at = name == "content" ? lower_case(value).find("charset=") : std::string::npos;
        if ((name == "charset" && lower_case(value) != "utf-8") ||
            (charset_at != std::string::npos && lower_case(trimmed(value.substr(charset_at + 8))) != "utf-8"))
            finding("unsafe_html", attribute, "a mail's charset is utf-8");
        // Others redirect, or set a policy for what may be loaded.
        if (name == "http-equiv" && element_ != nullptr && element_->name == "meta" && !same_letters(value, "content-type") &&
            !same_letters(value, "x-ua-compatible"))
            finding("unsafe_html", attribute, "'http-equiv' is content-type or x-ua-compatible in a mail");
    }

    // An attribute's value or a title: values and whole sections may stand there.
    void plain_text(std::size_t begin, std::size_t end) {
        const auto value = text_.substr(0, end);
        for (auto at = value.find_first_of("<{", begin); at < end; at = value.find_first_of("<{", at)) {
            if (text_[at] == '<') finding("unsafe_html", at, "'<' in an attribute or a title is written &lt;");
            if (!text_.substr(at).starts_with("{{")) {
                ++at;
                continue;
            }
            const auto tag = source_.tag(at);
            if (tag.is_section())
                source_.section(tag, at, begin);
            else if (tag.sigil == '>' || tag.name == "content")
                finding("wrong_use", at, "HTML cannot stand in an attribute or a title");
            at = tag.end;
        }
    }

    // What a browser reads as no HTML, up to </name.
    // Ends as the HTML Standard says for such elements: at "</", the name and
    // a blank, '/' or '>' (§13.2.5). The end tag itself is left to run().
    void raw_text(const std::string& name) {
        const auto begin = at_;
        for (at_ = text_.find("</", at_); at_ < text_.size(); at_ = text_.find("</", at_ + 2)) {
            const auto end = at_ + 2 + name.size();
            const char after = byte(end);
            if (lower_case(text_.substr(at_ + 2, name.size())) == name &&
                (after == '>' || after == '/' || blanks.find(after) != std::string_view::npos))
                break;
        }
        if (at_ >= text_.size()) finding("unsafe_html", begin, "</" + name + "> is missing");
        at_ = std::min(at_, text_.size());
        if (name == "style") {
            const auto media = std::find_if(node_.attributes.begin(), node_.attributes.end(),
                                            [](const HtmlAttribute& each) { return each.name == "media"; });
            outline_.sheets.push_back({begin, at_,
                                       media == node_.attributes.end()
                                           ? std::string()
                                           : std::string(text_.substr(media->begin, media->end - media->begin)),
                                       stack_.in_section(), stack_.seen()});
            lint_style_sheet(source_, begin, at_);
        } else {
            plain_text(begin, at_);
        }
    }

    LintSource& source_;
    HtmlStack& stack_;
    HtmlOutline& outline_;
    std::string_view text_;
    std::size_t begin_;
    std::size_t at_;
    bool outlook_;
    const HtmlElement* element_ = nullptr;  // at hand; null: an unknown one
    HtmlNode node_;                         // the same as it stands
    std::size_t sections_ = 0;              // that are open within its tag
    std::size_t condition_at_ = 0;          // where the last one began that everybody reads on behind
};

}  // namespace

// Browsers, converters and filters treat NUL and other controls each in its own way: none is let in.
HtmlOutline lint_html(std::string_view text, const std::string& file, HtmlFile kind, Findings& findings) {
    HtmlOutline outline;
    outline.source = std::make_shared<LintSource>(text, file, findings);
    LintSource& source = *outline.source;
    const auto control = std::find_if(source.text().begin(), source.text().end(), [](char byte) {
        return (static_cast<unsigned char>(byte) < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f;
    });
    if (control != source.text().end())
        source.add("unsafe_html", static_cast<std::size_t>(control - source.text().begin()), "a control character");
    HtmlStack stack(source, kind);
    HtmlLinter(source, stack, outline, 0, source.text().size(), false).run();
    stack.finish();
    return outline;
}

}  // namespace ilbud
