#pragma once
// Convolution and pooling, float32, one thread. An image is [depth, height, width, channels], row-major;
// missing leading axes have size 1.
//
// A convolution is a matrix product whose left factor, the numbers of the window at each position, is not
// materialized: the numbers are read from image[rows[i] + columns[p]]. The same product with rows and columns
// exchanged computes the kernel's gradient.
#include "ckmatrix.h"
#include <stddef.h>
#include <stdint.h>

// One axis: windows of `window` elements, `dilation` apart, at a distance of `stride`. The first window
// begins `before` elements before the input.
typedef struct {
  size_t input, output, window, stride, dilation, before;
} ck_axis;
typedef struct {
  ck_axis depth, height, width;
} ck_windows;

// Positions in images as counts and steps: the table of all positions is the sum of index · step for all
// indices below their counts, the last index fastest.
typedef struct {
  size_t image, depth, height, width, channel;
} ck_index;
void ck_offsets(ck_index counts, ck_index steps, int32_t *table);

// c[i, :] = epilogue(Σp x · b[p, :]) for m rows, n columns and k terms, where x is the number image[rows[i] +
// columns[p]], or with `by_channel` the n numbers that start there, each multiplied by its own factor.
void ck_multiply_gathered(size_t m, size_t n, size_t k, const float *image, const int32_t *rows, const int32_t *columns,
                          int by_channel, const float *b, size_t b_row, float *c, size_t c_row, ck_finish finish);

// image[rows[i] + columns[p] + j] += t[i, p, j] for j < n: overlapping windows are accumulated.
void ck_scatter(size_t m, size_t n, size_t k, const float *t, const int32_t *rows, const int32_t *columns, float *image);

// image[rows[i] + columns[p] + j] += t[i, j] · b[p, j]: the same by channel.
void ck_scatter_by_channel(size_t m, size_t n, size_t k, const float *t, size_t t_row, const int32_t *rows,
                           const int32_t *columns, const float *b, float *image);

// Expands a kernel [rows, width, channels, filters] to one for `factor` adjacent windows at once: wide[r, x +
// i · stride, c, i · filters + f] = kernel[r, x, c, f], and zero elsewhere; `wide_width` = width + (factor −
// 1) · stride.
void ck_widen_kernel(const float *kernel, size_t rows, size_t width, size_t channels, size_t filters, size_t stride,
                     size_t factor, float *wide);
// Sums the gradients that belong to the same number of the kernel.
void ck_narrow_kernel(const float *wide, size_t rows, size_t width, size_t channels, size_t filters, size_t stride,
                      size_t factor, float *kernel);

// Repeats each number `times` times; sums each group of `times` numbers.
void ck_repeat_each(const float *x, size_t count, size_t times, float *y);
void ck_sum_each(const float *x, size_t count, size_t times, float *y);

// The vector length: the number of columns that a product computes at once.
size_t ck_lanes(void);

// A box inside a larger one: sizes and positions on three axes, the last in numbers.
typedef struct {
  size_t inner[3], outer[3], before[3];
} ck_box;
void ck_put_in_box(const float *inner, const ck_box *box, float *outer);  // zeros around it
void ck_take_from_box(const float *outer, const ck_box *box, float *inner);

// Pooling uses only the part of a window inside the image. `lines` has room for two lines: 2 · width ·
// channels numbers.
void ck_pool(const float *x, const ck_windows *windows, size_t channels, int average, float *lines, float *y);
// dx = the gradient of the loss at x. That of a maximum goes to the first number with that value.
void ck_pool_max_backward(const float *dy, const float *x, const float *y, const ck_windows *windows, size_t channels,
                          float *dx);
void ck_pool_average_backward(const float *dy, const ck_windows *windows, size_t channels, float *dx);
