// Look-up of words: a hash table made at compile time from the opcode table and keywords.def.
#include "text/token.h"

#include <array>
#include <cassert>

#include "base/edit_distance.h"

namespace skerry::text {
namespace {

constexpr auto kKeywords = std::to_array<std::string_view>({
#define KW(name, text) text,
#include "text/keywords.def"
#undef KW
});
constexpr size_t kWordCount = kOpCount + kKeywords.size();

constexpr std::string_view word_text(size_t number) {
  return number < kOpCount ? kOpInfos[number].text : kKeywords[number - kOpCount];
}

constexpr uint32_t hash(std::string_view text) {
  uint32_t value = 2166136261u;  // FNV-1a
  for (const char c : text) value = (value ^ static_cast<uint8_t>(c)) * 16777619u;
  return value ^ value >> 15;
}

// Open addressing, at most half full.
constexpr size_t kSlots = 2048;
constexpr uint16_t kEmpty = 0xffff;
static_assert(kWordCount * 2 <= kSlots);

struct WordTable {
  std::array<uint16_t, kSlots> slots{};
  size_t shared_spellings = 0;
};

constexpr WordTable make_table() {
  WordTable table;
  for (auto& slot : table.slots) slot = kEmpty;
  for (size_t number = 0; number < kWordCount; ++number) {
    size_t slot = hash(word_text(number)) % kSlots;
    while (table.slots[slot] != kEmpty && word_text(table.slots[slot]) != word_text(number))
      slot = (slot + 1) % kSlots;
    if (table.slots[slot] == kEmpty)
      table.slots[slot] = static_cast<uint16_t>(number);
    else
      ++table.shared_spellings;
  }
  return table;
}

constexpr WordTable kTable = make_table();
static_assert(kTable.shared_spellings == 3,
              "select, ref.test and ref.cast are the words that two rows share");

// Words that older versions of the format spelled differently.
struct Renamed {
  std::string_view before;
  std::string_view now;
};
constexpr Renamed kRenamed[] = {
    {"get_local", "local.get"},        {"set_local", "local.set"},     {"tee_local", "local.tee"},
    {"get_global", "global.get"},      {"set_global", "global.set"},   {"anyfunc", "funcref"},
    {"current_memory", "memory.size"}, {"grow_memory", "memory.grow"},
};

}  // namespace

Word find_word(std::string_view spelling) {
  for (size_t slot = hash(spelling) % kSlots; kTable.slots[slot] != kEmpty;
       slot = (slot + 1) % kSlots) {
    const uint16_t number = kTable.slots[slot];
    if (word_text(number) != spelling) continue;
    if (number < kOpCount) return Word(static_cast<Op>(number));
    return Word(static_cast<Keyword>(number - kOpCount));
  }
  return Word();
}

std::string_view spelling(Keyword keyword) { return kKeywords[static_cast<size_t>(keyword)]; }

std::string_view nearest_word(std::string_view misspelled, bool ops_only) {
  for (const Renamed& renamed : kRenamed)
    if (renamed.before == misspelled) return renamed.now;
  std::string_view nearest;
  size_t best = tolerated_distance(misspelled);
  for (size_t number = 0; number < (ops_only ? kOpCount : kWordCount); ++number) {
    const size_t distance = edit_distance(misspelled, word_text(number), best);
    if (distance < best) {
      best = distance;
      nearest = word_text(number);
    }
  }
  return nearest;
}

}  // namespace skerry::text
