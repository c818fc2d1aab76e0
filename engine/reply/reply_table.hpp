/// What replies mean, as one table: the first row that fits says it.
///
/// Pure
/// See   docs/replies.md, which explains the reasons; each row names its source
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "ilbud/reply/cause.hpp"
#include "said.hpp"

namespace ilbud {

/// Replies of which class a row is about.
enum class Class : std::uint8_t { any, temporary, permanent };

/// At which stages. `login`: AUTH and MAIL, before a recipient is named; `transaction`: from MAIL on; `asked`: from RCPT
/// on, `before_content` up to the answer to DATA, `content_seen` behind it.
enum class Reach : std::uint8_t { everywhere, login, transaction, mail, asked, recipient, before_content, content_seen };

/// What is empty asks nothing; all else must hold.
struct Row {
    Class of = Class::any;
    Reach reach = Reach::everywhere;
    std::string_view codes;     ///< parted by blanks
    std::string_view statuses;  ///< without their class, parted by blanks
    std::string_view phrases;   ///< as for Said::says
    std::string_view reason;
    Consequence consequence = Consequence::retry;
    Concern concern = Concern::session;
    bool permanent = false;
};

/// Its halves, the first before the second.
std::span<const Row> rows_of_us();
std::span<const Row> rows_of_mailbox();
std::span<const Row> reply_table();

bool fits(const Row& row, const Said& said);

}  // namespace ilbud
