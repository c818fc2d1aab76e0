// The reasons of decide.hpp as an enum, so that no rule can give one that the table does not explain.
#pragma once
#include <cstdint>
#include <string_view>

namespace ilbud {

// In the order of the table in skip_reasons.cpp.
// The number is never stored, only the name: rows may move as long as enum and table agree.
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
    copy_invalid,
    kind_off,
    not_a_gift,
    address_unchanged,
    price_unchanged,
    nothing_open,
    not_due,
    too_late,
    notices_off,
    no_notice_sender,
    invoice_mailed_before,  // from here on the queue's own
    mailed_before,
    cancelled_before,
    superseded,
    suppressed,
};

std::string_view name_of(Reason reason);

// What the reason of an invoice that its method does not mail begins with; the method's name follows (R20).
inline constexpr std::string_view method_reason = "method_";

}  // namespace ilbud
