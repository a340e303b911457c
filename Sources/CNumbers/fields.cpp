#include "fields.hpp"
#include "vectors.hpp"

#if defined(__x86_64__)
#include <bit>

namespace fields {
namespace {

// Packs the positions of the marked bytes, and writes them 16 at a time.
AVX512 inline size_t add(uint64_t marks, uint32_t at, uint32_t *places) {
    alignas(64) static constexpr auto numbers = [] {
        struct { uint8_t n[64]; } all{};
        for (int i = 0; i < 64; ++i) all.n[i] = uint8_t(i);
        return all;
    }();
    const size_t count = size_t(std::popcount(marks));
    const __m512i packed = _mm512_maskz_compress_epi8(marks, _mm512_load_si512(&numbers));
    const __m512i base = _mm512_set1_epi32(int(at));
    const auto put = [&](__m128i part, size_t n) __attribute__((target(AVX512_SET))) {
        _mm512_storeu_si512(places + n, _mm512_add_epi32(_mm512_cvtepu8_epi32(part), base));
    };
    put(_mm512_castsi512_si128(packed), 0);
    if (count > 16) put(_mm512_extracti32x4_epi32(packed, 1), 16);
    if (count > 32) put(_mm512_extracti32x4_epi32(packed, 2), 32);
    if (count > 48) put(_mm512_extracti32x4_epi32(packed, 3), 48);
    return count;
}

} // namespace

AVX512 void Ends::list(const char *from, size_t size, char delimiter) {
    if (size > window) size = window;
    begin = from;
    end = from + size;
    stops = lines = stop = line = 0;
    const __m512i other = _mm512_set1_epi8(delimiter), newline = _mm512_set1_epi8('\n');
    const __m512i quote = _mm512_set1_epi8('"');
    uint64_t quotes = 0;
    for (size_t at = 0; at < size; at += 64) {
        const __mmask64 there = size - at < 64 ? (uint64_t{1} << (size - at)) - 1 : ~uint64_t{0};
        const __m512i bytes = _mm512_maskz_loadu_epi8(there, begin + at);
        const uint64_t newlines = _mm512_cmpeq_epi8_mask(bytes, newline);
        stops += add(newlines | _mm512_cmpeq_epi8_mask(bytes, other), uint32_t(at), all() + stops);
        if (newlines != 0) lines += add(newlines, uint32_t(at), line_ends + lines);
        quotes |= _mm512_cmpeq_epi8_mask(bytes, quote);
    }
    quoted = quotes != 0;
}

} // namespace fields
#endif
