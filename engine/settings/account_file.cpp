// Reads an account file: customer services, units and forms, with what they inherit, and the references between them.
// Everything is read before anything is judged, in the order in which it is needed: the account, whose addresses
// senders must keep away from, then customer services, which units refer to, then forms and units. A reference is
// judged only where both its ends could be read: one typing error must not come back as ten findings.
// Inheritance is a copy: the table of defaults is read into a value, and every [[…]] begins as a copy of it and
// overwrites what it says itself. So nothing later asks where a value came from.
#include <cmath>

#include "files.hpp"
#include "ilbud/base/colour.hpp"
#include "options.hpp"

namespace ilbud::settings_file {
namespace {

constexpr std::size_t variables_max = 100;  // of one unit

class AccountReader {
 public:
    AccountReader(const Table& file, Settings& settings, FirstSeen& first_seen, bool platform_fits)
        : file_(file), settings_(settings), first_seen_(first_seen), platform_fits_(platform_fits) {}

    void read();

 private:
    Account read_head(const Table& table);
    void read_customer_services(const Table& head);
    void read_forms(const Table& head);
    void read_units(const Table& head);
    void check_unit(const Table& table, Unit& unit) const;
    void check_customer_service(const Table& table, Unit& unit) const;
    void check_methods(const Table& table, const Unit& unit) const;

    const Table& file_;
    Settings& settings_;
    FirstSeen& first_seen_;
    bool platform_fits_;  // else what it names cannot be judged
    // Customer services and forms are named from within the account; accounts and units over all files,
    // since events name units alone.
    FirstSeen first_seen_here_;  // what must be unique in the account only
    Account account_;
    bool services_fit_ = true;  // else a unit's reference cannot be judged
};

// The second one with the same id is read on all the same, so that its other mistakes show, but it never replaces the first.
void claim_id(FirstSeen& seen, const Table& table, std::string_view what, const std::string& id) {
    if (!id.empty()) claim(seen, table, "id", what, id);  // missing or malformed it is a finding already
}

// R3: the account's own addresses are for messages to it, never the sender of a subscriber's mail.
// Compared as written by check_address: domains in lower case, local parts as they stand. Policy compares again, more
// widely, event by event (builder.cpp).
void keep_apart(const Table& table, const Account& account, std::string_view option, const std::string& address) {
    if (address.empty() || (address != account.email && address != account.contact_email)) return;
    table.refuse(
        option, "invalid_value",
        "expected another address than the account's own, which stand in no subscriber's mail; found \"" + address + '"');
}

// By value: the copy of the defaults is what the table's own options are read over.
CustomerService read_customer_service(const Table& table, CustomerService service, Scope scope) {
    read_options(table, service, {"welcome_message", "mail_origins"}, scope);
    read_options(table.section("welcome_message"), service.welcome_message);
    read_options(table.section("mail_origins"), service.mail_origins);
    return service;
}

Form read_form(const Table& table, Form form, Scope scope) {
    read_options(table, form, {}, scope);
    // The default of welcome_to is not enough to tell a setting from none, and for a gift the difference counts (R10).
    // A list in form_defaults is said as well.
    form.welcome_to_given = form.welcome_to_given || table.has("welcome_to");
    return form;
}

// Free names, so there is no row for each. One that is empty covers an inherited one.
void read_variables(const Table& table, std::map<std::string, std::string, std::less<>>& variables) {
    for (const Member& member : table.members()) {
        std::string value;
        if (!check_word(member.name)) {
            table.refuse(member.name, "invalid_value",
                         "expected a name of " + std::string(a_word.what) + ", found " + member.name);
        } else if (const auto fits = a_line.or_empty().read(member.node, value); !fits) {
            table.refuse(member.name, fits.error().code, fits.error().detail);
        } else if (variables.size() >= variables_max && !variables.contains(member.name)) {
            table.refuse(member.name, "out_of_range", "expected at most " + std::to_string(variables_max) + " variables");
        } else {
            variables[member.name] = std::move(value);
        }
    }
}

Unit read_unit(const Table& table, Unit unit, Scope scope) {
    read_options(table, unit, {"branding", "kinds", "variables"}, scope);
    read_variables(table.section("variables"), unit.variables);
    read_options(table.section("branding"), unit.branding);
    read_options(table.section("kinds"), unit.kinds);
    return unit;
}

// An account whose id is missing is stored under ""; it leaves with the whole value, as
// load_settings returns findings instead.
void AccountReader::read() {
    read_tables_only(file_, {"account", "customer_service", "unit", "form"});
    const Table head = file_.section("account");
    account_ = read_head(head);
    read_customer_services(head);
    read_forms(head);
    read_units(head);
    auto id = account_.id;
    settings_.accounts.emplace(std::move(id), std::move(account_));
}

Account AccountReader::read_head(const Table& table) {
    Account account;
    read_options(table, account, {"customer_service_defaults", "form_defaults", "unit_defaults"});
    require_options<Account>(table);
    // Here and not where it is used, so that nobody forgets it.
    if (account.contact_email.empty()) account.contact_email = account.email;
    claim_id(first_seen_, table, "account", account.id);
    return account;
}

void AccountReader::read_customer_services(const Table& head) {
    const auto before = head.findings();
    const Table defaults = head.section("customer_service_defaults");
    // Read once for its findings and its values; an id in it is unknown there.
    CustomerService as_the_rows_say;
    as_the_rows_say.mail_origins = origins_of(settings_.platform.kinds);
    const auto usual = read_customer_service(defaults, as_the_rows_say, Scope::defaults);
    for (const Table& table : file_.tables("customer_service")) {
        auto service = read_customer_service(table, usual, Scope::itself);
        require_options<CustomerService>(table, &defaults);
        claim_id(first_seen_here_, table, "customer service", service.id);
        keep_apart(table, account_, "support_email", service.support_email);
        keep_apart(table, account_, "reply_to", service.reply_to);
        // Either may come from the defaults, so they are judged together, at the end.
        if (!service.unsubscribe_kinds.empty() && service.unsubscribe_url.empty())
            table.refuse("unsubscribe_url", "missing_option", "is missing; unsubscribe_kinds needs it");
        auto id = service.id;
        account_.customer_services.emplace(std::move(id), std::move(service));
    }
    // The findings of a file are counted and not marked: a number that has not changed means that all of this fits.
    services_fit_ = head.findings() == before;
}

void AccountReader::read_forms(const Table& head) {
    const auto usual = read_form(head.section("form_defaults"), {}, Scope::defaults);
    for (const Table& table : file_.tables("form")) {
        auto form = read_form(table, usual, Scope::itself);
        // Without the defaults: the id is the only thing a form must have, and it cannot be inherited.
        require_options<Form>(table);
        claim_id(first_seen_here_, table, "form", form.id);
        auto id = form.id;
        account_.forms.emplace(std::move(id), std::move(form));
    }
}

void AccountReader::read_units(const Table& head) {
    const Table defaults = head.section("unit_defaults");
    const auto before = head.findings();
    // Nobody said which: all that there are, the settings' own among them.
    Unit all_methods;
    all_methods.methods = names_of(settings_.platform.methods);
    const auto usual = read_unit(defaults, all_methods, Scope::defaults);
    const bool defaults_fit = head.findings() == before;
    for (const Table& table : file_.tables("unit")) {
        const auto until_now = table.findings();
        auto unit = read_unit(table, usual, Scope::itself);
        require_options<Unit>(table, &defaults);
        claim_id(first_seen_, table, "unit", unit.id);
        unit.account = account_.id;
        // What did not fit kept its default, which must not be judged against what the unit says.
        if (defaults_fit && table.findings() == until_now) check_unit(table, unit);
        auto id = unit.id;
        settings_.units.emplace(std::move(id), std::move(unit));
    }
}

void AccountReader::check_unit(const Table& table, Unit& unit) const {
    if (services_fit_) check_customer_service(table, unit);
    keep_apart(table, account_, "invoice_email", unit.invoice_email);
    if (platform_fits_) check_methods(table, unit);
    // The two colours may come from different places, one of them from the defaults of settings.hpp.
    const auto ratio = contrast(unit.branding.colour, unit.branding.colour_text);
    if (ratio < readable_contrast)
        table.section("branding")
            .refuse("colour_text", "invalid_value",
                    // Rounded down: 4.497 must not be told as 4.5 and refused.
                    "expected a contrast to colour of at least 4.5, found " + Number{}.show(std::floor(ratio * 100) / 100) +
                        " (" + unit.branding.colour_text + " on " + unit.branding.colour + ')');
}

// The preference is judged among the unit's methods: one that is known and not allowed would never be used.
void AccountReader::check_methods(const Table& table, const Unit& unit) const {
    const auto known = names_of(settings_.platform.methods);
    const std::vector<std::string_view> names(known.begin(), known.end());
    for (const auto& method : unit.methods) {
        if (find_method(settings_.platform.methods, method) != nullptr) continue;
        const auto near = suggestion(method, names);
        table.refuse("methods", "unknown_reference",
                     "there is no invoicing method \"" + method + '"' + (near.empty() ? "; there are: " + listed(names) : near));
        return;
    }
    if (std::find(unit.methods.begin(), unit.methods.end(), unit.preferred_method) == unit.methods.end())
        table.refuse("preferred_method", "invalid_value",
                     "expected one of methods, " + List<Text>{a_word, 1, 1}.show(unit.methods) + ", found \"" +
                         unit.preferred_method + '"');
}

// Fills in the only one there is, so that Settings::customer_service_of never meets an empty reference.
void AccountReader::check_customer_service(const Table& table, Unit& unit) const {
    const auto& all = account_.customer_services;
    if (unit.customer_service.empty()) {
        if (all.size() == 1)
            unit.customer_service = all.begin()->first;
        else
            table.refuse(
                "customer_service", "missing_option",
                all.empty() ? "expected a [[customer_service]] in this file" : "is missing; the account has more than one");
        return;
    }
    if (all.contains(unit.customer_service)) return;
    std::vector<std::string_view> known;
    known.reserve(all.size());
    for (const auto& [id, service] : all) known.push_back(id);
    const auto near = suggestion(unit.customer_service, known);
    table.refuse("customer_service", "unknown_reference",
                 "no customer service of this account has the id \"" + unit.customer_service + '"' +
                     (near.empty() ? "; there are: " + listed(known) : near));
}

}  // namespace

void read_account(const Table& file, Settings& settings, FirstSeen& first_seen, bool platform_fits) {
    AccountReader(file, settings, first_seen, platform_fits).read();
}

}  // namespace ilbud::settings_file
