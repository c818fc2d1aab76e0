#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "ilbud/base/id.hpp"
#include "support/sample_mail.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

// A key in PEM as other tools write it: any algorithm, PKCS#1 or PKCS#8, perhaps encrypted.
std::string foreign_pem(EVP_PKEY* key, bool traditional = false, const char* pass_phrase = nullptr) {
    BIO* bio = BIO_new(BIO_s_mem());
    const EVP_CIPHER* cipher = pass_phrase != nullptr ? EVP_aes_128_cbc() : nullptr;
    std::string phrase = pass_phrase != nullptr ? pass_phrase : "";
    auto* bytes = reinterpret_cast<unsigned char*>(phrase.data());
    const auto length = static_cast<int>(phrase.size());
    if (traditional)
        PEM_write_bio_PrivateKey_traditional(bio, key, cipher, bytes, length, nullptr, nullptr);
    else
        PEM_write_bio_PrivateKey(bio, key, cipher, bytes, length, nullptr, nullptr);
    std::string pem(BIO_ctrl_pending(bio), '\0');
    BIO_read(bio, pem.data(), static_cast<int>(pem.size()));
    BIO_free(bio);
    return pem;
}

EVP_PKEY* read_pem(const std::string& pem) {
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return key;
}

// What looks like an RSA key of `bits` bits; its numbers mean nothing, so it is made at once.
EVP_PKEY* numbers_of_size(int bits) {
    BIGNUM* number = BN_new();
    BN_set_bit(number, bits - 1);
    BN_set_bit(number, 0);
    BIGNUM* three = BN_new();
    BN_set_word(three, 3);
    OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, number);
    for (const char* name :
         {OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
          OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1})
        OSSL_PARAM_BLD_push_BN(builder, name, three);
    OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
    EVP_PKEY* key = nullptr;
    EVP_PKEY_fromdata_init(context);
    EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(number);
    BN_free(three);
    return key;
}

Error refusal_of(const std::string& pem, const std::string& selector = "s") {
    const auto key = SigningKey::from_pem(Secret(pem), selector);
    return key ? Error{} : key.error();
}

void write_private(const std::filesystem::path& path, const std::string& text, ::mode_t mode = 0600) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
}

Settings settings_in(const TemporaryFolder& folder) {
    Settings settings;
    settings.platform.folder = folder.path();
    settings.platform.dkim.selectors = {DkimSelector{"one", "one.dkim.example", "one.pem"},
                                        DkimSelector{"two", "two.dkim.example", ""}};
    return settings;
}

}  // namespace

TEST_CASE("from_pem: RSA keys are read in PKCS#8 and PKCS#1") {
    EVP_PKEY* key = read_pem(sample_rsa_pem().reveal());
    for (const bool traditional : {false, true}) {
        const auto pem = foreign_pem(key, traditional);
        CHECK(pem.starts_with(traditional ? "-----BEGIN RSA PRIVATE KEY" : "-----BEGIN PRIVATE KEY"));
        const auto read = SigningKey::from_pem(Secret(pem), "ilbud1");
        REQUIRE(read);
        CHECK(read->algorithm() == KeyAlgorithm::rsa_sha256);
        CHECK(read->bits() == 2048);
        CHECK(read->selector() == "ilbud1");
        CHECK(read->dns_record() == sample_keys().keys[0].dns_record());
    }
    EVP_PKEY_free(key);
}

TEST_CASE("from_pem: an Ed25519 key of new_ed25519_key is read") {
    const auto& key = sample_keys().keys[1];
    CHECK(key.algorithm() == KeyAlgorithm::ed25519_sha256);
    CHECK(key.dns_record().starts_with("v=DKIM1; k=ed25519; p="));
    CHECK(from_base64(key.dns_record().substr(22))->size() == 32);
}

TEST_CASE("S14: encrypted, short, foreign and broken keys are refused with their reason") {
    EVP_PKEY* rsa = read_pem(sample_rsa_pem().reveal());
    EVP_PKEY* small = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(1024));
    EVP_PKEY* curve = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    EVP_PKEY* large = numbers_of_size(4097);
    CHECK(refusal_of(foreign_pem(small)).detail == "RSA with 1024 bits; expected 2048 to 4096");
    CHECK(refusal_of(foreign_pem(large)).detail == "RSA with 4097 bits; expected 2048 to 4096");
    CHECK(refusal_of(foreign_pem(curve)).detail == "expected an RSA or an Ed25519 private key");
    for (const auto& pem : {foreign_pem(rsa, false, "secret"), foreign_pem(rsa, true, "secret"), std::string(),
                            std::string("nonsense"), sample_rsa_pem().reveal().substr(0, 400),
                            std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")}) {
        CHECK(refusal_of(pem).code == "invalid_key");
        CHECK(refusal_of(pem).detail == "expected an unencrypted private key in PEM (PKCS#1 or PKCS#8)");
    }
    for (const std::string selector : {"", "a b", "a;d=evil", "a\r\nb", "ø"})
        CHECK(refusal_of(sample_rsa_pem().reveal(), selector).code == "invalid_key");
    CHECK(SigningKey::from_ed25519_seed(Secret("short"), "s").error().code == "invalid_key");
    for (EVP_PKEY* key : {rsa, small, large, curve}) EVP_PKEY_free(key);
}

TEST_CASE("new_rsa_key: 2048 to 4096 bits, nothing else") {
    for (const int bits : {0, 1024, 2047, 4097, -1}) CHECK(new_rsa_key(bits).error().code == "invalid_value");
}

TEST_CASE("dns_record: the RFC's keys give the RFC's records") {
    const auto folder = testdata("dkim-rfc8463");
    if (!folder) return;
    const auto seed = from_base64(without_line_end(read_file(*folder / "ed25519-brisbane.seed.base64")));
    REQUIRE(seed);
    const auto brisbane = *SigningKey::from_ed25519_seed(Secret(*seed), "brisbane");
    CHECK(read_file(*folder / "dns.txt").find("brisbane._domainkey.football.example.com " + brisbane.dns_record() + '\n') !=
          std::string::npos);
    const auto test = SigningKey::from_pem(rfc8463_rsa_pem(), "test", 1024);
    REQUIRE(test);
    CHECK(read_file(*folder / "dns.txt").find("test._domainkey.football.example.com " + test->dns_record() + '\n') !=
          std::string::npos);
}

TEST_CASE("zone_line: a long record is cut into strings of at most 255 bytes") {
    CHECK(zone_line("s._domainkey.x.example", "v=DKIM1; p=AA") == "s._domainkey.x.example IN TXT ( \"v=DKIM1; p=AA\" )");
    CHECK(zone_line("n", std::string(256, 'x')) == "n IN TXT ( \"" + std::string(255, 'x') + "\" \"x\" )");
    CHECK(zone_line("n", std::string(255, 'x')) == "n IN TXT ( \"" + std::string(255, 'x') + "\" )");
    CHECK(zone_line("n", R"(a"b\)") == R"(n IN TXT ( "a\"b\\" ))");
    CHECK(zone_line("n", "") == "n IN TXT ( \"\" )");
}

TEST_CASE("load_keys: the keys of both selectors that have one, the active one preferred, and Ed25519 beside them") {
    const TemporaryFolder folder;
    write_private(folder / "one.pem", sample_rsa_pem().reveal());
    write_private(folder / "ed.pem", new_ed25519_key()->reveal());
    auto settings = settings_in(folder);
    auto keys = load_keys(settings);
    REQUIRE(keys);
    REQUIRE(keys->slots[0]);
    CHECK(keys->slots[0]->selector() == "one");
    CHECK_FALSE(keys->slots[1]);
    CHECK_FALSE(keys->ed25519);
    CHECK(keys->preferred == 0);
    settings.platform.dkim.selectors[1].key_file = "one.pem";
    settings.platform.dkim.active = 1;
    settings.platform.dkim.ed25519 = DkimSelector{"three", "three.dkim.example", folder / "ed.pem"};
    keys = load_keys(settings);
    REQUIRE(keys);
    REQUIRE(keys->slots[1]);
    CHECK(keys->slots[1]->selector() == "two");
    CHECK(keys->preferred == 1);
    REQUIRE(keys->ed25519);
    CHECK(keys->ed25519->selector() == "three");
    CHECK(keys->ed25519->algorithm() == KeyAlgorithm::ed25519_sha256);
}

TEST_CASE("S14: load_keys refuses a key that is missing, readable by others, a link or broken, and names the option") {
    const TemporaryFolder folder;
    auto settings = settings_in(folder);
    CHECK(load_keys(settings).error().code == "secret_missing");
    CHECK(load_keys(settings).error().place.starts_with("dkim.selector.key_file ("));
    write_private(folder / "one.pem", sample_rsa_pem().reveal(), 0640);
    CHECK(load_keys(settings).error().code == "secret_permissions");
    write_private(folder / "one.pem", "no key");
    CHECK(load_keys(settings).error() == Error{"invalid_key", "dkim.selector.key_file (" + (folder / "one.pem").string() + ")",
                                               "expected an unencrypted private key in PEM (PKCS#1 or PKCS#8)"});
    write_private(folder / "real.pem", sample_rsa_pem().reveal());
    std::filesystem::remove(folder / "one.pem");
    std::filesystem::create_symlink(folder / "real.pem", folder / "one.pem");
    CHECK(load_keys(settings).error().code == "secret_symlink");
    settings.platform.dkim.selectors[0].key_file.clear();
    settings.platform.dkim.active = 1;
    REQUIRE(load_keys(settings));
    CHECK_FALSE(load_keys(settings)->slots[1]);  // the queue may know one
    settings.platform.dkim.active = 2;
    CHECK(load_keys(settings).error().code == "out_of_range");
}
