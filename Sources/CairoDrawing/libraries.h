// The functions of Cairo and Pango that drawing needs, found at run time. Declared here, so that building needs none of their
// headers, and running gives an error with the package's name where a library is missing.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct cairo_surface cairo_surface;
typedef struct cairo_context cairo_context;
typedef struct pango_layout pango_layout;
typedef struct pango_font pango_font;
typedef struct font_options font_options;
typedef struct {
    int x, y, width, height;
} pango_rectangle;
typedef int (*stream_writer)(void *closure, const unsigned char *data, unsigned int length);

// Constants of the libraries' interfaces, which cannot change within their major versions.
enum {
    cairo_ok = 0,
    cairo_rgb24 = 1,
    cairo_filter_nearest = 3,
    cairo_line_round = 1,
    cairo_antialias_gray = 2,
    cairo_hint_style_none = 1,
    cairo_hint_metrics_off = 1,
    cairo_pdf_title = 0,
    cairo_pdf_creator = 4,
    cairo_pdf_created = 5,
    pango_scale = 1024,
    pango_bold = 700,
    pango_ellipsize_end = 3,
};

// X(result, name, arguments): one line a function.
#define CAIRO_FUNCTIONS(X) \
    X(cairo_surface *, cairo_image_surface_create, (int, int, int)) \
    X(cairo_surface *, cairo_image_surface_create_for_data, (unsigned char *, int, int, int, int)) \
    X(cairo_surface *, cairo_pdf_surface_create_for_stream, (stream_writer, void *, double, double)) \
    X(void, cairo_pdf_surface_set_metadata, (cairo_surface *, int, const char *)) \
    X(int, cairo_surface_write_to_png_stream, (cairo_surface *, stream_writer, void *)) \
    X(void, cairo_surface_finish, (cairo_surface *)) \
    X(int, cairo_surface_status, (cairo_surface *)) \
    X(void, cairo_surface_destroy, (cairo_surface *)) \
    X(cairo_context *, cairo_create, (cairo_surface *)) \
    X(int, cairo_status, (cairo_context *)) \
    X(const char *, cairo_status_to_string, (int)) \
    X(void, cairo_destroy, (cairo_context *)) \
    X(void, cairo_save, (cairo_context *)) \
    X(void, cairo_restore, (cairo_context *)) \
    X(void, cairo_scale, (cairo_context *, double, double)) \
    X(void, cairo_translate, (cairo_context *, double, double)) \
    X(void, cairo_rotate, (cairo_context *, double)) \
    X(void, cairo_set_source_rgba, (cairo_context *, double, double, double, double)) \
    X(void, cairo_set_source_surface, (cairo_context *, cairo_surface *, double, double)) \
    X(void *, cairo_get_source, (cairo_context *)) \
    X(void, cairo_pattern_set_filter, (void *, int)) \
    X(void, cairo_set_line_width, (cairo_context *, double)) \
    X(void, cairo_set_line_cap, (cairo_context *, int)) \
    X(void, cairo_set_line_join, (cairo_context *, int)) \
    X(void, cairo_set_dash, (cairo_context *, const double *, int, double)) \
    X(void, cairo_new_path, (cairo_context *)) \
    X(void, cairo_move_to, (cairo_context *, double, double)) \
    X(void, cairo_line_to, (cairo_context *, double, double)) \
    X(void, cairo_curve_to, (cairo_context *, double, double, double, double, double, double)) \
    X(void, cairo_close_path, (cairo_context *)) \
    X(void, cairo_arc, (cairo_context *, double, double, double, double, double)) \
    X(void, cairo_rectangle, (cairo_context *, double, double, double, double)) \
    X(void, cairo_fill_preserve, (cairo_context *)) \
    X(void, cairo_stroke_preserve, (cairo_context *)) \
    X(void, cairo_clip, (cairo_context *)) \
    X(void, cairo_paint, (cairo_context *)) \
    X(font_options *, cairo_font_options_create, (void)) \
    X(void, cairo_font_options_set_antialias, (font_options *, int)) \
    X(void, cairo_font_options_set_hint_style, (font_options *, int)) \
    X(void, cairo_font_options_set_hint_metrics, (font_options *, int))

#define PANGO_FUNCTIONS(X) \
    X(void, pango_layout_set_text, (pango_layout *, const char *, int)) \
    X(void, pango_layout_set_font_description, (pango_layout *, const pango_font *)) \
    X(void, pango_layout_set_single_paragraph_mode, (pango_layout *, int)) \
    X(void, pango_layout_set_auto_dir, (pango_layout *, int)) \
    X(void, pango_layout_set_width, (pango_layout *, int)) \
    X(void, pango_layout_set_ellipsize, (pango_layout *, int)) \
    X(void, pango_layout_get_extents, (pango_layout *, pango_rectangle *, pango_rectangle *)) \
    X(int, pango_layout_get_baseline, (pango_layout *)) \
    X(void *, pango_layout_get_context, (pango_layout *)) \
    X(pango_font *, pango_font_description_new, (void)) \
    X(void, pango_font_description_set_family, (pango_font *, const char *)) \
    X(void, pango_font_description_set_weight, (pango_font *, int)) \
    X(void, pango_font_description_set_absolute_size, (pango_font *, double)) \
    X(void, pango_font_description_free, (pango_font *))

#define PANGOCAIRO_FUNCTIONS(X) \
    X(pango_layout *, pango_cairo_create_layout, (cairo_context *)) \
    X(void, pango_cairo_show_layout, (cairo_context *, pango_layout *)) \
    X(void, pango_cairo_context_set_font_options, (void *, const font_options *))

#define GOBJECT_FUNCTIONS(X) X(void, g_object_unref, (void *))

#define DECLARE(result, name, arguments) extern result(*name) arguments;
CAIRO_FUNCTIONS(DECLARE)
PANGO_FUNCTIONS(DECLARE)
PANGOCAIRO_FUNCTIONS(DECLARE)
GOBJECT_FUNCTIONS(DECLARE)
#undef DECLARE

// Loads the libraries. Where one is missing, prints which package has it, and returns false.
bool load_libraries(void);
