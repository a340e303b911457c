// JPEG through libjpeg-turbo, with limits that apply before decoding. The library reports errors by calling back, which must
// leave by longjmp; Swift does not support that, so every call of it is in cjpeg.c.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum cjpeg_status {
    cjpeg_ok,
    cjpeg_not_jpeg,  // no start marker
    cjpeg_too_large, // beyond the limits below
    cjpeg_cmyk,      // colours for print, which need a profile
    cjpeg_truncated, // the file ends too early
    cjpeg_damaged,   // any other error or warning of the library; see message
    cjpeg_no_memory
};

enum { cjpeg_max_side = 20000, cjpeg_max_pixels = 50000000 };

typedef struct {
    uint32_t width, height;
    uint8_t *pixels;   // red, green, blue and 255 of each pixel, to be freed with cjpeg_free
    char message[200]; // the library's message
} cjpeg_picture;

/// Decodes a JPEG file in memory. With a `side` above 0 the picture is scaled down by an eighth to seven eighths while it is
/// decoded, as long as its longer side stays at least `side`.
enum cjpeg_status cjpeg_read(const uint8_t *file, size_t size, uint32_t side, cjpeg_picture *picture);

void cjpeg_free(void *memory);
