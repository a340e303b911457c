// Adam, compiled for each instruction set. ROOT(x) is √x, OVER(a, b) is a / b. All functions compute the same
// bits, so that results do not depend on the function that was used.
#include "../matrix/strips.h"

typedef struct {
  VEC alpha, one_minus_beta1, one_minus_beta2, epsilon;
} NAME(adam_numbers);

INLINE NAME(adam_numbers) NAME(adam_spread)(const ck_adam_options *o, float alpha) {
  return (NAME(adam_numbers)){SPREAD(alpha), SPREAD(o->one_minus_beta1), SPREAD(o->one_minus_beta2), SPREAD(o->epsilon)};
}

INLINE void NAME(adam_step)(VEC g, VEC *w, VEC *m, VEC *v, NAME(adam_numbers) o) {
  *m = FMA(SUB(g, *m), o.one_minus_beta1, *m);
  *v = FMA(SUB(MUL(g, g), *v), o.one_minus_beta2, *v);
  *w = SUB(*w, OVER(MUL(o.alpha, *m), ADD(ROOT(*v), o.epsilon)));
}

static void NAME(adam_flat)(float *w, const float *g, float *m, float *v, size_t n, float alpha,
                            const ck_adam_options *o) {
  NAME(adam_numbers) numbers = NAME(adam_spread)(o, alpha);
  for (size_t i = 0; i < n; i += LANES) {
    int lanes = n - i < LANES ? (int)(n - i) : LANES;
    VEC wi = LOAD_SOME(w + i, lanes), mi = LOAD_SOME(m + i, lanes), vi = LOAD_SOME(v + i, lanes);
    NAME(adam_step)(LOAD_SOME(g + i, lanes), &wi, &mi, &vi, numbers);
    STORE_SOME(w + i, wi, lanes);
    STORE_SOME(m + i, mi, lanes);
    STORE_SOME(v + i, vi, lanes);
  }
}

// The steps from `first` to `last` on up to four vectors, without a gradient.
INLINE void NAME(adam_wait)(const int nv, int tail, float *w, float *m, float *v, int32_t first, int32_t last,
                            const ck_adam_rows *a) {
  VEC wi[4], mi[4], vi[4];
#pragma clang loop unroll(full)
  for (int i = 0; i < nv; i++) {
    int lanes = i + 1 < nv ? LANES : tail;
    wi[i] = LOAD_SOME(w + i * LANES, lanes);
    mi[i] = LOAD_SOME(m + i * LANES, lanes);
    vi[i] = LOAD_SOME(v + i * LANES, lanes);
  }
  for (int32_t step = first; step <= last; step++) {
    NAME(adam_numbers) numbers = NAME(adam_spread)(&a->options, a->alphas[step % CK_ADAM_STEPS]);
#pragma clang loop unroll(full)
    for (int i = 0; i < nv; i++) NAME(adam_step)(ZERO, wi + i, mi + i, vi + i, numbers);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < nv; i++) {
    int lanes = i + 1 < nv ? LANES : tail;
    STORE_SOME(w + i * LANES, wi[i], lanes);
    STORE_SOME(m + i * LANES, mi[i], lanes);
    STORE_SOME(v + i * LANES, vi[i], lanes);
  }
}

static void NAME(adam_catch_up)(const ck_adam_rows *a, size_t row, int32_t last) {
  float *w = a->w + row * a->stride, *m = a->m + row * a->stride, *v = a->v + row * a->stride;
  int32_t first = a->done[row] + 1;
  for (size_t j = 0; j < a->n; j += 4 * LANES) {
    size_t width = a->n - j < 4 * LANES ? a->n - j : 4 * LANES;
    int vectors = (int)((width + LANES - 1) / LANES), tail = (int)width - (vectors - 1) * LANES;
    switch (vectors) {
      case 1: NAME(adam_wait)(1, tail, w + j, m + j, v + j, first, last, a); break;
      case 2: NAME(adam_wait)(2, tail, w + j, m + j, v + j, first, last, a); break;
      case 3: NAME(adam_wait)(3, tail, w + j, m + j, v + j, first, last, a); break;
      default: NAME(adam_wait)(4, tail, w + j, m + j, v + j, first, last, a); break;
    }
  }
}

// One step of nv vectors with gradients.
INLINE void NAME(adam_row)(const int nv, const int whole, int tail, const VEC *g, float *w, float *m, float *v,
                           NAME(adam_numbers) numbers) {
#pragma clang loop unroll(full)
  for (int i = 0; i < nv; i++, w += LANES, m += LANES, v += LANES) {
    int lanes = whole || i + 1 < nv ? LANES : tail;
    VEC wi = LOAD_SOME(w, lanes), mi = LOAD_SOME(m, lanes), vi = LOAD_SOME(v, lanes);
    NAME(adam_step)(g[i], &wi, &mi, &vi, numbers);
    STORE_SOME(w, wi, lanes);
    STORE_SOME(m, mi, lanes);
    STORE_SOME(v, vi, lanes);
  }
}

// The gradient of a strip of the kernel's touched rows, and its step. The row stride of d is SV vectors.
INLINE void NAME(adam_strip)(const int nv, const int whole, int tail, size_t k, const float *x, const uint64_t *masks,
                             const float *d, size_t j, NAME(adam_numbers) numbers, const ck_adam_rows *a) {
  for (size_t p = 0; p < k; p++) {
    uint64_t mask = masks[p];
    if (!mask) continue;
    VEC sum[SV], next[SV];
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) sum[v] = next[v] = ZERO;
    size_t at = p * a->stride + j;
    if (p + 1 < k && masks[p + 1] && NAME(go_together)(mask, masks[p + 1])) {
      NAME(add_rows_to_both)(nv, mask | masks[p + 1], k, x + p, d, sum, next);
      size_t then = at + a->stride;
      NAME(adam_row)(nv, whole, tail, next, a->w + then, a->m + then, a->v + then, numbers);
      p++;
    } else {
      NAME(add_rows)(nv, mask, k, x + p, d, sum);
    }
    NAME(adam_row)(nv, whole, tail, sum, a->w + at, a->m + at, a->v + at, numbers);
  }
}

static void NAME(adam_touched)(const ck_adam_rows *a, size_t m, size_t k, const float *x, const uint64_t *masks,
                               const float *d, size_t d_row, float alpha) {
  _Alignas(64) float rows[64 * SV * LANES];
  NAME(adam_numbers) numbers = NAME(adam_spread)(&a->options, alpha);
  for (size_t j = 0; j < a->n; j += SV * LANES) {
    size_t width = a->n - j < SV * LANES ? a->n - j : SV * LANES;
    int vectors = (int)((width + LANES - 1) / LANES), tail = (int)width - (vectors - 1) * LANES;
    NAME(copy_strip)(m, d_row, vectors, tail, d + j, 1, rows);
#define CALL(nv, whole) NAME(adam_strip)(nv, whole, tail, k, x, masks, rows, j, numbers, a)
    BY_VECTORS(vectors, tail, CALL)
#undef CALL
  }
}
