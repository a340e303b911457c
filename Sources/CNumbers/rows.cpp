// Writes rows of a table with additional columns.
#include "numbers.hpp"

#include <cstring>

namespace {

// Copies in steps of 32 bytes and may write past the end, which is faster than a memcpy call for a few dozen
// bytes.
inline char *copy(char *to, const char *from, size_t count, const char *end) {
    if (size_t(end - from) < count + 32) {
        std::memcpy(to, from, count);
    } else {
        for (size_t at = 0; at < count; at += 32) std::memcpy(to + at, from + at, 32);
    }
    return to + count;
}

} // namespace

int64_t cn_fields_size(const char *buffer, const cn_range *fields, size_t count, size_t step) {
    int64_t sum = 0;
    for (size_t n = 0; n < count; ++n) {
        const cn_range field = fields[n * step];
        if (field.begin < field.end && buffer[field.begin] == '"') return -1;
        sum += int64_t(field.end - field.begin);
    }
    return sum;
}

void cn_fields_copy(
    const char *buffer, size_t size, const cn_range *fields, size_t count, size_t step, char *out, int64_t *ends) {
    char *p = out;
    for (size_t n = 0; n < count; ++n) {
        const cn_range field = fields[n * step];
        p = copy(p, buffer + field.begin, field.end - field.begin, buffer + size);
        ends[n] = p - out;
    }
}

size_t cn_csv_write_rows(
    char delimiter, const char *buffer, size_t size, const cn_range *rows, size_t count,
    const cn_csv_additions *additions, char *out) {
    const cn_csv_additions &a = *additions;
    const float *numbers = a.numbers;
    const int32_t *labels = a.labels;
    char *p = out;
    for (size_t row = 0; row < count; ++row) {
        p = copy(p, buffer + rows[row].begin, rows[row].end - rows[row].begin, buffer + size);
        for (size_t n = 0; n < a.column_count; ++n) {
            if (n > 0 || !a.alone) *p++ = delimiter;
            const int32_t column = a.columns[n];
            if (column >= 0) {
                p += cn_write_float(numbers[column], p);
            } else {
                const cn_range text = a.text_places[labels[-1 - column]];
                p = copy(p, a.texts + text.begin, text.end - text.begin, a.texts + text.end + 32);
            }
        }
        // The line end is that of the row; the last row may have none.
        const size_t end = rows[row].end;
        if (end < size && buffer[end] == '\r') *p++ = '\r';
        if (end < size) *p++ = '\n';
        numbers += a.number_count;
        labels += a.label_count;
    }
    return size_t(p - out);
}
