// Finds the field ends of plain text: a block of a table is searched once with vector instructions, and its
// delimiters and line ends are listed. Rows are then read from the lists.
#pragma once
#include <cstddef>
#include <cstdint>

namespace fields {

// The number of bytes listed at once. Large enough that few rows are cut off at the end, small enough for the
// first-level cache.
inline constexpr size_t window = 4096;

struct Ends {
    const char *begin = nullptr, *end = nullptr; // the listed bytes
    bool quoted = false;                         // true if they contain a quote, so that a listed position may be text
    size_t stops = 0, lines = 0;                 // numbers of listed positions
    size_t stop = 0, line = 0;                   // indices of the next ones
    // Positions relative to `begin`: line ends, and all stops (delimiters and line ends) from places[before].
    // Some positions after the listed ones are written and read, for the stops also before them.
    static constexpr size_t before = 16;
    uint32_t line_ends[window + 32];
    uint32_t places[before + window + 32];

    uint32_t *all() { return places + before; }

    // Lists [begin, begin + min(size, window)).
    void list(const char *begin, size_t size, char delimiter);

    // Skips everything before p.
    void seek(const char *p) {
        const size_t place = size_t(p - begin);
        while (stop < stops && all()[stop] < place) ++stop;
        while (line < lines && line_ends[line] < place) ++line;
    }
};

} // namespace fields
