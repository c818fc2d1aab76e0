// Why packets are read here although libunbound hands out data as well: of a chain of CNAMEs its ub_result knows only
// the end, and a check must name the link that has to be mended. The packet has been through libunbound, yet it is read
// as if a stranger had sent it (S51): each count and length is believed only as far as there are bytes. Everything
// becomes text in one form, that of a zone file with escapes, so that names can be compared as strings. The additional
// section is not read: nothing that a resolver gives us for a question stands there.
#include "ilbud/dns/dns_packet.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// RFC 1035 §4.1.1 (header), §2.3.4 (a name with its length bytes and the root). Pointers lead strictly backwards, so a
// name ends in any case; jumps_max is there because a pointer to a pointer adds no bytes, and thousands of them could
// be chained for each name of a packet. The top bit of a TTL is not part of the number (RFC 2181 §8).
constexpr std::size_t header_bytes = 12;
constexpr std::size_t name_bytes_max = 255;  // on the wire
constexpr int jumps_max = 64;                // of one compressed name
constexpr int class_in = 1;
constexpr std::uint32_t ttl_bits = 0x7fffffff;

// Means itself in a zone file (RFC 1035 §5.1).
bool is_plain(unsigned char c) {
    return c > ' ' && c < 0x7f && std::string_view(".\\\"();@$").find(static_cast<char>(c)) == std::string_view::npos;
}

// Always three digits, never "\." for a dot: one byte then has one form, whoever wrote it.
void append_escaped(std::string& out, unsigned char c) {
    if (is_plain(c)) {
        out += static_cast<char>(c);
        return;
    }
    out += '\\';
    for (const int part : {c / 100, c / 10 % 10, c % 10}) out += static_cast<char>('0' + part);
}

struct Record {
    std::string owner;
    int type = 0;
    int in_class = 0;
    std::uint32_t ttl = 0;
    std::size_t data = 0;        // offset and …
    std::size_t data_bytes = 0;  // … length of the data
};

// Every read says whether it was inside the packet; nothing is read after the first that was not.
class Reader {
 public:
    explicit Reader(std::string_view packet) : packet_(packet) {}

    [[nodiscard]] std::size_t position() const { return at_; }
    void move_to(std::size_t at) { at_ = at; }

    // Big-endian. `at_` is never behind the end (offsets to move to come from records that
    // were read), so that what is left never wraps round.
    std::optional<std::uint32_t> number(std::size_t bytes) {
        if (packet_.size() - at_ < bytes) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | byte(at_++);
        return value;
    }
    std::optional<std::string_view> bytes(std::size_t count) {
        if (packet_.size() - at_ < count) return std::nullopt;
        at_ += count;
        return packet_.substr(at_ - count, count);
    }
    // A name in lower case; bytes that mean something else in a zone file are escaped, so that its dots are its own.
    std::optional<std::string> name() {
        std::string out;
        std::size_t from = at_;
        std::size_t lowest = at_;  // compression points before everything read so far
        std::size_t wire_bytes = 1;
        bool jumped = false;
        for (int jumps = 0; from < packet_.size();) {
            const std::size_t length = byte(from);
            if (length == 0) {
                if (!jumped) at_ = from + 1;
                return out;
            }
            // A pointer (RFC 1035 §4.1.4): fourteen bits from the packet's first byte. The name's
            // own place ends behind the first one.
            if ((length & 0xC0U) == 0xC0U) {
                if (packet_.size() - from < 2 || ++jumps > jumps_max) return std::nullopt;
                const std::size_t to = (length & 0x3FU) << 8U | byte(from + 1);
                if (to >= lowest) return std::nullopt;
                if (!jumped) at_ = from + 2;
                jumped = true;
                from = lowest = to;
                continue;
            }
            wire_bytes += length + 1;
            // The other two forms of a length byte were never taken into use: what follows could not be told from data.
            if ((length & 0xC0U) != 0 || packet_.size() - from <= length || wire_bytes > name_bytes_max) return std::nullopt;
            if (!out.empty()) out += '.';
            for (std::size_t i = 1; i <= length; ++i)
                append_escaped(out, static_cast<unsigned char>(lower_letter(packet_[from + i])));
            from += length + 1;
        }
        return std::nullopt;
    }
    // RFC 1035 §4.1.3. Checks that the data lie in the packet, on which take_data relies.
    std::optional<Record> record() {
        Record out;
        auto owner = name();
        if (!owner) return std::nullopt;
        out.owner = std::move(*owner);
        const auto type = number(2), in_class = number(2), ttl = number(4), data_bytes = number(2);
        if (!type || !in_class || !ttl || !data_bytes || packet_.size() - at_ < *data_bytes) return std::nullopt;
        out.type = static_cast<int>(*type);
        out.in_class = static_cast<int>(*in_class);
        out.ttl = *ttl > ttl_bits ? 0 : *ttl;
        out.data = at_;
        out.data_bytes = *data_bytes;
        at_ += out.data_bytes;
        return out;
    }

 private:
    [[nodiscard]] std::uint32_t byte(std::size_t at) const { return static_cast<unsigned char>(packet_[at]); }

    std::string_view packet_;
    std::size_t at_ = 0;
};

// A name that is the whole rest of a record's data.
// Bytes behind it would mean that the record is not of the type it says, or that its length is wrong.
std::optional<std::string> last_name(Reader& reader, const Record& record) {
    auto name = reader.name();
    if (!name || reader.position() != record.data + record.data_bytes) return std::nullopt;
    return name;
}

std::optional<std::string> address_text(std::string_view data, int family, std::size_t bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (data.size() != bytes || inet_ntop(family, data.data(), text.data(), text.size()) == nullptr) return std::nullopt;
    return text.data();
}

// One TXT record is several strings of up to 255 bytes (RFC 1035 §3.3.14). They are joined without a blank, as SPF
// (RFC 7208 §3.3) and DKIM (RFC 6376 §3.6.2.2) want it.
std::optional<std::string> joined_strings(std::string_view data) {
    std::string out;
    while (!data.empty()) {
        const std::size_t length = static_cast<unsigned char>(data.front());
        if (data.size() <= length) return std::nullopt;
        out.append(data.substr(1, length));
        data.remove_prefix(length + 1);
    }
    return out;
}

// Server and contact as names, then serial, refresh, retry, expire, minimum (RFC 1035 §3.3.13).
struct Soa {
    std::string text;
    std::uint32_t minimum = 0;
};

std::optional<Soa> read_soa(Reader& reader, const Record& record) {
    const auto server = reader.name();
    if (!server) return std::nullopt;
    const auto contact = reader.name();
    if (!contact) return std::nullopt;
    Soa out{*server + ' ' + *contact, 0};
    for (int i = 0; i < 5; ++i) {
        const auto number = reader.number(4);
        if (!number) return std::nullopt;
        out.text += ' ' + std::to_string(*number);
        out.minimum = *number;
    }
    if (reader.position() != record.data + record.data_bytes) return std::nullopt;
    return out;
}

// Adds the record's data to `answer`; false if they are malformed.
// The reader is a copy of its own: names within the data may point anywhere before
// them, hence it has the whole packet, and the caller's place stays where it was.
bool take_data(Reader reader, const Record& record, RecordType type, DnsAnswer& answer) {
    reader.move_to(record.data);
    std::optional<std::string> text;
    switch (type) {
        case RecordType::a:
            text = address_text(*reader.bytes(record.data_bytes), AF_INET, 4);
            break;
        case RecordType::aaaa:
            text = address_text(*reader.bytes(record.data_bytes), AF_INET6, 16);
            break;
        case RecordType::txt:
            text = joined_strings(*reader.bytes(record.data_bytes));
            break;
        case RecordType::cname:
        case RecordType::ptr:
        case RecordType::ns:
            text = last_name(reader, record);
            break;
        case RecordType::soa:
            if (auto soa = read_soa(reader, record)) text = std::move(soa->text);
            break;
        // The one type that is no text: its order counts, and "." becomes the empty name of a null MX (RFC 7505 §3).
        case RecordType::mx: {
            const auto preference = reader.number(2);
            auto name = preference ? last_name(reader, record) : std::nullopt;
            if (!name) return false;
            answer.exchangers.push_back({static_cast<std::uint16_t>(*preference), std::move(*name)});
            return true;
        }
    }
    if (!text) return false;
    answer.records.push_back(std::move(*text));
    return true;
}

DnsAnswer failed(std::string why, std::vector<std::string> aliases = {}) {
    DnsAnswer out;
    out.failure = std::move(why);
    out.aliases = std::move(aliases);
    return out;
}

// What is needed of a packet. Its identity, flags and truncation were libunbound's
// business; of the header only the response code and the counts are left for us.
struct Packet {
    int rcode = 0;
    std::vector<Record> answers;
    std::vector<Record> authority;
};

// A packet is taken whole or not at all: with a record missing, "no such record" could
// not be told from "cut off". A count that promises more than there is ends at the
// first record that is not there, so the cost follows the bytes and not the counts.
std::optional<Packet> read_packet(Reader& reader) {
    Packet out;
    std::array<std::uint32_t, header_bytes / 2> header{};
    for (auto& field : header) {
        const auto number = reader.number(2);
        if (!number) return std::nullopt;
        field = *number;
    }
    out.rcode = static_cast<int>(header[1] & 0xFU);
    for (std::uint32_t i = 0; i < header[2]; ++i)
        if (!reader.name() || !reader.number(4)) return std::nullopt;
    for (auto [count, section] : {std::pair{header[3], &out.answers}, std::pair{header[4], &out.authority}})
        for (std::uint32_t i = 0; i < count; ++i) {
            auto record = reader.record();
            if (!record) return std::nullopt;
            section->push_back(std::move(*record));
        }
    return out;
}

// RFC 2308 §5: the lesser of the SOA's own TTL and its minimum.
// None without an SOA: such a "no" should not be cached (§5), and the caller makes it zero.
std::optional<std::uint32_t> negative_ttl(const Reader& reader, const Packet& packet) {
    for (const auto& record : packet.authority) {
        if (record.type != type_number(RecordType::soa) || record.in_class != class_in) continue;
        Reader data = reader;
        data.move_to(record.data);
        if (const auto soa = read_soa(data, record)) return std::min(record.ttl, soa->minimum);
    }
    return std::nullopt;
}

}  // namespace

DnsAnswer read_dns_answer(std::string_view packet, std::string_view name, RecordType type, std::size_t aliases_max) {
    Reader reader(packet);
    const auto read = read_packet(reader);
    if (!read) return failed("malformed answer: " + std::to_string(packet.size()) + " bytes");
    DnsAnswer out;
    std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
    // The name at which records are looked for; each CNAME moves it on. Records of other names are passed over, so that
    // an answer cannot slip in addresses for a name that was not asked for.
    std::string owner = escaped_name(plain_name(name));
    const auto is = [&](const Record& record, RecordType wanted) {
        return record.type == type_number(wanted) && record.in_class == class_in && record.owner == owner;
    };
    // Whoever asks for the CNAME itself wants the first link, not what it leads to. The rounds are bounded by
    // aliases_max, and a loop is found at its first repetition.
    while (type != RecordType::cname) {
        const auto alias =
            std::find_if(read->answers.begin(), read->answers.end(), [&](const Record& r) { return is(r, RecordType::cname); });
        if (alias == read->answers.end()) break;
        reader.move_to(alias->data);
        auto target = last_name(reader, *alias);
        if (!target) return failed("malformed answer: a CNAME", out.aliases);
        ttl = std::min(ttl, alias->ttl);
        const bool seen = *target == escaped_name(plain_name(name)) ||
                          std::find(out.aliases.begin(), out.aliases.end(), *target) != out.aliases.end();
        owner = *target;
        out.aliases.push_back(std::move(*target));
        if (seen) return failed("CNAME loop: " + chain_text(name, out.aliases), out.aliases);
        if (out.aliases.size() > aliases_max) return failed("too many CNAMEs: " + chain_text(name, out.aliases), out.aliases);
    }
    // Behind the chain, so that a failure can say how far it got. NXDOMAIN speaks of the last name of the chain
    // (RFC 2308 §2.1): with CNAMEs followed, the first name does exist.
    if (read->rcode != 0 && read->rcode != 3) return failed(rcode_name(read->rcode), out.aliases);
    for (const auto& record : read->answers) {
        if (!is(record, type)) continue;
        if (!take_data(reader, record, type, out)) return failed("malformed answer: a record's data", out.aliases);
        ttl = std::min(ttl, record.ttl);
        out.status = DnsStatus::found;
    }
    // A chain whose end is without records is a "no" for the type; how long it holds is
    // bounded by every CNAME on the way.
    if (out.status != DnsStatus::found) {
        out.status = read->rcode == 3 ? DnsStatus::no_name : DnsStatus::no_data;
        const auto negative = negative_ttl(reader, *read);
        ttl = negative ? std::min(ttl, *negative) : 0;
    }
    out.ttl = std::chrono::seconds(ttl);
    return out;
}

// 0 and 3 are missing on purpose: they are answers, no failures.
std::string rcode_name(int rcode) {
    switch (rcode) {
        case 1:
            return "FORMERR";
        case 2:
            return "SERVFAIL";
        case 4:
            return "NOTIMP";
        case 5:
            return "REFUSED";
        default:
            return "RCODE " + std::to_string(rcode);
    }
}

// RFC 1035 §3.2.2; AAAA is RFC 3596 §2.1.
int type_number(RecordType type) {
    switch (type) {
        case RecordType::a:
            return 1;
        case RecordType::ns:
            return 2;
        case RecordType::cname:
            return 5;
        case RecordType::soa:
            return 6;
        case RecordType::ptr:
            return 12;
        case RecordType::mx:
            return 15;
        case RecordType::txt:
            return 16;
        case RecordType::aaaa:
            return 28;
    }
    return 0;
}

// On the wire a name has one byte more for its first label's length and one for the root: 255 leave 253 for its text
// (RFC 1035 §2.3.4). Two dots in a row are an empty label, which only the root has.
bool is_askable(std::string_view name) {
    if (name.empty() || name.size() > name_bytes_max - 2) return false;
    for (std::size_t label = 0, i = 0; i <= name.size(); ++i) {
        if (i < name.size() && name[i] != '.') continue;
        if (i == label || i - label > 63) return false;
        label = i + 1;
    }
    return true;
}

std::string plain_name(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    return lower_case(name);
}

std::string escaped_name(std::string_view name) {
    std::string out;
    for (const char c : name)
        if (c == '.')
            out += c;
        else
            append_escaped(out, static_cast<unsigned char>(c));
    return out;
}

// For people: who may mend it is at either end, so the middle of a long chain is what can be left out.
std::string chain_text(std::string_view name, const std::vector<std::string>& aliases) {
    constexpr std::size_t shown = 4;  // from either end
    std::string out = escaped_name(plain_name(name));
    for (std::size_t i = 0; i < aliases.size(); ++i) {
        const bool left_out = i >= shown && i + shown < aliases.size();
        if (left_out && i > shown) continue;
        out += " \u2192 " + (left_out ? std::string("\u2026") : aliases[i]);
    }
    return out;
}

}  // namespace ilbud
