// Names for AVX2 with FMA, valid until end.h. Functions between them are compiled for AVX2.
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,popcnt"))), apply_to = function)
#define TARGETED
static const int32_t first_lanes[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
#define NAME(x) x##_avx2
#define VEC __m256
#define LANES 8
#define SOME(n) _mm256_loadu_si256((const __m256i *)(first_lanes + 8 - (n)))
#define LOAD(p) _mm256_loadu_ps(p)
#define LOAD_SOME(p, n) _mm256_maskload_ps(p, SOME(n))
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define STORE_SOME(p, v, n) _mm256_maskstore_ps(p, SOME(n), v)
#define SPREAD(x) _mm256_set1_ps(x)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define ADD(a, b) _mm256_add_ps(a, b)
#define MUL(a, b) _mm256_mul_ps(a, b)
#define MAX(a, b) _mm256_max_ps(a, b)
#define SUB(a, b) _mm256_sub_ps(a, b)
#define WHERE_EQUAL(a, b, v) _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_EQ_OQ), v)
#define ZERO _mm256_setzero_ps()
#define MR 6
#define NV 2
#define PAIRS 0
