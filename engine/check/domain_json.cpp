// A domain report for programs and for zone files.
// The same values as domain_text shows, under the names of the code's own enums: those are
// stable, the words are not. Bytes of the DNS are written by JsonWriter, which escapes
// them, so they need no escaping for a terminal here.
#include <algorithm>

#include "ilbud/base/json.hpp"
#include "ilbud/check/domain_text.hpp"

namespace ilbud {
namespace {

// A character string's length is one byte (RFC 1035 §3.3); a longer TXT value is several strings, which readers
// join (RFC 7208 §3.3, RFC 6376 §3.6.2.2).
constexpr std::size_t zone_string_max = 255;  // RFC 1035 §3.3
// Bytes a string, not columns: every one of them may grow to four (\DDD), but
// records about mail are printable ASCII.
constexpr std::size_t chunk = 60;  // of a text that is spread over several lines

// So much of `rest` goes into one string: up to its last blank, so that no term is torn, if there is one.
std::size_t piece(std::string_view rest, std::size_t most) {
    if (rest.size() <= most) return rest.size();
    const auto blank = rest.rfind(' ', most - 1);
    return blank == std::string_view::npos ? most : blank + 1;
}

std::int64_t seconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

void write(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name).begin_array();
    for (const auto& text : texts) json.value(text);
    json.end_array();
}

// `zone` is the record on one line whatever its length: programs paste into files, where no column counts.
void write(JsonWriter& json, const DnsRecord& record) {
    json.begin_object()
        .field("name", record.name)
        .field("type", type_name(record.type))
        .field("ttl", seconds(record.ttl))
        .field("value", record.value)
        .field("zone", zone_text(record, std::string::npos))
        .end_object();
}

// Words and values side by side: a console shows `text`, a script goes by `code` and `facts`.
void write(JsonWriter& json, const Finding& finding, std::string_view domain, Locale language) {
    const auto text = finding_text(finding, domain, language);
    json.begin_object()
        .field("code", to_word(finding.code))
        .field("severity", to_word(finding.severity))
        .field("remedy", to_word(finding.remedy))
        .field("name", finding.name)
        .field("text", text.found)
        .field("without", text.without);
    write(json, "found", finding.found);
    json.key("publish").begin_array();
    for (const auto& record : finding.publish) write(json, record);
    json.end_array();
    json.key("facts").begin_object();
    for (const auto& [name, value] : finding.facts) json.field(name, value);
    // Facts are an object, so a name may come only once a finding; the judges keep to that.
    json.end_object().end_object();
}

void write(JsonWriter& json, const ProviderVerdict& verdict) {
    json.begin_object()
        .field("provider", to_word(verdict.provider))
        .field("any_volume", to_word(verdict.any_volume))
        .field("large_volume", to_word(verdict.large_volume));
    json.key("rules").begin_array();
    for (const auto& each : verdict.rules)
        json.begin_object()
            .field("rule", to_word(each.rule))
            .field("large_volume_only", each.large_volume_only)
            .field("answer", to_word(each.answer))
            .field("codes", each.codes)
            .field("source", each.source)
            .end_object();
    json.end_array().end_object();
}

// A character string of a zone file (RFC 1035 §5.1).
// Inside quotes only the quote and the backslash mean something; a semicolon or an "@" is plain there. \DDD
// takes three decimal digits, hence the 1000 that is added and cut off again.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (byte >= 0x20 && byte < 0x7f)
            out += c;
        else
            out += '\\' + std::to_string(1000 + byte).substr(1);
    }
    return out += '"';
}

}  // namespace

// In capitals, as zone files and the RFCs have them, unlike the words of our own enums.
std::string_view type_name(RecordType type) {
    switch (type) {
        case RecordType::a:
            return "A";
        case RecordType::aaaa:
            return "AAAA";
        case RecordType::mx:
            return "MX";
        case RecordType::txt:
            return "TXT";
        case RecordType::cname:
            return "CNAME";
        case RecordType::ptr:
            return "PTR";
        case RecordType::ns:
            return "NS";
        case RecordType::soa:
            break;
    }
    return "SOA";
}

std::string zone_text(const DnsRecord& record, std::size_t columns) {
    // Full names with their last dot: a name without it has the zone's origin appended, which is the very
    // mistake that dkim_alias_extended and dkim_alias_misplaced find.
    const auto head =
        record.name + ". " + std::to_string(seconds(record.ttl)) + " IN " + std::string(type_name(record.type)) + ' ';
    if (record.type != RecordType::txt) {
        // Of other types only a CNAME is ever proposed; its value is a name and gets its last dot as well.
        auto line = head + record.value + '.';
        return line.size() <= columns ? line : head + "(\n    " + record.value + ". )";
    }
    const std::string_view value = record.value;
    // Two limits of different kinds: 255 bytes is the standard's, `columns` the reader's. A line that is too
    // wide is broken inside parentheses, where a line end is white space (RFC 1035 §5.1).
    if (auto line = head + quoted(value); value.size() <= zone_string_max && line.size() <= columns) return line;
    const bool one_line = columns == std::string::npos;
    std::string out = head + '(';
    // The strings are joined without anything between them, so every blank stays at the end of its string.
    for (std::size_t at = 0, size = 0; at < value.size(); at += size) {
        size = piece(value.substr(at), one_line ? zone_string_max : chunk);
        out += one_line ? " " : "\n    ";
        out += quoted(value.substr(at, size));
    }
    return out + " )";
}

std::string domain_json(const DomainReport& report, Locale language) {
    std::string out;
    JsonWriter json(out);
    json.begin_object()
        .field("domain", report.domain)
        .field("verdict", to_word(report.verdict))
        .field("text", verdict_text(report.verdict, language));
    write(json, "from", report.from);
    json.key("notes").begin_array();
    for (const auto& note : report.notes) json.begin_object().field("code", note.code).field("text", note.text).end_object();
    json.end_array();
    json.key("slots").begin_array();
    for (const auto slot : report.slots) json.value(to_word(slot));
    json.end_array();
    json.key("findings").begin_array();
    for (const auto& finding : report.findings) write(json, finding, report.domain, language);
    json.end_array();
    json.key("providers").begin_array();
    for (const auto& verdict : report.providers) write(json, verdict);
    json.end_array();
    // Seconds, as everywhere in a zone; `queries` shows what the check cost the name servers.
    json.field("ttl", seconds(report.ttl)).field("queries", report.queries).end_object();
    return out;
}

}  // namespace ilbud
