// DKIM key records (RFC 6376 §3.6.1).
// Read as a verifier reads them: what it does not know it passes over (§3.2), and every
// tag but p= has a default. A record that no verifier would use still yields everything
// that could be read, since the customer must be told what is wrong with it.
#include <algorithm>

#include "ilbud/base/id.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

constexpr int rsa_bits_min = 1024;  // what verifiers accept at all (RFC 8301 §3.2)

// h=, s= and t= are lists between colons. Members that nobody knows are passed over, so one known member is enough.
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
// All are looked at even after one has failed, so that the customer hears of every
// fault in one go. Left out means: DKIM1, all hashes, all services. rsa-sha1 has been
// out of use since RFC 8301 §3.1, so a key that allows only sha1 is none.
bool permits_mail(TagList& list) {
    bool permitted = true;
    const auto refuse = [&](const RecordTag& tag, RecordProblem::Kind kind) {
        list.refuse(kind, tag);
        permitted = false;
    };
    if (const auto* version = list.find("v")) {
        // §3.6.1: if v= is there at all, it is the first tag. `data()` is where the first tag stands.
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
    // Takes the list's problems away, so it is the last thing done with the list.
    const auto finish = [&](DkimKey::State state) {
        out.state = state;
        out.problems = std::move(list.problems);
        return std::move(out);
    };
    const bool permitted = permits_mail(list);
    // Flags say how a result is used, not whether the key is good: they are read for revoked and unusable keys too.
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
    // An empty p= is the published word for "this key was withdrawn" (§3.6.1), something
    // other than a record that is broken.
    if (trimmed(key->value).empty()) return finish(DkimKey::State::revoked);
    auto bytes = from_base64(without_blanks(key->value));
    if (bytes) {
        out.key = *std::move(bytes);
        out.bits = public_key_bits(out.algorithm, out.key);
    }
    // To blame is k= where it names an algorithm that nobody knows, else the key itself.
    if (out.bits == 0) {
        list.refuse(RecordProblem::Kind::invalid,
                    out.algorithm == "rsa" || out.algorithm == "ed25519" || algorithm == nullptr ? *key : *algorithm);
        return finish(DkimKey::State::unusable);
    }
    // Ed25519 has one size; only RSA can be too short.
    const bool strong = out.algorithm != "rsa" || out.bits >= rsa_bits_min;
    return finish(permitted && strong ? DkimKey::State::usable : DkimKey::State::unusable);
}

}  // namespace ilbud
