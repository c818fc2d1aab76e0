#include "ilbud/intake/line_socket.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/local/stream_protocol.hpp>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "../../engine/intake/peer_access.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace std::chrono_literals;
using ilbud::test::TemporaryFolder;

namespace {

// A blocking client with a time limit of its own, so that a broken server fails a test and does not hang it.
class Client {
 public:
    explicit Client(const std::filesystem::path& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval limit{60, 0};  // ends a test that would hang
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.string().copy(address.sun_path, sizeof address.sun_path - 1);
        connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] bool connected() const { return connected_; }
    bool write(std::string_view text) {
        while (!text.empty()) {
            const auto size = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (size <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(size));
        }
        return true;
    }
    void end() { ::shutdown(socket_, SHUT_WR); }
    // One line with its '\n', or what came before the connection ended.
    std::string line() {
        while (buffer_.find('\n') == std::string::npos && receive()) {
        }
        const auto end = std::min(buffer_.find('\n'), buffer_.size() - 1);
        std::string line = buffer_.substr(0, end + 1);
        buffer_.erase(0, end + 1);
        return line;
    }
    std::string rest() {
        while (receive()) {
        }
        return std::move(buffer_);
    }

 private:
    bool receive() {
        char bytes[4096];
        const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
        if (size > 0) buffer_.append(bytes, static_cast<std::size_t>(size));
        return size > 0;
    }

    int socket_;
    bool connected_ = false;
    std::string buffer_;
};

// A line socket that runs on a thread of its own from construction to stop().
class Server {
 public:
    explicit Server(LineSocketOptions options, LineSocket::Handle handle)
        : path_(options.path),
          log_(LogLevel::debug, LogFormat::text,
               [this](std::string_view line) {
                   const std::lock_guard lock(mutex_);
                   lines_.emplace_back(line);
               }),
          socket_(context_, std::move(options), log_, std::move(handle)) {
        asio::co_spawn(context_, socket_.run(), [this](std::exception_ptr error) { failure_ = error; });
        context_.poll();  // it listens, or has failed, before anybody connects
        if (failure_) std::rethrow_exception(failure_);
        thread_ = std::thread([this] { context_.run(); });
    }
    ~Server() { stop(); }

    void stop() {
        if (!thread_.joinable()) return;
        asio::post(context_, [this] { socket_.stop(); });
        thread_.join();
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    bool logged(const std::string& event) {
        const std::lock_guard lock(mutex_);
        return std::any_of(lines_.begin(), lines_.end(), [&](const auto& line) { return line.find(event) != std::string::npos; });
    }

 private:
    std::filesystem::path path_;
    std::mutex mutex_;
    std::vector<std::string> lines_;
    Log log_;
    asio::io_context context_{1};
    LineSocket socket_;
    std::exception_ptr failure_;
    std::thread thread_;
};

LineSocketOptions options_in(const TemporaryFolder& folder) {
    LineSocketOptions options;
    options.path = folder / "s.sock";
    options.line_deadline = 10s;
    options.write_deadline = 10s;
    return options;
}

// Says how long each line was and how it begins.
Task<std::string> measure(std::vector<std::string_view> lines) {
    std::string answers;
    for (const auto line : lines) answers += std::to_string(line.size()) + ":" + std::string(line.substr(0, 10)) + '\n';
    co_return answers;
}

std::string code_of_run(const LineSocketOptions& options) {
    try {
        Server server(options, measure);
        return "";
    } catch (const std::system_error& error) {
        return std::to_string(error.code().value());
    }
}

mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    return lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

// Leaves a socket file on which nobody listens.
void leave_stale_socket(const std::filesystem::path& path) {
    asio::io_context context;
    asio::local::stream_protocol::acceptor acceptor(context, asio::local::stream_protocol::endpoint(path.string()));
}

}  // namespace

TEST_CASE("LineSocket: answers pipelined lines in order") {
    const TemporaryFolder folder;
    Server server(options_in(folder), measure);
    Client client(server.path());
    std::string sent;
    std::string expected;
    for (int i = 0; i < 5000; ++i) {
        const std::string line = "line " + std::to_string(i);
        sent += line + "\n";
        expected += std::to_string(line.size()) + ":" + line.substr(0, 10) + "\n";
    }
    std::thread writer([&] {
        client.write(sent);
        client.end();
    });
    CHECK(client.rest() == expected);
    writer.join();
}

TEST_CASE("LineSocket: answers each line before the next is written") {
    const TemporaryFolder folder;
    Server server(options_in(folder), measure);
    Client client(server.path());
    for (const char* part : {"a", "b\n"}) client.write(part);
    CHECK(client.line() == "2:ab\n");
    client.write("\n \r\ncd\r\n");
    CHECK(client.line() == "3:cd\r\n");
}

TEST_CASE("LineSocket: hands on at most batch_max lines at once") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.batch_max = 3;
    std::atomic<std::size_t> most{0};
    Server server(options, [&most](std::vector<std::string_view> lines) {
        most = std::max(most.load(), lines.size());
        return measure(std::move(lines));
    });
    Client client(server.path());
    client.write("1\n2\n3\n4\n5\n6\n7\n");
    client.end();
    CHECK(client.rest() == "1:1\n1:2\n1:3\n1:4\n1:5\n1:6\n1:7\n");
    CHECK(most == 3);
}

TEST_CASE("LineSocket: a client that ends writing gets all answers, also to a line without an end") {
    const TemporaryFolder folder;
    Server server(options_in(folder), measure);
    Client client(server.path());
    client.write("one\ntwo");
    client.end();
    CHECK(client.rest() == "3:one\n3:two\n");
}

TEST_CASE("LineSocket: of an oversized line the start is handed on, and the next lines are answered") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.line_bytes_max = 1000;
    Server server(options, measure);
    Client client(server.path());
    client.write(std::string(1000, 'a') + "\n" + std::string(1001, 'b') + "\n" + std::string(2000000, 'c') + "\nd\n");
    client.end();
    CHECK(client.rest() == "1000:aaaaaaaaaa\n1001:bbbbbbbbbb\n1001:cccccccccc\n1:d\n");
}

TEST_CASE("S23: a line that drips past its deadline ends the connection, idling between lines does not") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.line_deadline = 50ms;
    Server server(options, measure);
    Client idle(server.path());
    idle.write("first\n");
    CHECK(idle.line() == "5:first\n");
    Client slow(server.path());
    const auto end = std::chrono::steady_clock::now() + 60s;
    bool dropped = false;
    while (!dropped && std::chrono::steady_clock::now() < end) dropped = !slow.write("x");
    CHECK(dropped);
    CHECK(slow.line().find(R"("code":"slow_line")") != std::string::npos);
    CHECK(server.logged("socket.slow_line"));
    CHECK(idle.write("second\n"));
    CHECK(idle.line() == "6:second\n");
}

TEST_CASE("S23: a client that does not read its answers is dropped") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.write_deadline = 50ms;
    Server server(options,
                  [](std::vector<std::string_view>) -> Task<std::string> { co_return std::string(4 * 1024 * 1024, 'x'); });
    Client client(server.path());
    client.write("a\n");
    const auto begun = std::chrono::steady_clock::now();
    while (!server.logged("socket.slow_reader") && std::chrono::steady_clock::now() - begun < 2s)
        std::this_thread::sleep_for(1ms);
    CHECK(server.logged("socket.slow_reader"));
    CHECK(client.rest().size() < 4 * 1024 * 1024);
}

TEST_CASE("S23: slow writers make place for others where all connections are in use") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.connections_max = 4;
    Server server(options, measure);
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 40; ++i) {
        slow.push_back(std::make_unique<Client>(server.path()));
        slow.back()->write("{");
        if (i < 4) continue;
        Client good(server.path());
        good.write("good\n");
        CHECK(good.line() == "4:good\n");
    }
}

TEST_CASE("S23: leaked connections that say nothing do not lock the socket: the longest idle is told why and goes") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.connections_max = 3;
    Server server(options, measure);
    std::vector<std::unique_ptr<Client>> leaked;
    for (const auto* name : {"a\n", "b\n", "c\n"}) {
        leaked.push_back(std::make_unique<Client>(server.path()));
        leaked.back()->write(name);
        REQUIRE(leaked.back()->line().starts_with("1:"));
    }
    leaked[0]->write("again\n");  // now the second one has been idle longest
    REQUIRE(leaked[0]->line() == "5:again\n");
    Client honest(server.path());
    honest.write("honest\n");
    CHECK(honest.line() == "6:honest\n");
    const auto why = leaked[1]->line();
    CHECK(why.find(R"("status":"busy")") != std::string::npos);
    CHECK(why.find(R"("code":"evicted")") != std::string::npos);
    for (const auto i : {0U, 2U}) {
        leaked[i]->write("still\n");
        CHECK(leaked[i]->line() == "5:still\n");
    }
}

TEST_CASE("S23: bytes that end no line are no progress: who drips goes before who is silent for less long") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.connections_max = 2;
    Server server(options, measure);
    Client drips(server.path());
    drips.write("{");
    Client silent(server.path());
    silent.write("x\n");
    REQUIRE(silent.line() == "1:x\n");
    drips.write("{");
    Client honest(server.path());
    honest.write("honest\n");
    CHECK(honest.line() == "6:honest\n");
    CHECK(drips.line().find("evicted") != std::string::npos);
    silent.write("y\n");
    CHECK(silent.line() == "1:y\n");
}

TEST_CASE("S23: who is owed an answer keeps its place, and one too many is told busy and reads it though it writes first") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.connections_max = 2;
    options.leaving_deadline = 1min;  // a test may be slow
    std::atomic<int> handed{0};
    std::atomic<bool> release{false};
    Server server(options, [&](std::vector<std::string_view> lines) -> Task<std::string> {
        ++handed;
        while (!release) co_await sleep_for(1ms);
        co_return std::string(lines.front()) + "\n";
    });
    Client one(server.path());
    Client two(server.path());
    one.write("one\n");
    two.write("two\n");
    while (handed < 2) std::this_thread::yield();
    Client three(server.path());
    while (!server.logged("socket.full")) std::this_thread::yield();
    CHECK(three.write("late\n"));  // no EPIPE
    const auto answer = three.line();
    CHECK(answer.find(R"("status":"busy")") != std::string::npos);
    CHECK(answer.find("too_many_connections") != std::string::npos);
    CHECK(three.rest().empty());
    release = true;
    CHECK(one.line() == "one\n");
    CHECK(two.line() == "two\n");
}

TEST_CASE("S23: of those that were told to go only leaving_max stay open") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.connections_max = 1;
    options.leaving_max = 2;
    options.leaving_deadline = 1min;
    Server server(options, measure);
    std::vector<std::unique_ptr<Client>> gone;
    for (int i = 0; i < 5; ++i) {
        gone.push_back(std::make_unique<Client>(server.path()));
        gone.back()->write("x\n");
        REQUIRE(gone.back()->line() == "1:x\n");
    }
    for (int i = 0; i < 4; ++i) CHECK(gone[static_cast<std::size_t>(i)]->line().find("evicted") != std::string::npos);
    for (int i = 0; i < 2; ++i) CHECK(gone[static_cast<std::size_t>(i)]->rest().empty());
    CHECK_FALSE(gone[0]->write("y\n"));
    CHECK_FALSE(gone[1]->write("y\n"));
    CHECK(gone[2]->write("y\n"));
    CHECK(gone[3]->write("y\n"));
}

TEST_CASE("S23: a user who takes all places does not take another user's") {
    if (geteuid() != 0) {
        std::cout << "skipped: only root can become somebody else for a moment\n";
        return;
    }
    constexpr uid_t stranger = 65534;
    const TemporaryFolder folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
    auto options = options_in(folder);
    options.connections_max = 4;
    options.allow_users = {std::to_string(stranger)};
    Server server(options, measure);
    std::filesystem::permissions(server.path(), std::filesystem::perms::all);
    Client honest(server.path());
    honest.write("first\n");
    REQUIRE(honest.line() == "5:first\n");
    std::vector<std::unique_ptr<Client>> greedy;
    REQUIRE(seteuid(stranger) == 0);
    for (int i = 0; i < 50; ++i) {
        greedy.push_back(std::make_unique<Client>(server.path()));
        greedy.back()->write("g\n");
    }
    REQUIRE(seteuid(0) == 0);
    CHECK(greedy.back()->line() == "1:g\n");
    honest.write("second\n");  // idle longer than any of theirs
    CHECK(honest.line() == "6:second\n");
    Client another(server.path());
    another.write("third\n");
    CHECK(another.line() == "5:third\n");
}

TEST_CASE("S23: a thousand clients in the middle of a line do not delay another") {
    rlimit files{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
    setrlimit(RLIMIT_NOFILE, &files);
    const std::size_t clients = std::min<std::size_t>(1000, (files.rlim_cur - 100) / 2);  // both ends are in this process
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.connections_max = 1100;
    options.line_deadline = 1h;  // nothing but the server's attention can end a wait
    Server server(options, measure);
    std::vector<std::unique_ptr<Client>> slow;
    for (std::size_t i = 0; i < clients; ++i) {
        slow.push_back(std::make_unique<Client>(server.path()));
        REQUIRE(slow.back()->connected());
    }
    Client good(server.path());
    for (int i = 0; i < 10; ++i) {
        for (auto& client : slow) client->write("x");
        good.write("good\n");
        REQUIRE(good.line() == "4:good\n");
    }
}

TEST_CASE("LineSocket: when handling fails, it is logged, nothing is answered and the others go on") {
    const TemporaryFolder folder;
    Server server(options_in(folder), [](std::vector<std::string_view> lines) -> Task<std::string> {
        if (lines.front() == "bad") throw std::runtime_error("the disk is gone");
        co_return "fine\n";
    });
    Client good(server.path());
    Client bad(server.path());
    bad.write("bad\n");
    CHECK(bad.rest().empty());
    CHECK(server.logged("the disk is gone"));
    good.write("good\n");
    CHECK(good.line() == "fine\n");
}

TEST_CASE("LineSocket: stop answers what was handed over and takes nothing more") {
    const TemporaryFolder folder;
    std::atomic<bool> handed{false};
    std::atomic<bool> release{false};
    auto server = std::make_unique<Server>(options_in(folder), [&](std::vector<std::string_view>) -> Task<std::string> {
        handed = true;
        while (!release) co_await sleep_for(1ms);
        co_return "late\n";
    });
    Client idle(server->path());
    Client client(server->path());
    client.write("1\n");
    while (!handed) std::this_thread::yield();
    client.write("2\n");
    std::thread stopper([&] { server->stop(); });
    CHECK(idle.rest().empty());  // stop has begun
    release = true;
    CHECK(client.rest() == "late\n");
    stopper.join();
    CHECK_FALSE(std::filesystem::exists(server->path()));
    CHECK_FALSE(Client(server->path()).connected());
}

TEST_CASE("S24: the socket is 0660 in a folder of 0750, whatever the umask is") {
    const TemporaryFolder folder;
    for (const mode_t mask : {0000U, 0022U, 0077U}) {
        const mode_t before = umask(mask);
        auto options = options_in(folder);
        options.path = folder.path() / ("run" + std::to_string(mask)) / "s.sock";
        Server server(options, measure);
        CHECK(mode_of(options.path) == 0660);
        CHECK(mode_of(options.path.parent_path()) == 0750);
        CHECK(umask(before) == mask);
    }
}

TEST_CASE("S24: who may connect is decided by user and groups") {
    const std::vector<std::string> none;
    const uid_t stranger = geteuid() + 12345;
    CHECK(PeerAccess(none, none).allows({0, 5, {}}));
    CHECK(PeerAccess(none, none).allows({geteuid(), 5, {}}));
    CHECK_FALSE(PeerAccess(none, none).allows({stranger, 0, {0, getegid()}}));
    CHECK(PeerAccess({std::to_string(stranger)}, none).allows({stranger, 5, {}}));
    CHECK_FALSE(PeerAccess({std::to_string(stranger)}, none).allows({stranger + 1, 5, {}}));
    CHECK(PeerAccess(none, {"77"}).allows({stranger, 77, {}}));
    CHECK(PeerAccess(none, {"77"}).allows({stranger, 5, {6, 77}}));
    CHECK_FALSE(PeerAccess(none, {"77"}).allows({stranger, 5, {6, 78}}));
    CHECK(PeerAccess({"daemon"}, {"mail"}).allows({1, 1, {}}));  // the same numbers on every Debian
    CHECK(PeerAccess({"daemon"}, {"mail"}).allows({stranger, 8, {}}));
    CHECK_THROWS_AS(PeerAccess({"no-such-user"}, none), std::system_error);
    CHECK_THROWS_AS(PeerAccess(none, {"no-such-group"}), std::system_error);
    CHECK_THROWS_AS(PeerAccess({""}, none), std::system_error);
}

TEST_CASE("S24: the kernel tells user and groups of the peer") {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const Peer peer = peer_of(ends[0]);
    CHECK(peer.user == geteuid());
    CHECK(peer.group == getegid());
    std::vector<gid_t> own(static_cast<std::size_t>(getgroups(0, nullptr)));
    CHECK(getgroups(static_cast<int>(own.size()), own.data()) == static_cast<int>(own.size()));
    CHECK(peer.groups == own);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("S24: a peer that is not allowed is told so and disconnected") {
    if (geteuid() != 0) {
        std::cout << "skipped: only root can become somebody else for a moment\n";
        return;
    }
    const TemporaryFolder folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
    Server server(options_in(folder), measure);
    std::filesystem::permissions(server.path(), std::filesystem::perms::all);
    REQUIRE(seteuid(65534) == 0);
    Client client(server.path());
    REQUIRE(seteuid(0) == 0);
    REQUIRE(client.connected());
    while (!server.logged("socket.not_allowed")) std::this_thread::yield();
    CHECK(client.write("late\n"));  // no EPIPE: it reads why
    const auto answer = client.rest();
    CHECK(answer.find(R"("status":"rejected")") != std::string::npos);
    CHECK(answer.find(R"("code":"not_allowed")") != std::string::npos);
    CHECK(server.logged("socket.not_allowed"));
}

TEST_CASE("S24: a daemon that is not root lets a listed user and a listed group in at the file, and nobody else") {
    if (geteuid() != 0) {
        std::cout << "skipped: only root can become somebody else for a moment\n";
        return;
    }
    constexpr uid_t daemon_user = 65532, listed = 65533, stranger = 65534;
    constexpr gid_t listed_group = 65531;
    const TemporaryFolder folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms{0750});
    REQUIRE(chown(folder.path().c_str(), daemon_user, daemon_user) == 0);
    auto options = options_in(folder);
    options.allow_users = {std::to_string(listed)};
    options.allow_groups = {std::to_string(listed_group)};
    REQUIRE(seteuid(daemon_user) == 0);
    Server server(options, measure);
    REQUIRE(seteuid(0) == 0);
    const auto connects = [&](uid_t user, gid_t group) {
        REQUIRE(setegid(group) == 0);
        REQUIRE(seteuid(user) == 0);
        Client client(server.path());
        REQUIRE(seteuid(0) == 0);
        REQUIRE(setegid(0) == 0);
        return client.write("x\n") && client.line() == "1:x\n";
    };
    CHECK(connects(listed, 65530));
    CHECK(connects(stranger, listed_group));
    CHECK_FALSE(connects(stranger, 65530));
    CHECK(mode_of(server.path()) == 0660);
    CHECK(mode_of(folder.path()) == 0750);
    CHECK_FALSE(server.logged("access_not_given"));
}

TEST_CASE("S25: a socket in a folder that others may write in is refused") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.path = folder / "run/s.sock";
    std::filesystem::create_directory(folder / "run");
    for (const unsigned mode : {0777U, 01777U, 0770U}) {
        std::filesystem::permissions(folder / "run", std::filesystem::perms{mode});
        CHECK(code_of_run(options) == std::to_string(EPERM));
    }
    std::filesystem::permissions(folder / "run", std::filesystem::perms{0755});
    CHECK(code_of_run(options).empty());
}

TEST_CASE("S25: a stale socket of ours is replaced") {
    const TemporaryFolder folder;
    const auto options = options_in(folder);
    leave_stale_socket(options.path);
    REQUIRE(std::filesystem::is_socket(options.path));
    Server server(options, measure);
    Client client(server.path());
    client.write("x\n");
    CHECK(client.line() == "1:x\n");
}

TEST_CASE("S25: a socket on which somebody listens is left alone") {
    const TemporaryFolder folder;
    const auto options = options_in(folder);
    Server server(options, measure);
    CHECK(code_of_run(options) == std::to_string(EADDRINUSE));
    Client client(server.path());
    client.write("x\n");
    CHECK(client.line() == "1:x\n");
}

TEST_CASE("S25: a file, a link or a folder in the socket's place is left alone") {
    const TemporaryFolder folder;
    const auto options = options_in(folder);
    ::close(::open(options.path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    CHECK(code_of_run(options) == std::to_string(EEXIST));
    CHECK(std::filesystem::is_regular_file(options.path));
    std::filesystem::remove(options.path);
    leave_stale_socket(folder / "other.sock");
    std::filesystem::create_symlink(folder / "other.sock", options.path);
    CHECK(code_of_run(options) == std::to_string(EEXIST));
    CHECK(std::filesystem::is_symlink(options.path));
    CHECK(std::filesystem::is_socket(folder / "other.sock"));
    std::filesystem::remove(options.path);
    std::filesystem::create_directory(options.path);
    CHECK(code_of_run(options) == std::to_string(EEXIST));
}

TEST_CASE("S25: at its end a server removes its own file only") {
    const TemporaryFolder folder;
    const auto options = options_in(folder);
    Server first(options, measure);
    std::filesystem::rename(options.path, folder / "moved.sock");
    Server second(options, measure);
    first.stop();
    CHECK(std::filesystem::is_socket(options.path));
    Client client(second.path());
    client.write("x\n");
    CHECK(client.line() == "1:x\n");
    second.stop();
    CHECK_FALSE(std::filesystem::exists(options.path));
}

TEST_CASE("LineSocket: a path that is too long for a socket is refused") {
    const TemporaryFolder folder;
    auto options = options_in(folder);
    options.path = folder / std::string(200, 'x');
    CHECK(code_of_run(options) == std::to_string(ENAMETOOLONG));
}
