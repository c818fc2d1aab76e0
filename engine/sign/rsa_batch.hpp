/// RSA-2048 signatures eight at a time: what a lane that has many letters to sign spends nearly all its time on.
///
/// In    padded blocks of 256 bytes, big-endian, each below the modulus (RFC 8017 §9.2)
/// Out   each block to the power of the private exponent (RFC 8017 §5.2.1, with the Chinese remainder theorem), checked by the
///       public exponent: a wrong result of a faulty processor would give the key away
/// How   one message in each 64-bit lane of AVX-512, numbers in limbs of 52 bits (IFMA), Montgomery products without a final
///       subtraction. No branch and no address depends on the key: windows are picked by reading the whole table.
/// Threads  any, at once
#pragma once
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <span>

namespace ilbud {

class RsaBatch {
 public:
    static constexpr std::size_t width = 8;
    /// From so many blocks on it is faster than one after the other by OpenSSL.
    static constexpr std::size_t worth_it = 4;
    static constexpr std::size_t block_bytes = 256;
    using Block = std::array<unsigned char, block_bytes>;

    /// Null where the processor has no AVX-512 IFMA or the key is not made of two primes of 1024 bits.
    static std::unique_ptr<const RsaBatch> make(const EVP_PKEY* key);
    ~RsaBatch();
    RsaBatch(const RsaBatch&) = delete;
    RsaBatch& operator=(const RsaBatch&) = delete;

    /// Replaces up to `width` blocks by their signatures. False if one of them did not stand the check: none may then be used.
    [[nodiscard]] bool sign(std::span<Block> blocks) const;

 private:
    struct Numbers;
    explicit RsaBatch(std::unique_ptr<Numbers> numbers);
    std::unique_ptr<Numbers> numbers_;
};

}  // namespace ilbud
