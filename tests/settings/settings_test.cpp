// The settings as values: who finds whom, and what a minimal set comes to.
#include "ilbud/settings/settings.hpp"

#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("unit: the unit an event names is found, an unknown one is null") {
    const auto settings = SettingsFolder().settings();
    REQUIRE(settings.unit("daily") != nullptr);
    CHECK(settings.unit("daily")->name == "The Daily Ltd");
    CHECK(settings.unit("Daily") == nullptr);
    CHECK(settings.unit("") == nullptr);
}

TEST_CASE("account_of, customer_service_of and form_of: each belongs to the unit's own account") {
    SettingsFolder folder(least_platform, least_account + "[[form]]\nid = \"web\"\n");
    folder.write("accounts/other.toml",
                 "[account]\nid = \"other\"\nemail = \"it@weekly.example\"\n"
                 "[[customer_service]]\nid = \"desk\"\nname = \"The Weekly\"\nsupport_email = \"desk@weekly.example\"\n"
                 "[[unit]]\nid = \"weekly\"\nname = \"The Weekly Ltd\"\ninvoice_email = \"invoice@weekly.example\"\n"
                 "[[form]]\nid = \"web\"\nemail_twice = true\n[[form]]\nid = \"paper\"\n");
    const auto settings = folder.settings();
    const auto& weekly = *settings.unit("weekly");
    CHECK(settings.account_of(weekly).id == "other");
    CHECK(settings.customer_service_of(weekly).name == "The Weekly");
    CHECK(settings.form_of(weekly, "web")->email_twice);
    const auto& daily = *settings.unit("daily");
    CHECK(settings.account_of(daily).id == "acme");
    CHECK_FALSE(settings.form_of(daily, "web")->email_twice);
    CHECK(settings.form_of(daily, "paper") == nullptr);
}

TEST_CASE("settings: what is not said has the product's default on the platform") {
    SettingsFolder folder;
    auto platform = folder.settings().platform;
    Platform expected;
    expected.folder = folder.path("ilbud.toml").parent_path();
    expected.templates = (expected.folder / "../templates").lexically_normal();
    expected.intake.socket = folder.path("run/ilbud.sock");
    expected.intake.control = folder.path("run/control.sock");
    expected.queue.folder = folder.path("queue");
    expected.dkim.key_folder = folder.path("dkim");
    Relay relay;
    relay.name = "local";
    relay.host = "127.0.0.1";
    expected.delivery.relays = {relay};
    expected.dkim.selectors = {
        {{"s1", "s1._domainkey.ilbud.example", folder.path("s1.pem")}, {"s2", "s2._domainkey.ilbud.example", {}}}};
    CHECK(platform.intake == expected.intake);
    CHECK(platform.queue == expected.queue);
    CHECK(platform.delivery == expected.delivery);
    CHECK(platform.dkim == expected.dkim);
    CHECK(platform == expected);
}

TEST_CASE("settings: what is not said has the product's default in an account") {
    const auto settings = SettingsFolder(least_platform, least_account + "[[form]]\nid = \"web\"\n").settings();
    Account account;
    account.id = "acme";
    account.email = "it@daily.example";
    account.contact_email = "it@daily.example";
    CustomerService service;
    service.id = "desk";
    service.name = "The Daily";
    service.support_email = "desk@daily.example";
    account.customer_services = {{"desk", service}};
    Form form;
    form.id = "web";
    account.forms = {{"web", form}};
    Unit unit;
    unit.id = "daily";
    unit.account = "acme";
    unit.customer_service = "desk";
    unit.name = "The Daily Ltd";
    unit.invoice_email = "invoice@daily.example";
    CHECK(settings.accounts == std::map<std::string, Account, std::less<>>{{"acme", account}});
    CHECK(settings.units == std::map<std::string, Unit, std::less<>>{{"daily", unit}});
}

TEST_CASE("R4: by default an administrative change mails nobody, receipts and invoices go out for every origin") {
    const CustomerService service;
    const auto sends = [&](Kind kind, Origin origin) {
        return service.mail_origins[static_cast<std::size_t>(kind)].contains(origin);
    };
    for (const auto kind : {Kind::confirmation, Kind::welcome}) {
        CHECK(sends(kind, Origin::form));
        CHECK(sends(kind, Origin::self_service));
        CHECK(sends(kind, Origin::api));
        for (const auto origin : {Origin::publisher, Origin::import, Origin::system}) CHECK_FALSE(sends(kind, origin));
    }
    for (const auto kind : {Kind::stopped, Kind::cancelled}) {
        CHECK(sends(kind, Origin::self_service));
        for (const auto origin : {Origin::form, Origin::publisher, Origin::api, Origin::import, Origin::system})
            CHECK_FALSE(sends(kind, origin));
    }
    for (const auto kind : {Kind::receipt, Kind::invoice})
        for (std::size_t origin = 0; origin < words<Origin>.size(); ++origin) CHECK(sends(kind, static_cast<Origin>(origin)));
}
