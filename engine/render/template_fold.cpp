// mstch parses its template again for every mail. So everything that is known at load is
// done at load: partials are put in, sections that settings decide are taken or dropped, the
// unit's constants are written out, indentation is removed, and names are cut to two
// letters. What is left is what this mail decides. The text that comes out is only ever read
// by prune() and by mstch. Both rely on its form: tags without blanks, names of two letters
// or beginning with "_", every '{' of a text that could begin a tag spelled as a variable.
#include "template_fold.hpp"

#include <algorithm>

#include "full_stop.hpp"
#include "ilbud/base/readable_names.hpp"
#include "ilbud/render/escape.hpp"
#include "ilbud/render/markdown.hpp"
#include "value_place.hpp"

namespace ilbud {
namespace {

using Type = TemplateNode::Type;

// Never given a value: a tag that prints nothing.
constexpr std::string_view nothing_key = "_";

// Two letters name 676 variables, and have no dots, which mstch would follow part by part.
constexpr auto keys = [] {
    std::array<std::array<char, 2>, variable_count> all{};
    for (std::size_t i = 0; i < variable_count; ++i) all[i] = {static_cast<char>('a' + i / 26), static_cast<char>('a' + i % 26)};
    return all;
}();

// Writes Mustache for mstch, which applies the rule of standalone lines again: the tree has applied it already, so a line
// that holds nothing but sections' tags gets an empty variable, behind which mstch leaves it alone.
class Emitter {
 public:
    explicit Emitter(Folded& out) : out_(out) {}

    // A '{' at the front could join one that stands before it.
    void text(std::string_view text) {
        if (text.empty()) return;
        if (text.front() == '{') spell_brace();
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find('\n', at), text.size());
            const auto piece = text.substr(at, end - at);
            if (piece.find_first_not_of(" \t") != std::string_view::npos) visible_ = true;
            out_.text += piece;
            if (end < text.size()) {
                end_line();
                out_.text += '\n';
            }
            at = end + 1;
        }
    }
    void variable(std::string_view key) {
        tag("", key);
        visible_ = true;
    }
    void raw(std::string_view key) {
        tag("&", key);
        visible_ = true;
    }
    void section(std::string_view sigil, std::string_view key) {
        tag(sigil, key);
        has_section_ = true;
    }
    void end_line() {
        if (has_section_ && !visible_) tag("", nothing_key);
        has_section_ = visible_ = false;
    }

    // For taking back what turned out to be empty.
    struct State {
        std::size_t size, tags;
        bool has_section, visible;
    };
    // Whether the current line has sections goes back too: a
    // line that is empty again must not get its empty variable.
    [[nodiscard]] State state() const { return {out_.text.size(), out_.tags, has_section_, visible_}; }
    void restore(const State& state) {
        out_.text.resize(state.size);
        out_.tags = state.tags;
        has_section_ = state.has_section;
        visible_ = state.visible;
    }

 private:
    void tag(std::string_view sigil, std::string_view key) {
        spell_brace();
        ((((out_.text += "{{") += sigil) += key) += "}}");
        ++out_.tags;
    }
    // A text's '{' at the end would make one tag with what follows.
    void spell_brace() {
        if (!out_.text.ends_with('{')) return;
        out_.text.pop_back();
        ((out_.text += "{{") += brace_key) += "}}";
        ++out_.tags;
    }

    Folded& out_;
    bool has_section_ = false;  // on the line at hand
    bool visible_ = false;      // text or a variable is on it
};

class Folder {
 public:
    Folder(const FoldScope& scope, const Constants& constants, Escape mode, bool header, Findings& findings)
        : scope_(scope), constants_(constants), mode_(mode), header_(header), findings_(findings), emit_(out_) {}

    // The last line may have no line end and still consist of sections.
    Folded run(const std::vector<TemplateNode>& nodes) {
        walk(nodes);
        emit_.end_line();
        return std::move(out_);
    }

 private:
    void walk(const std::vector<TemplateNode>& nodes) {
        for (const TemplateNode& node : nodes) {
            if (too_large_) return;
            switch (node.type) {
                case Type::text:
                    literal(node.text);
                    break;
                case Type::raw:
                case Type::variable:
                    value(node);
                    break;
                case Type::section:
                case Type::inverted:
                    section(node);
                    break;
                case Type::partial:
                    partial(node);
                    break;
            }
            check_size();
        }
    }

    // After each node, so that what partials multiply is noticed
    // when it passes the limit and not when memory is full.
    void check_size() {
        if (scope_.sources == nullptr || too_large_) return;
        const auto& limits = scope_.sources->limits();
        too_large_ = out_.text.size() > limits.bytes_max || out_.tags > limits.tags_max;
        if (too_large_)
            findings_.add({"too_large", scope_.place,
                           "with its partials the template has more than " + std::to_string(limits.bytes_max) + " bytes or " +
                               std::to_string(limits.tags_max) + " tags"});
    }

    // Three ways: a header's text is escaped as its values are, so that
    // header_text can undo both; Markdown and plain text stay as they are, since
    // their blanks mean something; HTML loses the blanks at line beginnings.
    void literal(std::string_view text) {
        if (header_) return emit_.text(escaped(text, mode_));
        if (mode_ == Escape::markdown) code_.feed(text);
        if (mode_ != Escape::html) return emit_.text(text);
        // A layout's indentation is for its readers.
        std::string shorter;
        for (const char byte : text) {
            const bool line_begins = shorter.empty() ? out_.text.ends_with('\n') : shorter.back() == '\n';
            if (!line_begins || (byte != ' ' && byte != '\t' && byte != '\n')) shorter += byte;
        }
        emit_.text(shorter);
    }

    // The tree was linted: the name is known.
    static Var which(const TemplateNode& node) { return find_variable(node.text).value_or(Var::content); }
    [[nodiscard]] const std::string& constant(const TemplateNode& node) const {
        static const std::string none;
        const auto var = which(node);
        if (var != Var::unit_variable) return constants_[static_cast<std::size_t>(var)];
        const auto found = constants_.own.find(std::string_view(node.text).substr(unit_variable_prefix.size()));
        return found == constants_.own.end() ? none : found->second;
    }

    // `outside` is for the note (R11): what stands there is said in every
    // mail. Sections that settings decide do not count, as they are decided.
    void note(Var var, bool used) {
        if (used) out_.used.set(static_cast<std::size_t>(var));
        if (depth_ == 0) out_.outside.set(static_cast<std::size_t>(var));
    }

    void value(const TemplateNode& node) {
        const Var var = which(node);
        const bool fixed = variable(var).source == VariableSource::unit;
        note(var, !fixed);
        const bool address = !header_ && node.type != Type::raw && in_address(out_.text, mode_);
        const bool code = !header_ && node.type != Type::raw && mode_ == Escape::markdown && code_.in_code();
        if (mode_ == Escape::markdown) code_.feed("x");  // a value is something, and nothing that opens or closes code
        if (fixed && address) return emit_.text(percent_encoded(constant(node)));
        const std::string mark(address ? 1U : code ? 1U : 0U, address ? address_mark : code_mark);
        emit_.text(mark);
        if (fixed)
            constant_text(shown(node));
        else if (node.type == Type::raw)
            emit_.raw(variable_key(var));
        else
            emit_.variable(variable_key(var));
        emit_.text(mark);
    }

    // As a reader is to see it.
    [[nodiscard]] std::string shown(const TemplateNode& node) const {
        const Var var = which(node);
        std::string text = constant(node);
        if (variable(var).type == VariableType::text) mark_stop(text);
        // A link keeps the form that every mail program takes (RFC 5890 §2.3.2.1).
        if (variable(var).type == VariableType::email && !out_.text.ends_with("mailto:")) text = as_written(text);
        return text;
    }

    void constant_text(std::string_view rest) {
        // Data is never parsed as template (S20): a brace comes in as a variable.
        // Escaped piece by piece for the place where it stands, once, instead of in every mail.
        for (auto brace = rest.find('{'); brace != std::string_view::npos; brace = rest.find('{')) {
            emit_.text(escaped(rest.substr(0, brace), mode_));
            emit_.variable(brace_key);
            rest.remove_prefix(brace + 1);
        }
        emit_.text(escaped(rest, mode_));
    }

    // A constant decides now: the section's content is taken or left, and no tag remains.
    void section(const TemplateNode& node) {
        const Var var = which(node);
        if (variable(var).source == VariableSource::unit) {
            if (constant(node).empty() == (node.type == Type::inverted)) walk(node.children);
            return;
        }
        const auto before = emit_.state();
        emit_.section(node.type == Type::inverted ? "^" : "#", variable_key(var));
        const auto begin = out_.text.size();
        ++depth_;
        walk(node.children);
        --depth_;
        // Nothing came out: the variable is not even used, so the view need not make it.
        if (out_.text.size() == begin) return emit_.restore(before);
        note(var, true);
        // Lists do not nest (lint), so the sum bounds what one element of every list writes.
        if (variable(var).type == VariableType::list) out_.item_bytes += out_.text.size() - begin;
        emit_.section("/", variable_key(var));
    }

    // Recursion ends: a partial that includes itself was refused.
    void partial(const TemplateNode& node) {
        if (scope_.sources == nullptr) return;
        const auto found = scope_.sources->resolve(scope_.unit, partial_name(scope_.locale, node.text, scope_.extension));
        if (found) walk(scope_.sources->partial(*found, node, findings_));
    }

    const FoldScope& scope_;
    const Constants& constants_;
    Escape mode_;
    bool header_;
    Findings& findings_;
    Folded out_;
    Emitter emit_;
    CodeTracker code_;
    std::size_t depth_ = 0;  // of sections left to the render
    bool too_large_ = false;
};

}  // namespace

std::string_view variable_key(Var which) {
    const auto& key = keys[static_cast<std::size_t>(which)];
    return {key.data(), key.size()};
}

// A flag's constant is empty or not, as texts are: sections ask the same question of both.
Constants constants_of(const Sender& sender, Locale locale, Kind kind) {
    const auto& [account, unit, service] = sender;
    Constants all;
    const auto put = [&](Var var, std::string value) { all[static_cast<std::size_t>(var)] = std::move(value); };
    const auto flag = [&](Var var, bool value) { put(var, value ? "true" : ""); };
    put(Var::lang, std::string(to_word(locale)));
    put(Var::unit_name, unit.name);
    put(Var::unit_invoice_email, unit.invoice_email);
    put(Var::unit_logo_url, safe_url(unit.branding.logo_url));
    // A picture without a text would be nothing where pictures
    // are off, as they are in many programs until asked for.
    put(Var::unit_logo_alt, unit.branding.logo_alt.empty() ? unit.name : unit.branding.logo_alt);
    put(Var::unit_colour, unit.branding.colour);
    put(Var::unit_colour_text, unit.branding.colour_text);
    put(Var::unit_colour_heading, std::string(heading_colour(unit.branding.colour)));
    all.own = unit.variables;
    put(Var::service_name, service.name);
    put(Var::service_support_email, service.support_email);
    put(Var::service_self_service_url, safe_url(service.self_service_url));
    flag(Var::term_subscriber, account.customer_term == CustomerTerm::subscriber);
    flag(Var::term_member, account.customer_term == CustomerTerm::member);
    flag(Var::term_customer, account.customer_term == CustomerTerm::customer);
    flag(Var::term_subscription, account.relation_term == RelationTerm::subscription);
    flag(Var::term_membership, account.relation_term == RelationTerm::membership);
    for (std::size_t i = 0; i < kind_count; ++i)
        flag(static_cast<Var>(static_cast<std::size_t>(Var::kind_confirmation) + i), static_cast<std::size_t>(kind) == i);
    flag(Var::login_number, service.login.contains(Login::number));
    return all;
}

Folded fold(const std::vector<TemplateNode>& nodes, const FoldScope& scope, const Constants& constants, Escape mode, bool header,
            Findings& findings) {
    return Folder(scope, constants, mode, header, findings).run(nodes);
}

// A layout that is nothing but three slots needs no Mustache at all: its pieces are
// appended around what fills them. Any other tag sends the whole through mstch.
Layout layout_of(const Folded& folded) {
    Layout layout;
    std::string_view rest = folded.text;
    if (rest.find(address_mark) != std::string_view::npos) return {{}, {}, folded.text, {}};
    for (auto tag = rest.find("{{"); tag != std::string_view::npos; tag = rest.find("{{")) {
        const auto end = rest.find("}}", tag);
        const auto name = rest.substr(tag + 2, end - tag - 2);
        Layout::Piece piece{std::string(rest.substr(0, tag)), Var::content};
        if (name == variable_key(Var::subject))
            piece.slot = Var::subject;
        else if (name == variable_key(Var::preheader))
            piece.slot = Var::preheader;
        else if (name != "&" + std::string(variable_key(Var::content)))
            return {{}, {}, folded.text, {}};
        layout.pieces.push_back(std::move(piece));
        rest.remove_prefix(end + 2);
    }
    layout.rest = std::string(rest);
    return layout;
}

}  // namespace ilbud
