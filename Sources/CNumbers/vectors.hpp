// Selection of vector instructions.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>

// Marks a function that needs the AVX-512 of Ice Lake (VBMI2 packs bytes); `vectors::avx512` tells whether it
// may be called.
#define AVX512_SET "avx512f,avx512vl,avx512bw,avx512dq,avx512cd,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,lzcnt,popcnt"
#define AVX512 __attribute__((target(AVX512_SET)))

namespace vectors {
// `portable` selects the baseline code, to compare the two in tests.
inline bool avx512(bool portable) {
    return !portable && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi2");
}
} // namespace vectors
#endif
