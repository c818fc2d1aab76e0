/// A reply as people have it, from a log, a bounce or a terminal, read as the session reads the bytes of a server.
///
/// In    text: "550 5.1.1 User unknown"; several lines, also with "\r\n" or "\n" spelled out, or run together to one line
/// Out   the Reply that the session would have made of it at that stage
/// Pure
/// See   ReplyReader (smtp.hpp), which does the reading
#pragma once
#include <string_view>

#include "ilbud/base/result.hpp"
#include "ilbud/reply/reply.hpp"

namespace ilbud {

/// What a log folds or cuts off is put right first: a line that begins with a blank goes on with the one before, and the
/// last line is taken for the last although its code is followed by "-".
///
/// Errors  not_a_reply  no reply that a server could send, or more than one; `detail` says which line
Result<Reply> read_reply_text(std::string_view text, Stage stage);

}  // namespace ilbud
