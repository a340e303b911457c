// Reads rows without quotes from a list of their field ends, eight numbers at a time. Needs AVX-512.
#pragma once
#include "eight_numbers.hpp"
#include "fields.hpp"
#include "scan.hpp"
#include "vectors.hpp"

#if defined(__x86_64__)
#include <bit>
#include <memory>
#include <vector>

namespace csv {

// The actions for eight adjacent fields.
struct Group {
    int32_t first;           // field
    uint8_t numbers = 0;     // bit n: field first + n is a number
    uint8_t texts = 0;       // ... is text
    bool neighbours = true;  // the numbers' slots are slot + n
    int32_t slot = 0;
};

inline std::vector<Group> groups(const cn_csv_plan &plan) {
    std::vector<Group> all;
    for (int32_t first = 0; first < plan.fields; first += 8) {
        Group group{first};
        for (int32_t n = 0; n < 8 && first + n < plan.fields; ++n) {
            const int32_t slot = plan.slots[first + n];
            if (slot <= -2) group.texts |= uint8_t(1 << n);
            if (slot < 0) continue;
            if (group.numbers == 0) group.slot = slot - n;
            group.neighbours = group.neighbours && slot == group.slot + n;
            group.numbers |= uint8_t(1 << n);
        }
        if (group.numbers != 0 || group.texts != 0) all.push_back(group);
    }
    return all;
}

template <typename T> bool read_field(const cn_csv_plan &plan, const char *begin, const char *end, T &value) {
    if (numbers::quick(begin, end, value) == end) return true;
    const cn_outcome outcome = numbers::read(begin, end, value);
    if (outcome != cn_missing || !plan.missing_as_nan) return outcome == cn_number;
    value = T(__builtin_nan(""));
    return true;
}

// Reads the numbers of a group one by one. `stops` are the positions of the row's delimiters; stops[-1] is
// before the row.
template <typename T>
bool read_group(Scan<T> &scan, const Group &group, const char *base, const uint32_t *stops, uint8_t which) {
    for (unsigned left = which; left != 0; left &= left - 1) {
        const int32_t field = group.first + std::countr_zero(left);
        const char *begin = base + uint32_t(stops[field - 1] + 1), *end = base + stops[field];
        T *value = scan.value(scan.plan.slots[field]);
        if (!read_field(scan.plan, begin, end, *value)) return false;
    }
    return true;
}

inline __attribute__((always_inline, target(AVX512_SET))) void put(
    float *to, __mmask8 lanes, __m512d values) {
    _mm256_mask_storeu_ps(to, lanes, _mm512_cvtpd_ps(values));
}
inline __attribute__((always_inline, target(AVX512_SET))) void put(
    double *to, __mmask8 lanes, __m512d values) {
    _mm512_mask_storeu_pd(to, lanes, values);
}

// Reads the numbers of a group at once; remaining numbers are read one by one.
template <typename T>
AVX512 inline __attribute__((always_inline)) bool read_numbers(Scan<T> &scan, const Group &group, const char *base, const uint32_t *stops) {
    const uint32_t *at = stops + group.first;
    const __m256i ends = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(at));
    const __m256i begins = _mm256_add_epi32(
        _mm256_loadu_si256(reinterpret_cast<const __m256i *>(at - 1)), _mm256_set1_epi32(1));
    __m512d values;
    const __mmask8 good = numbers::read_eight<T>(base, begins, ends, group.numbers, values);
    if (group.neighbours) {
        put(scan.value(group.slot), good, values);
    } else {
        T each[8];
        put(each, good, values);
        for (unsigned left = good; left != 0; left &= left - 1) {
            const int n = std::countr_zero(left);
            *scan.value(scan.plan.slots[group.first + n]) = each[n];
        }
    }
    return good == group.numbers || read_group(scan, group, base, stops, group.numbers & ~good);
}

template <typename T> class PlainRows {
    Scan<T> &scan;
    std::vector<Group> wanted;
    std::unique_ptr<fields::Ends> ends;

  public:
    explicit PlainRows(Scan<T> &scan) : scan(scan) {
        if (!vectors::avx512(scan.plan.portable)) return;
        wanted = groups(scan.plan);
        ends = std::make_unique_for_overwrite<fields::Ends>();
        ends->begin = ends->end = scan.buffer;
    }

    // Reads the row at the cursor if it is plain and its numbers are valid. Otherwise does not advance: the
    // row may have quotes, be blank, be invalid, or continue beyond the buffer.
    bool row() {
        // The eight bytes before every field end must be in the buffer.
        if (!ends || scan.c.p < scan.buffer + 8) return false;
        ends->seek(scan.c.p);
        const bool listed = scan.c.p < ends->end && (ends->quoted || ends->stop + fields() <= ends->stops);
        if (!listed && ends->begin != scan.c.p)
            ends->list(scan.c.p, size_t(scan.c.end - scan.c.p), scan.plan.delimiter);
        return !ends->quoted && listed_row();
    }

  private:
    size_t fields() const { return size_t(scan.plan.fields); }

    AVX512 bool listed_row() {
        if (ends->stop + fields() > ends->stops || ends->line == ends->lines) return false;
        uint32_t *stops = ends->all() + ends->stop;
        const uint32_t line = ends->line_ends[ends->line];
        if (stops[fields() - 1] != line) return false;
        const char *begin = scan.c.p, *end = ends->begin + line;
        // Possibly a blank line.
        if (*begin == '\n' || *begin == '\r' || *begin == ' ' || *begin == '\t') return false;
        // A store followed by a vector load of the same bytes stalls, so a number is stored only if it is not
        // in place already.
        const uint32_t before = uint32_t(begin - ends->begin) - 1;
        if (stops[-1] != before) stops[-1] = before;
        const bool carriage = end[-1] == '\r' && (fields() == 1 || stops[fields() - 2] + 1 < line);
        if (carriage) --stops[fields() - 1];
        const bool good = read_fields(stops);
        if (carriage) ++stops[fields() - 1];
        if (!good) return false;
        ends->stop += fields();
        ++ends->line;
        scan.c.p = end + 1;
        ++scan.c.lines;
        scan.take(size_t(begin - scan.buffer), size_t(end - scan.buffer) - carriage);
        return true;
    }

    AVX512 inline bool read_fields(const uint32_t *stops) {
        const size_t base = size_t(ends->begin - scan.buffer);
        for (const Group &group : wanted) {
            if (group.numbers != 0 && !read_numbers(scan, group, ends->begin, stops)) return false;
            for (unsigned left = group.texts; left != 0; left &= left - 1) {
                const int32_t field = group.first + std::countr_zero(left);
                scan.text(scan.plan.slots[field]) = {
                    base + uint32_t(stops[field - 1] + 1), base + stops[field]};
            }
        }
        return true;
    }
};

} // namespace csv
#endif
