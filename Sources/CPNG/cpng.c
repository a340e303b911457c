#include "cpng.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Of a file that is read in pieces.
enum { piece = 65536, most_bytes = 1 << 29 };

// The state that must survive a longjmp, which local variables do not.
typedef struct {
    jmp_buf stop;
    char *message;
    const uint8_t *file; // what is in memory: the whole file, or its last piece
    size_t size, used, total;
    int descriptor; // of the file's rest; -1: all is in memory
    int error;      // errno of reading
    bool ended;
    png_structp png;
    png_infop info;
    uint8_t *rows; // from libpng: one row, or the whole picture if it is interlaced
    uint8_t *pixels;
    uint32_t side;    // of the scaled picture; 0: not scaled
    uint32_t *sums;   // of each block of pixels: colours times opacity, and opacity
    uint16_t *opaque; // of each column: the colours in the opaque rows since the last block
    uint8_t buffer[piece];
} Reader;

static void fail(png_structp png, png_const_charp message) {
    Reader *reader = png_get_error_ptr(png);
    strncpy(reader->message, message, sizeof((cpng_picture *)0)->message - 1);
    longjmp(reader->stop, 1);
}

static void ignore(png_structp png, png_const_charp message) { (void)png, (void)message; }

// Reads the next piece of the file. Returns false at its end.
static bool fill(Reader *reader) {
    if (reader->descriptor < 0) return false;
    ssize_t count;
    do count = read(reader->descriptor, reader->buffer, piece);
    while (count < 0 && errno == EINTR);
    if (count < 0) {
        reader->error = errno;
        png_error(reader->png, "reading failed");
    }
    reader->file = reader->buffer, reader->used = 0, reader->size = (size_t)count;
    reader->total += (size_t)count;
    if (reader->total > most_bytes) png_error(reader->png, "the file is larger than 512 MiB");
    return count > 0;
}

static void take(png_structp png, png_bytep out, size_t count) {
    Reader *reader = png_get_io_ptr(png);
    while (count > 0) {
        if (reader->used == reader->size && !fill(reader)) {
            reader->ended = true;
            png_error(png, "the file ends too early");
        }
        const size_t left = reader->size - reader->used, part = count < left ? count : left;
        memcpy(out, reader->file + reader->used, part);
        reader->used += part, out += part, count -= part;
    }
}

static uint32_t big_endian(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Blends with white, rounded.
static unsigned over_white(unsigned value, unsigned alpha) {
    return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}

static void convert(const uint8_t *in, int from, uint8_t *out, int to, size_t count) {
    const bool colour = from >= 3, alpha = from == 2 || from == 4;
    for (size_t i = 0; i < count; i++, in += from, out += to) {
        unsigned red = in[0], green = colour ? in[1] : red, blue = colour ? in[2] : red;
        if (to == 4) {
            out[0] = (uint8_t)red, out[1] = (uint8_t)green, out[2] = (uint8_t)blue;
            out[3] = alpha ? in[from - 1] : 255;
            continue;
        }
        if (alpha) {
            const unsigned opacity = in[from - 1];
            red = over_white(red, opacity);
            green = over_white(green, opacity);
            blue = over_white(blue, opacity);
        }
        if (to == 3) {
            out[0] = (uint8_t)red, out[1] = (uint8_t)green, out[2] = (uint8_t)blue;
        } else {
            // ITU-R BT.601 in 16-bit fixed point, as Pillow's "L".
            out[0] = (uint8_t)((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
        }
    }
}

// Adds pixels of one row to the sums of their blocks. They lie in the columns `first`, `first` + `step` …
static void add_pixels(
    const uint8_t *in, int from, size_t count, size_t first, size_t step, size_t factor, uint32_t *sums) {
    const bool colour = from >= 3, alpha = from == 2 || from == 4;
    size_t end = factor; // of the block, in columns
    for (size_t i = 0, x = first; i < count; i++, x += step, in += from) {
        while (x >= end) end += factor, sums += 4;
        const uint32_t a = alpha ? in[from - 1] : 255;
        sums[0] += in[0] * a, sums[1] += in[colour ? 1 : 0] * a, sums[2] += in[colour ? 2 : 0] * a, sums[3] += a;
    }
}

static bool is_opaque(const uint8_t *in, int from, size_t width) {
    if (from == 1 || from == 3) return true;
    unsigned all = 255;
    for (size_t x = 0; x < width; x++) all &= in[x * (size_t)from + (size_t)from - 1];
    return all == 255;
}

// Adds what the opaque rows of a row of blocks have in each column to the blocks' sums, and clears it.
static void add_opaque(uint16_t *columns, int from, size_t width, size_t factor, size_t rows, uint32_t *sums) {
    const bool colour = from >= 3;
    for (size_t left = 0; left < width; left += factor, sums += 4) {
        const size_t end = left + factor < width ? left + factor : width;
        uint32_t red = 0, green = 0, blue = 0;
        for (const uint16_t *p = columns + left * (size_t)from; p < columns + end * (size_t)from; p += from)
            red += p[0], green += p[colour ? 1 : 0], blue += p[colour ? 2 : 0];
        sums[0] += red * 255, sums[1] += green * 255, sums[2] += blue * 255;
        sums[3] += 255 * (uint32_t)((end - left) * rows);
    }
    memset(columns, 0, width * (size_t)from * sizeof *columns);
}

// Writes the means of a row of blocks, each `rows` pixels high.
static void write_means(const uint32_t *sums, size_t width, size_t factor, size_t rows, uint8_t *out) {
    for (size_t left = 0; left < width; left += factor, sums += 4, out += 4) {
        const size_t columns = left + factor < width ? factor : width - left;
        const uint32_t opacity = sums[3], weight = opacity ? opacity : 1, count = (uint32_t)(columns * rows);
        for (int i = 0; i < 3; i++) out[i] = (uint8_t)((sums[i] + (uint64_t)weight / 2) / weight);
        out[3] = (uint8_t)((opacity + count / 2) / count);
    }
}

// Reads the picture scaled down by a whole number. The passes of an interlaced picture are added as they come, so that the full
// picture is never in memory.
static void decode_scaled(Reader *reader, size_t width, size_t height, int from, size_t factor, bool interlaced) {
    const size_t columns = (width + factor - 1) / factor, stride = width * (size_t)from;
    reader->opaque = calloc(stride, sizeof *reader->opaque);
    reader->sums = calloc(columns * ((height + factor - 1) / factor) * 4, sizeof *reader->sums);
    // Sums of a column fit 16 bits, and those of a block, 255 · 255 · 2^16 at most, fit 32.
    if (reader->opaque == NULL || reader->sums == NULL || factor > 256) png_error(reader->png, "out of memory");
    size_t opaque = 0;
    for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); pass++) {
        const size_t first = interlaced ? PNG_PASS_START_COL(pass) : 0, step = interlaced ? PNG_PASS_COL_OFFSET(pass) : 1;
        const size_t top = interlaced ? PNG_PASS_START_ROW(pass) : 0, down = interlaced ? PNG_PASS_ROW_OFFSET(pass) : 1;
        // libpng leaves out passes without pixels.
        if (first >= width) continue;
        for (size_t y = top; y < height; y += down) {
            png_read_row(reader->png, reader->rows, NULL);
            uint32_t *sums = reader->sums + y / factor * columns * 4;
            if (interlaced || !is_opaque(reader->rows, from, width)) {
                add_pixels(reader->rows, from, (width - first + step - 1) / step, first, step, factor, sums);
            } else {
                opaque++;
                for (size_t i = 0; i < stride; i++) reader->opaque[i] += reader->rows[i];
            }
            if (opaque > 0 && ((y + 1) % factor == 0 || y + 1 == height)) {
                add_opaque(reader->opaque, from, width, factor, opaque, sums);
                opaque = 0;
            }
        }
    }
    for (size_t y = 0; y < height; y += factor)
        write_means(
            reader->sums + y / factor * columns * 4, width, factor, y + factor < height ? factor : height - y,
            reader->pixels + y / factor * columns * 4);
}

static void decode(Reader *reader, int channels, cpng_picture *picture) {
    png_structp png = reader->png;
    png_infop info = reader->info;
    png_set_read_fn(png, reader, take);
    png_set_user_limits(png, cpng_max_side, cpng_max_side);
    png_set_chunk_cache_max(png, 100);
    png_set_chunk_malloc_max(png, 8000000);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_read_info(png, info);

    png_set_expand(png); // expands palettes, fewer than 8 bits and a transparent colour
    png_set_scale_16(png);
    const size_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    const size_t longest = width > height ? width : height;
    const size_t factor = reader->side ? (longest + reader->side - 1) / reader->side : 1;
    const bool interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
    const int passes = factor == 1 ? png_set_interlace_handling(png) : 1;
    png_read_update_info(png, info);
    const int from = png_get_channels(png, info);
    const size_t stride = png_get_rowbytes(png, info);
    if (png_get_bit_depth(png, info) != 8 || stride != width * (size_t)from) png_error(png, "odd row size");

    const size_t columns = (width + factor - 1) / factor, lines = (height + factor - 1) / factor;
    reader->rows = malloc(passes > 1 ? stride * height : stride);
    reader->pixels = malloc(columns * lines * (size_t)channels);
    if (reader->rows == NULL || reader->pixels == NULL) png_error(png, "out of memory");
    if (factor > 1) decode_scaled(reader, width, height, from, factor, interlaced);
    for (int pass = 0; factor == 1 && pass < passes; pass++) {
        for (size_t y = 0; y < height; y++) {
            uint8_t *row = passes > 1 ? reader->rows + y * stride : reader->rows;
            png_read_row(png, row, NULL);
            if (pass + 1 == passes)
                convert(row, from, reader->pixels + y * width * (size_t)channels, channels, width);
        }
    }
    // Chunks after the picture's data count too.
    png_read_end(png, info);
    png_uint_32 exif_size = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(png, info, &exif_size, &exif) != 0 && exif_size > 0) {
        picture->exif = malloc(exif_size);
        if (picture->exif == NULL) png_error(png, "out of memory");
        memcpy(picture->exif, exif, exif_size);
        picture->exif_size = exif_size;
    }
    picture->width = (uint32_t)columns;
    picture->height = (uint32_t)lines;
    picture->pixels = reader->pixels;
    reader->pixels = NULL;
}

static enum cpng_status read_scaled(
    const uint8_t *file, size_t size, int descriptor, int channels, uint32_t side, cpng_picture *picture) {
    memset(picture, 0, sizeof *picture);
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (size < 8 || memcmp(file, signature, 8) != 0) return cpng_not_png;
    if (size < 33) return cpng_truncated;
    if (memcmp(file + 12, "IHDR", 4) != 0) return cpng_not_png;

    // Checked here too, for a clearer error than libpng's "invalid IHDR data".
    picture->width = big_endian(file + 16), picture->height = big_endian(file + 20);
    if (picture->width == 0 || picture->height == 0) return cpng_empty;
    if (picture->width > cpng_max_side || picture->height > cpng_max_side ||
        (uint64_t)picture->width * picture->height > cpng_max_pixels)
        return cpng_too_large;

    Reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) return cpng_no_memory;
    reader->file = file, reader->size = reader->total = size, reader->descriptor = descriptor;
    reader->message = picture->message, reader->side = side;
    enum cpng_status status = cpng_damaged;
    if (setjmp(reader->stop) == 0) {
        reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail, ignore);
        if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
        if (reader->info != NULL) {
            decode(reader, channels, picture);
            status = cpng_ok;
        } else {
            status = cpng_no_memory;
        }
    } else if (reader->error != 0) {
        status = cpng_unreadable, picture->error = reader->error;
    } else if (reader->ended) {
        status = cpng_truncated;
    }
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    free(reader->rows);
    free(reader->pixels);
    free(reader->sums);
    free(reader->opaque);
    free(reader);
    return status;
}

enum cpng_status cpng_read(const uint8_t *file, size_t size, int channels, cpng_picture *picture) {
    return read_scaled(file, size, -1, channels, 0, picture);
}

enum cpng_status cpng_read_small(
    const uint8_t *file, size_t size, int descriptor, uint32_t side, cpng_picture *picture) {
    return read_scaled(file, size, descriptor, 4, side, picture);
}

typedef struct {
    jmp_buf stop;
    uint8_t *file;
    size_t size, room;
    png_structp png;
    png_infop info;
} Writer;

static void stop_writing(png_structp png, png_const_charp message) {
    (void)message;
    Writer *writer = png_get_error_ptr(png);
    longjmp(writer->stop, 1);
}

static void give(png_structp png, png_bytep bytes, size_t count) {
    Writer *writer = png_get_io_ptr(png);
    if (count > writer->room - writer->size) {
        const size_t room = (writer->size + count) * 2;
        uint8_t *larger = realloc(writer->file, room);
        if (larger == NULL) png_error(png, "out of memory");
        writer->file = larger, writer->room = room;
    }
    memcpy(writer->file + writer->size, bytes, count);
    writer->size += count;
}

static void flush(png_structp png) { (void)png; }

enum cpng_status cpng_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **file, size_t *size) {
    *file = NULL, *size = 0;
    Writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) return cpng_no_memory;
    enum cpng_status status = cpng_no_memory;
    if (setjmp(writer->stop) == 0) {
        writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, stop_writing, ignore);
        if (writer->png != NULL) writer->info = png_create_info_struct(writer->png);
        if (writer->info != NULL) {
            png_set_write_fn(writer->png, writer, give, flush);
            png_set_IHDR(
                writer->png, writer->info, width, height, 8,
                channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
            png_write_info(writer->png, writer->info);
            for (size_t y = 0; y < height; y++)
                png_write_row(writer->png, pixels + y * width * (size_t)channels);
            png_write_end(writer->png, NULL);
            *file = writer->file, *size = writer->size;
            writer->file = NULL;
            status = cpng_ok;
        }
    }
    png_destroy_write_struct(&writer->png, &writer->info);
    free(writer->file);
    free(writer);
    return status;
}

void cpng_free(void *memory) { free(memory); }
