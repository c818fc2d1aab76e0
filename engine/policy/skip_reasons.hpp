// The reasons of decide.hpp as an enum, so that no rule can give one that the table does not explain.
#pragma once
#include <cassert>
#include <cstdint>
#include <string_view>

#include "ilbud/settings/words.hpp"

namespace ilbud {

// In the order of the table in skip_reasons.cpp.
// The number is never stored, only the name: rows may move as long as enum and table agree,
// those of the methods together.
enum class Reason : std::uint8_t {
    origin_not_mailed,
    no_email,
    account_address,
    account_sender,
    test_mode,
    awaits_confirmation,
    welcome_belongs_to_created,
    form_switch_off,
    service_switch_off,
    charge_failed,
    test_charge,
    amount_zero,
    receipts_off,
    document_sent_before,
    method_card,  // the methods in the order of Method; `email` always mails
    method_betalingsservice,
    method_mobilepay,
    method_nemhandel,
    method_paper,
    copy_invalid,
    notices_off,
    no_notice_sender,
    invoice_mailed_before,  // from here on the queue's own
    cancelled_before,
    superseded,
    suppressed,
};

std::string_view name_of(Reason reason);

// method_<name> (R20); not for `email`.
inline Reason reason_of(Method method) {
    assert(method != Method::email);
    const int beyond_card = static_cast<int>(method) - static_cast<int>(Method::card);
    return static_cast<Reason>(static_cast<int>(Reason::method_card) + beyond_card);
}

}  // namespace ilbud
