#include "ckrecurrent.h"
#include "ckexp.h"
#include "ckvector.h"
#include <math.h>

VECTOR void ck_sigmoid(const float *x, float *y, size_t n) {
  SAFE
  for (size_t i = 0; i < n; i++) y[i] = vector_sigmoid(x[i]);
}

VECTOR void ck_tanh(const float *x, float *y, size_t n) {
  SAFE
  for (size_t i = 0; i < n; i++) y[i] = vector_tanh(x[i]);
}

// Sums in sixteen lanes, because the compiler may not reassociate a sum.
#define LANES 16
INLINE float row_sum(const float *R x, size_t width) {
  float parts[LANES] = {0}, sum = 0;
  size_t i = 0;
  for (; i + LANES <= width; i += LANES)
    for (size_t l = 0; l < LANES; l++) parts[l] += x[i + l];
  for (; i < width; i++) sum += x[i];
  for (size_t l = 0; l < LANES; l++) sum += parts[l];
  return sum;
}

INLINE float row_dot(const float *R a, const float *R b, size_t width) {
  float parts[LANES] = {0}, sum = 0;
  size_t i = 0;
  for (; i + LANES <= width; i += LANES)
    for (size_t l = 0; l < LANES; l++) parts[l] += a[i + l] * b[i + l];
  for (; i < width; i++) sum += a[i] * b[i];
  for (size_t l = 0; l < LANES; l++) sum += parts[l];
  return sum;
}

INLINE float row_max(const float *R x, size_t width) {
  float parts[LANES], highest = x[0];
  for (size_t l = 0; l < LANES; l++) parts[l] = x[0];
  size_t i = 0;
  for (; i + LANES <= width; i += LANES)
    for (size_t l = 0; l < LANES; l++) parts[l] = x[i + l] > parts[l] ? x[i + l] : parts[l];
  for (; i < width; i++) highest = x[i] > highest ? x[i] : highest;
  for (size_t l = 0; l < LANES; l++) highest = parts[l] > highest ? parts[l] : highest;
  return highest;
}

VECTOR void ck_softmax(const float *x, float *y, size_t rows, size_t width) {
  for (size_t r = 0; r < rows; r++, x += width, y += width) {
    float highest = row_max(x, width);
    SAFE
    for (size_t i = 0; i < width; i++) y[i] = vector_exp(x[i] - highest);
    float inverse = 1 / row_sum(y, width);
    for (size_t i = 0; i < width; i++) y[i] *= inverse;
  }
}

VECTOR void ck_softmax_backward(const float *dy, const float *R y, float *dx, size_t rows, size_t width) {
  for (size_t r = 0; r < rows; r++, dy += width, y += width, dx += width) {
    float dot = row_dot(dy, y, width);
    SAFE
    for (size_t i = 0; i < width; i++) dx[i] = y[i] * (dy[i] - dot);
  }
}

INLINE float squeezed(float x, ck_gate gate) {
  if (!gate.hard) return vector_sigmoid(x);
  float y = gate.slope * x + 0.5f;
  y = y < 0 ? 0 : y;
  return y > 1 ? 1 : y;
}

// The derivative, computed from the gate's value.
INLINE float steepness(float y, ck_gate gate) {
  if (!gate.hard) return y * (1 - y);
  return y > 0 && y < 1 ? gate.slope : 0;
}

// `gate.hard` is constant: each loop below is compiled for both values.
#define FOR_BOTH(gate, call) \
  do {                       \
    if (gate.hard) {         \
      ck_gate g = {1, gate.slope}; \
      call;                  \
    } else {                 \
      ck_gate g = {0, 0};    \
      call;                  \
    }                        \
  } while (0)

INLINE void lstm(float *R gates, const float *c_before, float *c, float *R tanh_c, float *R h, size_t rows, size_t u,
                 ck_gate gate) {
  for (size_t r = 0; r < rows; r++, gates += 4 * u, c_before += u, c += u, tanh_c += u, h += u) {
    float *gi = gates, *gf = gates + u, *gg = gates + 2 * u, *go = gates + 3 * u;
    SAFE
    for (size_t j = 0; j < u; j++) {
      float i = squeezed(gi[j], gate), f = squeezed(gf[j], gate), g = vector_tanh(gg[j]), o = squeezed(go[j], gate);
      float cell = f * c_before[j] + i * g, t = vector_tanh(cell);
      gi[j] = i;
      gf[j] = f;
      gg[j] = g;
      go[j] = o;
      c[j] = cell;
      tanh_c[j] = t;
      h[j] = o * t;
    }
  }
}

VECTOR void ck_lstm(float *gates, const float *c_before, float *c, float *tanh_c, float *h, size_t rows, size_t units,
                    ck_gate gate) {
  FOR_BOTH(gate, lstm(gates, c_before, c, tanh_c, h, rows, units, g));
}

INLINE void lstm_backward(float *R gates, const float *R c_before, const float *R tanh_c, const float *R dh,
                          const float *dc, float *dc_before, size_t rows, size_t u, ck_gate gate) {
  for (size_t r = 0; r < rows;
       r++, gates += 4 * u, c_before += u, tanh_c += u, dh += u, dc += u, dc_before += u) {
    float *gi = gates, *gf = gates + u, *gg = gates + 2 * u, *go = gates + 3 * u;
    SAFE
    for (size_t j = 0; j < u; j++) {
      float i = gi[j], f = gf[j], g = gg[j], o = go[j], t = tanh_c[j];
      float d = dc[j] + dh[j] * o * (1 - t * t);
      go[j] = dh[j] * t * steepness(o, gate);
      gi[j] = d * g * steepness(i, gate);
      gg[j] = d * i * (1 - g * g);
      gf[j] = d * c_before[j] * steepness(f, gate);
      dc_before[j] = d * f;
    }
  }
}

VECTOR void ck_lstm_backward(float *gates, const float *c_before, const float *tanh_c, const float *dh,
                             const float *dc, float *dc_before, size_t rows, size_t units, ck_gate gate) {
  FOR_BOTH(gate, lstm_backward(gates, c_before, tanh_c, dh, dc, dc_before, rows, units, g));
}

INLINE void gru(float *R x, const float *R r, const float *h_before, float *h, size_t rows, size_t u, ck_gate gate) {
  for (size_t row = 0; row < rows; row++, x += 3 * u, r += 3 * u, h_before += u, h += u) {
    float *xz = x, *xr = x + u, *xh = x + 2 * u;
    SAFE
    for (size_t j = 0; j < u; j++) {
      float update = squeezed(xz[j] + r[j], gate), reset = squeezed(xr[j] + r[u + j], gate);
      float candidate = vector_tanh(xh[j] + reset * r[2 * u + j]);
      xz[j] = update;
      xr[j] = reset;
      xh[j] = candidate;
      h[j] = update * h_before[j] + (1 - update) * candidate;
    }
  }
}

VECTOR void ck_gru(float *x, const float *r, const float *h_before, float *h, size_t rows, size_t units,
                   ck_gate gate) {
  FOR_BOTH(gate, gru(x, r, h_before, h, rows, units, g));
}

INLINE void gru_backward(float *R x, float *R r, const float *R h_before, const float *R dh, float *R dh_before,
                         size_t rows, size_t u, ck_gate gate) {
  for (size_t row = 0; row < rows; row++, x += 3 * u, r += 3 * u, h_before += u, dh += u, dh_before += u) {
    float *xz = x, *xr = x + u, *xh = x + 2 * u;
    SAFE
    for (size_t j = 0; j < u; j++) {
      float update = xz[j], reset = xr[j], candidate = xh[j], inner = r[2 * u + j], d = dh[j];
      float d_candidate = d * (1 - update) * (1 - candidate * candidate);
      float d_update = d * (h_before[j] - candidate) * steepness(update, gate);
      float d_reset = d_candidate * inner * steepness(reset, gate);
      xz[j] = r[j] = d_update;
      xr[j] = r[u + j] = d_reset;
      xh[j] = d_candidate;
      r[2 * u + j] = d_candidate * reset;
      dh_before[j] = d * update;
    }
  }
}

VECTOR void ck_gru_backward(float *x, float *r, const float *h_before, const float *dh, float *dh_before, size_t rows,
                            size_t units, ck_gate gate) {
  FOR_BOTH(gate, gru_backward(x, r, h_before, dh, dh_before, rows, units, g));
}

INLINE void gru_gates(float *R x, const float *R h_before, float *R reset_h, size_t rows, size_t u, ck_gate gate) {
  for (size_t row = 0; row < rows; row++, x += 3 * u, h_before += u, reset_h += u) {
    SAFE
    for (size_t j = 0; j < u; j++) {
      float reset = squeezed(x[u + j], gate);
      x[j] = squeezed(x[j], gate);
      x[u + j] = reset;
      reset_h[j] = reset * h_before[j];
    }
  }
}

VECTOR void ck_gru_gates(float *x, const float *h_before, float *reset_h, size_t rows, size_t units, ck_gate gate) {
  FOR_BOTH(gate, gru_gates(x, h_before, reset_h, rows, units, g));
}

VECTOR void ck_gru_candidate(float *R x, const float *h_before, float *h, size_t rows, size_t u) {
  for (size_t row = 0; row < rows; row++, x += 3 * u, h_before += u, h += u) {
    SAFE
    for (size_t j = 0; j < u; j++) {
      float candidate = vector_tanh(x[2 * u + j]);
      x[2 * u + j] = candidate;
      h[j] = x[j] * h_before[j] + (1 - x[j]) * candidate;
    }
  }
}

INLINE void candidate_backward(float *R x, const float *R h_before, const float *R dh, float *R dh_before,
                               size_t rows, size_t u, ck_gate gate) {
  for (size_t row = 0; row < rows; row++, x += 3 * u, h_before += u, dh += u, dh_before += u) {
    SAFE
    for (size_t j = 0; j < u; j++) {
      float update = x[j], candidate = x[2 * u + j], d = dh[j];
      x[j] = d * (h_before[j] - candidate) * steepness(update, gate);
      x[2 * u + j] = d * (1 - update) * (1 - candidate * candidate);
      dh_before[j] = d * update;
    }
  }
}

VECTOR void ck_gru_candidate_backward(float *x, const float *h_before, const float *dh, float *dh_before, size_t rows,
                                      size_t units, ck_gate gate) {
  FOR_BOTH(gate, candidate_backward(x, h_before, dh, dh_before, rows, units, g));
}

INLINE void gates_backward(float *R x, const float *R h_before, const float *R d_reset, float *R dh_before,
                           size_t rows, size_t u, ck_gate gate) {
  for (size_t row = 0; row < rows; row++, x += 3 * u, h_before += u, d_reset += u, dh_before += u) {
    SAFE
    for (size_t j = 0; j < u; j++) {
      float reset = x[u + j];
      dh_before[j] += d_reset[j] * reset;
      x[u + j] = d_reset[j] * h_before[j] * steepness(reset, gate);
    }
  }
}

VECTOR void ck_gru_gates_backward(float *x, const float *h_before, const float *d_reset, float *dh_before, size_t rows,
                                  size_t units, ck_gate gate) {
  FOR_BOTH(gate, gates_backward(x, h_before, d_reset, dh_before, rows, units, g));
}

VECTOR void ck_tanh_scores(const float *R q, const float *R k, const float *R scale, float inner, float *R scores,
                           size_t queries, size_t keys, size_t width) {
  for (size_t t = 0; t < queries; t++, q += width)
    for (size_t s = 0; s < keys; s++) {
      const float *key = k + s * width;
      float parts[LANES] = {0}, sum = 0;
      size_t j = 0;
      for (; j + LANES <= width; j += LANES)
        for (size_t l = 0; l < LANES; l++) {
          float y = vector_tanh(inner * (q[j + l] + key[j + l]));
          parts[l] += scale ? scale[j + l] * y : y;
        }
      for (; j < width; j++) {
        float y = vector_tanh(inner * (q[j] + key[j]));
        sum += scale ? scale[j] * y : y;
      }
      for (size_t l = 0; l < LANES; l++) sum += parts[l];
      scores[t * keys + s] = sum;
    }
}

VECTOR void ck_tanh_scores_backward(const float *R dscores, const float *R q, const float *R k, const float *R scale,
                                    float inner, float *R dq, float *R dk, float *R dscale, float *R d_inner,
                                    size_t queries, size_t keys, size_t width) {
  for (size_t t = 0; t < queries; t++, q += width, dq += width)
    for (size_t s = 0; s < keys; s++) {
      const float *key = k + s * width;
      float *dkey = dk + s * width, d = dscores[t * keys + s];
      if (d_inner) {
        float sum = 0;
        for (size_t j = 0; j < width; j++) {
          float y = vector_tanh(inner * (q[j] + key[j]));
          sum += (scale ? scale[j] : 1) * (1 - y * y) * (q[j] + key[j]);
        }
        *d_inner += d * sum;
      }
      for (size_t j = 0; j < width; j++) {
        float y = vector_tanh(inner * (q[j] + key[j]));
        float dz = d * (scale ? scale[j] : 1) * (1 - y * y) * inner;
        dq[j] += dz;
        dkey[j] += dz;
        if (dscale) dscale[j] += d * y;
      }
    }
}
