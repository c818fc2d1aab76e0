// A table of all kinds, and below it in sentences what a table cannot say.
#include <string>

#include "ilbud/settings/kinds.hpp"

namespace ilbud {
namespace {

constexpr std::string_view opening = R"(# Kinds of mail

Made by `ilbud check --print kinds` from the table that the engine decides by (R38). `[[kind]]` of the platform file changes a row for all
accounts (`on`, `from`, `origins`, `class`, `group`, `one_click`, `required_by_law`), `[unit.kinds]` of an account file switches a kind on or off for one
unit, `[customer_service.mail_origins]` says which origins mail it, `[delivery.retry.<kind>]` how often and how long it is tried. The fields of each
event stand in `docs/events.md`, the variables of each kind's text in `templates/README.md`.

| kind | event | on | from | to | class | given up | origins | takes the place of | group | required by law |
|---|---|---|---|---|---|---|---|---|---|---|
)";

constexpr std::string_view closing = R"(
- **on**: whether a unit mails it that does not say so. A kind that the law of the unit's `country` asks for is on there, is mailed for every
  origin but `import` (and for that, if `mail_origins` says so), whatever `mail_on_start`, `mail_on_stop` and `card_receipts` say, and is told as `undeliverable` where it cannot be mailed. A unit without a `country` is
  taken to be asked for nothing; `ilbud check` remarks it. What a kind's row says of the law is a start, not advice. Mails that wait when their kind is
  switched off wait on (`kind_off`) until it is on again or they are given up.
- **to**: the payer is the subscriber where nobody else pays or the payer has no address.
- **class**: 0 leaves first; shares of the classes are `queue.class_weights`.
- **given up**: so long after its acceptance, or when the field of its event says that it is of no use any more, if that is earlier. Then it
  does not leave (`expired: too_late`; one that is kept back, `test_mode` or `held`), and an event that comes later makes none (`too_late`).
- **takes the place of**: of one that still waits about the same order, invoice, subscription or subscriber (`cancelled: superseded`). A reminder
  withdraws those of lower levels, one of an invoice of which nothing is open all of them; a charge that succeeds withdraws a `payment_failed`
  of its invoice and its reminders, as does an invoice of which nothing is open; another address a `login_link`; a stop, cancellation or withdrawal a `welcome`, `renewal_notice`, `price_change` and `gift_ending` of its subscription.
- **group**: what a complaint stops.
- `credit_note` is an invoice below zero, decided as an invoice is. `payment_failed` is a failed `card.charged`, instead of the record alone
  that it leaves otherwise. `reminder` goes by mail whatever the method, to the debtor and `copy_to`, once a level unless the event says
  `resend`; it names no deadline, so it is no statutory notice before a collection. `gift_ending` is for `gift: true` alone. `email_changed`
  goes to the old and the new address, to the old one alone where the address was removed. `known_address` is made by the engine itself
  when a sign-up form is answered `by_mail` (R25), at most once a day and address; that check is not built yet. `notice` is the platform's own.
- **Not mailed**, with the reason in the answer and in `ilbud explain`: `kind_off`, `origin_not_mailed`, `too_late`; a reminder before the day
  after `due_on` (`not_due`) or with nothing open (`nothing_open`); a price that stays (`price_unchanged`); an address that is the same or has
  no former one (`address_unchanged`); `not_a_gift`; what went to that address before (`mailed_before`).
- Every mail to a subscriber ends with the automatic note (R11).

## Switching a kind on, with words of your own
1. In the account's file, below the `[[unit]]`: `[unit.kinds]` with `reminder = true`, and `[unit.variables]` with `cvr = "10000009"`.
2. Copy `templates/da/reminder.md` to `templates/units/<unit>/da/reminder.md` and write what you like; `{{unit.variables.cvr}}` is the number. Do
   the same for each language the unit offers: in others the shipped text goes out.
3. `ilbud check` says what is wrong with it, `ilbud preview reminder --unit <unit> --open` shows it, `--situation last` the last one.
4. `ilbud reload`, then send an `invoice.reminded` event (docs/events.md). `ilbud explain SOURCE ID` says what became of it.
)";

std::string listed(const WordSet<Origin>& origins) {
    std::string out;
    std::size_t said = 0;
    for (const auto word : words<Origin>) {
        if (!origins.contains(*from_word<Origin>(word))) continue;
        ++said;
        out += (out.empty() ? "" : ", ") + std::string(word);
    }
    return said == words<Origin>.size() ? "all" : out;
}

std::string in_code(std::string_view text) {
    return text.empty() ? std::string() : '`' + std::string(text) + '`';
}

}  // namespace

std::string kind_reference() {
    std::string out(opening);
    const auto rows = shipped_kinds();
    for (const auto& traits : kind_traits) {
        const auto& row = rows[static_cast<std::size_t>(traits.kind)];
        const bool notice = traits.kind == Kind::notice;
        std::string law;
        for (const auto& place : row.required_by_law) law += (law.empty() ? "" : ", ") + place;
        out += "| " + in_code(to_word(traits.kind)) + " | " + in_code(traits.event) + " | " + (row.on ? "yes" : "") + " | " +
               (notice ? "the platform" : std::string(to_word(row.from))) + " | " + std::string(to_word(traits.to)) + " | " +
               std::to_string(traits.urgency) + " | " + to_text(traits.give_up_after) +
               (traits.give_up_at.empty() ? "" : ", " + in_code(traits.give_up_at)) + " | " +
               (notice ? "" : listed(row.origins)) + " | " + std::string(traits.replaces) + " | " + std::string(traits.group) +
               " | " + law + " |\n";
    }
    return out + std::string(closing);
}

}  // namespace ilbud
