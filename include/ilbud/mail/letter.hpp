/// A letter: the finished, signed message of one planned mail. The whole way through the mail room in one call.
///
/// In    PlannedMail and Event; one snapshot of settings, templates and keys
/// Out   the signed Message, CRLF
/// Not pure: reads attachments given by path (openat below the attachments folder, O_NOFOLLOW)
/// See   DESIGN §2, §6
#pragma once
#include <memory>

#include "ilbud/mail/sign.hpp"
#include "ilbud/mail/template.hpp"

namespace ilbud {

/// What a trip needs, read together and swapped together; immutable.
struct Snapshot {
    Settings settings;
    TemplateSet templates;
    KeyRing keys;
};

/// Errors  those of render, compose and sign; attachment_missing, attachment_too_large, invalid_attachment
Result<Message> write_letter(const PlannedMail& mail, const Event& event, const Snapshot& snapshot, Time now);

}  // namespace ilbud
