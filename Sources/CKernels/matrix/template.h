// The kernels, compiled for each instruction set. The names are defined by ../vectors/avx512.h and similar
// files.
#include "../vectors/finish.h"
#include "strips.h"

// One block of at most MR rows and NV vectors; `tail` lanes of the last vector are used (LANES: all).
INLINE void NAME(block)(const int mr, const int nv, const int whole, int tail, size_t k, const float *a, size_t a_row,
                        size_t a_column, const float *b, size_t b_row, float *c, size_t c_row, ck_finish f) {
  VEC sum[MR][NV];
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) sum[i][v] = ZERO;
  for (size_t p = 0; p < k; p++, b += b_row) {
    VEC row[NV];
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++)
      row[v] = whole || v + 1 < nv ? LOAD(b + v * LANES) : LOAD_SOME(b + v * LANES, tail);
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++) {
      VEC x = SPREAD(a[i * a_row + p * a_column]);
#pragma clang loop unroll(full)
      for (int v = 0; v < nv; v++) sum[i][v] = FMA(x, row[v], sum[i][v]);
    }
  }
  NAME(finish)(mr, nv, whole, tail, mr, sum, c, c_row, f);
}

// All rows of a strip of nv vectors.
INLINE void NAME(strip)(const int nv, const int whole, int tail, size_t m, size_t k, const float *a, size_t a_row,
                        size_t a_column, const float *b, size_t b_row, float *c, size_t c_row, ck_finish f) {
  size_t i = 0;
  for (; i + MR <= m; i += MR)
    NAME(block)(MR, nv, whole, tail, k, a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, f);
  if (m - i >= MR / 2) {
    NAME(block)(MR / 2, nv, whole, tail, k, a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, f);
    i += MR / 2;
  }
  for (; i < m; i++) NAME(block)(1, nv, whole, tail, k, a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, f);
}

static void NAME(multiply)(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b,
                           size_t b_row, float *c, size_t c_row, ck_finish f) {
  size_t j = 0;
  for (; j + NV * LANES <= n; j += NV * LANES) {
    ck_finish here = f;
    if (f.bias) here.bias = f.bias + j;
    NAME(strip)(NV, 1, LANES, m, k, a, a_row, a_column, b + j, b_row, c + j, c_row, here);
  }
  if (j == n) return;
  int vectors = (int)((n - j + LANES - 1) / LANES), tail = (int)(n - j) - (vectors - 1) * LANES;
  if (f.bias) f.bias += j;
  if (vectors == 1) NAME(strip)(1, 0, tail, m, k, a, a_row, a_column, b + j, b_row, c + j, c_row, f);
  if (NV > 1 && vectors == 2) NAME(strip)(2, 0, tail, m, k, a, a_row, a_column, b + j, b_row, c + j, c_row, f);
  if (NV > 2 && vectors == 3) NAME(strip)(3, 0, tail, m, k, a, a_row, a_column, b + j, b_row, c + j, c_row, f);
}

// Adds x[p] · w[p, :] for the set bits p of a mask to one row of sums, nv vectors wide.
INLINE void NAME(sparse_row)(const int nv, const int whole, int tail, uint64_t mask, const float *x, const float *w,
                             size_t w_row, float *sums, int fresh) {
  VEC sum[SV];
#pragma clang loop unroll(full)
  for (int v = 0; v < nv; v++)
    sum[v] = fresh ? ZERO : LOAD(sums + v * LANES);
  while (mask) {
    size_t p = (size_t)__builtin_ctzll(mask);
    mask &= mask - 1;
    VEC s = SPREAD(x[p]);
    const float *row = w + p * w_row;
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++)
      sum[v] = FMA(s, whole || v + 1 < nv ? LOAD(row + v * LANES) : LOAD_SOME(row + v * LANES, tail), sum[v]);
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < nv; v++) STORE(sums + v * LANES, sum[v]);
}

// 64 rows of w, as wide as the sums, stay in the first-level cache while all rows of x are processed.
INLINE void NAME(sparse_strip)(const int nv, const int whole, int tail, size_t m, size_t k, const float *x,
                               const uint64_t *masks, const float *w, size_t w_row, float *sums) {
  size_t words = (k + 63) / 64;
  for (size_t word = 0; word < words; word++)
    for (size_t i = 0; i < m; i++) {
      uint64_t mask = masks[i * words + word];
      if (mask || word == 0)
        NAME(sparse_row)(nv, whole, tail, mask, x + i * k + word * 64, w + word * 64 * w_row, w_row,
                         sums + i * SV * LANES, word == 0);
    }
}

INLINE void NAME(load_sums)(const int nv, const int whole, int tail, const float *g, int accumulate, VEC *sum) {
#pragma clang loop unroll(full)
  for (int v = 0; v < nv; v++)
    sum[v] = !accumulate ? ZERO : whole || v + 1 < nv ? LOAD(g + v * LANES) : LOAD_SOME(g + v * LANES, tail);
}

INLINE void NAME(store_sums)(const int nv, const int whole, int tail, float *g, const VEC *sum) {
#pragma clang loop unroll(full)
  for (int v = 0; v < nv; v++)
    if (whole || v + 1 < nv) STORE(g + v * LANES, sum[v]);
    else STORE_SOME(g + v * LANES, sum[v], tail);
}

// g[:, strip] for each column p of x: the rows of d with nonzero x, times x. The row stride of d is SV
// vectors.
INLINE void NAME(sparse_transposed_strip)(const int nv, const int whole, int tail, size_t k, const float *x,
                                          const uint64_t *masks, const float *d, float *g, size_t g_row, int accumulate) {
  for (size_t p = 0; p < k; p++) {
    VEC sum[SV], next[SV];
    uint64_t mask = masks[p];
    if (!mask && accumulate) continue;
    float *to = g + p * g_row;
    NAME(load_sums)(nv, whole, tail, to, accumulate, sum);
    if (p + 1 < k && NAME(go_together)(mask, masks[p + 1])) {
      NAME(load_sums)(nv, whole, tail, to + g_row, accumulate, next);
      NAME(add_rows_to_both)(nv, mask | masks[p + 1], k, x + p, d, sum, next);
      NAME(store_sums)(nv, whole, tail, to + g_row, next);
      p++;
    } else {
      NAME(add_rows)(nv, mask, k, x + p, d, sum);
    }
    NAME(store_sums)(nv, whole, tail, to, sum);
  }
}

// The sums of a strip are contiguous and aligned; the epilogue stores them to c. At most 64 rows.
static void NAME(multiply_sparse)(size_t m, size_t n, size_t k, const float *x, const uint64_t *masks, const float *w,
                                  size_t w_row, float *c, size_t c_row, ck_finish f) {
  _Alignas(64) float sums[64 * SV * LANES];
  for (size_t j = 0; j < n; j += SV * LANES) {
    size_t width = n - j < SV * LANES ? n - j : SV * LANES;
    int vectors = (int)((width + LANES - 1) / LANES), tail = (int)width - (vectors - 1) * LANES;
#define CALL(nv, whole) NAME(sparse_strip)(nv, whole, tail, m, k, x, masks, w + j, w_row, sums)
    BY_VECTORS(vectors, tail, CALL)
#undef CALL
    for (size_t i = 0; i < m; i++)
      for (int v = 0; v < vectors; v++) {
        int lanes = v + 1 < vectors ? LANES : tail;
        VEC y = LOAD(sums + (i * SV + v) * LANES);
        if (f.bias) y = ADD(y, LOAD_SOME(f.bias + j + v * LANES, lanes));
        if (f.relu) y = MAX(y, ZERO);
        STORE_SOME(c + i * c_row + j + v * LANES, y, lanes);
      }
  }
}

static void NAME(multiply_sparse_transposed)(size_t m, size_t n, size_t k, const float *x, const uint64_t *masks,
                                             const float *d, size_t d_row, float *g, size_t g_row, float alpha,
                                             int accumulate) {
  _Alignas(64) float rows[64 * SV * LANES];
  for (size_t j = 0; j < n; j += SV * LANES) {
    size_t width = n - j < SV * LANES ? n - j : SV * LANES;
    int vectors = (int)((width + LANES - 1) / LANES), tail = (int)width - (vectors - 1) * LANES;
    NAME(copy_strip)(m, d_row, vectors, tail, d + j, alpha, rows);
#define CALL(nv, whole) \
  NAME(sparse_transposed_strip)(nv, whole, tail, k, x, masks, rows, g + j, g_row, accumulate)
    BY_VECTORS(vectors, tail, CALL)
#undef CALL
  }
}
