// Checks and rewrites the text of a table before its rows are scanned.
#include "cnumbers.h"
#include "vectors.hpp"

#include <cstring>
#include <string>

namespace {

// Returns the length of the valid UTF-8 sequence at p, or 0.
size_t sequence(const unsigned char *p, size_t left) {
    const auto follows = [&](size_t at, unsigned low = 0x80, unsigned high = 0xbf) {
        return at < left && p[at] >= low && p[at] <= high;
    };
    const unsigned first = p[0];
    if (first < 0x80) return first != 0;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        // Neither overlong forms nor surrogates.
        const bool second = follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
        return second && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool second = follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
        return second && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool ends_line(char c) { return c == '\n' || c == '\r'; }

// Rewrites one row.
struct RowRewriter {
    char delimiter, comment;
    bool blanks;
    std::string row;

    // Sets `row` to the row at p with its line end. Returns the end of the row, or null if it is incomplete.
    const char *read(const char *p, const char *end, bool last) {
        row.clear();
        bool field_start = true;
        while (p < end && !ends_line(*p)) {
            if (comment != 0 && *p == comment) {
                while (p < end && !ends_line(*p)) ++p;
            } else if (field_start && *p == '"') {
                p = quoted(p, end);
                field_start = false;
            } else if (blanks && is_blank(*p)) {
                while (p < end && is_blank(*p)) ++p;
                if (!row.empty()) row += ' ';
                field_start = true;
            } else {
                field_start = *p == delimiter;
                row += *p++;
            }
        }
        // A line feed may follow the last byte.
        if (!last && (p == end || (*p == '\r' && p + 1 == end))) return nullptr;
        if (blanks && !row.empty() && row.back() == ' ') row.pop_back();
        if (p == end) return p;
        if (*p == '\r' && p + 1 < end && p[1] == '\n') row += *p++;
        row += '\n';
        return p + 1;
    }

  private:
    const char *quoted(const char *p, const char *end) {
        row += *p++;
        for (; p < end; ++p) {
            row += *p;
            if (*p != '"') continue;
            if (p + 1 == end || p[1] != '"') return p + 1;
            row += *++p;
        }
        return p;
    }
};

// What a block has: all bytes or-ed, and whether a NUL or a carriage return is among them.
struct Seen {
    unsigned char all = 0;
    bool nul = false, carriage = false;

    void take(char c) {
        all |= static_cast<unsigned char>(c);
        nul |= c == 0;
        carriage |= c == '\r';
    }
};

#if defined(__x86_64__)
__attribute__((target("avx2"))) Seen look_avx2(const char *p, size_t count) {
    const __m256i cr = _mm256_set1_epi8('\r');
    __m256i all = _mm256_setzero_si256(), carriages = all, least = _mm256_set1_epi8(-1);
    size_t at = 0;
    for (; at + 32 <= count; at += 32) {
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p + at));
        all = _mm256_or_si256(all, bytes);
        least = _mm256_min_epu8(least, bytes);
        carriages = _mm256_or_si256(carriages, _mm256_cmpeq_epi8(bytes, cr));
    }
    Seen seen;
    seen.all = _mm256_movemask_epi8(all) != 0 ? 0x80 : 0;
    seen.nul = _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256())) != 0;
    seen.carriage = _mm256_movemask_epi8(carriages) != 0;
    for (; at < count; ++at) seen.take(p[at]);
    return seen;
}
#endif

Seen look(const char *p, size_t count) {
#if defined(__x86_64__)
    static const bool has_avx2 = __builtin_cpu_supports("avx2");
    if (has_avx2) return look_avx2(p, count);
#endif
    Seen seen;
    for (size_t at = 0; at < count; ++at) seen.take(p[at]);
    return seen;
}

} // namespace

int cn_text_kinds(const char *buffer, size_t size) {
    // Blocks stay in the first-level cache for the second look that those with a carriage return get.
    constexpr size_t block = 8192;
    int kinds = 0;
    for (size_t start = 0; start < size; start += block) {
        const size_t count = size - start < block ? size - start : block;
        const Seen seen = look(buffer + start, count);
        kinds |= (seen.all & 0x80 ? cn_not_ascii : 0) | (seen.nul ? cn_nul : 0);
        if (!seen.carriage) continue;
        const char *p = buffer + start;
        const size_t pairs = start + count < size ? count : count - 1;
        unsigned char bare = 0;
        for (size_t i = 0; i < pairs; ++i) bare |= (p[i] == '\r') & (p[i + 1] != '\n');
        kinds |= bare ? cn_bare_return : 0;
    }
    return kinds;
}

size_t cn_first_invalid(const char *buffer, size_t size) {
    const auto *p = reinterpret_cast<const unsigned char *>(buffer);
    for (size_t at = 0; at < size;) {
        const size_t length = sequence(p + at, size - at);
        if (length == 0) return at;
        at += length;
    }
    return size;
}

size_t cn_csv_normalize(
    char delimiter, char comment, bool blanks, char *buffer, size_t size, bool last) {
    RowRewriter rewriter{delimiter, comment, blanks, {}};
    const char *p = buffer, *const end = buffer + size;
    char *out = buffer;
    while (p < end) {
        const char *after = rewriter.read(p, end, last);
        if (after == nullptr) break;
        p = after;
        std::memcpy(out, rewriter.row.data(), rewriter.row.size());
        out += rewriter.row.size();
    }
    std::memmove(out, p, size_t(end - p));
    return size_t(out - buffer) + size_t(end - p);
}
