// The letters of SMTP's commands, apart from what they do to a session.
#include "sink_commands.hpp"

#include <sstream>

#include "ilbud/base/text.hpp"

namespace ilbud::sink_command {

// Verbs count in any case (RFC 5321 §2.4).
std::string upper_verb(std::string_view line) {
    std::string verb(line.substr(0, std::min(line.find_first_of(" :"), line.size())));
    for (char& c : verb)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return verb;
}

// A ">" within a quoted local part does not end the path.
std::optional<std::string> path_of(std::string_view line) {
    const std::size_t begin = line.find('<');
    if (begin == std::string_view::npos) return std::nullopt;
    bool quoted = false;
    for (std::size_t at = begin + 1; at < line.size(); ++at) {
        if (quoted && line[at] == '\\') {
            ++at;
        } else if (line[at] == '"') {
            quoted = !quoted;
        } else if (line[at] == '>' && !quoted) {
            return std::string(line.substr(begin + 1, at - begin - 1));
        }
    }
    return std::nullopt;
}

// They count in any case.
std::vector<std::string> parameters_of(std::string_view line) {
    std::istringstream rest(std::string(line.substr(line.rfind('>') + 1)));
    std::vector<std::string> words;
    for (std::string word; rest >> word;) words.push_back(upper_case(word));
    return words;
}

// Beyond ASCII it needs the parameter SMTPUTF8 of
// MAIL, and must be UTF-8 (RFC 6531 §3.3, §3.5).
std::string refusal_of(std::string_view address, bool smtputf8) {
    bool ascii = true;
    for (std::size_t at = 0, length = 0; at < address.size(); at += length) {
        length = utf8_length(address.substr(at));
        if (length == 0) return "501 5.5.2 the address is not UTF-8\r\n";
        ascii = ascii && length == 1;
    }
    return ascii || smtputf8 ? "" : "553 5.6.7 this address needs SMTPUTF8\r\n";
}

}  // namespace ilbud::sink_command
