// Parses eight decimal numbers of up to eight characters each (`-12.345`) at a time. A lane holds the
// characters of one number, so no branch depends on the number of digits or the position of the decimal
// point.
#pragma once
#include "numbers.hpp"
#include "vectors.hpp"

namespace numbers {

#if defined(__x86_64__)
// The fields [begins, ends) are positions relative to `base`. Only the `lanes` are read, and up to eight
// bytes before their ends. Returns the lanes with a parsed number in `values`; the others need the slow path
// or contain no number.
template <typename T>
AVX512 inline __mmask8 read_eight(
    const char *base, __m256i begins, __m256i ends, __mmask8 lanes, __m512d &values) {
    const __m256i length = _mm256_sub_epi32(ends, begins);
    __mmask8 good = _mm256_mask_cmple_epu32_mask(
        lanes, _mm256_sub_epi32(length, _mm256_set1_epi32(1)), _mm256_set1_epi32(7));
    const __m512i all = _mm512_set1_epi64(-1);
    const __m512i text = _mm512_mask_i32gather_epi64(
        _mm512_setzero_si512(), good, _mm256_sub_epi32(ends, _mm256_set1_epi32(8)), base, 1);
    const __m256i blank = _mm256_sub_epi32(_mm256_set1_epi32(64), _mm256_slli_epi32(length, 3));
    const __m512i inside = _mm512_sllv_epi64(all, _mm512_cvtepu32_epi64(blank));
    const auto bytes = [&](char c) __attribute__((target(AVX512_SET))) {
        return _mm512_movm_epi8(_mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(c)));
    };
    const __m512i first = _mm512_andnot_si512(_mm512_slli_epi64(inside, 8), inside);
    const __m512i dash = _mm512_and_si512(bytes('-'), first);
    const __m512i points = _mm512_and_si512(bytes('.'), inside);
    const __m512i kept = _mm512_andnot_si512(_mm512_or_si512(points, dash), inside);
    __m512i digits = _mm512_and_si512(_mm512_sub_epi8(text, _mm512_set1_epi8('0')), kept);
    // Accepts at most one decimal point, at least one digit, and no other characters.
    const __m512i behind = _mm512_lzcnt_epi64(points);
    good = _mm512_mask_cmpeq_epi64_mask(
        good, points, _mm512_srlv_epi64(_mm512_set1_epi64(int64_t(0xff00000000000000)), behind));
    good = _mm512_mask_test_epi64_mask(good, kept, kept);
    const __m512i strange = _mm512_movm_epi8(_mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9)));
    good = _mm512_mask_testn_epi64_mask(good, strange, strange);
    // Shifts the digits before the decimal point by one byte.
    const __m512i before = _mm512_srlv_epi64(all, behind);
    digits = _mm512_ternarylogic_epi64(before, _mm512_slli_epi64(digits, 8), digits, 0xca);
    digits = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010a));
    digits = _mm512_madd_epi16(digits, _mm512_set1_epi32(0x00010064));
    digits = _mm512_add_epi64(
        _mm512_mul_epu32(digits, _mm512_set1_epi64(10000)), _mm512_srli_epi64(digits, 32));
    // Without a decimal point the count is 64 zero bits: 8 bytes, of which permutexvar uses the lowest three
    // bits, 0.
    const __m512i places = _mm512_srli_epi64(behind, 3);
    const __m512d whole = _mm512_cvtepi64_pd(digits);
    if constexpr (sizeof(T) == 8) {
        values = _mm512_div_pd(whole, _mm512_permutexvar_pd(places, _mm512_loadu_pd(power_of_ten)));
    } else {
        values = _mm512_mul_pd(whole, _mm512_permutexvar_pd(places, _mm512_loadu_pd(inverse)));
        const __m512i beyond = _mm512_and_si512(
            _mm512_sub_epi64(_mm512_castpd_si512(values), _mm512_set1_epi64(0x10000000 - 4)),
            _mm512_set1_epi64(0x1fffffff));
        good = _mm512_mask_cmpgt_epu64_mask(good, beyond, _mm512_set1_epi64(8));
    }
    const __mmask8 negative = _mm512_test_epi64_mask(dash, dash);
    const __m512i sign = _mm512_maskz_set1_epi64(negative, int64_t(0x8000000000000000));
    values = _mm512_castsi512_pd(_mm512_xor_si512(_mm512_castpd_si512(values), sign));
    return good;
}
#endif

} // namespace numbers
