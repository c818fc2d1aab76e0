// Old events go with everything that hangs on them, a few at a time between other commits. What still waits keeps its
// whole event, since its mail is written from it. Numbers rise with the time of acceptance, which is why the table
// itself serves as the index: the sweep begins at its oldest end.
#include "decision_record.hpp"
#include "lookup_keys.hpp"
#include "sqlite_store.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

struct Candidate {
    std::int64_t event, first_mail, mails;
};

// Rows looked at for each that may go. Higher, and a call over events that cannot go
// yet takes longer; lower, and such a stretch needs more calls to be passed.
constexpr std::size_t looks_per_removal = 4;
constexpr std::size_t removals_max = 10'000;  // of one transaction, whatever is asked for

}  // namespace

// Sweeps from the oldest event on, in the order of acceptance; a call goes on where the last one stopped, and the sweep starts
// again once it meets an event that is too young.
Pruned SqliteStore::prune(Time before, std::size_t most, Time wall) {
    most = std::clamp<std::size_t>(most, 1, removals_max);
    // Collected first: nothing is deleted under a statement that is still being read.
    std::vector<Candidate> candidates;
    bool end_of_sweep = true;
    {
        const auto looks = most * looks_per_removal;
        std::size_t looked = 0;
        auto rows = sql_->prune_find.rows(prune_from_, looks);
        while (candidates.size() < most && rows.next()) {
            const auto accepted_at = rows.time(1);
            // Accepted while the clock was ahead: too young for long, and no reason to keep those behind it.
            if (accepted_at >= before && accepted_at <= wall) break;
            // Counted as done in this sweep even if it stays: the next call does not look at it again.
            ++looked;
            prune_from_ = rows.number(0) + 1;
            if (accepted_at < before) candidates.push_back({rows.number(0), rows.number(2), rows.number(3)});
        }
        end_of_sweep = looked < looks && candidates.size() < most;
    }
    if (end_of_sweep) prune_from_ = 0;
    Pruned pruned{0, !end_of_sweep};
    for (const auto& [event, first_mail, mails] : candidates) {
        if (!is_finished(first_mail, mails)) continue;
        remove_event(event, first_mail, mails);
        ++pruned.removed;
    }
    return pruned;
}

// A mail that was never attempted has no row in `status`, so counting the finished ones is enough.
bool SqliteStore::is_finished(std::int64_t first_mail, std::int64_t mails) {
    if (mails == 0) return true;
    auto rows = sql_->status_finished.rows(first_mail, first_mail + mails);
    return rows.next() && rows.number(0) == mails;
}

// Marks and once-keys go only where they are this event's: a later event may have set
// the mark anew, another may hold the key.
void SqliteStore::remove_event(std::int64_t event, std::int64_t first_mail, std::int64_t mails) {
    std::vector<std::string> marks;
    {
        auto rows = sql_->prune_notes.rows(event);
        if (rows.next()) {
            // Damaged, its marks stay: they keep out mails, and let none out.
            if (auto record = read_decision_record(rows.text(0))) marks = std::move(record->marks);
        }
    }
    for (const auto& mark : marks) {
        const auto key = text_key(mark);
        sql_->mark_delete.execute(SqliteBlob{key}, event);
    }
    for (auto row = first_mail; row < first_mail + mails; ++row) remove_mail(row, event);
    sql_->event_delete.execute(event);
    --totals_.events;
}

void SqliteStore::remove_mail(std::int64_t row, std::int64_t event) {
    std::int64_t id_hash = 0, to_hash = 0;
    std::string once_key;
    bool has_topics = false;
    {
        auto rows = sql_->prune_mail.rows(row);
        if (!rows.next()) return;
        // The keys of the search entries are not stored with the mail; they are made again from what made them.
        id_hash = search_hash(rows.text(0));
        to_hash = search_hash(rows.text(1));
        once_key = rows.text(2);
        const auto kind = names_.word_of<Kind>(rows.number(3));
        has_topics = !kind || may_have_topics(*kind);
    }
    std::int64_t outcome = 0;
    {
        // Totals say what the tables hold, not what there ever was.
        auto rows = sql_->status_read.rows(row);
        if (rows.next()) {
            if (const auto state = enumerator_of<MailState>(rows.number(0))) --totals_.in(*state);
            outcome = rows.number(1);
        }
    }
    while (outcome != 0) {
        const auto number = outcome;
        {
            auto rows = sql_->outcome_before.rows(number);
            outcome = rows.next() ? rows.number(0) : 0;
        }
        sql_->outcome_delete.execute(number);
    }
    if (!once_key.empty()) free_once(once_key, event);
    sql_->search_delete.execute(row >> search_segment_bits, id_hash, row);
    sql_->search_delete.execute(row >> search_segment_bits, to_hash, row);
    if (has_topics) sql_->superseded_delete.execute(row);
    sql_->status_delete.execute(row);
    sql_->mail_delete.execute(row);
}

}  // namespace ilbud
