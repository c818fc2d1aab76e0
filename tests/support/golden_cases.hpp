/// The mails worth reading, in one language: every kind, and the situations in which it reads otherwise.
#pragma once
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "mail_world.hpp"

namespace ilbud::test {

struct Golden {
    std::string name;
    Case sample;
    Settings settings;
    bool html = false;  // its HTML is worth a look too: what it is made of differs
};

/// Templates of settings that come again and again: loading takes longer than rendering.
inline const TemplateSet& templates_of(const Settings& settings) {
    static std::deque<std::pair<Settings, TemplateSet>> known;
    for (const auto& [loaded, templates] : known)
        if (loaded == settings) return templates;
    auto loaded = load_templates(settings);
    if (!loaded) throw std::runtime_error(to_text(loaded.error().front()));
    return known.emplace_back(settings, std::move(*loaded)).second;
}

inline void use_terms(Settings& settings, CustomerTerm customer, RelationTerm relation) {
    settings.accounts["forlag"].customer_term = customer;
    settings.accounts["forlag"].relation_term = relation;
}

class GoldenCases {
 public:
    explicit GoldenCases(Locale locale) : locale_(locale) {
        for (const auto kind : subscriber_kinds) add(std::string(to_word(kind)), kind).html = true;
        sign_ups();
        endings();
        papers();
        further();
    }
    std::vector<Golden> all;

 private:
    Golden& add(std::string name, Kind kind) {
        all.push_back({std::move(name), sample_case(kind, locale_), publisher(locale_), false});
        return all.back();
    }
    Golden& add_for_members(std::string name, Kind kind) {
        Golden& golden = add(std::move(name), kind);
        use_terms(golden.settings, CustomerTerm::member, RelationTerm::membership);
        return golden;
    }
    Golden& three(Golden& golden) {
        const Tongue& says = tongue(locale_);
        data_of<SignUp>(golden.sample).subscriptions = {{"2201", says.paper, says.campaign, at("2025-06-02T00:00:00Z")},
                                                        {"2202", says.weekend, "", at("2025-06-24T10:00:00Z")},
                                                        {"2203", says.magazine, "", {}}};
        return golden;
    }
    static Golden& paid(Golden& golden) {
        golden.sample.event.payer = Payer{"Bo Holm", "bo@example.org"};
        golden.sample.mail.to = "bo@example.org";
        golden.sample.mail.to_name = "Bo Holm";
        return golden;
    }
    static Golden& given(Golden& golden) {
        data_of<SignUp>(golden.sample).gift = true;
        return paid(golden);
    }

    void sign_ups() {
        three(add("confirmation_several", Kind::confirmation));
        add_for_members("confirmation_member", Kind::confirmation);
        three(add_for_members("confirmation_members_several", Kind::confirmation));
        given(add("confirmation_gift", Kind::confirmation));
        three(add("welcome_several", Kind::welcome)).html = true;
        add_for_members("welcome_member", Kind::welcome);
        three(add_for_members("welcome_member_several", Kind::welcome));
        use_terms(add("welcome_customer", Kind::welcome).settings, CustomerTerm::customer, RelationTerm::subscription);
        const Tongue& says = tongue(locale_);
        data_of<SignUp>(add("welcome_starts_later", Kind::welcome).sample).subscriptions[0] = {"2201", says.paper, says.campaign,
                                                                                               at("2025-06-24T10:00:00Z")};
        Golden& gift = given(add("welcome_gift", Kind::welcome));
        data_of<SignUp>(gift.sample).subscriptions[0].starts_at = at("2025-06-24T10:00:00Z");
        given(add_for_members("welcome_gift_member", Kind::welcome));
        paid(add("welcome_payer", Kind::welcome));
        paid(three(add_for_members("welcome_payer_members_several", Kind::welcome)));
        Golden& many = three(add("welcome_many", Kind::welcome));
        auto& subscriptions = data_of<SignUp>(many.sample).subscriptions;
        for (int i = 4; i < 8; ++i)
            subscriptions.push_back({std::to_string(2200 + i), says.paper + ' ' + std::to_string(i), "", {}});
        Golden& message = add("welcome_message", Kind::welcome);
        service_of(message.settings).welcome_message = messages();
        Golden& given_message = given(add("welcome_gift_message", Kind::welcome));
        service_of(given_message.settings).welcome_message = messages();
        Golden& bare = add("welcome_without_self_service", Kind::welcome);
        service_of(bare.settings).self_service_url.clear();
        bare.sample.event.subscriber.email_unique = false;
    }
    static std::map<Locale, std::string> messages() {
        return {
            {Locale::da,
             "# Godmorgen, {{subscriber.name}}\n\nDin avis er hos dig, før kaffen er klar.\n\n*Jens Lund*, chefredaktør\n"},
            {Locale::nb,
             "# God morgen, {{subscriber.name}}\n\nAvisen er hos deg før kaffen er klar.\n\n*Jens Lund*, ansvarlig redaktør\n"},
            {Locale::sv,
             "# God morgon, {{subscriber.name}}\n\nTidningen är hos dig innan kaffet är klart.\n\n*Jens Lund*, chefredaktör\n"},
            {Locale::en,
             "# Good morning, {{subscriber.name}}\n\nYour newspaper will be with you before the coffee.\n\n*Jens Lund*, "
             "editor\n"},
            {Locale::de,
             "# Guten Morgen, {{subscriber.name}}\n\nIhre Zeitung ist vor dem Kaffee bei Ihnen.\n\n*Jens Lund*, "
             "Chefredaktion\n"}};
    }

    void endings() {
        Golden& unpaid = add("stopped_unpaid", Kind::stopped);
        data_of<Ending>(unpaid.sample).delivered_unpaid = 24900;
        data_of<Ending>(unpaid.sample).other_open_invoices = 2;
        data_of<Ending>(add_for_members("stopped_refund_member", Kind::stopped).sample).refund_due = 12000;
        Golden& one = add("cancelled_one_other_invoice", Kind::cancelled);
        data_of<Ending>(one.sample).subscription.campaign = tongue(locale_).campaign;
        data_of<Ending>(one.sample).other_open_invoices = 1;
        data_of<Ending>(one.sample).ends = Ends::date;
        Golden& both = add("cancelled_unpaid_without_self_service", Kind::cancelled);
        data_of<Ending>(both.sample).delivered_unpaid = 9900;
        data_of<Ending>(both.sample).other_open_invoices = 1;
        service_of(both.settings).self_service_url.clear();
        Golden& tomorrow = add("cancelled_tomorrow_refund", Kind::cancelled);
        data_of<Ending>(tomorrow.sample).ends_at = at("2025-06-03T10:00:00Z");
        data_of<Ending>(tomorrow.sample).refund_due = 12000;
        data_of<Ending>(add_for_members("cancelled_today_member", Kind::cancelled).sample).ends_at = at("2025-06-02T21:00:00Z");
        Golden& over = add_for_members("cancelled_ended_member", Kind::cancelled);
        data_of<Ending>(over.sample).ends_at = at("2025-05-30T10:00:00Z");
        data_of<Ending>(over.sample).other_open_invoices = 3;
    }

    void papers() {
        Charge charge;
        charge.amount = 4900;
        charge.vat = 980;
        charge.currency = tongue(locale_).currency;
        charge.charged_at = at("2025-06-02T09:29:00Z");
        add("receipt_without_invoice", Kind::receipt).sample.event.data = charge;
        Golden& dated = add_for_members("receipt_quantities_member", Kind::receipt);
        auto& charged = data_of<Charge>(dated.sample);
        charged.period.clear();
        charged.period_dates = Period{day("2025-06-24"), day("2025-09-23")};
        charged.lines = {{tongue(locale_).quarter_line, 2, 124600, "2201"}, {tongue(locale_).campaign, 1, -24600, ""}};
        charged.amount = 100000;
        charged.vat = 20000;
        Golden& copy = add("invoice_copy", Kind::invoice);
        copy.sample.mail.copy = true;
        copy.sample.mail.to = "regnskab@example.org";
        copy.sample.mail.to_name.clear();
        Golden& part = add("invoice_part_paid", Kind::invoice);
        part.html = true;
        data_of<Invoice>(part.sample).open_amount = 25000;
        data_of<Invoice>(add("invoice_automatic", Kind::invoice).sample).automatic_agreement = true;
        Golden& fell_back = paid(add("invoice_fallback_payer", Kind::invoice));
        data_of<Invoice>(fell_back.sample).fallback_from = "betalingsservice";
        data_of<Invoice>(fell_back.sample).automatic_agreement = true;  // of the method that failed
        fell_back.sample.event.payer->id = "5001";
        data_of<Invoice>(add("invoice_fallback", Kind::invoice).sample).fallback_from = "paper";
        Golden& settled = add("invoice_settled_resent", Kind::invoice);
        data_of<Invoice>(settled.sample).open_amount = 0;
        data_of<Invoice>(settled.sample).resend = true;
        Golden& credit = add_for_members("invoice_in_credit_member", Kind::invoice);
        auto& credited = data_of<Invoice>(credit.sample);
        credited.lines = {{tongue(locale_).quarter_line, 1, -104700, "2201"}};
        credited.total = -104700;
        credited.vat = -20940;
        Golden& set_off = add("invoice_credit_set_off", Kind::invoice);
        set_off.sample.event.data = credited;
        data_of<Invoice>(set_off.sample).open_amount = 0;
        Golden& free = add("invoice_free", Kind::invoice);
        data_of<Invoice>(free.sample).lines = {{tongue(locale_).quarter_line, 1, 0, "2201"}};
        data_of<Invoice>(free.sample).total = data_of<Invoice>(free.sample).vat = 0;
        data_of<Invoice>(add("invoice_overpaid", Kind::invoice).sample).open_amount = -5000;
        Golden& plain = paid(add("invoice_plain_payer", Kind::invoice));
        auto& invoice = data_of<Invoice>(plain.sample);
        invoice.payment_url.clear();
        invoice.pdf.reset();
        invoice.lines.resize(1);
        invoice.total = 104700;
        invoice.vat = 0;
    }

    // What may be absent is, and the other way round.
    void further() {
        Golden& bare = add("payment_failed_without_invoice", Kind::payment_failed);
        auto& failed = data_of<Charge>(bare.sample);
        failed.invoice_number.clear();
        failed.card_brand.clear();
        failed.card_last4.clear();
        failed.retry_on.reset();
        failed.payment_url.clear();
        Golden& unlinked = paid(add_for_members("payment_failed_retried_payer", Kind::payment_failed));
        data_of<Charge>(unlinked.sample).payment_url.clear();
        Golden& copy = add("credit_note_copy", Kind::credit_note);
        copy.sample.mail.copy = true;
        copy.sample.mail.to = "regnskab@example.org";
        copy.sample.mail.to_name.clear();
        Golden& set_off = add_for_members("credit_note_set_off_resent", Kind::credit_note);
        data_of<Invoice>(set_off.sample).open_amount = 0;
        data_of<Invoice>(set_off.sample).resend = true;
        data_of<Invoice>(set_off.sample).pdf.reset();
        Golden& second = add("reminder_second_part_paid", Kind::reminder);
        data_of<Invoice>(second.sample).reminder = Reminder{2, 0};
        data_of<Invoice>(second.sample).open_amount = 25000;
        data_of<Invoice>(second.sample).payment_url.clear();
        data_of<Invoice>(paid(add_for_members("reminder_last_payer", Kind::reminder)).sample).reminder = Reminder{3, 10000};
        Golden& reminded = add("reminder_copy", Kind::reminder);
        reminded.sample.mail.copy = true;
        reminded.sample.mail.to = "regnskab@example.org";
        reminded.sample.mail.to_name.clear();
        data_of<Invoice>(reminded.sample).pdf.reset();
        Golden& renewal = add_for_members("renewal_notice_member", Kind::renewal_notice);
        data_of<Renewal>(renewal.sample).cancel_before = at("2025-06-16T10:00:00Z");
        service_of(renewal.settings).self_service_url.clear();
        Golden& price = add_for_members("price_change_member", Kind::price_change);
        data_of<PriceChange>(price.sample).subscription.campaign = tongue(locale_).campaign;
        service_of(price.settings).self_service_url.clear();
        Golden& card = paid(add_for_members("card_expiring_payer", Kind::card_expiring));
        data_of<ExpiringCard>(card.sample).update_url.clear();
        data_of<ComingEnd>(add_for_members("gift_ending_today_member", Kind::gift_ending).sample).ends_at =
            at("2025-06-02T21:00:00Z");
        Golden& tomorrow = add("gift_ending_tomorrow", Kind::gift_ending);
        data_of<ComingEnd>(tomorrow.sample).ends_at = at("2025-06-03T10:00:00Z");
        service_of(tomorrow.settings).self_service_url.clear();
        add("email_changed_to_old", Kind::email_changed).sample.mail.to = "karen.holm@post.example";
        add("email_changed_removed", Kind::email_changed).sample.event.subscriber.email.clear();
        Golden& withdrawn = add_for_members("withdrawn_refund_member", Kind::withdrawn);
        data_of<Withdrawal>(withdrawn.sample).refund_due = 12000;
        data_of<Withdrawal>(withdrawn.sample).subscription.campaign = tongue(locale_).campaign;
        service_of(add_for_members("known_address_member", Kind::known_address).settings).self_service_url.clear();
    }

    Locale locale_;
};

}  // namespace ilbud::test
