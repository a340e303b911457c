#pragma once
// How loops over numbers are compiled: see ckernels.h.

#if defined(__x86_64__)
#define VECTOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTOR
#endif
#define R restrict
// Where input and output may be the same memory, but never overlap otherwise: the compiler's own check would send the
// in-place case down a scalar path.
#define SAFE _Pragma("clang loop vectorize(assume_safety)")
// sqrtf may set errno, which keeps a loop from being vectorized.
#define SQRT(x) __builtin_elementwise_sqrt(x)
