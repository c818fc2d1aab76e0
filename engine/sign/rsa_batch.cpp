// Why not OpenSSL alone: it makes one signature at a time, and inside one number every limb waits for the carries of
// the others. Here a vector's eight lanes hold eight different messages, so that no lane ever waits for another's
// carry, and limbs of 52 bits are what the IFMA instructions multiply (low or high half of the product, added to a
// lane of 64). The twelve spare bits of a lane gather the sums; carries are brought over once a product. Numbers stay
// below twice their modulus, or a little more, and are reduced only at the end: the spare bits at the top (16 for a
// prime, 32 for the modulus) allow it, and a subtraction in each product would cost and would need a mask. Time and
// addresses are the same for every key and message. What branches are here depend on public things: how many blocks,
// whether the check was passed. The work space and the buffers that a key's numbers pass through are overwritten.
#include "rsa_batch.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC diagnostic ignored "-Wuninitialized"  // g++ 12 finds a false one in its own intrinsics

// Built for any x86-64; these functions are reached only where the processor can.
#define ILBUD_IFMA __attribute__((target("avx512f,avx512ifma")))

namespace ilbud {
namespace {

constexpr std::size_t limb_bits = 52;
constexpr std::uint64_t limb_mask = (1ULL << limb_bits) - 1;
// Nineteen would hold 988 bits, too few.
constexpr std::size_t half = 20;         // limbs of a prime: 1040 bits, 16 more than it has
constexpr std::size_t whole = 2 * half;  // limbs of the modulus
constexpr std::size_t prime_bits = 1024;
// A table of 16 powers has 20 KiB and is read whole for each of 256 windows. A bit more would double
// what is read each time to save a fifth of these products, and windows of 5 do not divide 1024.
constexpr std::size_t window_bits = 4;
constexpr std::size_t windows = prime_bits / window_bits;
constexpr std::size_t window_values = 1 << window_bits;
// So many squarings and one product make the power 65537, the exponent of our own keys
// (new_rsa_key) and of nearly all others. Keys with another are signed with by OpenSSL.
constexpr std::size_t public_squarings = 16;
constexpr unsigned long public_exponent = (1UL << public_squarings) + 1;

template <std::size_t Limbs>
using Number = std::array<std::uint64_t, Limbs>;

/// Eight numbers, one in each lane; limbs below 2^52.
/// Aligned, because whole vectors are loaded and stored: on another address these instructions fault.
template <std::size_t Limbs>
struct alignas(64) Eight {
    std::uint64_t limb[Limbs][RsaBatch::width];
};

/// With R = 2^(52 · Limbs).
/// R, the factor of Montgomery's form, is public; value, one, square and cube of a prime are as secret as the prime.
template <std::size_t Limbs>
struct Modulus {
    Number<Limbs> value{};
    Number<Limbs> one{};        // R
    Number<Limbs> square{};     // R²
    Number<Limbs> cube{};       // R³
    std::uint64_t inverse = 0;  // −1 / value modulo 2^52
};

struct Prime {
    Modulus<half> modulus;
    std::array<std::uint8_t, windows> exponent{};  // windows from the highest down
};

template <std::size_t Limbs>
ILBUD_IFMA inline __m512i load(const Eight<Limbs>& number, std::size_t limb) {
    return _mm512_load_si512(number.limb[limb]);
}

template <std::size_t Limbs>
ILBUD_IFMA inline void store(Eight<Limbs>& number, int limb, __m512i value) {
    _mm512_store_si512(number.limb[limb], value);
}

ILBUD_IFMA inline __m512i broadcast(std::uint64_t value) {
    return _mm512_set1_epi64(static_cast<long long>(value));
}

template <std::size_t Limbs>
ILBUD_IFMA void fill(Eight<Limbs>& out, const Number<Limbs>& number) {
    for (std::size_t j = 0; j < Limbs; ++j) store(out, j, broadcast(number[j]));
}

// Brings signed sums below 2^52 each; returns what is left at the top, negative if the number is.
// The shift is arithmetic: differences come here too, and a borrow must run up as minus one.
template <std::size_t Limbs>
ILBUD_IFMA inline __m512i carry_over(Eight<Limbs>& out, const __m512i (&sum)[Limbs]) {
    const __m512i mask = broadcast(limb_mask);
    __m512i carry = _mm512_setzero_si512();
#pragma GCC unroll 40
    for (std::size_t j = 0; j < Limbs; ++j) {
        const __m512i all = _mm512_add_epi64(sum[j], carry);
        carry = _mm512_srai_epi64(all, limb_bits);
        store(out, j, _mm512_and_si512(all, mask));
    }
    return carry;
}

// out = a · b / R modulo m, below 2m as long as a · b is below R · m: the spare bits see to that for all that comes here.
// `out` may be `a` or `b`: the sum is kept apart until the end. A limb gathers at most four halves of
// products below 2^52 and one carry in each of its at most 40 steps, which is below 2^60: no lane overflows.
template <std::size_t Limbs>
ILBUD_IFMA void multiply(Eight<Limbs>& out, const Eight<Limbs>& a, const Eight<Limbs>& b, const Modulus<Limbs>& m) {
    const __m512i zero = _mm512_setzero_si512();
    const __m512i inverse = broadcast(m.inverse);
    __m512i sum[Limbs];
#pragma GCC unroll 40
    for (std::size_t j = 0; j < Limbs; ++j) sum[j] = zero;
#pragma GCC unroll 1
    for (std::size_t i = 0; i < Limbs; ++i) {
        const __m512i factor = load(b, i);
#pragma GCC unroll 40
        for (std::size_t j = 0; j < Limbs; ++j) sum[j] = _mm512_madd52lo_epu64(sum[j], load(a, j), factor);
        // The instruction looks at the low 52 bits of its factors
        // alone, so that what sum[0] holds above them does no harm.
        const __m512i quotient = _mm512_madd52lo_epu64(zero, sum[0], inverse);
#pragma GCC unroll 40
        for (std::size_t j = 0; j < Limbs; ++j) sum[j] = _mm512_madd52lo_epu64(sum[j], broadcast(m.value[j]), quotient);
        // The lowest limb is a multiple of 2^52 now: every limb moves down by one.
        sum[1] = _mm512_add_epi64(sum[1], _mm512_srli_epi64(sum[0], limb_bits));
#pragma GCC unroll 40
        for (std::size_t j = 0; j < Limbs; ++j) {
            const __m512i above = j + 1 < Limbs ? sum[j + 1 < Limbs ? j + 1 : j] : zero;
            sum[j] = _mm512_madd52hi_epu64(_mm512_madd52hi_epu64(above, load(a, j), factor), broadcast(m.value[j]), quotient);
        }
    }
    carry_over(out, sum);
}

// Takes m away where the number is not below it; it is below 2m.
// By a mask, not by a branch: which lanes are too large depends on the key.
template <std::size_t Limbs>
ILBUD_IFMA void reduce(Eight<Limbs>& number, const Modulus<Limbs>& m) {
    __m512i difference[Limbs];
    for (std::size_t j = 0; j < Limbs; ++j) difference[j] = _mm512_sub_epi64(load(number, j), broadcast(m.value[j]));
    Eight<Limbs> reduced;
    const __mmask8 negative = _mm512_cmplt_epi64_mask(carry_over(reduced, difference), _mm512_setzero_si512());
    for (std::size_t j = 0; j < Limbs; ++j) store(number, j, _mm512_mask_mov_epi64(load(reduced, j), negative, load(number, j)));
}

// Out of Montgomery's form, below m.
// A product with plain 1 divides by R. Only here is the number brought below m, once and not in each product.
template <std::size_t Limbs>
ILBUD_IFMA void leave(Eight<Limbs>& number, const Modulus<Limbs>& m) {
    Number<Limbs> unit{};
    unit[0] = 1;
    Eight<Limbs> factor;
    fill(factor, unit);
    multiply(number, number, factor, m);
    reduce(number, m);
}

using Table = std::array<Eight<half>, window_values>;

// Reads the whole table whatever `window` is.
// An address that depended on the window would show it to whoever shares the processor's cache.
ILBUD_IFMA void pick(Eight<half>& out, const Table& table, std::uint8_t window) {
    __m512i found[half];
#pragma GCC unroll 20
    for (std::size_t j = 0; j < half; ++j) found[j] = _mm512_setzero_si512();
    for (std::uint64_t i = 0; i < window_values; ++i) {
        const __mmask8 hit = _mm512_cmpeq_epi64_mask(broadcast(i), broadcast(window));
#pragma GCC unroll 20
        for (std::size_t j = 0; j < half; ++j) found[j] = _mm512_mask_mov_epi64(found[j], hit, load(table[i], j));
    }
#pragma GCC unroll 20
    for (std::size_t j = 0; j < half; ++j) store(out, j, found[j]);
}

/// All that one batch computes with; wiped when it is done.
// About 36 KiB, on the stack of who signs.
struct Work {
    Eight<whole> block;
    Eight<half> low, high, by_p, by_q, scratch;
    Eight<whole> signature, check, base;
    Table table;
};

// out = block^exponent modulo the prime.
// Fixed windows from the top: four squarings and one product each, also
// for a window of zero, whose product with one takes as long as any other.
ILBUD_IFMA void power(Eight<half>& out, const Prime& prime, Work& work) {
    const auto& m = prime.modulus;
    // block = low + high · R, each brought into Montgomery's form.
    // A factor of R² makes low · R, one of R³ makes high · R²: together block · R modulo
    // m, below 4m. Products of two such are below R · m still, as 16m is below R.
    fill(work.scratch, m.square);
    multiply(out, work.low, work.scratch, m);
    fill(work.scratch, m.cube);
    multiply(work.scratch, work.high, work.scratch, m);
    __m512i sum[half];
    for (std::size_t j = 0; j < half; ++j) sum[j] = _mm512_add_epi64(load(out, j), load(work.scratch, j));
    fill(work.table[0], m.one);
    carry_over(work.table[1], sum);
    for (std::size_t i = 2; i < window_values; ++i) multiply(work.table[i], work.table[i - 1], work.table[1], m);
    pick(out, work.table, prime.exponent[0]);
    for (std::size_t i = 1; i < windows; ++i) {
        for (std::size_t s = 0; s < window_bits; ++s) multiply(out, out, out, m);
        pick(work.scratch, work.table, prime.exponent[i]);
        multiply(out, out, work.scratch, m);
    }
    leave(out, m);
}

// At least 57 bits from any bit on, which is more than a limb; beyond the end there are zeros.
std::uint64_t bits_at(const unsigned char* little_endian, std::size_t size, std::size_t bit) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8 && bit / 8 + i < size; ++i) value |= std::uint64_t{little_endian[bit / 8 + i]} << (8 * i);
    return value >> (bit % 8);
}

}  // namespace

struct RsaBatch::Numbers {
    Prime p, q;
    Number<half> q_inverse{};  // 1 / q modulo p, in Montgomery's form
    Modulus<whole> n;
};

namespace {

// signature = by_q + q · ((by_p − by_q) / q modulo p)
// Garner's way (RFC 8017 §5.2.1, step 2.b): two powers of half the length and this cost about a
// quarter of one power modulo n. The sum is below n by itself: by_q below q, the other factor below p.
ILBUD_IFMA void combine(const Modulus<half>& p, const Modulus<half>& q, const Number<half>& q_inverse, Work& work) {
    __m512i difference[half];
    for (std::size_t j = 0; j < half; ++j)  // 2p more: a residue modulo q may be nearly twice p
        difference[j] = _mm512_sub_epi64(_mm512_add_epi64(load(work.by_p, j), broadcast(2 * p.value[j])), load(work.by_q, j));
    carry_over(work.by_p, difference);
    fill(work.scratch, q_inverse);
    multiply(work.by_p, work.by_p, work.scratch, p);
    reduce(work.by_p, p);
    __m512i sum[whole];
    for (std::size_t j = 0; j < whole; ++j) sum[j] = j < half ? load(work.by_q, j) : _mm512_setzero_si512();
    for (std::size_t i = 0; i < half; ++i) {
        const __m512i factor = broadcast(q.value[i]);
        for (std::size_t j = 0; j < half; ++j) {
            sum[i + j] = _mm512_madd52lo_epu64(sum[i + j], load(work.by_p, j), factor);
            sum[i + j + 1] = _mm512_madd52hi_epu64(sum[i + j + 1], load(work.by_p, j), factor);
        }
    }
    carry_over(work.signature, sum);
}

// Whether signature^65537 modulo n is the block again, in every lane.
// A signature that is right modulo one prime and wrong modulo the other gives n's factors to anyone who has it and
// knows what was signed: a single flipped bit is enough. Nineteen products are the price of never letting one out.
ILBUD_IFMA bool stands_check(const Modulus<whole>& n, Work& work) {
    fill(work.check, n.square);
    multiply(work.base, work.signature, work.check, n);
    work.check = work.base;
    for (std::size_t i = 0; i < public_squarings; ++i) multiply(work.check, work.check, work.check, n);
    multiply(work.check, work.check, work.base, n);
    leave(work.check, n);
    __m512i difference = _mm512_setzero_si512();
    for (std::size_t j = 0; j < whole; ++j)
        difference = _mm512_or_si512(difference, _mm512_xor_si512(load(work.check, j), load(work.block, j)));
    return _mm512_test_epi64_mask(difference, difference) == 0;
}

// Turns rows into columns: limb j of all eight messages lies in one vector.
// A lane that idles has zero, and zero to any power passes the check.
void read(Work& work, std::span<const RsaBatch::Block> blocks) {
    for (std::size_t lane = 0; lane < RsaBatch::width; ++lane) {
        RsaBatch::Block bytes{};  // a lane without work computes with zero
        if (lane < blocks.size()) std::reverse_copy(blocks[lane].begin(), blocks[lane].end(), bytes.begin());
        for (std::size_t j = 0; j < whole; ++j) {
            const auto limb = bits_at(bytes.data(), bytes.size(), j * limb_bits) & limb_mask;
            work.block.limb[j][lane] = limb;
            (j < half ? work.low : work.high).limb[j % half][lane] = limb;
        }
    }
}

void write(const Work& work, std::span<RsaBatch::Block> blocks) {
    for (std::size_t lane = 0; lane < blocks.size(); ++lane)
        for (std::size_t byte = 0; byte < RsaBatch::block_bytes; ++byte) {
            const auto bit = byte * 8;
            const auto limb = bit / limb_bits;
            const auto shift = bit % limb_bits;
            auto value = work.signature.limb[limb][lane] >> shift;
            if (shift > limb_bits - 8) value |= work.signature.limb[limb + 1][lane] << (limb_bits - shift);
            blocks[lane][RsaBatch::block_bytes - 1 - byte] = static_cast<unsigned char>(value);
        }
}

struct FreeNumber {
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Big = std::unique_ptr<BIGNUM, FreeNumber>;
using BigContext = std::unique_ptr<BN_CTX, FreeNumber>;

// The number is a copy that is this caller's to free; BN_clear_free overwrites it.
Big parameter(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, name, &number);
    return Big(number);
}

// Little-endian with the length of all limbs, so that a short number has leading zeros and its length does not show.
template <std::size_t Limbs>
bool put(Number<Limbs>& out, const BIGNUM* number) {
    std::array<unsigned char, Limbs * limb_bits / 8> bytes{};
    if (BN_bn2lebinpad(number, bytes.data(), static_cast<int>(bytes.size())) < 0) return false;
    for (std::size_t j = 0; j < Limbs; ++j) out[j] = bits_at(bytes.data(), bytes.size(), j * limb_bits) & limb_mask;
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return true;
}

// number · 2^bits modulo m.
// How a number gets into Montgomery's form. OpenSSL does the
// division: it happens once for each key, when it is loaded.
template <std::size_t Limbs>
bool put_shifted(Number<Limbs>& out, const BIGNUM* number, int bits, const BIGNUM* m, BN_CTX* context) {
    const Big shifted(BN_new());
    return shifted && BN_lshift(shifted.get(), number, bits) == 1 && BN_mod(shifted.get(), shifted.get(), m, context) == 1 &&
           put(out, shifted.get());
}

template <std::size_t Limbs>
bool set(Modulus<Limbs>& out, const BIGNUM* m, BN_CTX* context) {
    constexpr int bits = static_cast<int>(limb_bits * Limbs);
    const auto* unit = BN_value_one();
    if (!put(out.value, m) || !put_shifted(out.one, unit, bits, m, context) ||
        !put_shifted(out.square, unit, 2 * bits, m, context) || !put_shifted(out.cube, unit, 3 * bits, m, context))
        return false;
    // 1 is right modulo 2, as m is odd; six doublings make 64 bits, of which 52 are kept.
    std::uint64_t inverse = 1;  // Newton: each step doubles the bits that are right
    for (int step = 0; step < 6; ++step) inverse *= 2 - out.value[0] * inverse;
    out.inverse = (0 - inverse) & limb_mask;
    return true;
}

// A key whose primes are not exactly half its length (as made with other tools or on purpose) goes to OpenSSL.
bool set(Prime& out, const BIGNUM* prime, const BIGNUM* exponent, BN_CTX* context) {
    std::array<unsigned char, prime_bits / 8> bytes{};
    if (BN_num_bits(prime) != static_cast<int>(prime_bits) || !set(out.modulus, prime, context)) return false;
    if (BN_bn2binpad(exponent, bytes.data(), static_cast<int>(bytes.size())) < 0) return false;
    for (std::size_t i = 0; i < windows; ++i) {
        const unsigned both = bytes[i / 2];
        out.exponent[i] = static_cast<std::uint8_t>(i % 2 == 0 ? both >> window_bits : both & (window_values - 1));
    }
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return true;
}

}  // namespace

RsaBatch::RsaBatch(std::unique_ptr<Numbers> numbers) : numbers_(std::move(numbers)) {}

// `numbers_` is never null here: make() gives it to each object, also to one it then throws away.
RsaBatch::~RsaBatch() {
    OPENSSL_cleanse(numbers_.get(), sizeof(Numbers));
}

// Whatever is unusual about a key (a third prime, another exponent, parts missing because it came with n and
// d alone) is no error: the caller signs with OpenSSL as it does on a processor without these instructions.
std::unique_ptr<const RsaBatch> RsaBatch::make(const EVP_PKEY* key) {
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512ifma")) return nullptr;
    const auto n = parameter(key, OSSL_PKEY_PARAM_RSA_N);
    const auto e = parameter(key, OSSL_PKEY_PARAM_RSA_E);
    const auto p = parameter(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
    const auto q = parameter(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
    const auto by_p = parameter(key, OSSL_PKEY_PARAM_RSA_EXPONENT1);
    const auto by_q = parameter(key, OSSL_PKEY_PARAM_RSA_EXPONENT2);
    const auto inverse = parameter(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
    const BigContext context(BN_CTX_new());
    if (!n || !e || !p || !q || !by_p || !by_q || !inverse || !context || parameter(key, OSSL_PKEY_PARAM_RSA_FACTOR3))
        return nullptr;
    if (BN_num_bits(n.get()) != static_cast<int>(2 * prime_bits) || !BN_is_word(e.get(), public_exponent)) return nullptr;
    std::unique_ptr<RsaBatch> batch(new RsaBatch(std::make_unique<Numbers>()));
    auto& numbers = *batch->numbers_;
    if (!set(numbers.p, p.get(), by_p.get(), context.get()) || !set(numbers.q, q.get(), by_q.get(), context.get()) ||
        !set(numbers.n, n.get(), context.get()) ||
        !put_shifted(numbers.q_inverse, inverse.get(), static_cast<int>(limb_bits * half), p.get(), context.get()))
        return nullptr;
    return batch;
}

// Blocks are written only after the check: a caller that ignored the answer would hold its own padded blocks still.
bool RsaBatch::sign(std::span<Block> blocks) const {
    Work work;
    read(work, blocks);
    power(work.by_p, numbers_->p, work);
    power(work.by_q, numbers_->q, work);
    combine(numbers_->p.modulus, numbers_->q.modulus, numbers_->q_inverse, work);
    const bool good = stands_check(numbers_->n, work);
    if (good) write(work, blocks);
    OPENSSL_cleanse(&work, sizeof work);
    return good;
}

}  // namespace ilbud

#else

namespace ilbud {

struct RsaBatch::Numbers {};
RsaBatch::RsaBatch(std::unique_ptr<Numbers> numbers) : numbers_(std::move(numbers)) {}
RsaBatch::~RsaBatch() = default;
std::unique_ptr<const RsaBatch> RsaBatch::make(const EVP_PKEY* /*key*/) {
    return nullptr;
}
bool RsaBatch::sign(std::span<Block> /*blocks*/) const {
    return false;
}

}  // namespace ilbud

#endif
