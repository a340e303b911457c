#include "level.h"

int ck_level = PLAIN;

#if defined(__x86_64__)
__attribute__((constructor)) static void find_level(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq"))
    ck_level = AVX512;
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
    ck_level = AVX2;
}
#endif
