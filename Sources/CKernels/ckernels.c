#define _GNU_SOURCE
#include "ckernels.h"
#include "ckvector.h"
#include <sched.h>
#include <math.h>
#include <string.h>

const char *ck_vector_extensions(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) return "AVX-512";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "AVX2";
  return "SSE2";
#elif defined(__aarch64__)
  return "NEON";
#else
  return "none";
#endif
}

#if defined(__x86_64__)
#include <xmmintrin.h>
unsigned long ck_flush_denormals(void) {
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);  // flush to zero, denormals are zero
  return before;
}
void ck_restore_denormals(unsigned long before) { _mm_setcsr((unsigned)before); }
#elif defined(__aarch64__)
unsigned long ck_flush_denormals(void) {
  unsigned long before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" ::"r"(before | 1ul << 24));
  return before;
}
void ck_restore_denormals(unsigned long before) { __asm__ volatile("msr fpcr, %0" ::"r"(before)); }
#else
unsigned long ck_flush_denormals(void) { return 0; }
void ck_restore_denormals(unsigned long before) { (void)before; }
#endif

int ck_processor_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
}

VECTOR void ck_gather_bytes(const uint8_t *R all, const int64_t *R rows, size_t count, size_t size, float scale,
                            float offset, float *R out) {
  enum { AHEAD = 4 };  // samples are scattered in memory: prefetch the next ones
  for (size_t r = 0; r < count; r++) {
    if (r + AHEAD < count)
      for (size_t i = 0; i < size; i += 64) __builtin_prefetch(all + (size_t)rows[r + AHEAD] * size + i);
    const uint8_t *x = all + (size_t)rows[r] * size;
    float *y = out + r * size;
    for (size_t i = 0; i < size; i++) y[i] = (float)x[i] * scale + offset;
  }
}

// Copies n numbers. Rows of tables are short: a call of memcpy would take longer than the copy.
static inline void copy(const float *R x, float *R y, size_t n) {
  if (n == 1) {
    *y = *x;
  } else if (n < 4) {
    memcpy(y, x, 2 * sizeof(float));
    y[n - 1] = x[n - 1];
  } else if (n < 8) {
    memcpy(y, x, 4 * sizeof(float));
    memcpy(y + n - 4, x + n - 4, 4 * sizeof(float));
  } else if (n <= 16) {
    memcpy(y, x, 8 * sizeof(float));
    memcpy(y + n - 8, x + n - 8, 8 * sizeof(float));
  } else {
    memcpy(y, x, n * sizeof(float));
  }
}

void ck_gather_floats(const float *R all, const int64_t *R rows, size_t count, size_t size, float *R out) {
  if (size == 0) return;
  for (size_t r = 0; r < count; r++) copy(all + (size_t)rows[r] * size, out + r * size, size);
}

void ck_copy_rows(const float *R x, size_t x_row, float *R y, size_t y_row, size_t rows, size_t n) {
  if (n == 0) return;
  for (size_t r = 0; r < rows; r++) copy(x + r * x_row, y + r * y_row, n);
}

VECTOR void ck_add(const float *R a, float *R b, size_t n) {
  for (size_t i = 0; i < n; i++) b[i] += a[i];
}

VECTOR void ck_scale_shift(const float *x, float scale, float shift, float *y, size_t n) {
  SAFE
  for (size_t i = 0; i < n; i++) y[i] = x[i] * scale + shift;
}

VECTOR void ck_scale_shift_columns(const float *x, const float *R scale, const float *R shift, float *y, size_t rows,
                                   size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns, y += columns)
    SAFE
    for (size_t c = 0; c < columns; c++) y[c] = x[c] * scale[c] + shift[c];
}

VECTOR void ck_multiply(const float *a, const float *b, float *y, size_t n) {
  SAFE
  for (size_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

VECTOR void ck_relu(float *y, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = y[i] > 0 ? y[i] : 0;
}

VECTOR void ck_relu_backward(const float *dy, const float *R y, float *dx, size_t n) {
  SAFE
  for (size_t i = 0; i < n; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

VECTOR void ck_tanh_backward(const float *dy, const float *R y, float *dx, size_t n) {
  SAFE
  for (size_t i = 0; i < n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
}

VECTOR void ck_sigmoid_backward(const float *dy, const float *R y, float *dx, size_t n) {
  SAFE
  for (size_t i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
}

VECTOR void ck_add_row(const float *R row, float *R y, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += columns)
    for (size_t c = 0; c < columns; c++) y[c] += row[c];
}

VECTOR void ck_add_row_relu(const float *R row, float *R y, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += columns)
    for (size_t c = 0; c < columns; c++) {
      float z = y[c] + row[c];
      y[c] = z > 0 ? z : 0;
    }
}

VECTOR void ck_column_products(const float *R a, const float *R b, float *R sums, size_t rows, size_t columns) {
  for (size_t c = 0; c < columns; c++) sums[c] = 0;
  for (size_t r = 0; r < rows; r++, a += columns, b += columns)
    for (size_t c = 0; c < columns; c++) sums[c] += a[c] * b[c];
}

VECTOR void ck_sgd(float *R w, const float *R g, float lr, size_t n) {
  for (size_t i = 0; i < n; i++) w[i] -= lr * g[i];
}

VECTOR void ck_momentum(float *R w, const float *R g, float *R v, float lr, float momentum, int nesterov, size_t n) {
  if (nesterov)
    for (size_t i = 0; i < n; i++) {
      v[i] = momentum * v[i] - lr * g[i];
      w[i] += momentum * v[i] - lr * g[i];
    }
  else
    for (size_t i = 0; i < n; i++) {
      v[i] = momentum * v[i] - lr * g[i];
      w[i] += v[i];
    }
}

VECTOR void ck_adam_exact(float *R w, const float *R g, float *R m, float *R v, float *R vhat, float alpha,
                          const ck_adam_options *R o, size_t n) {
  float a = o->one_minus_beta1, b = o->one_minus_beta2, epsilon = o->epsilon;
  if (vhat)
    for (size_t i = 0; i < n; i++) {
      m[i] += (g[i] - m[i]) * a;
      v[i] += (g[i] * g[i] - v[i]) * b;
      vhat[i] = vhat[i] > v[i] ? vhat[i] : v[i];
      w[i] -= alpha * m[i] / (SQRT(vhat[i]) + epsilon);
    }
  else
    for (size_t i = 0; i < n; i++) {
      m[i] += (g[i] - m[i]) * a;
      v[i] += (g[i] * g[i] - v[i]) * b;
      w[i] -= alpha * m[i] / (SQRT(v[i]) + epsilon);
    }
}

VECTOR void ck_rmsprop(float *R w, const float *R g, float *R v, float *R mg, float *R p, float lr, float rho,
                       float momentum, float epsilon, int epsilon_outside, size_t n) {
  for (size_t i = 0; i < n; i++) {
    v[i] = rho * v[i] + (1 - rho) * g[i] * g[i];
    float d = v[i];
    if (mg) {
      mg[i] = rho * mg[i] + (1 - rho) * g[i];
      d -= mg[i] * mg[i];
    }
    float u = epsilon_outside ? lr * g[i] / (SQRT(d) + epsilon) : lr * g[i] / SQRT(d + epsilon);
    if (p) {
      p[i] = momentum * p[i] + u;
      u = p[i];
    }
    w[i] -= u;
  }
}
