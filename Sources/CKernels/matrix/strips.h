// Strips of a matrix, as wide as the sums that the sparse kernels keep in registers.
#ifndef SV
#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif
// The widest sums: ten vectors leave registers for the factors on every instruction set.
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

// A strip of d, whose rows are d_row apart; the copy's are SV vectors apart and aligned.
INLINE void NAME(copy_strip)(size_t m, size_t d_row, int vectors, int tail, const float *d, float *rows) {
  for (size_t i = 0; i < m; i++)
    for (int v = 0; v < vectors; v++)
      STORE(rows + (i * SV + v) * LANES, LOAD_SOME(d + i * d_row + v * LANES, v + 1 < vectors ? LANES : tail));
}
