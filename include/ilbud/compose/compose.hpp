/// Composing: an RFC 5322 / MIME message from content, CRLF line ends, 7-bit on the wire.
///
/// In    the planned mail (addresses, id, kind), its content, attachments' bytes
/// Out   header and body; the body is not dot-stuffed
/// Pure  the time is a parameter; the same input gives the same bytes (boundaries come from the mail's id)
/// See   RFC 5322 §2.1.1, §3.6; RFC 2045 §6.7, §6.8; RFC 2046 §5.1; RFC 2047; RFC 2231; RFC 3834; RFC 8058; SECURITY S2–S5, S16, S41
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/policy/decide.hpp"
#include "ilbud/render/render.hpp"

namespace ilbud {

struct Message {
    std::string header;                 ///< fields, each ending in CRLF, without the blank line
    std::string body;                   ///< what follows the blank line
    bool unsubscribe_left_out = false;  ///< its URL cannot stand in the header (is_one_click_url)

    [[nodiscard]] std::string bytes() const { return header + "\r\n" + body; }
};

/// `content` is UTF-8 with any line ends; control characters other than TAB and line ends are left out of its bodies.
/// A local part beyond ASCII stands in the header as UTF-8 (RFC 6532): only an SMTPUTF8 server may get such a message (S10).
/// `unsubscribe_url`, if there is one, is offered for unsubscribing with one click (RFC 8058); a signature covers both fields. One
/// that is_one_click_url refuses is left out: no mail dies of an offer.
/// Errors  invalid_header  a control character in a name, subject or filename; not exactly one address; a filename that is a
///                         path or holds bidirectional marks; a content type of several bodies. `place` names the field
Result<Message> compose(const PlannedMail& mail, const Content& content, const std::vector<Attachment>& attachments, Time now,
                        std::string_view unsubscribe_url = {});

}  // namespace ilbud
