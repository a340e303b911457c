#pragma once
// Loops of single kinds of layers.
#include <stddef.h>

// Numbers read in another order: sizes and strides are those of the axes of what is read, at most CK_AXES of them; y is
// written from front to back. From one of the `rows` to the next x advances by row_stride, which may be 0.
#define CK_AXES 32
void ck_strided_read(const float *x, float *y, size_t rows, size_t row_stride, size_t axes, const ptrdiff_t *sizes,
                     const ptrdiff_t *strides);
// The reverse, added: x[place] += y. Where strides are 0, many numbers are added to one.
void ck_strided_add(float *x, const float *y, size_t rows, size_t row_stride, size_t axes, const ptrdiff_t *sizes,
                    const ptrdiff_t *strides);

// Rectifiers: x above the threshold, at most `highest`; slope * (x - threshold) elsewhere.
void ck_rectify(const float *x, float *y, size_t n, float slope, float threshold, float highest);
void ck_rectify_backward(const float *dy, const float *x, float *dx, size_t n, float slope, float threshold,
                         float highest);

// Merging.
void ck_subtract(const float *a, const float *b, float *y, size_t n);  // y = a - b
void ck_maximum(const float *a, float *y, size_t n);                   // y = max(y, a)
void ck_minimum(const float *a, float *y, size_t n);
// dx = dy where x is y, else 0; and there dy becomes 0, so that of several equal ones the first gets it
void ck_route(const float *x, const float *y, float *dy, float *dx, size_t n);

// Rows of `width` numbers, each brought to a common scale: xhat = (x - shift) * inverse.
typedef enum {
  CK_STANDARD,  // shift: the mean; inverse: 1 / sqrt(variance + epsilon)
  CK_RMS,       // no shift; inverse: 1 / sqrt(mean of squares + epsilon)
  CK_LENGTH     // no shift; inverse: 1 / sqrt(max(sum of squares, epsilon))
} ck_scaling;
void ck_scale_rows(const float *x, float *xhat, float *inverses, size_t rows, size_t width, float epsilon,
                   ck_scaling scaling);
// From the gradient at xhat to the one at x; dx may be dxhat.
void ck_scale_rows_backward(const float *dxhat, const float *xhat, const float *inverses, float *dx, size_t rows,
                            size_t width, float epsilon, ck_scaling scaling);
