/// A planned mail, its content and its keys, for tests of composing and signing.
#pragma once
#include <string>
#include <vector>

#include "ilbud/compose/compose.hpp"
#include "ilbud/sign/signing_book.hpp"

namespace ilbud::test {

inline const Time sample_now = *parse_time("2025-06-24T08:00:00Z");
inline const Time sample_expiry = sample_now + 24h * 7;

inline PlannedMail sample_mail() {
    PlannedMail mail;
    mail.id = "abcdefghijklmnopqrstuvwx27";
    mail.kind = Kind::invoice;
    mail.account = "media";
    mail.unit = "avisen";
    mail.to = "anna@example.org";
    mail.to_name = "Anna Jensen";
    mail.from = "faktura@avisen.example";
    mail.from_name = "Avisen";
    mail.locale = Locale::da;
    mail.planned_at = sample_now;
    return mail;
}

inline Content sample_content() {
    return {.subject = "Faktura 10012 fra Avisen",
            .preheader = "",
            .html = "<!DOCTYPE html>\n<p style=\"margin:0\">Beløb: 1.250,00 kr.</p>\n",
            .text = "Beløb: 1.250,00 kr.\n"};
}

inline Message sample_message(const std::vector<Attachment>& attachments = {}) {
    return *compose(sample_mail(), sample_content(), attachments, sample_now);
}

/// Keys made once a run: making an RSA key takes a while.
inline const Secret& sample_rsa_pem() {
    static const Secret pem = *new_rsa_key();
    return pem;
}
inline const KeyRing& sample_keys() {
    static const KeyRing keys{
        {*SigningKey::from_pem(sample_rsa_pem(), "ilbud1"), *SigningKey::from_pem(*new_ed25519_key(), "ilbud-ed")}};
    return keys;
}

inline const KeysInForce& sample_keys_in_force() {
    static const KeysInForce keys{{sample_keys().keys[0], std::nullopt}, 0, sample_keys().keys[1]};
    return keys;
}
inline const SigningBook& sample_book() {
    static const SigningBook book(sample_keys_in_force());
    return book;
}

/// The RSA key that RFC 8463 appendix A.1 publishes for its example (1024 bits: not for mail), PKCS#1.
inline Secret rfc8463_rsa_pem() {
    constexpr std::string_view base64 =
        "MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACD"
        "fzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
        "AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm6SVbaLAE4SG5mLMueHlh4KXffEpuLEiN"
        "p9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZezHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy"
        "6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8GcuSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/"
        "dDmZp243044ZNyxjg+/OPN0oWCbXIGxyWvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd"
        "WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1alicIeVlo1e+qJ6Mgqr0Q7Aa7falZ448c"
        "cbSFYEPD6oFxiOl9Y9se9iYHZKKfIcsto7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe"
        "uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL";
    std::string pem = "-----BEGIN RSA PRIVATE KEY-----\n";
    for (std::size_t at = 0; at < base64.size(); at += 64) pem.append(base64.substr(at, 64)).append("\n");
    return Secret(pem + "-----END RSA PRIVATE KEY-----\n");
}

/// "selector._domainkey.domain" and the record of each of the sample keys for `domain`.
struct KeyRecord {
    std::string name;
    std::string text;
};
inline std::vector<KeyRecord> sample_records(const std::string& domain = "avisen.example") {
    std::vector<KeyRecord> records;
    for (const auto& key : sample_keys().keys) records.push_back({key.selector() + "._domainkey." + domain, key.dns_record()});
    return records;
}

}  // namespace ilbud::test
