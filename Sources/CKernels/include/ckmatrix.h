#pragma once
// Matrix products over float32, row-major, one thread. Factors are read in place, and zeros can be skipped.
#include <stddef.h>
#include <stdint.h>

// The epilogue of a sum: c = alpha · sum + (bias | c | nothing), then max(c, 0) if relu.
typedef struct {
  const float *bias;  // one row, added to each row; or null
  int accumulate;     // add the previous c; requires a null bias
  int relu;
  float alpha;        // 1 if there is a bias or relu
} ck_finish;

// c[m, n] = a[m, k] · b[k, n]; a's element (i, p) is a[i · a_row + p · a_column], so it may be transposed.
// The n columns may be part of a product with `whole` columns; the bits do not depend on the division.
void ck_multiply_matrices(size_t m, size_t n, size_t k, size_t whole, const float *a, size_t a_row, size_t a_column,
                          const float *b, size_t b_row, float *c, size_t c_row, ck_finish finish);

void ck_transpose(const float *a, size_t rows, size_t columns, float *out);  // out[columns, rows]

// Marks the nonzero elements of x[rows, columns]: bit c % 64 of masks[r · words + c / 64], with words =
// (columns + 63) / 64. Returns their number.
size_t ck_row_masks(const float *x, size_t rows, size_t columns, uint64_t *masks);

// The same for rows of bytes, selected by index.
size_t ck_byte_masks(const uint8_t *all, const int64_t *rows, size_t count, size_t size, uint64_t *masks);

// The same elements by column, for up to 64 rows: bit r of masks[c].
void ck_column_masks(const uint64_t *row_masks, size_t rows, size_t columns, uint64_t *masks);

// c[m, n] = x[m, k] · w[k, n] for the nonzero elements of x, from ck_row_masks. Exact if w is finite. Fastest
// if the rows of w, with stride w_row, are aligned to 64 bytes; c has row stride c_row. No alpha, no
// accumulate.
void ck_multiply_sparse(size_t m, size_t n, size_t k, const float *x, const uint64_t *masks, const float *w,
                        size_t w_row, float *c, size_t c_row, ck_finish finish);

// g[k, n] = alpha · xᵀ · d (+ g if accumulate), for x[m, k] and d[m, n] (row stride d_row) with m ≤ 64, from
// ck_column_masks. Rows of g with an empty column are set to zero, or left unchanged if accumulate.
void ck_multiply_sparse_transposed(size_t m, size_t n, size_t k, const float *x, const uint64_t *masks, const float *d,
                                   size_t d_row, float *g, size_t g_row, float alpha, int accumulate);
