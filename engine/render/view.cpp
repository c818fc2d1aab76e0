// What a template asks, answered from the event. Only variables that the prepared template
// uses are made (Writer), because formatting is what a view costs: a receipt that prints
// no period formats none. Three habits run through it: an empty text and a false flag are
// absent; a flag is only a bit, as pruning needs no more; and values are trimmed here but
// escaped where they stand, by mstch's hook. Days are days of the unit's time zone, and
// today is the day the mail was planned, so that every attempt says the same.
#include "view.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "full_stop.hpp"
#include "ilbud/base/readable_names.hpp"
#include "ilbud/render/format.hpp"
#include "sender.hpp"

namespace ilbud {
namespace {

constexpr std::size_t many_products = 3;  // more than these are counted, not named

// Takes what the template uses; empty texts and false flags stay away, as Mustache takes an absent name for both.
class Writer {
 public:
    Writer(const VarSet& used, Fields& fields) : used_(used), fields_(fields) {}

    [[nodiscard]] bool uses(Var var) const { return used_.test(static_cast<std::size_t>(var)); }
    // Trimmed for Markdown, which takes no emphasis from what begins or ends in a blank.
    void text(Var var, std::string_view value) {
        if (!uses(var)) return;
        const std::string_view trimmed = trimmed_value(value);
        if (trimmed.empty()) return;
        std::string shown(trimmed);
        if (variable(var).type != VariableType::url) mark_stop(shown);
        fields_.put(variable_key(var), std::move(shown));
        present_.set(static_cast<std::size_t>(var));
    }
    // Markdown that the engine itself made.
    void block(Var var, std::string markdown) {
        if (!uses(var) || markdown.empty()) return;
        fields_.put(variable_key(var), std::move(markdown));
        present_.set(static_cast<std::size_t>(var));
    }
    // A flag decides about sections only, and those are pruned by `present`: it needs no field.
    void flag(Var var, bool value) {
        if (value && uses(var)) present_.set(static_cast<std::size_t>(var));
    }
    // For values that cost something: made only when used.
    template <class Make>
    void made(Var var, const Make& make) {
        if (uses(var)) text(var, make());
    }
    [[nodiscard]] const VarSet& present() const { return present_; }
    // No bit of `present`: prune() leaves lists and their elements as they are.
    void list(Var var, Items items) { fields_.put(variable_key(var), std::move(items)); }

 private:
    const VarSet& used_;
    Fields& fields_;
    VarSet present_;
};

// Payment gateways name brands in small letters with hyphens; one that is not known stays as it is.
// Sorted by name. Dankort and Forbrugsforeningen are Danish; "visa-dk" is a card of both schemes.
std::string_view card_name(std::string_view brand) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 13> names{{{"american-express", "American Express"},
                                                                                   {"amex", "American Express"},
                                                                                   {"dankort", "Dankort"},
                                                                                   {"diners", "Diners Club"},
                                                                                   {"forbrugsforeningen", "Forbrugsforeningen"},
                                                                                   {"jcb", "JCB"},
                                                                                   {"maestro", "Maestro"},
                                                                                   {"mastercard", "Mastercard"},
                                                                                   {"mastercard-debet", "Mastercard Debit"},
                                                                                   {"unionpay", "UnionPay"},
                                                                                   {"visa", "Visa"},
                                                                                   {"visa-dk", "Visa/Dankort"},
                                                                                   {"visa-electron", "Visa Electron"}}};
    const auto* const found = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == brand; });
    return found == names.end() ? brand : found->second;
}

// `lines` as fenced code (CommonMark §4.5), which none of them can end.
std::string code_block(const std::vector<std::string>& lines) {
    if (lines.empty()) return {};
    // A fence has three marks at least, and more than any run of them inside.
    std::size_t longest = 2;
    for (const std::string& line : lines) {
        std::size_t run = 0;
        for (const char byte : line) longest = std::max(longest, run = byte == '~' ? run + 1 : 0);
    }
    const std::string fence(longest + 1, '~');
    std::string out = fence + '\n';
    // Control characters go, so that a line stays one line; nothing else needs escaping in code.
    for (const std::string& line : lines) (out += escaped(line, Escape::plain)) += '\n';
    return out + fence;
}

// One mail's view. Lives on the stack of one render.
class ViewMaker {
 public:
    ViewMaker(const ViewInput& input, View& view)
        : in_(input),
          view_(view),
          out_(input.prepared.used, view.fields),
          locale_(input.prepared.locale),
          today_(local_date(input.mail.planned_at, input.unit.time_zone)) {}

    // Also when the event does not fit: the caller then drops the view.
    bool make() {
        const bool made = take();
        view_.present = out_.present();
        return made;
    }

 private:
    bool take() {
        if (in_.prepared.braces) view_.fields.put(brace_key, std::string("{"));
        const auto& data = in_.event.data;
        // A notice's event has no subscriber (R3).
        if (in_.mail.kind != Kind::notice) people();
        // The kind asks for one type of data. An event with another cannot have
        // planned such a mail: it was stored by another version, or is broken.
        switch (in_.mail.kind) {
            case Kind::confirmation:
            case Kind::welcome:
                return with(std::get_if<SignUp>(&data));
            case Kind::stopped:
            case Kind::cancelled:
                return with(std::get_if<Ending>(&data));
            case Kind::receipt:
            case Kind::payment_failed:
                return with(std::get_if<Charge>(&data));
            case Kind::invoice:
            case Kind::credit_note:
            case Kind::reminder:
                return with(std::get_if<Invoice>(&data));
            case Kind::renewal_notice:
                return with(std::get_if<Renewal>(&data));
            case Kind::price_change:
                return with(std::get_if<PriceChange>(&data));
            case Kind::card_expiring:
                return with(std::get_if<ExpiringCard>(&data));
            case Kind::gift_ending:
                return with(std::get_if<ComingEnd>(&data));
            case Kind::login_link:
                return with(std::get_if<LoginRequest>(&data));
            case Kind::email_changed:
                return with(std::get_if<SubscriberChange>(&data));
            case Kind::withdrawn:
                return with(std::get_if<Withdrawal>(&data));
            case Kind::known_address:
                return std::holds_alternative<KnownAddress>(data);  // what all mails say is all there is
            case Kind::notice:
                return with(std::get_if<AccountNotice>(&data));
        }
        return false;
    }

    template <class Data>
    bool with(const Data* data) {
        if (data != nullptr) take(*data);
        return data != nullptr;
    }

    [[nodiscard]] std::string date(Time time) const { return format_date(local_date(time, in_.unit.time_zone), locale_); }
    // The event's currency, not the unit's: a unit may invoice in several.
    [[nodiscard]] std::string money(Amount amount, const std::string& currency) const {
        return format_money(amount, currency, locale_);
    }

    void people() {
        const Event& event = in_.event;
        const Subscriber& subscriber = event.subscriber;
        out_.text(Var::subscriber_id, subscriber.id);
        out_.text(Var::subscriber_name, subscriber.name);
        out_.text(Var::recipient_name, in_.mail.to_name);
        // The giver of a gift may type his own address for its recipient, who has none: the mail is the giver's all the same.
        const auto* sign_up = std::get_if<SignUp>(&event.data);
        // By address: the decision has chosen one, and copies have theirs.
        const bool changed = in_.mail.kind == Kind::email_changed;  // the subscriber's own, whoever pays
        const bool to_payer = event.payer && in_.mail.to == event.payer->email && !changed;
        gift_ = to_payer && sign_up != nullptr && sign_up->gift.value_or(false);
        for_other_ = in_.mail.copy || (to_payer && (gift_ || in_.mail.to != subscriber.email));
        out_.flag(Var::for_other, for_other_);
        out_.flag(Var::copy, in_.mail.copy);
        if (for_other_ && to_payer && !in_.mail.copy) out_.text(Var::payer_id, event.payer->id);
        out_.flag(Var::login_email,
                  in_.service.login.contains(Login::email) && subscriber.email_unique && !subscriber.email.empty() &&
                      (!changed || in_.mail.to == subscriber.email));  // the address before logs nobody in
    }

    // Today counts as begun: the text then says nothing of a start (R9).
    [[nodiscard]] std::string future_start(const Subscription& subscription) const {
        if (!subscription.starts_at) return {};
        const Date start = local_date(*subscription.starts_at, in_.unit.time_zone);
        return days_between(today_, start) > 0 ? format_date(start, locale_) : std::string();
    }

    // The first subscription speaks for the order where
    // a text has room for one (subject, single product).
    void take(const SignUp& sign_up) {
        const auto& all = sign_up.subscriptions;
        std::vector<std::string> products;
        // Each product once, in the order in which it came: at most
        // a hundred subscriptions (intake), so a search will do.
        for (const Subscription& each : all)
            if (std::find(products.begin(), products.end(), each.product) == products.end()) products.push_back(each.product);
        out_.flag(Var::several, all.size() > 1);
        out_.flag(Var::many, products.size() > many_products);
        // At least one subscription is there, as intake requires, hence at least one product.
        out_.made(Var::others, [&] { return std::to_string(products.size() - 1); });
        out_.made(Var::products, [&] { return format_list(products, locale_); });
        out_.flag(Var::gift, gift_);
        // It speaks to a subscriber, which the giver is not (R10).
        if (out_.uses(Var::welcome_message)) out_.flag(Var::welcome_message, !gift_ && has_message(in_.service, locale_));
        out_.text(Var::confirmation_url, safe_url(sign_up.confirmation_url));
        if (!all.empty()) {
            take_subscription(all.front());
            out_.made(Var::starts_on, [&] { return future_start(all.front()); });
        }
        if (!out_.uses(Var::subscriptions)) return;
        Items items;
        for (const Subscription& each : all) {
            Fields fields;
            Writer item(in_.prepared.used, fields);
            item.text(Var::subscription_product, each.product);
            item.text(Var::subscription_number, each.id);
            item.text(Var::subscription_campaign, each.campaign);
            item.made(Var::subscription_starts_on, [&] { return future_start(each); });
            items.add(std::move(fields));
        }
        // For the bound on what lists repeat (Renderer::run).
        view_.items = all.size();
        out_.list(Var::subscriptions, std::move(items));
    }

    // The limit is in minor units of the event's currency, whichever that is.
    [[nodiscard]] bool is_worth_telling(Amount amount) const { return amount > 0 && amount >= in_.unit.triviality_limit; }

    void take_subscription(const Subscription& subscription) {
        out_.text(Var::product, subscription.product);
        out_.text(Var::number, subscription.id);
        out_.text(Var::campaign, subscription.campaign);
    }

    // R15: what raises which paragraph. Amounts under the triviality limit raise none; a debt comes before a refund.
    void take(const Ending& ending) {
        take_subscription(ending.subscription);
        out_.made(Var::requested_on, [&] { return date(ending.requested_at); });
        out_.made(Var::requested_at, [&] { return format_moment(ending.requested_at, in_.unit.time_zone, locale_); });
        out_.made(Var::ends_on, [&] { return date(ending.ends_at); });
        const auto matters = [this](Amount amount) { return is_worth_telling(amount); };
        const bool debt = matters(ending.delivered_unpaid);
        const bool refund = matters(ending.refund_due) && !debt;
        const int others = ending.other_open_invoices;
        out_.flag(Var::invoice_follows, debt);
        out_.made(Var::unpaid_amount, [&] { return debt ? money(ending.delivered_unpaid, ending.currency) : std::string(); });
        out_.flag(Var::other_invoices, others > 0);
        out_.flag(Var::several_other_invoices, others > 1);
        out_.made(Var::other_invoice_count, [&] { return std::to_string(others); });
        out_.flag(Var::invoices_in_self_service, debt || others > 0);
        out_.flag(Var::refund, refund);
        out_.made(Var::refund_amount, [&] { return refund ? money(ending.refund_due, ending.currency) : std::string(); });
        if (in_.mail.kind != Kind::cancelled) return;
        out_.flag(Var::ends_with_period, ending.ends == Ends::period);
        count_down(ending.ends_at);
    }

    // R16. Midnights between the two in the unit's zone, not spans of 24 hours.
    void count_down(Time ends_at) {
        const int days = days_between(today_, local_date(ends_at, in_.unit.time_zone));
        out_.flag(Var::ends_today, days == 0);
        out_.flag(Var::ends_in_one_day, days == 1);
        out_.flag(Var::ends_in_days, days > 1);
        out_.flag(Var::ended, days < 0);
        // Never below zero: an end that has passed is told by `ended`.
        out_.made(Var::days, [&] { return std::to_string(std::max(days, 0)); });
    }

    // A line that names no subscription is not known to be about another.
    static bool about_several(const std::vector<InvoiceLine>& lines) {
        const std::string* first = nullptr;
        for (const InvoiceLine& line : lines) {
            if (line.subscription.empty()) continue;
            if (first != nullptr && line.subscription != *first) return true;
            first = &line.subscription;
        }
        return false;
    }

    // Quantities are shown only if one of them says something: a column of ones is noise.
    void take_lines(const std::vector<InvoiceLine>& lines, const std::string& currency) {
        out_.flag(Var::itemised, !lines.empty());
        out_.flag(Var::several, about_several(lines));
        out_.flag(Var::quantities,
                  std::any_of(lines.begin(), lines.end(), [](const InvoiceLine& line) { return line.quantity != 1; }));
        if (!out_.uses(Var::lines)) return;
        Items items;
        for (const InvoiceLine& each : lines) {
            Fields fields;
            Writer item(in_.prepared.used, fields);
            item.text(Var::line_text, each.text);
            item.made(Var::line_quantity, [&] { return format_quantity(each.quantity, locale_); });
            item.made(Var::line_amount, [&] { return money(each.amount, currency); });
            item.text(Var::line_subscription, each.subscription);
            items.add(std::move(fields));
        }
        view_.items = lines.size();
        out_.list(Var::lines, std::move(items));
    }

    void take(const Charge& charge) {
        out_.text(Var::invoice_number, charge.invoice_number);
        if (charge.retry_on && days_between(today_, *charge.retry_on) >= 0)
            out_.made(Var::retry_on, [&] { return format_date(*charge.retry_on, locale_); });
        out_.text(Var::payment_url, safe_url(charge.payment_url));
        out_.made(Var::amount, [&] { return money(charge.amount, charge.currency); });
        if (charge.vat.value_or(0) != 0) out_.made(Var::vat, [&] { return money(*charge.vat, charge.currency); });
        out_.made(Var::charged_on, [&] { return date(charge.charged_at); });
        out_.text(Var::card_brand, card_name(charge.card_brand));
        out_.text(Var::card_last4, charge.card_last4);
        // Told as dates it is written in the mail's language; told as text it stands as it came.
        if (const auto& dates = charge.period_dates)
            out_.made(Var::period, [&] { return format_period(dates->first, dates->last, locale_); });
        else
            out_.text(Var::period, charge.period);
        take_lines(charge.lines, charge.currency);
    }

    void take(const Invoice& invoice) {
        // R37: without an open amount nothing is paid yet. A credit is nothing to
        // pay, whatever is open of it, and what costs nothing was never paid.
        const Amount total = invoice.total;
        const Amount open = invoice.open_amount.value_or(total);
        const bool payable = total > 0 && open > 0;
        const bool in_credit = total < 0 || open < 0;
        out_.text(Var::invoice_number, invoice.number);
        out_.made(Var::issued_on, [&] { return format_date(invoice.issued_on, locale_); });
        out_.made(Var::due_on, [&] { return format_date(invoice.due_on, locale_); });
        out_.made(Var::total, [&] { return money(total, invoice.currency); });
        // No VAT is no line about it, rather than "0,00".
        if (invoice.vat != 0) out_.made(Var::vat, [&] { return money(invoice.vat, invoice.currency); });
        const Amount fee = invoice.reminder ? invoice.reminder->fee : 0;
        out_.made(Var::to_pay, [&] { return money(open + fee, invoice.currency); });
        out_.made(Var::open_amount, [&] { return money(open, invoice.currency); });
        if (fee > 0) out_.made(Var::fee, [&] { return money(fee, invoice.currency); });
        const int level = invoice.reminder ? invoice.reminder->level : 0;
        out_.flag(Var::reminder_first, level == 1);
        out_.flag(Var::reminder_second, level == 2);
        out_.flag(Var::reminder_last, level == 3);
        out_.flag(Var::credit, total < 0);
        out_.flag(Var::payable, payable);
        out_.flag(Var::part_paid, payable && open < total);
        out_.flag(Var::settled, total > 0 && open == 0);
        out_.flag(Var::no_payment, total == 0 && !in_credit);
        out_.flag(Var::in_credit, in_credit);
        // A credit that is paid out or set off already leaves nothing to have.
        if (open < 0) out_.made(Var::credit_amount, [&] { return money(-open, invoice.currency); });
        // A link to pay nothing would only worry.
        if (payable) out_.text(Var::payment_url, safe_url(invoice.payment_url));
        out_.flag(Var::pdf, invoice.pdf.has_value());
        take_way(invoice);
        out_.flag(Var::resent, invoice.resend);
        take_lines(invoice.lines, invoice.currency);
    }

    // R20: what fell back on mail is not collected by itself any more.
    void take_way(const Invoice& invoice) {
        const bool fallback = !invoice.fallback_from.empty();
        out_.flag(Var::automatic, invoice.automatic_agreement && !fallback);
        out_.flag(Var::fallback, fallback);
        if (!fallback) return;
        if (const auto* method = find_method(in_.methods, invoice.fallback_from)) out_.text(Var::fallback_from, method->label);
    }

    void take(const Renewal& renewal) {
        take_subscription(renewal.subscription);
        out_.made(Var::renews_on, [&] { return date(renewal.renews_at); });
        out_.made(Var::price, [&] { return money(renewal.price, renewal.currency); });
        take_last_moment(renewal.cancel_before);
    }

    // The day alone where the moment is its end: midnight, or the minute before.
    void take_last_moment(Time before) {
        const auto& zone = in_.unit.time_zone;
        const auto local = before + 1min + utc_offset(before + 1min, zone);
        const bool at_midnight = local - std::chrono::floor<std::chrono::days>(local) < 2min;
        out_.flag(Var::cancel_until_hour, !at_midnight);
        out_.made(Var::cancel_until, [&] { return at_midnight ? date(before - 1min) : format_moment(before, zone, locale_); });
    }

    void take(const PriceChange& change) {
        take_subscription(change.subscription);
        out_.made(Var::old_price, [&] { return money(change.before, change.currency); });
        out_.made(Var::new_price, [&] { return money(change.now, change.currency); });
        out_.made(Var::price_from, [&] { return format_date(change.from, locale_); });
    }

    // As it stands on the card, the same in every language.
    void take(const ExpiringCard& card) {
        out_.text(Var::card_brand, card_name(card.brand));
        out_.text(Var::card_last4, card.last4);
        out_.made(Var::card_expires, [&] {
            const auto written = to_text(Date(card.expires / 1));  // YYYY-MM-DD
            return written.substr(5, 2) + '/' + written.substr(0, 4);
        });
        out_.text(Var::update_url, safe_url(card.update_url));
    }

    void take(const ComingEnd& end) {
        take_subscription(end.subscription);
        out_.made(Var::ends_on, [&] { return date(end.ends_at); });
        count_down(end.ends_at);
    }

    void take(const LoginRequest& request) {
        out_.text(Var::login_url, safe_url(request.url));
        out_.made(Var::expires_at, [&] { return format_moment(request.expires_at, in_.unit.time_zone, locale_); });
    }

    void take(const SubscriberChange& before) {
        out_.text(Var::old_email, before.email);
        out_.text(Var::new_email, in_.event.subscriber.email);
    }

    void take(const Withdrawal& withdrawal) {
        take_subscription(withdrawal.subscription);
        out_.made(Var::received_at, [&] { return format_moment(withdrawal.received_at, in_.unit.time_zone, locale_); });
        const bool refund = is_worth_telling(withdrawal.refund_due);
        out_.flag(Var::refund, refund);
        out_.made(Var::refund_amount, [&] { return refund ? money(withdrawal.refund_due, withdrawal.currency) : std::string(); });
    }

    // The words of a notice are the template's; facts come as pairs, some of which have a place in them.
    void take(const AccountNotice& notice) {
        out_.flag(static_cast<Var>(static_cast<std::size_t>(Var::cause_domain_broken) + static_cast<std::size_t>(notice.cause)),
                  true);
        out_.text(Var::account, notice.account);
        out_.text(Var::about, as_written(notice.subject));
        out_.block(Var::records, code_block(notice.records));
        out_.flag(Var::dkim, std::none_of(notice.facts.begin(), notice.facts.end(),
                                          [](const AccountNotice::Fact& fact) { return fact.name == "aspect"; }));
        Items items;
        std::size_t count = 0;
        for (const AccountNotice::Fact& each : notice.facts) {
            if (take_known(each)) continue;
            Fields fields;
            Writer item(in_.prepared.used, fields);
            item.text(Var::fact_name, each.name);
            item.text(Var::fact_value, each.value);
            items.add(std::move(fields));
            ++count;
        }
        // An empty list is left out, so that a section about it is, too.
        if (!out_.uses(Var::facts) || count == 0) return;
        view_.items = count;
        out_.list(Var::facts, std::move(items));
    }

    // A fact that has a place in the text; one that cannot be read is listed as it came.
    bool take_known(const AccountNotice::Fact& fact) {
        if (fact.name == "since") {
            const auto time = parse_time(fact.value);
            if (time) out_.made(Var::since, [&] { return format_moment(*time, in_.unit.time_zone, locale_); });
            return time.has_value();
        }
        if (fact.name == "signed_by") {
            out_.text(Var::signed_by, as_written(fact.value));
            return true;
        }
        if (fact.name == "aspect") return true;  // dkim tells
        if (fact.name == "waiting") {
            out_.flag(Var::waiting, true);
            return true;
        }
        for (const auto& [name, var] : {std::pair{"rate", Var::rate}, std::pair{"limit", Var::limit}})
            if (fact.name == name) return take_number(var, fact.value, format_share);
        for (const auto& [name, var] :
             {std::pair{"mails", Var::mails}, std::pair{"failed", Var::failed}, std::pair{"hours", Var::hours}})
            if (fact.name == name) return take_number(var, fact.value, format_quantity);
        return false;
    }

    // The whole text has to be a number, and a finite one: "nan" and "inf" are read by from_chars.
    bool take_number(Var var, std::string_view text, std::string (*format)(double, Locale)) {
        double number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size() && std::isfinite(number);
        if (whole) out_.made(var, [&] { return format(number, locale_); });
        return whole;
    }

    const ViewInput& in_;
    View& view_;
    Writer out_;
    Locale locale_;
    Date today_;
    bool gift_ = false;
    bool for_other_ = false;
};

}  // namespace

bool make_view(const ViewInput& input, View& view) {
    return ViewMaker(input, view).make();
}

// All flags are true at once, so every section but the inverted ones is written: longer
// than a real mail, which is the point of a trial. No pruning here, for the same reason.
void render_example(const Template& prepared) {
    Fields fields;
    Fields items[2];
    for (std::size_t i = 0; i < variable_count; ++i) {
        const auto var = static_cast<Var>(i);
        const Variable& each = variable(var);
        if (!prepared.used.test(i) || each.type == VariableType::list) continue;
        const auto put = [&](Fields& into) {
            if (each.type == VariableType::flag)
                into.put(variable_key(var), true);
            else
                into.put(variable_key(var), std::string(each.example));
        };
        if (each.source != VariableSource::item)
            put(fields);
        else
            for (Fields& item : items) put(item);
    }
    Items list;
    for (Fields& item : items) list.add(std::move(item));
    // A kind has one list at most; which one is told by what is used.
    Var named = Var::lines;
    for (const Var each : {Var::subscriptions, Var::facts})
        if (prepared.used.test(static_cast<std::size_t>(each))) named = each;
    fields.put(variable_key(named), std::move(list));
    for (const std::string* each : {&prepared.mail, &prepared.html, &prepared.text, &prepared.layout->mustache})
        render_mustache(*each, fields, Escape::html, SIZE_MAX);
}

}  // namespace ilbud
