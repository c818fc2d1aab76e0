#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/mail/sign.hpp"

namespace ilbud {
namespace {

// Never over an existing file: that key may be the one that signs.
Result<void> write_private(const std::filesystem::path& path, const Secret& text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        if (errno == EEXIST) return Error{"file_exists", path.string(), "exists already; choose another name or remove it first"};
        return Error{"cannot_write", path.string(), std::strerror(errno)};
    }
    const auto& bytes = text.reveal();
    const bool written = ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(file) == 0;
    const int failure = errno;
    ::close(file);
    if (written) return {};
    ::unlink(path.c_str());
    return Error{"cannot_write", path.string(), std::strerror(failure)};
}

}  // namespace

int new_key_command(const CommonOptions& common, const NewKeyOptions& options) {
    const auto refuse = [&](const Error& error) {
        print_errors({error}, common.json);
        return 1;
    };
    auto name = options.target;
    if (name.empty()) name = options.selector + "._domainkey" + (options.domain.empty() ? "" : "." + options.domain);
    const auto pem = options.algorithm == "rsa" ? new_rsa_key(options.bits) : new_ed25519_key();
    if (!pem) return refuse(pem.error());
    const auto key = SigningKey::from_pem(*pem, options.selector);
    if (!key) return refuse(key.error());
    if (const auto written = write_private(options.out, *pem); !written) return refuse(written.error());
    std::string out;
    if (common.json) {
        JsonWriter(out)
            .begin_object()
            .field("file", options.out.string())
            .field("selector", options.selector)
            .field("name", name)
            .field("record", key->dns_record())
            .field("zone", zone_line(name, key->dns_record()))
            .end_object();
        out += "\n";
    } else {
        out = "private key written to " + options.out.string() + " (mode 0600)\n\nPublish this TXT record:\n\n" + zone_line(name, key->dns_record()) + "\n";
    }
    print(out);
    return 0;
}

}  // namespace ilbud
