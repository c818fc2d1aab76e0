// Invoicing methods in the settings: the shipped rows, changed and followed by [[method]].
#include <set>

#include "settings/files.hpp"
#include "settings/support/mutated.hpp"
#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;
namespace {

const std::string girokort = "[[method]]\nname = \"girokort\"\nmails = \"always\"\nlabel = \"girokort\"\n";

}  // namespace

TEST_CASE("R20: without a word the shipped methods are there, and a unit allows all of them") {
    const auto settings = SettingsFolder().settings();
    CHECK(settings.platform.methods == shipped_methods());
    CHECK(settings.unit("daily")->methods == names_of(shipped_methods()));
    CHECK(settings.unit("daily")->preferred_method == "email");
    CHECK(settings.unit("daily")->card_document == CardDocument::at_charge);
}

TEST_CASE("R20: [[method]] adds methods and changes shipped ones, and units that name none allow the new ones, too") {
    const auto settings =
        SettingsFolder(least_platform + girokort + "[[method]]\nname = \"mobilepay\"\nmails = \"always\"\n",
                       least_account +
                           "card_document = \"ahead\"\n[[unit]]\nid = \"weekly\"\nname = \"W\"\ninvoice_email = "
                           "\"i@weekly.example\"\nmethods = [\"girokort\", \"paper\"]\npreferred_method = \"girokort\"\n")
            .settings();
    const auto& methods = settings.platform.methods;
    CHECK(methods.size() == shipped_methods().size() + 1);
    CHECK(methods.back() == InvoicingMethod{"girokort", MailedBy::always, "girokort"});
    CHECK(*find_method(methods, "mobilepay") == InvoicingMethod{"mobilepay", MailedBy::always, "MobilePay"});
    CHECK(settings.unit("daily")->methods.back() == "girokort");
    CHECK(settings.unit("daily")->card_document == CardDocument::ahead);
    CHECK(settings.unit("weekly")->methods == std::vector<std::string>{"girokort", "paper"});
}

TEST_CASE("R20: what is wrong with a method is told with its place and what was expected") {
    for (const auto& wrong : std::vector<Refused>{
             {least_platform + "[[method]] #!\nmails = \"always\"\n", "missing_option", "method.name"},
             {least_platform + "[[method]]\nname = \"Girokort\" #!\n", "invalid_value", "small letters"},
             {least_platform + "[[method]]\nname = \"fi_1\"\nmails = \"sometimes\" #!\n", "invalid_value",
              "\"without_agreement\""},
             {least_platform + "[[method]] #!\nname = \"girokort\"\n", "missing_option",
              "method.mails: is missing; expected one of"},
             {least_platform + "[[method]]\nname = \"card\"\nlabel = \"a\\nb\" #!\n", "invalid_value", "method.label"},
             {least_platform + "[[method]]\nname = \"card\"\nlable = \"Card\" #!\n", "unknown_option", "did you mean label?"},
             {least_platform + "[[method]]\nname = \"card\"\n[[method]]\nname = \"card\" #!\n", "duplicate_name", "stands at"},
             {least_platform + "[method] #!\nname = \"card\"\n", "wrong_type", "method"},
         })
        check_platform(wrong);
}

TEST_CASE("R20: 10,000 mutated tables of methods are read or refused with a place, and nothing else") {
    const auto counts =
        read_mutated({girokort, girokort + "[[method]]\nname = \"card\"\nmails = \"never\"\n",
                      "[[method]]\nname = \"x\"\nmails = \"without_agreement\"\nlabel = \"\"\n"},
                     {"name", "mails", "label", "\"always\"", "\"never\"", "method", "1", "true", "[]", "{}", "\"\""},
                     [](const settings_file::Table& table) {
                         std::set<std::string> names;
                         for (const auto& method : settings_file::read_methods(table)) names.insert(method.name);
                         return names.size() >= shipped_methods().size() && !names.contains("");
                     });
    CHECK(counts.read > 300);
    CHECK(counts.refused > 2000);
}
