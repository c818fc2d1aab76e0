// Files and folders: what is read, what is refused whole, and that one mistake does not hide another.
#include "ilbud/settings/load.hpp"

#include "settings/support/settings_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

TEST_CASE("load_settings: all findings of all files are told, in the order of the lines") {
    SettingsFolder folder("[daemon]\nwindow = 0\nlanes = -1\n[intake]\nsockets = 1\n" + least_platform,
                          "[account]\nid = 5\nemail = \"it\"\n" + least_service + least_unit);
    folder.write("accounts/broken.toml", "[account\n");
    const auto all = folder.findings();
    std::vector<std::string> told;
    for (const auto& error : all)
        told.push_back(error.place.substr(folder.path("x").parent_path().string().size() + 1) + ' ' + error.code);
    CHECK(told == std::vector<std::string>{"ilbud.toml:2:10 out_of_range", "ilbud.toml:3:9 out_of_range",
                                           "ilbud.toml:5:1 unknown_option", "accounts/acme.toml:2:6 wrong_type",
                                           "accounts/acme.toml:3:9 invalid_value", "accounts/broken.toml:1:9 toml_syntax"});
}

TEST_CASE("load_settings: a platform file or accounts folder that is missing is told") {
    SettingsFolder folder;
    std::filesystem::remove(folder.path("ilbud.toml"));
    auto all = folder.findings();
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "file_missing");
    CHECK(all[0].place == folder.path("ilbud.toml").string() + ":1:1");

    SettingsFolder alone;
    std::filesystem::remove(alone.path("accounts/acme.toml"));
    all = alone.findings();
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "file_missing");
    CHECK(all[0].place == alone.path("accounts").string());
    std::filesystem::remove(alone.path("accounts"));
    CHECK(alone.findings().at(0).code == "file_missing");
    std::filesystem::create_directory(alone.path("accounts"));
    std::filesystem::create_directory(alone.path("accounts/a.toml"));
    CHECK(alone.findings().at(0).code == "file_missing");
}

TEST_CASE("load_settings: files of other names in the accounts folder are left alone") {
    SettingsFolder folder;
    folder.write("accounts/.acme.toml.swp", "[");
    folder.write("accounts/.hidden.toml", "[");
    folder.write("accounts/acme.toml.bak", "[");
    CHECK(folder.settings().accounts.size() == 1);
}

TEST_CASE("load_settings: a file over 1 MiB is refused") {
    const auto all = SettingsFolder(least_platform + std::string(1024 * 1024, '#')).findings();
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "out_of_range");
    CHECK_THAT(all[0].detail, Catch::Contains("1 MiB"));
}

TEST_CASE("load_settings: nesting without end is refused before it is parsed") {
    const auto many = [](const std::string& what, int times) {
        std::string out;
        for (int i = 0; i < times; ++i) out += what;
        return out;
    };
    check_platform({"#\na" + many(".a", 200'000) + " = 1 #!\n", "toml_syntax", "nested deeper than 16"});
    check_platform({"#\n[a" + many(".a", 200'000) + "] #!\n", "toml_syntax", "nested deeper"});
    check_platform({"#\n[a" + many(".\"]\\\" #\"", 50) + "] #!\n", "toml_syntax", "nested deeper"});
    check_platform({"#\na = {b = \"\"\"x\"\"\"\", c" + many(".c", 200'000) + " = 1} #!\n", "toml_syntax", "nested deeper"});
    check_platform({"#\na = " + many("[", 200'000) + " #!\n", "toml_syntax", "nested deeper"});
    check_platform({"#\na = " + many("{a=", 100'000) + " #!\n", "toml_syntax", "nested deeper"});
}

TEST_CASE("load_settings: brackets and dots inside texts and comments are not nesting") {
    const std::string dots(40, '.');
    const std::string brackets(40, '[');
    SettingsFolder folder(least_platform, least_account + "# " + brackets + dots + "\n[[form]]\nid = \"a\"\n" + R"(
[[customer_service]]
id = "two"
name = ')" + brackets + R"(' # ")" + R"(
support_email = "two@daily.example"
[customer_service.welcome_message]
da = """
)" + brackets + "\\\"\"\"" + dots + R"("""
en = ''' " )" + brackets + "'''\n");
    const auto all = folder.findings();  // the unit has two services to choose from now: no other finding
    REQUIRE(all.size() == 1);
    CHECK(all[0].code == "missing_option");
}

TEST_CASE("load_settings: relative paths start at the settings file's folder, wherever the process stands") {
    SettingsFolder folder("[queue]\nfolder = \"../q\"\n[intake]\nsocket = \"/run/x.sock\"\n" + least_platform);
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path("accounts"));
    const auto loaded = load_settings("../ilbud.toml");
    std::filesystem::current_path(before);
    REQUIRE(loaded);
    const auto home = std::filesystem::canonical(folder.path("."));
    CHECK(loaded->platform.folder == home);
    CHECK(loaded->platform.queue.folder == home.parent_path() / "q");
    CHECK(loaded->platform.intake.socket == "/run/x.sock");
    CHECK(loaded->platform.dkim.selectors[0].key_file == home / "s1.pem");
}

TEST_CASE("find_platform: tells where the sockets and the queue are, however broken the rest is") {
    SettingsFolder folder("[daemon]\nwindow = 0\n[intake]\ncontrol = \"run/c.sock\"\n[queue]\nfolder = \"q\"\nkeep = \"soon\"\n",
                          "[account\n");
    const auto platform = find_platform(folder.path("ilbud.toml"));
    REQUIRE(platform);
    CHECK(platform->intake.control == folder.path("run/c.sock"));
    CHECK(platform->queue.folder == folder.path("q"));
    CHECK(platform->queue.keep == QueueSettings{}.keep);
    folder.write("ilbud.toml", "[intake\n");
    CHECK(find_platform(folder.path("ilbud.toml")).error().code == "toml_syntax");
    CHECK(find_platform(folder.path("none.toml")).error().code == "file_missing");
}

TEST_CASE("find_platform_past_errors: a line that is no TOML takes nothing away but itself") {
    const std::string intake = "[intake]\nsocket = \"run/e.sock\"\ncontrol = \"run/c.sock\"\n";
    const std::string queue = "[queue]\nfolder = \"q\"\n";
    SettingsFolder folder(intake + queue, "");
    for (const auto* broken : {"helo_name = \n", "= 3\n", "[delivery\n", "list = [1,\n", "text = \"\"\"never ends\n",
                               "text = \"open\n", "list = [\n  [1],\n", "\x01\n", "]\n"}) {
        INFO(broken);
        for (const auto& text : {broken + intake + queue, intake + "[dkim]\n" + broken + queue, intake + queue + broken}) {
            folder.write("ilbud.toml", text);
            const auto found = find_platform_past_errors(folder.path("ilbud.toml"));
            REQUIRE(found);
            CHECK(found->platform.intake.socket == folder.path("run/e.sock"));
            CHECK(found->platform.queue.folder == folder.path("q"));
        }
    }
    folder.write("ilbud.toml", "[intake]\nsocket = run\ncontrol = \"run/c.sock\"\n");
    const auto found = find_platform_past_errors(folder.path("ilbud.toml"));
    REQUIRE(found);
    CHECK(found->platform.intake.control == folder.path("run/c.sock"));
    CHECK(found->platform.intake.socket == folder.path("run/ilbud.sock"));
    REQUIRE(found->wrong);
    CHECK(found->wrong->code == "toml_syntax");
    CHECK(found->wrong->place.find("ilbud.toml:2:") != std::string::npos);
    folder.write("ilbud.toml", intake);
    CHECK_FALSE(find_platform_past_errors(folder.path("ilbud.toml"))->wrong);
    CHECK(find_platform_past_errors(folder.path("none.toml")).error().code == "file_missing");
}

TEST_CASE("S25: a settings file that everybody may write to is refused, whichever it is") {
    const SettingsFolder folder;
    for (const auto* name : {"ilbud.toml", "accounts/acme.toml"}) {
        std::filesystem::permissions(folder.path(name), std::filesystem::perms{0666});
        const auto all = folder.findings();
        REQUIRE(all.size() == 1);
        CHECK(all[0].code == "file_unsafe");
        CHECK(all[0].place == folder.path(name).string() + ":1:1");
        std::filesystem::permissions(folder.path(name), std::filesystem::perms{0644});
    }
    CHECK(folder.load());
}
