// skerry.hpp in one program: host functions from lambdas, calls with types, values of every kind,
// errors, memories, WASI with streams, calls on other threads. It takes the file of its module.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "skerry.hpp"

namespace {

#define CHECK(condition)                                                           \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::exit(1);                                                                \
    }                                                                              \
  } while (0)

// The error that `body` throws.
template <class Body>
skerry::Error error_of(Body&& body) {
  try {
    body();
  } catch (const skerry::Error& error) {
    return error;
  }
  std::fprintf(stderr, "nothing was thrown\n");
  std::exit(1);
}

std::vector<uint8_t> read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int32_t add(int32_t a, int32_t b) { return a + b; }

void check_calls(const skerry::Instance& instance) {
  CHECK(instance.func<int32_t(int32_t, int32_t)>("add")(-2, 44) == 42);
  CHECK(instance.func<uint32_t(uint32_t)>("at")(17) == 'e');
  const auto mix =
      instance.func<std::tuple<double, skerry::V128>(int64_t, float, double, skerry::V128)>("mix");
  const auto [sum, vector] = mix(-1, 0.5F, 2.25, {1, 2});
  CHECK(sum == 1.75);
  CHECK((vector == skerry::V128{2, 1}));
}

void check_errors(const skerry::Instance& instance) {
  const auto fail = instance.func<void(int32_t)>("fail");
  const skerry::Error trap = error_of(instance.func<void()>("trap"));
  CHECK(trap.name() == "TrapUnreachable" && !trap.exit_status());
  CHECK(std::string(error_of([&] { fail(0); }).what()) == "refused");
  // What a call inside a host function answered goes on as it is.
  CHECK(error_of([&] { fail(1); }).name() == "TrapUnreachable");
  CHECK(std::string(error_of([&] { fail(2); }).what()) ==
        "an exception of the host that is none of std::exception's");
  CHECK(error_of(instance.func<void()>("_start")).exit_status() == 7U);
  CHECK(std::string(error_of([&] { instance.func<void(int64_t)>("fail"); }).what()) ==
        "`fail` has the type (i32) -> (), not (i64) -> ()");
  CHECK(std::string(error_of([&] { instance.func<void()>("none"); }).what()) ==
        "there is no export `none`");
}

void check_memory(const skerry::Instance& instance) {
  CHECK(!instance.memory("none"));
  skerry::Memory memory = *instance.memory();
  CHECK(memory.bytes().size() == 65536 && memory.bytes()[16] == 'h');
  memory.bytes()[16] = 'H';
  CHECK(memory.grow(1) && !memory.grow(1) && memory.bytes().size() == 131072);
}

void check_threads(const skerry::Store& store, const skerry::Instance& instance) {
  const auto sum = instance.func<int32_t(int32_t, int32_t)>("add");
  CHECK(sum.async(40, 2).get() == 42);
  CHECK(error_of([&] { instance.func<void()>("trap").async().get(); }).name() == "TrapUnreachable");
  const skerry::Interrupt interrupt = store.interrupt();
  std::future<void> forever = instance.func<void()>("forever").async();
  CHECK(error_of([&] { sum(1, 2); }).what() ==
        std::string("the store is in use by a call on another thread"));
  interrupt.interrupt();
  CHECK(error_of([&] { forever.get(); }).name() == "TrapInterrupted");
  CHECK(sum(1, 2) == 3);
}

void check_code_made_ahead_of_time() {
  const skerry::Engine engine({.tier = skerry::Tier::Baseline});
  const auto bytes =
      engine.compile("one", "(module (func (export \"one\") (result i32) (i32.const 1)))");
  const skerry::Module module(engine, "one", bytes, {.trust_native = true});
  CHECK(module.note().empty());
  skerry::Store store(engine, {.memory_bytes = 65536});
  CHECK(skerry::Linker(store).instantiate(module).func<int32_t()>("one")() == 1);
  CHECK(error_of([&] { skerry::Module(engine, "bad", "(modul)"); }).what() != std::string());
}

}  // namespace

int main(int argc, char** argv) try {
  CHECK(argc == 2);
  const skerry::Engine engine;
  const skerry::Module module(engine, "cpp", read(argv[1]));
  skerry::Store store(engine);
  skerry::Linker linker(store);

  skerry::Instance* calling = nullptr;
  linker.func("env", "add", add)
      .func("env", "at",
            [](skerry::Caller& caller, uint32_t at) -> uint32_t { return caller.memory()[at]; })
      .func("env", "fail",
            [&calling](int32_t how) {
              if (how == 0) throw std::runtime_error("refused");
              if (how == 1) calling->func<void()>("trap")();
              throw how;
            })
      .func("env", "mix", [](int64_t a, float b, double c, const skerry::V128& d) {
        return std::tuple(static_cast<double>(a) + b + c, skerry::V128{d.high, d.low});
      });
  std::string written;
  skerry::Wasi wasi;
  wasi.argument("cpp").variable("MODE", "test").policy("").output([&](auto bytes) {
    written.append(bytes.begin(), bytes.end());
    return bytes.size();
  });
  const skerry::Gate gate = wasi.gate();
  linker.wasi(wasi);
  skerry::Instance instance = linker.instantiate(module);
  calling = &instance;

  check_calls(instance);
  check_errors(instance);
  CHECK(instance.func<int32_t()>("write")() == 0 && written == "hello");
  check_memory(instance);
  check_threads(store, instance);
  check_code_made_ahead_of_time();
  std::thread([&] { gate.set_policy("[process]\nexit = false\n"); }).join();
  CHECK(!error_of(instance.func<void()>("_start")).exit_status());
  CHECK(std::string(error_of([&] { gate.set_policy("[limts]"); }).name()) == "PolicyDenied");
  std::puts("done");
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
