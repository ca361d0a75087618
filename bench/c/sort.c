// A general sort in qsort's shape: elements of any size, moved by memcpy, compared through a
// function pointer read from a table, so every comparison is an indirect call.
#include "kernel.h"

typedef int (*Compare)(const void*, const void*);

struct Record {
  uint32_t id;
  float weight;
  char name[16];
};

static int by_id(const void* left, const void* right) {
  uint32_t a = ((const struct Record*)left)->id, b = ((const struct Record*)right)->id;
  return (a > b) - (a < b);
}

static int by_weight(const void* left, const void* right) {
  const struct Record *a = left, *b = right;
  if (a->weight != b->weight) return a->weight < b->weight ? -1 : 1;
  return by_id(left, right);
}

static int by_name(const void* left, const void* right) {
  const struct Record *a = left, *b = right;
  int order = memcmp(a->name, b->name, sizeof a->name);
  return order ? order : by_id(left, right);
}

static Compare volatile comparators[] = {by_id, by_weight, by_name};

static void swap(char* a, char* b, size_t bytes) {
  char held[64];
  memcpy(held, a, bytes);
  memcpy(a, b, bytes);
  memcpy(b, held, bytes);
}

static void insertion_sort(char* base, size_t count, size_t bytes, Compare compare) {
  for (size_t i = 1; i < count; i++) {
    for (size_t j = i; j > 0 && compare(base + (j - 1) * bytes, base + j * bytes) > 0; j--) {
      swap(base + (j - 1) * bytes, base + j * bytes, bytes);
    }
  }
}

// Quicksort with the median of three as pivot; the smaller side recurses, the larger one loops.
static void sort(char* base, size_t count, size_t bytes, Compare compare) {
  while (count > 12) {
    char *first = base, *middle = base + count / 2 * bytes, *last = base + (count - 1) * bytes;
    if (compare(first, middle) > 0) swap(first, middle, bytes);
    if (compare(middle, last) > 0) {
      swap(middle, last, bytes);
      if (compare(first, middle) > 0) swap(first, middle, bytes);
    }
    swap(first, middle, bytes);  // the pivot waits at the front
    char *low = first, *high = last + bytes;
    for (;;) {
      do low += bytes;
      while (low < last && compare(low, first) < 0);
      do high -= bytes;
      while (compare(high, first) > 0);
      if (low >= high) break;
      swap(low, high, bytes);
    }
    swap(first, high, bytes);
    size_t left = (size_t)(high - base) / bytes, right = count - left - 1;
    if (left < right) {
      sort(base, left, bytes, compare);
      base = high + bytes;
      count = right;
    } else {
      sort(high + bytes, right, bytes, compare);
      count = left;
    }
  }
  insertion_sort(base, count, bytes, compare);
}

int main(int argc, char** argv) {
  enum { kRecords = 60000 };
  static struct Record source[kRecords], records[kRecords];
  int repeats = kernel_repeats(argc, argv, 18);
  uint64_t seed = 11, sum = 0;
  for (int i = 0; i < kRecords; i++) {
    source[i].id = (uint32_t)next_random(&seed);
    source[i].weight = (float)(next_random(&seed) % 5000) / 16.0f;
    for (int c = 0; c < 16; c++) source[i].name[c] = "abcd"[next_random(&seed) >> 62];
  }
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    for (int order = 0; order < 3; order++) {
      Compare compare = comparators[order];
      memcpy(records, source, sizeof records);
      records[r].id = (uint32_t)r;
      sort((char*)records, kRecords, sizeof records[0], compare);
      for (int i = 1; i < kRecords; i++) {
        if (compare(&records[i - 1], &records[i]) > 0) abort();
      }
      for (int i = 0; i < kRecords; i += 97) sum = mix(sum, records[i].id);
    }
  }
  kernel_end(begin, sum);
  return 0;
}
