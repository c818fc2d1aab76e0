// The order is the substance. Who is meant is told before what is wrong: restrictions of the recipient's own, then our
// account at the relay, then how we are known to the server, then the sender, and only behind all that the mailbox. A reply
// about us may carry 5.1.1 and speak of unknown users, and must not suppress anybody (R7). Where two readings are possible
// the one that does less harm stands first: waiting before bouncing, bouncing before suppressing.
//
// Sources: "corpora" are the collections of real bounces that other classifiers are tested on (Sisimai's set-of-emails, the
// rules of KumoMTA, ZoneMTA, phpmailer-bmh, Mautic); else the server that says so, or its vendor's list of errors.
#include "reply_table.hpp"

#include <string>
#include <vector>

#include "row_words.hpp"

namespace ilbud {
namespace {

using namespace row_words;

bool reaches(Reach reach, Stage stage) {
    switch (reach) {
        case everywhere:
            return true;
        case login:
            return stage == Stage::auth || stage == Stage::mail;
        case transaction:
            return stage >= Stage::mail;
        case Reach::mail:
            return stage == Stage::mail;
        case asked:
            return stage > Stage::mail;
        case Reach::recipient:
            return stage == Stage::recipient;
        case before_content:
            return stage == Stage::recipient || stage == Stage::data;
        case content_seen:
            return stage >= Stage::content;
    }
    return false;
}

}  // namespace

std::span<const Row> reply_table() {
    static const std::vector<Row> table = [] {
        std::vector<Row> rows(rows_of_us().begin(), rows_of_us().end());
        rows.insert(rows.end(), rows_of_mailbox().begin(), rows_of_mailbox().end());
        return rows;
    }();
    return table;
}

// Cheapest first: most rows fall by class, stage, code or status before a text is searched.
bool fits(const Row& row, const Said& said) {
    if (row.of == permanent && !said.permanent()) return false;
    if (row.of == temporary && said.permanent()) return false;
    if (!reaches(row.reach, said.stage)) return false;
    if (!row.codes.empty() && !lists(row.codes, std::to_string(said.code))) return false;
    if (!row.statuses.empty() && !lists(row.statuses, said.status)) return false;
    return row.phrases.empty() || said.says(row.phrases);
}

}  // namespace ilbud
