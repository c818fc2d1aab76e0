// Everything that is said of a variable stands in one row here: the linter decides by it what a template
// may use, the fold what it fills in, the view what it makes, and the reference is printed from it. A new
// variable is a row here, a name in Var at the same place, and a line in view.cpp or constants_of. Flags
// and texts are separate on purpose: a template asks a flag and prints a text, and a flag tells what the
// words need to know (one day, several days), since languages differ in what they do with a number.
#include <algorithm>
#include <array>

#include "ilbud/render/variables.hpp"

namespace ilbud {
namespace {

using Type = VariableType;
using From = VariableSource;

// To subscribers: all but notices, which have neither a subscriber nor a customer service's words.
constexpr WordSet<Kind> mailed = [] {
    WordSet<Kind> all;
    for (const auto kind : subscriber_kinds) all.insert(kind);
    return all;
}();
constexpr WordSet<Kind> every = [] {
    auto all = mailed;
    all.insert(Kind::notice);
    return all;
}();
constexpr WordSet<Kind> notice{Kind::notice};
constexpr WordSet<Kind> sign_up{Kind::confirmation, Kind::welcome};
// Mails about a subscription, which has a product and a number.
constexpr WordSet<Kind> named{Kind::confirmation,   Kind::welcome,      Kind::stopped,     Kind::cancelled,
                              Kind::renewal_notice, Kind::price_change, Kind::gift_ending, Kind::withdrawn};
constexpr WordSet<Kind> ending{Kind::stopped, Kind::cancelled};
constexpr WordSet<Kind> counted_down{Kind::cancelled, Kind::gift_ending};
constexpr WordSet<Kind> ends{Kind::stopped, Kind::cancelled, Kind::gift_ending};
constexpr WordSet<Kind> refunding{Kind::stopped, Kind::cancelled, Kind::withdrawn};
// Documents of a payment; all have lines.
constexpr WordSet<Kind> invoices{Kind::invoice, Kind::credit_note, Kind::reminder};
constexpr WordSet<Kind> paper{Kind::receipt, Kind::invoice, Kind::credit_note, Kind::reminder};
constexpr WordSet<Kind> about_invoice{Kind::receipt, Kind::invoice, Kind::credit_note, Kind::reminder, Kind::payment_failed};
constexpr WordSet<Kind> charged{Kind::receipt, Kind::payment_failed};
constexpr WordSet<Kind> with_card{Kind::receipt, Kind::payment_failed, Kind::card_expiring};
constexpr WordSet<Kind> to_be_paid{Kind::invoice, Kind::credit_note, Kind::reminder, Kind::payment_failed};
constexpr WordSet<Kind> welcome{Kind::welcome};
constexpr WordSet<Kind> confirmation{Kind::confirmation};
constexpr WordSet<Kind> cancelled{Kind::cancelled};
constexpr WordSet<Kind> receipt{Kind::receipt};
constexpr WordSet<Kind> payment_failed{Kind::payment_failed};
constexpr WordSet<Kind> reminder{Kind::reminder};
constexpr WordSet<Kind> renewal_notice{Kind::renewal_notice};
constexpr WordSet<Kind> price_change{Kind::price_change};
constexpr WordSet<Kind> card_expiring{Kind::card_expiring};
constexpr WordSet<Kind> login_link{Kind::login_link};
constexpr WordSet<Kind> email_changed{Kind::email_changed};
constexpr WordSet<Kind> withdrawn{Kind::withdrawn};

constexpr std::array<Variable, variable_count> table{{
    // From settings, known at load.
    {"lang", Type::text, From::unit, every, "da", "the mail's language, for lang attributes"},
    {"unit.name", Type::text, From::unit, every, "Morgenposten", "the business unit's name", {}, true},
    // A notice is the platform's and has no invoice address of a unit (R3).
    {"unit.invoice_email", Type::email, From::unit, mailed, "faktura@morgenposten.example", "where invoices come from"},
    {"unit.logo_url", Type::url, From::unit, every, "https://morgenposten.example/logo.png", "the logo; empty if there is none"},
    {"unit.logo_alt", Type::text, From::unit, every, "Morgenposten", "what the logo says"},
    {"unit.colour", Type::colour, From::unit, every, "#0b5c4d", "of buttons"},
    {"unit.colour_text", Type::colour, From::unit, every, "#ffffff", "on unit.colour"},
    // Chosen at load, so that no template has to compare colours.
    {"unit.colour_heading", Type::colour, From::unit, every, "#0b5c4d",
     "of headings: unit.colour, or near-black if that could not be read on white"},
    {"unit.variables.<name>",
     Type::text,
     From::unit,
     mailed,
     "10000009",
     "a text of the unit's own ([unit.variables]); empty in mails of units that have none of that name",
     {},
     true},
    {"service.name", Type::text, From::unit, every, "Morgenpostens kundeservice", "the customer service's name", {}, true},
    {"service.support_email",
     Type::email,
     From::unit,
     every,
     "kundeservice@morgenposten.example",
     "where subscribers write to",
     {},
     true},
    {"service.self_service_url",
     Type::url,
     From::unit,
     mailed,
     "https://morgenposten.example/min-side",
     "self-service; may be empty",
     {},
     true},
    // A flag: the message itself is put in by the engine, before the body (R11).
    {"welcome_message", Type::flag, From::mail, welcome, "",
     "the customer service's welcome message stands first; not in mails to who gives it as a gift"},
    // One of three, and below one of two, is true: templates
    // ask which and write the word, as its forms differ.
    {"term.subscriber", Type::flag, From::unit, mailed, "true", "the account calls its customers subscribers", {}, true},
    {"term.member", Type::flag, From::unit, mailed, "", "… members", {}, true},
    {"term.customer", Type::flag, From::unit, mailed, "", "… customers", {}, true},
    {"term.subscription", Type::flag, From::unit, mailed, "true", "the account calls the relation a subscription", {}, true},
    {"term.membership", Type::flag, From::unit, mailed, "", "… a membership", {}, true},
    // In the order of Kind: constants_of counts them off.
    {"kind.confirmation", Type::flag, From::unit, every, "", "this is a confirmation request; for partials"},
    {"kind.welcome", Type::flag, From::unit, every, "true", "… a welcome mail"},
    {"kind.stopped", Type::flag, From::unit, every, "", "… a stop mail"},
    {"kind.cancelled", Type::flag, From::unit, every, "", "… a cancellation mail"},
    {"kind.receipt", Type::flag, From::unit, every, "", "… a receipt"},
    {"kind.invoice", Type::flag, From::unit, every, "", "… an invoice"},
    {"kind.notice", Type::flag, From::unit, every, "", "… a notice from the platform to the account"},
    {"kind.payment_failed", Type::flag, From::unit, every, "", "… of a card payment that failed"},
    {"kind.credit_note", Type::flag, From::unit, every, "", "… a credit note"},
    {"kind.reminder", Type::flag, From::unit, every, "", "… a reminder of an unpaid invoice"},
    {"kind.renewal_notice", Type::flag, From::unit, every, "", "… of a renewal"},
    {"kind.price_change", Type::flag, From::unit, every, "", "… of a new price"},
    {"kind.card_expiring", Type::flag, From::unit, every, "", "… of a card that expires"},
    {"kind.gift_ending", Type::flag, From::unit, every, "", "… of a gift's end"},
    {"kind.login_link", Type::flag, From::unit, every, "", "… a link to log in"},
    {"kind.email_changed", Type::flag, From::unit, every, "", "… of a changed address"},
    {"kind.withdrawn", Type::flag, From::unit, every, "", "… of a withdrawal"},
    {"kind.known_address", Type::flag, From::unit, every, "", "… of a sign-up with an address that is known"},
    {"login.number", Type::flag, From::unit, mailed, "true", "the subscriber ID may be used to log in (R13)"},
    // From here on of the event and the planned mail.
    {"subscriber.id", Type::text, From::mail, mailed, "104711", "the subscriber ID", {}, true},
    {"subscriber.name", Type::text, From::mail, mailed, "Karen Holm", "the subscriber's name", {}, true},
    {"recipient.name", Type::text, From::mail, mailed, "Karen Holm", "the name of whom the mail goes to; may be empty", {}, true},
    // Decides whether the note says "your" ID and offers a login (R11).
    {"for_other", Type::flag, From::mail, mailed, "",
     "the mail goes to a payer or is a copy: who reads it is not the subscriber"},
    {"copy", Type::flag, From::mail, mailed, "", "the mail is a copy (R22)"},
    {"payer.id", Type::text, From::mail, mailed, "", "in mails to a payer or giver, their own ID; may be empty (R11)"},
    // Unlike login.number it depends on the subscriber: only an address that is unique can log in (R13).
    {"login.email", Type::flag, From::mail, mailed, "true", "the e-mail address may be used to log in (R13)"},
    {"product", Type::text, From::mail, named, "Morgenposten Digital", "the product; the first of several"},
    {"products", Type::text, From::mail, sign_up, "Morgenposten Digital", "all products: \"A, B og C\"", {}, true},
    // Subscriptions, where `many` counts different products.
    {"several", Type::flag, From::mail, mailed, "", "the mail is about more than one subscription", {}, true},
    {"many", Type::flag, From::mail, sign_up, "", "more than three different products"},
    {"others", Type::number, From::mail, sign_up, "0", "number of products besides the first"},
    {"number", Type::text, From::mail, named, "2201", "the subscription's number; the first of several"},
    {"campaign", Type::text, From::mail, named, "Forårstilbud", "its label; may be empty"},
    // A day that has passed is not named, so the text can say "from …" without asking.
    {"starts_on", Type::date, From::mail, sign_up, "24. juni 2025", "its first day if that lies ahead, else empty (R9)"},
    {"gift", Type::flag, From::mail, welcome, "", "the recipient gives it away (R10)"},
    {"confirmation_url", Type::url, From::mail, confirmation, "https://morgenposten.example/ja/7f3a",
     "the link to confirm with (R8)"},
    {"subscriptions", Type::list, From::mail, sign_up, "", "all subscriptions of the order (R12)"},
    // Of one element each, inside {{#subscriptions}}.
    {"subscription.product", Type::text, From::item, sign_up, "Morgenposten Digital", "the product", "subscriptions"},
    {"subscription.number", Type::text, From::item, sign_up, "2201", "its number", "subscriptions"},
    {"subscription.campaign", Type::text, From::item, sign_up, "Forårstilbud", "its label; may be empty", "subscriptions"},
    {"subscription.starts_on", Type::date, From::item, sign_up, "24. juni 2025", "its first day if that lies ahead, else empty",
     "subscriptions"},
    {"requested_on", Type::date, From::mail, ending, "2. juni 2025", "when the notice was received"},
    // The German texts say when the notice was received (R15, locale `de`).
    {"requested_at", Type::date, From::mail, ending, "2. juni 2025 kl. 11.29", "the same with the time of day"},
    {"ends_on", Type::date, From::mail, ends, "30. juni 2025", "the last day"},
    {"ends_with_period", Type::flag, From::mail, cancelled, "true", "it ends with the paid period, else at a date"},
    // Three flags for R16's wordings; `ended` is for an end that has passed already.
    {"ends_today", Type::flag, From::mail, counted_down, "", "0 days remain (R16)"},
    {"ends_in_one_day", Type::flag, From::mail, counted_down, "", "1 day remains"},
    {"ends_in_days", Type::flag, From::mail, counted_down, "true", "more than 1 day remains"},
    {"days", Type::number, From::mail, counted_down, "28", "the days that remain"},
    {"ended", Type::flag, From::mail, counted_down, "", "the last day is over already"},
    // R15: which paragraphs there are.
    {"invoice_follows", Type::flag, From::mail, ending, "true", "R15 b: something delivered is unpaid"},
    {"unpaid_amount", Type::money, From::mail, ending, "249,00 kr.", "what is delivered and unpaid"},
    {"other_invoices", Type::flag, From::mail, ending, "true", "R15 c: there are other unpaid invoices"},
    {"several_other_invoices", Type::flag, From::mail, ending, "true", "… more than one"},
    {"other_invoice_count", Type::number, From::mail, ending, "2", "how many"},
    {"invoices_in_self_service", Type::flag, From::mail, ending, "true", "R15 d: b or c"},
    {"refund", Type::flag, From::mail, refunding, "", "R15 e: money is due back"},
    {"refund_amount", Type::money, From::mail, refunding, "120,00 kr.", "how much"},
    {"invoice_number", Type::text, From::mail, about_invoice, "20250031", "may be empty in receipts"},
    {"amount", Type::money, From::mail, charged, "249,00 kr.", "what was charged"},
    // Of receipts and invoices alike, so `paper`.
    {"vat", Type::money, From::mail, paper, "49,80 kr.", "the VAT in it; empty if there is none"},
    {"charged_on", Type::date, From::mail, charged, "2. juni 2025", "when it was charged"},
    {"card.brand", Type::text, From::mail, with_card, "Visa", "may be empty"},
    {"card.last4", Type::text, From::mail, with_card, "4242", "may be empty"},
    {"card.expires", Type::text, From::mail, card_expiring, "06/2025", "its last month, as it stands on the card"},
    {"update_url", Type::url, From::mail, card_expiring, "https://morgenposten.example/kort",
     "where another card is given; may be empty"},
    {"retry_on", Type::date, From::mail, payment_failed, "5. juni 2025", "when it is tried again; may be empty"},
    {"period", Type::text, From::mail, receipt, "1.–30. juni 2025", "what it pays for; may be empty"},
    {"issued_on", Type::date, From::mail, invoices, "2. juni 2025", "the invoice's date"},
    {"due_on", Type::date, From::mail, invoices, "16. juni 2025", "when it is due"},
    {"total", Type::money, From::mail, invoices, "747,00 kr.", "the invoice's total"},
    // R37: total and what is open are two amounts, and flags say what they mean.
    {"credit", Type::flag, From::mail, invoices, "", "the total is below zero: it is a credit note"},
    {"to_pay", Type::money, From::mail, invoices, "747,00 kr.", "what is still open"},
    {"payable", Type::flag, From::mail, invoices, "true", "something is to be paid"},
    {"part_paid", Type::flag, From::mail, invoices, "", "a part is paid already"},
    {"settled", Type::flag, From::mail, invoices, "", "all is paid"},
    {"no_payment", Type::flag, From::mail, invoices, "", "the total is zero: nothing was ever to be paid"},
    {"in_credit", Type::flag, From::mail, invoices, "", "nothing is to be paid: a credit, or more is paid than the total"},
    {"credit_amount", Type::money, From::mail, invoices, "120,00 kr.", "what the customer has to their credit; may be empty"},
    {"open_amount", Type::money, From::mail, reminder, "747,00 kr.", "what is open of the invoice, without the reminder's fee"},
    {"fee", Type::money, From::mail, reminder, "100,00 kr.", "what the reminder costs, in to_pay; may be empty"},
    {"reminder.first", Type::flag, From::mail, reminder, "true", "the first reminder of this invoice"},
    {"reminder.second", Type::flag, From::mail, reminder, "", "the second"},
    {"reminder.last", Type::flag, From::mail, reminder, "", "the third, which is the last"},
    {"payment_url", Type::url, From::mail, to_be_paid, "https://betal.example/20250031", "the payment link; may be empty"},
    {"pdf", Type::flag, From::mail, invoices, "true", "the invoice is attached"},
    {"automatic", Type::flag, From::mail, invoices, "", "an agreement pays it by itself"},
    {"fallback", Type::flag, From::mail, invoices, "", "another way failed, so it comes by mail and is to be paid (R20)"},
    {"fallback_from", Type::text, From::mail, invoices, "Betalingsservice", "the method that failed; may be empty"},
    {"resent", Type::flag, From::mail, invoices, "", "it was sent before (R23)"},
    // Asked before the table is begun: a list alone cannot tell that it is empty.
    {"itemised", Type::flag, From::mail, paper, "true", "there are lines"},
    {"quantities", Type::flag, From::mail, paper, "", "some line's quantity is not 1"},
    {"lines", Type::list, From::mail, paper, "", "the invoice's lines (R24)"},
    {"line.text", Type::text, From::item, paper, "Morgenposten Digital, juni", "what it is for", "lines"},
    {"line.quantity", Type::number, From::item, paper, "1", "how many", "lines"},
    {"line.amount", Type::money, From::item, paper, "249,00 kr.", "of the whole line", "lines"},
    {"line.subscription", Type::text, From::item, paper, "2201", "the subscription's number; may be empty", "lines"},
    // The further kinds (R38).
    {"renews_on", Type::date, From::mail, renewal_notice, "1. juli 2025", "when it goes on by itself"},
    {"price", Type::money, From::mail, renewal_notice, "249,00 kr.", "of the next period"},
    {"cancel_until", Type::date, From::mail, renewal_notice, "30. juni 2025",
     "the last day on which it can be cancelled, with the time of day where that is not its end"},
    {"cancel_until_hour", Type::flag, From::mail, renewal_notice, "", "cancel_until has a time of day"},
    {"old_price", Type::money, From::mail, price_change, "249,00 kr.", "the price until now"},
    {"new_price", Type::money, From::mail, price_change, "269,00 kr.", "the price to come"},
    {"price_from", Type::date, From::mail, price_change, "1. juli 2025", "the first day of the new price"},
    {"login_url", Type::url, From::mail, login_link, "https://morgenposten.example/login/7f3a", "the link to log in with"},
    {"expires_at", Type::date, From::mail, login_link, "2. juni 2025 kl. 11.29", "until when it works"},
    {"old_email", Type::email, From::mail, email_changed, "karen@holm.example", "the address until now"},
    {"new_email", Type::email, From::mail, email_changed, "karen.holm@post.example",
     "the address from now on; empty: it was removed"},
    {"received_at", Type::date, From::mail, withdrawn, "2. juni 2025 kl. 11.29", "when the withdrawal was received"},
    // In the order of NoticeCause: the view counts them off.
    {"cause.domain_broken", Type::flag, From::mail, notice, "true", "a domain's DNS is not in order any more"},
    {"cause.domain_fixed", Type::flag, From::mail, notice, "", "… it is again"},
    {"cause.key_change_stuck", Type::flag, From::mail, notice, "", "a new DKIM key is not seen through the domain's CNAME"},
    {"cause.bounce_rate", Type::flag, From::mail, notice, "", "much of the account's mail bounces"},
    {"cause.complaint_rate", Type::flag, From::mail, notice, "", "many recipients complain"},
    {"account", Type::text, From::mail, notice, "morgenposten", "the account's id"},
    {"about", Type::text, From::mail, notice, "morgenposten.example", "the domain; empty: the account"},
    {"since", Type::date, From::mail, notice, "2. juni 2025 kl. 11.29", "when it began, or was put in order; may be empty"},
    {"signed_by", Type::text, From::mail, notice, "ilbud.example", "the domain that signs the mails instead; may be empty"},
    {"waiting", Type::flag, From::mail, notice, "", "the domain's mails wait until it is in order"},
    {"dkim", Type::flag, From::mail, notice, "true",
     "it is about the signature; without it about SPF or DMARC, which a fact tells"},
    // Text and not a number: a share comes with its percent sign.
    {"rate", Type::text, From::mail, notice, "7,1 %", "the share; may be empty"},
    {"limit", Type::text, From::mail, notice, "5 %", "the share from which on the account is told; may be empty"},
    {"mails", Type::number, From::mail, notice, "1.520", "how many mails were finished; may be empty"},
    {"failed", Type::number, From::mail, notice, "108", "how many of them bounced or were complained of; may be empty"},
    {"hours", Type::number, From::mail, notice, "24", "within how many hours; may be empty"},
    // Whatever has no variable of its own.
    {"facts", Type::list, From::mail, notice, "", "what else is known"},
    {"fact.name", Type::text, From::item, notice, "SPF", "what it is", "facts"},
    {"fact.value", Type::text, From::item, notice, "mangler", "how it stands", "facts"},
    {"records", Type::block, From::mail, notice, "~~~\nmorgenposten.example. IN TXT v=spf1\n~~~",
     "lines to paste, as a block of code; stands on a line of its own, written {{{raw}}}, in .md files only; may be empty"},
    // For layout.html alone, after everything else is written.
    {"subject", Type::text, From::layout, every, "Velkommen som abonnent på Morgenposten", "the mail's subject"},
    {"preheader", Type::text, From::layout, every, "Godt at have dig med.", "what mail programs show beside the subject"},
    {"content", Type::text, From::layout, every, "<p>…</p>", "the mail's content; the one variable written {{{raw}}}"},
}};

// A row too few would leave an empty name at the end.
// Some names in the middle are compared as well: a row at the wrong place would shift all behind it.
static_assert(!table.back().name.empty() && table[static_cast<std::size_t>(Var::lines)].name == "lines" &&
              table[static_cast<std::size_t>(Var::refund)].name == "refund" &&
              table[static_cast<std::size_t>(Var::gift)].name == "gift" &&
              table[static_cast<std::size_t>(Var::records)].name == "records");

}  // namespace

std::span<const Variable> variables() {
    return table;
}

const Variable& variable(Var which) {
    return table[static_cast<std::size_t>(which)];
}

// A linear search: it is asked at load, and about a hundred short names are soon compared.
std::optional<Var> find_variable(std::string_view name) {
    if (name.size() > unit_variable_prefix.size() && name.starts_with(unit_variable_prefix)) return Var::unit_variable;
    const auto found = std::find_if(table.begin(), table.end(), [&](const Variable& each) { return each.name == name; });
    if (found == table.end()) return std::nullopt;
    return static_cast<Var>(found - table.begin());
}

std::string variable_reference() {
    constexpr std::array<std::string_view, 4> sources{"settings", "mail", "list item", "layout.html"};
    std::string out = "| variable | type | from | kinds | example | meaning |\n|---|---|---|---|---|---|\n";
    for (const Variable& each : table) {
        std::string kinds;
        for (std::size_t i = 0; i < kind_count; ++i)
            if (each.kinds.contains(static_cast<Kind>(i))) (kinds += kinds.empty() ? "" : ", ") += words<Kind>[i];
        if (each.kinds == every) kinds = "all";
        if (each.kinds == mailed) kinds = "all but notice";
        out += "| `" + std::string(each.name) + "` | " + std::string(to_word(each.type)) + " | " +
               std::string(sources[static_cast<std::size_t>(each.source)]) +
               (each.list.empty() ? "" : " of `" + std::string(each.list) + "`") + " | " + kinds + " | " +
               std::string(each.example) + " | " + std::string(each.meaning) + " |\n";
    }
    std::string in_message;
    for (const Variable& each : table)
        if (each.in_message) (in_message += in_message.empty() ? "`" : ", `") += std::string(each.name) + '`';
    return out + "\nA customer service's welcome message knows " + in_message + ".\n";
}

}  // namespace ilbud
