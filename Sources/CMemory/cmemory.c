#define _GNU_SOURCE  // madvise
#include "cmemory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static bool reserved = false;

void cm_reserve_heap(size_t bytes) {
    // 32 MiB is the most that glibc takes for a threshold of its own mappings.
    if (mallopt(M_TRIM_THRESHOLD, 64 << 20) != 1 || mallopt(M_MMAP_THRESHOLD, 32 << 20) != 1) return;
    void *block = malloc(bytes);
    if (block == NULL) return;
    cm_fetch_pages(block, bytes);
    free(block);
    reserved = true;
}

bool cm_heap_is_reserved(void) { return reserved; }

void cm_fetch_pages(void *start, size_t bytes) {
    const uintptr_t page = 4096;
    uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
    uintptr_t last = ((uintptr_t)start + bytes) & ~(page - 1);
    // MADV_POPULATE_WRITE, Linux 5.14, which older headers do not name.
    if (last > first) (void)madvise((void *)first, last - first, 23);
}
