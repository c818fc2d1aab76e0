// Made by OpenSSL's API and not by a program, so that a run needs nothing but itself. The certificate is its
// own authority: the daemon's ca_file is the certificate, and verification of chain and name is the same work
// as with a real one. P-256, whose handshakes are cheap: mails are to be measured.
#include "certificate.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace ilbud::bench {
namespace {

// Seconds, as X509_gmtime_adj counts.
constexpr long day = 24L * 60 * 60;

// One deleter for all of OpenSSL's types that are used here.
struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(std::FILE* file) const { std::fclose(file); }
};

void need(bool done) {
    if (!done) throw std::runtime_error("OpenSSL cannot make a certificate");
}

// Both issuer and subject of the context are the certificate: it signs itself.
void extend(X509* certificate, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
    need(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// 0600 from its first moment (S14's rule, also for a key that lives for a minute).
std::unique_ptr<std::FILE, Free> private_file(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    std::FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w");
    if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
    return std::unique_ptr<std::FILE, Free>(file);
}

}  // namespace

CertificateFiles make_certificate(const std::filesystem::path& folder) {
    const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
    const std::unique_ptr<X509, Free> certificate(X509_new());
    need(key && certificate);
    auto* const x509 = certificate.get();
    X509_set_version(x509, 2);  // counted from zero: version 3
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    // A day back and a day ahead: enough for any run, and for a clock that is set meanwhile.
    X509_gmtime_adj(X509_getm_notBefore(x509), -day);
    X509_gmtime_adj(X509_getm_notAfter(x509), day);
    auto* const name = X509_get_subject_name(x509);
    const std::string words = "Ilbud bench sink";
    need(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(words.data()),
                                    static_cast<int>(words.size()), -1, 0) == 1);
    // Issuer equals subject, or OpenSSL would look for another certificate above.
    need(X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key.get()) == 1);
    extend(x509, NID_basic_constraints, "critical,CA:TRUE");
    // The daemon reaches the sink by address, so the name that is verified
    // is an IP address (RFC 5280 §4.2.1.6).
    extend(x509, NID_subject_alt_name, "IP:127.0.0.1");
    need(X509_sign(x509, key.get(), EVP_sha256()) > 0);

    CertificateFiles files{folder / "sink-certificate.pem", folder / "sink-key.pem"};
    need(PEM_write_X509(private_file(files.certificate).get(), x509) == 1);
    need(PEM_write_PrivateKey(private_file(files.key).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return files;
}

}  // namespace ilbud::bench
