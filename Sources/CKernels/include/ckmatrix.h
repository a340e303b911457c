#pragma once
// Matrix products over float32, row-major, one thread. Factors are read where they lie, and zeros can be left out.
#include <stddef.h>
#include <stdint.h>

// What happens to a sum on its way to memory: c = alpha · sum + (bias | c | nothing), then max(c, 0) if relu.
typedef struct {
  const float *bias;  // one row, added to each row; or null
  int accumulate;     // add what is in c; bias is null then
  int relu;
  float alpha;        // 1 where there is a bias or relu
} ck_finish;

// c[m, n] = a[m, k] · b[k, n]; a's element (i, p) lies at a[i · a_row + p · a_column], so it may be transposed.
// The n columns may be some of a product of `whole` columns: they have the same bits in any company.
void ck_multiply_matrices(size_t m, size_t n, size_t k, size_t whole, const float *a, size_t a_row, size_t a_column,
                          const float *b, size_t b_row, float *c, size_t c_row, ck_finish finish);

void ck_transpose(const float *a, size_t rows, size_t columns, float *out);  // out[columns, rows]

// Where x[rows, columns] is not zero: bit c % 64 of masks[r · words + c / 64], with words = (columns + 63) / 64.
// Returns how many places that are.
size_t ck_row_masks(const float *x, size_t rows, size_t columns, uint64_t *masks);

// The same for rows of bytes, picked by index.
size_t ck_byte_masks(const uint8_t *all, const int64_t *rows, size_t count, size_t size, uint64_t *masks);

// The same places by columns, for up to 64 rows: bit r of masks[c].
void ck_column_masks(const uint64_t *row_masks, size_t rows, size_t columns, uint64_t *masks);

// c[m, n] = x[m, k] · w[k, n] by the places of x that are not zero, from ck_row_masks. Exact where w is finite. Fastest
// where w's rows, which are w_row apart, begin at 64-byte borders; c's are c_row apart. No alpha, no accumulate.
void ck_multiply_sparse(size_t m, size_t n, size_t k, const float *x, const uint64_t *masks, const float *w,
                        size_t w_row, float *c, size_t c_row, ck_finish finish);

// g[k, n] = alpha · xᵀ · d (+ g where accumulate), for x[m, k] and d[m, n] (rows d_row apart) with m ≤ 64, from ck_column_masks. Rows of g
// whose column is empty are set to zero, or left alone where accumulate.
void ck_multiply_sparse_transposed(size_t m, size_t n, size_t k, const float *x, const uint64_t *masks, const float *d,
                                   size_t d_row, float *g, size_t g_row, float alpha, int accumulate);
