#pragma once
// Compilation of loops over numbers: see ckernels.h.

#if defined(__x86_64__)
#define VECTOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTOR
#endif
#define R restrict
// For inputs and outputs that are the same memory but do not overlap otherwise: the compiler's own check
// would select a scalar loop for the in-place case.
#define SAFE _Pragma("clang loop vectorize(assume_safety)")
// sqrtf may set errno, which prevents vectorization.
#define SQRT(x) __builtin_elementwise_sqrt(x)
