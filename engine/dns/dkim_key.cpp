// DKIM key records (RFC 6376 §3.6.1).
#include <algorithm>

#include "ilbud/base/id.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

constexpr int rsa_bits_min = 1024;  // what verifiers accept at all (RFC 8301 §3.2)

bool names_one_of(std::string_view list, std::initializer_list<std::string_view> wanted) {
    const auto parts = split(list, ':');
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return std::find(wanted.begin(), wanted.end(), part) != wanted.end(); });
}

// Folding white space may stand anywhere within base64.
std::string without_blanks(std::string_view text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
    return out;
}

// Whether the tags beside the key let mail be verified with it.
bool permits_mail(TagList& list) {
    bool permitted = true;
    const auto refuse = [&](const RecordTag& tag, RecordProblem::Kind kind) {
        list.refuse(kind, tag);
        permitted = false;
    };
    if (const auto* version = list.find("v")) {
        if (version->value != "DKIM1")
            refuse(*version, RecordProblem::Kind::invalid);
        else if (version != list.tags.data())
            refuse(*version, RecordProblem::Kind::misplaced);
    }
    if (const auto* hashes = list.find("h"); hashes != nullptr && !names_one_of(hashes->value, {"sha256"}))
        refuse(*hashes, RecordProblem::Kind::invalid);
    if (const auto* service = list.find("s"); service != nullptr && !names_one_of(service->value, {"*", "email"}))
        refuse(*service, RecordProblem::Kind::invalid);
    return permitted;
}

}  // namespace

DkimKey parse_dkim_key(std::string_view record) {
    TagList list = parse_tag_list(record);
    DkimKey out;
    const auto finish = [&](DkimKey::State state) {
        out.state = state;
        out.problems = std::move(list.problems);
        return std::move(out);
    };
    const bool permitted = permits_mail(list);
    if (const auto* flags = list.find("t")) {
        out.testing = names_one_of(flags->value, {"y"});
        out.same_domain = names_one_of(flags->value, {"s"});
    }
    const auto* algorithm = list.find("k");
    out.algorithm = algorithm == nullptr ? "rsa" : algorithm->value;
    const auto* key = list.find("p");
    if (key == nullptr) {
        list.problems.push_back({RecordProblem::Kind::missing, "p", "", record.size()});
        return finish(DkimKey::State::unusable);
    }
    if (trimmed(key->value).empty()) return finish(DkimKey::State::revoked);
    auto bytes = from_base64(without_blanks(key->value));
    if (bytes) {
        out.key = *std::move(bytes);
        out.bits = public_key_bits(out.algorithm, out.key);
    }
    if (out.bits == 0) {
        list.refuse(RecordProblem::Kind::invalid,
                    out.algorithm == "rsa" || out.algorithm == "ed25519" || algorithm == nullptr ? *key : *algorithm);
        return finish(DkimKey::State::unusable);
    }
    const bool strong = out.algorithm != "rsa" || out.bits >= rsa_bits_min;
    return finish(permitted && strong ? DkimKey::State::usable : DkimKey::State::unusable);
}

}  // namespace ilbud
