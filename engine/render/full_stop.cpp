#include "full_stop.hpp"

#include <algorithm>

#include "value_place.hpp"

namespace ilbud {
namespace {

// Where the sentence goes on behind `at`: past what shows nothing.
std::size_t next_shown(std::string_view text, std::size_t at, Escape mode) {
    while (at < text.size()) {
        const std::string_view rest = text.substr(at);
        if (mode == Escape::markdown &&
            (std::string_view("*_`").find(rest.front()) != std::string_view::npos || rest.front() == code_mark)) {
            ++at;
        } else if (mode == Escape::markdown && rest.starts_with("](")) {
            const auto close = rest.find(')');
            if (close == std::string_view::npos) return at;
            at += close + 1;
        } else if (mode == Escape::html && rest.starts_with("</")) {
            const auto close = rest.find('>');
            if (close == std::string_view::npos) return at;
            at += close + 1;
        } else {
            return at;
        }
    }
    return at;
}

}  // namespace

// A mail has few marks or none, so what is erased is moved one by one.
void drop_double_stops(std::string& text, Escape mode) {
    for (auto at = text.find(stop_mark); at != std::string::npos; at = text.find(stop_mark, at)) {
        text.erase(at, stop_mark.size());
        const auto next = next_shown(text, at, mode);
        const std::string_view rest = std::string_view(text).substr(next);
        // "Hello Jones Inc.!" is as it should be; "Yes!!" and "Why?!" shout.
        const bool shouts = at > 0 && (text[at - 1] == '!' || text[at - 1] == '?');
        // A header's own text is escaped like its values.
        const bool doubled = rest.starts_with('.') || (shouts && rest.starts_with('!'));
        const bool escaped = rest.starts_with("\\.") || (shouts && rest.starts_with("\\!"));
        const std::size_t length = escaped ? 2 : doubled ? 1 : 0;
        const auto behind = rest.substr(std::min(length, rest.size()));
        if (length != 0 && !behind.starts_with('.') && !behind.starts_with("\\.")) text.erase(next, length);
    }
}

}  // namespace ilbud
