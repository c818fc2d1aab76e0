// Logs fold a reply of several lines to one, bounces wrap one line to several, and shells make it hard to type a line end. Only
// that is undone here; what the lines then say is read by the reader of the session.
#include "ilbud/delivery/reply_text.hpp"

#include <string>

#include "ilbud/base/text.hpp"
#include "ilbud/delivery/smtp.hpp"

namespace ilbud {
namespace {

constexpr std::size_t reply_bytes_max = 65536;  // as much as any session takes: more is no reply

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

/// "550-5.1.1 no 550 5.1.1 such user": the lines of one reply, each with the code of the first, run together by a log.
// Only where the first line says that more follow. Behind it the code must be followed by the first line's status, if it
// has one: the number alone may be part of the text.
void part_lines(std::string& text) {
    if (text.find('\n') != std::string::npos || text.size() < 5 || text[3] != '-') return;
    const std::string code = text.substr(0, 3);
    const std::size_t end = text.find(' ', 4);
    std::string status = text.substr(4, end == std::string::npos ? end : end - 4);
    if (status.size() < 5 || status[1] != '.' || !is_digit(status[0])) status.clear();
    for (const char* mark : {"-", " "}) replace_all(text, ' ' + code + mark + status, '\n' + code + mark + status);
}

}  // namespace

Result<Reply> read_reply_text(std::string_view given, Stage stage) {
    std::string text(trimmed(given));
    for (const std::string_view end : {"\\r\\n", "\\n", "\r\n"}) replace_all(text, end, "\n");
    for (const std::string_view fold : {"\n ", "\n\t"}) replace_all(text, fold, " ");
    text = trimmed(text);
    part_lines(text);
    const std::size_t last = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    if (text.size() > last + 3 && text[last + 3] == '-') text[last + 3] = ' ';

    ReplyReader reader(reply_bytes_max);
    reader.feed(text + "\r\n");
    const auto parsed = reader.next();
    if (!parsed || !*parsed)
        return Error{
            "not_a_reply", {}, "expected lines that begin with one code of 200 to 599, such as \"550 5.1.1 User unknown\""};
    if (!reader.empty()) return Error{"not_a_reply", {}, "expected one reply, found more lines behind its last one"};
    Reply reply;
    reply.stage = stage;
    reply.code = (*parsed)->code;
    reply.enhanced = (*parsed)->enhanced;
    reply.text = (*parsed)->text;
    return reply;
}

}  // namespace ilbud
