// A rate without its processor is worth little: flags like sha_ni or avx512ifma decide about
// the cost of a mail. Only those are kept that some library on the mail's way looks for, since
// the whole list fills a screen and says no more.
#include "processor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

namespace ilbud::bench {
namespace {

// What signing (OpenSSL's and our own), hashing, encryption, parsing of JSON and copying ask the processor for.
constexpr std::array<std::string_view, 24> speed_flags{
    "aes",      "pclmulqdq",  "ssse3",    "sse4_2",       "avx",      "avx2",   "bmi1",       "bmi2",
    "adx",      "avx512f",    "avx512dq", "avx512bw",     "avx512vl", "sha_ni", "avx512ifma", "avx512vbmi",
    "avx_ifma", "vpclmulqdq", "vaes",     "avx512_vbmi2", "gfni",     "erms",   "fsrm",       "avx512_vpopcntdq"};

// cpuinfo pads its keys with tabs.
std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Whole or not at all: "0x1a" of some other architecture is no number here.
std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::vector<std::string> that_matter(std::string_view flags) {
    std::istringstream words{std::string(flags)};
    std::vector<std::string> found{std::istream_iterator<std::string>(words), {}};
    std::erase_if(found, [](const std::string& flag) {
        return std::find(speed_flags.begin(), speed_flags.end(), flag) == speed_flags.end();
    });
    return found;
}

// Keys as x86 has them; other architectures have others, and stay "unknown".
void take(Processor& processor, std::string_view key, std::string_view value) {
    if (key == "vendor_id") processor.vendor = value;
    if (key == "model name") processor.name = value;
    if (key == "cpu family") processor.family = number(value);
    if (key == "model") processor.model = number(value);
    if (key == "stepping") processor.stepping = number(value);
    if (key == "flags") processor.flags = that_matter(value);
}

}  // namespace

Processor parse_processor(std::string_view cpuinfo) {
    Processor processor;
    while (!cpuinfo.empty()) {
        // The last line may lack its end.
        const auto line = cpuinfo.substr(0, cpuinfo.find('\n'));
        cpuinfo.remove_prefix(std::min(cpuinfo.size(), line.size() + 1));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto key = trimmed(line.substr(0, colon));
        const auto value = trimmed(line.substr(colon + 1));
        // Each core has a block that begins with its number.
        if (key == "processor") ++processor.cores;
        // Of several cores the first one speaks; a line before any block would count for it, too.
        if (processor.cores <= 1 && !value.empty()) take(processor, key, value);
    }
    return processor;
}

Processor this_processor() {
    std::ifstream file("/proc/cpuinfo");
    return parse_processor(std::string{std::istreambuf_iterator<char>(file), {}});
}

// What is not known is left out of the text, and null in the JSON.
std::string processor_text(const Processor& processor) {
    std::string text = processor.name + " (" + processor.vendor;
    for (const auto& [word, value] :
         {std::pair{", family ", processor.family}, {", model ", processor.model}, {", stepping ", processor.stepping}})
        if (value) text += word + std::to_string(*value);
    return text + "), " + std::to_string(processor.cores) + (processor.cores == 1 ? " core" : " cores");
}

std::string flags_text(const Processor& processor) {
    if (processor.flags.empty()) return "no flags known to matter";
    std::string text;
    for (const auto& flag : processor.flags) text += (text.empty() ? "" : " ") + flag;
    return text;
}

void write_processor(JsonWriter& json, const Processor& processor) {
    json.begin_object().field("vendor", processor.vendor);
    for (const auto& [key, value] :
         {std::pair{"family", processor.family}, {"model", processor.model}, {"stepping", processor.stepping}}) {
        json.key(key);
        if (value)
            json.value(*value);
        else
            json.null();
    }
    json.field("name", processor.name).field("cores", processor.cores).key("flags").begin_array();
    for (const auto& flag : processor.flags) json.value(flag);
    json.end_array().end_object();
}

}  // namespace ilbud::bench
