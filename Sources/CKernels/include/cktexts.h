#pragma once
// Searches of texts in a list of words.
#include <stddef.h>
#include <stdint.h>

// `count` texts, one behind the other; text i ends before byte ends[i].
typedef struct {
  const uint8_t *bytes;
  const int64_t *ends;
  size_t count;
} ck_texts;

// Fills the hash table of mask + 1 entries, a power of two above words->count: the place of a word, or -1. Of equal words the
// first one counts.
void ck_texts_index(const ck_texts *words, int32_t *table, size_t mask);
// places[i] = the place of text i among the words, or -1.
void ck_texts_find(const ck_texts *words, const int32_t *table, size_t mask, const ck_texts *texts, int64_t *places);
