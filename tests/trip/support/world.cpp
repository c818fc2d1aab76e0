#include <signal.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include <boost/asio/post.hpp>

#include "cli/control_client.hpp"
#include "trip.hpp"

namespace ilbud::test {
namespace {

void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

constexpr const char* press_account = R"(
[account]
id = "press"
email = "platform@press.example"

[[customer_service]]
id = "service"
name = "Dagbladet Kundeservice"
support_email = "service@dagbladet.example"
self_service_url = "https://selvbetjening.dagbladet.example/"
[customer_service.welcome_message]
da = "Tak, fordi du læser **med**."
en = "Thank you for reading."

[[unit]]
id = "daily"
name = "Dagbladet Eksempel A/S"
invoice_email = "faktura@dagbladet.example"
locales = ["en"]

[[form]]
id = "web"

[[form]]
id = "confirm"
confirm_first = true
)";

constexpr const char* club_account = R"(
[account]
id = "club"
email = "platform@club.example"
customer_term = "member"
relation_term = "membership"

[[customer_service]]
id = "office"
name = "Foreningen"
support_email = "kontor@forening.example"
self_service_url = "https://mit.forening.example/"

[[unit]]
id = "club-da"
name = "Foreningen Eksempel"
invoice_email = "kontingent@forening.example"

[[unit]]
id = "club-en"
name = "Example Society"
language = "en"
invoice_email = "fees@forening.example"

[[form]]
id = "join"
)";

}  // namespace

std::string program() {
    return ILBUD_BINARY_DIR "/ilbud";
}

World::World(const WorldOptions& options) {
    ::chmod(folder_.path().c_str(), 0700);
    for (const auto* slot : {"sel1", "sel2"}) {
        const auto key = run({program(), "dkim", "new-key", "--json", "--out", (folder_ / (std::string(slot) + ".pem")).string(),
                              "--selector", slot, "--domain", "platform.example"});
        if (key.status != 0) throw std::runtime_error("dkim new-key failed: " + key.out);
        write(folder_ / (std::string(slot) + ".json"), key.out);
    }
    write(folder_ / "accounts/press.toml", press_account);
    write(folder_ / "accounts/club.toml", club_account);
    write_settings(options);
}

void World::write_settings(const WorldOptions& options) const {
    write(config(),
          "[platform]\ntemplates = \"" ILBUD_SOURCE_DIR "/templates\"\n" +
              std::string("[intake]\nsocket = \"run/in.sock\"\ncontrol = \"run/control.sock\"\n") + options.intake_extra +
              "\n[queue]\nfolder = \"queue\"\n" + options.queue_extra +
              "\n[delivery]\nhelo_name = \"ilbud.example\"\n[[delivery.relay]]\nname = \"sink\"\nhost = \"127.0.0.1\"\nport = " +
              std::to_string(options.relay_port) + "\ntls = \"none\"\nconnections_max = " + std::to_string(options.connections) +
              "\n" + options.relay_extra + "\n[dkim]\nactive = \"sel1\"\n" + options.dkim_extra +
              "[[dkim.selector]]\nname = \"sel1\"\ntarget = \"sel1._domainkey.platform.example\"\nkey_file = \"sel1.pem\"\n" +
              "[[dkim.selector]]\nname = \"sel2\"\ntarget = \"sel2._domainkey.platform.example\"\n" + options.platform_extra +
              "\n");
}

void World::launch() {
    std::vector<std::string> argv{"env"};
    argv.insert(argv.end(), environment_.begin(), environment_.end());
    argv.insert(argv.end(), {program(), "serve", "--config", config().string()});
    daemon_ = std::make_unique<Process>(argv, log());
}

void World::start() {
    launch();
    wait_until("the daemon to take events", [&] {
        if (!daemon_->running()) {
            std::ifstream file(log());
            throw std::runtime_error("the daemon ended at its start: " + std::string(std::istreambuf_iterator<char>(file), {}));
        }
        const auto connected = connect_unix(socket());
        if (!connected) return false;
        ::close(*connected);
        return true;
    });
}

int World::stop() {
    daemon_->signal(SIGTERM);
    return daemon_->wait();
}

void World::kill() {
    daemon_->signal(SIGKILL);
    daemon_->wait();
}

Ran World::ilbud(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), program());
    arguments.insert(arguments.end(), {"--config", config().string()});
    return run(arguments, folder_ / "cli.log");
}

int World::send(const std::vector<std::string>& lines) const {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return run({program(), "send", "--socket", socket().string(), "--quiet", "-"}, folder_ / "send.log", text).status;
}

std::string World::ask(const std::string& line) const {
    const auto answer = ask_daemon(socket(), line, std::chrono::seconds(30));
    return answer ? *answer : to_text(answer.error());
}

std::int64_t World::status(const std::string& name) const {
    const auto ran = ilbud({"status", "--json"});
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(ran.out).get(root) != simdjson::SUCCESS) throw std::runtime_error("status is not JSON: " + ran.out);
    std::int64_t number = 0;
    for (const auto& path : {"/" + name, "/mails/" + name, "/counters/" + name})
        if (root.at_pointer(path).get(number) == simdjson::SUCCESS) return number;
    throw std::runtime_error("status has no " + name + ": " + ran.out);
}

SinkThread::SinkThread(Duration dot_latency, std::uint16_t port, std::filesystem::path maildir)
    : log_(LogLevel::error, LogFormat::text, [](std::string_view) {}), context_(1) {
    SinkOptions options;
    options.port = port;
    options.dot_latency = dot_latency;
    options.maildir = std::move(maildir);
    options.on_mail = [this](const SinkMail& mail) {
        const std::scoped_lock lock(mutex_);
        mails_.push_back(mail);
    };
    sink_ = std::make_unique<Sink>(context_, std::move(options), log_);
    asio::co_spawn(context_, sink_->run(), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    thread_ = std::thread([this] { context_.run(); });
}

SinkThread::~SinkThread() {
    asio::post(context_, [this] { sink_->stop(); });
    thread_.join();
}

std::size_t SinkThread::count() const {
    const std::scoped_lock lock(mutex_);
    return mails_.size();
}

std::vector<SinkMail> SinkThread::mails() const {
    const std::scoped_lock lock(mutex_);
    return mails_;
}

std::map<std::string, int> SinkThread::message_ids() const {
    std::map<std::string, int> ids;
    const std::scoped_lock lock(mutex_);
    for (const auto& mail : mails_) ++ids[header_of(mail.bytes, "Message-ID")];
    return ids;
}

std::string header_of(const std::string& message, const std::string& name) {
    const auto head = "\r\n" + message.substr(0, message.find("\r\n\r\n") + 2);
    const auto lower = [](std::string text) {
        std::transform(text.begin(), text.end(), text.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return text;
    };
    const auto at = lower(head).find("\r\n" + lower(name) + ":");
    if (at == std::string::npos) return {};
    auto from = at + 2 + name.size() + 1;
    auto to = head.find("\r\n", from);
    while (to + 2 < head.size() && (head[to + 2] == ' ' || head[to + 2] == '\t')) to = head.find("\r\n", to + 2);
    from = head.find_first_not_of(' ', from);
    return head.substr(from, to - from);
}

}  // namespace ilbud::test
