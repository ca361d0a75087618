// Text in, values out: a recursive-descent reader for JSON-like documents (numbers, escapes, nested
// arrays and objects) and a Horspool substring search over the same text.
#include "kernel.h"

enum { kTextBytes = 1 << 20 };

static char text[kTextBytes];
static size_t text_used;

struct Reader {
  const char *at, *end;
  uint64_t sum;
  uint32_t strings, numbers, containers;
};

static void put(const char* piece) {
  size_t bytes = strlen(piece);
  if (text_used + bytes >= kTextBytes) abort();
  memcpy(text + text_used, piece, bytes);
  text_used += bytes;
}

static void put_value(uint64_t* seed, int depth) {
  static const char* const words[] = {"valve", "pump\\n", "sensor \\\"7\\\"", "line", "\\u00e9tat"};
  uint64_t random = next_random(seed) >> 33;
  char number[32];
  if (depth == 0 || random % 5 == 0) {
    snprintf(number, sizeof number, "%d.%03u", (int)(random % 20001) - 10000,
             (unsigned)(random >> 8) % 1000);
    put(number);
  } else if (random % 5 == 1) {
    put("\""), put(words[random / 5 % 5]), put("\"");
  } else {
    int object = random % 5 != 2;
    put(object ? "{ " : "[");
    for (uint64_t i = 0, n = 2 + random / 5 % 5; i < n; i++) {
      if (i) put(", ");
      if (object) put("\""), put(words[(random >> i) % 5]), put("\": ");
      put_value(seed, depth - 1);
    }
    put(object ? " }" : "]");
  }
}

static void skip_space(struct Reader* reader) {
  while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n')) reader->at++;
}

static void expect(struct Reader* reader, char wanted) {
  skip_space(reader);
  if (reader->at == reader->end || *reader->at != wanted) abort();
  reader->at++;
}

static void read_string(struct Reader* reader) {
  uint64_t sum = 0;
  expect(reader, '"');
  while (*reader->at != '"') {
    uint32_t c = (uint8_t)*reader->at++;
    if (c == '\\') {
      c = (uint8_t)*reader->at++;
      if (c == 'n') c = '\n';
      if (c == 'u') {
        c = 0;
        for (int i = 0; i < 4; i++) {
          uint32_t digit = (uint8_t)*reader->at++;
          c = c * 16 + (digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
        }
      }
    }
    sum = sum * 31 + c;
  }
  reader->at++;
  reader->sum = mix(reader->sum, sum);
  reader->strings++;
}

static void read_number(struct Reader* reader) {
  int negative = *reader->at == '-';
  int64_t whole = 0, scale = 1;
  reader->at += negative;
  while (*reader->at >= '0' && *reader->at <= '9') whole = whole * 10 + (*reader->at++ - '0');
  if (*reader->at == '.') {
    reader->at++;
    for (; *reader->at >= '0' && *reader->at <= '9'; scale *= 10) {
      whole = whole * 10 + (*reader->at++ - '0');
    }
  }
  double value = (double)(negative ? -whole : whole) / (double)scale;
  reader->sum = mix_double(reader->sum, value);
  reader->numbers++;
}

static void read_value(struct Reader* reader) {
  skip_space(reader);
  char opening = *reader->at;
  if (opening == '"') {
    read_string(reader);
  } else if (opening == '{' || opening == '[') {
    char closing = opening == '{' ? '}' : ']';
    do {
      reader->at++;
      if (opening == '{') read_string(reader), expect(reader, ':');
      read_value(reader);
      skip_space(reader);
    } while (*reader->at == ',');
    expect(reader, closing);
    reader->containers++;
  } else {
    read_number(reader);
  }
}

static uint32_t count_matches(const char* needle) {
  size_t length = strlen(needle), shift[256];
  for (int i = 0; i < 256; i++) shift[i] = length;
  for (size_t i = 0; i + 1 < length; i++) shift[(uint8_t)needle[i]] = length - 1 - i;
  uint32_t matches = 0;
  for (size_t at = 0; at + length <= text_used;) {
    size_t i = length;
    while (i > 0 && text[at + i - 1] == needle[i - 1]) i--;
    matches += i == 0;
    at += shift[(uint8_t)text[at + length - 1]];
  }
  return matches;
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 110);
  uint64_t seed = 12, sum = 0;
  put("[0");
  while (text_used < kTextBytes - (1 << 16)) put(",\n"), put_value(&seed, 5);
  put("]");
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    struct Reader reader = {text, text + text_used, sum, 0, 0, 0};
    read_value(&reader);
    sum = mix(reader.sum, (uint64_t)reader.strings << 32 | reader.numbers);
    sum = mix(sum, reader.containers);
    sum = mix(sum, count_matches("sensor") + count_matches("17.5") + count_matches("valve\", \"p"));
  }
  kernel_end(begin, sum);
  return 0;
}
