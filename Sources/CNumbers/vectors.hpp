// Which vector instructions may be used.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>

// Marks a function that needs AVX-512 as Ice Lake has it (VBMI2 packs bytes); `vectors::avx512` says whether it may run.
#define AVX512_SET "avx512f,avx512vl,avx512bw,avx512dq,avx512cd,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,lzcnt,popcnt"
#define AVX512 __attribute__((target(AVX512_SET)))

namespace vectors {
// `portable` asks for the code that runs everywhere, to compare the two.
inline bool avx512(bool portable) {
    return !portable && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi2");
}
} // namespace vectors
#endif
