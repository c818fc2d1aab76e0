/// A lifecycle event: from bytes to a value that has been checked whole, so that nothing behind it checks again.
///
/// In    one CloudEvents 1.0 JSON object, as it came over the socket
/// Out   an Event, or the first Error with the path of the field ("data.subscriber.email")
/// Pure  attachments by `path` are only checked in form here; the file is read when the mail is composed
/// See   DOMAIN §4; CloudEvents 1.0 JSON format; RFC 8259; SECURITY S4, S7, S21, S22
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ilbud/base/id.hpp"
#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/intake/ignored_field.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

enum class EventType : std::uint8_t {
    created,
    confirmed,
    stopped,
    cancelled,
    card_charged,
    invoice_issued,
    account_notice,
    invoice_reminded,
    renewing,
    price_changed,
    ending,
    withdrawn,
    subscriber_changed,
    card_expiring,
    login_requested,
    known_address,
};
template <>
inline constexpr std::array<std::string_view, 16> words<EventType>{"subscription.created",  "subscription.confirmed",
                                                                   "subscription.stopped",  "subscription.cancelled",
                                                                   "card.charged",          "invoice.issued",
                                                                   "account.notice",        "invoice.reminded",
                                                                   "subscription.renewing", "subscription.price_changed",
                                                                   "subscription.ending",   "subscription.withdrawn",
                                                                   "subscriber.changed",    "card.expiring",
                                                                   "login.requested",       "form.known_address"};

/// Those that only the engine itself makes (own_source, EventLimits::own).
constexpr bool is_own(EventType type) {
    return type == EventType::account_notice || type == EventType::known_address;
}

/// When a cancelled subscription ends (R14).
enum class Ends : std::uint8_t { period, date };
template <>
inline constexpr std::array<std::string_view, 2> words<Ends>{"period", "date"};

/// Minor units ("1250,00 kr." is 125000); the currency (ISO 4217) stands beside it.
using Amount = std::int64_t;

/// An address in a network of electronic invoices: a scheme ("0088", "DK:CVR") and what it has there.
struct ElectronicAddress {
    std::string scheme;
    std::string id;
    bool operator==(const ElectronicAddress&) const = default;
};

struct Subscriber {
    std::string id;
    std::string name;
    std::string email;  ///< wire form (base/address.hpp); empty: none
    bool email_unique = false;
    std::optional<Locale> locale;  ///< "da", "da-DK" and the like; one without texts counts as none
    std::string invoicing;         ///< the method wished for; which there are, the settings know; empty: none
    std::string ean;               ///< 13 digits; empty: none
    std::optional<ElectronicAddress> e_invoice;
};

struct Payer {
    std::string name;
    std::string email;    ///< empty: none
    std::string id = {};  ///< the payer's own subscriber ID; empty: none told
};

struct Subscription {
    std::string id;
    std::string product;
    std::string campaign;
    std::optional<Time> starts_at;
};

/// subscription.created, subscription.confirmed
struct SignUp {
    std::string form;  ///< empty: none named
    std::string order;
    std::optional<bool> gift;
    std::string confirmation_url;             ///< http(s); empty: none
    std::vector<Subscription> subscriptions;  ///< at least one
};

/// subscription.cancelled, subscription.stopped
struct Ending {
    Subscription subscription;
    Time requested_at{};
    Time ends_at{};               ///< stopped: stopped_at
    Ends ends = Ends::date;       ///< cancelled only
    Amount delivered_unpaid = 0;  ///< R15 b
    int other_open_invoices = 0;  ///< R15 c
    Amount refund_due = 0;        ///< R15 e
    std::string currency;         ///< required if an amount is given
};

struct InvoiceLine {
    std::string text;
    double quantity = 1;
    Amount amount = 0;         ///< of the line, not of one piece
    std::string subscription;  ///< id; empty: none
};

/// Whole days, both included.
struct Period {
    Date first{};
    Date last{};
    bool operator==(const Period&) const = default;
};

/// card.charged
struct Charge {
    std::string id;
    bool succeeded = false;
    Amount amount = 0;
    std::string currency;
    std::optional<Amount> vat;
    Time charged_at{};
    bool test = false;
    std::string card_brand;  ///< empty: no card told
    std::string card_last4;
    std::string invoice_number;  ///< empty: none
    std::vector<InvoiceLine> lines;
    std::string period;                        ///< as told, for people; empty: none, or …
    std::optional<Period> period_dates;        ///< … told as dates
    std::optional<bool> document_sent_before;  ///< overrides what the queue knows of the invoice
    std::optional<Date> retry_on = {};         ///< of one that failed: the day of the next attempt
    std::string payment_url = {};              ///< of one that failed: where it can be paid otherwise; empty: none
};

/// A file to attach: either its bytes or a path below the attachments folder.
struct Attachment {
    std::string filename;      ///< base name, no control or bidi characters (S41)
    std::string content_type;  ///< "application/pdf"
    std::string bytes;         ///< decoded; empty if `path` is given
    std::string path;          ///< relative, without "..": resolved below the folder with openat
};

/// How often an unpaid invoice has been reminded of, this time included.
struct Reminder {
    int level = 1;   ///< 1 to 3, the last
    Amount fee = 0;  ///< for this reminder, beside the invoice's open amount
    bool operator==(const Reminder&) const = default;
};

/// invoice.issued, invoice.reminded
struct Invoice {
    std::string number;
    Date issued_on{};
    Date due_on{};
    std::vector<InvoiceLine> lines;
    Amount total = 0;
    Amount vat = 0;
    std::string currency;
    std::optional<Amount> open_amount;
    std::string payment_url;
    std::optional<Attachment> pdf;
    std::string method;  ///< the subscription's own; empty: none
    bool automatic_agreement = false;
    std::string fallback_from;          ///< the method that did not reach the debtor, so that it is mailed; empty: none
    std::vector<std::string> copy_to;   ///< wire form
    std::vector<Error> refused_copies;  ///< elements of copy_to that are no address; `place` is the field's path
    bool resend = false;
    std::optional<Reminder> reminder = {};  ///< of invoice.reminded, where there always is one
};

/// subscription.renewing
struct Renewal {
    Subscription subscription;
    Time renews_at{};
    Amount price = 0;
    std::string currency;
    Time cancel_before{};
};

/// subscription.price_changed
struct PriceChange {
    Subscription subscription;
    Amount before = 0;
    Amount now = 0;
    std::string currency;
    Date from{};
};

/// subscription.ending
struct ComingEnd {
    Subscription subscription;
    Time ends_at{};
    bool gift = false;
};

/// subscription.withdrawn
struct Withdrawal {
    Subscription subscription;
    Time received_at{};
    Amount refund_due = 0;
    std::string currency;  ///< required if an amount is given
};

/// subscriber.changed: what the subscriber was before, as far as it is told; Event::subscriber is what they are now.
struct SubscriberChange {
    std::string email;  ///< wire form; empty: not told, or none
    std::string name;
    std::optional<Locale> locale;
};

/// card.expiring
struct ExpiringCard {
    std::string brand;
    std::string last4;
    std::chrono::year_month expires{};  ///< its last month
    std::string update_url;             ///< where another one is given; empty: none
};

/// login.requested
struct LoginRequest {
    std::string url;
    Time expires_at{};
};

/// form.known_address: somebody typed an address into a form that is known already (R25).
struct KnownAddress {
    std::string form;  ///< empty: none named
};

/// account.notice: only the engine itself makes them (own_source, EventLimits::own); nobody's unit, no subscriber, origin system.
struct AccountNotice {
    struct Fact {
        std::string name;
        std::string value;

        bool operator==(const Fact&) const = default;
    };
    bool to_operator = false;  ///< for whoever runs the platform: no account, no cause; `subject` and `records` are its words
    std::string account;
    NoticeCause cause{};
    std::string subject;               ///< the domain it is about; empty: the account itself
    std::vector<Fact> facts;           ///< those the texts know (render/variables.hpp) by their names, others to be listed
    std::vector<std::string> records;  ///< lines to publish or paste
};

/// What the source of the engine's own events begins with; nobody else's may.
inline constexpr std::string_view own_source = "ilbud:";

struct Event {
    std::string id;
    std::string source;
    EventType type = EventType::created;
    std::optional<Time> time;
    std::string unit;
    Origin origin = Origin::form;
    Subscriber subscriber;
    std::optional<Payer> payer;
    std::variant<SignUp, Ending, Charge, Invoice, AccountNotice, Renewal, PriceChange, ComingEnd, Withdrawal, SubscriberChange,
                 ExpiringCard, LoginRequest, KnownAddress>
        data;

    Digest digest{};                    ///< of the event in canonical form (members sorted, no white space): R1 compares it
    std::vector<IgnoredField> ignored;  ///< for its sender; not filled where nobody sends it now (EventLimits::own)
    std::string raw;                    ///< the bytes it was read from; parse_event(raw) gives this value again
};

struct EventLimits {
    std::size_t bytes_max = 1024 * 1024;
    std::size_t depth_max = 64;
    std::size_t mail_bytes_max = SIZE_MAX;  ///< an attachment that alone makes a larger mail is too_large
    bool own = false;                       ///< the engine's own events are read, too: from the store, never from a sender
};

/// Reads one event.
///
/// Characters  No string or key, known or not, holds a control character (TAB, LF and CR among them), a line or paragraph
///             separator, a bidirectional embedding, override or isolate, or U+FEFF: control_character. Else texts are kept to the byte.
/// Numbers     Money is an integer of at most ±10^13 in minor units: 1.0 and 1e2 are invalid_money, 2^63 is out_of_range, -0 is 0.
///             What no number type holds (2^64, 1e999) is invalid_json.
/// Absence     null is absence; so is "" for optional texts and addresses. Required texts are not empty.
/// Identities  of subscribers, subscriptions, orders, charges and invoices may be integers; their decimal text is kept.
/// Limits      id and source 255 bytes; identities, unit and period 100 characters, names 200, products and campaigns 300, lines'
///             texts 500, URLs 2048; 100 subscriptions, 500 lines, 50 copies; notices 40 facts of 500, 60 records of 2000. More
///             is out_of_range.
/// Own events  without EventLimits::own the types account.notice and form.known_address are unknown_type, and a source that begins with "ilbud:" (in any
///             case) reserved_source, so that no sender can take the name of a notice.
///
/// Errors  too_large, invalid_json, too_deep, duplicate_key, invalid_utf8, control_character, missing_field, wrong_type,
///         unknown_type, reserved_source, unsupported_version, invalid_value, invalid_address, invalid_time, invalid_date, invalid_money,
///         invalid_currency, invalid_url, invalid_attachment, out_of_range; `place` is the field's path
Result<Event> parse_event(std::string_view bytes, const EventLimits& limits = {});

/// The id and source of a line that parse_event refused, as far as they can be read: for the answer. Empty where not.
struct EventName {
    std::string id;
    std::string source;
};
EventName name_of_event(std::string_view bytes);

/// What came in at a door: an event, or why it is none and what it was called.
struct Arrival {
    Result<Event> event;
    EventName name;  ///< only where there is no event
};
[[nodiscard]] Arrival read_arrival(std::string_view bytes, const EventLimits& limits);

}  // namespace ilbud
