#include "ilbud/sign/sign.hpp"

#include <algorithm>

#include "covered_fields.hpp"
#include "ilbud/base/id.hpp"
#include "ilbud/compose/encode_header.hpp"
#include "ilbud/sign/canonical.hpp"
#include "openssl_key.hpp"

namespace ilbud {
namespace {

constexpr std::size_t line_max = 78;

// What all signatures of one message share.
struct Covered {
    std::vector<std::string_view> names;  // the entries of h=
    std::string fields;                   // the fields they name, in canonical form
    std::string body_hash;                // base64
};

std::vector<std::string_view> oversigned_names(const std::vector<HeaderField>& fields) {
    std::vector<std::string_view> names;
    names.reserve(oversigned_fields().size() + fields.size());
    for (const auto name : oversigned_fields()) {
        for (const auto& field : fields)
            if (same_field_name(field.name, name)) names.push_back(name);
        names.push_back(name);
    }
    return names;
}

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

std::string seconds(Time time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

struct Dates {
    Time now;
    std::optional<Time> expires;
};

// The field as far as "b=", and the column it has reached.
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

std::vector<Result<Message>> sign_all(std::vector<SigningTask> tasks) {
    static const SignatureForm form;
    std::vector<Result<Message>> out;
    out.reserve(tasks.size());
    std::vector<Draft> drafts;
    std::vector<SignatureTask> signatures;
    std::vector<std::size_t> owners;  // of each signature: the task
    for (auto& task : tasks) {
        const Dates dates{task.now, task.expires};
        const auto& keys = task.keys->keys;
        Result<void> fit = check(task.domain, dates);
        if (keys.empty()) fit = Error{"signing_failed", "", "no signing key is configured"};
        const auto covered = fit ? cover(task.message, form) : Result<Covered>(fit.error());
        if (!covered) {
            out.emplace_back(covered.error());
            continue;
        }
        for (const auto& key : keys) {
            drafts.push_back(draft(*covered, key, task.domain, dates, form));
            signatures.emplace_back().key = &key;
            owners.push_back(out.size());
        }
        out.emplace_back(std::move(task.message));
    }
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
