/// What the rows of the table are written in, without the names of the enums.
///
/// Pure
#pragma once
#include "reply_table.hpp"

namespace ilbud::row_words {

using enum Class;
using enum Consequence;
using enum Reach;
constexpr auto to_account = Concern::account;
constexpr auto to_relay = Concern::relay;
constexpr auto to_sender = Concern::sender;
constexpr auto to_mail = Concern::mail;
constexpr auto to_mailbox = Concern::recipient;
constexpr auto to_session = Concern::session;

}  // namespace ilbud::row_words
