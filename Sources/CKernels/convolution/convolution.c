#include "ckconvolution.h"
#include "../vectors/level.h"
#include <math.h>
#include <string.h>

typedef struct {
  size_t start, end;
} range;

// The cells of the o-th window inside the input. Pooling has no dilation.
static inline range inside(const ck_axis *axis, size_t o) {
  size_t start = o * axis->stride, end = start + axis->window;
  range r = {start > axis->before ? start - axis->before : 0, end > axis->before ? end - axis->before : 0};
  if (r.end > axis->input) r.end = axis->input;
  return r;
}

#if defined(__x86_64__)
#include <immintrin.h>

#include "../vectors/avx512.h"
#include "gathered.h"
#include "pooling.h"
#include "../vectors/end.h"

#include "../vectors/avx2.h"
#include "gathered.h"
#include "pooling.h"
#include "../vectors/end.h"
#endif

#include "../vectors/plain.h"
#include "gathered.h"
#include "pooling.h"
#include "../vectors/end.h"

size_t ck_lanes(void) { return ck_level == AVX512 ? 16 : ck_level == AVX2 ? 8 : 4; }

void ck_offsets(ck_index counts, ck_index steps, int32_t *table) {
  if (counts.channel == 1) {
    // Makes the innermost loop long.
    counts.channel = counts.width;
    steps.channel = steps.width;
    counts.width = 1;
  }
  for (size_t i = 0; i < counts.image; i++)
    for (size_t d = 0; d < counts.depth; d++)
      for (size_t h = 0; h < counts.height; h++)
        for (size_t w = 0; w < counts.width; w++) {
          size_t start = i * steps.image + d * steps.depth + h * steps.height + w * steps.width;
          for (size_t c = 0; c < counts.channel; c++) *table++ = (int32_t)(start + c * steps.channel);
        }
}

// A factor b larger than the first-level cache is packed in blocks that fit, and all rows of the image are
// multiplied by each block.
enum { PART_ROWS = 128, PART_COLUMNS = 48 };

static void multiply_in_parts(size_t m, size_t n, size_t k, const float *image, const int32_t *rows,
                              const int32_t *columns, const float *b, size_t b_row, float *c, size_t c_row,
                              ck_finish f) {
  static _Thread_local float part[PART_ROWS * PART_COLUMNS];
  for (size_t j = 0; j < n; j += PART_COLUMNS) {
    size_t width = n - j < PART_COLUMNS ? n - j : PART_COLUMNS;
    for (size_t p = 0; p < k; p += PART_ROWS) {
      size_t height = k - p < PART_ROWS ? k - p : PART_ROWS;
      for (size_t r = 0; r < height; r++) memcpy(part + r * width, b + (p + r) * b_row + j, width * sizeof *part);
      ck_finish here = {.alpha = f.alpha, .accumulate = f.accumulate || p > 0};
      if (p == 0 && f.bias) here.bias = f.bias + j;
      if (p + height == k) here.relu = f.relu;
      DISPATCH(multiply_gathered, m, width, height, image, rows, columns + p, part, width, c + j, c_row, here);
    }
  }
}

void ck_multiply_gathered(size_t m, size_t n, size_t k, const float *image, const int32_t *rows, const int32_t *columns,
                          int by_channel, const float *b, size_t b_row, float *c, size_t c_row, ck_finish f) {
  if (by_channel) DISPATCH(multiply_gathered_by_channel, m, n, k, image, rows, columns, b, b_row, c, c_row, f);
  else if (k * b_row > 2 * PART_ROWS * PART_COLUMNS && m >= 48)
    multiply_in_parts(m, n, k, image, rows, columns, b, b_row, c, c_row, f);
  else DISPATCH(multiply_gathered, m, n, k, image, rows, columns, b, b_row, c, c_row, f);
}

void ck_scatter(size_t m, size_t n, size_t k, const float *t, const int32_t *rows, const int32_t *columns,
                float *image) {
  DISPATCH(scatter, m, n, k, t, rows, columns, image);
}

void ck_scatter_by_channel(size_t m, size_t n, size_t k, const float *t, size_t t_row, const int32_t *rows,
                           const int32_t *columns, const float *b, float *image) {
  DISPATCH(scatter_by_channel, m, n, k, t, t_row, rows, columns, b, image);
}

void ck_put_in_box(const float *inner, const ck_box *box, float *outer) {
  const size_t *in = box->inner, *out = box->outer, *before = box->before;
  memset(outer, 0, out[0] * out[1] * out[2] * sizeof *outer);
  for (size_t d = 0; d < in[0]; d++)
    for (size_t h = 0; h < in[1]; h++, inner += in[2])
      memcpy(outer + ((d + before[0]) * out[1] + h + before[1]) * out[2] + before[2], inner, in[2] * sizeof *outer);
}

void ck_take_from_box(const float *outer, const ck_box *box, float *inner) {
  const size_t *in = box->inner, *out = box->outer, *before = box->before;
  for (size_t d = 0; d < in[0]; d++)
    for (size_t h = 0; h < in[1]; h++, inner += in[2])
      memcpy(inner, outer + ((d + before[0]) * out[1] + h + before[1]) * out[2] + before[2], in[2] * sizeof *outer);
}

void ck_widen_kernel(const float *kernel, size_t rows, size_t width, size_t channels, size_t filters, size_t stride,
                     size_t factor, float *wide) {
  size_t wide_width = width + (factor - 1) * stride, run = factor * filters;
  memset(wide, 0, rows * wide_width * channels * run * sizeof *wide);
  for (size_t r = 0; r < rows; r++, wide += wide_width * channels * run)
    for (size_t i = 0; i < width * channels; i++, kernel += filters)
      for (size_t j = 0; j < factor; j++)
        memcpy(wide + (i + j * stride * channels) * run + j * filters, kernel, filters * sizeof *wide);
}

void ck_narrow_kernel(const float *wide, size_t rows, size_t width, size_t channels, size_t filters, size_t stride,
                      size_t factor, float *kernel) {
  size_t wide_width = width + (factor - 1) * stride, run = factor * filters;
  for (size_t r = 0; r < rows; r++, wide += wide_width * channels * run)
    for (size_t i = 0; i < width * channels; i++, kernel += filters) {
      memset(kernel, 0, filters * sizeof *kernel);
      for (size_t j = 0; j < factor; j++) {
        const float *from = wide + (i + j * stride * channels) * run + j * filters;
        for (size_t f = 0; f < filters; f++) kernel[f] += from[f];
      }
    }
}

void ck_repeat_each(const float *x, size_t count, size_t times, float *y) {
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < times; j++) *y++ = x[i];
}

void ck_sum_each(const float *x, size_t count, size_t times, float *y) {
  for (size_t i = 0; i < count; i++) {
    float sum = 0;
    for (size_t j = 0; j < times; j++) sum += *x++;
    y[i] = sum;
  }
}

void ck_pool(const float *x, const ck_windows *w, size_t channels, int average, float *lines, float *y) {
  if (average) DISPATCH(pool_average, x, w, channels, lines, y);
  else DISPATCH(pool_max, x, w, channels, lines, y);
}

void ck_pool_max_backward(const float *dy, const float *x, const float *y, const ck_windows *w, size_t channels,
                          float *dx) {
  DISPATCH(pool_max_backward, dy, x, y, w, channels, dx);
}

void ck_pool_average_backward(const float *dy, const ck_windows *w, size_t channels, float *dx) {
  DISPATCH(pool_average_backward, dy, w, channels, dx);
}
