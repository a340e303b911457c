// Strips of a matrix, as wide as the sums that the sparse kernels keep in registers.
#ifndef SV
#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif
// The maximum width: ten vectors leave registers for the factors on every instruction set.
#define SV 10

// Runs CALL(nv, whole) with the number of vectors as a constant.
#define BY_VECTORS(vectors, tail, CALL)                                  \
  if ((tail) == LANES)                                                   \
    switch (vectors) {                                                   \
      case 1: CALL(1, 1); break;                                         \
      case 2: CALL(2, 1); break;                                         \
      case 3: CALL(3, 1); break;                                         \
      case 4: CALL(4, 1); break;                                         \
      case 5: CALL(5, 1); break;                                         \
      case 6: CALL(6, 1); break;                                         \
      case 7: CALL(7, 1); break;                                         \
      case 8: CALL(8, 1); break;                                         \
      case 9: CALL(9, 1); break;                                         \
      default: CALL(10, 1); break;                                       \
    }                                                                    \
  else                                                                   \
    switch (vectors) {                                                   \
      case 1: CALL(1, 0); break;                                         \
      case 2: CALL(2, 0); break;                                         \
      case 3: CALL(3, 0); break;                                         \
      case 4: CALL(4, 0); break;                                         \
      case 5: CALL(5, 0); break;                                         \
      case 6: CALL(6, 0); break;                                         \
      case 7: CALL(7, 0); break;                                         \
      case 8: CALL(8, 0); break;                                         \
      case 9: CALL(9, 0); break;                                         \
      default: CALL(10, 0); break;                                       \
    }
#endif

// Copies alpha times a strip of d with row stride d_row; the copy is aligned and has a row stride of SV
// vectors.
INLINE void NAME(copy_strip)(size_t m, size_t d_row, int vectors, int tail, const float *d, float alpha, float *rows) {
  VEC factor = SPREAD(alpha);
  for (size_t i = 0; i < m; i++)
    for (int v = 0; v < vectors; v++)
      STORE(rows + (i * SV + v) * LANES,
            MUL(factor, LOAD_SOME(d + i * d_row + v * LANES, v + 1 < vectors ? LANES : tail)));
}

// Returns true if two adjacent columns are summed together: if few rows have only one of them, as for the
// pixels of a picture.
INLINE int NAME(go_together)(uint64_t one, uint64_t other) {
  if (!PAIRS) return 0;
  int all = __builtin_popcountll(one | other), sum = __builtin_popcountll(one) + __builtin_popcountll(other);
  return 4 * all <= 3 * sum;
}

// Adds x[i] · d[i, :] for the set bits i of a mask to nv sums. The stride of x's column is k, the row stride
// of d is SV vectors.
INLINE void NAME(add_rows)(const int nv, uint64_t mask, size_t k, const float *x, const float *d, VEC *sum) {
  while (mask) {
    size_t i = (size_t)__builtin_ctzll(mask);
    mask &= mask - 1;
    VEC s = SPREAD(x[i * k]);
    const float *row = d + i * SV * LANES;
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) sum[v] = FMA(s, LOAD(row + v * LANES), sum[v]);
  }
}

// The same for this column and the next, which share the loads of d.
INLINE void NAME(add_rows_to_both)(const int nv, uint64_t mask, size_t k, const float *x, const float *d, VEC *sum,
                                   VEC *next) {
  while (mask) {
    size_t i = (size_t)__builtin_ctzll(mask);
    mask &= mask - 1;
    VEC s = SPREAD(x[i * k]), t = SPREAD(x[i * k + 1]);
    const float *row = d + i * SV * LANES;
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) {
      VEC here = LOAD(row + v * LANES);
      sum[v] = FMA(s, here, sum[v]);
      next[v] = FMA(t, here, next[v]);
    }
  }
}
