/// The service manager's end of NOTIFY_SOCKET (sd_notify(3)): a datagram socket that keeps what it hears.
#pragma once
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace ilbud::test {

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

    /// All that came so far, one notice after the other, each with a line end.
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

}  // namespace ilbud::test
