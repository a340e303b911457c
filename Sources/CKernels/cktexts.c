#include "cktexts.h"
#include <string.h>

// The last n < 8 bytes before `end` as a number. Reads whole words, also of bytes before the text, but none behind it.
static inline uint64_t tail(const uint8_t *bytes, size_t end, size_t n) {
  uint64_t word = 0;
  if (n == 0) return 0;
  if (end >= 8) {
    memcpy(&word, bytes + end - 8, 8);
    return word >> (64 - 8 * n);
  }
  for (size_t i = 0; i < n; i++) word |= (uint64_t)bytes[end - n + i] << (8 * i);
  return word;
}

static inline uint64_t mixed(uint64_t word) {
  uint64_t product = word * 0x9e3779b97f4a7c15;
  return product ^ (product >> 32);
}

// Eight bytes at a time: a multiplication for each byte would take longer than the rest of a search.
static inline uint64_t hash(const uint8_t *bytes, size_t start, size_t end) {
  uint64_t value = end - start, word;
  for (; end - start >= 8; start += 8) {
    memcpy(&word, bytes + start, 8);
    value = mixed(value ^ word);
  }
  return mixed(value ^ tail(bytes, end, end - start));
}

static inline int same(const uint8_t *a, size_t a_end, const uint8_t *b, size_t b_end, size_t n) {
  if (n < 8) return tail(a, a_end, n) == tail(b, b_end, n);
  return memcmp(a + a_end - n, b + b_end - n, n) == 0;
}

// The entry of the table that has the text [start, end), or the free one where it belongs.
static inline size_t entry(const ck_texts *words, const int32_t *table, size_t mask, const uint8_t *bytes, size_t start,
                           size_t end) {
  size_t at = hash(bytes, start, end) & mask;
  for (; table[at] >= 0; at = (at + 1) & mask) {
    size_t word = (size_t)table[at], from = word ? (size_t)words->ends[word - 1] : 0, to = (size_t)words->ends[word];
    if (to - from == end - start && same(words->bytes, to, bytes, end, end - start)) break;
  }
  return at;
}

void ck_texts_index(const ck_texts *words, int32_t *table, size_t mask) {
  for (size_t i = 0; i <= mask; i++) table[i] = -1;
  for (size_t word = 0, start = 0; word < words->count; start = (size_t)words->ends[word++]) {
    size_t at = entry(words, table, mask, words->bytes, start, (size_t)words->ends[word]);
    if (table[at] < 0) table[at] = (int32_t)word;
  }
}

void ck_texts_find(const ck_texts *words, const int32_t *table, size_t mask, const ck_texts *texts, int64_t *places) {
  for (size_t text = 0, start = 0; text < texts->count; start = (size_t)texts->ends[text++])
    places[text] = table[entry(words, table, mask, texts->bytes, start, (size_t)texts->ends[text])];
}
