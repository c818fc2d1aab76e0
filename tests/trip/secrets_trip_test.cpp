// Who may read what, and what can be done with that: commands as another user, and as root beside the service's own files.
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "cli/secret_needs.hpp"
#include "support/environment.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

constexpr uid_t service_user = 4711;  // needs no name

// Everybody may read the settings, and nobody else the keys and the relay's password.
class OpenWorld {
 public:
    /// `before_password`: what stands before the name of the password's file.
    explicit OpenWorld(const std::string& before_password = {}) : world(options(before_password)) {
        ::chmod(world.folder().c_str(), 0755);
        std::ofstream(world.folder() / "password") << "hush\n";
        ::chmod((world.folder() / "password").c_str(), 0600);
    }

    // Without a daemon, as a user who owns nothing here.
    [[nodiscard]] Ran as_stranger(std::vector<std::string> words) const {
        words.insert(words.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program()});
        words.insert(words.end(), {"--config", world.config().string()});
        std::filesystem::remove(said_);
        auto ran = run(words, said_);
        ran.out += read_file(said_);
        return ran;
    }
    [[nodiscard]] bool possible() const {
        if (::geteuid() != 0) {
            std::cout << "skipped: only root can run a command as somebody else\n";
            return false;
        }
        if (run({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program(), "--version"}).status == 0) return true;
        std::cout << "skipped: other users cannot run " << program() << "\n";
        return false;
    }
    void give_to_service() const {
        for (const auto* file : {"sel1.pem", "sel2.pem", "password"})
            REQUIRE(::chown((world.folder() / file).c_str(), service_user, service_user) == 0);
    }

    World world;

 private:
    static WorldOptions options(const std::string& before_password) {
        WorldOptions options;
        options.relay_port = 25;  // nothing is sent
        options.relay_extra =
            "[[delivery.relay]]\nname = \"outside\"\nhost = \"smtp.example\"\ntls = \"required\"\nauth = \"plain\"\nuser = "
            "\"u\"\n"
            "password_file = \"" +
            before_password + "password\"\n";
        return options;
    }

    std::filesystem::path said_ = world.folder() / "said";
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// What a command needs besides its name to get as far as it can without a daemon and without a queue.
std::vector<std::string> words_for(std::string_view command) {
    static const std::map<std::string_view, std::vector<std::string>> all{
        {"serve", {"serve"}},
        {"check", {"check"}},
        {"preview", {"preview", "receipt"}},
        {"preview --eml", {"preview", "receipt", "--eml"}},
        {"replay", {"replay", "--since", "1h", "--templates", std::string(ILBUD_SOURCE_DIR) + "/templates"}},
        {"domain check", {"domain", "check", "dagbladet.example", "--resolver", "nonsense"}},
        {"domain spf", {"domain", "spf", "--ip", "192.0.2.1", "--helo", "a.example", "--resolver", "nonsense"}},
        {"domain list", {"domain", "list"}},
        {"domain watch", {"domain", "watch", "dagbladet.example"}},
        {"dkim status", {"dkim", "status"}},
        {"dkim new-key", {"dkim", "new-key"}},
        {"dkim publish", {"dkim", "publish"}},
        {"dkim rotate", {"dkim", "rotate"}},
        {"dkim retire", {"dkim", "retire", "sel1"}},
        {"send", {"send", "/dev/null"}},
        {"mails", {"mails"}},
        {"explain", {"explain", "/shop", "1"}},
        {"status", {"status"}},
        {"reload", {"reload"}},
        {"suppressions", {"suppressions", "list"}},
        {"release", {"release", "--account", "press"}}};
    return all.at(command);
}

}  // namespace

TEST_CASE("secrets: only commands that need keys or passwords ask for them of a user who may read none") {
    const OpenWorld open;
    if (!open.possible()) return;
    for (const auto& need : secret_needs) {
        INFO(need.command);
        const auto ran = open.as_stranger(words_for(need.command));
        INFO(ran.out);
        const bool needed = need.files == Secrets::needed || need.keys == KeyUse::needed;
        CHECK(has(ran.out, "secret_unreadable") == needed);
        if (needed) CHECK(ran.status == 1);
    }
}

TEST_CASE("check: without keys and passwords tells what else is wrong, and which of them it has not looked at") {
    const OpenWorld open;
    if (!open.possible()) return;
    const auto fine = open.as_stranger({"check"});
    INFO(fine.out);
    CHECK(fine.status == 0);
    const auto folder = open.world.folder().string();
    CHECK(has(fine.out, "note: dkim.selector.key_file is not looked at: " + folder + "/sel1.pem may not be read by this user"));
    CHECK(has(fine.out, "note: delivery.relay.password_file is not looked at: " + folder + "/password"));
    CHECK(has(fine.out, "fine: 2 accounts"));
    // What can be seen is still judged.
    ::chmod((open.world.folder() / "password").c_str(), 0644);
    const auto open_to_all = open.as_stranger({"check"});
    CHECK(open_to_all.status == 1);
    CHECK(has(open_to_all.out, "secret_permissions"));
}

TEST_CASE(
    "check by hand: a secret that the service gets as a credential is a remark, and one whose path is named and missing is not") {
    for (const auto* option : {"", "./"}) {
        OpenWorld open(option);
        std::filesystem::remove(open.world.folder() / "password");
        const auto ran = open.world.ilbud({"check"});
        INFO(ran.out);
        const bool named = *option != '\0';
        CHECK(ran.status == (named ? 1 : 0));
        CHECK(has(ran.out,
                  "note: delivery.relay.password_file is not looked at: there is no file password beside the settings, so it "
                  "is a systemd credential") == !named);
    }
}

TEST_CASE("check: where a key or a password is missing, what is wrong with the texts was not told") {
    OpenWorld open("./");
    const auto templates = open.world.folder() / "own";
    std::filesystem::copy(std::filesystem::path(ILBUD_SOURCE_DIR) / "templates", templates,
                          std::filesystem::copy_options::recursive);
    std::ofstream(templates / "en" / "welcome.md", std::ios::app) << "{{nobody}}\n";
    auto text = read_file(open.world.config());
    const auto begin = text.find("templates = ");
    REQUIRE(begin != std::string::npos);
    text.replace(begin, text.find('\n', begin) - begin, "templates = \"own\"");
    std::ofstream(open.world.config()) << text;
    std::filesystem::remove(open.world.folder() / "password");
    CHECK(open.world.ilbud({"check"}).status == 1);
    const auto said = read_file(open.world.folder() / "cli.log");
    INFO(said);
    CHECK(has(said, "secret_missing"));
    CHECK(has(said, "en/welcome.md"));
}

TEST_CASE("check by hand: the key that signs is a credential of the service, as the queue of a running service knows") {
    OpenWorld open;
    auto& world = open.world;
    const auto credentials = world.folder() / "credentials";
    std::filesystem::create_directory(credentials);
    std::filesystem::rename(world.folder() / "sel1.pem", credentials / "sel1.pem");
    {
        const Environment given("CREDENTIALS_DIRECTORY", credentials.string());
        world.start();
        CHECK(world.stop() == 0);
    }
    std::filesystem::rename(credentials, world.folder() / "gone");  // as the service manager's folder goes with the service
    const auto ran = world.ilbud({"check"});
    INFO(ran.out + read_file(world.folder() / "cli.log"));
    CHECK(ran.status == 0);
    CHECK(has(ran.out, "note: dkim.selector.key_file is not looked at: there is no file sel1.pem"));
    CHECK(has(ran.out, "note: which keys sign is not checked: "));
    CHECK(world.ilbud({"preview", "receipt"}).status == 0);
    CHECK(world.ilbud({"dkim", "status"}).status == 0);
}

TEST_CASE("preview: shows mails and pages to a user who may read no key, and says that they are unsigned") {
    const OpenWorld open;
    if (!open.possible()) return;
    const auto text = open.as_stranger({"preview", "receipt"});
    INFO(text.out);
    CHECK(text.status == 0);
    CHECK(has(text.out, "Subject: "));
    const auto pages = open.world.folder() / "pages";
    std::filesystem::create_directory(pages);
    REQUIRE(::chown(pages.c_str(), 65534, 65534) == 0);
    CHECK(open.as_stranger({"preview", "receipt", "--page", (pages / "receipt.html").string()}).status == 0);
    CHECK(has(read_file(pages / "receipt.html"), "Without DKIM-Signature: "));
    CHECK(open.as_stranger({"preview", "--all", (pages / "all").string()}).status == 0);
}

TEST_CASE("check: a queue that is another user's is a remark to whoever may not look into it") {
    OpenWorld open;
    if (!open.possible()) return;
    open.world.start();
    CHECK(open.world.stop() == 0);
    const auto ran = open.as_stranger({"check"});
    INFO(ran.out);
    CHECK(ran.status == 0);
    CHECK(has(ran.out, "note: which keys sign is not checked: " + open.world.queue().string()));
    CHECK(has(open.as_stranger({"mails"}).out, "queue_unreadable"));
}

TEST_CASE(
    "check: root is told of keys and passwords that are root's, where the queue is another user's, who could not start with "
    "them") {
    OpenWorld open;
    if (!open.possible()) return;
    const auto told = [&open](const std::string& file) {
        return has(open.world.ilbud({"check"}).out,
                   (open.world.folder() / file).string() + " belongs to root; user 4711, whose the");
    };
    std::filesystem::create_directory(open.world.queue());
    CHECK_FALSE(told("sel1.pem"));
    REQUIRE(::chown(open.world.queue().c_str(), service_user, service_user) == 0);
    CHECK(told("sel1.pem"));
    CHECK(told("password"));
    open.give_to_service();
    CHECK_FALSE(told("sel1.pem"));
    CHECK_FALSE(told("password"));
}

TEST_CASE("S14: root looks at the keys of the service's user, and starts no daemon with them") {
    OpenWorld open;
    if (!open.possible()) return;
    open.give_to_service();
    const auto check = open.world.ilbud({"check"});
    INFO(check.out + read_file(open.world.folder() / "cli.log"));
    CHECK(check.status == 0);
    CHECK_FALSE(has(check.out, "not looked at"));
    CHECK_FALSE(has(check.out, "not checked"));
    const auto signed_mail = open.world.ilbud({"preview", "receipt", "--eml"});
    CHECK(signed_mail.status == 0);
    CHECK(has(signed_mail.out, "DKIM-Signature: "));
    open.world.launch();
    CHECK(open.world.daemon().wait() == 1);
    CHECK(has(read_file(open.world.log()), "belongs to another user"));
}
