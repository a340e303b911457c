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
