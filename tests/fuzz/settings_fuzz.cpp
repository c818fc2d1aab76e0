// Settings files as an operator may mistype them: whatever the bytes, they are read or refused at a place in the file.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "../../engine/settings/document.hpp"
#include "../../engine/settings/files.hpp"

namespace {

using namespace ilbud;
using namespace ilbud::settings_file;

void must(bool holds) {
    if (!holds) std::abort();
}

void check(const Error& error, std::size_t lines) {
    must(!error.code.empty() && !error.detail.empty() && error.detail.size() <= 4096);
    const auto line = std::stoul(error.place.substr(error.place.find(':') + 1));
    must(line >= 1 && line <= lines);
    must(error.detail.find_first_of(std::string_view("\n\r\x1b\x7f\0", 5)) == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    const auto root = parse_toml(text);
    if (!root) {
        check({root.error().code, "f:" + root.error().place, root.error().detail}, lines);
        return 0;
    }
    // Both readers, whichever file it is meant to be; no path in it is there.
    Findings findings("f");
    static_cast<void>(read_platform(Table(*root, "", findings), Disk("/nowhere", Secrets::needed)));
    Settings settings;
    FirstSeen first_seen;
    read_account(Table(*root, "", findings), settings, first_seen, true);
    std::vector<Error> errors;
    findings.move_to(errors);
    for (const auto& error : errors) check(error, lines);
    return 0;
}
