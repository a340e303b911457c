// Parsing and formatting of numbers, and rows of comma-separated text. These loops are in C++ for
// std::from_chars and std::to_chars: no locale, no allocation, correctly rounded.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The result of parsing a field as a number.
enum cn_outcome {
    cn_number,
    cn_missing,     // empty, or one of pandas' words for a missing value
    cn_not_finite,  // inf and similar words
    cn_too_large,   // a number, but beyond the type's range
    cn_boolean,     // true or false in any case; the value is 1 or 0
    cn_text
};

/// Parses [text, text + length) as one decimal number. Blanks around it, one pair of quotes from the first
/// byte on and a leading plus are allowed. `value` is the nearest double (ties to even), a float that double
/// rounded again, as in pandas; it is set only for cn_number and cn_boolean.
enum cn_outcome cn_read_double(const char *text, size_t length, double *value);
enum cn_outcome cn_read_float(const char *text, size_t length, float *value);

/// Returns true for an empty field and for the words that pandas reads as a missing value: NA, NaN, null …
bool cn_is_missing(const char *text, size_t length);
/// Returns true if one of those words begins so.
bool cn_begins_missing(char first);

/// Writes the shortest decimal text that reads back as the same number. Returns its length, at most
/// cn_number_length.
enum { cn_number_length = 32 };
size_t cn_write_double(double value, char *text);
size_t cn_write_float(float value, char *text);

/// Bytes [begin, end) of a buffer.
typedef struct {
    size_t begin, end;
} cn_range;

/// Returns the bytes of `count` fields, `step` apart in `fields`, taken together; -1 if one begins with a quote.
int64_t cn_fields_size(const char *buffer, const cn_range *fields, size_t count, size_t step);
/// Writes those fields one behind the other, and where each ends. `out` has room for 32 bytes more.
void cn_fields_copy(
    const char *buffer, size_t size, const cn_range *fields, size_t count, size_t step, char *out, int64_t *ends);

/// The columns to read. The slot of a field is its action: n >= 0 is number column n; -1 is skipped after a
/// check of its quotes; -2 - n is text column n.
typedef struct {
    char delimiter;
    bool wide;           // numbers are double, else float
    bool missing_as_nan; // otherwise a missing value stops the scan
    bool portable;       // use only baseline vector instructions (to compare the two)
    int32_t fields, numbers, texts;
    const int32_t *slots; // [fields]
} cn_csv_plan;

enum cn_csv_status {
    cn_csv_ok,
    cn_csv_bad_number,       // place: the field; outcome: the reason
    cn_csv_fields,           // field: the row's number of fields
    cn_csv_after_quote,      // text between a closing quote and the delimiter
    cn_csv_open_quote        // the data end within quotes
};

typedef struct {
    size_t rows;     // rows written
    size_t consumed; // bytes of the buffer read, including blank lines
    size_t lines;    // line ends in those bytes
    enum cn_csv_status status;
    enum cn_outcome outcome;
    int32_t field;   // where the scan ended, counted from 0
    size_t lines_to_error; // line ends before the field
    cn_range place;
    size_t booleans; // fields of number columns with true or false
} cn_csv_result;

/// Reads complete rows from the buffer until `capacity` rows are written, the buffer ends within a row, or a
/// row is invalid. `last` means that no bytes follow the buffer. Outputs are row-major: values [capacity,
/// numbers] of the plan's type, texts [capacity, texts] (the bytes of a field, quotes included), rows
/// [capacity] (without line ends). Adds to booleans [numbers] the number of true and false in each column.
void cn_csv_scan(
    const cn_csv_plan *plan, const char *buffer, size_t size, bool last, size_t capacity, void *values,
    cn_range *texts, cn_range *rows, uint32_t *booleans, cn_csv_result *result);

/// Returns the number of bytes that are complete rows, valid or not. Returns all bytes if a quote is invalid;
/// the scan then reports it.
size_t cn_csv_whole_rows(char delimiter, const char *buffer, size_t size);

/// Kinds of bytes that need a closer look.
enum { cn_not_ascii = 1, cn_nul = 2, cn_bare_return = 4 };

/// Returns the kinds that occur. A carriage return is bare if another byte than a line feed follows it in the
/// buffer.
int cn_text_kinds(const char *buffer, size_t size);

/// Returns the position of the first byte that is NUL or no UTF-8, or `size` if there is none.
size_t cn_first_invalid(const char *buffer, size_t size);

/// Rewrites complete rows in place, and returns the new size: removes comments (from an unquoted `comment` to
/// the end of the line; 0: none), replaces bare carriage returns outside of quotes by line feeds, and with
/// `blanks` writes each run of blanks and tabs outside of quotes as one blank, none at the ends of a line. An
/// incomplete row at the end is kept as it is, unless `last` is true.
size_t cn_csv_normalize(
    char delimiter, char comment, bool blanks, char *buffer, size_t size, bool last);

/// The columns appended to each row. A column n >= 0 is number n of the row, -1 - n is the text of the row's
/// label n.
typedef struct {
    const int32_t *columns;
    size_t column_count;
    const float *numbers;  // [rows, number_count]
    size_t number_count;
    const int32_t *labels; // [rows, label_count], each the index of a text
    size_t label_count;
    const char *texts;     // 32 bytes longer than its last text
    const cn_range *text_places;
    bool alone;            // the rows have no other columns: no delimiter before the first one
} cn_csv_additions;

/// Writes rows of the buffer [0, size) with the appended columns and line ends, and returns the number of
/// bytes. `out` must have room for the rows, for column_count + 1 delimiters and line ends per row, for
/// cn_number_length per number or the text of each label, and for 64 more bytes.
size_t cn_csv_write_rows(
    char delimiter, const char *buffer, size_t size, const cn_range *rows, size_t count,
    const cn_csv_additions *additions, char *out);

#ifdef __cplusplus
}
#endif
