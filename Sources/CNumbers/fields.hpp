// Where the fields of plain text end: a stretch of a table is looked through once with vectors, and its delimiters
// and line ends are listed. Rows are then read by those lists, without looking at each byte again.
#pragma once
#include <cstddef>
#include <cstdint>

namespace fields {

// Bytes that are listed at once. Long enough for the rows cut off at its end to be few, and in the first-level cache.
inline constexpr size_t window = 4096;

struct Ends {
    const char *begin = nullptr, *end = nullptr; // of the listed bytes
    bool quoted = false;                         // a quote is among them, so the lists may hold what is text
    size_t stops = 0, lines = 0;                 // how many are listed
    size_t stop = 0, line = 0;                   // the next ones
    // Places from `begin` on: of line ends, and of all stops (delimiters and line ends) from places[before] on. Both
    // are written and read some places beyond what is listed, the second also before it.
    static constexpr size_t before = 16;
    uint32_t line_ends[window + 32];
    uint32_t places[before + window + 32];

    uint32_t *all() { return places + before; }

    // Lists [begin, begin + min(size, window)).
    void list(const char *begin, size_t size, char delimiter);

    // Passes over what lies before p.
    void seek(const char *p) {
        const size_t place = size_t(p - begin);
        while (stop < stops && all()[stop] < place) ++stop;
        while (line < lines && line_ends[line] < place) ++line;
    }
};

} // namespace fields
