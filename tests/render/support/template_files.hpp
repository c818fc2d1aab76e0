/// Template files in memory, and what the linter finds in them.
#pragma once
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "render/lint.hpp"

namespace ilbud::test {

using Strings = std::vector<std::string>;

/// A locale's files in memory: a welcome mail, a note, and what a test adds.
class Files {
 public:
    Files() : sources_(TemplateLimits{64 * 1024, 8, 500}) {
        add("en/welcome.md", "Subject: Hello\n\nBody\n");
        add("en/partials/note.md", "{{subscriber.id}} {{service.self_service_url}}\n");
    }
    Files& add(const std::string& name, const std::string& text) {
        sources_.add(name, name, text, findings_);
        return *this;
    }
    /// "code place" of every finding.
    Strings lint(Kind kind = Kind::welcome) {
        lint_mail(sources_, {{}, Locale::en, kind}, findings_);
        return take();
    }
    Strings lint_layout_alone() {
        lint_layout(sources_, {}, findings_);
        return take();
    }
    TemplateSources& sources() { return sources_; }
    Findings& findings() { return findings_; }

 private:
    Strings take() {
        Strings out;
        for (const Error& error : findings_.errors()) {
            out.push_back(error.code + ' ' + error.place);
            CHECK_FALSE(error.detail.empty());
        }
        return out;
    }
    TemplateSources sources_;
    Findings findings_;
};

inline Strings lint_body(const std::string& body, Kind kind = Kind::welcome) {
    Files files;
    files.add("en/" + std::string(to_word(kind)) + ".md", "Subject: Hello\n\n" + body);
    return files.lint(kind);
}
/// Of HTML that is torn out of its place: without what is found of its balance, which balance_of tells.
inline Strings lint_html_part(const std::string& html) {
    Files files;
    files.add("en/welcome.html", html);
    auto found = files.lint();
    std::erase_if(found, [](const std::string& each) { return each.starts_with("unbalanced_html "); });
    return found;
}
inline Strings balance_of(const std::string& html) {
    Files files;
    files.add("en/welcome.html", html);
    auto found = files.lint();
    std::erase_if(found, [](const std::string& each) { return !each.starts_with("unbalanced_html "); });
    return found;
}

}  // namespace ilbud::test
