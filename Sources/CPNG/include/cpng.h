// PNG through libpng's row API, with limits that apply before decoding. libpng reports errors by longjmp,
// which Swift does not support, so every libpng call is in cpng.c.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum cpng_status {
    cpng_ok,
    cpng_not_png,    // no signature or header chunk
    cpng_empty,      // a width or height of 0
    cpng_too_large,  // beyond the limits below
    cpng_truncated,  // the file ends too early
    cpng_unreadable, // reading the file failed; see error
    cpng_damaged,    // any other error of libpng; see message
    cpng_no_memory
};

enum { cpng_max_side = 20000, cpng_max_pixels = 50000000 };

typedef struct {
    uint32_t width, height;
    uint8_t *pixels;   // [height, width, channels], to be freed with cpng_free
    uint8_t *exif;     // the chunk eXIf, a TIFF structure, to be freed with cpng_free; NULL without one
    size_t exif_size;
    char message[160]; // libpng's message
    int error;         // errno of cpng_unreadable
} cpng_picture;

/// Decodes a PNG file in memory to 8 bits per channel: 1 channel is grey (luma of ITU-R BT.601), 3 are red,
/// green, blue, 4 also opacity. With 1 and 3, transparency is blended with white. 16-bit channels are scaled, not truncated.
enum cpng_status cpng_read(const uint8_t *file, size_t size, int channels, cpng_picture *picture);

/// Reads like cpng_read with 4 channels, but scales the picture down while it decodes, so that its longer side is at most `side`:
/// blocks of pixels are averaged, each colour by its opacity. Only a few rows of the full picture are in memory.
///
/// - file: The whole file, or its first bytes, at least 33 of them, if `descriptor` (else -1) gives the rest.
enum cpng_status cpng_read_small(
    const uint8_t *file, size_t size, int descriptor, uint32_t side, cpng_picture *picture);

/// Encodes 8-bit pixels [height, width, channels], channels 1 or 3. Free `*file` with cpng_free.
enum cpng_status cpng_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **file, size_t *size);

void cpng_free(void *memory);
