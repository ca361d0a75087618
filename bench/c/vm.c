// A register machine interpreting its own bytecode: one switch in a loop, as small language
// run-times have. The guest program sieves primes, then sums Collatz chain lengths.
#include "kernel.h"

enum { kRegisters = 16, kMemoryWords = 20000 };

enum Operation {
  kLoadImmediate,  // r[a] = immediate
  kMove,           // r[a] = r[b]
  kAdd,            // r[a] = r[b] + r[c]
  kSubtract,
  kMultiply,
  kAnd,
  kShiftRight,
  kAddImmediate,  // r[a] = r[b] + immediate
  kLoad,          // r[a] = memory[r[b]]
  kStore,         // memory[r[b]] = r[a]
  kJump,          // pc = immediate
  kJumpIfLess,    // if r[a] < r[b] pc = immediate
  kJumpIfZero,    // if r[a] == 0 pc = immediate
  kJumpIfEqual,
  kCall,    // push pc, pc = immediate
  kReturn,  // pop pc
  kHalt,
};

struct Instruction {
  uint8_t operation, a, b, c;
  int32_t immediate;
};

struct Machine {
  int64_t registers[kRegisters];
  uint32_t stack[64];
  uint64_t executed;
};

static int64_t memory[kMemoryWords];

static void run(struct Machine* machine, const struct Instruction* program) {
  int64_t* r = machine->registers;
  uint32_t pc = 0, depth = 0;
  uint64_t executed = 0;
  for (;;) {
    const struct Instruction i = program[pc++];
    executed++;
    switch (i.operation) {
      case kLoadImmediate: r[i.a] = i.immediate; break;
      case kMove: r[i.a] = r[i.b]; break;
      case kAdd: r[i.a] = r[i.b] + r[i.c]; break;
      case kSubtract: r[i.a] = r[i.b] - r[i.c]; break;
      case kMultiply: r[i.a] = r[i.b] * r[i.c]; break;
      case kAnd: r[i.a] = r[i.b] & r[i.c]; break;
      case kShiftRight: r[i.a] = r[i.b] >> (r[i.c] & 63); break;
      case kAddImmediate: r[i.a] = r[i.b] + i.immediate; break;
      case kLoad: r[i.a] = memory[r[i.b] % kMemoryWords]; break;
      case kStore: memory[r[i.b] % kMemoryWords] = r[i.a]; break;
      case kJump: pc = (uint32_t)i.immediate; break;
      case kJumpIfLess:
        if (r[i.a] < r[i.b]) pc = (uint32_t)i.immediate;
        break;
      case kJumpIfZero:
        if (r[i.a] == 0) pc = (uint32_t)i.immediate;
        break;
      case kJumpIfEqual:
        if (r[i.a] == r[i.b]) pc = (uint32_t)i.immediate;
        break;
      case kCall:
        machine->stack[depth++ & 63] = pc;
        pc = (uint32_t)i.immediate;
        break;
      case kReturn: pc = machine->stack[--depth & 63]; break;
      case kHalt: machine->executed = executed; return;
      default: abort();
    }
  }
}

// r1 = limit. r0 = number of primes below it plus the sum of Collatz steps of 1..limit/8.
static const struct Instruction guest_program[] = {
    // Sieve: memory[n] = 1 when n is composite.
    {kLoadImmediate, 2, 0, 0, 0},  // 0: n = 0
    {kLoadImmediate, 5, 0, 0, 0},  // 1: zero
    {kStore, 5, 2, 0, 0},          // 2: memory[n] = 0
    {kAddImmediate, 2, 2, 0, 1},   // 3
    {kJumpIfLess, 2, 1, 0, 2},     // 4
    {kLoadImmediate, 0, 0, 0, 0},  // 5: count = 0
    {kLoadImmediate, 2, 0, 0, 2},  // 6: n = 2
    {kLoadImmediate, 6, 0, 0, 1},  // 7: one
    {kLoad, 3, 2, 0, 0},           // 8: outer: marked?
    {kJumpIfEqual, 3, 6, 0, 15},   // 9
    {kAddImmediate, 0, 0, 0, 1},   // 10: a prime
    {kAdd, 4, 2, 2, 0},            // 11: multiple = 2n
    {kJumpIfLess, 1, 4, 0, 15},    // 12: past the limit?
    {kCall, 0, 0, 0, 35},          // 13: mark multiple, advance
    {kJump, 0, 0, 0, 12},          // 14
    {kAddImmediate, 2, 2, 0, 1},   // 15: n++
    {kJumpIfLess, 2, 1, 0, 8},     // 16
    // Collatz.
    {kLoadImmediate, 7, 0, 0, 3},  // 17
    {kShiftRight, 8, 1, 7, 0},     // 18: last = limit / 8
    {kLoadImmediate, 2, 0, 0, 1},  // 19: n = 1
    {kMove, 3, 2, 0, 0},           // 20: next chain: x = n
    {kJumpIfEqual, 3, 6, 0, 29},   // 21: x == 1?
    {kAddImmediate, 0, 0, 0, 1},   // 22: step
    {kAnd, 4, 3, 6, 0},            // 23
    {kJumpIfZero, 4, 0, 0, 27},    // 24
    {kMultiply, 3, 3, 7, 0},       // 25: x = 3x + 1
    {kAddImmediate, 3, 3, 0, 1},   // 26
    {kShiftRight, 3, 3, 6, 0},     // 27: x >>= 1 (an odd x has just become even)
    {kJump, 0, 0, 0, 21},          // 28
    {kAddImmediate, 2, 2, 0, 1},   // 29
    {kJumpIfLess, 2, 8, 0, 20},    // 30
    {kHalt, 0, 0, 0, 0},           // 31
    {kHalt, 0, 0, 0, 0},           // 32
    {kHalt, 0, 0, 0, 0},           // 33
    {kHalt, 0, 0, 0, 0},           // 34
    {kStore, 6, 4, 0, 0},          // 35: memory[multiple] = 1
    {kAdd, 4, 4, 2, 0},            // 36: multiple += n
    {kReturn, 0, 0, 0, 0},         // 37
};

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 180);
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    struct Machine machine = {.registers = {0, kMemoryWords - 1 - r % 7}};
    run(&machine, guest_program);
    sum = mix(sum, (uint64_t)machine.registers[0]);
    sum = mix(sum, machine.executed);
  }
  kernel_end(begin, sum);
  return 0;
}
