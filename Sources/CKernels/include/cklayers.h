#pragma once
// Loops of individual layer classes.
#include <stddef.h>

// Reads numbers in another order: sizes and strides are those of the axes that are read, at most CK_AXES; y
// is written sequentially. x advances by row_stride for each of the `rows`; the stride may be 0.
#define CK_AXES 32
void ck_strided_read(const float *x, float *y, size_t rows, size_t row_stride, size_t axes, const ptrdiff_t *sizes,
                     const ptrdiff_t *strides);
// The reverse with accumulation: x[place] += y. With strides of 0, several numbers are added to one.
void ck_strided_add(float *x, const float *y, size_t rows, size_t row_stride, size_t axes, const ptrdiff_t *sizes,
                    const ptrdiff_t *strides);

// Rectifiers: x above the threshold, at most `highest`; slope * (x - threshold) elsewhere.
void ck_rectify(const float *x, float *y, size_t n, float slope, float threshold, float highest);
void ck_rectify_backward(const float *dy, const float *x, float *dx, size_t n, float slope, float threshold,
                         float highest);

// Merging layers.
void ck_subtract(const float *a, const float *b, float *y, size_t n);  // y = a - b
void ck_maximum(const float *a, float *y, size_t n);                   // y = max(y, a)
void ck_minimum(const float *a, float *y, size_t n);
// dx = dy where x equals y, else 0. Sets dy to 0 there, so that the first of several equal inputs gets the
// gradient.
void ck_route(const float *x, const float *y, float *dy, float *dx, size_t n);

// Normalizes rows of `width` numbers: xhat = (x - shift) * inverse.
typedef enum {
  CK_STANDARD,  // shift: the mean; inverse: 1 / sqrt(variance + epsilon)
  CK_RMS,       // no shift; inverse: 1 / sqrt(mean of squares + epsilon)
  CK_LENGTH     // no shift; inverse: 1 / sqrt(max(sum of squares, epsilon))
} ck_scaling;
void ck_scale_rows(const float *x, float *xhat, float *inverses, size_t rows, size_t width, float epsilon,
                   ck_scaling scaling);
// Computes the gradient at x from the gradient at xhat; dx may be dxhat.
void ck_scale_rows_backward(const float *dxhat, const float *xhat, const float *inverses, float *dx, size_t rows,
                            size_t width, float epsilon, ck_scaling scaling);
