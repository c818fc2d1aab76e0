// The steps before evaluation: which TXT record is the SPF record (RFC 7208 §4.3 to §4.5) and whether all of it can be
// read. Evaluation and survey share them, so that both call the same record broken.
#include "spf_fetch.hpp"

#include <algorithm>

#include "ilbud/base/log.hpp"
#include "ilbud/dns/dns_packet.hpp"

namespace ilbud {

// Steady time: a clock that is set while the DNS is slow must neither end an evaluation nor keep it going.
// A default DnsAnswer is failed.
Task<DnsAnswer> SpfAsker::ask(std::string name, RecordType type) {
    const auto begun = std::chrono::steady_clock::now();
    if (begun >= end_) {
        DnsAnswer late;
        late.failure = "timeout";
        co_return late;
    }
    auto answer = co_await resolver_.query(std::move(name), type);
    // Our own pace is no slowness of the DNS. An answer that is remembered brings a wait along that was somebody else's.
    end_ += std::min(std::chrono::steady_clock::duration(answer.waited), std::chrono::steady_clock::now() - begun);
    co_return answer;
}

// Every way out sets a result; neutral alone means that there is a record to go on with.
Task<SpfFetched> fetch_spf(SpfAsker& asker, std::string domain, std::size_t record_bytes_max) {
    SpfFetched out;
    auto& cause = out.why.cause;
    // none, and no question: §4.3 wants it for names that cannot be one, such as an address literal told in HELO.
    if (!is_checkable(domain)) {
        out.why.text = shown(domain) + " is no domain name";
        cause.kind = SpfCause::Kind::no_name;
        cause.name = domain;
        co_return out;
    }
    auto answer = co_await asker.ask(domain, RecordType::txt);
    if (answer.status == DnsStatus::failed) {
        out.result = SpfResult::temperror;
        out.why.text = "the DNS gives no answer about the TXT records of " + shown(domain) + ": " + answer.failure;
        cause.kind = SpfCause::Kind::no_answer;
        cause.name = domain;
        cause.failure = answer.failure;
        co_return out;
    }
    // Other TXT records (verification tokens of every kind) stand beside it and are no mistake.
    const auto end = std::remove_if(answer.records.begin(), answer.records.end(),
                                    [](const std::string& text) { return !is_spf_record(text); });
    const auto count = end - answer.records.begin();
    if (count == 0) {
        const bool absent = answer.status == DnsStatus::no_name;
        out.why.text = shown(domain) + (absent ? " does not exist" : " has no SPF record");
        cause.kind = absent ? SpfCause::Kind::absent : SpfCause::Kind::no_record;
        cause.name = domain;
        co_return out;
    }
    out.result = SpfResult::permerror;
    out.text = std::move(answer.records.front());
    cause.record = domain;
    // Which of two is meant cannot be known, and receivers do not guess (§4.5).
    if (count > 1) {
        out.why.text = shown(domain) + " has " + std::to_string(count) + " SPF records; only one is allowed";
        cause.kind = SpfCause::Kind::several_records;
        cause.count = static_cast<std::size_t>(count);
        co_return out;
    }
    // Ours, not the RFC's: a bound for the parser. Records that work are far smaller, since §3.4
    // wants the answer within 512 octets.
    if (out.text.size() > record_bytes_max) {
        out.why.text = "the SPF record of " + shown(domain) + " has " + std::to_string(out.text.size()) + " bytes; at most " +
                       std::to_string(record_bytes_max) + " are read";
        cause.kind = SpfCause::Kind::too_long;
        cause.count = out.text.size();
        cause.most = record_bytes_max;
        co_return out;
    }
    // The whole record is read before any of it counts: a mistake anywhere is a permerror, also behind
    // a term that would match (§4.6).
    auto record = parse_spf_record(out.text, &cause);
    if (!record) {
        out.why.text = "the SPF record of " + shown(domain) + ", " + record.error().place + ", " + record.error().detail;
        co_return out;
    }
    out.result = SpfResult::neutral;
    out.record = *std::move(record);
    co_return out;
}

// §4.3: a name of several labels. One label, a number or "[192.0.2.1]" is what machines
// without a name say in HELO (§2.3).
bool is_checkable(std::string_view name) {
    if (!is_askable(name)) return false;
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return false;
    const auto label = name.substr(dot + 1);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return label.find(']') == std::string_view::npos && !std::all_of(label.begin(), label.end(), is_digit);
}

std::string shown(std::string_view text) {
    return on_one_line(text, 255);
}

}  // namespace ilbud
