/// The variables a template may use: the one table from which the linter, the views and the reference come.
///
/// Pure
/// See   DESIGN §6; DOMAIN R8–R24
#pragma once
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ilbud/settings/kinds.hpp"

namespace ilbud {

/// What a value is, which decides where it may stand: colours in CSS, URLs in
/// addresses, flags and lists as sections only, blocks unescaped in Markdown.
/// Numbers, money and dates are texts by then, written in the mail's language.
enum class VariableType : std::uint8_t { text, number, money, date, url, email, colour, flag, list, block };
template <>
inline constexpr std::array<std::string_view, 10> words<VariableType>{"text",  "number", "money", "date", "url",
                                                                      "email", "colour", "flag",  "list", "block"};

/// Where a variable's value comes from, and with it where it may stand.
enum class VariableSource : std::uint8_t {
    unit,    ///< settings: filled in when the templates are loaded
    mail,    ///< the event and the planned mail
    item,    ///< one element of the list `list`; only inside {{#list}}…{{/list}}
    layout,  ///< the rendered mail; only in layout.html
};

/// Identifies a variable: its place in variables().
/// Grouped as the table is: settings, the mail by its kind, lists with their items,
/// notices, layout. The order is used: kinds and causes are counted off from their first.
enum class Var : std::uint8_t {
    lang,
    unit_name,
    unit_invoice_email,
    unit_logo_url,
    unit_logo_alt,
    unit_colour,
    unit_colour_text,
    unit_colour_heading,
    unit_variable,
    service_name,
    service_support_email,
    service_self_service_url,
    welcome_message,
    term_subscriber,
    term_member,
    term_customer,
    term_subscription,
    term_membership,
    kind_confirmation,
    kind_welcome,
    kind_stopped,
    kind_cancelled,
    kind_receipt,
    kind_invoice,
    kind_notice,
    kind_payment_failed,
    kind_credit_note,
    kind_reminder,
    kind_renewal_notice,
    kind_price_change,
    kind_card_expiring,
    kind_gift_ending,
    kind_login_link,
    kind_email_changed,
    kind_withdrawn,
    kind_known_address,
    login_number,
    subscriber_id,
    subscriber_name,
    recipient_name,
    for_other,
    copy,
    payer_id,
    login_email,
    product,
    products,
    several,
    many,
    others,
    number,
    campaign,
    starts_on,
    gift,
    confirmation_url,
    subscriptions,
    subscription_product,
    subscription_number,
    subscription_campaign,
    subscription_starts_on,
    requested_on,
    requested_at,
    ends_on,
    ends_with_period,
    ends_today,
    ends_in_one_day,
    ends_in_days,
    days,
    ended,
    invoice_follows,
    unpaid_amount,
    other_invoices,
    several_other_invoices,
    other_invoice_count,
    invoices_in_self_service,
    refund,
    refund_amount,
    invoice_number,
    amount,
    vat,
    charged_on,
    card_brand,
    card_last4,
    card_expires,
    update_url,
    retry_on,
    period,
    issued_on,
    due_on,
    total,
    credit,
    to_pay,
    payable,
    part_paid,
    settled,
    no_payment,
    in_credit,
    credit_amount,
    open_amount,
    fee,
    reminder_first,
    reminder_second,
    reminder_last,
    payment_url,
    pdf,
    automatic,
    fallback,
    fallback_from,
    resent,
    itemised,
    quantities,
    lines,
    line_text,
    line_quantity,
    line_amount,
    line_subscription,
    renews_on,
    price,
    cancel_until,
    cancel_until_hour,
    old_price,
    new_price,
    price_from,
    login_url,
    expires_at,
    old_email,
    new_email,
    received_at,
    cause_domain_broken,
    cause_domain_fixed,
    cause_key_change_stuck,
    cause_bounce_rate,
    cause_complaint_rate,
    account,
    about,
    since,
    signed_by,
    waiting,
    dkim,
    rate,
    limit,
    mails,
    failed,
    hours,
    facts,
    fact_name,
    fact_value,
    records,
    subject,
    preheader,
    content,
};
inline constexpr std::size_t variable_count = static_cast<std::size_t>(Var::content) + 1;
using VarSet = std::bitset<variable_count>;

/// A row of the reference.
struct Variable {
    std::string_view name;  ///< as templates write it
    VariableType type{};
    VariableSource source{};
    WordSet<Kind> kinds;       ///< in whose mails it may stand
    std::string_view example;  ///< Danish; for a flag "true" or ""
    std::string_view meaning;
    std::string_view list = {};  ///< source item: the list it belongs to
    bool in_message = false;     ///< also in a customer service's welcome message
};

/// All of them, in the order of Var.
[[nodiscard]] std::span<const Variable> variables();
[[nodiscard]] const Variable& variable(Var which);
/// What the names of all variables of a unit's own begin with: they are one row, Var::unit_variable.
inline constexpr std::string_view unit_variable_prefix = "unit.variables.";
/// Nothing for a name that is not in the table. Whether a unit has a variable of that name is not asked here.
[[nodiscard]] std::optional<Var> find_variable(std::string_view name);

/// The references for people who write templates, as Markdown: the variables, and what HTML and CSS may stand in a template.
[[nodiscard]] std::string variable_reference();
[[nodiscard]] std::string html_reference();

}  // namespace ilbud
