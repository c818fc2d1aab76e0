/// Every field that an event may have, once: what the checks, the schema and the reference are made of.
///
/// In    DOMAIN §4
/// Out   tables of rules, one an object; `table["name"]` is found by the compiler, a name that is not there does not compile
/// Pure
#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "field_rule.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

namespace fields {

// Limits in code points and elements: generous for every real sender, small enough for every mail.
// Anything with a meaning of its own (a unit's id, a locale) is shorter by far.
// Of id and source: both are stored with every event and repeated in every answer; CloudEvents sets no limit.
inline constexpr std::size_t name_bytes_max = 255;
inline constexpr std::size_t word_max = 100;
inline constexpr std::size_t identifier_max = 100;
inline constexpr std::size_t name_max = 200;
inline constexpr std::size_t product_max = 300;
// Longer ones are cut by some mail programs and web servers; good ones are ASCII, so characters are bytes.
inline constexpr std::size_t url_max = 2048;

constexpr FieldRule of(std::string_view name, FieldType type, Need need, std::string_view meaning, std::size_t most = 0) {
    return {.name = name, .type = type, .need = need, .meaning = meaning, .most = most};
}
constexpr FieldRule text(std::string_view name, Need need, std::size_t most, std::string_view meaning,
                         std::string_view pattern = {}) {
    auto rule = of(name, FieldType::text, need, meaning, most);
    rule.pattern = pattern;
    return rule;
}
constexpr FieldRule identifier(std::string_view name, Need need, std::string_view meaning) {
    return of(name, FieldType::identifier, need, meaning, identifier_max);
}
template <class Enum>
constexpr FieldRule word(std::string_view name, Need need, std::string_view meaning) {
    auto rule = of(name, FieldType::word, need, meaning);
    rule.words = words<Enum>;
    return rule;
}
template <std::size_t N>
constexpr FieldRule object(std::string_view name, Need need, const FieldTable<N>& inner, std::string_view meaning,
                           FieldType type = FieldType::object) {
    auto rule = of(name, type, need, meaning);
    rule.inner = inner.rules;
    return rule;
}
template <std::size_t N>
constexpr FieldRule objects(std::string_view name, Need need, const FieldTable<N>& inner, std::size_t least, std::size_t most,
                            std::string_view meaning) {
    auto rule = object(name, need, inner, meaning, FieldType::objects);
    rule.least = least;
    rule.most = most;
    return rule;
}
template <std::size_t... N>
constexpr auto joined(const FieldTable<N>&... tables) {
    FieldTable<(N + ...)> all{};
    std::size_t at = 0;
    const auto append = [&](const auto& table) {
        for (const auto& rule : table.rules) all.rules[at++] = rule;
    };
    (append(tables), ...);
    return all;
}

inline constexpr auto required = Need::required;
inline constexpr auto optional = Need::optional;

inline constexpr FieldTable e_invoice{std::array{
    text("scheme", required, 25, "what the network calls the kind of number: `0088`, `0184`, `DK:CVR`", "^[A-Za-z0-9:_-]{1,25}$"),
    identifier("id", required, "the number"),
}};

// Which methods there are is a matter of the settings, so none is listed here.
constexpr FieldRule method(std::string_view name, std::string_view meaning) {
    return text(name, optional, word_max, meaning);
}

inline constexpr FieldTable subscriber{std::array{
    identifier("id", required, "the number the subscriber knows; every mail ends with it"),
    text("name", required, name_max, "how mails address the subscriber"),
    of("email", FieldType::email, optional, "without one nothing is mailed to the subscriber (`no_email`)"),
    of("email_unique", FieldType::flag, optional,
       "whether no other subscriber has this address, so that it can be used to log in; default false"),
    text("locale", optional, word_max,
         "language tag of at most 35 characters (`da`, `nb-NO`); one without texts falls back to the unit's language",
         "^$|^[A-Za-z][A-Za-z0-9_-]{0,34}$"),
    method("invoicing",
           "how the subscriber wants invoices: a shipped method (`email`, `card`, `mobilepay`, `vipps`, `betalingsservice`, "
           "`autogiro`, `avtalegiro`, `efaktura`, `nemhandel`, `paper`) or one of the settings; others are refused "
           "(`unknown_method`)"),
    text("ean", optional, word_max, "EAN location number, 13 digits with the check digit: invoices go by Nemhandel",
         "^$|^[0-9]{13}$"),
    object("e_invoice", optional, e_invoice,
           "another address for electronic invoices: they go by Nemhandel, as with an EAN number"),
}};

inline constexpr FieldTable payer{std::array{
    text("name", required, name_max, "who pays, where it is not the subscriber"),
    of("email", FieldType::email, optional, "invoices and receipts go there"),
    identifier("id", optional, "the payer's own number, told in mails to the payer beside the subscriber's (R11)"),
}};

constexpr auto subscription_with(Need start) {
    return FieldTable{std::array{
        identifier("id", required, "the subscription's own number"),
        text("product", required, product_max, "what is subscribed to, as mails name it"),
        text("campaign", optional, product_max, "the offer it was ordered by"),
        of("starts_at", FieldType::time, start, "when the first copy or access comes; may lie ahead"),
    }};
}
inline constexpr auto subscription_to_start = subscription_with(required);
inline constexpr auto subscription = subscription_with(optional);

inline constexpr FieldTable line{std::array{
    text("text", required, 500, "what is charged for"),
    of("quantity", FieldType::quantity, optional, "how many; default 1"),
    of("amount", FieldType::money, required, "of the whole line, with VAT"),
    identifier("subscription", optional, "the id of the subscription it belongs to"),
}};
inline constexpr std::size_t lines_max = 500;

inline constexpr FieldTable period{std::array{
    of("from", FieldType::date, required, "the first day"),
    of("to", FieldType::date, required, "the last day, not before `from`"),
}};

inline constexpr FieldTable card{std::array{
    text("brand", required, 50, "as people know it: `Visa`"),
    text("last4", required, word_max, "the last four digits", "^[0-9]{4}$"),
}};

inline constexpr FieldTable charge{std::array{
    identifier("id", required, "the payment provider's number of the charge"),
    of("succeeded", FieldType::flag, required, "whether the money was taken (R17, R18)"),
    of("amount", FieldType::money, required, "what was charged"),
    of("currency", FieldType::currency, required, "ISO 4217, in capitals"),
    of("vat", FieldType::money, optional, "VAT within the amount"),
    of("charged_at", FieldType::time, required, "when"),
    of("test", FieldType::flag, optional, "a test of the payment provider: never mailed outside test mode (R19); default false"),
    object("card", optional, card, "the card that was charged"),
    of("retry_on", FieldType::date, optional, "of a charge that failed: the day on which it is tried again"),
    of("payment_url", FieldType::url, optional, "of a charge that failed: where it can be paid in another way", url_max),
}};

inline constexpr FieldTable charged_invoice{std::array{
    identifier("number", required, "the invoice that was paid"),
    objects("lines", optional, line, 0, lines_max, "what was paid for"),
    [] {
        auto rule = object("period", optional, period, "what it covers: text for people, or two days", FieldType::period);
        rule.most = 100;
        return rule;
    }(),
}};

// RFC 6838 §4.2 gives type and subtype 127 characters each; 127 for both together is ample.
inline constexpr FieldTable attachment{std::array{
    text("filename", required, 200, "what it is called in the mail, without folders"),
    text("content_type", required, 127, "`application/pdf`, without parameters"),
    text("path", optional, 1000, "a file below `intake.attachments`, read when the mail is written; either this or `base64`"),
    text("base64", optional, std::size_t{64} * 1024 * 1024,
         "the bytes themselves, RFC 4648 §4 with padding; the limits of an event and of a mail are lower"),
}};

inline constexpr FieldTable invoice{std::array{
    identifier("number", required, "one number makes at most one mail a recipient (R23)"),
    of("issued_on", FieldType::date, required, "the invoice's date"),
    of("due_on", FieldType::date, required, "the last day to pay; nobody is reminded before it is over"),
    objects("lines", required, line, 0, lines_max, "what is charged"),
    of("total", FieldType::money, required, "with VAT; below zero it is a credit, zero needs no payment (R37)"),
    of("vat", FieldType::money, required, "VAT within the total"),
    of("currency", FieldType::currency, required, "ISO 4217, in capitals"),
    of("open_amount", FieldType::money, optional, "what is still to pay, where it is not the total"),
    of("payment_url", FieldType::url, optional, "where it can be paid", url_max),
    object("pdf", optional, attachment, "the invoice as a file"),
}};

inline constexpr FieldTable common{std::array{
    text("unit", required, word_max, "id of the business unit; one that the settings do not know is refused"),
    word<Origin>("origin", required,
                 "where it happened. Which origins mail is a setting (`mail_origins`); if nobody sets it, sign-ups of `form`, "
                 "`self_service` and "
                 "`api`, endings of `self_service`, receipts and invoices of all (R4); docs/kinds.md has the others"),
    object("subscriber", required, subscriber, "whom it is about"),
    object("payer", optional, payer, "who pays, where it is somebody else"),
}};

inline constexpr auto sign_up = joined(
    common,
    FieldTable{std::array{
        identifier("form", optional,
                   "id of the sign-up form; one that the settings do not know is refused, without one a form's defaults count"),
        identifier("order", optional, "the order: a later event of the same order replaces what waits of it (R36)"),
        of("gift", FieldType::flag, optional,
           "ordered for somebody else: the payer, who is needed then, is thanked, not the subscriber (R10)"),
        of("confirmation_url", FieldType::url, optional, "where the order is confirmed; required where the form confirms (R8)",
           url_max),
        objects("subscriptions", required, subscription_to_start, 1, 100, "what was ordered; one mail lists them all (R12)"),
    }});

inline constexpr FieldTable owed_at_the_end{std::array{
    of("delivered_unpaid", FieldType::owed, optional, "delivered and not paid yet (R15 b)"),
    of("other_open_invoices", FieldType::count, optional, "how many other invoices are open, or whether any is (R15 c)"),
    of("refund_due", FieldType::owed, optional, "what the subscriber gets back (R15 e)"),
    of("currency", FieldType::currency, optional, "ISO 4217, in capitals; required with an amount"),
}};

inline constexpr FieldTable ended{std::array{
    object("subscription", required, subscription, "which one"),
    of("requested_at", FieldType::time, required, "when notice was given"),
}};

inline constexpr auto cancelled = joined(common, ended,
                                         FieldTable{std::array{
                                             of("ends_at", FieldType::time, required, "when it ends"),
                                             word<Ends>("ends", required, "with the paid period, or at a date"),
                                         }},
                                         owed_at_the_end);

inline constexpr auto stopped = joined(
    common, ended, FieldTable{std::array{of("stopped_at", FieldType::time, required, "when it was stopped")}}, owed_at_the_end);

inline constexpr auto card_charged =
    joined(common, FieldTable{std::array{
                       object("charge", required, charge, "the charge"),
                       object("invoice", optional, charged_invoice, "what was paid"),
                       of("document_sent_before", FieldType::flag, optional,
                          "whether the payer has the invoice already, and so gets no receipt; if it is not told, the "
                          "mails sent of that invoice decide (R17)"),
                   }});

inline constexpr auto invoice_issued = joined(
    common,
    FieldTable{std::array{
        object("invoice", required, invoice, "the invoice"),
        method("method", "the subscription's own invoicing method, before the subscriber's choice (R20)"),
        of("automatic_agreement", FieldType::flag, optional, "it is collected by an agreement (R20); default false"),
        method("fallback_from",
               "the method that did not reach the debtor: the invoice is mailed whatever its method says, asks to be paid, "
               "and says why it comes (R20)"),
        of("copy_to", FieldType::emails, optional,
           "others who get a copy each (R22); one that is no address is skipped (`copy_invalid`)", 50),
        of("resend", FieldType::flag, optional, "send again though it was mailed before (R23); default false"),
    }});

inline constexpr FieldTable reminder{std::array{
    [] {
        auto rule = of("level", FieldType::level, required, "which reminder of this invoice it is; 3 is the last");
        rule.least = 1;
        rule.most = 3;
        return rule;
    }(),
    of("fee", FieldType::owed, optional,
       "what this reminder costs, beside the invoice: the mail asks for `open_amount` (else `total`) and the fee together"),
}};

// The fields of an invoice that is issued, to their last.
inline constexpr auto invoice_reminded =
    joined(invoice_issued, FieldTable{std::array{object("reminder", required, reminder, "which reminder it is")}});

inline constexpr FieldTable of_subscription{std::array{object("subscription", required, subscription, "which one")}};

inline constexpr FieldTable renewal{std::array{
    of("renews_at", FieldType::time, required, "when it goes on by itself"),
    of("price", FieldType::owed, required, "for the next period"),
    of("currency", FieldType::currency, required, "ISO 4217, in capitals"),
    of("cancel_before", FieldType::time, required,
       "until when it can be cancelled, not after `renews_at`; midnight means the day before it. A mail that has not left by "
       "then never does"),
}};
inline constexpr auto renewing =
    joined(common, of_subscription, FieldTable{std::array{object("renewal", required, renewal, "when and for how much")}});

inline constexpr FieldTable price{std::array{
    of("old", FieldType::owed, required, "what it costs now"),
    of("new", FieldType::owed, required, "what it will cost"),
    of("currency", FieldType::currency, required, "ISO 4217, in capitals"),
    of("from", FieldType::date, required, "the first day of the new price"),
}};
inline constexpr auto price_changed =
    joined(common, of_subscription, FieldTable{std::array{object("price", required, price, "what changes")}});

inline constexpr auto coming_end =
    joined(common, of_subscription,
           FieldTable{std::array{
               of("ends_at", FieldType::time, required, "when it ends by itself; a mail that has not left by then never does"),
               of("gift", FieldType::flag, optional, "it was a gift; others end without a mail (`not_a_gift`); default false"),
           }});

inline constexpr auto withdrawn =
    joined(common, of_subscription,
           FieldTable{std::array{
               of("received_at", FieldType::time, required, "when the withdrawal was received, which the mail confirms"),
               of("refund_due", FieldType::owed, optional, "what the subscriber gets back"),
               of("currency", FieldType::currency, optional, "ISO 4217, in capitals; required with an amount"),
           }});

inline constexpr FieldTable before{std::array{
    of("email", FieldType::email, optional, "the address until now: if it is another one, both are told (`email_changed`)"),
    text("name", optional, name_max, "the name until now"),
    text("locale", optional, word_max, "the language until now", "^$|^[A-Za-z][A-Za-z0-9_-]{0,34}$"),
}};
inline constexpr auto subscriber_changed =
    joined(common, FieldTable{std::array{object("before", required, before, "what was another; `subscriber` says what is now")}});

inline constexpr FieldTable expiring{std::array{
    text("brand", required, 50, "as people know it: `Visa`"),
    text("last4", required, word_max, "the last four digits", "^[0-9]{4}$"),
    of("expires", FieldType::month, required, "its last month; a mail that has not left by its end never does"),
}};
inline constexpr auto card_expiring =
    joined(common, FieldTable{std::array{
                       object("card", required, expiring, "the card that pays"),
                       of("update_url", FieldType::url, optional, "where another card is given", url_max),
                   }});

inline constexpr FieldTable login{std::array{
    of("url", FieldType::url, required, "the link to log in with", url_max),
    of("expires_at", FieldType::time, required, "until when it works; the mail never leaves after that"),
}};
inline constexpr auto login_requested = joined(common, FieldTable{std::array{object("login", required, login, "the link")}});

inline constexpr auto known_address =
    joined(common, FieldTable{std::array{identifier("form", optional, "id of the sign-up form")}});

// What an account's notice is about is a domain (253) at most; facts and records hold a finding of the domain
// check and the lines to publish.
inline constexpr FieldTable fact{std::array{
    text("name", required, word_max, "which fact"),
    text("value", required, 500, "what it is"),
}};
inline constexpr FieldTable record{std::array{text("line", optional, 2000, "a line to publish")}};
inline constexpr FieldTable notice{std::array{
    of("operator", FieldType::flag, optional, "for whoever runs the platform"),
    identifier("account", optional, "whose notice it is; required unless it is the operator's"),
    word<NoticeCause>("cause", optional, "required unless it is the operator's"),
    text("subject", optional, 255, "the domain it is about"),
    objects("facts", optional, fact, 0, 40, "what the texts name"),
    objects("records", optional, record, 0, 60, "lines to publish or paste"),
}};

inline constexpr FieldTable envelope{std::array{
    text("specversion", required, name_bytes_max, "`1.0`", "^1\\.0$"),
    text("id", required, name_bytes_max,
         "with `source` the event's name, of at most 255 bytes: what is sent again under it has no second effect (R1)"),
    text("source", required, name_bytes_max,
         "URI reference of the system that sends it, of at most 255 bytes; not `ilbud:`, which is the engine's own"),
    text("type", required, name_bytes_max, "what happened: one of those below"),
    of("time", FieldType::time, optional, "when it happened"),
    text("datacontenttype", optional, name_bytes_max, "a type in JSON syntax, such as `application/json`"),
    of("dataschema", FieldType::any, optional, "not looked at"),
    of("subject", FieldType::any, optional, "not looked at"),
    of("data", FieldType::object, required, "the fields of the type"),
    of("data_base64", FieldType::any, optional, "binary data is refused: the object belongs into `data`"),
}};

}  // namespace fields

/// The fields that `data` has in events of `type`.
[[nodiscard]] std::span<const FieldRule> data_fields(EventType type);

}  // namespace ilbud
