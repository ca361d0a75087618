// An open-addressing hash table from byte strings to counters: FNV hash, linear probing, growth by
// doubling, deletion by shifting back. Keys live in one arena.
#include "kernel.h"

struct Entry {
  uint32_t hash, key_offset, key_bytes, count;  // key_bytes 0: the slot is free
};

struct Table {
  struct Entry* entries;
  uint32_t capacity, used;  // capacity is a power of two
};

enum { kArenaBytes = 8 << 20 };

static char arena[kArenaBytes];
static uint32_t arena_used;

static uint32_t hash_bytes(const char* key, uint32_t bytes) {
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < bytes; i++) hash = (hash ^ (uint8_t)key[i]) * 16777619u;
  return hash ^ hash >> 15;
}

static int matches(const struct Entry* entry, uint32_t hash, const char* key, uint32_t bytes) {
  return entry->hash == hash && entry->key_bytes == bytes &&
         memcmp(arena + entry->key_offset, key, bytes) == 0;
}

// The entry of `key`, or the free slot where it belongs.
static struct Entry* find(struct Table* table, uint32_t hash, const char* key, uint32_t bytes) {
  uint32_t mask = table->capacity - 1, at = hash & mask;
  while (table->entries[at].key_bytes && !matches(&table->entries[at], hash, key, bytes)) {
    at = (at + 1) & mask;
  }
  return &table->entries[at];
}

static void grow(struct Table* table) {
  struct Table bigger = {calloc((size_t)table->capacity * 2, sizeof(struct Entry)),
                         table->capacity * 2, table->used};
  if (!bigger.entries) abort();
  for (uint32_t i = 0; i < table->capacity; i++) {
    struct Entry* old = &table->entries[i];
    if (!old->key_bytes) continue;
    uint32_t at = old->hash & (bigger.capacity - 1);
    while (bigger.entries[at].key_bytes) at = (at + 1) & (bigger.capacity - 1);
    bigger.entries[at] = *old;
  }
  free(table->entries);
  *table = bigger;
}

static void count_key(struct Table* table, const char* key, uint32_t bytes) {
  if (table->used * 4 >= table->capacity * 3) grow(table);
  uint32_t hash = hash_bytes(key, bytes);
  struct Entry* entry = find(table, hash, key, bytes);
  if (!entry->key_bytes) {
    if (arena_used + bytes > kArenaBytes) abort();
    memcpy(arena + arena_used, key, bytes);
    *entry = (struct Entry){hash, arena_used, bytes, 0};
    arena_used += bytes;
    table->used++;
  }
  entry->count++;
}

static void delete_key(struct Table* table, const char* key, uint32_t bytes) {
  struct Entry* entry = find(table, hash_bytes(key, bytes), key, bytes);
  if (!entry->key_bytes) return;
  uint32_t mask = table->capacity - 1;
  uint32_t hole = (uint32_t)(entry - table->entries);
  for (uint32_t at = (hole + 1) & mask; table->entries[at].key_bytes; at = (at + 1) & mask) {
    uint32_t home = table->entries[at].hash & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {  // may move back over the hole
      table->entries[hole] = table->entries[at];
      hole = at;
    }
  }
  table->entries[hole].key_bytes = 0;
  table->used--;
}

static uint32_t make_key(char* key, uint64_t number) {
  static const char digits[] = "etaoinshrdlucmfw";
  uint32_t bytes = 0;
  key[bytes++] = 'k';
  for (; number; number >>= 4) key[bytes++] = digits[number & 15];
  return bytes;
}

static uint64_t one_pass(uint64_t seed) {
  enum { kKeys = 60000, kOperations = 400000 };
  struct Table table = {calloc(1024, sizeof(struct Entry)), 1024, 0};
  if (!table.entries) abort();
  arena_used = 0;
  char key[24];
  for (int i = 0; i < kOperations; i++) {
    uint64_t random = next_random(&seed) >> 16;
    uint32_t bytes = make_key(key, random % kKeys * 2654435761u);
    if (i % 8 == 7) {
      delete_key(&table, key, bytes);
    } else {
      count_key(&table, key, bytes);
    }
  }
  uint64_t sum = table.used;
  for (uint32_t i = 0; i < table.capacity; i++) {
    if (table.entries[i].key_bytes)
      sum = mix(sum, (uint64_t)table.entries[i].hash << 32 | table.entries[i].count);
  }
  free(table.entries);
  return sum;
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 15);
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) sum = mix(sum, one_pass((uint64_t)r + 10));
  kernel_end(begin, sum);
  return 0;
}
