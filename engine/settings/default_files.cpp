// Writes the commented default files from the rows of the option table and an example of what has no default.
// What has no default needs an example, as a file must load to be believed: tests load the printed files, also with
// every line put in force. Names are those of RFC 2606 (.example), which belong to nobody.
#include "ilbud/settings/load.hpp"
#include "options.hpp"

namespace ilbud {
namespace {

using namespace settings_file;

// The first selector has a key and the second none: that is how a platform begins (R27, R30).
Platform example_platform() {
    // Only what has no default is set; everything else shows the product's.
    Platform platform;
    platform.spf_includes = {"_spf.ilbud.example"};
    Relay relay;
    relay.name = "local";
    // On the same machine: a relay that needs neither a password nor a certificate.
    relay.host = "127.0.0.1";
    platform.delivery.relays = {relay};
    platform.dkim.selectors = {
        {{"ilbud1", "ilbud1._domainkey.ilbud.example", "dkim/ilbud1.pem"}, {"ilbud2", "ilbud2._domainkey.ilbud.example", {}}}};
    platform.notices.from = "notices@ilbud.example";
    platform.notices.reply_to = "support@ilbud.example";
    return platform;
}

std::string listed_kinds() {
    std::string names;
    for (const auto name : words<Kind>)
        names += (names.empty() ? "" : name == words<Kind>.back() ? " and " : ", ") + std::string(name);
    return names;
}

// The table of relays comes between the options of [delivery] and its sub-tables: TOML ends a table at the next
// heading, so plain options must come first.
void print_delivery(Page& page, const DeliverySettings& delivery) {
    page.table("[delivery]", "How mail leaves.");
    print_options(page, delivery);
    page.table("[[delivery.relay]]", "A server that takes our mail. There may be several, in order of preference; at least one.");
    print_options(page, delivery.relays.front());
    page.table("[delivery.deadlines]", "How long each step of a session may take (RFC 5321, 4.5.3.2).");
    print_options(page, delivery.deadlines);
    page.table(
        "[delivery.brake]",
        "A relay that is out of order may say of everybody that the mailbox does not exist. An account of which it says so "
        "too often is held: its mails wait, nobody more is suppressed, `ilbud status` and the log tell, and so does a mail "
        "to notices.operator. `ilbud release --account ID` lets them go.");
    print_options(page, delivery.brake);
    page.table("[delivery.retry.default]",
               "When a mail is tried again. Each option may also stand in [delivery.retry.<kind>] for one kind alone, which then "
               "wins; the "
               "kinds are " +
                   listed_kinds() +
                   ". A mail whose event says until when it is of use (a link to log in, a renewal) is given "
                   "up then, if that is earlier.");
    print_options(page, RetryPolicy{});
    // Of the kinds, only those whose product default differs are shown, and as comments: they hold without being said.
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
        Page differing;
        print_changed(differing, delivery.retry[kind]);
        const auto lines = differing.take();
        if (lines.empty()) continue;
        page.table("[delivery.retry." + std::string(words<Kind>[kind]) + ']', "Defaults of this kind's own:");
        page.commented_out(lines);
    }
}

// Written on a page of its own, so that the whole table can be put behind '#'.
template <class S>
void print_example(Page& page, std::string_view heading, const S& example) {
    for (const auto& option : options<S>())
        page.comment(std::string(option.name) + ": " + std::string(option.help) + " Allowed: " + option.allowed + '.');
    Page table;
    table.line(heading);
    for (const auto& option : options<S>()) table.option(option.name, option.show(example), true);
    page.commented_out(table.take());
}

void print_kind(Page& page) {
    std::string off, required;
    for (const auto& row : shipped_kinds()) {
        if (!row.on) off += (off.empty() ? "" : ", ") + std::string(to_word(row.kind));
        for (const auto& place : row.required_by_law)
            required += (required.empty() ? "" : ", ") + std::string(to_word(row.kind)) + " (" + place + ")";
    }
    page.empty_line();
    page.comment(
        "What is changed of a kind of mail, for all accounts. Units mail all kinds but those that are shipped as off, which "
        "are " +
        off + "; [unit.kinds] says otherwise. Taken to be required by law are " + required +
        ", in units that tell their country.");
    auto row = shipped_kinds()[static_cast<std::size_t>(Kind::payment_failed)];
    row.on = true;
    print_example(page, "[[kind]]", row);
}

// Same order, same reason: [dkim] with its own options, then what lies below it.
void print_dkim(Page& page, const DkimSettings& dkim) {
    page.table("[dkim]",
               "How mail is signed. Exactly two selectors, so that keys can change without the customers: their DNS names both, "
               "one signs, "
               "the other is idle or waits with the next key.");
    print_options(page, dkim);
    page.table("[[dkim.selector]]");
    print_options(page, dkim.selectors[0]);
    page.table("[[dkim.selector]]");
    // Prose stands above the first of several alike, the others are bare.
    print_changed(page, dkim.selectors[1]);
    page.table("[dkim.rotation]", "How keys change: a new one is published, seen, signs; then the old one retires.");
    print_options(page, dkim.rotation);
    page.table("[dkim.nsupdate]", "For publish = \"nsupdate\": dynamic updates (RFC 2136) of the zone that holds the targets.");
    print_options(page, dkim.nsupdate);
    // The shortest heading: the row itself says what the command learns.
    page.table("[dkim.hook]", "For publish = \"hook\".");
    print_options(page, dkim.hook);
    page.empty_line();
    page.comment("A second signature beside the first, with an Ed25519 key (RFC 8463), of its own name and target:");
    // Written on a page of its own, so that the whole table can be put behind '#'.
    Page second;
    second.line("[dkim.ed25519]");
    print_changed(second, DkimSelector{"ilbud-ed", "ilbud-ed._domainkey.ilbud.example", "dkim/ilbud-ed.pem"});
    page.commented_out(second.take());
}

void print_method(Page& page) {
    std::string shipped;
    for (const auto& method : shipped_methods())
        shipped += (shipped.empty() ? "" : ", ") + method.name + " (" + std::string(to_word(method.mails)) + ')';
    page.empty_line();
    page.comment(
        "An invoicing method. There may be several; one of a new name is a further one, one of a shipped name changes that. "
        "Shipped are " +
        shipped + ". A debtor with an EAN number or another electronic address is always invoiced by " +
        std::string(electronic_method) + '.');
    print_example(page, "[[method]]", InvoicingMethod{"girokort", MailedBy::always, "girokort"});
}

}  // namespace

// The order is that of a mail: in, kept, out, signed; then the DNS and the process.
std::string default_platform_file() {
    const Platform platform = example_platform();
    Page page;
    page.comment("Settings of the platform. Beside this file, accounts/*.toml hold the accounts.");
    page.comment("A line that begins with '#' and an option's name shows the default; take the '#' away to change it.");
    page.comment(
        "Durations are written \"250ms\", \"30s\", \"5m\", \"1h30m\", \"400d\"; sizes \"4 KiB\", \"1 MiB\", \"2 GiB\" or in "
        "bytes.");
    page.comment("Relative paths start at this file's folder.");
    page.table("[platform]");
    print_options(page, platform);
    page.table("[intake]", "Where events come in.");
    print_options(page, platform.intake);
    page.table("[queue]", "Where events and mails are kept.");
    print_options(page, platform.queue);
    print_delivery(page, platform.delivery);
    print_dkim(page, platform.dkim);
    page.table("[dns]", "How the DNS is asked about the domains that mail is sent from.");
    print_options(page, platform.dns);
    page.table(
        "[notices]",
        "Mail from the platform to an account's contact_email: its DNS is broken or in order again, a key change waits for "
        "it, too much of its mail bounces.");
    print_options(page, platform.notices, NoticeSettings{});
    page.table("[domains]",
               "The watch over the domains that mail is sent from: whose keys they show, and what signs their mail.");
    print_options(page, platform.domains);
    page.table("[daemon]", "The process.");
    print_options(page, platform.daemon);
    print_method(page);
    print_kind(page);
    return page.take();
}

namespace {

// The sub-tables belong to the [[customer_service]] printed last, which is how TOML reads them.
void print_customer_service(Page& page, const CustomerService& service) {
    page.table("[[customer_service]]",
               "Who speaks to subscribers. There may be several. Options that several share may stand in "
               "[account.customer_service_defaults]; what stands here wins.");
    print_options(page, service);
    page.table("[customer_service.welcome_message]",
               "Text at the top of the welcome mail (Velkomstbesked), by language. The automatic note always follows it.");
    print_options(page, service.welcome_message);
    page.table("[customer_service.mail_origins]",
               "Which origins of an event send which mail, so that an editor's or an importer's changes need not mail anybody.");
    print_options(page, service.mail_origins, CustomerService{}.mail_origins);
}

// Test mode stays off and its domains are shown: the line to change is right above them.
Account example_account() {
    Account account;
    account.id = "dagbladet-eksempel";
    account.email = "drift@dagbladet.example";
    account.contact_email = "anne.holm@dagbladet.example";
    account.test_domains = {"dagbladet.example"};
    return account;
}

// The address has the same domain as the unit's invoices: one domain to set up in the DNS is enough to begin with.
CustomerService example_service() {
    CustomerService service;
    service.id = "kundeservice";
    service.name = "Dagbladet Eksempel Kundeservice";
    service.support_email = "kundeservice@dagbladet.example";
    service.self_service_url = "https://selvbetjening.dagbladet.example/";
    // Each ends in a line end, so that the file shows TOML's form for texts of several lines.
    service.welcome_message = {
        {Locale::da,
         "Tak fordi du holder avis hos os. Avisen ligger hos dig senest kl. 6.30 på hverdage "
         "og kl. 8 i weekenden.\n"},
        {Locale::en, "Thank you for subscribing. Your paper arrives by 6.30 on weekdays and by 8 at weekends.\n"}};
    return service;
}

Unit example_daily() {
    Unit unit;
    unit.id = "dagbladet";
    unit.name = "Dagbladet Eksempel A/S";
    unit.locales = {Locale::en};
    unit.invoice_email = "faktura@dagbladet.example";
    // 50 kr. in øre, since that is the unit people get wrong.
    unit.triviality_limit = 5000;
    unit.variables = {{"cvr", "10000009"}, {"phone_hours", "man.–fre. kl. 8–16"}};
    unit.branding.logo_url = "https://static.dagbladet.example/logo.png";
    unit.branding.logo_alt = "Dagbladet Eksempel";
    unit.branding.colour = "#0b3d6e";
    return unit;
}

// Differs from the first in few options: the second table shows how short one can be.
Unit example_weekly() {
    Unit unit;
    unit.id = "ugemagasinet";
    unit.name = "Ugemagasinet Eksempel ApS";
    unit.invoice_email = "faktura@ugemagasinet.example";
    unit.methods = {"email", "card"};
    unit.branding.colour = "#7a1f3d";
    return unit;
}

}  // namespace

// The help of the rows has the Danish terms in brackets: those who set an account up know them from their own system.
std::string default_account_file() {
    Page page;
    page.comment("Settings of one account: its customer services, business units and sign-up forms. One file an account.");
    page.comment("A line that begins with '#' and an option's name shows the default; take the '#' away to change it.");
    page.table("[account]");
    print_options(page, example_account());
    print_customer_service(page, example_service());
    page.table(
        "[[unit]]",
        "A business unit: a company number with its own invoices. There may be several. Options that several share may stand in "
        "[account.unit_defaults]; what stands here wins.");
    print_options(page, example_daily());
    page.table("[unit.branding]", "How its mail looks.");
    print_options(page, example_daily().branding);
    page.table("[unit.kinds]",
               "Which mails it sends, beside what the customer service says. Those that the law of its country asks for need not "
               "be said.");
    print_options(page, example_daily().kinds);
    page.table("[unit.variables]",
               "Texts of the unit's own, of one line each, for all of its templates: `cvr` is {{unit.variables.cvr}} there. "
               "Names are of 1 to 40 "
               "small letters, digits and '_'. Those that several units share may stand in [account.unit_defaults.variables].");
    for (const auto& [name, value] : example_daily().variables) page.option(name, toml_text(value), true);
    page.table("[[unit]]");
    print_changed(page, example_weekly());
    page.table("[unit.branding]");
    print_changed(page, example_weekly().branding);
    page.table("[[form]]",
               "A sign-up form. There may be several. Options that several share may stand in [account.form_defaults]; what "
               "stands here wins.");
    Form paper;
    paper.id = "hverdag";
    print_options(page, paper);
    page.table("[[form]]");
    Form trial;
    trial.id = "proeveabonnement";
    trial.email_twice = true;
    trial.known_email = KnownEmail::require_login;
    trial.confirm_first = true;
    print_changed(page, trial);
    return page.take();
}

}  // namespace ilbud
