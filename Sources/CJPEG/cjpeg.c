#include "cjpeg.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <jpeglib.h>
#include <jerror.h>

// The state that must survive a longjmp, which local variables do not.
typedef struct {
    struct jpeg_error_mgr errors; // first, so that a pointer to it is one to the whole
    struct jpeg_decompress_struct jpeg;
    jmp_buf stop;
    enum cjpeg_status status;
    char *message;
    uint8_t *pixels;
    struct jpeg_progress_mgr progress;
} Reader;

static void fail(j_common_ptr jpeg) {
    Reader *reader = (Reader *)jpeg->err;
    if (reader->status == cjpeg_ok) {
        char text[JMSG_LENGTH_MAX];
        jpeg->err->format_message(jpeg, text);
        text[sizeof((cjpeg_picture *)0)->message - 1] = 0;
        strcpy(reader->message, text);
        const int code = jpeg->err->msg_code;
        reader->status = code == JERR_OUT_OF_MEMORY                             ? cjpeg_no_memory
            : code == JWRN_JPEG_EOF || code == JERR_INPUT_EOF || code == JERR_INPUT_EMPTY ? cjpeg_truncated
                                                                                : cjpeg_damaged;
    }
    longjmp(reader->stop, 1);
}

// A warning says that the file is damaged and the rest is a guess. Level 0 and above are traces.
static void emit(j_common_ptr jpeg, int level) {
    if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA && jpeg->err->msg_code != JWRN_JFIF_MAJOR &&
        jpeg->err->msg_code != JWRN_ADOBE_XFORM)
        fail(jpeg);
}

static void ignore(j_common_ptr jpeg) { (void)jpeg; }

// A small file may have thousands of scans, each of which costs as much as the whole picture.
static void watch(j_common_ptr common) {
    Reader *reader = (Reader *)common->err;
    if (reader->jpeg.input_scan_number > 100) {
        strcpy(reader->message, "more than 100 scans");
        reader->status = cjpeg_damaged;
        longjmp(reader->stop, 1);
    }
}

static void decode(Reader *reader, const uint8_t *file, size_t size, uint32_t side, cjpeg_picture *picture) {
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    jpeg_create_decompress(jpeg);
    reader->progress.progress_monitor = watch;
    jpeg->progress = &reader->progress;
    // Progressive pictures keep all their coefficients in memory.
    jpeg->mem->max_memory_to_use = 400000000;
    jpeg_mem_src(jpeg, file, size);
    jpeg_read_header(jpeg, TRUE);
    picture->width = jpeg->image_width, picture->height = jpeg->image_height;
    if (jpeg->image_width > cjpeg_max_side || jpeg->image_height > cjpeg_max_side ||
        (uint64_t)jpeg->image_width * jpeg->image_height > cjpeg_max_pixels) {
        reader->status = cjpeg_too_large;
        return;
    }
    if (jpeg->num_components == 4 || jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK) {
        reader->status = cjpeg_cmyk;
        return;
    }
    jpeg->out_color_space = JCS_EXT_RGBA;
    const uint32_t longest = jpeg->image_width > jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    jpeg->scale_denom = 8, jpeg->scale_num = 8;
    // 1/8, 1/4 and 1/2 are fast; what lies between is not.
    if (side > 0)
        for (unsigned eighths = 1; eighths < 8; eighths *= 2)
            if (longest * (uint64_t)eighths / 8 >= side) {
                jpeg->scale_num = eighths;
                break;
            }
    jpeg_start_decompress(jpeg);
    const size_t stride = (size_t)jpeg->output_width * 4;
    reader->pixels = malloc(stride * jpeg->output_height);
    if (reader->pixels == NULL) {
        reader->status = cjpeg_no_memory;
        return;
    }
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = reader->pixels + stride * jpeg->output_scanline;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
    picture->width = jpeg->output_width, picture->height = jpeg->output_height;
    picture->pixels = reader->pixels;
    reader->pixels = NULL;
}

enum cjpeg_status cjpeg_read(const uint8_t *file, size_t size, uint32_t side, cjpeg_picture *picture) {
    memset(picture, 0, sizeof *picture);
    if (size < 3 || file[0] != 0xFF || file[1] != 0xD8 || file[2] != 0xFF) return cjpeg_not_jpeg;
    Reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) return cjpeg_no_memory;
    reader->message = picture->message;
    reader->jpeg.err = jpeg_std_error(&reader->errors);
    reader->errors.error_exit = fail;
    reader->errors.emit_message = emit;
    reader->errors.output_message = ignore;
    if (setjmp(reader->stop) == 0) decode(reader, file, size, side, picture);
    const enum cjpeg_status status = reader->status;
    jpeg_destroy_decompress(&reader->jpeg);
    free(reader->pixels);
    free(reader);
    return status;
}

void cjpeg_free(void *memory) { free(memory); }
