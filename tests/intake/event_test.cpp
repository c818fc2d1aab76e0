#include "ilbud/intake/event.hpp"

#include <set>

#include "support/sample_events.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr std::array all_types{EventType::created,   EventType::confirmed,    EventType::stopped,
                               EventType::cancelled, EventType::card_charged, EventType::invoice_issued};

Event parsed(const std::string& text) {
    auto event = parse_event(text);
    if (!event) FAIL(to_text(event.error()) << " in " << text);
    return *std::move(event);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos) FAIL("'" << from << "' is not in " << text);
    return text.replace(at, from.size(), to);
}

// The error that parse_event gives for the sample of `type` with `from` replaced by `to`: "code place".
std::string error_of(EventType type, const std::string& from, const std::string& to) {
    const auto event = parse_event(replaced(full_event(type), from, to));
    return event ? "" : event.error().code + " " + event.error().place;
}

}  // namespace

TEST_CASE("parse_event: takes a minimal, a usual and a full event of every type") {
    for (const EventType type : all_types) {
        for (const auto& text : {minimal_event(type), sample_event(type), full_event(type)}) {
            const Event event = parsed(text);
            CHECK(event.type == type);
            CHECK(event.id == "evt-1");
            CHECK(event.source == "/test");
            CHECK(event.unit == "daily");
            CHECK(event.raw == text);
            CHECK(parsed(event.raw).digest == event.digest);
        }
    }
}

TEST_CASE("parse_event: reads every field of subscription.created") {
    const Event event = parsed(full_event(EventType::created));
    CHECK(event.origin == Origin::form);
    CHECK(event.subscriber.id == "10042");
    CHECK(event.subscriber.name == "Anna Jensen");
    CHECK(event.subscriber.email == "anna@example.com");
    CHECK(event.subscriber.email_unique);
    CHECK(event.subscriber.locale == Locale::da);
    CHECK(event.subscriber.invoicing == "email");
    CHECK(event.subscriber.ean == "5798009811578");
    REQUIRE(event.payer);
    CHECK(event.payer->name == "Bent Jensen");
    CHECK(event.payer->email == "bent@example.org");
    const auto& sign_up = std::get<SignUp>(event.data);
    CHECK(sign_up.form == "web");
    CHECK(sign_up.order == "o-1");
    CHECK(sign_up.gift == true);
    CHECK(sign_up.confirmation_url == "https://example.com/confirm?token=abc");
    REQUIRE(sign_up.subscriptions.size() == 2);
    CHECK(sign_up.subscriptions[0].id == "s-1");
    CHECK(sign_up.subscriptions[0].product == "Dagbladet");
    CHECK(sign_up.subscriptions[0].campaign == "Sommer 2025");
    CHECK(sign_up.subscriptions[0].starts_at == parse_time("2025-06-30T22:00:00Z"));
    CHECK(sign_up.subscriptions[1].product == "Søndagsavisen");
}

TEST_CASE("parse_event: reads every field of subscription.cancelled and subscription.stopped") {
    const Event cancelled = parsed(full_event(EventType::cancelled));
    const auto& ending = std::get<Ending>(cancelled.data);
    CHECK(ending.subscription.campaign == "Sommer 2025");
    CHECK(ending.requested_at == parse_time("2025-06-24T10:00:00Z"));
    CHECK(ending.ends_at == parse_time("2025-07-31T22:00:00Z"));
    CHECK(ending.ends == Ends::period);
    CHECK(ending.delivered_unpaid == 9900);
    CHECK(ending.other_open_invoices == 2);
    CHECK(ending.refund_due == 4500);
    CHECK(ending.currency == "DKK");
    const Event stopped = parsed(full_event(EventType::stopped));
    CHECK(std::get<Ending>(stopped.data).ends_at == parse_time("2025-06-24T10:00:00Z"));
}

TEST_CASE("parse_event: reads every field of card.charged") {
    const Event event = parsed(full_event(EventType::card_charged));
    const auto& charge = std::get<Charge>(event.data);
    CHECK(charge.id == "c-1");
    CHECK(charge.succeeded);
    CHECK(charge.amount == 125000);
    CHECK(charge.currency == "DKK");
    CHECK(charge.vat == 25000);
    CHECK(charge.charged_at == parse_time("2025-06-24T08:00:00.5Z"));
    CHECK(charge.test);
    CHECK(charge.card_brand == "Visa");
    CHECK(charge.card_last4 == "4242");
    CHECK(charge.invoice_number == "2025-117");
    REQUIRE(charge.lines.size() == 2);
    CHECK(charge.lines[1].quantity == 2.5);
    CHECK(charge.period == "juli–september 2025");
    CHECK(charge.document_sent_before == true);
    const auto text =
        replaced(full_event(EventType::card_charged), R"("juli–september 2025")", R"({"from":"2025-07-01","to":"2025-09-30"})");
    const auto dated = std::get<Charge>(parsed(text).data);
    CHECK(dated.period.empty());
    CHECK(dated.period_dates == Period{*parse_date("2025-07-01"), *parse_date("2025-09-30")});
}

TEST_CASE("parse_event: reads every field of invoice.issued") {
    const Event event = parsed(full_event(EventType::invoice_issued));
    const auto& invoice = std::get<Invoice>(event.data);
    CHECK(invoice.number == "2025-117");
    CHECK(invoice.issued_on == parse_date("2025-06-24"));
    CHECK(invoice.due_on == parse_date("2025-07-08"));
    REQUIRE(invoice.lines.size() == 2);
    CHECK(invoice.lines[0].text == "Dagbladet");
    CHECK(invoice.lines[0].quantity == 1);
    CHECK(invoice.lines[0].amount == 120000);
    CHECK(invoice.lines[0].subscription == "s-1");
    CHECK(invoice.total == 125000);
    CHECK(invoice.vat == 25000);
    CHECK(invoice.currency == "DKK");
    CHECK(invoice.open_amount == 100000);
    CHECK(invoice.payment_url == "https://example.com/pay/117");
    REQUIRE(invoice.pdf);
    CHECK(invoice.pdf->filename == "faktura-117.pdf");
    CHECK(invoice.pdf->content_type == "application/pdf");
    CHECK(invoice.pdf->bytes == "%PDF-1.4\n");
    CHECK(invoice.method == "email");
    CHECK(invoice.automatic_agreement);
    CHECK(invoice.copy_to == std::vector<std::string>{"copy@example.com", "bogholderi@example.org"});
    CHECK(invoice.resend);
}

TEST_CASE("parse_event: gives defaults to what a minimal event leaves out") {
    const Event event = parsed(minimal_event(EventType::invoice_issued));
    const auto& invoice = std::get<Invoice>(event.data);
    CHECK(event.subscriber.email.empty());
    CHECK_FALSE(event.subscriber.email_unique);
    CHECK_FALSE(event.subscriber.locale);
    CHECK_FALSE(event.payer);
    CHECK_FALSE(event.time);
    CHECK_FALSE(invoice.open_amount);
    CHECK_FALSE(invoice.pdf);
    CHECK(invoice.method.empty());
    const auto without = replaced(minimal_event(EventType::invoice_issued), R"("quantity":1,)", "");
    CHECK(std::get<Invoice>(parsed(without).data).lines.at(0).quantity == 1);
}

TEST_CASE("parse_event: null and an empty e-mail count as absent, unknown fields and attributes are let through") {
    auto text = sample_event(EventType::created);
    text = replaced(text, R"("email":"anna@example.com")", R"("email":"","locale":null,"shoe_size":{"eu":[42]})");
    text = replaced(text, R"("type":)", R"("traceparent":"00-abc","subject":"x","time":null,"type":)");
    text = replaced(text, R"("order":"o-1")", R"("order":null,"form":null)");
    const Event event = parsed(text);
    CHECK(event.subscriber.email.empty());
    CHECK(std::get<SignUp>(event.data).order.empty());
    CHECK(parse_event(replaced(text, R"("name":"Anna Jensen")", R"("name":null)")).error().code == "missing_field");
}

TEST_CASE("parse_event: takes identities as text or as integers") {
    auto text = replaced(sample_event(EventType::created), R"("id":"10042")", R"("id":10042)");
    text = replaced(text, R"("id":"s-1")", R"("id":18446744073709551615)");
    const Event event = parsed(text);
    CHECK(event.subscriber.id == "10042");
    CHECK(std::get<SignUp>(event.data).subscriptions[0].id == "18446744073709551615");
    CHECK(error_of(EventType::created, R"("id":"10042")", R"("id":10042.0)") == "wrong_type data.subscriber.id");
    CHECK(error_of(EventType::created, R"("id":"10042")", R"("id":true)") == "wrong_type data.subscriber.id");
}

TEST_CASE("parse_event: checks the CloudEvents envelope") {
    const auto error = [](const std::string& from, const std::string& to) { return error_of(EventType::created, from, to); };
    CHECK(error(R"("specversion":"1.0",)", "") == "missing_field specversion");
    CHECK(error(R"("specversion":"1.0")", R"("specversion":"0.3")") == "unsupported_version specversion");
    CHECK(error(R"("specversion":"1.0")", R"("specversion":1.0)") == "wrong_type specversion");
    CHECK(error(R"("id":"evt-1",)", "") == "missing_field id");
    CHECK(error(R"("id":"evt-1")", R"("id":"")") == "invalid_value id");
    CHECK(error(R"("id":"evt-1")", R"("id":7)") == "wrong_type id");
    CHECK(error(R"("id":"evt-1")", R"("id":")" + std::string(256, 'x') + '"') == "out_of_range id");
    CHECK(error(R"("id":"evt-1")", R"("id":")" + std::string(255, 'x') + '"').empty());
    std::string wide;
    for (int i = 0; i < 128; ++i) wide += "ø";
    CHECK(error(R"("id":"evt-1")", R"("id":")" + wide + '"') == "out_of_range id");  // 256 bytes
    CHECK(error(R"("source":"/test",)", "") == "missing_field source");
    CHECK(error(R"("source":"/test")", R"("source":"a b")") == "invalid_value source");
    CHECK(error("subscription.created", "subscription.paused") == "unknown_type type");
    CHECK(error(R"("data":)", R"("time":"2025-06-24","data":)") == "invalid_time time");
    CHECK(error(R"("data":)", R"("time":"2025-06-24T10:00:00Z","data":)").empty());
    CHECK(error(R"("data":)", R"("datacontenttype":"application/json; charset=utf-8","data":)").empty());
    CHECK(error(R"("data":)", R"("datacontenttype":"application/vnd.acme+json","data":)").empty());
    for (const std::string type : {"text/json", "Text/JSON; charset=utf-8", "image/svg+json", "*/*+json"})
        CHECK(error(R"("data":)", R"("datacontenttype":")" + type + R"(","data":)").empty());
    for (const std::string type : {"text/xml", "json", "text/jsonp", "text/+json", "application/json-seq"})
        CHECK(error(R"("data":)", R"("datacontenttype":")" + type + R"(","data":)") == "invalid_value datacontenttype");
    CHECK(error(R"("data":)", R"("data_base64":"e30=","data":)") == "invalid_value data_base64");
    CHECK(error(R"("data":)", R"("payload":)") == "missing_field data");
    CHECK(parse_event(R"({"specversion":"1.0","id":"1","source":"/x","type":"card.charged","data":[]})").error().code ==
          "wrong_type");
    for (const char* text : {"[]", "7", "\"x\"", "null", "[{}]"}) CHECK(parse_event(text).error().code == "wrong_type");
}

TEST_CASE("parse_event: text of blanks only is no text, in whatever script and field") {
    for (const std::string blank :
         {" ", "   ", "\u00a0", "\u200b", "\u3000", "\u200e\u00ad", "\u2800", "\u3164", "\u2060 \u180e"}) {
        CAPTURE(blank);
        CHECK(error_of(EventType::created, R"("product":"Dagbladet")", R"("product":")" + blank + '"') ==
              "invalid_value data.subscriptions[0].product");
        CHECK(error_of(EventType::created, R"("name":"Anna Jensen")", R"("name":")" + blank + '"') ==
              "invalid_value data.subscriber.name");
        CHECK(error_of(EventType::created, R"("id":"10042")", R"("id":")" + blank + '"') == "invalid_value data.subscriber.id");
        CHECK(error_of(EventType::created, R"("campaign":"Sommer 2025")", R"("campaign":")" + blank + '"') ==
              "invalid_value data.subscriptions[0].campaign");
    }
    for (const std::string text : {"\u3042", "\u00a0x", "\u2800\u2801", "\U0001f600", "\u0e40"})
        CHECK(error_of(EventType::created, R"("product":"Dagbladet")", R"("product":")" + text + '"').empty());
}

TEST_CASE("parse_event: URLs are kept as browsers ask for them") {
    const auto url = [](const std::string& given) {
        const auto event = parse_event(replaced(full_event(EventType::created), "https://example.com/confirm?token=abc", given));
        return event ? std::get<SignUp>(event->data).confirmation_url : to_text(event.error());
    };
    CHECK(url("https://betal_nu.example/1?a[]=it's") == "https://betal_nu.example/1?a[]=it's");
    CHECK(url("https://rødgrød.dk/") == "https://xn--rdgrd-vuad.dk/");
    CHECK(url("https://a@b.example/").find("user names are not allowed") != std::string::npos);
}

TEST_CASE("parse_event: an attachment that alone makes the mail too large is refused at the door") {
    const auto event = full_event(EventType::invoice_issued);
    const auto bytes = std::get<Invoice>(parsed(event).data).pdf->bytes.size();
    const auto encoded = (bytes + 2) / 3 * 4, in_mail = encoded + 2 * ((encoded + 75) / 76);
    EventLimits limits;
    limits.mail_bytes_max = in_mail;
    CHECK(parse_event(event, limits));
    limits.mail_bytes_max = in_mail - 1;
    const auto refused = parse_event(event, limits);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "too_large");
    CHECK(refused.error().place == "data.invoice.pdf.base64");
}

TEST_CASE("parse_event: one address of copy_to that is none does not refuse the invoice") {
    const auto event = parsed(replaced(full_event(EventType::invoice_issued), R"("copy@example.com")", R"("copy@")"));
    const auto& invoice = std::get<Invoice>(event.data);
    CHECK(invoice.copy_to == std::vector<std::string>{"bogholderi@example.org"});
    REQUIRE(invoice.refused_copies.size() == 1);
    CHECK(invoice.refused_copies[0].code == "invalid_address");
    CHECK(invoice.refused_copies[0].place == "data.copy_to[0]");
}

TEST_CASE("parse_event: refuses a wrong field with its code and path") {
    using T = EventType;
    struct Case {
        T type;
        const char* from;
        const char* to;
        const char* error;
    };
    const std::vector<Case> cases{
        {T::created, R"("unit":"daily",)", "", "missing_field data.unit"},
        {T::created, R"("origin":"form")", R"("origin":"fax")", "invalid_value data.origin"},
        {T::created, R"("subscriber":{)", R"("abonnent":{)", "missing_field data.subscriber"},
        {T::created, R"("name":"Anna Jensen")", R"("name":"")", "invalid_value data.subscriber.name"},
        {T::created, R"("name":"Anna Jensen")", R"("name":["Anna"])", "wrong_type data.subscriber.name"},
        {T::created, "anna@example.com", "anna@example", "invalid_address data.subscriber.email"},
        {T::created, R"("email_unique":true)", R"("email_unique":1)", "wrong_type data.subscriber.email_unique"},
        {T::created, R"("locale":"da-DK")", R"("locale":"da DK")", "invalid_value data.subscriber.locale"},
        {T::created, R"("invoicing":"email")", R"("invoicing":7)", "wrong_type data.subscriber.invoicing"},
        {T::created, "5798009811578", "5798009811579", "invalid_value data.subscriber.ean"},
        {T::created, "5798009811578", "579800981157", "invalid_value data.subscriber.ean"},
        {T::created, "bent@example.org", "bent@", "invalid_address data.payer.email"},
        {T::created, R"("name":"Bent Jensen",)", "", "missing_field data.payer.name"},
        {T::created, R"("gift":true)", R"("gift":"yes")", "wrong_type data.gift"},
        {T::created, "https://example.com/confirm", "javascript:alert(1)//", "invalid_url data.confirmation_url"},
        {T::created, R"("subscriptions":[{)", R"("subscriptions":["x",{)", "wrong_type data.subscriptions[0]"},
        {T::created, R"("subscriptions":[)", R"("subscriptions":[],"other":[)", "out_of_range data.subscriptions"},
        {T::created, R"("subscriptions":[)", R"("abonnementer":[)", "missing_field data.subscriptions"},
        {T::created, R"("product":"Søndagsavisen",)", "", "missing_field data.subscriptions[1].product"},
        {T::created, "2025-07-01T00:00:00+02:00", "2025-07-01", "invalid_time data.subscriptions[0].starts_at"},
        {T::created, R"(,"starts_at":"2025-07-01T00:00:00+02:00")", "", "missing_field data.subscriptions[0].starts_at"},
        {T::cancelled, R"("requested_at":"2025-06-24T10:00:00Z",)", "", "missing_field data.requested_at"},
        {T::cancelled, R"("ends":"period")", R"("ends":"soon")", "invalid_value data.ends"},
        {T::cancelled, R"(,"ends":"period")", "", "missing_field data.ends"},
        {T::cancelled, "2025-07-31T22:00:00Z", "2025-06-31T22:00:00Z", "invalid_time data.ends_at"},
        {T::cancelled, R"("currency":"DKK",)", "", "missing_field data.currency"},
        {T::cancelled, R"("DKK")", R"("dkk")", "invalid_currency data.currency"},
        {T::cancelled, R"("delivered_unpaid":9900)", R"("delivered_unpaid":-1)", "out_of_range data.delivered_unpaid"},
        {T::cancelled, R"("other_open_invoices":2)", R"("other_open_invoices":-2)", "out_of_range data.other_open_invoices"},
        {T::cancelled, R"("other_open_invoices":2)", R"("other_open_invoices":2.0)", "wrong_type data.other_open_invoices"},
        {T::cancelled, R"("refund_due":4500)", R"("refund_due":45.5)", "invalid_money data.refund_due"},
        {T::stopped, R"(,"stopped_at":"2025-06-24T10:00:00Z")", R"(,"ends_at":"2025-06-24T10:00:00Z")",
         "missing_field data.stopped_at"},
        {T::card_charged, R"("succeeded":true,)", "", "missing_field data.charge.succeeded"},
        {T::card_charged, R"("amount":125000)", R"("amount":"125000")", "wrong_type data.charge.amount"},
        {T::card_charged, R"("currency":"DKK")", R"("currency":"XXX")", "invalid_currency data.charge.currency"},
        {T::card_charged, R"("4242")", R"("42424")", "invalid_value data.charge.card.last4"},
        {T::card_charged, R"("4242")", R"("42a2")", "invalid_value data.charge.card.last4"},
        {T::card_charged, R"("number":"2025-117",)", "", "missing_field data.invoice.number"},
        {T::card_charged, R"("juli–september 2025")", R"({"from":"2025-07-01"})", "missing_field data.invoice.period.to"},
        {T::card_charged, R"("juli–september 2025")", R"({"from":"2025-07-02","to":"2025-07-01"})",
         "invalid_value data.invoice.period.to"},
        {T::card_charged, R"("juli–september 2025")", "7", "wrong_type data.invoice.period"},
        {T::invoice_issued, R"("issued_on":"2025-06-24")", R"("issued_on":"2025-02-29")", "invalid_date data.invoice.issued_on"},
        {T::invoice_issued, R"("due_on":"2025-07-08")", R"("due_on":"2025-07-08T00:00:00Z")", "invalid_date data.invoice.due_on"},
        {T::invoice_issued, R"("quantity":2.5)", R"("quantity":-1e10)", "out_of_range data.invoice.lines[1].quantity"},
        {T::invoice_issued, R"("quantity":2.5)", R"("quantity":"2")", "wrong_type data.invoice.lines[1].quantity"},
        {T::invoice_issued, R"("amount":5000)", R"("amount":null)", "missing_field data.invoice.lines[1].amount"},
        {T::invoice_issued, R"("total":125000)", R"("total":10000000000001)", "out_of_range data.invoice.total"},
        {T::invoice_issued, R"(,"vat":25000)", "", "missing_field data.invoice.vat"},
        {T::invoice_issued, "https://example.com/pay/117", "https://", "invalid_url data.invoice.payment_url"},
        {T::invoice_issued, R"("faktura-117.pdf")", R"("../faktura.pdf")", "invalid_attachment data.invoice.pdf.filename"},
        {T::invoice_issued, R"("application/pdf")", R"("pdf")", "invalid_attachment data.invoice.pdf.content_type"},
        {T::invoice_issued, R"("JVBERi0xLjQK")", R"("JVBERi0xLjQ")", "invalid_attachment data.invoice.pdf.base64"},
        {T::invoice_issued, R"("JVBERi0xLjQK")", R"("JVBE Ri0xLjQK")", "invalid_attachment data.invoice.pdf.base64"},
        {T::invoice_issued, R"("base64":"JVBERi0xLjQK")", R"("base64":"")", "invalid_attachment data.invoice.pdf"},
        {T::invoice_issued, R"("base64":)", R"("path":"a.pdf","base64":)", "invalid_attachment data.invoice.pdf"},
        {T::invoice_issued, R"("base64":"JVBERi0xLjQK")", R"("path":"../a.pdf")", "invalid_attachment data.invoice.pdf.path"},
        {T::invoice_issued, R"("base64":"JVBERi0xLjQK")", R"("path":"/etc/passwd")", "invalid_attachment data.invoice.pdf.path"},
        {T::invoice_issued, R"("method":"email")", R"("method":true)", "wrong_type data.method"},
        {T::invoice_issued, R"("method":"email")", R"("fallback_from":[])", "wrong_type data.fallback_from"},
        {T::created, R"("invoicing":"email")", R"("e_invoice":{"scheme":"0088"})", "missing_field data.subscriber.e_invoice.id"},
        {T::created, R"("invoicing":"email")", R"("e_invoice":{"scheme":"DK CVR","id":1})",
         "invalid_value data.subscriber.e_invoice.scheme"},
        {T::created, R"("name":"Bent Jensen")", R"("name":"Bent Jensen","id":[])", "wrong_type data.payer.id"},
        {T::invoice_issued, R"("bogholderi@example.org")", "null", "wrong_type data.copy_to[1]"},
        {T::invoice_issued, R"("copy_to":[)", R"("copy_to":{},"other":[)", "wrong_type data.copy_to"},
    };
    for (const auto& test : cases) {
        INFO(test.from << " -> " << test.to);
        CHECK(error_of(test.type, test.from, test.to) == test.error);
    }
}

TEST_CASE("parse_event: an attachment may be a path below the folder") {
    const auto text =
        replaced(full_event(EventType::invoice_issued), R"("base64":"JVBERi0xLjQK")", R"("path":"2025/06/117.pdf")");
    const auto invoice = std::get<Invoice>(parsed(text).data);
    CHECK(invoice.pdf->path == "2025/06/117.pdf");
    CHECK(invoice.pdf->bytes.empty());
}

TEST_CASE("parse_event: open invoices may be a number or yes or no, and no currency is needed where nothing is owed") {
    const auto count = [](const std::string& value) {
        const auto text =
            replaced(full_event(EventType::cancelled), R"("other_open_invoices":2)", R"("other_open_invoices":)" + value);
        return std::get<Ending>(parsed(text).data).other_open_invoices;
    };
    CHECK(count("true") == 1);
    CHECK(count("false") == 0);
    CHECK(count("0") == 0);
    auto text = replaced(full_event(EventType::cancelled), R"("delivered_unpaid":9900)", R"("delivered_unpaid":0)");
    text = replaced(text, R"("refund_due":4500,"currency":"DKK",)", "");
    CHECK(std::get<Ending>(parsed(text).data).currency.empty());
}

TEST_CASE("parse_event: reads languages by their tags") {
    const auto locale = [](const std::string& tag) {
        return parsed(replaced(full_event(EventType::created), "da-DK", tag)).subscriber.locale;
    };
    CHECK(locale("da") == Locale::da);
    CHECK(locale("NB_no") == Locale::nb);
    CHECK(locale("no") == Locale::nb);
    CHECK(locale("nn-NO") == Locale::nb);
    CHECK(locale("sv-SE") == Locale::sv);
    CHECK(locale("de-CH-1901") == Locale::de);
    CHECK_FALSE(locale("fi"));
    CHECK_FALSE(locale("dan"));
    CHECK_FALSE(locale(""));
}

TEST_CASE("parse_event: measures texts in characters") {
    std::string name;
    for (int i = 0; i < 200; ++i) name += "ø";
    CHECK(parsed(sample_event(EventType::created, {.name = name})).subscriber.name == name);
    const auto error = parse_event(sample_event(EventType::created, {.name = name + "x"})).error();
    CHECK(error.code == "out_of_range");
    CHECK(error.detail == "longer than 200 characters");
}

TEST_CASE("parse_event: limits how many subscriptions, lines and copies an event has") {
    const auto many = [](const std::string& element, int count) {
        std::string out = element;
        for (int i = 1; i < count; ++i) out += ',' + element;
        return out;
    };
    const std::string subscription = R"({"id":"s","product":"P","starts_at":"2025-07-01T00:00:00Z"})";
    const auto sign_up = [&](int count) {
        return parse_event(event_text(EventType::created, {}, "", R"("subscriptions":[)" + many(subscription, count) + "]"));
    };
    CHECK(sign_up(100));
    CHECK(sign_up(101).error().place == "data.subscriptions");
    const auto invoice = [&](int lines, int copies) {
        return parse_event(event_text(EventType::invoice_issued, {}, "",
                                      R"("invoice":{"number":"1","issued_on":"2025-06-24","due_on":"2025-07-08","lines":[)" +
                                          many(R"({"text":"x","amount":1})", lines) +
                                          R"(],"total":1,"vat":0,"currency":"NOK"},"copy_to":[)" +
                                          many(R"("a@example.com")", copies) + "]"));
    };
    CHECK(invoice(500, 50));
    CHECK(invoice(501, 50).error().place == "data.invoice.lines");
    CHECK(invoice(500, 51).error().place == "data.copy_to");
}

TEST_CASE("S22: numbers at the edges have a stated result") {
    const auto amount = [](const std::string& number) {
        const auto event =
            parse_event(replaced(full_event(EventType::card_charged), R"("amount":125000)", R"("amount":)" + number));
        return event ? std::to_string(std::get<Charge>(event->data).amount) : event.error().code;
    };
    CHECK(amount("-0") == "0");
    CHECK(amount("0") == "0");
    CHECK(amount("-500") == "-500");
    CHECK(amount("10000000000000") == "10000000000000");
    CHECK(amount("10000000000001") == "out_of_range");
    CHECK(amount("-10000000000001") == "out_of_range");
    CHECK(amount("9223372036854775807") == "out_of_range");
    CHECK(amount("9223372036854775808") == "out_of_range");  // 2^63
    CHECK(amount("-9223372036854775808") == "out_of_range");
    CHECK(amount("18446744073709551615") == "out_of_range");
    CHECK(amount("18446744073709551616") == "invalid_json");  // 2^64: no integer that anybody could read back
    CHECK(amount("1.0") == "invalid_money");
    CHECK(amount("1e2") == "invalid_money");
    CHECK(amount("-0.0") == "invalid_money");
    CHECK(amount("0.1") == "invalid_money");
    CHECK(amount("1e999") == "invalid_json");
    CHECK(amount("1e308") == "invalid_money");
    for (const char* number : {"01", "+1", ".5", "1.", "NaN", "Infinity", "0x10", "1_000"})
        CHECK(amount(number) == "invalid_json");
}

TEST_CASE("parse_event: refuses CloudEvents samples whose type is not ours, and by nothing else") {
    const auto folder = testdata("cloudevents");
    if (!folder) return;
    std::multiset<std::string> errors;
    for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
        if (entry.path().extension() != ".json" || !entry.path().stem().string().starts_with("example-")) continue;
        const auto event = parse_event(read_file(entry.path()));
        REQUIRE_FALSE(event);
        errors.insert(event.error().code + " " + event.error().place);
    }
    CHECK(errors.count("unknown_type type") >= 1);
    for (const auto& error : errors) {
        INFO(error);
        // Some examples are fragments or batches (arrays).
        CHECK((error == "unknown_type type" || error.starts_with("missing_field") || error == "wrong_type " ||
               error == "invalid_json "));
    }
}
