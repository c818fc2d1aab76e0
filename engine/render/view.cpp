#include "view.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "ilbud/render/format.hpp"

namespace ilbud {
namespace {

constexpr std::size_t many_products = 3;  // more than these are counted, not named

// Takes what the template uses; empty texts and false flags stay away, as Mustache takes an absent name for both.
class Writer {
 public:
    Writer(const VarSet& used, Fields& fields) : used_(used), fields_(fields) {}

    [[nodiscard]] bool uses(Var var) const { return used_.test(static_cast<std::size_t>(var)); }
    void text(Var var, std::string_view value) {
        if (!uses(var)) return;
        const std::string_view trimmed = trimmed_value(value);
        if (trimmed.empty()) return;
        fields_.put(variable_key(var), std::string(trimmed));
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
    template <class Make>
    void made(Var var, const Make& make) {
        if (uses(var)) text(var, make());
    }
    [[nodiscard]] const VarSet& present() const { return present_; }
    void list(Var var, Items items) { fields_.put(variable_key(var), std::move(items)); }

 private:
    const VarSet& used_;
    Fields& fields_;
    VarSet present_;
};

// Payment gateways name brands in small letters with hyphens; one that is not known stays as it is.
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
    std::size_t longest = 2;
    for (const std::string& line : lines) {
        std::size_t run = 0;
        for (const char byte : line) longest = std::max(longest, run = byte == '~' ? run + 1 : 0);
    }
    const std::string fence(longest + 1, '~');
    std::string out = fence + '\n';
    for (const std::string& line : lines) (out += escaped(line, Escape::plain)) += '\n';
    return out + fence;
}

class ViewMaker {
 public:
    ViewMaker(const ViewInput& input, View& view)
        : in_(input),
          view_(view),
          out_(input.prepared.used, view.fields),
          locale_(input.prepared.locale),
          today_(local_date(input.mail.planned_at, input.unit.time_zone)) {}

    bool make() {
        const bool made = take();
        view_.present = out_.present();
        return made;
    }

 private:
    bool take() {
        if (in_.prepared.braces) view_.fields.put(brace_key, std::string("{"));
        const auto& data = in_.event.data;
        if (in_.mail.kind != Kind::notice) people();
        switch (in_.mail.kind) {
            case Kind::confirmation:
            case Kind::welcome:
                return with(std::get_if<SignUp>(&data));
            case Kind::stopped:
            case Kind::cancelled:
                return with(std::get_if<Ending>(&data));
            case Kind::receipt:
                return with(std::get_if<Charge>(&data));
            case Kind::invoice:
                return with(std::get_if<Invoice>(&data));
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
        const bool to_payer = event.payer && in_.mail.to == event.payer->email;
        gift_ = to_payer && sign_up != nullptr && sign_up->gift.value_or(false);
        for_other_ = in_.mail.copy || (to_payer && (gift_ || in_.mail.to != subscriber.email));
        out_.flag(Var::for_other, for_other_);
        out_.flag(Var::copy, in_.mail.copy);
        out_.flag(Var::login_email,
                  in_.service.login.contains(Login::email) && subscriber.email_unique && !subscriber.email.empty());
    }

    [[nodiscard]] std::string future_start(const Subscription& subscription) const {
        if (!subscription.starts_at) return {};
        const Date start = local_date(*subscription.starts_at, in_.unit.time_zone);
        return days_between(today_, start) > 0 ? format_date(start, locale_) : std::string();
    }

    void take(const SignUp& sign_up) {
        const auto& all = sign_up.subscriptions;
        std::vector<std::string> products;
        for (const Subscription& each : all)
            if (std::find(products.begin(), products.end(), each.product) == products.end()) products.push_back(each.product);
        out_.flag(Var::several, all.size() > 1);
        out_.flag(Var::many, products.size() > many_products);
        out_.made(Var::others, [&] { return std::to_string(products.size() - 1); });
        out_.made(Var::products, [&] { return format_list(products, locale_); });
        out_.flag(Var::gift, gift_);
        out_.text(Var::confirmation_url, safe_url(sign_up.confirmation_url));
        if (!all.empty()) {
            out_.text(Var::product, all.front().product);
            out_.text(Var::number, all.front().id);
            out_.text(Var::campaign, all.front().campaign);
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
        view_.items = all.size();
        out_.list(Var::subscriptions, std::move(items));
    }

    // R15: what raises which paragraph. Amounts under the triviality limit raise none; a debt comes before a refund.
    void take(const Ending& ending) {
        out_.text(Var::product, ending.subscription.product);
        out_.text(Var::number, ending.subscription.id);
        out_.text(Var::campaign, ending.subscription.campaign);
        out_.made(Var::requested_on, [&] { return date(ending.requested_at); });
        out_.made(Var::requested_at, [&] { return format_moment(ending.requested_at, in_.unit.time_zone, locale_); });
        out_.made(Var::ends_on, [&] { return date(ending.ends_at); });
        const auto matters = [&](Amount amount) { return amount > 0 && amount >= in_.unit.triviality_limit; };
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
        const int days = days_between(today_, local_date(ending.ends_at, in_.unit.time_zone));  // R16
        out_.flag(Var::ends_with_period, ending.ends == Ends::period);
        out_.flag(Var::ends_today, days == 0);
        out_.flag(Var::ends_in_one_day, days == 1);
        out_.flag(Var::ends_in_days, days > 1);
        out_.flag(Var::ended, days < 0);
        out_.made(Var::days, [&] { return std::to_string(std::max(days, 0)); });
    }

    void take_lines(const std::vector<InvoiceLine>& lines, const std::string& currency) {
        out_.flag(Var::itemised, !lines.empty());
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
        out_.made(Var::amount, [&] { return money(charge.amount, charge.currency); });
        if (charge.vat.value_or(0) != 0) out_.made(Var::vat, [&] { return money(*charge.vat, charge.currency); });
        out_.made(Var::charged_on, [&] { return date(charge.charged_at); });
        out_.text(Var::card_brand, card_name(charge.card_brand));
        out_.text(Var::card_last4, charge.card_last4);
        if (const auto& dates = charge.period_dates)
            out_.made(Var::period, [&] { return format_period(dates->first, dates->last, locale_); });
        else
            out_.text(Var::period, charge.period);
        take_lines(charge.lines, charge.currency);
    }

    void take(const Invoice& invoice) {
        const Amount open = invoice.open_amount.value_or(invoice.total);
        out_.text(Var::invoice_number, invoice.number);
        out_.made(Var::issued_on, [&] { return format_date(invoice.issued_on, locale_); });
        out_.made(Var::due_on, [&] { return format_date(invoice.due_on, locale_); });
        out_.made(Var::total, [&] { return money(invoice.total, invoice.currency); });
        if (invoice.vat != 0) out_.made(Var::vat, [&] { return money(invoice.vat, invoice.currency); });
        out_.made(Var::to_pay, [&] { return money(open, invoice.currency); });
        out_.flag(Var::payable, open > 0);
        out_.flag(Var::part_paid, open > 0 && open != invoice.total);
        out_.flag(Var::settled, open == 0);
        out_.flag(Var::in_credit, open < 0);
        if (open > 0) out_.text(Var::payment_url, safe_url(invoice.payment_url));
        out_.flag(Var::pdf, invoice.pdf.has_value());
        out_.flag(Var::automatic, invoice.automatic_agreement);
        out_.flag(Var::resent, invoice.resend);
        take_lines(invoice.lines, invoice.currency);
    }

    void take(const AccountNotice& notice) {
        out_.flag(static_cast<Var>(static_cast<std::size_t>(Var::cause_domain_broken) + static_cast<std::size_t>(notice.cause)),
                  true);
        out_.text(Var::account, notice.account);
        out_.text(Var::about, notice.subject);
        out_.block(Var::records, code_block(notice.records));
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
            out_.text(Var::signed_by, fact.value);
            return true;
        }
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
    Var named = Var::lines;
    for (const Var each : {Var::subscriptions, Var::facts})
        if (prepared.used.test(static_cast<std::size_t>(each))) named = each;
    fields.put(variable_key(named), std::move(list));
    for (const std::string* each : {&prepared.mail, &prepared.html, &prepared.text, &prepared.layout->mustache})
        render_mustache(*each, fields, Escape::html, SIZE_MAX);
}

}  // namespace ilbud
