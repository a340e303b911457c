#include "ckernels.h"
#include "ckvector.h"
#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define EACH for (int i = 0; i < LANES; i++)
enum { LANES = 16 };  // one vector of AVX-512, two of AVX2, four of SSE2 and NEON

// e^x for x ≤ 0 with a relative error of at most 1e-7: 2ⁿ · e^r with |r| ≤ ln 2 / 2, where e^r is a
// polynomial interpolated at Chebyshev nodes. Below −87 the result is 0. Branch-free, so that a loop over it
// is vectorized.
INLINE float exponential(float x) {
  const float shift = 12582912;  // 1.5 · 2²³: adding it rounds to an integer in the lowest bits
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

// The order is fixed, independent of the vector width.
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

// One row of logits. A row of up to LANES numbers is one chunk, which stays in registers.
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
  // The first of equal values counts.
  if (z[target] == largest_of(highest)) {
    *right = 1;
    for (size_t c = 0; c < target; c++)
      if (z[c] == z[target]) *right = 0;
  }
  return logf(total) - wanted;
}

// Processes LANES rows of up to LANES logits at once, one row per lane, with the same operations in the same
// order and therefore the same bits.
INLINE void softmax_rows(float *z, float *dz, size_t width, const int32_t *targets, float each, float *losses,
                         int *right) {
  float x[LANES][LANES], sum[LANES][LANES], top[LANES], highest[LANES];
#define CLASSES for (size_t c = 0; c < width; c++)
  CLASSES EACH x[c][i] = z[(size_t)i * width + c];
  EACH top[i] = -INFINITY;
  CLASSES EACH top[i] = x[c][i] > top[i] ? x[c][i] : top[i];
  for (int i = 0; i < LANES; i++)
    losses[i] = (size_t)targets[i] < width ? -(z[(size_t)i * width + (size_t)targets[i]] - top[i]) : 0;
  CLASSES EACH x[c][i] = exponential(x[c][i] - top[i]);
  for (size_t c = 0; c < LANES; c++) EACH sum[c][i] = c < width ? x[c][i] : 0;
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int c = 0; c < half; c++) EACH sum[c][i] += sum[c + half][i];
  EACH highest[i] = 0;
  CLASSES {
    EACH x[c][i] = x[c][i] / sum[0][i];
    EACH highest[i] = x[c][i] > highest[i] ? x[c][i] : highest[i];
    for (int i = 0; i < LANES; i++) z[(size_t)i * width + c] = x[c][i];
    if (dz)
      for (int i = 0; i < LANES; i++) dz[(size_t)i * width + c] = x[c][i] * each;
  }
  int first[LANES];
  EACH first[i] = -1;
  for (int c = (int)width; c-- > 0;) EACH first[i] = x[c][i] == highest[i] ? c : first[i];
  for (int i = 0; i < LANES; i++) {
    size_t target = (size_t)targets[i];
    right[i] = 0;
    if (target >= width) continue;
    float *p = z + (size_t)i * width + target;
    if (dz) dz[(size_t)i * width + target] = (*p - 1) * each;
    right[i] = first[i] == targets[i];
    losses[i] += logf(sum[0][i]);
  }
}

VECTOR void ck_softmax_cross_entropy(float *z, float *dz, size_t count, size_t width, const int32_t *classes,
                                     const int64_t *rows, float each, double *loss, double *right) {
  size_t r = 0;
  for (; width <= LANES && r + LANES <= count; r += LANES) {
    int32_t targets[LANES];
    float losses[LANES];
    int are_right[LANES];
    for (int i = 0; i < LANES; i++) targets[i] = classes[rows[r + (size_t)i]];
    softmax_rows(z + r * width, dz ? dz + r * width : NULL, width, targets, each, losses, are_right);
    for (int i = 0; i < LANES; i++) *loss += (double)losses[i], *right += are_right[i];
  }
  for (; r < count; r++) {
    int is_right;
    *loss += (double)softmax_row(z + r * width, dz ? dz + r * width : NULL, width, (size_t)classes[rows[r]], each,
                                 &is_right);
    *right += is_right;
  }
}
