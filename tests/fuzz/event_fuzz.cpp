// Events from outside: whatever the bytes, parse_event and name_of_event end without a crash, and what is taken holds together.
#include <cstdlib>

#include "ilbud/base/address.hpp"
#include "ilbud/intake/event.hpp"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check_address(const std::string& text) {
    if (text.empty()) return;
    const auto address = ilbud::parse_address(text);
    require(address && address->text() == text);  // the wire form is its own wire form
    require(text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
}

void check_event(const ilbud::Event& event) {
    require(!event.id.empty() && event.id.size() <= 255);
    require(!event.source.empty() && event.source.size() <= 255);
    check_address(event.subscriber.email);
    if (event.payer) check_address(event.payer->email);
    if (const auto* invoice = std::get_if<ilbud::Invoice>(&event.data))
        for (const auto& copy : invoice->copy_to) check_address(copy);
    require(event.ignored.size() <= ilbud::ignored_max);
    for (const auto& [field, nearest] : event.ignored) require(!field.empty() && field.size() <= 200 && field != nearest);
    const auto name = ilbud::name_of_event(event.raw);
    require(name.id == event.id && name.source == event.source);
    const auto again = ilbud::parse_event(event.raw);
    require(again && again->digest == event.digest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto event = ilbud::parse_event(bytes);
    if (event)
        check_event(*event);
    else
        require(!event.error().code.empty() && event.error().place.size() <= 200);
    const auto name = ilbud::name_of_event(bytes);
    require(name.id.size() <= 255 && name.source.size() <= 255);
    if (const auto address = ilbud::parse_address(bytes)) {
        check_address(address->text());
        require(address->text().size() <= 254);
        require(!ilbud::suppression_key(*address).empty());
    }
    return 0;
}
