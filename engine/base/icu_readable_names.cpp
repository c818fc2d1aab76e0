// A label at a time: names in the DNS have labels that no host name has ("_dmarc"), and those are not ICU's to judge.
#include <array>
#include <vector>

#include "icu_uts46.hpp"
#include "ilbud/base/readable_names.hpp"
#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

constexpr std::string_view mark = "xn--";

std::string readable_label(std::string_view label) {
    std::array<char, 256> text;  // a label has 63 letters at most, of up to four bytes
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    const auto length = uidna_labelToUnicodeUTF8(&uts46(), label.data(), static_cast<std::int32_t>(label.size()), text.data(),
                                                 static_cast<std::int32_t>(text.size()), &info, &status);
    if (U_FAILURE(status) || info.errors != 0) return {};
    return {text.data(), static_cast<std::size_t>(length)};
}

std::vector<std::string> labels_of(std::string_view name) {
    std::vector<std::string> labels;
    for (std::size_t at = 0; at <= name.size();) {
        const auto end = std::min(name.find('.', at), name.size());
        labels.push_back(lower_case(name.substr(at, end - at)));
        at = end + 1;
    }
    return labels;
}

bool is_of_name(char c) {
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
}

}  // namespace

std::string readable_name(std::string_view name) {
    std::string out;
    bool changed = false;
    for (const auto& label : labels_of(name)) {
        const auto readable = label.starts_with(mark) ? readable_label(label) : label;
        if (readable.empty() && !label.empty()) return {};
        changed = changed || readable != label;
        (out += out.empty() ? "" : ".") += readable;
    }
    return changed ? out : std::string();
}

std::string as_written(std::string_view name_or_address) {
    if (name_or_address.find(mark) == std::string_view::npos) return std::string(name_or_address);
    const auto at = name_or_address.rfind('@');
    const auto begin = at == std::string_view::npos ? 0 : at + 1;
    const std::string readable = readable_name(name_or_address.substr(begin));
    return readable.empty() ? std::string(name_or_address) : std::string(name_or_address.substr(0, begin)) + readable;
}

std::string ReadableNames::told(std::string_view text) {
    std::string out;
    std::size_t done = 0;
    for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark, done)) {
        auto begin = at, end = at;
        while (begin > done && is_of_name(text[begin - 1])) --begin;
        while (end < text.size() && is_of_name(text[end])) ++end;
        while (text[end - 1] == '.') --end;  // of the sentence, or the root's
        const auto name = text.substr(begin, end - begin);
        bool news = false;
        for (auto& label : labels_of(name))
            if (label.starts_with(mark)) news = told_.insert(std::move(label)).second || news;
        out += text.substr(done, end - done);
        done = end;
        if (const auto readable = news ? readable_name(name) : std::string(); !readable.empty()) out += " (" + readable + ')';
    }
    return out += text.substr(done);
}

}  // namespace ilbud
