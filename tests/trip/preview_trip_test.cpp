// What somebody who writes or approves texts does: look at mails, also in a browser.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/preview/html.hpp"
#include "support/sample_events.hpp"
#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& what) {
    return text.find(what) != std::string::npos;
}

WorldOptions nowhere() {
    WorldOptions options;
    options.relay_port = 25;
    return options;
}

std::string invoice_with_copy() {
    return R"({"specversion":"1.0","id":"i-1","source":"/shop","type":"invoice.issued","data":{"unit":"daily","origin":"system",)"
           R"("subscriber":{"id":"7","name":"Anna","email":"anna@example.com"},"invoice":{"number":"881","issued_on":"2025-06-01",)"
           R"("due_on":"2025-06-15","lines":[{"text":"Avisen","quantity":1,"amount":9900}],"total":9900,"vat":0,"currency":"DKK"},)"
           R"("copy_to":["books@example.com"]}})";
}

constexpr const char* browser = "/usr/bin/chromium";

bool browser_is_absent() {
    if (fs::exists(browser)) return false;
    std::cout << "skipped: chromium is absent\n";
    return true;
}

std::vector<std::string> browser_on(const fs::path& page, const fs::path& profile, const std::vector<std::string>& arguments) {
    std::vector<std::string> argv{"/usr/bin/timeout",
                                  "40",
                                  browser,
                                  "--headless=new",
                                  "--no-sandbox",
                                  "--disable-gpu",
                                  "--hide-scrollbars",
                                  "--user-data-dir=" + profile.string(),
                                  "--virtual-time-budget=3000"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    argv.push_back("file://" + page.string());
    return argv;
}

/// Somewhere that a picture could be fetched from.
class Lure {
 public:
    Lure() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        REQUIRE((::bind(socket_, any, size) == 0 && ::listen(socket_, 8) == 0 && ::getsockname(socket_, any, &size) == 0));
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/picture.png";
    }
    ~Lure() { ::close(socket_); }
    Lure(const Lure&) = delete;
    Lure& operator=(const Lure&) = delete;
    [[nodiscard]] const std::string& url() const { return url_; }
    /// Whether somebody came.
    [[nodiscard]] bool taken() const {
        const int visitor = ::accept(socket_, nullptr, nullptr);
        if (visitor >= 0) ::close(visitor);
        return visitor >= 0;
    }

 private:
    int socket_;
    std::string url_;
};

void picture(const fs::path& profile, const fs::path& page, const fs::path& file, const std::string& size) {
    // Sandboxed frames in the page's own process: else each draws when it can, and the picture does not wait for them.
    (void)run(browser_on(
        page, profile, {"--disable-features=IsolateSandboxedIframes", "--window-size=" + size, "--screenshot=" + file.string()}));
    INFO(file);
    REQUIRE(fs::exists(file));
}

}  // namespace

TEST_CASE("preview: shows the mail that a stored event made, by its source and id, also the one to another address") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    world.start();
    REQUIRE(world.send({invoice_with_copy()}) == 0);
    const auto first = world.ilbud({"preview", "invoice", "/shop", "i-1", "--json"});
    CHECK(first.status == 0);
    CHECK(contains(first.out, "\"to\":\"anna@example.com\""));
    CHECK(contains(first.out, "881"));
    CHECK(world.stop() == 0);
    CHECK(contains(world.ilbud({"preview", "invoice", "/shop", "i-1", "--json", "--to", "books@example.com"}).out,
                   "\"to\":\"books@example.com\""));
    CHECK(contains(world.ilbud({"preview", "invoice", "/shop", "i-1", "--locale", "en"}).out, "Invoice 881"));
    CHECK(world.ilbud({"preview", "welcome", "/shop", "i-1"}).status == 1);
    CHECK(world.ilbud({"preview", "invoice", "/shop", "i-2"}).status == 1);
    CHECK(world.ilbud({"preview", "invoice", "/shop"}).status == 2);
    CHECK(world.ilbud({"preview"}).status == 2);
}

TEST_CASE("preview: an event in a file is shown by the settings as they are") {
    const World world(nowhere());
    const auto file = world.folder() / "event.json";
    std::ofstream(file) << invoice_with_copy() << "\n";
    CHECK(contains(world.ilbud({"preview", "invoice", "--data", file.string()}).out, "Subject: Faktura 881"));
    Sample publishers;
    publishers.origin = "publisher";
    std::ofstream(file) << sample_event(EventType::created, publishers);
    const auto refused = world.ilbud({"preview", "welcome", "--data", file.string(), "--json"});
    CHECK(refused.status == 1);
    CHECK(contains(refused.out, "skipped_origin_not_mailed"));
}

TEST_CASE("preview: a page has the signed header and is nobody else's to read") {
    const World world(nowhere());
    const auto page = world.folder() / "page.html";
    const auto made = world.ilbud({"preview", "receipt", "--page", page.string(), "--json", "--situation", "without_invoice"});
    CHECK(made.status == 0);
    CHECK(contains(made.out, "\"page\":\"" + page.string() + "\",\"opened\":false,\"findings\":[]"));
    CHECK(contains(read_file(page), "<td>DKIM-Signature</td>"));
    CHECK((fs::status(page).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(world.ilbud({"preview", "receipt", "--situation", "gift"}).status == 1);
}

TEST_CASE("preview: whoever has no keys sees the mail unsigned, with the reason") {
    const World world(nowhere());
    std::ofstream(world.folder() / "sel1.pem") << "no key";
    const auto page = world.folder() / "page.html";
    CHECK(world.ilbud({"preview", "receipt", "--page", page.string()}).status == 0);
    CHECK(contains(read_file(page), "Without DKIM-Signature: "));
    CHECK(world.ilbud({"preview", "receipt", "--eml"}).status == 1);
}

TEST_CASE("preview: --open hands the page to the desktop, or says where it lies") {
    const World world(nowhere());
    const auto bin = world.folder() / "bin", opened = world.folder() / "opened";
    fs::create_directories(bin);
    std::ofstream(bin / "xdg-open") << "#!/bin/sh\nprintf %s \"$1\" > " << opened.string() << ".part && mv " << opened.string()
                                    << ".part " << opened.string() << "\n";
    ::chmod((bin / "xdg-open").c_str(), 0755);
    const auto open_with = [&](const std::string& display) {
        return run({"/usr/bin/env", "-u", "WAYLAND_DISPLAY", "DISPLAY=" + display, "TMPDIR=" + world.folder().string(),
                    "PATH=" + bin.string() + ":/usr/bin:/bin", program(), "preview", "welcome", "--open", "--config",
                    world.config().string()});
    };
    const auto told = open_with("");
    CHECK(told.status == 0);
    CHECK(contains(told.out, "(no desktop to open it on)"));
    CHECK_FALSE(fs::exists(opened));
    const auto page = open_with(":7").out;
    wait_until("xdg-open", [&] { return fs::exists(opened); });
    CHECK(page == read_file(opened) + "\n");
    CHECK(contains(read_file(read_file(opened)), "<!doctype html>"));

    // A folder that others can look into may be theirs.
    fs::permissions(fs::path(read_file(opened)).parent_path(), fs::perms::others_exec, fs::perm_options::add);
    CHECK(open_with("").status == 1);
}

TEST_CASE("check: a template folder of a unit that does not exist is a finding, and the daemon starts all the same") {
    World world(nowhere());
    const auto templates = world.folder() / "templates";
    fs::copy(ILBUD_SOURCE_DIR "/templates", templates, fs::copy_options::recursive);
    auto settings = read_file(world.config());
    settings.replace(settings.find(ILBUD_SOURCE_DIR "/templates"), std::string(ILBUD_SOURCE_DIR "/templates").size(),
                     templates.string());
    std::ofstream(world.config()) << settings;
    CHECK(world.ilbud({"check"}).status == 0);
    fs::create_directories(templates / "units/dagbladt/da");
    const auto checked = world.ilbud({"check", "--json"});
    INFO(checked.out);
    CHECK(checked.status == 1);
    CHECK(contains(checked.out, R"("code":"unknown_unit")"));
    CHECK(contains(checked.out, (templates / "units/dagbladt").string()));
    world.start();
}

TEST_CASE("preview: templates that are refused are told on the page") {
    const World world(nowhere());
    const auto templates = world.folder() / "templates";
    fs::copy(ILBUD_SOURCE_DIR "/templates", templates, fs::copy_options::recursive);
    std::ofstream(templates / "en/receipt.md") << "Subject: a\n\n{{nothing}}\n";
    auto settings = read_file(world.config());
    settings.replace(settings.find(ILBUD_SOURCE_DIR "/templates"), std::string(ILBUD_SOURCE_DIR "/templates").size(),
                     templates.string());
    std::ofstream(world.config()) << settings;
    const auto page = world.folder() / "page.html";
    CHECK(world.ilbud({"preview", "welcome", "--page", page.string()}).status == 1);
    CHECK(contains(read_file(page), "en/receipt.md:3:1"));
}

TEST_CASE("preview: in Chromium a mail is dark where its frame is, its scripts do not run, and its pictures are not fetched") {
    if (browser_is_absent()) return;
    const TemporaryFolder folder;
    const Lure lure;
    const std::string mail =
        "<html><head><meta name=\"color-scheme\" content=\"light dark\"><style>body{margin:0;background:#00ff00}"
        "@media (prefers-color-scheme: dark){body{background:#000040}}</style></head><body><p>x</p><img src=\"" +
        lure.url() + "\"><script>document.body.style.background='#ff0000'</script></body></html>";
    const auto page = folder / "page.html";
    std::ofstream(page) << page_head("probe") << mail_frame(mail, Appearance::light, "light")
                        << mail_frame(mail, Appearance::dark, "dark") << page_end;
    picture(folder / "profile", page, folder / "probe.png", "400,400");
    CHECK(
        run({"/usr/bin/python3", ILBUD_SOURCE_DIR "/tests/trip/pixel.py", (folder / "probe.png").string(), "150,100", "150,250"})
            .out == "#00ff00\n#000040\n");

    CHECK_FALSE(lure.taken());

    // Without sandbox and policy the same mail does all that.
    std::ofstream(page) << mail;
    Process bare(
        browser_on(page, folder / "profile", {"--window-size=400,400", "--screenshot=" + (folder / "bare.png").string()}),
        "/dev/null");
    bool taken = false;
    wait_until("the browser", [&] {
        taken = lure.taken() || taken;
        return !bare.running();
    });
    CHECK(taken);
    CHECK(run({"/usr/bin/python3", ILBUD_SOURCE_DIR "/tests/trip/pixel.py", (folder / "bare.png").string(), "150,250"}).out ==
          "#ff0000\n");
}

TEST_CASE(
    "preview: in Chromium the index searches and counts what it shows; pictures of the pages are left in the build folder") {
    if (browser_is_absent()) return;
    const World world(nowhere());
    const auto all = world.folder() / "all", profile = world.folder() / "profile";
    REQUIRE(world.ilbud({"preview", "stopped", "--all", all.string()}).status == 0);
    // 3 situations in 5 languages; the other wordings are hidden by the page's own script.
    CHECK(contains(run(browser_on(all / "index.html", profile, {"--dump-dom"})).out, ">15 mails</output>"));
    CHECK(contains(run(browser_on(all / "index.html#DUE%20back", profile, {"--dump-dom"})).out, ">5 mails</output>"));
    const fs::path pictures = ILBUD_BINARY_DIR "/preview-pictures";
    fs::create_directories(pictures);
    const auto mail = all / "mails/stopped-refund-subscriber-subscription-da.html";
    for (const auto& [name, page] : {std::pair{"index", all / "index.html"}, std::pair{"mail", mail}})
        for (const auto& [device, size] : {std::pair{"phone", "375,1600"}, std::pair{"desktop", "1440,2000"}})
            picture(profile, page, pictures / (std::string(name) + "-" + device + ".png"), size);
    std::cout << "pictures: " << pictures.string() << "\n";
}

// For people to look at; takes as long as many other trips together.
TEST_CASE("preview: pictures of every kind of mail, language and wording, on a phone and on a desktop", "[.pictures]") {
    if (browser_is_absent()) return;
    const World world(nowhere());
    const auto all = world.folder() / "all", sheets = world.folder() / "sheets", profile = world.folder() / "profile";
    REQUIRE(world.ilbud({"preview", "--all", all.string()}).status == 0);
    const auto made = run({"/usr/bin/python3", ILBUD_SOURCE_DIR "/tests/trip/sheets.py", all.string(), sheets.string()});
    INFO(made.out);
    REQUIRE(made.status == 0);
    const fs::path pictures = ILBUD_BINARY_DIR "/preview-pictures";
    fs::create_directories(pictures);
    std::size_t count = 0;
    std::istringstream lines(made.out);
    for (std::string page, size; std::getline(lines, page, '\t') && std::getline(lines, size); ++count) {
        const auto file = pictures / fs::path(page).stem().concat(".png");
        fs::remove(file);
        picture(profile, page, file, size);
        CHECK(fs::file_size(file) > 100'000);  // a blank one is smaller
    }
    CHECK(count == words<Kind>.size() * 2);
    std::cout << "pictures: " << pictures.string() << "\n";
}
