// The quick way to read a short decimal number, shared by the row scanner and the single reads.
#pragma once
#include "cnumbers.h"

#include <bit>
#include <cstdint>

namespace numbers {

// Exact in double.
inline constexpr double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                          1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// digits / 10^places is rounded once where both are exact in double (Clinger 1990). False: use the long way.
inline bool combine(uint64_t digits, int places, double &value) {
    if (digits > (uint64_t{1} << 53)) return false;
    value = static_cast<double>(digits) / power_of_ten[places];
    return true;
}

// Rounding to double and then to float differs from rounding once only where the double is halfway between two
// floats. Nothing here is small enough for a subnormal float.
inline bool combine(uint64_t digits, int places, float &value) {
    double wide;
    if (!combine(digits, places, wide)) return false;
    if ((std::bit_cast<uint64_t>(wide) & 0x1fffffff) == 0x10000000) return false;
    value = static_cast<float>(wide);
    return true;
}

// Reads `-12.34` from p and returns where it ends, or null where it is anything else than that: the long way then
// finds out what.
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
        for (; p < end && is_digit(*p); ++p) digits = digits * 10 + static_cast<uint64_t>(*p - '0');
        if (p - start > 19) return nullptr;
        places = static_cast<int>(p - start);
        count += places;
    }
    // 19 digits always fit into 64 bits.
    if (count == 0 || count > 19 || !combine(digits, places, value)) return nullptr;
    if (negative) value = -value;
    return p;
}

template <typename T> cn_outcome read(const char *begin, const char *end, T &value);

} // namespace numbers
