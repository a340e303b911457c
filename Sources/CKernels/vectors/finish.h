// The end of every product. The names come from avx512.h, avx2.h or plain.h:
//   NAME(x)            the function's name for this instruction set
//   VEC, LANES         a vector of floats and how many it holds
//   LOAD LOAD_SOME STORE STORE_SOME SPREAD FMA ADD SUB MUL MAX WHERE_EQUAL ZERO
//   MR, NV             rows and vectors of a block whose sums stay in registers
#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif

// Brings a vector of sums to memory: all its lanes, or the first `tail`. `bias` is what is added to it, or null.
INLINE void NAME(finish)(VEC y, float *to, const float *bias, const int all, int tail, ck_finish f) {
  if (f.alpha != 1) y = MUL(y, SPREAD(f.alpha));
  if (bias) y = ADD(y, all ? LOAD(bias) : LOAD_SOME(bias, tail));
  if (f.accumulate) y = ADD(y, all ? LOAD(to) : LOAD_SOME(to, tail));
  if (f.relu) y = MAX(y, ZERO);
  if (all) STORE(to, y);
  else STORE_SOME(to, y, tail);
}
