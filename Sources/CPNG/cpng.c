#include "cpng.h"

#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// The state that must survive a longjmp, which local variables do not.
typedef struct {
    jmp_buf stop;
    char *message;
    const uint8_t *file;
    size_t size, used;
    bool ended;
    png_structp png;
    png_infop info;
    uint8_t *rows; // from libpng: one row, or the whole picture if it is interlaced
    uint8_t *pixels;
    uint32_t side;  // of the scaled picture; 0: not scaled
    uint32_t *sums; // one row of the scaled picture: colours times opacity, and opacity
} Reader;

static void fail(png_structp png, png_const_charp message) {
    Reader *reader = png_get_error_ptr(png);
    strncpy(reader->message, message, sizeof((cpng_picture *)0)->message - 1);
    longjmp(reader->stop, 1);
}

static void ignore(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void take(png_structp png, png_bytep out, size_t count) {
    Reader *reader = png_get_io_ptr(png);
    if (count > reader->size - reader->used) {
        reader->ended = true;
        png_error(png, "the file ends too early");
    }
    memcpy(out, reader->file + reader->used, count);
    reader->used += count;
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

// Adds a row of the full picture to the sums of its blocks, `factor` pixels wide.
static void add_row(const uint8_t *in, int from, size_t width, size_t factor, uint32_t *sums) {
    const bool colour = from >= 3, alpha = from == 2 || from == 4;
    for (size_t left = 0; left < width; left += factor, sums += 4) {
        const size_t end = left + factor < width ? left + factor : width;
        uint32_t red = 0, green = 0, blue = 0, opacity = 0;
        if (!alpha && !colour) {
            for (size_t x = left; x < end; x++) red += in[x];
            red *= 255, green = blue = red, opacity = 255 * (uint32_t)(end - left);
        } else if (!alpha) {
            for (const uint8_t *p = in + left * 3; p < in + end * 3; p += 3) red += p[0], green += p[1], blue += p[2];
            red *= 255, green *= 255, blue *= 255, opacity = 255 * (uint32_t)(end - left);
        } else {
            for (size_t x = left; x < end; x++) {
                const uint8_t *p = in + x * (size_t)from;
                const uint32_t a = p[from - 1];
                red += p[0] * a, green += p[colour ? 1 : 0] * a, blue += p[colour ? 2 : 0] * a, opacity += a;
            }
        }
        sums[0] += red, sums[1] += green, sums[2] += blue, sums[3] += opacity;
    }
}

// Writes the means of a row of blocks, each `rows` pixels high, and clears the sums.
static void finish_row(uint32_t *sums, size_t width, size_t factor, size_t rows, uint8_t *out) {
    for (size_t left = 0; left < width; left += factor, sums += 4, out += 4) {
        const size_t columns = left + factor < width ? factor : width - left;
        const uint32_t opacity = sums[3], weight = opacity ? opacity : 1, count = (uint32_t)(columns * rows);
        for (int i = 0; i < 3; i++) out[i] = (uint8_t)((sums[i] + (uint64_t)weight / 2) / weight);
        out[3] = (uint8_t)((opacity + count / 2) / count);
        memset(sums, 0, 4 * sizeof *sums);
    }
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
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    const int from = png_get_channels(png, info);
    const size_t stride = png_get_rowbytes(png, info);
    if (png_get_bit_depth(png, info) != 8 || stride != width * (size_t)from) png_error(png, "odd row size");

    const size_t longest = width > height ? width : height;
    // A block's sums fit 32 bits as long as a block has at most 2^16 pixels: 255 · 255 · 2^16 < 2^32.
    const size_t factor = reader->side ? (longest + reader->side - 1) / reader->side : 1;
    const size_t columns = (width + factor - 1) / factor, lines = (height + factor - 1) / factor;
    reader->rows = malloc(passes > 1 ? stride * height : stride);
    reader->pixels = malloc(columns * lines * (size_t)channels);
    reader->sums = factor > 1 ? calloc(columns * 4, sizeof *reader->sums) : NULL;
    if (reader->rows == NULL || reader->pixels == NULL || (factor > 1 && reader->sums == NULL) || factor > 256)
        png_error(png, "out of memory");
    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < height; y++) {
            uint8_t *row = passes > 1 ? reader->rows + y * stride : reader->rows;
            png_read_row(png, row, NULL);
            if (pass + 1 < passes) continue;
            if (factor == 1) {
                convert(row, from, reader->pixels + y * width * (size_t)channels, channels, width);
                continue;
            }
            add_row(row, from, width, factor, reader->sums);
            if ((y + 1) % factor == 0 || y + 1 == height)
                finish_row(
                    reader->sums, width, factor, y % factor + 1, reader->pixels + y / factor * columns * 4);
        }
    }
    png_read_end(png, NULL);
    picture->width = (uint32_t)columns;
    picture->height = (uint32_t)lines;
    picture->pixels = reader->pixels;
    reader->pixels = NULL;
}

static enum cpng_status read_scaled(
    const uint8_t *file, size_t size, int channels, uint32_t side, cpng_picture *picture) {
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
    reader->file = file, reader->size = size, reader->message = picture->message, reader->side = side;
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
    } else if (reader->ended) {
        status = cpng_truncated;
    }
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    free(reader->rows);
    free(reader->pixels);
    free(reader->sums);
    free(reader);
    return status;
}

enum cpng_status cpng_read(const uint8_t *file, size_t size, int channels, cpng_picture *picture) {
    return read_scaled(file, size, channels, 0, picture);
}

enum cpng_status cpng_read_small(const uint8_t *file, size_t size, uint32_t side, cpng_picture *picture) {
    return read_scaled(file, size, 4, side, picture);
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
