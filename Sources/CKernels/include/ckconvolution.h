#pragma once
// Windows that slide over pictures, sound and volumes: convolution and pooling, float32, one thread. An image is
// [depth, height, width, channels], row-major; what has fewer axes has ones in front.
//
// A convolution is a matrix product whose left factor, a window's numbers for each place, is never laid out: a place's
// numbers lie at image[rows[i] + columns[p]], and the product reads them there. The same product with rows and columns
// exchanged is the kernel's gradient.
#include "ckmatrix.h"
#include <stddef.h>
#include <stdint.h>

// One axis: windows of `window` numbers, `dilation` apart, begin `stride` apart, the first of them `before` numbers in
// front of the input.
typedef struct {
  size_t input, output, window, stride, dilation, before;
} ck_axis;
typedef struct {
  ck_axis depth, height, width;
} ck_windows;

// A place in images, or how many and how far apart: the table of all places is the sums of index · step for indices below
// their counts, the last running fastest.
typedef struct {
  size_t image, depth, height, width, channel;
} ck_index;
void ck_offsets(ck_index counts, ck_index steps, int32_t *table);

// c[i, :] = finish(Σp x · b[p, :]) for m rows, n columns and k terms, where x is the number image[rows[i] + columns[p]],
// or where `by_channel` the n numbers that begin there, each times its own.
void ck_multiply_gathered(size_t m, size_t n, size_t k, const float *image, const int32_t *rows, const int32_t *columns,
                          int by_channel, const float *b, size_t b_row, float *c, size_t c_row, ck_finish finish);

// image[rows[i] + columns[p] + j] += t[i, p, j] for j < n: overlapping windows are added up.
void ck_scatter(size_t m, size_t n, size_t k, const float *t, const int32_t *rows, const int32_t *columns, float *image);

// image[rows[i] + columns[p] + j] += t[i, j] · b[p, j]: the same by channels.
void ck_scatter_by_channel(size_t m, size_t n, size_t k, const float *t, size_t t_row, const int32_t *rows,
                           const int32_t *columns, const float *b, float *image);

// From a kernel [rows, width, channels, filters], one for `factor` neighbouring windows at once: wide[r, x + i · stride, c,
// i · filters + f] = kernel[r, x, c, f], and zero elsewhere; `wide_width` = width + (factor − 1) · stride.
void ck_widen_kernel(const float *kernel, size_t rows, size_t width, size_t channels, size_t filters, size_t stride,
                     size_t factor, float *wide);
// Adds up what belongs to one number of the kernel.
void ck_narrow_kernel(const float *wide, size_t rows, size_t width, size_t channels, size_t filters, size_t stride,
                      size_t factor, float *kernel);

// Each number `times` times, and the sums of each `times` numbers.
void ck_repeat_each(const float *x, size_t count, size_t times, float *y);
void ck_sum_each(const float *x, size_t count, size_t times, float *y);

// Numbers in a vector here: how many columns a product computes at once.
size_t ck_lanes(void);

// A box of numbers in the middle of a larger one: sizes and places on three axes, the last in numbers.
typedef struct {
  size_t inner[3], outer[3], before[3];
} ck_box;
void ck_put_in_box(const float *inner, const ck_box *box, float *outer);  // zeros around it
void ck_take_from_box(const float *outer, const ck_box *box, float *inner);

// Pooling looks at what of a window is inside the image. `lines` has room for two lines: 2 · width
// · channels numbers.
void ck_pool(const float *x, const ck_windows *windows, size_t channels, int average, float *lines, float *y);
// dx = the loss' gradient at x. A maximum's goes to the first number that has it.
void ck_pool_max_backward(const float *dy, const float *x, const float *y, const ck_windows *windows, size_t channels,
                          float *dx);
void ck_pool_average_backward(const float *dy, const ck_windows *windows, size_t channels, float *dx);
