// Rows of comma-separated text (RFC 4180, and what spreadsheets make of it): quotes, "" within them, line ends
// within them, LF or CRLF, a last line with or without an end. Blank lines are passed over, as pandas does.
#include "numbers.hpp"

namespace {

// What ended a field.
enum class Stop { delimiter, line, buffer };

struct Cursor {
    const char *p, *end;
    bool last;
    size_t lines = 0; // line ends passed
};

// A scan that cannot go on: `more` where only bytes are wanting.
struct Fault {
    bool more = false;
    cn_csv_status status = cn_csv_ok;
};

// Moves over one field to the byte after its delimiter or line end, and gives its bytes, quotes included.
bool pass(Cursor &c, char delimiter, cn_range &field, const char *buffer, Stop &stop, Fault &fault) {
    const char *p = c.p;
    const char *begin = p;
    if (p < c.end && *p == '"') {
        for (++p;; ++p) {
            if (p == c.end) {
                fault = {!c.last, cn_csv_open_quote};
                return false;
            }
            if (*p == '\n') ++c.lines;
            if (*p != '"') continue;
            if (p + 1 < c.end && p[1] == '"') {
                ++p;
            } else {
                ++p;
                break;
            }
        }
        const char *closed = p;
        while (p < c.end && *p == ' ') ++p;
        const bool ends = p == c.end || *p == delimiter || *p == '\n' ||
                          (*p == '\r' && (p + 1 == c.end || p[1] == '\n'));
        if (!ends) {
            field = {size_t(begin - buffer), size_t(p - buffer)};
            fault = {false, cn_csv_after_quote};
            return false;
        }
        if (p < c.end && *p == '\r') ++p;
        field = {size_t(begin - buffer), size_t(closed - buffer)};
    } else {
        while (p < c.end && *p != delimiter && *p != '\n') ++p;
        const char *close = p;
        if (close > begin && close[-1] == '\r' && (p == c.end || *p == '\n')) --close;
        field = {size_t(begin - buffer), size_t(close - buffer)};
    }
    if (p == c.end) {
        if (!c.last) {
            fault = {true, cn_csv_ok};
            return false;
        }
        stop = Stop::buffer;
        c.p = p;
        return true;
    }
    stop = *p == delimiter ? Stop::delimiter : Stop::line;
    c.lines += stop == Stop::line;
    c.p = p + 1;
    return true;
}

// Moves over a line with nothing but blanks. False where there is something to read.
bool pass_blank_line(Cursor &c, char delimiter) {
    const char *p = c.p;
    while (p < c.end && (*p == ' ' || *p == '\t') && *p != delimiter) ++p;
    if (p < c.end && *p == '\r') ++p;
    if (p == c.end) {
        if (c.last) c.p = p;
        return c.last;
    }
    if (*p != '\n') return false;
    c.p = p + 1;
    ++c.lines;
    return true;
}

template <typename T>
void scan(
    const cn_csv_plan &plan, const char *buffer, size_t size, bool last, size_t capacity, T *values,
    cn_range *texts, cn_range *rows, cn_csv_result &result) {
    result = {};
    Cursor c{buffer, buffer + size, last};
    const char delimiter = plan.delimiter;
    const auto fail = [&](cn_csv_status status, int32_t field, size_t lines, cn_range place) {
        result.status = status;
        result.field = field;
        result.lines_to_error = lines;
        result.place = place;
    };

    while (result.rows < capacity && c.p < c.end) {
        if ((*c.p == '\n' || *c.p == '\r' || *c.p == ' ' || *c.p == '\t') && pass_blank_line(c, delimiter)) {
            result.consumed = size_t(c.p - buffer);
            result.lines = c.lines;
            continue;
        }
        const size_t row_begin = size_t(c.p - buffer);
        size_t row_end = row_begin;
        Stop stop = Stop::delimiter;
        int32_t found = 0;
        for (; stop == Stop::delimiter; ++found) {
            const int32_t slot = found < plan.fields ? plan.slots[found] : -1;
            if (slot >= 0) {
                T *value = values + result.rows * size_t(plan.numbers) + slot;
                const char *q = numbers::quick(c.p, c.end, *value);
                if (q != nullptr && q < c.end) {
                    if (*q == delimiter) {
                        c.p = q + 1;
                        continue;
                    }
                    if (*q == '\n' || (*q == '\r' && q + 1 < c.end && q[1] == '\n')) {
                        row_end = size_t(q - buffer);
                        c.p = q + 1 + (*q == '\r');
                        ++c.lines;
                        stop = Stop::line;
                        continue;
                    }
                }
            }
            cn_range field;
            Fault fault;
            const size_t lines = c.lines;
            if (!pass(c, delimiter, field, buffer, stop, fault)) {
                if (fault.more) return;
                if (fault.status == cn_csv_open_quote) field = {size_t(c.p - buffer), size};
                return fail(fault.status, found, lines, field);
            }
            row_end = field.end;
            if (slot >= 0) {
                T *value = values + result.rows * size_t(plan.numbers) + slot;
                result.outcome = numbers::read(buffer + field.begin, buffer + field.end, *value);
                if (result.outcome == cn_missing && plan.missing_as_nan) {
                    *value = T(__builtin_nan(""));
                } else if (result.outcome != cn_number) {
                    // A row with too few or too many fields is the likelier fault, so that is looked at first.
                    Cursor rest = c;
                    int32_t count = found + 1;
                    cn_range other;
                    for (Stop at = stop; at == Stop::delimiter; ++count)
                        if (!pass(rest, delimiter, other, buffer, at, fault)) {
                            if (fault.more) return;
                            count = plan.fields;
                            break;
                        }
                    if (count != plan.fields) return fail(cn_csv_fields, count, lines, field);
                    return fail(cn_csv_bad_number, found, lines, field);
                }
            } else if (slot <= -2) {
                texts[result.rows * size_t(plan.texts) + size_t(-2 - slot)] = field;
            }
        }
        if (found != plan.fields) {
            return fail(cn_csv_fields, found, result.lines, {row_begin, row_end});
        }
        rows[result.rows++] = {row_begin, row_end};
        result.consumed = size_t(c.p - buffer);
        result.lines = c.lines;
    }
}

} // namespace

void cn_csv_scan(
    const cn_csv_plan *plan, const char *buffer, size_t size, bool last, size_t capacity, void *values,
    cn_range *texts, cn_range *rows, cn_csv_result *result) {
    if (plan->wide)
        scan(*plan, buffer, size, last, capacity, static_cast<double *>(values), texts, rows, *result);
    else
        scan(*plan, buffer, size, last, capacity, static_cast<float *>(values), texts, rows, *result);
}
