// What a careful colleague would say, not a validator: each finding must be worth a reader's time, so
// there are few of them, and warnings come first. They are made from the rendered parts, since only
// there the data, the template and the layout have met.
#include "findings.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"
#include "contrast_scan.hpp"
#include "html_scan.hpp"
#include "ilbud/render/format.hpp"

namespace ilbud {
namespace {

// Columns, not bytes: mail programs cut by width.
constexpr std::size_t subject_columns_max = 70;

std::string in_quotes(std::string_view text) {
    return "“" + std::string(text) + "”";
}

class Examiner {
 public:
    Examiner(const PreviewMail& shown, const Content& content) : shown_(shown), content_(content) {}

    // The order within warnings and remarks is that of reading: language, header, body.
    std::vector<PreviewFinding> run() {
        languages();
        header();
        elements();
        for (const FaintText& faint : faint_texts(content_.html)) low_contrast(faint);
        // Searched in the text of the style sheet, with and without the
        // space, as layouts and minifiers write it.
        if (content_.html.find("prefers-color-scheme: dark") == std::string::npos &&
            content_.html.find("prefers-color-scheme:dark") == std::string::npos)
            remark("no_dark_mode", "The layout has no colours for dark mode: mail programs invent their own.");
        // stable_partition keeps that order on both sides.
        std::stable_partition(found_.begin(), found_.end(), [](const PreviewFinding& each) { return each.warning; });
        return std::move(found_);
    }

 private:
    void warn(std::string code, std::string text) { found_.push_back({true, std::move(code), std::move(text)}); }
    void remark(std::string code, std::string text) { found_.push_back({false, std::move(code), std::move(text)}); }

    void languages() {
        const auto used = std::string(english_name(content_.locale));
        // Rendering falls back to another language if there are no texts; the
        // mail arrives, but hardly as meant.
        if (content_.locale != shown_.mail.locale)
            warn("language_missing", "There are no " + std::string(english_name(shown_.mail.locale)) +
                                         " texts of this kind: it is written in " + used + ".");
        const Unit* unit = shown_.settings.unit(shown_.mail.unit);
        if (shown_.mail.kind != Kind::welcome || unit == nullptr) return;
        const Texts& messages = shown_.settings.customer_service_of(*unit).welcome_message;
        const auto has = [&](const auto& each) { return !each.second.empty(); };
        // Only if some language has one: a customer service without any welcome message has chosen so (R11).
        if (std::any_of(messages.begin(), messages.end(), has) &&
            !(messages.contains(content_.locale) && !messages.at(content_.locale).empty()))
            warn("welcome_message_missing", "The customer service has a welcome message, but none in " + used + ".");
    }

    void header() {
        if (content_.subject.empty()) warn("no_subject", "The mail has no subject.");
        if (content_.preheader.empty())
            warn("no_preheader",
                 "The mail has no preheader: beside the subject, mail programs show whatever its text begins with.");
        // A little below Gmail's 102 KB, so that it is told before it happens.
        if (content_.html.size() > clipped_bytes)
            warn("clipped", "The HTML has " + with_commas(content_.html.size() / 1024) +
                                " KB: Gmail cuts a mail at 102 KB and hides the rest.");
        if (const auto columns = display_width(content_.subject); columns > subject_columns_max)
            remark("long_subject",
                   "The subject has " + std::to_string(columns) + " characters: many mail programs show the first 40 to 70.");
    }

    void elements() {
        std::string lang;
        // scan_html calls back for every tag; what is not looked at here costs nothing.
        scan_html(content_.html, {[&](const HtmlTag& tag) {
                                      if (tag.closing) return;
                                      const auto* said = tag.attribute("lang");
                                      if (tag.name == "html" && said != nullptr) lang = *said;
                                      if (tag.name == "img") image(tag);
                                      if (tag.name == "a") link(tag);
                                  },
                                  [](std::string_view) {}});
        if (lang != to_word(content_.locale))
            remark("wrong_lang", lang.empty() ? "The HTML does not say its language: screen readers guess it."
                                              : "The HTML says it is in " + in_quotes(lang) + ", but it is in " +
                                                    std::string(english_name(content_.locale)) + ".");
    }

    void image(const HtmlTag& tag) {
        const auto* source = tag.attribute("src");
        const std::string name = source == nullptr ? "" : " " + *source;
        // An empty alt is fine: it says that the picture is mere decoration. Only a missing one is told.
        if (tag.attribute("alt") == nullptr)
            warn("image_without_alt",
                 "The picture" + name + " has no alternative text: most mail programs show no pictures until asked.");
        if (source != nullptr && source->starts_with("http:"))
            warn("image_not_https", "The picture" + name + " is not fetched by https: some mail programs leave it out.");
    }

    // A remark, since some targets have nothing else; a picture by http is a
    // warning, for it may not be shown at all.
    void link(const HtmlTag& tag) {
        const auto* target = tag.attribute("href");
        if (target != nullptr && target->starts_with("http:")) remark("link_not_https", "The link " + *target + " is not https.");
    }

    // One decimal, as the limits have.
    void low_contrast(const FaintText& faint) {
        char ratio[16];
        std::snprintf(ratio, sizeof ratio, "%.1f", faint.contrast);
        warn("low_contrast", in_quotes(faint.text) + " is hard to read: " + faint.colour + " on " + faint.ground +
                                 " has a contrast of " + ratio + " : 1; 4.5 is the least (large text 3).");
    }

    const PreviewMail& shown_;
    const Content& content_;
    std::vector<PreviewFinding> found_;
};

}  // namespace

std::vector<PreviewFinding> preview_findings(const PreviewMail& shown, const Content& content) {
    return Examiner(shown, content).run();
}

std::string_view english_name(Locale locale) {
    constexpr std::array<std::string_view, words<Locale>.size()> names{"Danish", "Norwegian", "Swedish", "English", "German"};
    return names[static_cast<std::size_t>(locale)];
}

}  // namespace ilbud
