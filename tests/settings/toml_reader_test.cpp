// Whatever bytes stand in a settings file, load_settings says what is wrong and where, and goes on living.
#include <random>
#include <regex>

#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// Every finding has a code, a file with line and column, and a sentence on one line.
void check_findings(const std::vector<Error>& findings) {
    static const std::regex place("\\.toml:[1-9][0-9]*:[1-9][0-9]*$");
    for (const auto& finding : findings) {
        INFO(to_text(finding));
        CHECK_FALSE(finding.code.empty());
        CHECK(std::regex_search(finding.place, place));
        CHECK(finding.detail.size() > 10);
        CHECK(finding.detail.find_first_of(std::string_view("\n\r\x1b\x7f\0", 5)) == std::string::npos);
    }
}

// A few of the ways in which `text` is mistyped; what they insert is what TOML gives a meaning, and what it forbids.
std::string mistyped(std::string text, std::mt19937& chance) {
    using namespace std::string_literals;
    static const std::vector<std::string> pieces{"[",
                                                 "[[",
                                                 "]",
                                                 "{",
                                                 "}",
                                                 "#",
                                                 "=",
                                                 ".",
                                                 ",",
                                                 "\"",
                                                 "'",
                                                 "\"\"\"",
                                                 "'''",
                                                 "\\",
                                                 "\n",
                                                 "\r",
                                                 "\t",
                                                 " ",
                                                 "\0"s,
                                                 "\x1b",
                                                 "\x7f",
                                                 "\xc3",
                                                 "\xc3\xa9",
                                                 "\xe2\x80\xa8",
                                                 "\xef\xbb\xbf",
                                                 "\xed\xa0\x80",
                                                 "\xff",
                                                 "0x",
                                                 "1e",
                                                 "-",
                                                 "+",
                                                 "_",
                                                 "nan",
                                                 "inf",
                                                 "a.b",
                                                 "1979-05-27 07:"};
    for (auto times = 1 + chance() % 3; times > 0; --times) {
        const auto at = chance() % text.size();
        switch (chance() % 6) {
            case 0:
                text.erase(at, 1 + chance() % 3);
                break;
            case 1:
                text.replace(at, 1, pieces[chance() % pieces.size()]);
                break;
            case 2:
                text.insert(at, text.substr(chance() % text.size(), chance() % 40));
                break;
            case 3:
                text.insert(std::min(text.find('[', at), text.size() - 1) + 1, pieces[chance() % pieces.size()]);
                break;
            default:
                text.insert(at, pieces[chance() % pieces.size()]);
        }
        if (text.empty()) text = "a";
    }
    return text;
}

}  // namespace

TEST_CASE("load_settings: a typing error in a table's header is told and does not end the process") {
    for (const auto* header :
         {"[#account]", "[\xc3\xa9]", "[[[unit]]]", "[.a]", "[=a]", "[{a}]", "[ {a}]", "[\t+]", "[[#a]]", "[[ .a]]", "[,]"}) {
        INFO(header);
        check_platform({"\n" + std::string(header) + " #!\n", "toml_syntax", "expected"});
    }
    for (const auto* header : {"[a.#b]", "[a.]", "[]", "[[]]", "[ [a]]", "[a]]", "[[a]", "[a", "[\"a]", "[a]b"})
        check_platform({"\n" + std::string(header) + " #!\n", "toml_syntax", ""});
    // The end of the file right behind the bracket.
    for (const std::string open : {"[", "[[", "[ ", "[[\t", "[a", "[a."}) {
        const auto findings = SettingsFolder(least_platform + open).findings();
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].code == "toml_syntax");
    }
}

TEST_CASE("load_settings: a brace that closes a list is told") {
    check_platform({"a = [} #!\n", "toml_syntax", "expected ']' before '}'"});
    check_platform({"a = [{b = 1},\n # {\n\"{\", } #!\n", "toml_syntax", "expected ']' before '}'"});
}

TEST_CASE("load_settings: a long date with a time, and letters outside of ASCII without quotes, are told") {
    const std::string_view date = "2000-01-01";
    check_platform(
        {"a = " + std::string(date) + std::string(115, '_') + " 12:00:00 #!\n", "toml_syntax", "at most 100 characters"});
    check_platform({"a = [1, 2000-01-!!" + std::string(60, '_') + "''" + std::string(60, '_') + " 12:00:00] #!\n", "toml_syntax",
                    "at most 100"});
    check_platform({"a = 1\n\"\xc3\xa5\" = 1913-12-15T: #!\n[b]\n", "toml_syntax", "expected something else here"});
    check_platform({"a = -" + std::string(200, '1') + " #!\n", "toml_syntax", "at most 100"});
    check_platform({"\xc3\xa9 = 1 #!\n", "toml_syntax", "expected quotes around letters other than A to Z, found '\xc3\xa9'"});
    check_platform({"\xe2\x80\xa8[queue] #!\n", "toml_syntax", "\\u2028"});
    check_platform({"a = \xc3\xa5 #!\n", "toml_syntax", "expected quotes"});
    check_platform({"[\"\xc3\xa5\"]\xc3\xa9 #!\n", "toml_syntax", "expected quotes"});
    // Columns count characters.
    CHECK_THAT(SettingsFolder("# \xc3\xa5\n\"\xc3\xa5\" \xff").findings().at(0).place, Catch::EndsWith("ilbud.toml:2:5"));
    CHECK_THAT(SettingsFolder("\"\xc3\xa5\" \xc3\xa9").findings().at(0).place, Catch::EndsWith("ilbud.toml:1:5"));
}

TEST_CASE("load_settings: letters outside of ASCII stand in texts and comments, a byte order mark before all") {
    const SettingsFolder folder("\xef\xbb\xbf# \xc3\xa5\n" + least_platform,
                                "[account]\nid = \"acme\"\nemail = \"it@daily.example\"\n[[customer_service]]\nid = \"desk\"\n"
                                "name = \"\"\"\nDen \\\n  \xc3\x85rlige\"\"\" # \xc3\xa5\nsupport_email = \"a@daily.example\"\n" +
                                    least_unit);
    const auto settings = folder.settings();
    CHECK(settings.accounts.at("acme").customer_services.at("desk").name == "Den \xc3\x85rlige");
}

TEST_CASE("load_settings: hundreds of mistyped files are read or refused, each with a place, and none ends the process") {
    const std::string platform =
        "# \xc3\x86\n[intake]\nallow_users = [\"root\", '0']\n[queue]\nkeep = \"400d\"\n" + least_platform;
    const std::string account = least_account + "[[form]]\nid = \"a.b\"\n";
    std::mt19937 chance(20);  // the same files every time
    int refused = 0;
    for (int i = 0; i < 600; ++i) {
        const bool first = i % 2 == 0;
        const auto text = mistyped(first ? platform : account, chance);
        INFO(text);
        const auto loaded = first ? SettingsFolder(text).load() : SettingsFolder(platform, text).load();
        if (!loaded) {
            ++refused;
            check_findings(loaded.error());
        }
    }
    CHECK(refused > 300);
    CHECK(refused < 600);
}

TEST_CASE("load_settings: whatever single byte stands where a name, a header or a value begins, it is read or refused") {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string one(1, static_cast<char>(byte));
        for (const auto& text :
             {one, "[" + one, "[[" + one, "[a." + one, "a=" + one, "a." + one, "a=[" + one, "a={" + one, "a=\"" + one,
              "a=\"\"\"\\" + one, "a='" + one, "#" + one, "a=1" + one, "[" + one + "]", "a=1\r" + one}) {
            INFO(byte << ' ' << text);
            const auto loaded = SettingsFolder(text).load();
            REQUIRE_FALSE(loaded);  // nothing here says what a platform must say
            check_findings(loaded.error());
        }
    }
}
