// Column sums and BatchNormalization, compiled for each instruction set (see ../vectors). A tile of up to
// four vectors is processed over all rows, so that sums and factors stay in registers.
#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif
#define AT(p, v) (whole || (v) + 1 < nv ? LOAD((p) + (v) * LANES) : LOAD_SOME((p) + (v) * LANES, tail))
#define PUT(p, v, x)                                               \
  if (whole || (v) + 1 < nv) STORE((p) + (v) * LANES, x);          \
  else STORE_SOME((p) + (v) * LANES, x, tail)
#define VECTORS _Pragma("clang loop unroll(full)") for (int v = 0; v < nv; v++)

// Runs CALL(nv, whole) for each tile; `j` is its first column.
#define TILES(n, CALL)                                                                                 \
  for (size_t j = 0; j < (n); j += 4 * LANES) {                                                        \
    size_t left = (n) - j;                                                                             \
    int tail = left < 4 * LANES && left % LANES ? (int)(left % LANES) : LANES;                         \
    if (left >= 4 * LANES) CALL(4, 1);                                                                 \
    else if (left > 3 * LANES) CALL(4, 0);                                                             \
    else if (left > 2 * LANES) CALL(3, 0);                                                             \
    else if (left > LANES) CALL(2, 0);                                                                 \
    else CALL(1, 0);                                                                                   \
  }

// sums = Σ a, and products = Σ a · b if b is not null
INLINE void NAME(sums_tile)(const int nv, const int whole, int tail, size_t rows, size_t n, const float *a,
                            const float *b, float *sums, float *products) {
  VEC sum[4], product[4];
  VECTORS sum[v] = product[v] = ZERO;
  for (size_t r = 0; r < rows; r++, a += n) {
    VECTORS {
      VEC x = AT(a, v);
      sum[v] = ADD(sum[v], x);
      if (b) product[v] = FMA(x, AT(b, v), product[v]);
    }
    if (b) b += n;
  }
  VECTORS {
    PUT(sums, v, sum[v]);
    if (b) {
      PUT(products, v, product[v]);
    }
  }
}

static void NAME(column_sums)(size_t rows, size_t n, const float *a, float *sums) {
#define CALL(nv, whole) NAME(sums_tile)(nv, whole, tail, rows, n, a + j, NULL, sums + j, NULL)
  TILES(n, CALL)
#undef CALL
}

static void NAME(column_sums_products)(size_t rows, size_t n, const float *a, const float *b, float *sums,
                                       float *products) {
#define CALL(nv, whole) NAME(sums_tile)(nv, whole, tail, rows, n, a + j, b + j, sums + j, products + j)
  TILES(n, CALL)
#undef CALL
}

INLINE void NAME(squares_tile)(const int nv, const int whole, int tail, size_t rows, size_t n, const float *x,
                               const float *mean, float *sums) {
  VEC sum[4], m[4];
  VECTORS sum[v] = ZERO, m[v] = AT(mean, v);
  for (size_t r = 0; r < rows; r++, x += n) VECTORS {
      VEC d = SUB(AT(x, v), m[v]);
      sum[v] = FMA(d, d, sum[v]);
    }
  VECTORS { PUT(sums, v, sum[v]); }
}

static void NAME(column_squares)(size_t rows, size_t n, const float *x, const float *mean, float *sums) {
#define CALL(nv, whole) NAME(squares_tile)(nv, whole, tail, rows, n, x + j, mean + j, sums + j)
  TILES(n, CALL)
#undef CALL
}

INLINE void NAME(normalize_tile)(const int nv, const int whole, int tail, size_t rows, size_t n, const float *x,
                                 const float *mean, const float *inverse, const float *scale, const float *shift,
                                 float *xhat, float *y) {
  VEC m[4], f[4], s[4], t[4];
  VECTORS m[v] = AT(mean, v), f[v] = AT(inverse, v), s[v] = AT(scale, v), t[v] = AT(shift, v);
  for (size_t r = 0; r < rows; r++, x += n, xhat += n, y += n) VECTORS {
      VEC h = MUL(SUB(AT(x, v), m[v]), f[v]);
      PUT(xhat, v, h);
      VEC z = FMA(h, s[v], t[v]);
      PUT(y, v, z);
    }
}

static void NAME(normalize)(size_t rows, size_t n, const float *x, const float *mean, const float *inverse,
                            const float *scale, const float *shift, float *xhat, float *y) {
#define CALL(nv, whole) \
  NAME(normalize_tile)(nv, whole, tail, rows, n, x + j, mean + j, inverse + j, scale + j, shift + j, xhat + j, y + j)
  TILES(n, CALL)
#undef CALL
}

INLINE void NAME(normalize_backward_tile)(const int nv, const int whole, int tail, size_t rows, size_t n,
                                          const float *dy, const float *xhat, const float *factor,
                                          const float *mean_dy, const float *mean_dy_xhat, float *dx) {
  VEC f[4], a[4], b[4];
  VECTORS f[v] = AT(factor, v), a[v] = AT(mean_dy, v), b[v] = AT(mean_dy_xhat, v);
  for (size_t r = 0; r < rows; r++, dy += n, xhat += n, dx += n) VECTORS {
      VEC d = MUL(f[v], SUB(SUB(AT(dy, v), a[v]), MUL(AT(xhat, v), b[v])));
      PUT(dx, v, d);
    }
}

static void NAME(normalize_backward)(size_t rows, size_t n, const float *dy, const float *xhat, const float *factor,
                                     const float *mean_dy, const float *mean_dy_xhat, float *dx) {
#define CALL(nv, whole)                                                                                        \
  NAME(normalize_backward_tile)(nv, whole, tail, rows, n, dy + j, xhat + j, factor + j, mean_dy + j, mean_dy_xhat + j, \
                                dx + j)
  TILES(n, CALL)
#undef CALL
}

#undef AT
#undef PUT
#undef VECTORS
#undef TILES
