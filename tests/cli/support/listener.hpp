/// A Unix socket that stands where a daemon's would, for tests of those who connect.
#pragma once
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <cstring>
#include <filesystem>
#include <optional>

namespace ilbud::test {

/// Listens until it goes out of scope; as another user if root says so.
class Listener {
 public:
    explicit Listener(const std::filesystem::path& path, std::optional<uid_t> user = std::nullopt, int backlog = 8)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.native().size());
        if (user) REQUIRE(::seteuid(*user) == 0);
        const bool listens =
            ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(socket_, backlog) == 0;
        if (user) REQUIRE(::seteuid(0) == 0);
        REQUIRE(listens);
    }
    ~Listener() { ::close(socket_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    [[nodiscard]] int number() const { return socket_; }

 private:
    int socket_;
};

}  // namespace ilbud::test
