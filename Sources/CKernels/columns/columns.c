#include "../vectors/level.h"
#include "../ckvector.h"
#include "ckernels.h"
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#include "../vectors/avx512.h"
#include "template.h"
#include "../vectors/end.h"

#include "../vectors/avx2.h"
#include "template.h"
#include "../vectors/end.h"
#endif

#include "../vectors/plain.h"
#include "template.h"
#include "../vectors/end.h"

// Sums of a few columns: processes as many rows at once as fill a vector.
VECTOR static void narrow_column_sums(const float *R x, float *R sums, size_t rows, size_t columns) {
  float many[128] = {0};
  size_t together = 128 / columns, width = together * columns;
  for (; rows >= together; rows -= together, x += width)
    for (size_t c = 0; c < width; c++) many[c] += x[c];
  for (size_t c = 0; c < rows * columns; c++) many[c] += x[c];
  for (size_t c = 0; c < columns; c++) sums[c] = 0;
  for (size_t c = 0; c < width; c++) sums[c % columns] += many[c];
}

void ck_column_sums(const float *x, float *sums, size_t rows, size_t columns) {
  // Parts of a layer, which have at least 32 columns, must round like the whole layer.
  if (columns < 32 && rows >= 32) narrow_column_sums(x, sums, rows, columns);
  else DISPATCH(column_sums, rows, columns, x, sums);
}
void ck_column_sums_products(const float *a, const float *b, float *sums, float *products, size_t rows,
                             size_t columns) {
  DISPATCH(column_sums_products, rows, columns, a, b, sums, products);
}
void ck_column_squares(const float *x, const float *mean, float *sums, size_t rows, size_t columns) {
  DISPATCH(column_squares, rows, columns, x, mean, sums);
}
void ck_normalize(const float *x, const float *mean, const float *inverse, const float *scale, const float *shift,
                  float *xhat, float *y, size_t rows, size_t columns) {
  DISPATCH(normalize, rows, columns, x, mean, inverse, scale, shift, xhat, y);
}
void ck_normalize_backward(const float *dy, const float *xhat, const float *factor, const float *mean_dy,
                           const float *mean_dy_xhat, float *dx, size_t rows, size_t columns) {
  DISPATCH(normalize_backward, rows, columns, dy, xhat, factor, mean_dy, mean_dy_xhat, dx);
}
