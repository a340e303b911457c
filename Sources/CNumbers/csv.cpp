// Scans rows of comma-separated text (RFC 4180, and the variants that spreadsheets write): quotes, "" and
// line ends within quotes, LF or CRLF, a last line with or without an end. Skips blank lines, as pandas does.
//
// This code reads any row byte by byte. On supported processors, plain_rows.hpp reads most rows faster.
#include "numbers.hpp"
#include "plain_rows.hpp"

#include <cstring>

using csv::Cursor, csv::Scan;

namespace {

// The terminator of a field.
enum class Stop { delimiter, line, buffer };

// The reason why a scan stopped: `more` means that more bytes are needed.
struct Fault {
    bool more = false;
    cn_csv_status status = cn_csv_ok;
};

// Advances over one field to the byte after its delimiter or line end, and returns its bytes, quotes
// included.
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
        while (delimiter != ' ' && p < c.end && *p == ' ') ++p;
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

// Skips a line of blanks only. Returns false for any other line.
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

// Reads one row of any kind. Returns false at an invalid row, or if the rest is not a complete row.
template <typename T> bool any_row(Scan<T> &scan) {
    const cn_csv_plan &plan = scan.plan;
    const char *const buffer = scan.buffer;
    Cursor c = scan.c;
    cn_csv_result &result = scan.result;
    T *const values = scan.values + result.rows * size_t(plan.numbers);
    const char delimiter = plan.delimiter;
    const size_t row_begin = size_t(c.p - buffer);
    size_t row_end = row_begin;
    Stop stop = Stop::delimiter;
    int32_t found = 0;
    for (; stop == Stop::delimiter; ++found) {
        const int32_t slot = found < plan.fields ? plan.slots[found] : -1;
        if (slot >= 0) {
            const char *q = numbers::quick(c.p, c.end, values[slot]);
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
            if (fault.more) return false;
            if (fault.status == cn_csv_open_quote) field = {size_t(c.p - buffer), size_t(c.end - buffer)};
            return scan.fail(fault.status, found, lines, field);
        }
        row_end = field.end;
        if (slot >= 0) {
            result.outcome = numbers::read(buffer + field.begin, buffer + field.end, values[slot]);
            if (result.outcome == cn_missing && plan.missing_as_nan) {
                values[slot] = T(__builtin_nan(""));
            } else if (result.outcome == cn_boolean) {
                ++scan.booleans[slot];
                ++result.booleans;
            } else if (result.outcome != cn_number) {
                // A wrong number of fields is the more likely error, so it is checked first.
                Cursor rest = c;
                int32_t count = found + 1;
                cn_range other;
                for (Stop at = stop; at == Stop::delimiter; ++count)
                    if (!pass(rest, delimiter, other, buffer, at, fault)) {
                        if (fault.more) return false;
                        count = plan.fields;
                        break;
                    }
                if (count != plan.fields) return scan.fail(cn_csv_fields, count, lines, field);
                return scan.fail(cn_csv_bad_number, found, lines, field);
            }
        } else if (slot <= -2) {
            scan.text(slot) = field;
        }
    }
    if (found != plan.fields) return scan.fail(cn_csv_fields, found, result.lines, {row_begin, row_end});
    scan.c = c;
    scan.take(row_begin, row_end);
    return true;
}

template <typename T> void run(Scan<T> &scan, size_t capacity) {
    Cursor &c = scan.c;
    const char delimiter = scan.plan.delimiter;
#if defined(__x86_64__)
    csv::PlainRows<T> plain(scan);
#endif
    while (scan.result.rows < capacity && c.p < c.end) {
#if defined(__x86_64__)
        if (plain.row()) continue;
#endif
        const char first = *c.p;
        if ((first == '\n' || first == '\r' || first == ' ' || first == '\t') && pass_blank_line(c, delimiter)) {
            scan.result.consumed = size_t(c.p - scan.buffer);
            scan.result.lines = c.lines;
        } else if (!any_row(scan)) {
            return;
        }
    }
}

template <typename T>
void scan(
    const cn_csv_plan &plan, const char *buffer, size_t size, bool last, size_t capacity, T *values,
    cn_range *texts, cn_range *rows, uint32_t *booleans, cn_csv_result &result) {
    result = {};
    csv::Scan<T> scan{plan, buffer, {buffer, buffer + size, last}, values, texts, rows, booleans, result};
    run(scan, capacity);
}

} // namespace

void cn_csv_scan(
    const cn_csv_plan *plan, const char *buffer, size_t size, bool last, size_t capacity, void *values,
    cn_range *texts, cn_range *rows, uint32_t *booleans, cn_csv_result *result) {
    const auto run = [&](auto *values) {
        scan(*plan, buffer, size, last, capacity, values, texts, rows, booleans, *result);
    };
    if (plan->wide)
        run(static_cast<double *>(values));
    else
        run(static_cast<float *>(values));
}

size_t cn_csv_whole_rows(char delimiter, const char *buffer, size_t size) {
    const char *end = buffer + size;
    while (end > buffer && end[-1] != '\n') --end;
    if (end == buffer || std::memchr(buffer, '"', size_t(end - buffer)) == nullptr) return size_t(end - buffer);
    Cursor c{buffer, buffer + size, false};
    size_t whole = 0;
    while (c.p < c.end) {
        cn_range field;
        Stop stop;
        Fault fault;
        if (!pass(c, delimiter, field, buffer, stop, fault)) return fault.more ? whole : size;
        if (stop == Stop::line) whole = size_t(c.p - buffer);
    }
    return whole;
}
