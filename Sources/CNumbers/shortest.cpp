// Finds the shortest decimal text of a float between 0.00001 and 2²³ with 64-bit integers.
//
// v = m · 2^-e with 2²³ < m < 2²⁴. Every number between (2m ± 1) / 2^(e+1) reads back as v; the bounds are
// odd / 2^(e+1), which no decimal with fewer than e + 1 places equals. With k places such that 10^k ≥ 2^e, at
// least one d / 10^k is between them. Both sides contain the factor 2^k, so only 5^k is multiplied and
// nothing exceeds 64 bits. Places are removed while a decimal remains between the bounds; of several
// decimals, the one nearest to v is used.
#include "numbers.hpp"

#include <bit>
#include <cstring>

namespace numbers {
namespace {

constexpr auto powers(uint64_t base) {
    struct { uint64_t of[16]; } all{};
    uint64_t power = 1;
    for (auto &one : all.of) one = power, power *= base;
    return all;
}
constexpr auto five = powers(5), ten = powers(10);

// For each e, the fewest places with 10^places ≥ 2^e.
constexpr auto enough_places = [] {
    struct { uint8_t of[42]; } all{};
    for (int e = 0; e < 42; ++e)
        while (ten.of[all.of[e]] < uint64_t{1} << e) ++all.of[e];
    return all;
}();

// Converts eight decimal digits to characters, the first in the lowest byte: halves, quarters, digits.
inline uint64_t characters(uint64_t number) {
    const uint64_t high = number / 10000;
    uint64_t word = high | (number - high * 10000) << 32;
    const uint64_t hundreds = (word * 10486 >> 20) & 0x7f0000007f;
    word = hundreds | (word - hundreds * 100) << 16;
    const uint64_t tens = (word * 103 >> 10) & 0x0f000f000f000f;
    word = tens | (word - tens * 10) << 8;
    return word | 0x3030303030303030;
}

} // namespace

char *write_shortest(float value, char *text) {
    if constexpr (std::endian::native != std::endian::little) return nullptr;
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint32_t fraction = bits & 0x7fffff;
    const int e = 150 - int(bits >> 23 & 0xff);
    // The lower neighbour of a power of two is closer.
    if (fraction == 0 || e < 1 || e > 40) return nullptr;
    const uint64_t m = fraction | 0x800000;
    int places = enough_places.of[e];
    int shift = e + 1 - places;
    uint64_t scale = five.of[places];
    uint64_t low = ((2 * m - 1) * scale >> shift) + 1, high = (2 * m + 1) * scale >> shift;
    // Removing one place is about as likely as not, so it is branch-free; removing more is rare.
    const bool one = high / 10 * 10 >= low;
    low = one ? (low + 9) / 10 : low;
    high = one ? high / 10 : high;
    places -= one;
    while (one && places > 0 && high / 10 * 10 >= low) {
        low = (low + 9) / 10;
        high /= 10;
        --places;
    }
    shift = e + 1 - places;
    scale = five.of[places];
    const uint64_t exact = 2 * m * scale, half = uint64_t{1} << (shift - 1);
    // Halfway between two decimals: leave the choice to to_chars.
    if ((exact & (2 * half - 1)) == half) return nullptr;
    const uint64_t decimal = (exact + half) >> shift;

    *text = '-';
    text += bits >> 31;
    uint64_t whole = 0, rest = decimal;
    if (e < 24) {
        whole = decimal / ten.of[places];
        rest = decimal - whole * ten.of[places];
    }
    if (whole < 10) {
        *text++ = char('0' + whole);
    } else {
        const uint64_t word = characters(whole);
        const int blank = std::countr_zero(word ^ 0x3030303030303030) / 8;
        const uint64_t digits = word >> 8 * blank;
        std::memcpy(text, &digits, 8);
        text += 8 - blank;
    }
    if (places == 0) return text;
    *text++ = '.';
    // All places, the first in the lowest byte; only the last ones are used.
    if (places <= 8) {
        const uint64_t digits = characters(rest) >> 8 * (8 - places);
        std::memcpy(text, &digits, 8);
    } else {
        unsigned __int128 digits = characters(rest % 100000000);
        digits = digits << 64 | characters(rest / 100000000);
        digits >>= 8 * (16 - places);
        std::memcpy(text, &digits, 16);
    }
    return text + places;
}

} // namespace numbers
