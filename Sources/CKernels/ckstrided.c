#include "cklayers.h"
#include "ckvector.h"
#include <string.h>

// Advances `from` to the next run of the innermost axis. Returns false at the end.
static int next_run(const float **from, ptrdiff_t *at, size_t axes, const ptrdiff_t *R sizes, const ptrdiff_t *R strides) {
  for (ptrdiff_t axis = (ptrdiff_t)axes - 2; axis >= 0; axis--) {
    *from += strides[axis];
    if (++at[axis] < sizes[axis]) return 1;
    *from -= strides[axis] * sizes[axis];
    at[axis] = 0;
  }
  return 0;
}

void ck_strided_read(const float *x, float *y, size_t rows, size_t row_stride, size_t axes, const ptrdiff_t *sizes,
                     const ptrdiff_t *strides) {
  ptrdiff_t n = axes ? sizes[axes - 1] : 1, step = axes ? strides[axes - 1] : 1;
  for (size_t r = 0; r < rows; r++) {
    const float *from = x + r * row_stride;
    ptrdiff_t at[CK_AXES] = {0};
    do {
      if (step == 1) {
        memcpy(y, from, (size_t)n * sizeof(float));
      } else {
        for (ptrdiff_t i = 0; i < n; i++) y[i] = from[i * step];
      }
      y += n;
    } while (next_run(&from, at, axes, sizes, strides));
  }
}

void ck_strided_add(float *x, const float *y, size_t rows, size_t row_stride, size_t axes, const ptrdiff_t *sizes,
                    const ptrdiff_t *strides) {
  ptrdiff_t n = axes ? sizes[axes - 1] : 1, step = axes ? strides[axes - 1] : 1;
  for (size_t r = 0; r < rows; r++) {
    const float *from = x + r * row_stride;
    ptrdiff_t at[CK_AXES] = {0};
    do {
      float *to = x + (from - x);
      if (step == 0) {
        float sum = 0;
        for (ptrdiff_t i = 0; i < n; i++) sum += y[i];
        *to += sum;
      } else {
        for (ptrdiff_t i = 0; i < n; i++) to[i * step] += y[i];
      }
      y += n;
    } while (next_run(&from, at, axes, sizes, strides));
  }
}
