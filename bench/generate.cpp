// Events believable enough to cost what real ones do: names with letters beyond ASCII (which
// need encoding in headers and bodies), several lines, links, two languages. Each event
// follows from the seed and its number alone, so a run can be repeated, events can be made in
// any order and on any thread, and nothing has to be kept.
#include "generate.hpp"

#include <charconv>
#include <numeric>

namespace ilbud::bench {
namespace {

using namespace std::chrono_literals;

// Many with letters beyond ASCII and some double-barrelled, so that encoded
// words and quoted-printable have work.
constexpr std::array<std::string_view, 24> first_names{
    "Mette",  "Jørgen", "Åse",   "Søren",  "Signe",   "Frederik", "Inge", "Poul-Erik", "Karen", "Lærke",  "Niels", "Bodil",
    "Anders", "Øjvind", "Emily", "Rasmus", "Kirsten", "Aage",     "Ida",  "Torben",    "Gæa",   "Thomas", "Maja",  "Hanne"};
constexpr std::array<std::string_view, 20> last_names{
    "Kjærsgaard", "Østergård",   "Sørensen", "Bækgård",     "Nørby",  "Holm",     "Brøndum", "Jensen",   "Ægidius", "Møller",
    "Rasmussen",  "Lund-Hansen", "Dahl",     "Vestergaard", "Clarke", "Skovgård", "Friis",   "Thygesen", "Ravn",    "Aabye"};
constexpr std::array<std::string_view, 8> products{
    "Dagbladet hverdag", "Dagbladet weekend", "Dagbladet digital", "Ugemagasinet, 26 numre",
    "Krydsord & Quiz",   "Børneavisen",       "Søndagsavisen",     "Dagbladet komplet – papir og digital"};
constexpr std::array<std::string_view, 5> extras{"Bladholder", "Levering til døren, 1. kvartal", "Rabat for medlemmer",
                                                 "Tillæg: Mad & Bolig", "Gebyr for papirfaktura"};
constexpr std::array<std::string_view, 4> brands{"Visa/Dankort", "Mastercard", "Visa", "Maestro"};

// The code has up to twenty digits: links with tokens are long, as in real mails.
std::string url(std::string_view path, std::uint64_t code) {
    return "https://selvbetjening.dagbladet.example/" + std::string(path) + "?kode=" + std::to_string(code);
}

}  // namespace

/// A stream of numbers from a seed (splitmix64).
// Any seed will do, nearby ones too: the mixing below leaves nothing of the distance between two states.
struct Generator::Draw {
    std::uint64_t state;

    std::uint64_t next() {
        state += 0x9e3779b97f4a7c15U;
        std::uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    // The modulo's bias is below 2^-50 for lists of this size.
    std::uint64_t below(std::uint64_t most) { return next() % most; }
    template <class T, std::size_t n>
    const T& one_of(const std::array<T, n>& list) {
        return list[below(n)];
    }
};

namespace {

/// A whole number from `least` to `most` and nothing else.
// from_chars knows no blanks, no plus sign and no locale; bounds and what follows the number are checked here.
template <class Number>
std::optional<Number> parse_number(std::string_view digits, Number least, Number most) {
    Number number{};
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || number < least || number > most)
        return std::nullopt;
    return number;
}

std::string kind_list() {
    std::string out;
    for (std::size_t i = 0; i < mixed_kinds; ++i) out += (i == 0 ? "" : ", ") + std::string(words<Kind>[i]);
    return out;
}

}  // namespace

// Notices are the engine's own and come from no sender.
std::optional<Kind> parse_kind(std::string_view word) {
    const auto kind = from_word<Kind>(word);
    return kind && static_cast<std::size_t>(*kind) < mixed_kinds ? kind : std::nullopt;
}

// At most 50 million, so that numbers of events never run into those that other feeds begin at (run.cpp).
Result<Burst> parse_burst(std::string_view text) {
    const auto colon = text.find(':');
    const auto kind = parse_kind(text.substr(0, colon));
    const auto count =
        colon == std::string_view::npos ? std::nullopt : parse_number<std::uint64_t>(text.substr(colon + 1), 1, 50'000'000);
    if (!kind || !count)
        return Error{
            "invalid_value", "burst",
            "\"" + std::string(text) + "\" is not kind:count, such as invoice:100000, with 1 to 50000000 of " + kind_list()};
    return Burst{*kind, *count};
}

// A kind that is named twice has its last weight.
Result<Mix> parse_mix(std::string_view text) {
    Mix mix{};
    const auto refuse = [&](std::string_view part) {
        return Error{"invalid_value", "mix",
                     "\"" + std::string(part) + "\" is not kind=weight with a weight from 0 to 1000 and one of " + kind_list()};
    };
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        const auto part = text.substr(at, end - at);
        const auto equals = part.find('=');
        const auto kind = parse_kind(part.substr(0, equals));
        if (!kind || equals == std::string_view::npos) return refuse(part);
        const auto weight = parse_number(part.substr(equals + 1), 0, 1000);
        if (!weight) return refuse(part);
        mix[static_cast<std::size_t>(*kind)] = *weight;
        at = end + 1;
    }
    // Without any weight kind_of would divide by zero.
    if (std::accumulate(mix.begin(), mix.end(), 0) == 0)
        return Error{"invalid_value", "mix", "at least one kind needs a weight above 0"};
    return mix;
}

std::string mix_text(const Mix& mix) {
    std::string out;
    for (std::size_t i = 0; i < mix.size(); ++i) {
        if (mix[i] == 0) continue;
        if (!out.empty()) out += ',';
        out += std::string(words<Kind>[i]) + "=" + std::to_string(mix[i]);
    }
    return out;
}

Mix only(Kind kind) {
    Mix mix{};
    mix[static_cast<std::size_t>(kind)] = 1;
    return mix;
}

std::vector<BenchUnit> bench_units(std::size_t count) {
    std::vector<BenchUnit> units;
    for (std::size_t i = 1; i <= count; ++i) units.push_back({.id = "unit-" + std::to_string(i), .english = true, .form = "web"});
    return units;
}

// Whole seconds: events carry times in RFC 3339, and a fraction would only make lines longer.
Generator::Generator(std::uint64_t seed, std::vector<BenchUnit> units, const Mix& mix, Time now)
    : seed_(seed),
      units_(std::move(units)),
      mix_(mix),
      weight_total_(std::accumulate(mix.begin(), mix.end(), 0)),
      now_(std::chrono::floor<std::chrono::seconds>(now)),
      // The seed is part of the source, so that two seeds never make the same event (source and id, R1).
      source_("//bench.ilbud.example/" + std::to_string(seed)) {}

// By cumulated weights; the draw is below their sum, so the last return is never reached.
Kind Generator::kind_of(Draw& draw) const {
    auto left = static_cast<int>(draw.below(static_cast<std::uint64_t>(weight_total_)));
    for (std::size_t i = 0; i < mix_.size(); ++i) {
        left -= mix_[i];
        if (left < 0) return static_cast<Kind>(i);
    }
    return Kind::invoice;
}

// The same first draw as line() makes, so both agree on the kind.
Kind Generator::kind(std::uint64_t number) const {
    Draw draw{seed_ * 0x2545f4914f6cdd1dU + number};
    return kind_of(draw);
}

// The reverse of line()'s id; anything behind the number refuses it.
std::optional<std::uint64_t> Generator::number_of(std::string_view id) {
    if (!id.starts_with("e-")) return std::nullopt;
    std::uint64_t number = 0;
    const auto read = std::from_chars(id.data() + 2, id.data() + id.size(), number);
    if (read.ec != std::errc{} || read.ptr != id.data() + id.size()) return std::nullopt;
    return number;
}

namespace {

void write_subscription(JsonWriter& json, const std::string& id, std::string_view product, Time starts) {
    json.begin_object().field("id", "s-" + id).field("product", product).field("starts_at", to_text(starts)).end_object();
}

/// `count` lines whose amounts make `total`.
// The last line takes what is left, so that the sum is the total whatever the others are.
void write_lines(JsonWriter& json, const std::string& id, std::string_view product, std::uint64_t count, std::int64_t total) {
    json.key("lines").begin_array();
    std::int64_t rest = total;
    for (std::uint64_t i = 1; i < count; ++i) {
        const std::int64_t amount = 1000 * static_cast<std::int64_t>(i) + 950;
        rest -= amount;
        json.begin_object()
            .field("text", extras[(i + count) % extras.size()])
            .field("quantity", 1)
            .field("amount", amount)
            .end_object();
    }
    json.begin_object()
        .field("text", std::string(product) + ", 1. halvår")
        .field("quantity", 1)
        .field("amount", rest)
        .field("subscription", "s-" + id);
    json.end_object().end_array();
}

// Origins for which each kind is mailed by default (R4).
std::string_view origin_of(Kind kind) {
    if (kind == Kind::receipt || kind == Kind::invoice) return "system";
    return kind == Kind::stopped || kind == Kind::cancelled ? "self_service" : "form";
}

}  // namespace

// What an event is about.
struct Generator::Subject {
    Kind kind{};
    const BenchUnit& unit;
    std::string own;  ///< the subscriber's number, in which every other identity of the event begins
    std::string_view product;
    std::uint64_t code = 0;
    std::int64_t amount = 0;
    Time now;
};

std::string Generator::line(std::uint64_t number) const {
    // Multiplied by an odd constant, so that seed 1's event 2 and seed 2's event 1 do not share a stream.
    Draw draw{seed_ * 0x2545f4914f6cdd1dU + number};
    const auto kind = kind_of(draw);
    const auto& unit = units_[draw.below(units_.size())];
    const std::string name = std::string(draw.one_of(first_names)) + " " + std::string(draw.one_of(last_names));
    // One subscriber in five, where the unit offers English.
    const bool english = unit.english && draw.below(5) == 0;
    // The subscriber's own number makes every address and id unique: no
    // suppression, no once-key ever meets two events.
    const Subject subject{kind,
                          unit,
                          std::to_string(seed_ % 100000) + "-" + std::to_string(number),
                          draw.one_of(products),
                          draw.next(),
                          static_cast<std::int64_t>(19900 + 100 * draw.below(900)),
                          now_};

    std::string out;
    // Room for a usual line, so that it is not copied while it grows.
    out.reserve(1200);
    JsonWriter json(out);
    json.begin_object()
        .field("specversion", "1.0")
        .field("id", "e-" + std::to_string(number))
        .field("source", source_)
        .field("type", traits_of(kind).event);
    json.field("time", to_text(now_)).field("datacontenttype", "application/json").key("data").begin_object();
    json.field("unit", unit.id).field("origin", origin_of(kind)).key("subscriber").begin_object();
    json.field("id", subject.own).field("name", name);
    // Fifty domains below .example (RFC 2606): enough to look like receivers, and none that exists.
    json.field("email", "laeser." + subject.own + "@post" + std::to_string(draw.below(50)) + ".example")
        .field("email_unique", true);
    if (english) json.field("locale", "en");
    json.end_object();
    switch (kind) {
        case Kind::confirmation:
        case Kind::welcome:
            write_sign_up(json, subject, draw);
            break;
        case Kind::stopped:
        case Kind::cancelled:
            write_ending(json, subject, draw);
            break;
        case Kind::receipt:
            write_charge(json, subject, draw);
            break;
        case Kind::invoice:
            write_invoice(json, subject, draw);
            break;
        default:  // in no mix
            break;
    }
    json.end_object().end_object();
    return out;
}

// A welcome mail with a form that asks for no confirmation, a confirmation with one that does (R8, R9).
void Generator::write_sign_up(JsonWriter& json, const Subject& subject, Draw& draw) {
    const auto& form = subject.kind == Kind::confirmation ? subject.unit.form_confirming : subject.unit.form;
    if (!form.empty()) json.field("form", form);
    json.field("order", "o-" + subject.own);
    if (subject.kind == Kind::confirmation) json.field("confirmation_url", url("bekraeft", subject.code));
    json.key("subscriptions").begin_array();
    for (std::uint64_t i = 0, count = 1 + draw.below(3); i < count; ++i)
        write_subscription(json, subject.own + "-" + std::to_string(i), products[(subject.code + i) % products.size()],
                           subject.now + 24h * (1 + static_cast<int>(i)));
    json.end_array();
}

void Generator::write_ending(JsonWriter& json, const Subject& subject, Draw& draw) {
    json.key("subscription").begin_object().field("id", "s-" + subject.own).field("product", subject.product).end_object();
    json.field("requested_at", to_text(subject.now));
    if (subject.kind == Kind::stopped)
        json.field("stopped_at", to_text(subject.now));
    else
        json.field("ends_at", to_text(subject.now + 24h * (2 + static_cast<int>(draw.below(60))))).field("ends", "period");
    json.field("other_open_invoices", draw.below(3)).field("currency", "DKK");
    // One of both, since R15 lets them exclude each other.
    json.field(draw.below(2) == 0 ? "delivered_unpaid" : "refund_due", subject.amount / 3);
}

void Generator::write_charge(JsonWriter& json, const Subject& subject, Draw& draw) {
    json.key("charge").begin_object().field("id", "c-" + subject.own).field("succeeded", true).field("amount", subject.amount);
    json.field("currency", "DKK")
        // A fifth of the total: 25 % VAT, as in Denmark.
        .field("vat", subject.amount / 5)
        .field("charged_at", to_text(subject.now))
        .key("card")
        .begin_object();
    json.field("brand", draw.one_of(brands)).field("last4", std::to_string(1000 + draw.below(9000))).end_object().end_object();
    // "R" before the number: an invoice of the same number must not keep the receipt back (R17).
    json.key("invoice").begin_object().field("number", "R" + subject.own).field("period", "1. halvår");
    write_lines(json, subject.own, subject.product, 1 + draw.below(2), subject.amount);
    json.end_object();
}

// The PDF is left out: mails of a usual size are to be measured, and attachments are carried, not rendered.
void Generator::write_invoice(JsonWriter& json, const Subject& subject, Draw& draw) {
    const auto today = std::chrono::floor<std::chrono::days>(subject.now);
    json.key("invoice").begin_object().field("number", subject.own).field("issued_on", to_text(Date(today)));
    json.field("due_on", to_text(Date(today + std::chrono::days(14))));
    write_lines(json, subject.own, subject.product, 1 + draw.below(2), subject.amount);
    json.field("total", subject.amount)
        .field("vat", subject.amount / 5)
        .field("currency", "DKK")
        .field("open_amount", subject.amount);
    json.field("payment_url", url("betal/" + subject.own, subject.code)).end_object().field("method", "email");
}

}  // namespace ilbud::bench
