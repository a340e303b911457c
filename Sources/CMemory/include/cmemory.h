// Memory for a process that ends soon. The system puts memory behind each page when it is first touched, with a trap, and
// takes large blocks back as they are freed: of an answer in four milliseconds that is a quarter.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Has the system put memory behind that much of the heap at once, and keeps what is freed for the next block. To be
// called before there is a second thread.
void cm_reserve_heap(size_t bytes);

// Whether that was done, and the block is of its kind: it need not ask the system for pages of its own then.
bool cm_heap_serves(size_t bytes);

// Has the system put memory behind a buffer at once. Where it is too old for that, nothing is lost.
void cm_fetch_pages(void *start, size_t bytes);

// Zeroed memory of its own, there at once; in pages of 2 MiB where it is large and the system has them. NULL where there
// is none.
void *cm_map(size_t bytes);
void cm_unmap(void *start, size_t bytes);
