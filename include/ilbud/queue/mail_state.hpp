/// What may become of a mail. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "ilbud/settings/words.hpp"

namespace ilbud {

/// The numbers are stored, and so never change.
enum class MailState : std::uint8_t {
    queued = 0,
    leased = 1,
    delivered = 2,  ///< handed over: the relay's 2xx
    bounced = 3,
    expired = 4,
    cancelled = 5,
    suppressed = 6
};
template <>
inline constexpr std::array<std::string_view, 7> words<MailState>{"queued",  "leased",    "delivered", "bounced",
                                                                  "expired", "cancelled", "suppressed"};
static_assert(from_word<MailState>("queued") == MailState{0} && from_word<MailState>("leased") == MailState{1} &&
              from_word<MailState>("delivered") == MailState{2} && from_word<MailState>("bounced") == MailState{3} &&
              from_word<MailState>("expired") == MailState{4} && from_word<MailState>("cancelled") == MailState{5} &&
              from_word<MailState>("suppressed") == MailState{6});

[[nodiscard]] constexpr bool is_final(MailState state) {
    return state >= MailState::delivered;
}

}  // namespace ilbud
