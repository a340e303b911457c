#pragma once
// Loops over flat float32 memory. Each is compiled for AVX-512, AVX2 and the baseline instruction set, and
// selected at program start. None allocates or keeps a pointer.
#include "cklayers.h"
#include "ckconvolution.h"
#include "ckadam.h"
#include "ckmatrix.h"
#include "cktexts.h"
#include "ckteam.h"
#include <stddef.h>
#include <stdint.h>

const char *ck_vector_extensions(void);
int ck_processor_count(void);  // available to this process

// Sets flush-to-zero for numbers below 1.2e-38 in this thread, because arithmetic on them is about a hundred
// times slower. Returns the previous state for ck_restore_denormals.
unsigned long ck_flush_denormals(void);
void ck_restore_denormals(unsigned long before);

// Batches: rows of samples, selected by index.
void ck_gather_bytes(const uint8_t *all, const int64_t *rows, size_t count, size_t size, float scale, float offset,
                     float *out);
void ck_gather_floats(const float *all, const int64_t *rows, size_t count, size_t size, float *out);
// y[r * y_row + i] = x[r * x_row + i] for `rows` rows of n numbers.
void ck_copy_rows(const float *x, size_t x_row, float *y, size_t y_row, size_t rows, size_t n);

// Elementwise.
void ck_add(const float *a, float *b, size_t n);                             // b += a
void ck_scale_shift(const float *x, float scale, float shift, float *y, size_t n);
void ck_scale_shift_columns(const float *x, const float *scale, const float *shift, float *y, size_t rows,
                            size_t columns);
void ck_multiply(const float *a, const float *b, float *y, size_t n);
void ck_relu(float *y, size_t n);
void ck_relu_backward(const float *dy, const float *y, float *dx, size_t n);  // dx = y > 0 ? dy : 0
void ck_tanh_backward(const float *dy, const float *y, float *dx, size_t n);
void ck_sigmoid_backward(const float *dy, const float *y, float *dx, size_t n);

// Columns of [rows, columns].
void ck_add_row(const float *row, float *y, size_t rows, size_t columns);     // y += row, for each row
void ck_add_row_relu(const float *row, float *y, size_t rows, size_t columns);
void ck_column_sums(const float *x, float *sums, size_t rows, size_t columns);
void ck_column_squares(const float *x, const float *mean, float *sums, size_t rows, size_t columns);
void ck_column_products(const float *a, const float *b, float *sums, size_t rows, size_t columns);
void ck_column_sums_products(const float *a, const float *b, float *sums, float *products, size_t rows,
                             size_t columns);                                 // Σ a, and Σ a · b
// xhat = (x - mean) * inverse, y = xhat * scale + shift, by column
void ck_normalize(const float *x, const float *mean, const float *inverse, const float *scale, const float *shift,
                  float *xhat, float *y, size_t rows, size_t columns);
// dx = factor * (dy - mean_dy - xhat * mean_dy_xhat), by column
void ck_normalize_backward(const float *dy, const float *xhat, const float *factor, const float *mean_dy,
                           const float *mean_dy_xhat, float *dx, size_t rows, size_t columns);

// Softmax and cross-entropy of logits z[count, width] with classes selected by index like the rows of a
// batch. z becomes probabilities, dz (may be null) their gradient times `each`. The losses are added to
// `loss`, and the number of correct predictions to `right`; the first of equal probabilities counts.
void ck_softmax_cross_entropy(float *z, float *dz, size_t count, size_t width, const int32_t *classes,
                              const int64_t *rows, float each, double *loss, double *right);

// Optimizers: one pass over flat parameters with Keras' formulas (see Optimizers in Network).
void ck_sgd(float *w, const float *g, float lr, size_t n);
void ck_momentum(float *w, const float *g, float *v, float lr, float momentum, int nesterov, size_t n);
// AMSGrad, Adam with the largest v so far (vhat), or Adam with any epsilon (vhat null); otherwise see
// ck_adam.
void ck_adam_exact(float *w, const float *g, float *m, float *v, float *vhat, float alpha,
                   const ck_adam_options *options, size_t n);
void ck_rmsprop(float *w, const float *g, float *v, float *mg, float *p, float lr, float rho, float momentum,
                float epsilon, int epsilon_outside, size_t n);                 // mg and p may be null
void ck_adagrad(float *w, const float *g, float *a, float lr, float epsilon, int epsilon_outside, size_t n);
void ck_adadelta(float *w, const float *g, float *a, float *d, float lr, float rho, float epsilon, size_t n);
void ck_adamax(float *w, const float *g, float *m, float *u, float alpha, float one_minus_beta1, float beta2,
               float epsilon, size_t n);
void ck_nadam(float *w, const float *g, float *m, float *v, float lr, float one_minus_beta1, float one_minus_beta2,
              float momentum_factor, float gradient_factor, float correction, float epsilon, size_t n);
void ck_ftrl(float *w, const float *g, float *a, float *z, float lr, float power, float l1, float l2,
             float l2_shrinkage, size_t n);
void ck_clip(float *x, float limit, size_t n);               // x = min(max(x, -limit), limit)
double ck_squared_length(const float *x, size_t n);          // sum of x^2
