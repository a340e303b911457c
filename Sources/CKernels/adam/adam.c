#include "../vectors/level.h"
#include "ckadam.h"
#include <float.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#include "../vectors/avx512.h"
// The processor's square root and division of 16 numbers take 20 cycles and more. A 14-bit estimate and one
// Newton step take a third of that, and sometimes differ by one unit in the last place. √0 is 0.
static inline __attribute__((always_inline)) __m512 root_avx512(__m512 x) {
  __m512 inverse = _mm512_rsqrt14_ps(_mm512_max_ps(x, _mm512_set1_ps(FLT_MIN))), root = _mm512_mul_ps(x, inverse);
  __m512 off = _mm512_fnmadd_ps(root, root, x);
  return _mm512_fmadd_ps(_mm512_mul_ps(inverse, _mm512_set1_ps(0.5f)), off, root);
}
static inline __attribute__((always_inline)) __m512 over_avx512(__m512 a, __m512 b) {
  __m512 inverse = _mm512_rcp14_ps(b), off = _mm512_fnmadd_ps(b, inverse, _mm512_set1_ps(1));
  return _mm512_mul_ps(a, _mm512_fmadd_ps(inverse, off, inverse));
}
#define ROOT(x) root_avx512(x)
#define OVER(a, b) over_avx512(a, b)
#include "template.h"
#include "../vectors/end.h"
#undef ROOT
#undef OVER

#include "../vectors/avx2.h"
#define ROOT(x) _mm256_sqrt_ps(x)
#define OVER(a, b) _mm256_div_ps(a, b)
#include "template.h"
#include "../vectors/end.h"
#undef ROOT
#undef OVER
#endif

#include "../vectors/plain.h"
#define ROOT(x) __builtin_elementwise_sqrt(x)
#define OVER(a, b) ((a) / (b))
#include "template.h"
#include "../vectors/end.h"

void ck_adam(float *w, const float *g, float *m, float *v, size_t n, float alpha, const ck_adam_options *options) {
  DISPATCH(adam_flat, w, g, m, v, n, alpha, options);
}

void ck_adam_catch_up(const ck_adam_rows *a, size_t k, const uint64_t *masks, int32_t last) {
  for (size_t p = 0; p < k; p++) {
    if ((masks && !masks[p]) || a->done[p] < 0 || a->done[p] >= last) continue;
    DISPATCH(adam_catch_up, a, p, last);
    a->done[p] = last;
  }
}

void ck_adam_touched(const ck_adam_rows *a, size_t m, size_t k, const float *x, const uint64_t *masks, const float *d,
                     size_t d_row, int32_t step) {
  DISPATCH(adam_touched, a, m, k, x, masks, d, d_row, a->alphas[step % CK_ADAM_STEPS]);
  for (size_t p = 0; p < k; p++)
    if (masks[p]) a->done[p] = step;
}
