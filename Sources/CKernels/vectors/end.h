// Removes the macros of avx512.h, avx2.h or plain.h.
#ifdef TARGETED
#pragma clang attribute pop
#undef TARGETED
#endif
#undef SOME
#undef NAME
#undef VEC
#undef LANES
#undef LOAD
#undef LOAD_SOME
#undef STORE
#undef STORE_SOME
#undef SPREAD
#undef FMA
#undef ADD
#undef MUL
#undef SUB
#undef MAX
#undef WHERE_EQUAL
#undef ZERO
#undef MR
#undef NV
#undef PAIRS
