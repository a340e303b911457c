#include "ckernels.h"
#include "ckvector.h"
#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define EACH for (int i = 0; i < LANES; i++)
enum { LANES = 16 };  // one vector of AVX-512, two of AVX2, four of SSE2 and NEON

// e^x for x ≤ 0, off by 1e-7 of itself at most: 2ⁿ · e^r with |r| ≤ ln 2 / 2, and for e^r a polynomial through Chebyshev's
// points. Below −87 it is 0. No branches, so that a loop over it becomes vectors.
INLINE float exponential(float x) {
  const float shift = 12582912;  // 1.5 · 2²³: adding it rounds, and leaves the whole number in the lowest bits
  float clipped = x < -87 ? -87 : x, shifted = clipped * 1.44269504f + shift, n = shifted - shift;
  float r = clipped - n * 0.693145752f - n * 1.42860682e-6f;  // ln 2 in two parts, the first with 15 bits
  float p = 0.00139262131f;
  p = p * r + 0.00836320315f;
  p = p * r + 0.0416665561f;
  p = p * r + 0.166665763f;
  p = p * r + 0.5f;
  p = p * (r * r) + r + 1;
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return x < -87 ? 0 : p * power;
}

// Always in this order, however many numbers a vector of the processor holds.
INLINE float sum_of(float *x) {
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) x[i] += x[i + half];
  return x[0];
}
INLINE float largest_of(float *x) {
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) x[i] = x[i] > x[i + half] ? x[i] : x[i + half];
  return x[0];
}

// One row of logits. Rows of up to LANES numbers are one chunk, which stays in registers.
INLINE float softmax_row(float *z, float *dz, size_t width, size_t target, float each, int *right) {
  float x[LANES], highest[LANES], sum[LANES];
  EACH highest[i] = -INFINITY, sum[i] = 0;
#define CHUNKS for (size_t c = 0; c < width; c += LANES)
#define LEFT int left = width - c < LANES ? (int)(width - c) : LANES
  CHUNKS {
    LEFT;
    EACH x[i] = i < left ? z[c + i] : -INFINITY;
    EACH highest[i] = x[i] > highest[i] ? x[i] : highest[i];
  }
  float top = largest_of(highest), wanted = target < width ? z[target] - top : 0;
  CHUNKS {
    LEFT;
    EACH x[i] = i < left ? z[c + i] : -INFINITY;
    EACH x[i] = exponential(x[i] - top);
    EACH sum[i] += x[i];
    for (int i = 0; i < left; i++) z[c + i] = x[i];
  }
  float total = sum_of(sum);
  EACH highest[i] = 0;
  CHUNKS {
    LEFT;
    EACH x[i] = i < left ? z[c + i] : 0;
    EACH x[i] = x[i] / total;
    EACH highest[i] = x[i] > highest[i] ? x[i] : highest[i];
    for (int i = 0; i < left; i++) z[c + i] = x[i];
    if (dz)
      for (int i = 0; i < left; i++) dz[c + i] = x[i] * each;
  }
  *right = 0;
  if (target >= width) return 0;
  if (dz) dz[target] = (z[target] - 1) * each;
  // The first among equals counts.
  if (z[target] == largest_of(highest)) {
    *right = 1;
    for (size_t c = 0; c < target; c++)
      if (z[c] == z[target]) *right = 0;
  }
  return logf(total) - wanted;
}

VECTOR void ck_softmax_cross_entropy(float *z, float *dz, size_t count, size_t width, const int32_t *classes,
                                     const int64_t *rows, float each, double *loss, double *right) {
  for (size_t r = 0; r < count; r++) {
    int is_right;
    *loss += (double)softmax_row(z + r * width, dz ? dz + r * width : NULL, width, (size_t)classes[rows[r]], each,
                                 &is_right);
    *right += is_right;
  }
}
