// Eight signatures at once are OpenSSL's signatures, whatever the key, the blocks and their number.
#include "sign/rsa_batch.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "ilbud/sign/sign.hpp"
#include "support/dkim_verifier.hpp"
#include "support/sample_mail.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Block = RsaBatch::Block;

Key generated(unsigned bits = 2048, unsigned long exponent = 65537, unsigned primes = 2) {
    EVP_PKEY* key = nullptr;
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr),
                                                                              EVP_PKEY_CTX_free);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> e(BN_new(), BN_free);
    BN_set_word(e.get(), exponent);
    EVP_PKEY_keygen_init(context.get());
    EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits));
    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get());
    EVP_PKEY_CTX_set_rsa_keygen_primes(context.get(), static_cast<int>(primes));
    if (EVP_PKEY_generate(context.get(), &key) != 1) throw std::runtime_error("no key");
    return {key, EVP_PKEY_free};
}

// What OpenSSL makes of a block.
Block by_openssl(EVP_PKEY* key, const Block& block) {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key, nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY_decrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING);
    Block out{};
    auto size = out.size();
    if (EVP_PKEY_decrypt(context.get(), out.data(), &size, block.data(), block.size()) != 1)
        throw std::runtime_error("no result");
    return out;
}

// The key again, one of its private numbers being changed: what a fault in memory leaves.
Key damaged(EVP_PKEY* key, const char* name) {
    OSSL_PARAM* parameters = nullptr;
    EVP_PKEY_todata(key, EVP_PKEY_KEYPAIR, &parameters);
    static_cast<unsigned char*>(OSSL_PARAM_locate(parameters, name)->data)[3] ^= 0x10;
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr),
                                                                              EVP_PKEY_CTX_free);
    EVP_PKEY* changed = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &changed, EVP_PKEY_KEYPAIR, parameters);
    OSSL_PARAM_free(parameters);
    return {changed, EVP_PKEY_free};
}

// Only where the processor can; elsewhere OpenSSL signs, which sign_test.cpp covers.
std::unique_ptr<const RsaBatch> batch_of(EVP_PKEY* key) {
    auto batch = RsaBatch::make(key);
    if (!batch) WARN("no AVX-512 IFMA here: not tested");
    return batch;
}

}  // namespace

TEST_CASE("RsaBatch: the signatures are OpenSSL's, for random and for extreme blocks") {
    std::mt19937_64 random(20261123);
    for (int round = 0; round < 6; ++round) {
        const auto key = generated();
        const auto batch = batch_of(key.get());
        if (!batch) return;
        for (int set = 0; set < 4; ++set) {
            std::array<Block, RsaBatch::width> blocks;
            for (auto& block : blocks)
                std::generate(block.begin(), block.end(), [&] { return static_cast<unsigned char>(random()); });
            for (auto& block : blocks) block[0] = 0;  // below the modulus
            if (set == 0) {
                blocks[0].fill(0);
                blocks[1].fill(0);
                blocks[1].back() = 1;
                std::fill(blocks[2].begin() + 1, blocks[2].end(), 0xff);
                std::fill(blocks[3].begin() + 128, blocks[3].end(), 0);
                std::fill(blocks[4].begin(), blocks[4].begin() + 128, 0);
            }
            auto expected = blocks;
            for (auto& block : expected) block = by_openssl(key.get(), block);
            REQUIRE(batch->sign(blocks));
            CHECK(blocks == expected);
        }
    }
}

TEST_CASE("RsaBatch: the largest block below the modulus and the multiples of a prime come out right") {
    const auto key = generated();
    const auto batch = batch_of(key.get());
    if (!batch) return;
    const auto parameter = [&](const char* name) {
        BIGNUM* number = nullptr;
        EVP_PKEY_get_bn_param(key.get(), name, &number);
        return std::unique_ptr<BIGNUM, decltype(&BN_free)>(number, BN_free);
    };
    const auto block_of = [](const BIGNUM* number) {
        Block block{};
        BN_bn2binpad(number, block.data(), static_cast<int>(block.size()));
        return block;
    };
    const auto n = parameter(OSSL_PKEY_PARAM_RSA_N);
    BN_sub_word(n.get(), 1);
    std::array<Block, 3> blocks{block_of(n.get()), block_of(parameter(OSSL_PKEY_PARAM_RSA_FACTOR1).get()),
                                block_of(parameter(OSSL_PKEY_PARAM_RSA_FACTOR2).get())};
    auto expected = blocks;
    for (auto& block : expected) block = by_openssl(key.get(), block);
    REQUIRE(batch->sign(blocks));
    CHECK(blocks == expected);
}

TEST_CASE("RsaBatch: any number of blocks up to eight, from any thread") {
    const auto key = generated();
    const auto batch = batch_of(key.get());
    if (!batch) return;
    std::array<Block, RsaBatch::width> all{}, expected;
    for (std::size_t i = 0; i < all.size(); ++i) all[i].back() = static_cast<unsigned char>(i + 2);
    std::transform(all.begin(), all.end(), expected.begin(), [&](const Block& block) { return by_openssl(key.get(), block); });
    std::atomic<std::size_t> right{0};
    std::vector<std::thread> threads;
    for (std::size_t count = 1; count <= all.size(); ++count)
        threads.emplace_back([&, count] {
            std::vector<Block> blocks(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
            right += batch->sign(blocks) && std::equal(blocks.begin(), blocks.end(), expected.begin()) ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == all.size());
}

TEST_CASE("RsaBatch: a damaged key gives no signature away") {
    const auto key = generated();
    if (!batch_of(key.get())) return;
    for (const auto* name : {OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
        const auto broken = damaged(key.get(), name);
        REQUIRE(broken);
        const auto batch = RsaBatch::make(broken.get());
        REQUIRE(batch);
        std::array<Block, 2> blocks{};
        blocks[0].back() = 7;
        blocks[1].back() = 9;
        const auto before = blocks;
        CHECK(!batch->sign(blocks));
        CHECK(blocks == before);
    }
}

TEST_CASE("RsaBatch: other keys are left to OpenSSL") {
    CHECK(RsaBatch::make(generated(3072).get()) == nullptr);
    CHECK(RsaBatch::make(generated(2048, 3).get()) == nullptr);
    CHECK(RsaBatch::make(generated(2048, 65537, 3).get()) == nullptr);
}

TEST_CASE("sign_all: the same bytes as one after the other, for any number of messages and keys") {
    const KeyRing other{{*SigningKey::from_pem(*new_rsa_key(), "other")}};
    for (std::size_t count : {0, 1, 3, 4, 8, 9, 21}) {
        std::vector<SigningTask> tasks;
        std::vector<Message> expected;
        for (std::size_t i = 0; i < count; ++i) {
            const auto& keys = i % 5 == 4 ? other : sample_keys();
            Message message{sample_message().header, "Nummer " + std::to_string(i) + "\r\n"};
            expected.push_back(*sign(message, keys, "avisen.example", sample_now, sample_expiry));
            tasks.push_back({std::move(message), &keys, "avisen.example", sample_now, sample_expiry});
        }
        const auto got = sign_all(std::move(tasks));
        REQUIRE(got.size() == count);
        for (std::size_t i = 0; i < count; ++i) {
            REQUIRE(got[i]);
            CHECK(got[i]->bytes() == expected[i].bytes());
        }
    }
}

TEST_CASE("sign_all: a message that cannot be signed is refused alone") {
    std::vector<SigningTask> tasks;
    for (int i = 0; i < 6; ++i) tasks.push_back({sample_message(), &sample_keys(), "avisen.example", sample_now, sample_expiry});
    const KeyRing none;
    tasks[1].message.header = "To: a@b.example\r\n";
    tasks[2].keys = &none;
    tasks[4].domain = "a;l=0";
    const auto got = sign_all(std::move(tasks));
    CHECK(got[1].error().code == "no_from_header");
    CHECK(got[2].error().code == "signing_failed");
    CHECK(got[4].error().code == "signing_failed");
    for (const std::size_t i : {0, 3, 5}) {
        REQUIRE(got[i]);
        for (std::size_t key = 0; key < 2; ++key) CHECK(verify(*got[i], key, sample_records()[key].text) == "");
    }
}
