#pragma once
// exp, the logistic function and tanh as branch-free arithmetic that the compiler can vectorize. Errors are
// below two units in the last place. Method and coefficients: S. Moshier's Cephes library (expf, tanhf).
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE float vector_exp(float x) {
  float top = x > 88.37f ? 88.37f : x;
  // After adding 1.5 · 2²³, the low bits of a number are its nearest integer.
  float shifted = top * 1.44269504f + 12582912.0f;
  float n = shifted - 12582912.0f;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  float r = top - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1;
  // 2ⁿ, built from exponent bits.
  uint32_t power = ((uint32_t)bits + 127u) << 23;
  float scale;
  memcpy(&scale, &power, sizeof scale);
  float y = p * scale;
  return x < -87.3f ? 0 : y;
}

INLINE float vector_sigmoid(float x) { return 1 / (1 + vector_exp(-x)); }

INLINE float vector_tanh(float x) {
  float a = x < 0 ? -x : x;
  float far = 1 - 2 / (vector_exp(2 * a) + 1);
  far = x < 0 ? -far : far;
  // Near zero the subtraction would cancel digits.
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float near = p * z * x + x;
  return a < 0.625f ? near : far;
}
