#define _GNU_SOURCE  // madvise
#include "cmemory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static bool reserved = false;
static void *volatile skipped;  // volatile, so that the compiler keeps the unused allocation

// From half a large page, large pages are worth the unused memory: they reduce TLB misses, which sparse
// access to kernel rows has many of.
static const size_t huge = 2 << 20;

static char *next_huge(void *start) { return (char *)(((uintptr_t)start + huge - 1) & ~(huge - 1)); }

void cm_reserve_heap(size_t bytes) {
    // 32 MiB is the maximum that glibc accepts for its mmap threshold.
    if (mallopt(M_TRIM_THRESHOLD, 64 << 20) != 1 || mallopt(M_MMAP_THRESHOLD, 32 << 20) != 1) return;
    void *whole = malloc(bytes + huge);
    if (whole == NULL) return;
    // The next block starts on a large page. The block before it is never returned and never touched.
    char *first = next_huge(whole);
    size_t before = (size_t)(first - (char *)whole);
    free(whole);
    if (before > 64 && (skipped = malloc(before - 64)) == NULL) return;
    // The heap must reach the end of the last large page; otherwise the system uses small pages.
    size_t pages = (bytes + huge - 1) / huge * huge;
    void *block = malloc(pages);
    if (block == NULL) return;
    (void)madvise(first, pages, MADV_HUGEPAGE);
    cm_fetch_pages(block, bytes);
    free(block);
    reserved = true;
}

bool cm_heap_serves(size_t bytes) { return reserved && bytes <= 4 << 20; }

void cm_fetch_pages(void *start, size_t bytes) {
    const uintptr_t page = 4096;
    uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
    uintptr_t last = ((uintptr_t)start + bytes) & ~(page - 1);
    // MADV_POPULATE_WRITE, Linux 5.14, which older headers do not define.
    if (last > first) (void)madvise((void *)first, last - first, 23);
}

static size_t length(size_t bytes) { return bytes < huge / 2 ? bytes : (bytes + huge - 1) & ~(huge - 1); }

void *cm_map(size_t bytes) {
    const int writable = PROT_READ | PROT_WRITE, own = MAP_PRIVATE | MAP_ANONYMOUS;
    size_t whole = length(bytes);
    if (whole % huge) {
        void *start = mmap(NULL, whole, writable, own | MAP_POPULATE, -1, 0);
        return start == MAP_FAILED ? NULL : start;
    }
    // Maps more than needed to align the block to a large page; the excess is unmapped.
    char *start = mmap(NULL, whole + huge, writable, own, -1, 0);
    if (start == MAP_FAILED) return NULL;
    char *first = next_huge(start);
    if (first > start) munmap(start, (size_t)(first - start));
    if (first < start + huge) munmap(first + whole, (size_t)(start + huge - first));
    (void)madvise(first, whole, MADV_HUGEPAGE);
    // Larger blocks are rarely real, because a file's config can declare any size. Their pages are populated
    // on first use.
    if (bytes <= (size_t)1 << 30) cm_fetch_pages(first, bytes);
    return first;
}

void cm_unmap(void *start, size_t bytes) { munmap(start, length(bytes)); }
