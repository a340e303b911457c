// Names for any processor, valid until end.h: four lanes in plain C, which the compiler maps to SSE2 or NEON.
typedef float four __attribute__((vector_size(16)));
static inline four four_load(const float *p) {
  four v;
  memcpy(&v, p, sizeof v);
  return v;
}
static inline four four_load_some(const float *p, int n) {
  four v = {0};
  for (int i = 0; i < n; i++) v[i] = p[i];
  return v;
}
static inline void four_store(float *p, four v) { memcpy(p, &v, sizeof v); }
static inline void four_store_some(float *p, four v, int n) {
  for (int i = 0; i < n; i++) p[i] = v[i];
}
static inline four four_max(four a, four b) {
  for (int i = 0; i < 4; i++) a[i] = a[i] > b[i] ? a[i] : b[i];
  return a;
}
static inline four four_where_equal(four a, four b, four v) {
  for (int i = 0; i < 4; i++) v[i] = a[i] == b[i] ? v[i] : 0;
  return v;
}
#define NAME(x) x##_plain
#define VEC four
#define LANES 4
#define LOAD(p) four_load(p)
#define LOAD_SOME(p, n) four_load_some(p, n)
#define STORE(p, v) four_store(p, v)
#define STORE_SOME(p, v, n) four_store_some(p, v, n)
#define SPREAD(x) ((four){x, x, x, x})
#define FMA(a, b, c) ((a) * (b) + (c))
#define ADD(a, b) ((a) + (b))
#define MUL(a, b) ((a) * (b))
#define MAX(a, b) four_max(a, b)
#define SUB(a, b) ((a) - (b))
#define WHERE_EQUAL(a, b, v) four_where_equal(a, b, v)
#define ZERO ((four){0})
#define MR 4
#define NV 2
#define PAIRS 0
