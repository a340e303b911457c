// A fast parser for short decimal numbers, shared by the row scanner and single reads.
#pragma once
#include "cnumbers.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace numbers {

// Exact in double.
inline constexpr double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                          1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// Converts eight digit characters, the first in the lowest byte, to a number: first pairs, then groups of
// four.
inline uint64_t eight_digits(uint64_t word) {
    constexpr uint64_t pairs = 0x000000ff000000ff;
    word = word * 10 + (word >> 8);
    return ((word & pairs) * (100 + (uint64_t{1000000} << 32)) +
            (word >> 16 & pairs) * (1 + (uint64_t{10000} << 32))) >>
           32;
}

// digits / 10^places is rounded once if both are exact in double (Clinger 1990). Returns false if the slow
// path is needed.
inline bool combine(uint64_t digits, int places, double &value) {
    if (digits > (uint64_t{1} << 53)) return false;
    value = static_cast<double>(digits) / power_of_ten[places];
    return true;
}

// Powers rounded to double; products with them have an error below two units in the last place.
inline constexpr double inverse[] = {1e0,   1e-1,  1e-2,  1e-3,  1e-4,  1e-5,  1e-6,  1e-7,  1e-8,  1e-9,
                                     1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18, 1e-19};

// Rounding to double and then to float differs from rounding once only if the double is halfway between two
// floats, or so close that its error matters. The values here are too large for subnormal floats.
inline bool combine(uint64_t digits, int places, float &value) {
    if (digits > (uint64_t{1} << 53)) return false;
    const double wide = static_cast<double>(digits) * inverse[places];
    if (((std::bit_cast<uint64_t>(wide) - (0x10000000 - 4)) & 0x1fffffff) <= 8) return false;
    value = static_cast<float>(wide);
    return true;
}

// Parses digits and appends them to a number, eight at a time for long numbers (Lemire's method).
inline const char *take_digits(const char *p, const char *end, uint64_t &digits) {
    constexpr uint64_t ones = 0x0101010101010101;
    for (int n = 0; n < 4; ++n, ++p) {
        if (p == end || !is_digit(*p)) return p;
        digits = digits * 10 + static_cast<uint64_t>(*p - '0');
    }
    if constexpr (std::endian::native == std::endian::little) {
        while (end - p >= 8) {
            uint64_t word;
            std::memcpy(&word, p, 8);
            word ^= ones * uint64_t('0');
            if ((((word & ones * 0x7f) + ones * (0x80 - 10)) | word) & ones * 0x80) break;
            digits = digits * 100000000 + eight_digits(word);
            p += 8;
        }
    }
    for (; p < end && is_digit(*p); ++p) digits = digits * 10 + static_cast<uint64_t>(*p - '0');
    return p;
}

// Parses `-12.34` at p and returns its end, or null for any other text, which the slow path then parses.
template <typename T> inline const char *quick(const char *p, const char *end, T &value) {
    const bool negative = p < end && *p == '-';
    p += negative;
    uint64_t digits = 0;
    const char *start = p;
    for (; p < end && is_digit(*p); ++p) digits = digits * 10 + static_cast<uint64_t>(*p - '0');
    auto count = p - start;
    int places = 0;
    if (p < end && *p == '.') {
        start = ++p;
        p = take_digits(p, end, digits);
        if (p - start > 19) return nullptr;
        places = static_cast<int>(p - start);
        count += places;
    }
    // 19 digits always fit into 64 bits.
    if (count == 0 || count > 19 || !combine(digits, places, value)) return nullptr;
    if (negative) value = -value;
    return p;
}

// Writes a float between 0.00001 and 2^23 like std::to_chars in fixed notation, and returns its end. Returns
// null if to_chars is needed. Writes up to 32 bytes.
char *write_shortest(float value, char *text);

template <typename T> cn_outcome read(const char *begin, const char *end, T &value);

} // namespace numbers
