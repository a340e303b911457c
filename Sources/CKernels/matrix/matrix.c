#include "ckmatrix.h"
#include "../vectors/level.h"
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#include "../vectors/avx512.h"
#include "template.h"

static size_t byte_masks_avx512(const uint8_t *all, const int64_t *rows, size_t count, size_t size, uint64_t *masks) {
  size_t total = 0;
  for (size_t r = 0; r < count; r++)
    for (size_t c = 0; c < size; c += 64, masks++) {
      __mmask64 used = size - c < 64 ? ((__mmask64)1 << (size - c)) - 1 : ~(__mmask64)0;
      __m512i x = _mm512_maskz_loadu_epi8(used, all + (size_t)rows[r] * size + c);
      *masks = _mm512_test_epi8_mask(x, x);
      total += (size_t)__builtin_popcountll(*masks);
    }
  return total;
}

static size_t row_masks_avx512(const float *x, size_t rows, size_t columns, uint64_t *masks) {
  size_t words = (columns + 63) / 64, total = 0;
  __m512 zero = _mm512_setzero_ps();
  for (size_t r = 0; r < rows; r++, x += columns, masks += words) {
    memset(masks, 0, words * sizeof *masks);
    for (size_t c = 0; c < columns; c += 16) {
      __mmask16 used = columns - c < 16 ? (__mmask16)((1u << (columns - c)) - 1) : 0xffff;
      uint64_t bits = _mm512_cmp_ps_mask(_mm512_maskz_loadu_ps(used, x + c), zero, _CMP_NEQ_UQ);
      masks[c / 64] |= bits << (c % 64);
    }
    for (size_t w = 0; w < words; w++) total += (size_t)__builtin_popcountll(masks[w]);
  }
  return total;
}
#include "../vectors/end.h"

#include "../vectors/avx2.h"
#include "template.h"
#include "../vectors/end.h"
#endif

#include "../vectors/plain.h"
#include "template.h"
#include "../vectors/end.h"

static size_t row_masks_plain(const float *x, size_t rows, size_t columns, uint64_t *masks) {
  size_t words = (columns + 63) / 64, total = 0;
  for (size_t r = 0; r < rows; r++, x += columns, masks += words)
    for (size_t w = 0; w < words; w++) {
      size_t end = columns - w * 64 < 64 ? columns - w * 64 : 64;
      uint64_t bits = 0;
      for (size_t c = 0; c < end; c++) bits |= (uint64_t)(x[w * 64 + c] != 0) << c;
      masks[w] = bits;
      total += (size_t)__builtin_popcountll(bits);
    }
  return total;
}

// Returns a bit mask of the nonzero bytes among eight, the first in the lowest bit: sets the high bit of each
// nonzero byte, then gathers the eight bits with a multiplication.
static inline uint64_t used_bytes(uint64_t x) {
  const uint64_t low = 0x7f7f7f7f7f7f7f7f;
  uint64_t used = ((((x & low) + low) | x) & ~low) >> 7;
  return (used * 0x0102040810204080) >> 56;
}

static size_t byte_masks_plain(const uint8_t *all, const int64_t *rows, size_t count, size_t size, uint64_t *masks) {
  size_t total = 0;
  for (size_t r = 0; r < count; r++)
    for (size_t c = 0; c < size; c += 64, masks++) {
      const uint8_t *x = all + (size_t)rows[r] * size + c;
      size_t end = size - c < 64 ? size - c : 64, i = 0;
      uint64_t bits = 0;
      for (; i + 8 <= end; i += 8) {
        uint64_t eight = 0;
        for (int k = 0; k < 8; k++) eight |= (uint64_t)x[i + k] << 8 * k;  // one load
        bits |= used_bytes(eight) << i;
      }
      for (; i < end; i++) bits |= (uint64_t)(x[i] != 0) << i;
      *masks = bits;
      total += (size_t)__builtin_popcountll(bits);
    }
  return total;
}

// A factor b of up to this many numbers stays in the second-level cache while it is read for each block of
// rows. A larger one is packed in blocks.
enum { PART_ROWS = 256, PART_COLUMNS = 384 };

static void multiply_in_parts(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column,
                              const float *b, size_t b_row, float *c, size_t c_row, ck_finish f) {
  static _Thread_local float part[PART_ROWS * PART_COLUMNS];
  for (size_t j = 0; j < n; j += PART_COLUMNS) {
    size_t width = n - j < PART_COLUMNS ? n - j : PART_COLUMNS;
    for (size_t p = 0; p < k; p += PART_ROWS) {
      size_t height = k - p < PART_ROWS ? k - p : PART_ROWS;
      for (size_t r = 0; r < height; r++) memcpy(part + r * width, b + (p + r) * b_row + j, width * sizeof *part);
      ck_finish here = {.alpha = f.alpha, .accumulate = f.accumulate || p > 0};
      if (p == 0 && f.bias) here.bias = f.bias + j;
      if (p + height == k) here.relu = f.relu;
      DISPATCH(multiply, m, width, height, a + p * a_column, a_row, a_column, part, width, c + j, c_row, here);
    }
  }
}

void ck_multiply_matrices(size_t m, size_t n, size_t k, size_t whole, const float *a, size_t a_row, size_t a_column,
                          const float *b, size_t b_row, float *c, size_t c_row, ck_finish f) {
  // The block size affects rounding, so it must not depend on the division of the columns between threads.
  if (k * whole > PART_ROWS * PART_COLUMNS * 4 && m > 16)
    multiply_in_parts(m, n, k, a, a_row, a_column, b, b_row, c, c_row, f);
  else
    DISPATCH(multiply, m, n, k, a, a_row, a_column, b, b_row, c, c_row, f);
}

size_t ck_row_masks(const float *x, size_t rows, size_t columns, uint64_t *masks) {
#if defined(__x86_64__)
  if (ck_level == AVX512) return row_masks_avx512(x, rows, columns, masks);
#endif
  return row_masks_plain(x, rows, columns, masks);
}

size_t ck_byte_masks(const uint8_t *all, const int64_t *rows, size_t count, size_t size, uint64_t *masks) {
#if defined(__x86_64__)
  if (ck_level == AVX512) return byte_masks_avx512(all, rows, count, size, masks);
#endif
  return byte_masks_plain(all, rows, count, size, masks);
}

// 64 × 64 bits: swaps halves of rows with halves of other rows, then quarters, …
static inline __attribute__((always_inline)) void transpose_bits(uint64_t *a) {
  uint64_t mask = 0xffffffff;
#pragma clang loop unroll(full)
  for (int j = 32; j > 0; j /= 2, mask ^= mask << j)
    for (int block = 0; block < 64; block += 2 * j)
      for (int k = block; k < block + j; k++) {
        uint64_t t = ((a[k] >> j) ^ a[k + j]) & mask;
        a[k + j] ^= t;
        a[k] ^= t << j;
      }
}

#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
void ck_column_masks(const uint64_t *restrict row_masks, size_t rows, size_t columns, uint64_t *restrict masks) {
  size_t words = (columns + 63) / 64;
  for (size_t w = 0; w < words; w++) {
    uint64_t bits[64] = {0};
    for (size_t r = 0; r < rows; r++) bits[r] = row_masks[r * words + w];
    transpose_bits(bits);
    memcpy(masks + w * 64, bits, (columns - w * 64 < 64 ? columns - w * 64 : 64) * sizeof *masks);
  }
}

void ck_multiply_sparse(size_t m, size_t n, size_t k, const float *x, const uint64_t *masks, const float *w,
                        size_t w_row, float *c, size_t c_row, ck_finish f) {
  for (size_t i = 0; i < m; i += 64)
    DISPATCH(multiply_sparse, m - i < 64 ? m - i : 64, n, k, x + i * k, masks + i * ((k + 63) / 64), w, w_row,
             c + i * c_row, c_row, f);
}

void ck_multiply_sparse_transposed(size_t m, size_t n, size_t k, const float *x, const uint64_t *masks, const float *d,
                                   size_t d_row, float *g, size_t g_row, float alpha, int accumulate) {
  DISPATCH(multiply_sparse_transposed, m, n, k, x, masks, d, d_row, g, g_row, alpha, accumulate);
}

#if defined(__x86_64__)
// Eight by eight: pairs, quarters, halves.
__attribute__((target("avx2"))) static void transpose_8x8(const float *a, size_t a_row, float *out, size_t out_row) {
  __m256 r[8], t[8];
  for (int i = 0; i < 8; i++) r[i] = _mm256_loadu_ps(a + i * a_row);
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
    r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
    r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
  for (int i = 0; i < 4; i++) {
    _mm256_storeu_ps(out + i * out_row, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
    _mm256_storeu_ps(out + (i + 4) * out_row, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
  }
}
#endif

static void transpose_plain(const float *a, size_t rows, size_t columns, float *out) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) out[c * rows + r] = a[r * columns + c];
}

void ck_transpose(const float *a, size_t rows, size_t columns, float *out) {
#if defined(__x86_64__)
  if (ck_level != PLAIN && rows >= 8 && columns >= 8) {
    // The last block of a row or column overlaps the previous one if fewer elements are left than a block
    // has.
    for (size_t i = 0; i < rows; i += 8)
      for (size_t j = 0; j < columns; j += 8) {
        size_t r = i + 8 <= rows ? i : rows - 8, c = j + 8 <= columns ? j : columns - 8;
        transpose_8x8(a + r * columns + c, columns, out + c * rows + r, rows);
      }
    return;
  }
#endif
  transpose_plain(a, rows, columns, out);
}
