// What systemd hears from the daemon (sd_notify(3)).
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>

#include "support/testdata.hpp"
#include "trip/support/trip.hpp"

using namespace ilbud::test;

namespace {

/// The service manager's end of NOTIFY_SOCKET.
class NotifySocket {
 public:
    explicit NotifySocket(const std::filesystem::path& path) : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.native().size());
        if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("bind failed");
    }
    ~NotifySocket() { ::close(descriptor_); }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;

    /// All that came so far, one notice after the other.
    std::string heard() {
        pollfd wait{descriptor_, POLLIN, 0};
        while (::poll(&wait, 1, 0) == 1) {
            char buffer[1024];
            const auto got = ::recv(descriptor_, buffer, sizeof buffer, 0);
            if (got > 0) all_.append(buffer, static_cast<std::size_t>(got)) += '\n';
        }
        return all_;
    }

 private:
    int descriptor_;
    std::string all_;
};

}  // namespace

TEST_CASE("serve: tells systemd when it is ready, reloading, alive and stopping") {
    SinkThread sink;
    WorldOptions options;
    options.relay_port = sink.port();
    World world(options);
    NotifySocket manager(world.folder() / "notify");
    ::setenv("NOTIFY_SOCKET", (world.folder() / "notify").c_str(), 1);
    ::setenv("WATCHDOG_USEC", "300000", 1);
    world.start();
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    wait_until("READY=1", [&] { return manager.heard().find("READY=1") != std::string::npos; });
    wait_until("WATCHDOG=1", [&] { return manager.heard().find("WATCHDOG=1") != std::string::npos; });
    world.daemon().signal(SIGHUP);
    wait_until("RELOADING=1", [&] {
        const auto all = manager.heard();
        const auto reloading = all.find("RELOADING=1\nMONOTONIC_USEC=");
        return reloading != std::string::npos && all.find("READY=1", reloading) != std::string::npos;
    });
    CHECK(world.stop() == 0);
    CHECK(manager.heard().find("STOPPING=1") != std::string::npos);
}
