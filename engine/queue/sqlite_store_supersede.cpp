// Mails that a newer event makes pointless (R36): withdrawn in the transaction that accepts it.
// The order in which events arrive is not the order in which things happened, so each topic
// keeps the time of its last word (in `mark`) and a late event is measured by it. A mail may
// be about several topics and is pointless only when the last of them is gone, or the one that
// decides alone. Both directions are here: an event that takes back older mails, and a mail
// that comes too late to be wanted.
#include <algorithm>

#include "lookup_keys.hpp"
#include "sqlite_store_incoming.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {

void SqliteStore::insert_topics(const PlannedMail& mail, const IncomingEvent& incoming, std::uint64_t row) {
    for (const auto& topic : mail.topics) {
        if (is_late(topic, incoming)) continue;  // nothing will withdraw it again: it must not keep the mail
        const auto key = text_key(topic);
        sql_->topic_insert.execute(SqliteBlob{key}, row, incoming.at(), incoming.due, false);
    }
    if (mail.replaces.empty()) return;
    const auto key = text_key(mail.replaces);
    sql_->topic_insert.execute(SqliteBlob{key}, row, incoming.at(), incoming.due, true);
}

// Whether a newer event came before and had its word on the topic.
bool SqliteStore::is_late(const std::string& topic, const IncomingEvent& incoming) {
    const auto key = text_key(topic);
    auto rows = sql_->word_find.rows(SqliteBlob{key});
    return rows.next() && rows.time(0) > incoming.newer_than();
}

// All of its topics: a welcome for two subscriptions of which one has ended is still
// welcome. A mail without topics is never late.
bool SqliteStore::is_late(const PlannedMail& mail, const IncomingEvent& incoming) {
    if (!mail.replaces.empty() && is_late(mail.replaces, incoming)) return true;
    return !mail.topics.empty() &&
           std::ranges::all_of(mail.topics, [&](const std::string& topic) { return is_late(topic, incoming); });
}

// Asked when a lent mail would wait again; whoever reads it back sees it in the page.
bool SqliteStore::is_superseded(std::uint64_t row) {
    auto rows = sql_->superseded_find.rows(row);
    return rows.next();
}

void SqliteStore::supersede(const std::string& topic, const IncomingEvent& incoming, std::vector<RuleStep>& chain,
                            Stored& stored) {
    const auto key = text_key(topic);
    // Taken down first: the rows are deleted below, and a statement must not be read meanwhile.
    struct Found {
        std::uint64_t row;
        Time due;
        bool alone;
    };
    std::vector<Found> found;
    {
        auto rows = sql_->topic_find.rows(SqliteBlob{key}, incoming.first_mail, incoming.newer_than());
        while (rows.next()) found.push_back({static_cast<std::uint64_t>(rows.number(0)), rows.time(1), rows.number(2) != 0});
    }
    for (const auto& [row, due, alone] : found) {
        sql_->topic_delete.execute(SqliteBlob{key}, row);
        supersede(row, due, alone, incoming, chain, stored);
    }
    // Written even if nothing waited: the mail that it concerns may come later, with an older event.
    sql_->word_write.execute(SqliteBlob{key}, incoming.event, incoming.at());
}

// `due`: when the mail was first due; after an attempt its status says when it is now. `alone`: by the topic that decides alone.
void SqliteStore::supersede(std::uint64_t row, Time due, bool alone, const IncomingEvent& incoming, std::vector<RuleStep>& chain,
                            Stored& stored) {
    Superseded mail;
    std::string id, what;
    {
        auto rows = sql_->superseded_mail.rows(row);
        if (!rows.next()) return;  // damaged: told when it is lent
        const auto kind = names_.word_of<Kind>(rows.number(1));
        const auto urgency = urgency_of(rows.number(5));
        if (!kind || !urgency) return;  // damaged: told when it is lent
        id = rows.text(0);
        what = std::string(to_word(*kind)) + " mail " + id + " to " + std::string(rows.text(3));
        mail.line = {*urgency, rows.number(2)};
        mail.key = {rows.is_null(4) ? due : rows.time(4), row};
    }
    if (!alone) {
        // Its own topic is deleted already; another one that is left keeps the mail.
        auto others = sql_->topic_left.rows(row);
        if (others.next()) {
            chain.push_back({"R36", what + " stays: it lists other subscriptions as well"});
            return;
        }
    }
    // If the one that decides alone is gone, the others are left, and the other way round.
    sql_->topic_forget.execute(row);
    // Also for a mail that is on its way: should it come back to wait, this row ends it.
    sql_->superseded_insert.execute(row, incoming.event);
    // A lent mail may be in the middle of a transaction with a server: saying "withdrawn" of it could be a lie.
    mail.withdrawn = !incoming.is_lent(row) && withdraw(mail.line, mail.key, "superseded", incoming.wall);
    if (mail.withdrawn) give_back_once(row);
    chain.push_back(
        {"R36", what + (mail.withdrawn ? " waited and is withdrawn" : " is on its way already and is not withdrawn")});
    if (mail.withdrawn) stored.answer.withdrawn.push_back(std::move(id));
    stored.superseded.push_back(mail);
}

}  // namespace ilbud
