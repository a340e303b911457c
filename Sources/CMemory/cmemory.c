#define _GNU_SOURCE  // madvise
#include "cmemory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static bool reserved = false;
static void *volatile skipped;  // volatile, or the compiler leaves out a block that nobody uses

// From half of one on, large pages are worth what they hold in excess: fewer addresses to look up, which rows of a kernel
// that are read here and there have many of.
static const size_t huge = 2 << 20;

static char *next_huge(void *start) { return (char *)(((uintptr_t)start + huge - 1) & ~(huge - 1)); }

void cm_reserve_heap(size_t bytes) {
    // 32 MiB is the most that glibc takes for a threshold of its own mappings.
    if (mallopt(M_TRIM_THRESHOLD, 64 << 20) != 1 || mallopt(M_MMAP_THRESHOLD, 32 << 20) != 1) return;
    void *whole = malloc(bytes + huge);
    if (whole == NULL) return;
    // What comes next begins with a large page: what lies before it is given to nobody, and never touched.
    char *first = next_huge(whole);
    size_t before = (size_t)(first - (char *)whole);
    free(whole);
    if (before > 64 && (skipped = malloc(before - 64)) == NULL) return;
    // The heap has to reach to the end of the last large page, or it is made of small ones.
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
    // MADV_POPULATE_WRITE, Linux 5.14, which older headers do not name.
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
    // More than is needed, so that it begins at the bounds of a large page; what is too much goes back.
    char *start = mmap(NULL, whole + huge, writable, own, -1, 0);
    if (start == MAP_FAILED) return NULL;
    char *first = next_huge(start);
    if (first > start) munmap(start, (size_t)(first - start));
    if (first < start + huge) munmap(first + whole, (size_t)(start + huge - first));
    (void)madvise(first, whole, MADV_HUGEPAGE);
    // More is seldom meant: a file's config may say any size, and its pages can wait until they are used.
    if (bytes <= (size_t)1 << 30) cm_fetch_pages(first, bytes);
    return first;
}

void cm_unmap(void *start, size_t bytes) { munmap(start, length(bytes)); }
