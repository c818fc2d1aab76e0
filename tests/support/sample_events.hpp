/// Valid events of every type as JSON text on one line, for tests that need one and do not care how it is written.
///
/// sample_event  what a sender usually says, with the members of `Sample` in their places
/// minimal_event only what DOMAIN §4 requires
/// full_event    every field of DOMAIN §4
#pragma once
#include <string>
#include <string_view>

#include "ilbud/base/json.hpp"
#include "ilbud/intake/event.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud::test {

struct Sample {
    std::string id = "evt-1";
    std::string source = "/test";
    std::string unit = "daily";
    std::string origin = "form";
    std::string subscriber_id = "10042";
    std::string name = "Anna Jensen";
    std::string email = "anna@example.com";  ///< empty: left out
    std::string number = "2025-117";         ///< of the invoice
    std::string form{};                      ///< empty: left out
    std::string confirmation_url{};          ///< empty: left out
    std::string order = "o-1";
    std::string subscription = "s-1";
    std::string time{};  ///< empty: left out
};

inline std::string json_text(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

/// An event from its parts; `subscriber` holds the members after the id, `rest` those of `data` after the subscriber.
inline std::string event_text(EventType type, const Sample& sample, const std::string& subscriber, const std::string& rest) {
    return R"({"specversion":"1.0","id":)" + json_text(sample.id) + R"(,"source":)" + json_text(sample.source) + R"(,"type":)" +
           json_text(to_word(type)) + (sample.time.empty() ? "" : R"(,"time":)" + json_text(sample.time)) +
           R"(,"data":{"unit":)" + json_text(sample.unit) + R"(,"origin":)" + json_text(sample.origin) +
           R"(,"subscriber":{"id":)" + json_text(sample.subscriber_id) + R"(,"name":)" + json_text(sample.name) + subscriber +
           "}," + rest + "}}";
}

/// The member `subscription` and what parts it from the next.
inline std::string subscription_text(const Sample& sample) {
    return R"("subscription":{"id":)" + json_text(sample.subscription) + R"(,"product":"Dagbladet"},)";
}

/// What the further types (R38) have beside the subscriber.
inline std::string further_text(EventType type, const Sample& sample) {
    switch (type) {
        case EventType::invoice_reminded:
            return R"("invoice":{"number":)" + json_text(sample.number) +
                   R"(,"issued_on":"2025-06-24","due_on":"2025-07-08","lines":[],"total":125000,"vat":25000,"currency":"DKK"},)"
                   R"("reminder":{"level":1})";
        case EventType::renewing:
            return subscription_text(sample) +
                   R"("renewal":{"renews_at":"2030-07-31T22:00:00Z","price":24900,"currency":"DKK","cancel_before":"2030-07-01T22:00:00Z"})";
        case EventType::price_changed:
            return subscription_text(sample) + R"("price":{"old":24900,"new":26900,"currency":"DKK","from":"2030-08-01"})";
        case EventType::ending:
            return subscription_text(sample) + R"("ends_at":"2030-07-31T22:00:00Z","gift":true)";
        case EventType::withdrawn:
            return subscription_text(sample) + R"("received_at":"2025-06-24T10:00:00Z")";
        case EventType::subscriber_changed:
            return R"("before":{"email":"anna.before@example.com"})";
        case EventType::card_expiring:
            return R"("card":{"brand":"Visa","last4":"4242","expires":"2030-07"})";
        case EventType::login_requested:
            return R"("login":{"url":"https://example.com/login?token=abc","expires_at":"2030-06-24T10:30:00Z"})";
        default:
            return {};
    }
}

inline std::string sample_event(EventType type, const Sample& sample = {}) {
    const std::string email = sample.email.empty() ? "" : R"(,"email":)" + json_text(sample.email) + R"(,"email_unique":true)";
    std::string rest;
    switch (type) {
        case EventType::created:
        case EventType::confirmed:
            if (!sample.form.empty()) rest += R"("form":)" + json_text(sample.form) + ",";
            if (!sample.confirmation_url.empty()) rest += R"("confirmation_url":)" + json_text(sample.confirmation_url) + ",";
            rest += R"("order":)" + json_text(sample.order) + R"(,"subscriptions":[{"id":)" + json_text(sample.subscription) +
                    R"(,"product":"Dagbladet","starts_at":"2025-07-01T00:00:00+02:00"}])";
            break;
        case EventType::stopped:
            rest = R"("subscription":{"id":)" + json_text(sample.subscription) +
                   R"(,"product":"Dagbladet"},"requested_at":"2025-06-24T10:00:00Z","stopped_at":"2025-06-24T10:00:00Z")";
            break;
        case EventType::cancelled:
            rest =
                R"("subscription":{"id":)" + json_text(sample.subscription) +
                R"(,"product":"Dagbladet"},"requested_at":"2025-06-24T10:00:00Z","ends_at":"2025-07-31T22:00:00Z","ends":"period")";
            break;
        case EventType::card_charged:
            rest = R"("charge":{"id":"c-1","succeeded":true,"amount":125000,"currency":"DKK","vat":25000,)"
                   R"("charged_at":"2025-06-24T10:00:00Z","card":{"brand":"Visa","last4":"4242"}},"invoice":{"number":)" +
                   json_text(sample.number) + "}";
            break;
        case EventType::invoice_issued:
            rest = R"("invoice":{"number":)" + json_text(sample.number) +
                   R"(,"issued_on":"2025-06-24","due_on":"2025-07-08","lines":[{"text":"Dagbladet, 3. kvartal","quantity":1,)"
                   R"("amount":125000}],"total":125000,"vat":25000,"currency":"DKK"})";
            break;
        case EventType::invoice_reminded:
        case EventType::renewing:
        case EventType::price_changed:
        case EventType::ending:
        case EventType::withdrawn:
        case EventType::subscriber_changed:
        case EventType::card_expiring:
        case EventType::login_requested:
            rest = further_text(type, sample);
            break;
        case EventType::known_address:
        case EventType::account_notice:  // no sender makes one
            break;
    }
    return event_text(type, sample, email, rest);
}

inline std::string minimal_event(EventType type, const Sample& sample = {}) {
    std::string rest;
    switch (type) {
        case EventType::created:
        case EventType::confirmed:
            rest = R"("subscriptions":[{"id":"s-1","product":"Dagbladet","starts_at":"2025-07-01T00:00:00Z"}])";
            break;
        case EventType::stopped:
            rest = R"("subscription":{"id":"s-1","product":"Dagbladet"},"requested_at":"2025-06-24T10:00:00Z",)"
                   R"("stopped_at":"2025-06-24T10:00:00Z")";
            break;
        case EventType::cancelled:
            rest = R"("subscription":{"id":"s-1","product":"Dagbladet"},"requested_at":"2025-06-24T10:00:00Z",)"
                   R"("ends_at":"2025-07-31T22:00:00Z","ends":"date")";
            break;
        case EventType::card_charged:
            rest =
                R"("charge":{"id":"c-1","succeeded":false,"amount":125000,"currency":"DKK","charged_at":"2025-06-24T10:00:00Z"})";
            break;
        case EventType::invoice_issued:
            rest =
                R"("invoice":{"number":)" + json_text(sample.number) +
                R"(,"issued_on":"2025-06-24","due_on":"2025-07-08","lines":[{"text":"Dagbladet","quantity":1,"amount":125000}],)"
                R"("total":125000,"vat":25000,"currency":"DKK"})";
            break;
        case EventType::invoice_reminded:
        case EventType::renewing:
        case EventType::price_changed:
        case EventType::ending:
        case EventType::withdrawn:
        case EventType::subscriber_changed:
        case EventType::card_expiring:
        case EventType::login_requested:
            rest = further_text(type, sample);
            break;
        case EventType::known_address:
        case EventType::account_notice:  // no sender makes one
            break;
    }
    return event_text(type, sample, "", rest);
}

inline std::string full_event(EventType type, const Sample& sample = {}) {
    const std::string subscriber = R"(,"email":)" + json_text(sample.email) +
                                   R"(,"email_unique":true,"locale":"da-DK","invoicing":"email","ean":"5798009811578")";
    const std::string payer = R"("payer":{"name":"Bent Jensen","email":"bent@example.org"},)";
    const std::string ending = R"("subscription":{"id":"s-1","product":"Dagbladet","campaign":"Sommer 2025",)"
                               R"("starts_at":"2024-07-01T00:00:00Z"},"requested_at":"2025-06-24T10:00:00Z",)"
                               R"("delivered_unpaid":9900,"other_open_invoices":2,"refund_due":4500,"currency":"DKK",)";
    const std::string lines = R"("lines":[{"text":"Dagbladet","quantity":1,"amount":120000,"subscription":"s-1"},)"
                              R"({"text":"Porto","quantity":2.5,"amount":5000}])";
    std::string rest;
    switch (type) {
        case EventType::created:
        case EventType::confirmed:
            rest =
                R"("form":)" + json_text(sample.form.empty() ? "web" : sample.form) + R"(,"order":"o-1","gift":true,)" +
                R"("confirmation_url":"https://example.com/confirm?token=abc",)"
                R"("subscriptions":[{"id":"s-1","product":"Dagbladet","campaign":"Sommer 2025","starts_at":"2025-07-01T00:00:00+02:00"},)"
                R"({"id":"s-2","product":"Søndagsavisen","starts_at":"2025-07-01T00:00:00Z"}])";
            break;
        case EventType::stopped:
            rest = ending + R"("stopped_at":"2025-06-24T10:00:00Z")";
            break;
        case EventType::cancelled:
            rest = ending + R"("ends_at":"2025-07-31T22:00:00Z","ends":"period")";
            break;
        case EventType::card_charged:
            rest =
                R"("charge":{"id":"c-1","succeeded":true,"amount":125000,"currency":"DKK","vat":25000,)"
                R"("charged_at":"2025-06-24T10:00:00.5+02:00","test":true,"card":{"brand":"Visa","last4":"4242"}},"invoice":{"number":)" +
                json_text(sample.number) + "," + lines + R"(,"period":"juli–september 2025"},"document_sent_before":true)";
            break;
        case EventType::invoice_issued:
            rest =
                R"("invoice":{"number":)" + json_text(sample.number) + R"(,"issued_on":"2025-06-24","due_on":"2025-07-08",)" +
                lines +
                R"(,"total":125000,"vat":25000,"currency":"DKK","open_amount":100000,"payment_url":"https://example.com/pay/117",)"
                R"("pdf":{"filename":"faktura-117.pdf","content_type":"application/pdf","base64":"JVBERi0xLjQK"}},)"
                R"("method":"email","automatic_agreement":true,"copy_to":["copy@example.com","bogholderi@example.org"],"resend":true)";
            break;
        case EventType::invoice_reminded:
            rest =
                R"("invoice":{"number":)" + json_text(sample.number) + R"(,"issued_on":"2025-06-24","due_on":"2025-07-08",)" +
                lines +
                R"(,"total":125000,"vat":25000,"currency":"DKK","open_amount":100000,"payment_url":"https://example.com/pay/117"},)"
                R"("copy_to":["copy@example.com"],"resend":true,"reminder":{"level":3,"fee":10000})";
            break;
        case EventType::subscriber_changed:
            rest = R"("before":{"email":"anna.before@example.com","name":"Anna Before","locale":"nb"})";
            break;
        case EventType::card_expiring:
            rest = R"("card":{"brand":"Visa","last4":"4242","expires":"2030-07"},"update_url":"https://example.com/card")";
            break;
        case EventType::withdrawn:
            rest = subscription_text(sample) + R"("received_at":"2025-06-24T10:00:00Z","refund_due":4500,"currency":"DKK")";
            break;
        case EventType::renewing:
        case EventType::price_changed:
        case EventType::ending:
        case EventType::login_requested:
            return sample_event(type, sample);  // all that there is
        case EventType::known_address:
        case EventType::account_notice:  // no sender makes one
            break;
    }
    return event_text(type, sample, subscriber, payer + rest);
}

}  // namespace ilbud::test
