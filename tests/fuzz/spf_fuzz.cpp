// SPF records and DNS answers from strangers: whatever the bytes, the parsers end, and what they take holds together.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ilbud/dns/dns_packet.hpp"
#include "ilbud/spf/spf_edit.hpp"
#include "ilbud/spf/spf_record.hpp"
#include "ilbud/spf/spf_repair.hpp"

namespace {

using namespace ilbud;

void must(bool holds) {
    if (!holds) std::abort();
}

void expand(const std::vector<SpfMacroPart>& parts) {
    SpfMacroValues values;
    values.sender = "a.b-c@d.example";
    values.local = "a.b-c";
    values.domain = "d.example";
    values.dotted_ip = "192.0.2.1";
    must(expand_spf_domain(parts, values).size() <= expand_spf_macros(parts, values).size());
}

void read_record(std::string_view text) {
    const auto record = parse_spf_record(text);
    if (!record) {
        must(record.error().place.starts_with("byte "));
        const auto at = std::stoul(record.error().place.substr(5));
        must(at >= 1 && at <= text.size() + 1);
        return;
    }
    for (const auto& directive : record->directives) {
        must(text.substr(directive.at - 1, directive.text.size()) == directive.text);
        must(directive.prefix4 >= 0 && directive.prefix4 <= 32 && directive.prefix6 >= 0 && directive.prefix6 <= 128);
        expand(directive.domain);
    }
    if (record->redirect) expand(record->redirect->domain);
}

// What is meant is sound, and meant the same when it is read again.
void repair(std::string_view text) {
    const auto read = read_spf_terms(text);
    for (const auto& term : read.terms) must(is_sound_spf_term(term));
    const auto record = spf_text(read.terms);
    must(is_spf_record(record) && resembles_spf(record));
    if (read.repaired) must(parse_spf_record(record).has_value());
    const auto again = read_spf_terms(record);
    must(again.unreadable.empty() && again.terms == read.terms);
    const auto merged = spf_merged({read.terms, again.terms});
    for (const auto& term : merged) must(is_sound_spf_term(term));
    must(parse_spf_record(spf_text(merged)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    read_record("v=spf1 " + std::string(input));
    if (is_spf_record(input)) read_record(input);
    repair("v=spf1 " + std::string(input));
    if (resembles_spf(input)) repair(input);
    if (const auto parts = parse_spf_macros(input, SpfMacroUse::explanation)) expand(*parts);
    for (const auto type : {RecordType::txt, RecordType::mx, RecordType::soa, RecordType::a, RecordType::ptr}) {
        const auto answer = read_dns_answer(input, "a.test", type, 8);
        must(answer.status != DnsStatus::failed || !answer.failure.empty());
        must(answer.aliases.size() <= 9);
        must(answer.status != DnsStatus::found || !answer.records.empty() || !answer.exchangers.empty());
    }
    return 0;
}
