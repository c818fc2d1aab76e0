/// A certificate authority for one test, and server certificates from it. Needs OpenSSL::SSL.
#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace ilbud::test {

struct Certificate {
    std::string pem;
    std::string key_pem;
};

/// Makes certificates that are valid from yesterday for a day or so; P-256, so that this takes no time.
class Authority {
 public:
    Authority() : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free), certificate_(blank("Test authority", key_.get()), &X509_free) {
        X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
        extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
        extend(certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
        X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    }

    [[nodiscard]] std::string pem() const { return pem_of(certificate_.get()); }

    /// For a server reached as `names`: "DNS:localhost,IP:127.0.0.1".
    [[nodiscard]] Certificate issue(const std::string& names) const {
        const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
        const Cert certificate(blank("Test server", key.get()), &X509_free);
        X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
        extend(certificate.get(), NID_subject_alt_name, names.c_str());
        X509_sign(certificate.get(), key_.get(), EVP_sha256());
        const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
        PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        return {pem_of(certificate.get()), content(out.get())};
    }

 private:
    using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
    using Cert = std::unique_ptr<X509, decltype(&X509_free)>;

    static X509* blank(const char* name, EVP_PKEY* key) {
        static long serial = 1;
        X509* certificate = X509_new();
        if (certificate == nullptr) throw std::runtime_error("X509_new failed");
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
        X509_set_pubkey(certificate, key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
        return certificate;
    }
    static void extend(X509* certificate, int kind, const char* value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
        if (extension == nullptr) throw std::runtime_error("X509V3_EXT_conf_nid failed");
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    static std::string content(BIO* bio) {
        const char* bytes = nullptr;
        const long length = BIO_get_mem_data(bio, &bytes);
        return {bytes, static_cast<std::size_t>(length)};
    }
    static std::string pem_of(X509* certificate) {
        const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
        PEM_write_bio_X509(out.get(), certificate);
        return content(out.get());
    }

    Key key_;
    Cert certificate_;
};

}  // namespace ilbud::test
