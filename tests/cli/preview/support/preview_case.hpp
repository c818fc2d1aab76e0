/// A publisher's mail as a preview takes it, with templates of one's own choice.
#pragma once
#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "cli/preview/sheet.hpp"
#include "support/mail_world.hpp"
#include "support/temporary_folder.hpp"

namespace ilbud::test {

inline const Time preview_now = *parse_time("2025-06-24T10:00:00Z");

inline PreviewMail must_sample(const Settings& settings, Kind kind, std::string_view situation = {}, Locale locale = Locale::da) {
    const auto* found = find_situation(kind, situation);
    REQUIRE(found != nullptr);
    auto mail = kind == Kind::notice
                    ? sample_notice_mail(settings, settings.accounts.begin()->second, *found, locale, preview_now)
                    : sample_mail(settings, settings.units.begin()->second, *found, locale, preview_now);
    if (!mail) FAIL(to_text(mail.error()));
    return *std::move(mail);
}

inline PreviewSheet must_sheet(PreviewMail mail) {
    const auto templates = load_templates(mail.settings);
    if (!templates) FAIL(to_text(templates.error().front()));
    auto sheet = preview_sheet(std::move(mail), *templates, preview_now);
    if (!sheet) FAIL(to_text(sheet.error()));
    return *std::move(sheet);
}

/// The shipped templates, in English alone.
class EnglishTemplates {
 public:
    EnglishTemplates() {
        namespace fs = std::filesystem;
        const auto shipped = fs::path(ILBUD_SOURCE_DIR) / "templates";
        fs::copy(shipped / "en", folder_ / "en", fs::copy_options::recursive);
        fs::copy(shipped / "layout.html", folder_ / "layout.html");
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    [[nodiscard]] Settings settings() const {
        auto settings = contactable();
        settings.platform.templates = folder_.path();
        return settings;
    }
    /// publisher(), with somebody who gets its notices.
    static Settings contactable() {
        auto settings = publisher();
        settings.accounts["forlag"].email = "it@forlag.example";
        settings.accounts["forlag"].contact_email = "anne@forlag.example";
        return settings;
    }

 private:
    TemporaryFolder folder_;
};

inline bool contains(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

inline std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++count;
    return count;
}

}  // namespace ilbud::test
