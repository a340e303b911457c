#pragma once
// Detects the processor's instruction set at program start, and selects kernels by it.
enum { PLAIN, AVX2, AVX512 };
extern int ck_level;

#if defined(__x86_64__)
#define DISPATCH(function, ...)                                   \
  (ck_level == AVX512 ? function##_avx512(__VA_ARGS__)            \
   : ck_level == AVX2 ? function##_avx2(__VA_ARGS__)              \
                      : function##_plain(__VA_ARGS__))
#else
#define DISPATCH(function, ...) function##_plain(__VA_ARGS__)
#endif
