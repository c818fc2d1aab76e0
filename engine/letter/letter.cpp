// No stage's work is done here. This file only brings a planned mail and its event into the form that each
// stage wants and hands every error up unchanged, so that render, compose and sign need not know one
// another. Who signs is asked before anything is rendered: a mail whose domain cannot sign today waits, and
// waiting must be cheap. A batch is rendered letter by letter and signed all at once, because eight RSA
// signatures made together cost little more than two (sign_all), while templates gain nothing from company.
#include "ilbud/letter/letter.hpp"

#include <algorithm>

#include "ilbud/base/address.hpp"
#include "ilbud/settings/one_click_url.hpp"

namespace ilbud {
namespace {

const Attachment* pdf_of(const Event& event) {
    const auto* invoice = std::get_if<Invoice>(&event.data);
    return invoice != nullptr && invoice->pdf ? &*invoice->pdf : nullptr;
}

// `bytes`: of the attachment's file, read before; null: read now.
Result<std::vector<Attachment>> attachments_of(const Event& event, const Platform& platform, const std::string* bytes) {
    const auto* pdf = pdf_of(event);
    if (pdf == nullptr) return std::vector<Attachment>{};
    auto attachment = *pdf;
    if (const auto file = attachment_file(event, platform)) {
        auto read = bytes != nullptr ? Result<std::string>(*bytes) : read_attachment(*file);
        if (!read) return std::move(read).error();
        attachment.bytes = *std::move(read);
    }
    return std::vector<Attachment>{std::move(attachment)};
}

// x=: later than any attempt can be, whatever the queue did (S13).
// Where a mail is written long after its time (a queue that stood still), `now` counts instead
// of the plan: a signature must not be out of date when it is made. The second at least is
// there because t= and x= are whole seconds and x= has to be the greater one (RFC 6376 §3.5).
Time expiry_of(const PlannedMail& mail, const Platform& platform, Time now) {
    const auto& retry = platform.delivery.retry[static_cast<std::size_t>(mail.kind)];
    return std::max(mail.planned_at + retry.give_up_after, now) + std::max<Duration>(platform.dkim.valid_beyond_retry, 1s);
}

// The address to leave by, for mails of a kind that the settings mark so; else empty.
// The ids are those of this mail, so that the one who gets the POST knows who left what
// without a login (RFC 8058 §3.1). A notice has no unit and offers nothing to leave.
std::string unsubscribe_url(const PlannedMail& mail, const Event& event, const Settings& settings) {
    const Unit* unit = settings.unit(mail.unit);
    if (unit == nullptr) return {};
    const CustomerService& service = settings.customer_service_of(*unit);
    const bool by_row = settings.platform.kind(mail.kind).one_click && !service.unsubscribe_url.empty();
    if (!by_row && !service.unsubscribe_kinds.contains(mail.kind)) return {};
    return fill_one_click_url(service.unsubscribe_url, {mail.id, event.subscriber.id, mail.unit});
}

// Takes settings and templates rather than a whole snapshot, because whoever
// previews a text may be unable to read the keys. The size is taken before signing:
// against limits of 64 KiB and more (the option's least) a signature does not count.
Result<Message> draft(const LetterOrder& order, const Settings& settings, const TemplateSet& templates, Time now) {
    const auto& mail = *order.mail;
    const auto& event = *order.event;
    const auto& platform = settings.platform;
    const auto content = render(mail, event, settings, templates);
    if (!content) return content.error();
    const auto attachments = attachments_of(event, platform, order.attachment);
    if (!attachments) return attachments.error();
    auto message = compose(mail, *content, *attachments, now, unsubscribe_url(mail, event, settings));
    if (!message) return std::move(message).error();
    const auto size = message->header.size() + message->body.size();
    if (size > platform.mail_bytes_max)
        return Error{"too_large", "",
                     std::to_string(size) + " bytes; at most " + std::to_string(platform.mail_bytes_max) + " are allowed"};
    return message;
}

// Everything but the signature.
// What it gives borrows: the key ring from `book`, the domain from `book` or `mail`. Both outlive the signing.
Result<SigningTask> write_unsigned(const LetterOrder& order, const Snapshot& snapshot, const SigningBook& book, Time now) {
    const auto& mail = *order.mail;
    const auto& platform = snapshot.settings.platform;
    const auto signer = book.signer(domain_of(mail.from));
    if (!signer) return signer.error();
    auto message = draft(order, snapshot.settings, snapshot.templates, now);
    if (!message) return std::move(message).error();
    return SigningTask{*std::move(message), signer->keys, signer->domain, now, expiry_of(mail, platform, now), signer->second};
}

// A broken world (no descriptors, a disk that cannot be read) fails this one letter: the next one may be fine.
Result<SigningTask> try_unsigned(const LetterOrder& order, const Snapshot& snapshot, const SigningBook& book, Time now) {
    try {
        return write_unsigned(order, snapshot, book, now);
    } catch (const std::exception& failure) {
        return Error{"letter_failed", order.mail->id, failure.what()};
    }
}

}  // namespace

// The file is read when the mail leaves, not when the event came: the queue then keeps a path instead of megabytes,
// and a file that comes late only makes the mail wait, as every failed letter does. Intake looks at the form of a
// path alone, so a missing folder shows here first.
std::optional<AttachmentFile> attachment_file(const Event& event, const Platform& platform) {
    const auto* pdf = pdf_of(event);
    if (pdf == nullptr || pdf->path.empty()) return std::nullopt;
    const auto& intake = platform.intake;
    const auto folder = intake.attachments.empty() ? std::filesystem::path() : platform.folder / intake.attachments;
    return AttachmentFile{folder, pdf->path, intake.attachment_bytes_max};
}

Result<Message> write_draft(const PlannedMail& mail, const Event& event, const Settings& settings, const TemplateSet& templates,
                            Time now) {
    return draft({&mail, &event}, settings, templates, now);
}

Result<Message> write_letter(const PlannedMail& mail, const Event& event, const Snapshot& snapshot, const SigningBook& book,
                             Time now) {
    auto task = write_unsigned({&mail, &event}, snapshot, book, now);
    if (!task) return std::move(task).error();
    std::vector<SigningTask> tasks;
    tasks.push_back(*std::move(task));
    return std::move(sign_all(std::move(tasks)).front());
}

std::vector<Result<Message>> write_letters(const std::vector<LetterOrder>& orders, const Snapshot& snapshot,
                                           const SigningBook& book, Time now) {
    // Every order keeps its place, refused or not: the caller pairs letters with leases by position.
    std::vector<Result<Message>> letters;
    letters.reserve(orders.size());
    std::vector<SigningTask> tasks;
    tasks.reserve(orders.size());
    std::vector<std::size_t> written;  // of each task: its order
    for (std::size_t i = 0; i < orders.size(); ++i) {
        auto task = try_unsigned(orders[i], snapshot, book, now);
        letters.emplace_back(task ? Result<Message>(Message{}) : Result<Message>(task.error()));
        if (!task) continue;
        tasks.push_back(*std::move(task));
        written.push_back(i);
    }
    auto messages = sign_all(std::move(tasks));
    for (std::size_t i = 0; i < messages.size(); ++i) letters[written[i]] = std::move(messages[i]);
    return letters;
}

}  // namespace ilbud
