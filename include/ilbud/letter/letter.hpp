/// A letter: the finished, signed message of one planned mail. Render, compose and sign in one call.
///
/// In    PlannedMail and Event; one snapshot of settings and templates; the signing book of the moment
/// Out   the signed Message, CRLF
/// Not pure: reads attachments given by path (openat below the attachments folder, O_NOFOLLOW)
/// See   DESIGN §2, §6
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ilbud/letter/snapshot.hpp"

namespace ilbud {

/// Dated `now`; the signature is valid until the last possible attempt and dkim.valid_beyond_retry more. Who signs is `book`'s
/// choice for the domain of From.
/// Errors  domain_unsigned (the mail must wait), those of render, compose and sign; those of read_attachment; too_large
///         (mail_bytes_max). Throws  std::system_error if an attachment cannot be read for reasons that are not its own
Result<Message> write_letter(const PlannedMail& mail, const Event& event, const Snapshot& snapshot, const SigningBook& book,
                             Time now);

/// The same without a signature: to look at, never to send. Errors and exceptions as write_letter, but for those of signing.
Result<Message> write_draft(const PlannedMail& mail, const Event& event, const Settings& settings, const TemplateSet& templates,
                            Time now);

/// A file that a letter needs. A value of its own, so that a thread may read it that is left behind (a mount that hangs).
struct AttachmentFile {
    std::filesystem::path folder;  ///< empty: none is set
    std::string path;              ///< below it, as the event gives it
    std::size_t bytes_max = 0;
};
/// The file of the mail's attachment; nothing if it has none, or its bytes came in the event.
[[nodiscard]] std::optional<AttachmentFile> attachment_file(const Event& event, const Platform& platform);
/// Reads it; takes as long as its disk does.
/// Errors  attachment_missing, attachment_too_large, attachment_changed (another attempt may find it at rest), invalid_attachment
/// Throws  std::system_error if the machine is out of files or memory, or the disk fails
Result<std::string> read_attachment(const AttachmentFile& file);

/// One letter to write. The pointers are borrowed and outlive the call.
struct LetterOrder {
    const PlannedMail* mail = nullptr;        ///< not null
    const Event* event = nullptr;             ///< not null
    const std::string* attachment = nullptr;  ///< the bytes of attachment_file(); null: they are read here
};

/// The same as write_letter for each, in order, signed together (sign_all). A letter that throws is an Error of its own,
/// letter_failed: the others are written.
std::vector<Result<Message>> write_letters(const std::vector<LetterOrder>& orders, const Snapshot& snapshot,
                                           const SigningBook& book, Time now);

}  // namespace ilbud
