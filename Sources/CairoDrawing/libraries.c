#include "libraries.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define DEFINE(result, name, arguments) result(*name) arguments;
CAIRO_FUNCTIONS(DEFINE)
PANGO_FUNCTIONS(DEFINE)
PANGOCAIRO_FUNCTIONS(DEFINE)
GOBJECT_FUNCTIONS(DEFINE)
#undef DEFINE

static void *open_library(const char *file, const char *package) {
    void *library = dlopen(file, RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL) fprintf(stderr, "%s\n", package);
    return library;
}

static bool find(void *library, const char *name, void *function, const char *package) {
    void *found = dlsym(library, name);
    // ISO C has no conversion from an object's pointer to a function's.
    memcpy(function, &found, sizeof found);
    if (found == NULL) fprintf(stderr, "%s\n", package);
    return found != NULL;
}

bool load_libraries(void) {
    const char *package = "libcairo2";
    void *library = open_library("libcairo.so.2", package);
    if (library == NULL) return false;
#define FIND(result, name, arguments) \
    if (!find(library, #name, &name, package)) return false;
    CAIRO_FUNCTIONS(FIND)
    library = open_library("libpango-1.0.so.0", package = "libpango-1.0-0");
    if (library == NULL) return false;
    PANGO_FUNCTIONS(FIND)
    library = open_library("libpangocairo-1.0.so.0", package = "libpangocairo-1.0-0");
    if (library == NULL) return false;
    PANGOCAIRO_FUNCTIONS(FIND)
    library = open_library("libgobject-2.0.so.0", package = "libglib2.0-0");
    if (library == NULL) return false;
    GOBJECT_FUNCTIONS(FIND)
#undef FIND
    return true;
}
