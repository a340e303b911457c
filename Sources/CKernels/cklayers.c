#include "cklayers.h"
#include "ckvector.h"

VECTOR void ck_rectify(const float *x, float *y, size_t n, float slope, float threshold, float highest) {
  SAFE
  for (size_t i = 0; i < n; i++) {
    float above = x[i] < highest ? x[i] : highest;
    // Avoids 0 · (−∞), which is NaN; a NaN input stays NaN.
    float below = slope != 0 ? slope * (x[i] - threshold) : x[i] == x[i] ? 0 : x[i];
    y[i] = x[i] > threshold ? above : below;
  }
}

VECTOR void ck_rectify_backward(const float *dy, const float *x, float *dx, size_t n, float slope, float threshold,
                                float highest) {
  SAFE
  for (size_t i = 0; i < n; i++) {
    float factor = x[i] > threshold ? (x[i] < highest ? 1 : 0) : slope;
    dx[i] = dy[i] * factor;
  }
}

VECTOR void ck_subtract(const float *a, const float *b, float *y, size_t n) {
  SAFE
  for (size_t i = 0; i < n; i++) y[i] = a[i] - b[i];
}

VECTOR void ck_maximum(const float *R a, float *R y, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = a[i] > y[i] ? a[i] : y[i];
}

VECTOR void ck_minimum(const float *R a, float *R y, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = a[i] < y[i] ? a[i] : y[i];
}

VECTOR void ck_route(const float *R x, const float *R y, float *R dy, float *R dx, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float d = dy[i];
    int here = x[i] == y[i];
    dx[i] = here ? d : 0;
    dy[i] = here ? 0 : d;
  }
}

// Sums over one row may be reassociated, so that they are vectorized.
VECTOR void ck_scale_rows(const float *x, float *xhat, float *R inverses, size_t rows, size_t width, float epsilon,
                          ck_scaling scaling) {
#pragma clang fp reassociate(on)
  for (size_t r = 0; r < rows; r++, x += width, xhat += width) {
    float mean = 0, squares = 0;
    if (scaling == CK_STANDARD) {
      float sum = 0;
      for (size_t i = 0; i < width; i++) sum += x[i];
      mean = sum / (float)width;
    }
    for (size_t i = 0; i < width; i++) {
      float d = x[i] - mean;
      squares += d * d;
    }
    float under = scaling == CK_LENGTH ? (squares < epsilon ? epsilon : squares) : squares / (float)width + epsilon;
    float inverse = 1 / SQRT(under);
    inverses[r] = inverse;
    SAFE
    for (size_t i = 0; i < width; i++) xhat[i] = (x[i] - mean) * inverse;
  }
}

VECTOR void ck_scale_rows_backward(const float *dxhat, const float *R xhat, const float *R inverses, float *dx,
                                   size_t rows, size_t width, float epsilon, ck_scaling scaling) {
#pragma clang fp reassociate(on)
  for (size_t r = 0; r < rows; r++, dxhat += width, xhat += width, dx += width) {
    float inverse = inverses[r], sum = 0, product = 0;
    if (scaling == CK_STANDARD) {
      for (size_t i = 0; i < width; i++) sum += dxhat[i];
    }
    for (size_t i = 0; i < width; i++) product += dxhat[i] * xhat[i];
    float mean = sum / (float)width;
    if (scaling != CK_LENGTH) {
      product /= (float)width;
    } else if (inverse * inverse * epsilon > 0.9999f) {
      product = 0;  // the length was below epsilon, so the denominator is constant
    }
    SAFE
    for (size_t i = 0; i < width; i++) dx[i] = inverse * (dxhat[i] - mean - xhat[i] * product);
  }
}
