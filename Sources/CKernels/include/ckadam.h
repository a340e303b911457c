#pragma once
#include <stddef.h>
#include <stdint.h>

// Adam: m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= alpha · m / (√v + ε). For ε of 1e-12 and more.
typedef struct {
  float one_minus_beta1, one_minus_beta2, epsilon;
} ck_adam_options;

void ck_adam(float *w, const float *g, float *m, float *v, size_t n, float alpha, const ck_adam_options *options);

// Adam on a sparse product's kernel w[k, n], where a step computes only the rows that its batch touches, and the others
// make up for it when they are touched next: the same numbers, since a step without a gradient needs nothing of other
// rows. Rows are `stride` apart in w, m and v. done[p] is the last step of row p; −1 if it was never touched, when m and v
// are zero and a step would change nothing.
enum { CK_ADAM_STEPS = 64 };  // no row may fall further behind
typedef struct {
  float *w, *m, *v;
  size_t n, stride;
  int32_t *done;
  ck_adam_options options;
  float alphas[CK_ADAM_STEPS];  // of step t at t % CK_ADAM_STEPS
} ck_adam_rows;

// Makes up for the steps up to `last` on the rows whose mask is not 0, or on all where masks is null.
void ck_adam_catch_up(const ck_adam_rows *rows, size_t k, const uint64_t *masks, int32_t last);

// The step `step` on the touched rows, which have made up for those before, with the gradient xᵀ · d: x[m, k], d[m, n]
// (rows d_row apart), m ≤ 64, and masks from ck_column_masks.
void ck_adam_touched(const ck_adam_rows *rows, size_t m, size_t k, const float *x, const uint64_t *masks, const float *d,
                     size_t d_row, int32_t step);
