// Everything that is asked of OpenSSL about a key. A key is parsed, checked, warmed and given a
// prepared context when it is made; a signature then only copies that context, a quarter of what it
// costs to start from the PEM. EVP throughout: the older RSA_… functions are deprecated in OpenSSL 3
// and do not know Ed25519. OpenSSL keeps its errors in a queue of the thread. Every path that fails
// empties it, so that no later failure, here or in another library's TLS, is told with an old reason.
#include "openssl_key.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <stdexcept>

#include "ilbud/base/id.hpp"
#include "ilbud/base/text.hpp"
#include "rsa_batch.hpp"

namespace ilbud {
namespace {

constexpr int rsa_bits_max = 4096;  // more than that, receivers need not check (RFC 8301 §3.2)

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }  // wipes the private numbers
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using Bio = std::unique_ptr<BIO, Free>;

std::string last_reason() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string text = reason != nullptr ? reason : "no reason given";
    ERR_clear_error();
    return text;
}

Error invalid_key(std::string detail) {
    return {"invalid_key", "", std::move(detail)};
}

// Asked for a pass phrase, an encrypted key's reader gives up.
int no_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) {
    return -1;
}

const unsigned char* unsigned_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// The selector becomes part of a DNS name and of a header field (RFC 6376 §3.1, §3.5), so it is checked before
// either. The standard allows several labels; 63, the limit of one label (RFC 1035 §2.3.4), is held for the whole.
bool is_selector(std::string_view selector) {
    const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; };
    return !selector.empty() && selector.size() <= 63 && std::all_of(selector.begin(), selector.end(), allowed);
}

// SubjectPublicKeyInfo for RSA, the bare 32 bytes for Ed25519 (RFC 8463 §4).
// RFC 6376 §3.6.1 names the bare RSAPublicKey for RSA, but what its own Appendix C
// makes, and what is published and read everywhere, is SubjectPublicKeyInfo.
std::string public_key(EVP_PKEY* key, KeyAlgorithm algorithm) {
    if (algorithm == KeyAlgorithm::ed25519_sha256) {
        std::string raw(32, '\0');
        auto size = raw.size();
        EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size);
        return raw;
    }
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(size, 0)));
    OPENSSL_free(der);
    return bytes;
}

// PKCS#8, not encrypted: the file is protected by its permissions
// (S14), and a pass phrase would have to lie beside it.
std::string written(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));  // wiped when freed
    if (!bio || PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        throw std::runtime_error("OpenSSL cannot write a key: " + last_reason());
    std::string pem(BIO_ctrl_pending(bio.get()), '\0');
    BIO_read(bio.get(), pem.data(), static_cast<int>(pem.size()));
    return pem;
}

}  // namespace

struct SigningKey::Data {
    std::string selector;
    KeyAlgorithm algorithm{};
    int bits = 0;
    Key key;
    Context prepared;                       // initialised once; each signature works on a copy, from any thread
    std::unique_ptr<const RsaBatch> batch;  // null where only OpenSSL can sign
};

namespace {

Result<SigningKey> make_key(Key key, std::string selector, int rsa_bits_min) {
    if (!is_selector(selector)) return invalid_key("the selector '" + selector + "' is no name for DNS");
    auto data = std::make_shared<SigningKey::Data>();
    data->selector = std::move(selector);
    data->bits = EVP_PKEY_get_bits(key.get());
    const int type = EVP_PKEY_get_base_id(key.get());
    // A key restricted to RSA-PSS has a type of its own and is refused: DKIM knows only PKCS#1 v1.5 (RFC 6376 §3.3).
    if (type != EVP_PKEY_RSA && type != EVP_PKEY_ED25519) return invalid_key("expected an RSA or an Ed25519 private key");
    data->algorithm = type == EVP_PKEY_RSA ? KeyAlgorithm::rsa_sha256 : KeyAlgorithm::ed25519_sha256;
    if (type == EVP_PKEY_RSA && (data->bits < rsa_bits_min || data->bits > rsa_bits_max))
        return invalid_key("RSA with " + std::to_string(data->bits) + " bits; expected " + std::to_string(rsa_bits_min) + " to " +
                           std::to_string(rsa_bits_max));
    // The context holds a reference to the key, and so does `key` below: OpenSSL counts them.
    data->prepared.reset(EVP_MD_CTX_new());
    const EVP_MD* digest = type == EVP_PKEY_RSA ? EVP_sha256() : nullptr;  // Ed25519 brings its own
    if (!data->prepared || EVP_DigestSignInit(data->prepared.get(), nullptr, digest, nullptr, key.get()) != 1)
        return invalid_key(last_reason());
    if (type == EVP_PKEY_RSA) data->batch = RsaBatch::make(key.get());
    data->key = std::move(key);
    SigningKey made(std::move(data));
    // The first use of a key costs more than all later ones, and shows whether it works at all.
    if (const auto tried = raw_signature(made, "ilbud"); !tried) return invalid_key(tried.error().detail);
    return made;
}

}  // namespace

// The BIO reads `text` where it lies and copies nothing that would have to be wiped. Why a file was refused is
// told in our words: OpenSSL's reason for a wrong PEM is "unsupported" or "no start line", which helps nobody.
Result<SigningKey> SigningKey::from_pem(const Secret& pem, std::string selector, int rsa_bits_min) {
    const auto& text = pem.reveal();
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr) : nullptr);
    if (!key) {
        ERR_clear_error();
        return invalid_key("expected an unencrypted private key in PEM (PKCS#1 or PKCS#8)");
    }
    return make_key(std::move(key), std::move(selector), rsa_bits_min);
}

Result<SigningKey> SigningKey::from_ed25519_seed(const Secret& seed, std::string selector) {
    const auto& bytes = seed.reveal();
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, unsigned_bytes(bytes), bytes.size()));
    if (!key) {
        ERR_clear_error();
        return invalid_key("expected a seed of 32 bytes");
    }
    return make_key(std::move(key), std::move(selector), 0);
}

const std::string& SigningKey::selector() const {
    return data_->selector;
}
KeyAlgorithm SigningKey::algorithm() const {
    return data_->algorithm;
}
int SigningKey::bits() const {
    return data_->bits;
}

std::string SigningKey::dns_record() const {
    const std::string_view name = data_->algorithm == KeyAlgorithm::rsa_sha256 ? "rsa" : "ed25519";
    return std::string("v=DKIM1; k=").append(name).append("; p=") + base64(public_key(data_->key.get(), data_->algorithm));
}

// May run in any number of threads with one key: `prepared` is only read, and the copy is this call's own. Ed25519
// in DKIM signs the SHA-256 digest, not the data (RFC 8463 §3), and knows no digest in OpenSSL, hence by hand.
Result<std::string> raw_signature(const SigningKey& key, std::string_view data) {
    const auto& parts = key.data();
    const Context context(EVP_MD_CTX_new());
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(parts.key.get())), '\0');
    auto size = signature.size();
    Digest digest{};
    if (parts.algorithm == KeyAlgorithm::ed25519_sha256) {
        digest = sha256(data);
        data = {reinterpret_cast<const char*>(digest.data()), digest.size()};
    }
    const bool copied = context && EVP_MD_CTX_copy_ex(context.get(), parts.prepared.get()) == 1;
    if (copied) EVP_MD_CTX_set_flags(context.get(), EVP_MD_CTX_FLAG_FINALISE);  // used once: no further copy inside
    if (!copied || EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, unsigned_bytes(data),
                                  data.size()) != 1)
        return Error{"signing_failed", "", "OpenSSL refused to sign: " + last_reason()};
    signature.resize(size);
    return signature;
}

namespace {

// EMSA-PKCS1-v1_5 (RFC 8017 §9.2): 00 01 ff … ff 00, what says SHA-256, the digest.
RsaBatch::Block padded(std::string_view data) {
    // The zero that ends the padding, then the 19 bytes of DigestInfo's
    // DER with an empty place for the digest (§9.2, note 1).
    static constexpr std::array<unsigned char, 20> prefix{0x00, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
                                                          0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    const auto digest = sha256(data);
    RsaBatch::Block block;
    block.fill(0xff);
    block[0] = 0x00;
    block[1] = 0x01;
    std::copy(digest.begin(), digest.end(), block.end() - digest.size());
    std::copy(prefix.begin(), prefix.end(), block.end() - digest.size() - prefix.size());
    return block;
}

// False: nothing was signed, and OpenSSL may try.
// The blocks hold digests and signatures alone, so nothing here needs wiping.
bool sign_batch(const RsaBatch& batch, std::span<SignatureTask* const> tasks) {
    std::array<RsaBatch::Block, RsaBatch::width> blocks;
    const auto used = std::span(blocks).first(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) used[i] = padded(tasks[i]->data);
    if (!batch.sign(used)) return false;
    for (std::size_t i = 0; i < tasks.size(); ++i)
        tasks[i]->bytes = std::string(reinterpret_cast<const char*>(used[i].data()), used[i].size());
    return true;
}

}  // namespace

// Each round takes the first task's key, brings all tasks of that key to the front and signs up to one batch
// of them. Keys are told apart by their data, which copies of a SigningKey share. There are as many rounds
// as batches, each looking at every open task: nothing, for the few messages that a lane signs together. A
// batch that failed its check falls back to OpenSSL, so a processor's fault costs time and not the mail.
void raw_signatures(std::span<SignatureTask> tasks) {
    std::vector<SignatureTask*> open;
    open.reserve(tasks.size());
    for (auto& task : tasks) open.push_back(&task);
    while (!open.empty()) {
        const auto& key = open.front()->key->data();
        const auto others =
            std::stable_partition(open.begin(), open.end(), [&](const auto* task) { return &task->key->data() == &key; });
        const auto count = std::min<std::size_t>(static_cast<std::size_t>(others - open.begin()), RsaBatch::width);
        const auto now = std::span(open).first(count);
        const bool together = key.batch && count >= RsaBatch::worth_it && sign_batch(*key.batch, now);
        if (!together)
            for (auto* task : now) task->bytes = raw_signature(*task->key, task->data);
        open.erase(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(count));
    }
}

// For messages of our own that were stored (own_signature.hpp).
// A refusal is an ordinary answer: OpenSSL's words for it go.
bool verifies(const SigningKey& key, std::string_view data, std::string_view signature) {
    const auto& parts = key.data();
    const bool rsa = parts.algorithm == KeyAlgorithm::rsa_sha256;
    Digest digest{};
    if (!rsa) {
        digest = sha256(data);
        data = {reinterpret_cast<const char*>(digest.data()), digest.size()};
    }
    const Context context(EVP_MD_CTX_new());
    const bool good =
        context && EVP_DigestVerifyInit(context.get(), nullptr, rsa ? EVP_sha256() : nullptr, nullptr, parts.key.get()) == 1 &&
        EVP_DigestVerify(context.get(), unsigned_bytes(signature), signature.size(), unsigned_bytes(data), data.size()) == 1;
    ERR_clear_error();
    return good;
}

// The public exponent is OpenSSL's default, 65537, the only one that RsaBatch takes.
Result<Secret> new_rsa_key(int bits) {
    if (bits < 2048 || bits > rsa_bits_max)
        return Error{"invalid_value", "bits", std::to_string(bits) + "; expected 2048 to 4096"};
    // The number of bits goes through an ellipsis that reads a size_t: an int there would be undefined.
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
    if (!key) throw std::runtime_error("OpenSSL cannot make an RSA key: " + last_reason());
    return Secret(written(key.get()));
}

Result<Secret> new_ed25519_key() {
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (!key) throw std::runtime_error("OpenSSL cannot make an Ed25519 key: " + last_reason());
    return Secret(written(key.get()));
}

}  // namespace ilbud
