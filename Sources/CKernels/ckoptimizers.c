#include "ckernels.h"
#include "ckvector.h"
#include <math.h>

VECTOR void ck_adagrad(float *R w, const float *R g, float *R a, float lr, float epsilon, int epsilon_outside,
                       size_t n) {
  for (size_t i = 0; i < n; i++) {
    a[i] += g[i] * g[i];
    w[i] -= epsilon_outside ? lr * g[i] / (SQRT(a[i]) + epsilon) : lr * g[i] / SQRT(a[i] + epsilon);
  }
}

VECTOR void ck_adadelta(float *R w, const float *R g, float *R a, float *R d, float lr, float rho, float epsilon,
                        size_t n) {
  for (size_t i = 0; i < n; i++) {
    a[i] = rho * a[i] + (1 - rho) * g[i] * g[i];
    float u = g[i] * SQRT(d[i] + epsilon) / SQRT(a[i] + epsilon);
    d[i] = rho * d[i] + (1 - rho) * u * u;
    w[i] -= lr * u;
  }
}

VECTOR void ck_adamax(float *R w, const float *R g, float *R m, float *R u, float alpha, float one_minus_beta1,
                      float beta2, float epsilon, size_t n) {
  for (size_t i = 0; i < n; i++) {
    m[i] += (g[i] - m[i]) * one_minus_beta1;
    float size = g[i] < 0 ? -g[i] : g[i], old = beta2 * u[i];
    u[i] = old > size ? old : size;
    w[i] -= alpha * m[i] / (u[i] + epsilon);
  }
}

VECTOR void ck_nadam(float *R w, const float *R g, float *R m, float *R v, float lr, float one_minus_beta1,
                     float one_minus_beta2, float momentum_factor, float gradient_factor, float correction,
                     float epsilon, size_t n) {
  for (size_t i = 0; i < n; i++) {
    m[i] += (g[i] - m[i]) * one_minus_beta1;
    v[i] += (g[i] * g[i] - v[i]) * one_minus_beta2;
    float step = momentum_factor * m[i] + gradient_factor * g[i];
    w[i] -= lr * step / (SQRT(v[i] / correction) + epsilon);
  }
}

// powf prevents vectorization, except for the common case of a square root.
VECTOR void ck_ftrl(float *R w, const float *R g, float *R a, float *R z, float lr, float power, float l1, float l2,
                    float l2_shrinkage, size_t n) {
  int root = power == -0.5f;
  for (size_t i = 0; i < n; i++) {
    float sum = a[i] + g[i] * g[i];
    float after = root ? SQRT(sum) : powf(sum, -power), before = root ? SQRT(a[i]) : powf(a[i], -power);
    z[i] += g[i] + 2 * l2_shrinkage * w[i] - (after - before) / lr * w[i];
    float clipped = z[i] < -l1 ? -l1 : z[i] > l1 ? l1 : z[i];
    w[i] = (clipped - z[i]) / (after / lr + 2 * l2);
    a[i] = sum;
  }
}

VECTOR void ck_clip(float *x, float limit, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = x[i] < -limit ? -limit : x[i] > limit ? limit : x[i];
}

VECTOR double ck_squared_length(const float *x, size_t n) {
  double sums[8] = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (size_t j = 0; j < 8; j++) sums[j] += (double)x[i + j] * x[i + j];
  for (; i < n; i++) sums[0] += (double)x[i] * x[i];
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}
