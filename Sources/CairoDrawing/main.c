// cellar-draw: draws a list of shapes and texts from standard input with Cairo and Pango, and writes a PNG or PDF file to
// standard output. `Sources/Plots/Output/DrawingBytes.swift` writes the list; the two files describe one format.
//
// It is a program of its own, because the commands are static executables, in which glibc's dlopen does not work.
//
// Numbers are little-endian: `number` is a double, `count` 32 bits. A text is a count of bytes and UTF-8. A colour is four bytes:
// red, green, blue, alpha.
//
//   file      = "cellar-draw 1\n" kind:byte scale:number width:number height:number background:colour title:text command* 'e'
//   command   = 'p' paint count element*     path; element = 'M' x y | 'L' x y | 'C' x y x y x y | 'Z'
//             | 'c' paint x y radius         circle
//             | 't' x y size angle maximum:number anchor:byte bold:byte colour text
//             | 'i' x y width height columns:count rows:count (red green blue)*
//             | 'k' x y width height         clip until 'u'
//   paint     = fills:byte colour strokes:byte colour width:number dashes:byte number*
#include "libraries.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double pi = 3.14159265358979323846;

enum { malformed = 65, unavailable = 69, failed = 70, cannot_write = 74 };

static const uint8_t *next, *end;

static void fail(int status, const char *why) {
    fprintf(stderr, "%s\n", why);
    _exit(status);
}

static const uint8_t *take(size_t size) {
    if ((size_t)(end - next) < size) fail(malformed, "the list of drawing commands ends early");
    next += size;
    return next - size;
}

static uint8_t byte(void) { return *take(1); }

static uint32_t count(void) {
    uint32_t value;
    memcpy(&value, take(4), 4);
    return value;
}

static double number(void) {
    double value;
    memcpy(&value, take(8), 8);
    return isfinite(value) ? value : 0;
}

static void colour(cairo_context *cairo) {
    const uint8_t *part = take(4);
    cairo_set_source_rgba(cairo, part[0] / 255.0, part[1] / 255.0, part[2] / 255.0, part[3] / 255.0);
}

// A paint is read before the shape that it belongs to.
typedef struct {
    bool fills, strokes;
    const uint8_t *fill, *stroke;
    double width, dashes[8];
    int dash_count;
} paint;

static paint read_paint(void) {
    paint result;
    result.fills = byte();
    result.fill = take(4);
    result.strokes = byte();
    result.stroke = take(4);
    result.width = number();
    result.dash_count = byte();
    if (result.dash_count > 8) fail(malformed, "too many dashes");
    for (int i = 0; i < result.dash_count; i++) result.dashes[i] = number();
    return result;
}

static void apply(cairo_context *cairo, const paint *paint) {
    if (paint->fills) {
        const uint8_t *c = paint->fill;
        cairo_set_source_rgba(cairo, c[0] / 255.0, c[1] / 255.0, c[2] / 255.0, c[3] / 255.0);
        cairo_fill_preserve(cairo);
    }
    if (paint->strokes) {
        const uint8_t *c = paint->stroke;
        cairo_set_source_rgba(cairo, c[0] / 255.0, c[1] / 255.0, c[2] / 255.0, c[3] / 255.0);
        cairo_set_line_width(cairo, paint->width);
        cairo_set_dash(cairo, paint->dashes, paint->dash_count, 0);
        cairo_stroke_preserve(cairo);
    }
    cairo_new_path(cairo);
}

static void draw_path(cairo_context *cairo) {
    paint paint = read_paint();
    double p[6];
    for (uint32_t left = count(); left > 0; left--) {
        uint8_t kind = byte();
        int numbers = kind == 'C' ? 6 : kind == 'Z' ? 0 : 2;
        for (int i = 0; i < numbers; i++) p[i] = number();
        switch (kind) {
        case 'M': cairo_move_to(cairo, p[0], p[1]); break;
        case 'L': cairo_line_to(cairo, p[0], p[1]); break;
        case 'C': cairo_curve_to(cairo, p[0], p[1], p[2], p[3], p[4], p[5]); break;
        case 'Z': cairo_close_path(cairo); break;
        default: fail(malformed, "unknown element of a path");
        }
    }
    apply(cairo, &paint);
}

static void draw_circle(cairo_context *cairo) {
    paint paint = read_paint();
    double x = number(), y = number(), radius = number();
    cairo_arc(cairo, x, y, radius, 0, 2 * pi);
    apply(cairo, &paint);
}

static void draw_text(cairo_context *cairo, const font_options *options) {
    double x = number(), y = number(), size = number(), angle = number(), maximum = number();
    uint8_t anchor = byte(), bold = byte();
    colour(cairo);
    uint32_t length = count();
    const char *text = (const char *)take(length);
    if (size <= 0 || length > 1 << 20) return;
    pango_layout *layout = pango_cairo_create_layout(cairo);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
    pango_font *font = pango_font_description_new();
    pango_font_description_set_family(font, "DejaVu Sans");
    if (bold) pango_font_description_set_weight(font, pango_bold);
    pango_font_description_set_absolute_size(font, size * pango_scale);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_single_paragraph_mode(layout, 1);
    pango_layout_set_auto_dir(layout, 0);
    pango_layout_set_text(layout, text, (int)length);
    pango_rectangle extents;
    pango_layout_get_extents(layout, NULL, &extents);
    double width = (double)extents.width / pango_scale;
    // The layout in Swift estimates widths. Where a font is wider, the text is narrowed: it then covers nothing.
    double narrowing = maximum > 0 && width > maximum ? maximum / width : 1;
    if (narrowing < 0.75) {
        narrowing = 0.75;
        pango_layout_set_width(layout, (int)(maximum / narrowing * pango_scale));
        pango_layout_set_ellipsize(layout, pango_ellipsize_end);
        pango_layout_get_extents(layout, NULL, &extents);
        width = (double)extents.width / pango_scale;
    }
    width *= narrowing;
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    if (angle != 0) cairo_rotate(cairo, angle * pi / 180);
    cairo_translate(cairo, anchor == 1 ? -width / 2 : anchor == 2 ? -width : 0, 0);
    cairo_scale(cairo, narrowing, 1);
    cairo_move_to(cairo, -(double)extents.x / pango_scale, -(double)pango_layout_get_baseline(layout) / pango_scale);
    pango_cairo_show_layout(cairo, layout);
    cairo_restore(cairo);
    cairo_new_path(cairo);
    pango_font_description_free(font);
    g_object_unref(layout);
}

static void draw_image(cairo_context *cairo) {
    double x = number(), y = number(), width = number(), height = number();
    uint32_t columns = count(), rows = count();
    if (columns == 0 || rows == 0 || columns > 20000 || rows > 20000) fail(malformed, "invalid size of an image");
    const uint8_t *pixels = take((size_t)columns * rows * 3);
    uint32_t *copy = malloc((size_t)columns * rows * 4);
    if (copy == NULL) fail(failed, "no memory for an image");
    for (size_t i = 0; i < (size_t)columns * rows; i++) {
        copy[i] = (uint32_t)pixels[3 * i] << 16 | (uint32_t)pixels[3 * i + 1] << 8 | pixels[3 * i + 2];
    }
    cairo_surface *image =
        cairo_image_surface_create_for_data((unsigned char *)copy, cairo_rgb24, (int)columns, (int)rows, (int)columns * 4);
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, width / columns, height / rows);
    cairo_rectangle(cairo, 0, 0, columns, rows);
    cairo_clip(cairo);
    cairo_set_source_surface(cairo, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), cairo_filter_nearest);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_finish(image);
    cairo_surface_destroy(image);
    free(copy);
}

static void draw_all(cairo_context *cairo) {
    font_options *options = cairo_font_options_create();
    // Letters of one shape and width at every scale, as the PDF has them too.
    cairo_font_options_set_antialias(options, cairo_antialias_gray);
    cairo_font_options_set_hint_style(options, cairo_hint_style_none);
    cairo_font_options_set_hint_metrics(options, cairo_hint_metrics_off);
    cairo_set_line_join(cairo, cairo_line_round);
    for (;;) {
        switch (byte()) {
        case 'p': draw_path(cairo); break;
        case 'c': draw_circle(cairo); break;
        case 't': draw_text(cairo, options); break;
        case 'i': draw_image(cairo); break;
        case 'k': {
            double x = number(), y = number(), width = number(), height = number();
            cairo_save(cairo);
            cairo_rectangle(cairo, x, y, width, height);
            cairo_clip(cairo);
            break;
        }
        case 'u': cairo_restore(cairo); break;
        case 'e': return;
        default: fail(malformed, "unknown drawing command");
        }
    }
}

static int write_out(void *closure, const unsigned char *data, unsigned int length) {
    (void)closure;
    if (fwrite(data, 1, length, stdout) != length) fail(cannot_write, "cannot write the picture");
    return cairo_ok;
}

static void read_input(void) {
    size_t capacity = 1 << 16, size = 0, found;
    uint8_t *bytes = malloc(capacity);
    while (bytes != NULL && (found = fread(bytes + size, 1, capacity - size, stdin)) > 0) {
        size += found;
        if (size == capacity) bytes = realloc(bytes, capacity *= 2);
    }
    if (bytes == NULL) fail(failed, "no memory for the list of drawing commands");
    next = bytes;
    end = bytes + size;
}

static void check(int status) {
    if (status != cairo_ok) fail(failed, cairo_status_to_string(status));
}

int main(void) {
    static const char magic[] = "cellar-draw 1\n";
    read_input();
    if (memcmp(take(sizeof magic - 1), magic, sizeof magic - 1) != 0) {
        fail(malformed, "cellar-draw draws the figures of Cellar's commands; it is not started by hand");
    }
    if (!load_libraries()) return unavailable;
    bool is_pdf = byte() == 'F';
    double scale = number(), width = number(), height = number();
    if (!(scale > 0 && width > 0 && height > 0 && width * scale <= 32000 && height * scale <= 32000)) {
        fail(malformed, "the figure is larger than 32000 pixels");
    }
    const uint8_t *background = take(4);
    uint32_t length = count();
    char *title = calloc(1, (size_t)length + 1);
    memcpy(title, take(length), length);
    cairo_surface *surface;
    if (is_pdf) {
        // A point is 1/72 inch, a pixel of CSS 1/96.
        scale = 0.75;
        surface = cairo_pdf_surface_create_for_stream(write_out, NULL, width * scale, height * scale);
        cairo_pdf_surface_set_metadata(surface, cairo_pdf_title, title);
        cairo_pdf_surface_set_metadata(surface, cairo_pdf_creator, "Cellar");
        // The same figure gives the same bytes.
        cairo_pdf_surface_set_metadata(surface, cairo_pdf_created, "2000-01-01T00:00:00Z");
    } else {
        surface = cairo_image_surface_create(cairo_rgb24, (int)ceil(width * scale), (int)ceil(height * scale));
    }
    check(cairo_surface_status(surface));
    cairo_context *cairo = cairo_create(surface);
    cairo_scale(cairo, scale, scale);
    cairo_set_source_rgba(cairo, background[0] / 255.0, background[1] / 255.0, background[2] / 255.0, 1);
    cairo_paint(cairo);
    draw_all(cairo);
    check(cairo_status(cairo));
    if (!is_pdf) check(cairo_surface_write_to_png_stream(surface, write_out, NULL));
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    check(cairo_surface_status(surface));
    cairo_surface_destroy(surface);
    if (fflush(stdout) != 0) fail(cannot_write, "cannot write the picture");
    return 0;
}
