// Names for AVX-512, valid until end.h. Functions between them are compiled for AVX-512.
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,bmi,bmi2,popcnt"))), apply_to = function)
#define TARGETED
#define NAME(x) x##_avx512
#define VEC __m512
#define LANES 16
#define SOME(n) ((__mmask16)((1u << (n)) - 1))
#define LOAD(p) _mm512_loadu_ps(p)
#define LOAD_SOME(p, n) _mm512_maskz_loadu_ps(SOME(n), p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define STORE_SOME(p, v, n) _mm512_mask_storeu_ps(p, SOME(n), v)
#define SPREAD(x) _mm512_set1_ps(x)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define ADD(a, b) _mm512_add_ps(a, b)
#define MUL(a, b) _mm512_mul_ps(a, b)
#define MAX(a, b) _mm512_max_ps(a, b)
#define SUB(a, b) _mm512_sub_ps(a, b)
#define WHERE_EQUAL(a, b, v) _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ), v)  // v where a = b, else 0
#define ZERO _mm512_setzero_ps()
#define MR 8
#define NV 3
#define PAIRS 1
