// What the rules of all kinds share: a Decision being made. Each source here decides the events of one sort.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_set>

#include "ilbud/base/address.hpp"
#include "ilbud/policy/decide.hpp"
#include "skip_reasons.hpp"

namespace ilbud {

// The parts in one string, allocated once.
std::string sentence(std::initializer_list<std::string_view> parts);

// Whom a mail is meant for; `role` is the word for it in findings ("the payer").
struct Recipient {
    std::string_view email;  // wire form; empty: none
    std::string_view name;
    std::string_view role;
    bool copy = false;
    std::optional<Locale> locale = {};  // of their own; empty: the subscriber's
};

// What is asked of it is asked in the order of the rules: explain() lines end up in the chain as they come, and
// `ilbud explain` shows them so.
class Builder {
 public:
    Builder(const Settings& snapshot, const Unit& its_unit, const Event& its_event, Time at);

    const Settings& settings;
    const Unit& unit;
    const Account& account;
    const CustomerService& service;
    const Event& event;

    void explain(std::string_view rule, std::string finding);
    // Marks and superseded topics go out with the decision whether or not anything is mailed.
    void mark(std::string mark) { decision_.marks.push_back(std::move(mark)); }
    void supersede(std::string topic) { decision_.supersedes.push_back(std::move(topic)); }
    // R36: what waits about a subscription that has come to its end.
    void withdraw_mails_of(std::string_view subscription);
    void skip(Kind kind, Reason reason, std::string_view rule, std::string finding, std::string_view to = {});
    void skip(Skip skip, std::string_view rule, std::string finding);

    // R38: whether the unit mails `kind`, and whether its country's law asks for it.
    [[nodiscard]] bool is_on(Kind kind) const { return settings.mails(unit, kind); }
    [[nodiscard]] bool is_required(Kind kind) const { return ilbud::is_required(settings.platform.kind(kind), unit.country); }
    // R4, R38: whether the unit mails `kind`, and for events of this origin; skips it if not.
    bool is_mailed(Kind kind);
    // Plans one mail unless R3, R5 or R6 forbids it or the address has a mail of this event already; `rule` is the one that
    // names the recipients. The mail stays where it is until the next call.
    PlannedMail* plan(Kind kind, const Recipient& recipient, std::string_view rule);

    [[nodiscard]] Recipient subscriber() const;
    // Who pays, for receipts and invoices (R17, R21): the payer if there is one with an address, else the subscriber.
    [[nodiscard]] Recipient debtor() const;
    // R38: the one recipient of a kind that has one.
    [[nodiscard]] Recipient recipient_of(Kind kind) const {
        return traits_of(kind).to == MailTo::payer ? debtor() : subscriber();
    }
    [[nodiscard]] Time now() const { return now_; }

    Decision take() { return std::move(decision_); }

 private:
    [[nodiscard]] bool is_account_address(std::string_view email) const;
    bool sender_allowed(Kind kind, std::string_view from, std::string_view to);
    bool origin_mails(Kind kind);
    void refuse(Kind kind, Reason reason, std::string_view rule, std::string finding, std::string_view to = {});
    PlannedMail& add(Kind kind, const Recipient& recipient, const std::string& from, const std::string& from_name);

    Time now_;
    bool reply_to_allowed_;
    std::unordered_set<std::string> seen_;  // suppression keys of the recipients so far; only one kind of an event gets this far
    Decision decision_;
};

// R36: what a waiting mail is about, and what a newer event makes pointless.
std::string confirmation_topic(const Unit& unit, std::string_view order);
std::string request_topic(const Unit& unit, std::string_view subscription);
std::string welcome_topic(const Unit& unit, std::string_view subscription);
// Of a kind of which a later one about the same replaces one that waits.
std::string kind_topic(Kind kind, const Unit& unit, std::string_view about);

// R23: of one key at most one mail counts as mailed.
std::string invoice_key(const Unit& unit, std::string_view number, std::string_view to);

// What makes two spellings of an address in wire form one mailbox.
std::string mailbox_of(std::string_view email);

Result<void> decide_created(Builder& builder, const SignUp& sign_up);
Result<void> decide_confirmed(Builder& builder, const SignUp& sign_up);
void decide_ending(Builder& builder, const Ending& ending, Kind kind);
void decide_receipt(Builder& builder, const Charge& charge);
// R19: whether it is a test that mails no `kind`; skips it if so.
bool skips_test_charge(Builder& builder, const Charge& charge, Kind kind);
void decide_invoice(Builder& builder, const Invoice& invoice);
// R22: the addresses of copies that are none.
void skip_refused_copies(Builder& builder, const Invoice& invoice, Kind kind);
// R38: the further kinds.
void decide_payment_failed(Builder& builder, const Charge& charge);
void decide_reminder(Builder& builder, const Invoice& invoice);
// R36: those of an invoice of which nothing is open any more, of every level.
void withdraw_reminders(Builder& builder, std::string_view invoice);
void decide_renewal(Builder& builder, const Renewal& renewal);
void decide_price_change(Builder& builder, const PriceChange& change);
void decide_coming_end(Builder& builder, const ComingEnd& end);
void decide_withdrawal(Builder& builder, const Withdrawal& withdrawal);
void decide_changed_subscriber(Builder& builder, const SubscriberChange& before);
void decide_expiring_card(Builder& builder, const ExpiringCard& card);
void decide_login(Builder& builder, const LoginRequest& request);
void decide_known_address(Builder& builder, const KnownAddress& known);
Result<Decision> decide_notice(const Settings& settings, const Event& event, const AccountNotice& notice, Time now);

}  // namespace ilbud
