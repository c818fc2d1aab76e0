// On the shelf and not in a file beside the queue: whoever can read the queue has the addresses themselves, so the key is as safe
// there as what it hides; it goes where the queue goes, and daemons that share a store write the same names.
#include "log_key.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "ilbud/base/id.hpp"

namespace ilbud {
namespace {

constexpr const char* shelf_name = "log";
constexpr const char* row_name = "address_key";

// A JSON text of base64; empty if it is none.
std::string key_in(const std::vector<ShelfRow>& rows) {
    for (const auto& row : rows) {
        if (row.name != row_name || row.value.size() < 2) continue;
        return from_base64(std::string_view(row.value).substr(1, row.value.size() - 2)).value_or("");
    }
    return {};
}

}  // namespace

Secret random_log_key() {
    std::array<char, 32> bytes{};
    if (::getentropy(bytes.data(), bytes.size()) != 0) throw std::system_error(errno, std::system_category(), "getentropy");
    return Secret(std::string(bytes.data(), bytes.size()));
}

Task<Secret> kept_log_key(Shelf& shelf, Log& log) {
    const auto before = co_await shelf.rows(shelf_name);
    if (auto key = key_in(before); !key.empty()) co_return Secret(std::move(key));
    auto fresh = random_log_key();
    std::string failure;
    try {
        std::vector<ShelfWrite> writes;
        writes.push_back({shelf_name, row_name, '"' + base64(fresh.reveal()) + '"', std::nullopt});
        if (before.empty()) writes.back().replaces = 0;
        const bool put = co_await shelf.put(std::move(writes));
        if (put) co_return fresh;
    } catch (const std::exception& error) {
        failure = error.what();
    }
    if (!failure.empty()) {
        log.warning("log.key_not_kept", {{"detail", failure}});
        co_return fresh;
    }
    // Another daemon was first.
    const auto now = co_await shelf.rows(shelf_name);
    co_return Secret(key_in(now));
}

}  // namespace ilbud
