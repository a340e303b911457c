// Matrix products with gathered left factors, compiled for each instruction set.
#include "../vectors/finish.h"

// A block of sums, as in ../matrix/template.h: MR rows (the first `used` are needed) by nv vectors.
INLINE void NAME(gathered_block)(const int mr, const int nv, const int whole, int tail, const int by_channel, int used,
                                 size_t k, const float *image, const int32_t *rows, const int32_t *columns,
                                 const float *b, size_t b_row, float *c, size_t c_row, ck_finish f) {
  VEC sum[MR][NV];
  const float *row[MR];
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; i++) {
    row[i] = image + rows[i < used ? i : 0];
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) sum[i][v] = ZERO;
  }
  for (size_t p = 0; p < k; p++, b += b_row) {
    size_t at = (size_t)columns[p];
    VEC factor[NV];
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++)
      factor[v] = whole || v + 1 < nv ? LOAD(b + v * LANES) : LOAD_SOME(b + v * LANES, tail);
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++) {
      if (by_channel) {
        VEC x = whole ? LOAD(row[i] + at) : LOAD_SOME(row[i] + at, tail);
        sum[i][0] = FMA(x, factor[0], sum[i][0]);
      } else {
        VEC x = SPREAD(row[i][at]);
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) sum[i][v] = FMA(x, factor[v], sum[i][v]);
      }
    }
  }
  NAME(finish)(mr, nv, whole, tail, used, sum, c, c_row, f);
}

// All rows of a strip of nv vectors.
INLINE void NAME(gathered_strip)(const int nv, const int whole, int tail, const int by_channel, size_t m, size_t k,
                                 const float *image, const int32_t *rows, const int32_t *columns, const float *b,
                                 size_t b_row, float *c, size_t c_row, ck_finish f) {
  size_t i = 0;
  for (; i + MR <= m; i += MR)
    NAME(gathered_block)(MR, nv, whole, tail, by_channel, MR, k, image, rows + i, columns, b, b_row, c + i * c_row,
                         c_row, f);
  // A single row would be limited by the latency of its sums; unneeded rows add no time.
  int left = (int)(m - i);
  if (left > MR / 2)
    NAME(gathered_block)(MR, nv, whole, tail, by_channel, left, k, image, rows + i, columns, b, b_row, c + i * c_row,
                         c_row, f);
  else if (left > 0)
    NAME(gathered_block)(MR / 2, nv, whole, tail, by_channel, left, k, image, rows + i, columns, b, b_row,
                         c + i * c_row, c_row, f);
}

static void NAME(multiply_gathered)(size_t m, size_t n, size_t k, const float *image, const int32_t *rows,
                                    const int32_t *columns, const float *b, size_t b_row, float *c, size_t c_row,
                                    ck_finish f) {
  size_t j = 0;
  for (; j + NV * LANES <= n; j += NV * LANES) {
    NAME(gathered_strip)(NV, 1, LANES, 0, m, k, image, rows, columns, b + j, b_row, c + j, c_row, f);
    if (f.bias) f.bias += NV * LANES;
  }
  if (j == n) return;
  int vectors = (int)((n - j + LANES - 1) / LANES), tail = (int)(n - j) - (vectors - 1) * LANES;
  b += j;
  c += j;
  if (vectors == 1 && tail == LANES)
    NAME(gathered_strip)(1, 1, tail, 0, m, k, image, rows, columns, b, b_row, c, c_row, f);
  else if (vectors == 1)
    NAME(gathered_strip)(1, 0, tail, 0, m, k, image, rows, columns, b, b_row, c, c_row, f);
  if (NV > 1 && vectors == 2) NAME(gathered_strip)(2, 0, tail, 0, m, k, image, rows, columns, b, b_row, c, c_row, f);
  if (NV > 2 && vectors == 3) NAME(gathered_strip)(3, 0, tail, 0, m, k, image, rows, columns, b, b_row, c, c_row, f);
}

// Processes all channels of some rows before the next rows, so that an image is read sequentially.
static void NAME(multiply_gathered_by_channel)(size_t m, size_t n, size_t k, const float *image, const int32_t *rows,
                                               const int32_t *columns, const float *b, size_t b_row, float *c,
                                               size_t c_row, ck_finish f) {
  for (size_t i = 0; i < m; i += MR) {
    size_t height = m - i < MR ? m - i : MR;
    for (size_t j = 0; j < n; j += LANES) {
      int lanes = n - j < LANES ? (int)(n - j) : LANES;
      ck_finish here = f;
      if (f.bias) here.bias = f.bias + j;
      if (lanes == LANES)
        NAME(gathered_strip)(1, 1, LANES, 1, height, k, image + j, rows + i, columns, b + j, b_row, c + i * c_row + j,
                             c_row, here);
      else
        NAME(gathered_strip)(1, 0, lanes, 1, height, k, image + j, rows + i, columns, b + j, b_row, c + i * c_row + j,
                             c_row, here);
    }
  }
}

static void NAME(scatter)(size_t m, size_t n, size_t k, const float *t, const int32_t *rows, const int32_t *columns,
                          float *image) {
  for (size_t i = 0; i < m; i++)
    for (size_t p = 0; p < k; p++, t += n) {
      float *to = image + rows[i] + columns[p];
      size_t j = 0;
      for (; j + LANES <= n; j += LANES) STORE(to + j, ADD(LOAD(to + j), LOAD(t + j)));
      int tail = (int)(n - j);
      if (tail) STORE_SOME(to + j, ADD(LOAD_SOME(to + j, tail), LOAD_SOME(t + j, tail)), tail);
    }
}

static void NAME(scatter_by_channel)(size_t m, size_t n, size_t k, const float *t, size_t t_row, const int32_t *rows,
                                     const int32_t *columns, const float *b, float *image) {
  for (size_t i = 0; i < m; i++, t += t_row)
    for (size_t j = 0; j < n; j += LANES) {
      int lanes = n - j < LANES ? (int)(n - j) : LANES;
      VEC x = LOAD_SOME(t + j, lanes);
      for (size_t p = 0; p < k; p++) {
        float *to = image + rows[i] + columns[p] + j;
        STORE_SOME(to, FMA(x, LOAD_SOME(b + p * n + j, lanes), LOAD_SOME(to, lanes)), lanes);
      }
    }
}
