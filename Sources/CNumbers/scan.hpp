// The state shared by the row readers: the position of a scan, and its outputs.
#pragma once
#include "cnumbers.h"

namespace csv {

struct Cursor {
    const char *p, *end;
    bool last;
    size_t lines = 0; // line ends read
};

// A scan in progress.
template <typename T> struct Scan {
    const cn_csv_plan &plan;
    const char *buffer;
    Cursor c;
    T *values;
    cn_range *texts, *rows;
    uint32_t *booleans;
    cn_csv_result &result;

    T *value(int32_t slot) { return values + result.rows * size_t(plan.numbers) + slot; }
    cn_range &text(int32_t slot) { return texts[result.rows * size_t(plan.texts) + size_t(-2 - slot)]; }

    bool fail(cn_csv_status status, int32_t field, size_t lines, cn_range place) {
        result.status = status;
        result.field = field;
        result.lines_to_error = lines;
        result.place = place;
        return false;
    }

    // Counts the row that ends before the cursor.
    void take(size_t begin, size_t end) {
        rows[result.rows++] = {begin, end};
        result.consumed = size_t(c.p - buffer);
        result.lines = c.lines;
    }

    bool any_row();
};

} // namespace csv
