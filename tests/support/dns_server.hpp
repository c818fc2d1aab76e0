/// Real authoritative DNS for tests: knotd on a free loopback port with zones written in the test, in a folder of its own; started in
/// about a tenth of a second, ended and removed with the object. Needs no privileges. Also a "server" that never answers.
#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

extern char** environ;

namespace ilbud::test {

/// `records` in zone file form, relative to `name` ("www 60 CNAME other.test."); SOA, NS and $TTL 60 are added.
struct DnsZone {
    std::string name;  ///< "kunde.test", without the last dot; empty: the root
    std::string records;
    bool sign = false;            ///< with DNSSEC; see DnsServer::trust_anchor
    bool broken = false;          ///< every question about it is answered SERVFAIL
    std::string update_key = {};  ///< name of a TSIG key (DnsServer's `keys`) that may change it (RFC 2136)
};

struct TsigKey {
    std::string name;
    std::string secret;  ///< base64; hmac-sha256
};

/// A UDP and TCP port of 127.0.0.1 that nobody answers on while this lives: it is bound, and nothing listens or reads.
class SilentServer {
 public:
    SilentServer() : udp_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof here;
        if (::bind(udp_, reinterpret_cast<sockaddr*>(&here), size) != 0 ||
            ::getsockname(udp_, reinterpret_cast<sockaddr*>(&here), &size) != 0)
            throw std::runtime_error("no free port");
        port_ = ntohs(here.sin_port);
    }
    ~SilentServer() { ::close(udp_); }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string address() const { return "127.0.0.1@" + std::to_string(port_); }
    [[nodiscard]] int socket() const { return udp_; }  ///< for a test that answers with bytes of its own

 private:
    int udp_;
    std::uint16_t port_ = 0;
};

class DnsServer {
 public:
    static constexpr const char* program = "/usr/sbin/knotd";
    /// Says so on one line where knotd is absent: the test then skips.
    static bool available() {
        if (::access(program, X_OK) == 0) return true;
        std::cout << "skipped: knotd is absent (Debian: knot)\n";
        return false;
    }

    explicit DnsServer(std::vector<DnsZone> zones, std::vector<TsigKey> keys = {})
        : zones_(std::move(zones)), keys_(std::move(keys)) {
        std::filesystem::create_directory(folder_ / "db");
        for (auto& zone : zones_) write(zone);
        for (int attempt = 0; attempt < 5; ++attempt) {
            port_ = SilentServer().port();
            write_config();
            start();
            if (ready()) return;  // else somebody took the port in between
        }
        throw std::runtime_error("knotd does not start:\n" + log());
    }
    ~DnsServer() { end(); }
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string address() const { return "127.0.0.1@" + std::to_string(port_); }
    [[nodiscard]] std::string log() const { return std::filesystem::exists(folder_ / "log") ? read_file(folder_ / "log") : ""; }
    [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }

    /// Gives a zone other records; returns when they are served.
    void replace(const std::string& name, std::string records) {
        for (auto& zone : zones_) {
            if (zone.name != name) continue;
            zone.records = std::move(records);
            write(zone);
            ::kill(id_, SIGHUP);
            wait_for("zone " + name, [&] { return serial(name) >= serials_[name]; });
            return;
        }
        throw std::runtime_error("no zone " + name);
    }
    void pause() const { ::kill(id_, SIGSTOP); }   ///< it no longer answers …
    void resume() const { ::kill(id_, SIGCONT); }  ///< … until this

    /// The DS record of a signed zone, one line, as a trust anchor; other zones need none.
    [[nodiscard]] std::string trust_anchor(const std::string& zone) const {
        const std::string command = "keymgr -c '" + (folder_ / "knot.conf").string() + "' " + zone + ". ds 2>/dev/null";
        std::FILE* pipe = ::popen(("PATH=$PATH:/usr/sbin " + command).c_str(), "r");
        if (pipe == nullptr) throw std::runtime_error("keymgr cannot be started");
        std::string out;
        for (int c = 0; (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
        ::pclose(pipe);
        std::istringstream lines(out);
        std::string line, last;
        while (std::getline(lines, line))
            if (line.find(" DS ") != std::string::npos) last = line;
        if (last.empty()) throw std::runtime_error("no DS of " + zone + "\n" + log());
        return last;
    }

 private:
    void write(DnsZone& zone) {
        if (zone.broken) return;  // knotd answers SERVFAIL for a zone it cannot load
        const auto serial = ++serials_[zone.name];
        std::ofstream(folder_ / (zone.name + ".zone"), std::ios::binary)
            << "$ORIGIN " << zone.name << ".\n$TTL 60\n@ SOA ns hostmaster " << serial
            << " 3600 900 86400 60\n@ NS ns\nns A 127.0.0.1\n"
            << zone.records << "\n";
    }

    void write_config() const {
        std::ofstream out(folder_ / "knot.conf", std::ios::binary);
        const auto here = folder_.path().string();
        out << "server:\n  rundir: \"" << here << "\"\n  listen: 127.0.0.1@" << port_
            << "\n  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n"
            << "database:\n  storage: \"" << here << "/db\"\n"
            << "log:\n  - target: stderr\n    any: warning\n";
        for (std::size_t i = 0; i < keys_.size(); ++i)
            out << (i == 0 ? "key:\n" : "") << "  - id: " << keys_[i].name
                << "\n    algorithm: hmac-sha256\n    secret: " << keys_[i].secret << "\n";
        for (std::size_t i = 0; i < keys_.size(); ++i)
            out << (i == 0 ? "acl:\n" : "") << "  - id: update_" << i << "\n    key: " << keys_[i].name
                << "\n    action: update\n";
        out << "policy:\n  - id: quick\n    algorithm: ecdsap256sha256\n    single-type-signing: on\n    nsec3: off\n"
            << "template:\n  - id: default\n    storage: \"" << here
            << "\"\n    zonefile-sync: -1\n    zonefile-load: whole\n    journal-content: none\n"
            << "zone:\n";
        for (const auto& zone : zones_) {
            out << "  - domain: " << zone.name << ".\n    file: \"" << zone.name << ".zone\"\n";
            if (zone.sign) out << "    dnssec-signing: on\n    dnssec-policy: quick\n";
            for (std::size_t i = 0; i < keys_.size(); ++i)
                if (keys_[i].name == zone.update_key) out << "    acl: update_" << i << "\n";
        }
    }

    void start() {
        const auto config = (folder_ / "knot.conf").string();
        // It ends with this process, also if that is killed.
        std::vector<std::string> words{"setpriv", "--pdeathsig", "KILL", "--", program, "-c", config};
        std::vector<char*> argv;
        for (auto& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        const auto errors = (folder_ / "log").string();
        posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        posix_spawn_file_actions_adddup2(&actions, 2, 1);
        const int failure = ::posix_spawnp(&id_, words[0].c_str(), &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (failure != 0) throw std::runtime_error("knotd cannot be started");
    }

    void end() {
        if (id_ <= 0) return;
        ::kill(id_, SIGKILL);  // nothing of it is worth keeping
        ::waitpid(id_, nullptr, 0);
        id_ = -1;
    }

    [[nodiscard]] bool ready() {
        try {
            for (const auto& zone : zones_)
                if (!zone.broken) wait_for("zone " + zone.name, [&] { return serial(zone.name) > 0; });
            return true;
        } catch (const std::runtime_error&) {
            if (id_ < 0) return false;
            end();
            throw;
        }
    }

    template <class Condition>
    void wait_for(const std::string& what, Condition condition) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!condition()) {
            if (::waitpid(id_, nullptr, WNOHANG) == id_) {
                id_ = -1;
                throw std::runtime_error("knotd ended:\n" + log());
            }
            if (std::chrono::steady_clock::now() > until) throw std::runtime_error("waited in vain for " + what + ":\n" + log());
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    // The zone's SOA serial as it is served; 0 if there is none yet.
    [[nodiscard]] std::uint32_t serial(const std::string& zone) const {
        std::string question("\x12\x34\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
        std::string rest = zone;
        for (std::size_t dot = 0; !rest.empty(); rest.erase(0, std::min(dot, rest.size() - 1) + 1)) {
            dot = std::min(rest.find('.'), rest.size());
            question += static_cast<char>(dot);
            question.append(rest, 0, dot);
        }
        question.append("\x00\x00\x06\x00\x01", 5);
        const int udp = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_in there{};
        there.sin_family = AF_INET;
        there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        there.sin_port = htons(port_);
        std::uint32_t found = 0;
        unsigned char answer[4096];
        pollfd waiting{udp, POLLIN, 0};
        if (::connect(udp, reinterpret_cast<sockaddr*>(&there), sizeof there) == 0 &&
            ::send(udp, question.data(), question.size(), 0) > 0 && ::poll(&waiting, 1, 200) == 1) {
            const auto size = ::recv(udp, answer, sizeof answer, 0);
            // One SOA record in the answer; its data end with serial and four more numbers of 32 bits.
            if (size > static_cast<ssize_t>(question.size()) && (answer[3] & 15U) == 0 && answer[7] == 1) {
                const auto* record = answer + question.size() + (zone.empty() ? 1 : 2);  // after the compressed owner
                const auto data = static_cast<std::size_t>(record[8] << 8U | record[9]);
                const auto* end = record + 10 + data;
                for (const auto* at = end - 20; at < end - 16; ++at) found = found << 8U | *at;
            }
        }
        ::close(udp);
        return found;
    }

    TemporaryFolder folder_;
    std::vector<DnsZone> zones_;
    std::vector<TsigKey> keys_;
    std::map<std::string, std::uint32_t> serials_;
    std::uint16_t port_ = 0;
    pid_t id_ = -1;
};

}  // namespace ilbud::test
