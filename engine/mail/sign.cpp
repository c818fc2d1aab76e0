#include "ilbud/mail/sign.hpp"

#include <algorithm>

#include "covered_fields.hpp"
#include "ilbud/base/id.hpp"
#include "ilbud/mail/canonical.hpp"
#include "ilbud/mail/encode_header.hpp"
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

Result<std::string> signed_field(const Covered& covered, const SigningKey& key, std::string_view domain, const Dates& dates,
                                 const SignatureForm& form) {
    std::size_t column = 0;
    auto field = unsigned_field(covered, key, domain, dates, form, column);
    std::string data;
    data.reserve(covered.fields.size() + field.size() + 2);
    data += covered.fields;
    append_canonical_field(data, field, form.relaxed_header);
    data.resize(data.size() - 2);  // its own field is hashed without the line end (RFC 6376 §3.7)
    const auto signature = raw_signature(key, data);
    if (!signature) return signature.error();
    const auto text = base64(*signature);
    for (std::size_t at = 0; at < text.size();) {
        if (column >= line_max) {
            field += "\r\n ";
            column = 1;
        }
        const auto taken = std::min(line_max - column, text.size() - at);
        field.append(text, at, taken);
        column += taken;
        at += taken;
    }
    return field += "\r\n";
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
    static const SignatureForm form;
    const Dates dates{now, expires};
    if (keys.keys.empty()) return Error{"signing_failed", "", "no signing key is configured"};
    if (const auto checked = check(domain, dates); !checked) return checked.error();
    const auto covered = cover(message, form);
    if (!covered) return covered.error();
    std::string header;
    header.reserve(message.header.size() + keys.keys.size() * 1280);
    for (const auto& key : keys.keys) {
        const auto field = signed_field(*covered, key, domain, dates, form);
        if (!field) return field.error();
        header += *field;
    }
    message.header.insert(0, header);
    return message;
}

Result<std::string> signature_field(const Message& message, const SigningKey& key, std::string_view domain, Time now,
                                    std::optional<Time> expires, const SignatureForm& form) {
    const Dates dates{now, expires};
    if (const auto checked = check(domain, dates); !checked) return checked.error();
    const auto covered = cover(message, form);
    if (!covered) return covered.error();
    return signed_field(*covered, key, domain, dates, form);
}

}  // namespace ilbud
