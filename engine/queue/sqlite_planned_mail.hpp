/// A row of `mail` as the mail that it says.
///
/// Row   its first sixteen columns are those of SqliteStore's mails_of_event, in that order
/// Left  topics and conditions: used up when the mail was accepted, and not kept
#pragma once
#include "ilbud/base/address.hpp"
#include "sqlite_names.hpp"
#include "sqlite_statement.hpp"

namespace ilbud {

/// `text_of` says what a number that stands for no name is. Nothing if the row says what this program does not know: it was
/// damaged, or written by a newer one.
template <class TextOf>
[[nodiscard]] std::optional<PlannedMail> read_planned_mail(const SqliteRows& row, SqliteNames& names, const TextOf& text_of) {
    const auto kind = names.word_of<Kind>(row.number(1));
    const auto locale = names.word_of<Locale>(row.number(2));
    if (!kind || !locale) return std::nullopt;
    PlannedMail mail;
    mail.id = row.text(0);
    mail.kind = *kind;
    mail.locale = *locale;
    mail.copy = row.number(3) != 0;
    mail.account = text_of(row.number(4));
    mail.unit = text_of(row.number(5));
    mail.to = row.text(6);
    mail.to_name = row.text(7);
    mail.from = text_of(row.number(8));
    mail.from_name = text_of(row.number(9));
    mail.reply_to = text_of(row.number(10));
    mail.planned_at = row.time(11);
    mail.once_key = row.text(12);
    if (const auto envelope = row.number(13); envelope != 0) mail.envelope_from = text_of(envelope);
    mail.urgency = urgency_of(row.number(14)).value_or(1);  // the line it waits in is told beside it
    if (const auto group = row.number(15); group != 0) mail.group = text_of(group);
    mail.site = domain_of(mail.to);
    return mail;
}

}  // namespace ilbud
