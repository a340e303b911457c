// The epilogue of every product. The names are defined by avx512.h, avx2.h or plain.h:
//   NAME(x)            the name of a function for this instruction set
//   VEC, LANES         a vector of floats and its number of lanes
//   LOAD LOAD_SOME STORE STORE_SOME SPREAD FMA ADD SUB MUL MAX WHERE_EQUAL ZERO
//   MR, NV             rows and vectors of a block whose sums stay in registers
//   PAIRS              whether two rows of sums of a strip (strips.h) stay in registers
#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif

// Stores the first `used` rows of a block of sums to c, whose row stride is c_row. `tail` lanes of the last
// vector are used, all of them if the block is complete. The operation is selected once per block, not for
// each sum.
#define EACH_SUM _Pragma("clang loop unroll(full)") for (int i = 0; i < mr; i++) \
  _Pragma("clang loop unroll(full)") for (int v = 0; v < nv; v++)
#define IS_ALL (whole || v + 1 < nv)
INLINE void NAME(finish)(const int mr, const int nv, const int whole, int tail, int used, VEC (*sum)[NV], float *c,
                         size_t c_row, ck_finish f) {
  if (f.alpha != 1) {
    VEC alpha = SPREAD(f.alpha);
    EACH_SUM sum[i][v] = MUL(sum[i][v], alpha);
  }
  if (f.bias) {
    VEC bias[NV];
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) bias[v] = IS_ALL ? LOAD(f.bias + v * LANES) : LOAD_SOME(f.bias + v * LANES, tail);
    EACH_SUM sum[i][v] = ADD(sum[i][v], bias[v]);
  }
  if (f.accumulate) {
    EACH_SUM if (i < used) {
      float *to = c + (size_t)i * c_row + v * LANES;
      sum[i][v] = ADD(sum[i][v], IS_ALL ? LOAD(to) : LOAD_SOME(to, tail));
    }
  }
  if (f.relu) {
    EACH_SUM sum[i][v] = MAX(sum[i][v], ZERO);
  }
  EACH_SUM if (i < used) {
    float *to = c + (size_t)i * c_row + v * LANES;
    if (IS_ALL) STORE(to, sum[i][v]);
    else STORE_SOME(to, sum[i][v], tail);
  }
}
#undef EACH_SUM
#undef IS_ALL
