#include "numbers.hpp"

#include <charconv>
#include <cmath>
#include <initializer_list>
#include <string_view>

namespace numbers {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void trim(const char *&begin, const char *&end) {
    while (begin < end && is_blank(*begin)) ++begin;
    while (begin < end && is_blank(end[-1])) --end;
}

// Removes the quotes of a quoted field, which begin with its first byte.
void unquote(const char *&begin, const char *&end) {
    if (end - begin >= 2 && *begin == '"' && end[-1] == '"') ++begin, --end;
}

// For a number out of range according to from_chars: returns true for overflow, false for underflow.
bool is_large(const char *p, const char *end) {
    long exponent = 0;
    bool point = false, leading = true;
    if (p < end && *p == '-') ++p;
    for (; p < end && (is_digit(*p) || *p == '.'); ++p) {
        if (*p == '.') {
            point = true;
        } else if (leading && *p == '0') {
            exponent -= point;
        } else {
            leading = false;
            exponent += !point;
        }
    }
    if (p < end) {
        ++p;
        const bool negative = p < end && *p == '-';
        if (p < end && (*p == '-' || *p == '+')) ++p;
        long written = 0;
        for (; p < end && is_digit(*p); ++p)
            if (written < 100'000'000'000) written = written * 10 + (*p - '0');
        exponent += negative ? -written : written;
    }
    return exponent > 0;
}

bool same_word(const char *begin, const char *end, const char *lower) {
    for (; begin < end && *lower; ++begin, ++lower)
        if ((*begin >= 'A' && *begin <= 'Z' ? *begin + 32 : *begin) != *lower) return false;
    return begin == end && !*lower;
}

// The first characters of the words below.
bool begins_missing(char first) { return std::string_view("#-1<Nn").find(first) != std::string_view::npos; }

// The list of pandas.
bool missing(const char *begin, const char *end) {
    if (begin == end) return true;
    const std::string_view field(begin, size_t(end - begin));
    if (field.size() > 8) return false;
    if (!begins_missing(field.front())) return false;
    for (const std::string_view word :
         {"#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
          "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"})
        if (field == word) return true;
    return false;
}

template <typename T> size_t write(T value, char *text) {
    // Uses fixed notation if it is short, otherwise the shorter notation. The digits of a number are the
    // fewest that distinguish it from its neighbours.
    const auto size = std::abs(value);
    const bool plain = value == 0 || (size >= T(1e-5) && size < T(1e15));
    const auto end = text + cn_number_length;
    const auto done = plain ? std::to_chars(text, end, value, std::chars_format::fixed)
                            : std::to_chars(text, end, value);
    return static_cast<size_t>(done.ptr - text);
}

} // namespace

template <typename T> cn_outcome read(const char *begin, const char *end, T &value) {
    unquote(begin, end);
    if (missing(begin, end)) return cn_missing;
    if (same_word(begin, end, "true")) return value = 1, cn_boolean;
    if (same_word(begin, end, "false")) return value = 0, cn_boolean;
    trim(begin, end);
    if (begin == end) return cn_missing;
    if (quick(begin, end, value) == end) return cn_number;
    if (*begin == '+' && end - begin > 1 && (is_digit(begin[1]) || begin[1] == '.')) ++begin;
    // A float is a double rounded once more, as where pandas reads a table for Keras.
    double found = 0;
    const auto [rest, error] = std::from_chars(begin, end, found);
    if (rest != end || error == std::errc::invalid_argument) return cn_text;
    if (error == std::errc::result_out_of_range) {
        if (is_large(begin, end)) return cn_too_large;
        found = *begin == '-' ? -0.0 : 0.0;
    }
    if (!std::isfinite(found)) return cn_not_finite;
    if (!std::isfinite(static_cast<T>(found))) return cn_too_large;
    value = static_cast<T>(found);
    return cn_number;
}

template cn_outcome read<float>(const char *, const char *, float &);
template cn_outcome read<double>(const char *, const char *, double &);

} // namespace numbers

cn_outcome cn_read_double(const char *text, size_t length, double *value) {
    return numbers::read(text, text + length, *value);
}

cn_outcome cn_read_float(const char *text, size_t length, float *value) {
    return numbers::read(text, text + length, *value);
}

bool cn_is_missing(const char *text, size_t length) {
    const char *end = text + length;
    numbers::unquote(text, end);
    return numbers::missing(text, end);
}

bool cn_begins_missing(char first) { return numbers::begins_missing(first); }

size_t cn_write_double(double value, char *text) { return numbers::write(value, text); }
size_t cn_write_float(float value, char *text) {
    const auto size = std::abs(value);
    if (size >= 1e-5f && size < 1e15f)
        if (const char *end = numbers::write_shortest(value, text)) return static_cast<size_t>(end - text);
    return numbers::write(value, text);
}
