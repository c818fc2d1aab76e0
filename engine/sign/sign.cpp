// Signing is cut where work is shared. What a message's signatures have in common (body hash, canonical
// fields) is made once; then each signature's field as far as "b=" and the bytes to sign; then all
// signatures of all messages together, because RSA comes cheaper in batches; at last the values are
// folded in. The field is written so that its relaxed form is plain to see: single spaces, folded
// between tags. b= comes last, so that own_signature.cpp finds what was signed by cutting there.
#include "ilbud/sign/sign.hpp"

#include <algorithm>

#include "covered_fields.hpp"
#include "ilbud/base/id.hpp"
#include "ilbud/compose/encode_header.hpp"
#include "ilbud/sign/canonical.hpp"
#include "openssl_key.hpp"

namespace ilbud {
namespace {

// RFC 5322 §2.1.1, as the other fields of the header.
constexpr std::size_t line_max = 78;

// What all signatures of one message share.
struct Covered {
    std::vector<std::string_view> names;  // the entries of h=
    std::string fields;                   // the fields they name, in canonical form
    std::string body_hash;                // base64
};

// A name in h= without a field left for it signs that there is none (RFC 6376 §5.4): whoever adds
// a second From or Subject, which a reader may show instead of ours, breaks the signature (§8.15).
std::vector<std::string_view> oversigned_names(const std::vector<HeaderField>& fields) {
    std::vector<std::string_view> names;
    // The most there can be: each field of the message once, each name of the list once more.
    names.reserve(oversigned_fields().size() + fields.size());
    for (const auto name : oversigned_fields()) {
        for (const auto& field : fields)
            if (same_field_name(field.name, name)) names.push_back(name);
        names.push_back(name);
    }
    return names;
}

// There is never an l=: a body signed only in part lets anyone append to it (§8.2, S11).
Result<Covered> cover(const Message& message, const SignatureForm& form) {
    auto fields = header_fields(message.header);
    if (std::none_of(fields.begin(), fields.end(), [](const HeaderField& field) { return same_field_name(field.name, "From"); }))
        return Error{"no_from_header", "", "a message without From cannot be signed"};
    Covered covered;
    if (form.headers.empty())
        covered.names = oversigned_names(fields);
    else
        covered.names.assign(form.headers.begin(), form.headers.end());
    covered.fields = canonical_fields(std::move(fields), covered.names, form.relaxed_header);
    std::string buffer;
    const auto digest = sha256(canonical_body(message.body, form.relaxed_body, buffer));
    covered.body_hash = base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
    return covered;
}

// Names are joined without blanks while they fit, so that 25
// and more take few lines; a fold may stand at a colon (§3.5).
void append_list(std::string& out, std::size_t& column, const Covered& covered, bool spaced) {
    for (std::size_t i = 0; i < covered.names.size(); ++i) {
        const bool last = i + 1 == covered.names.size();
        auto entry = std::string(i == 0 ? "h=" : "").append(covered.names[i]);
        entry += last ? ";" : spaced ? " :" : ":";
        if (i == 0 || spaced || column + entry.size() > line_max) {
            append_word(out, column, entry);
        } else {
            out += entry;
            column += entry.size();
        }
    }
}

// Both dates are cut to whole seconds. Rounding up would date a
// signature in the future, which verifiers may ignore (§3.5).
std::string seconds(Time time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

// Without `expires` there is no x=: the standard's examples have none.
struct Dates {
    Time now;
    std::optional<Time> expires;
};

// The field as far as "b=", and the column it has reached.
// Only characters that check(), is_selector and base64 let through get
// in here, apart from a form's own entries, which no stranger gives.
std::string unsigned_field(const Covered& covered, const SigningKey& key, std::string_view domain, const Dates& dates,
                           const SignatureForm& form, std::size_t& column) {
    std::string out = "DKIM-Signature:";
    column = out.size();
    const auto tag = [&](std::string_view name, std::string_view value) {
        append_word(out, column, std::string(name).append("=").append(value).append(";"));
    };
    const auto form_word = [](bool relaxed) { return relaxed ? std::string("relaxed") : std::string("simple"); };
    tag("v", "1");
    tag("a", key.algorithm() == KeyAlgorithm::rsa_sha256 ? "rsa-sha256" : "ed25519-sha256");
    tag("c", form_word(form.relaxed_header) + '/' + form_word(form.relaxed_body));
    tag("d", domain);
    if (!form.identity.empty()) tag("i", form.identity);
    if (!form.query.empty()) tag("q", form.query);
    tag("s", key.selector());
    tag("t", seconds(dates.now));
    if (dates.expires) tag("x", seconds(*dates.expires));
    append_list(out, column, covered, form.spaced_list);
    tag("bh", covered.body_hash);
    append_word(out, column, "b=");
    return out;
}

// A signature's field as far as "b=", and what has to be signed for it.
struct Draft {
    std::string field;
    std::size_t column = 0;
    std::string data;
};

// The field itself is signed with an empty b= (§3.5), thus its value can be folded anywhere afterwards.
Draft draft(const Covered& covered, const SigningKey& key, std::string_view domain, const Dates& dates,
            const SignatureForm& form) {
    Draft out;
    out.field = unsigned_field(covered, key, domain, dates, form, out.column);
    out.data.reserve(covered.fields.size() + out.field.size() + 2);
    out.data += covered.fields;
    append_canonical_field(out.data, out.field, form.relaxed_header);
    out.data.resize(out.data.size() - 2);  // its own field is hashed without the line end (RFC 6376 §3.7)
    return out;
}

// Base64 may be cut at any column, so the lines are filled to the last; only the
// value is still missing here, and white space in b= counts for nothing (§3.5).
std::string finish(Draft draft, std::string_view signature) {
    const auto text = base64(signature);
    for (std::size_t at = 0; at < text.size();) {
        if (draft.column >= line_max) {
            draft.field += "\r\n ";
            draft.column = 1;
        }
        const auto taken = std::min(line_max - draft.column, text.size() - at);
        draft.field.append(text, at, taken);
        draft.column += taken;
        at += taken;
    }
    return std::move(draft.field += "\r\n");
}

// Upper case and U-labels are refused rather than turned: the caller's book speaks A-labels, so something else is a
// mistake, and a domain is compared with From as bytes elsewhere. No character of these can end a tag or a field.
Result<void> check(std::string_view domain, const Dates& dates) {
    const auto refuse = [](std::string detail) { return Error{"signing_failed", "", std::move(detail)}; };
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    };
    if (domain.empty() || !std::all_of(domain.begin(), domain.end(), allowed))
        return refuse("expected a domain of lower-case A-labels to sign for");
    if (dates.expires && *dates.expires <= dates.now) return refuse("the signature would expire before it is made");
    return {};
}

}  // namespace

// Fields of one name are taken from the bottom up (§5.4.2), since new ones are added on top on the way.
std::string canonical_fields(std::vector<HeaderField> fields, const std::vector<std::string_view>& names, bool relaxed) {
    std::string out;
    out.reserve(1024);
    for (const auto name : names) {
        const auto found = std::find_if(fields.rbegin(), fields.rend(),
                                        [&](const HeaderField& field) { return same_field_name(field.name, name); });
        if (found == fields.rend()) continue;
        append_canonical_field(out, found->bytes, relaxed);
        found->name = {};  // taken
    }
    return out;
}

// What §5.4.1 recommends but for Resent-…, which a forwarder may rightly add, and further fields
// that change what a reader sees or does. Fields of the way (Received, Return-Path) are no part of
// it: they change by design. Content-Transfer-Encoding and Content-Disposition never stand at the
// top of our mails; added there they would make a reader decode or show the same body differently.
const std::vector<std::string_view>& oversigned_fields() {
    static const std::vector<std::string_view> names{"From",
                                                     "Sender",
                                                     "Reply-To",
                                                     "To",
                                                     "Cc",
                                                     "Subject",
                                                     "Date",
                                                     "Message-ID",
                                                     "In-Reply-To",
                                                     "References",
                                                     "MIME-Version",
                                                     "Content-Type",
                                                     "Content-Transfer-Encoding",
                                                     "Content-Disposition",
                                                     "Content-Language",
                                                     "Auto-Submitted",
                                                     "Feedback-ID",
                                                     "List-Id",
                                                     "List-Help",
                                                     "List-Unsubscribe",
                                                     "List-Unsubscribe-Post",
                                                     "List-Subscribe",
                                                     "List-Post",
                                                     "List-Owner",
                                                     "List-Archive"};
    return names;
}

Result<Message> sign(Message message, const KeyRing& keys, std::string_view domain, Time now, Time expires) {
    std::vector<SigningTask> tasks;
    tasks.push_back({std::move(message), &keys, domain, now, expires});
    return std::move(sign_all(std::move(tasks)).front());
}

// A message that fails leaves an Error in its place and takes part in nothing further. It
// fails whole: one that carries only some of the signatures its ring asks for is not let out.
std::vector<Result<Message>> sign_all(std::vector<SigningTask> tasks) {
    static const SignatureForm form;
    std::vector<Result<Message>> out;
    out.reserve(tasks.size());
    std::vector<Draft> drafts;
    std::vector<SignatureTask> signatures;
    std::vector<std::size_t> owners;  // of each signature: the task
    for (auto& task : tasks) {
        const Dates dates{task.now, task.expires};
        const bool twice = task.second.keys != nullptr;
        Result<void> fit = check(task.domain, dates);
        if (fit && twice) fit = check(task.second.domain, dates);
        if (task.keys->keys.empty() || (twice && task.second.keys->keys.empty()))
            fit = Error{"signing_failed", "", "no signing key is configured"};
        const auto covered = fit ? cover(task.message, form) : Result<Covered>(fit.error());
        if (!covered) {
            out.emplace_back(covered.error());
            continue;
        }
        const auto add = [&](const KeyRing& ring, std::string_view domain) {
            for (const auto& key : ring.keys) {
                drafts.push_back(draft(*covered, key, domain, dates, form));
                signatures.emplace_back().key = &key;
                owners.push_back(out.size());
            }
        };
        add(*task.keys, task.domain);
        if (twice) add(*task.second.keys, task.second.domain);
        out.emplace_back(std::move(task.message));
    }
    // Only now: as long as `drafts` grows its strings move.
    for (std::size_t i = 0; i < signatures.size(); ++i) signatures[i].data = drafts[i].data;
    raw_signatures(signatures);
    // Backwards: a message's first key stands on top.
    for (std::size_t i = signatures.size(); i-- > 0;) {
        auto& message = out[owners[i]];
        if (!message) continue;  // another key of it failed
        if (!signatures[i].bytes)
            message = signatures[i].bytes.error();
        else
            message->header.insert(0, finish(std::move(drafts[i]), *signatures[i].bytes));
    }
    return out;
}

Result<std::string> signature_field(const Message& message, const SigningKey& key, std::string_view domain, Time now,
                                    std::optional<Time> expires, const SignatureForm& form) {
    const Dates dates{now, expires};
    if (const auto checked = check(domain, dates); !checked) return checked.error();
    const auto covered = cover(message, form);
    if (!covered) return covered.error();
    auto begun = draft(*covered, key, domain, dates, form);
    const auto signature = raw_signature(key, begun.data);
    if (!signature) return signature.error();
    return finish(std::move(begun), *signature);
}

}  // namespace ilbud
