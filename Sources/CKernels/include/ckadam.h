#pragma once
#include <stddef.h>
#include <stdint.h>

// Adam: m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= alpha · m / (√v + ε). ε must be at least 1e-12.
typedef struct {
  float one_minus_beta1, one_minus_beta2, epsilon;
} ck_adam_options;

void ck_adam(float *w, const float *g, float *m, float *v, size_t n, float alpha, const ck_adam_options *options);

// Adam for the kernel w[k, n] of a sparse product. A step updates only the rows that its batch touches; the
// other rows make up for the missed steps when they are touched next. The results are identical, because a
// step without a gradient does not depend on other rows. The row stride of w, m and v is `stride`. done[p] is
// the last step of row p, or −1 for a row that was never touched: then m and v are zero and a step changes
// nothing.
enum { CK_ADAM_STEPS = 64 };  // the maximum number of missed steps
typedef struct {
  float *w, *m, *v;
  size_t n, stride;
  int32_t *done;
  ck_adam_options options;
  float alphas[CK_ADAM_STEPS];  // of step t at t % CK_ADAM_STEPS
} ck_adam_rows;

// Makes up for the steps up to `last` on the rows with a nonzero mask, or on all rows if masks is null.
void ck_adam_catch_up(const ck_adam_rows *rows, size_t k, const uint64_t *masks, int32_t last);

// Executes the step `step` on the touched rows, which have made up for the earlier steps, with the gradient
// xᵀ · d: x[m, k], d[m, n] (row stride d_row), m ≤ 64, and masks from ck_column_masks.
void ck_adam_touched(const ck_adam_rows *rows, size_t m, size_t k, const float *x, const uint64_t *masks, const float *d,
                     size_t d_row, int32_t step);
