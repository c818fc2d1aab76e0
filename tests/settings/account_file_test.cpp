// Account files: options, inheritance, references, and every class of mistake with its line.
#include "ilbud/settings/one_click_url.hpp"
#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const std::string head = "[account]\nid = \"acme\"\nemail = \"it@daily.example\"\n";

std::string with_unit(const std::string& lines) {
    return head + least_service + least_unit + lines;
}
std::string with_service(const std::string& lines) {
    return head + least_unit + least_service + lines;
}

}  // namespace

TEST_CASE("load_settings: takes every option of an account") {
    const auto settings = SettingsFolder(least_platform, R"(
[account]
id = "acme"
email = "it@Daily.example"
contact_email = "anne@daily.example"
customer_term = "member"
relation_term = "membership"
test_mode = true
test_domains = ["Daily.example", "xn--rdgrd-vuad.example"]
[[customer_service]]
id = "desk"
name = "Dagbladet Æ"
support_email = "desk@daily.example"
self_service_url = "https://self.daily.example:8443/start?x=1"
login = ["email"]
mail_on_start = false
mail_on_stop = false
reply_to = "answers@daily.example"
unsubscribe_kinds = ["welcome"]
unsubscribe_url = "https://self.daily.example/{unit}/leave?m={mail}&s={subscriber}"
[customer_service.welcome_message]
da = "Hej\r\nmed dig"
en = ""
[customer_service.mail_origins]
stopped = ["self_service", "publisher"]
welcome = []
[[unit]]
id = "daily.1"
name = "Dagbladet A/S"
customer_service = "desk"
language = "sv"
locales = ["en", "da"]
time_zone = "Europe/Stockholm"
invoice_email = "faktura@rødgrød.example"
methods = ["card", "email"]
preferred_method = "card"
card_receipts = false
triviality_limit = 5000
[unit.branding]
logo_url = "https://static.daily.example/l.png"
logo_alt = "Logo"
colour = "#FFffff"
colour_text = "#000000"
[[form]]
id = "web"
email_required = false
email_twice = true
known_email = "off"
welcome_mail = false
welcome_to = ["payer", "subscriber"]
confirm_first = true
)")
                              .settings();
    const auto& unit = *settings.unit("daily.1");
    const auto& account = settings.account_of(unit);
    CHECK(account.email == "it@daily.example");
    CHECK(account.contact_email == "anne@daily.example");
    CHECK(account.customer_term == CustomerTerm::member);
    CHECK(account.relation_term == RelationTerm::membership);
    CHECK(account.test_mode);
    CHECK(account.test_domains == std::vector<std::string>{"daily.example", "xn--rdgrd-vuad.example"});
    const auto& service = settings.customer_service_of(unit);
    CHECK(service.name == "Dagbladet Æ");
    CHECK(service.self_service_url == "https://self.daily.example:8443/start?x=1");
    CHECK(service.login == WordSet<Login>{Login::email});
    CHECK_FALSE(service.mail_on_start);
    CHECK_FALSE(service.mail_on_stop);
    CHECK(service.reply_to == "answers@daily.example");
    CHECK(service.unsubscribe_kinds == WordSet<Kind>{Kind::welcome});
    CHECK(service.unsubscribe_url == "https://self.daily.example/{unit}/leave?m={mail}&s={subscriber}");
    CHECK(service.welcome_message == Texts{{Locale::da, "Hej\nmed dig"}});
    CHECK(service.mail_origins[static_cast<std::size_t>(Kind::stopped)] ==
          WordSet<Origin>{Origin::self_service, Origin::publisher});
    CHECK(service.mail_origins[static_cast<std::size_t>(Kind::welcome)].empty());
    CHECK(service.mail_origins[static_cast<std::size_t>(Kind::cancelled)] == WordSet<Origin>{Origin::self_service});
    CHECK(unit.language == Locale::sv);
    CHECK(unit.locales == std::vector<Locale>{Locale::en, Locale::da});
    CHECK(unit.time_zone == "Europe/Stockholm");
    CHECK(unit.invoice_email == "faktura@xn--rdgrd-vuad.example");
    CHECK(unit.methods == std::vector<std::string>{"card", "email"});
    CHECK(unit.preferred_method == "card");
    CHECK_FALSE(unit.card_receipts);
    CHECK(unit.triviality_limit == 5000);
    CHECK(unit.branding == Branding{"https://static.daily.example/l.png", "Logo", "#FFffff", "#000000"});
    CHECK(*settings.form_of(unit, "web") ==
          Form{"web", false, true, KnownEmail::off, false, {Addressee::payer, Addressee::subscriber}, true, true});
}

TEST_CASE("inheritance: what stands nearer wins over the account's defaults, option by option") {
    const auto settings = SettingsFolder(least_platform, R"(
[account]
id = "acme"
email = "it@daily.example"
[account.customer_service_defaults]
support_email = "desk@daily.example"
mail_on_stop = false
[account.customer_service_defaults.welcome_message]
da = "Hej"
en = "Hello"
[account.customer_service_defaults.mail_origins]
welcome = ["form"]
[account.unit_defaults]
invoice_email = "invoice@daily.example"
customer_service = "two"
language = "en"
card_receipts = false
[account.unit_defaults.branding]
colour = "#0b3d6e"
logo_alt = "Daily"
[account.form_defaults]
email_twice = true
welcome_to = ["payer"]
[[customer_service]]
id = "one"
name = "One"
mail_on_stop = true
[[customer_service]]
id = "two"
name = "Two"
support_email = "two@daily.example"
[customer_service.welcome_message]
da = "Davs"
en = ""
[customer_service.mail_origins]
invoice = ["system"]
[[unit]]
id = "a"
name = "A"
[[unit]]
id = "b"
name = "B"
customer_service = "one"
language = "nb"
[unit.branding]
colour = "#7a1f3d"
[[form]]
id = "first"
[[form]]
id = "second"
email_twice = false
)")
                              .settings();
    const auto& a = *settings.unit("a");
    const auto& b = *settings.unit("b");
    CHECK(a.invoice_email == "invoice@daily.example");
    CHECK(a.language == Locale::en);
    CHECK(b.language == Locale::nb);
    CHECK_FALSE(b.card_receipts);
    CHECK(a.branding.colour == "#0b3d6e");
    CHECK(b.branding == Branding{"", "Daily", "#7a1f3d", "#ffffff"});
    const auto& two = settings.customer_service_of(a);
    const auto& one = settings.customer_service_of(b);
    CHECK(one.support_email == "desk@daily.example");
    CHECK(one.mail_on_stop);
    CHECK_FALSE(two.mail_on_stop);
    CHECK(one.welcome_message == Texts{{Locale::da, "Hej"}, {Locale::en, "Hello"}});
    CHECK(two.welcome_message == Texts{{Locale::da, "Davs"}});
    CHECK(two.mail_origins[static_cast<std::size_t>(Kind::welcome)] == WordSet<Origin>{Origin::form});
    CHECK(two.mail_origins[static_cast<std::size_t>(Kind::invoice)] == WordSet<Origin>{Origin::system});
    CHECK(settings.form_of(a, "first")->email_twice);
    CHECK_FALSE(settings.form_of(a, "second")->email_twice);
    CHECK(settings.form_of(a, "second")->welcome_to == std::vector<Addressee>{Addressee::payer});
}

TEST_CASE("R10: a form knows whether the settings say to whom its welcome goes") {
    const auto settings =
        SettingsFolder(least_platform, with_unit("[[form]]\nid = \"a\"\n[[form]]\nid = \"b\"\nwelcome_to = [\"subscriber\"]\n"))
            .settings();
    const auto& forms = settings.accounts.at("acme").forms;
    CHECK_FALSE(forms.at("a").welcome_to_given);
    CHECK(forms.at("b").welcome_to_given);
    const auto inherited = SettingsFolder(least_platform, head + "[account.form_defaults]\nwelcome_to = [\"payer\"]\n" +
                                                              least_service + least_unit + "[[form]]\nid = \"a\"\n")
                               .settings();
    CHECK(inherited.accounts.at("acme").forms.at("a").welcome_to_given);
}

TEST_CASE("load_settings: a required value that is missing is told with its table's line") {
    check_account({"[account] #!\nid = \"acme\"\n" + least_service + least_unit, "missing_option", "account.email: is missing"});
    check_account(
        {"[account] #!\nemail = \"a@daily.example\"\n" + least_service + least_unit, "missing_option", "account.id: is missing"});
    check_account(
        {head + least_service + "[[unit]] #!\nid = \"a\"\ninvoice_email = \"a@daily.example\"\n", "missing_option", "unit.name"});
    check_account({head + least_service + "[[unit]] #!\nid = \"a\"\nname = \"A\"\n", "missing_option", "unit.invoice_email"});
    check_account({head + least_unit + "[[customer_service]] #!\nid = \"a\"\nname = \"A\"\n", "missing_option",
                   "customer_service.support_email"});
    check_account(
        {head + least_unit +
             "[[customer_service]] #!\nid = \"a\"\nname = \"A\"\nsupport_email = \"a@daily.example\"\nunsubscribe_kinds = "
             "[\"welcome\"]\n",
         "missing_option", "customer_service.unsubscribe_url"});
    check_account({with_unit("[[form]] #!\n"), "missing_option", "form.id"});
    check_account(
        {with_unit("") + "[[unit]] #!\nname = \"B\"\ninvoice_email = \"b@daily.example\"\n", "missing_option", "unit.id"});
}

TEST_CASE("load_settings: a unit names a customer service of its own account, or has the only one") {
    check_account({with_unit("customer_service = \"desc\" #!\n"), "unknown_reference", "did you mean desk?"});
    check_account({with_unit("customer_service = \"elsewhere\" #!\n"), "unknown_reference", "there are: desk"});
    const std::string second = "[[customer_service]]\nid = \"two\"\nname = \"Two\"\nsupport_email = \"two@daily.example\"\n";
    check_account({head + least_service + second + "[[unit]] #!\nid = \"a\"\nname = \"A\"\ninvoice_email = \"a@daily.example\"\n",
                   "missing_option", "more than one"});
    check_account({head + "[[unit]] #!\nid = \"a\"\nname = \"A\"\ninvoice_email = \"a@daily.example\"\n", "missing_option",
                   "expected a [[customer_service]]"});
}

TEST_CASE("load_settings: a broken customer service is told once, not again at every unit") {
    check_account({head + least_unit + "[[customer_service]] #!\nname = \"A\"\nsupport_email = \"a@daily.example\"\n",
                   "missing_option", "customer_service.id"});
}

TEST_CASE("load_settings: ids are unique, units over the whole platform") {
    check_account({with_unit("[[form]]\nid = \"a\"\n[[form]]\nid = \"a\" #!\n"), "duplicate_name", "form.id"});
    check_account({with_unit("[[customer_service]]\nid = \"desk\" #!\nname = \"x\"\nsupport_email = \"x@daily.example\"\n"),
                   "duplicate_name", "acme.toml:6:6 already"});
    SettingsFolder folder;
    const std::string other = "[account]\nid = \"other\"\nemail = \"it@daily.example\"\n" + least_service +
                              "[[unit]]\nid = \"daily\" #!\nname = \"B\"\ninvoice_email = \"b@daily.example\"\n";
    folder.write("accounts/other.toml", other);
    check_one(folder, "accounts/other.toml", {other, "duplicate_name", "accounts/acme.toml:11:6 already"});
    const std::string same = "[account]\nid = \"acme\" #!\nemail = \"it@daily.example\"\n";
    folder.write("accounts/other.toml", same);
    check_one(folder, "accounts/other.toml", {same, "duplicate_name", "accounts/acme.toml:2:6 already"});
}

TEST_CASE("load_settings: a malformed value of an account is told with what was expected") {
    for (const auto& wrong : std::vector<Refused>{
             {"time_zone = \"Europe/Kopenhagen\" #!\n", "invalid_value", "an IANA time zone"},
             {"language = \"dk\" #!\n", "invalid_value", "one of \"da\", \"nb\""},
             {"locales = [\"da\", \"da\"] #!\n", "duplicate_name", "each value once"},
             {"methods = [] #!\n", "out_of_range", "it has 0"},
             {"methods = [\"email\", \"email\"] #!\n", "duplicate_name", "each value once"},
             {"methods = [\"fax\"] #!\n", "unknown_reference", "there is no invoicing method \"fax\"; there are: email, card"},
             {"methods = [\"e_mail\"] #!\n", "unknown_reference", "did you mean email?"},
             {"methods = [\"Fax\"] #!\n", "invalid_value", "small letters"},
             {"methods = [\"card\"]\npreferred_method = \"email\" #!\n", "invalid_value",
              "expected one of methods, [\"card\"], found \"email\""},
             {"triviality_limit = -1 #!\n", "out_of_range", "minor units"},
             {"[unit.branding]\nlogo_url = \"javascript:alert(1)\" #!\n", "invalid_value", "begin it with https://"},
             {"[unit.branding]\nlogo_url = \"https:///l.png\" #!\n", "invalid_value", "the host is missing"},
             {"[unit.branding]\nlogo_url = \"https://a.example:0/\" #!\n", "invalid_value", "the port"},
             {"[unit.branding]\nlogo_url = \"https://bank@evil.example/\" #!\n", "invalid_value", "user names"},
             {"[unit.branding]\nlogo_url = \"https://a.example/ x\" #!\n", "invalid_value", "percent-encoded"},
             {"[unit.branding]\nlogo_url = \"https://æ æ.example/\" #!\n", "invalid_value", "percent-encoded"},
             {"[unit.branding]\nlogo_url = \"https://-æ.example/\" #!\n", "invalid_value", "no domain name"},
             {"[unit.branding]\ncolour = \"red\" #!\n", "invalid_value", "#rrggbb"},
             {"[unit.branding]\ncolour = \"#12345g\" #!\n", "invalid_value", "#rrggbb"},
             {"[unit.branding]\nshade = \"#123456\" #!\n", "unknown_option", "unit.branding.shade"},
         })
        check_account({with_unit(wrong.text), wrong.code, wrong.detail});
    for (const auto& wrong : std::vector<Refused>{
             {"reply_to = \"Desk <desk@daily.example>\" #!\n", "invalid_value", "a mail address"},
             {"self_service_url = \"http:/daily\" #!\n", "invalid_value", "begin it with"},
             {"[customer_service.welcome_message]\nfr = \"Bonjour\" #!\n", "unknown_option",
              "customer_service.welcome_message.fr"},
             {"[customer_service.welcome_message]\nda = \"a\\u001bb\" #!\n", "invalid_value", "control"},
             {"unsubscribe_kinds = [\"notice\"] #!\n", "invalid_value", "\"known_address\"; may be empty, found"},
             {"unsubscribe_url = \"http://daily.example/{mail}\" #!\n", "invalid_value", "https"},
             {"unsubscribe_url = \"https://daily.example/leave\" #!\n", "invalid_value", "{mail}"},
             {"unsubscribe_url = \"https://daily.example/{mail}?s={subscriber}&x=" + std::string(750, 'x') + "\" #!\n",
              "invalid_value", "longer than 900 bytes"},
             {"unsubscribe_url = \"https://{mail}.example/leave\" #!\n", "invalid_value", "{mail}"},
             {"unsubscribe_url = \"https://daily.example/{mail}/{email}\" #!\n", "invalid_value", "percent-encoded"},
             {"[customer_service.mail_origins]\nstopped = [\"browser\"] #!\n", "invalid_value", "\"publisher\""},
         })
        check_account({with_service(wrong.text), wrong.code, wrong.detail});
    check_account({with_unit("[[form]]\nid = \"a\"\nwelcome_to = [] #!\n"), "out_of_range", "1 to 2"});
    check_account(
        {"[account]\nid = \"acme\"\nemail = \"it@\" #!\n" + least_service + least_unit, "invalid_value", "account.email"});
    check_account({"[account]\nid = \"../acme\" #!\nemail = \"it@daily.example\"\n" + least_service + least_unit, "invalid_value",
                   "account.id"});
    check_account({with_service("reply_to = \"\"\n[[form]]\nid = \" a\" #!\n"), "invalid_value", "form.id"});
    check_account({head + least_service + "[[unit]]\nid = \"a\"\ninvoice_email = \"a@daily.example\"\nname = \" A\" #!\n",
                   "invalid_value", "white space"});
    check_account({with_unit("[[units]] #!\n"), "unknown_option", "did you mean unit?"});
    check_account({"[account.unit_defaults]\nid = \"x\" #!\n" + with_unit(""), "unknown_option", "account.unit_defaults.id"});
}

TEST_CASE("load_settings: an address to leave by is kept as a mail's header takes it, whatever case its scheme is in") {
    const std::string url = "://Daily.example/{unit}?m={mail}&s={subscriber}";
    const auto settings = SettingsFolder(least_platform, with_service("unsubscribe_url = \"HTTPS" + url + "\"\n")).settings();
    const auto& kept = settings.accounts.at("acme").customer_services.at("desk").unsubscribe_url;
    CHECK(kept == "https" + url);
    CHECK(is_one_click_url(fill_one_click_url(kept, {"abc27", "4711", "daily"})));
}

TEST_CASE("S3: a name that would stand in a header has no control or bidirectional characters") {
    for (const auto* hidden : {"\\r\\nBcc: x", "\\u0000", "\\u202e", "\\u0085"})
        check_account(
            {head + least_service + "[[unit]]\nid = \"a\"\ninvoice_email = \"a@daily.example\"\nname = \"A" + hidden + "\" #!\n",
             "invalid_value", "unit.name"});
    check_account(
        {head + least_unit +
             "[[customer_service]]\nid = \"a\"\nname = \"A\"\nsupport_email = \"a@b.example\\r\\nBcc: c@d.example\" #!\n",
         "invalid_value", "customer_service.support_email"});
}

TEST_CASE("load_settings: text on the unit's colour can be read, 4.5 to 1") {
    check_account(
        {with_unit("[unit.branding]\ncolour = \"#777777\"\ncolour_text = \"#ffffff\" #!\n"), "invalid_value", "found 4.47"});
    check_account({with_unit("[unit.branding] #!\ncolour = \"#ffff00\"\n"), "invalid_value", "#ffffff on #ffff00"});
    CHECK(SettingsFolder(least_platform, with_unit("[unit.branding]\ncolour = \"#767676\"\ncolour_text = \"#ffffff\"\n")).load());
}

TEST_CASE("R3: the account's own addresses are refused as sender or reply address") {
    const std::string own = "it@daily.example";
    for (const std::string& account :
         {head + least_unit + "[[customer_service]]\nid = \"desk\"\nname = \"D\"\nsupport_email = \"" + own + "\"\n",
          with_service("reply_to = \"" + own + "\"\n"),
          head + least_service + "[[unit]]\nid = \"daily\"\nname = \"D\"\ninvoice_email = \"" + own + "\"\n"}) {
        const auto all = SettingsFolder(least_platform, account).findings();
        REQUIRE(all.size() == 1);
        CHECK(all[0].code == "invalid_value");
        CHECK(all[0].detail.find("account's own") != std::string::npos);
    }
}
