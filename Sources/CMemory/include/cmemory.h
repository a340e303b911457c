// Memory for short-lived processes. The system populates each page with a page fault on first use, and unmaps
// large blocks when they are freed. In a prediction of four milliseconds this takes a quarter of the time.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Populates that much of the heap at once, and keeps freed blocks for reuse. Call it before a second thread
// exists.
void cm_reserve_heap(size_t bytes);

// Returns true if the heap was populated and has room for the block, so that it needs no pages of its own.
bool cm_heap_serves(size_t bytes);

// Populates a buffer at once. Does nothing on systems that are too old.
void cm_fetch_pages(void *start, size_t bytes);

// Allocates zeroed and populated memory, in pages of 2 MiB if it is large and the system supports them.
// Returns NULL on failure.
void *cm_map(size_t bytes);
void cm_unmap(void *start, size_t bytes);

// Remembers a temporary file, which a signal that ends the process then removes. Returns a number for
// `cm_forget_temporary`, or -1 if there are too many files.
int cm_remember_temporary(const char *path);
void cm_forget_temporary(int number);

// Removes the remembered files. Safe in a signal handler.
void cm_remove_temporaries(void);

// From now on SIGINT, SIGTERM and SIGHUP remove the remembered files before they end the process, unless they
// are ignored or handled already; beyond the limit of a file's size, writing fails instead of ending it.
void cm_remove_temporaries_on_signals(void);
