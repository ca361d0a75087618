// Standard streams that a host does by callbacks.
#include "skerry_world.h"

namespace skerry::test {
namespace {

constexpr uint32_t kIo = 29;

// copy: reads from 0 up to `size` bytes, writes what came to 1; answers the count, or -errno.
constexpr const char* kCopy = R"((module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "copy") (param $size i32) (result i32) (local $errno i32)
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (local.get $size))
    (local.set $errno (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (if (local.get $errno) (then (return (i32.sub (i32.const 0) (local.get $errno)))))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (local.set $errno (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (if (local.get $errno) (then (return (i32.sub (i32.const 0) (local.get $errno)))))
    (i32.load (i32.const 8)))))";

struct Pipe {
  std::string text;
  bool fails = false;
  int finalized = 0;
};

size_t take(void* env, uint8_t* data, size_t size) {
  auto& pipe = *static_cast<Pipe*>(env);
  if (pipe.fails) return SIZE_MAX;
  const size_t count = pipe.text.copy(reinterpret_cast<char*>(data), size);
  pipe.text.erase(0, count);
  return count;
}
size_t give(void* env, uint8_t* data, size_t size) {
  auto& pipe = *static_cast<Pipe*>(env);
  if (pipe.fails) return SIZE_MAX;
  pipe.text.append(reinterpret_cast<const char*>(data), size);
  return size;
}
void count_end(void* env) { ++static_cast<Pipe*>(env)->finalized; }

class StreamsTest : public SkerryTest {
 protected:
  ~StreamsTest() override { drop(); }
  // All that keeps the streams.
  void drop() {
    copy_.reset();
    instance_.reset();
    linker_.reset();
    store_.reset();
  }
  void start() {
    skerry_wasi_t* const wasi = skerry_wasi_new();
    EXPECT_EQ(said(skerry_wasi_set_stream(wasi, 0, take, &input_, count_end)), "");
    EXPECT_EQ(said(skerry_wasi_set_stream(wasi, 1, give, &output_, count_end)), "");
    EXPECT_EQ(said(skerry_linker_define_wasi(linker_.get(), wasi)), "");
    instance_ = instance(kCopy);
    copy_ = func(instance_, "copy", "i:i");
  }
  int32_t copy(uint32_t size) {
    uint64_t slots[1] = {size};
    EXPECT_EQ(said(skerry_func_call(copy_.get(), slots)), "");
    return static_cast<int32_t>(slots[0]);
  }

  Pipe input_, output_;
  Instance instance_;
  Func copy_;
};

TEST_F(StreamsTest, AreReadToTheirEndAndWritten) {
  input_.text = "hello";
  start();
  EXPECT_EQ(copy(3), 3);
  EXPECT_EQ(copy(3), 2);
  EXPECT_EQ(copy(3), 0);
  EXPECT_EQ(output_.text, "hello");
}

TEST_F(StreamsTest, FailuresAreAnErrnoOfTheProgram) {
  start();
  input_.fails = true;
  EXPECT_EQ(copy(1), -static_cast<int32_t>(kIo));
  input_ = {.text = "x"};
  output_.fails = true;
  EXPECT_EQ(copy(1), -static_cast<int32_t>(kIo));
}

TEST_F(StreamsTest, AreFinalizedOnceByWhoeverHasThemLast) {
  start();
  EXPECT_EQ(input_.finalized, 0);
  drop();
  EXPECT_EQ(input_.finalized, 1);
  EXPECT_EQ(output_.finalized, 1);

  Pipe other;
  skerry_wasi_t* const wasi = skerry_wasi_new();
  EXPECT_EQ(said(skerry_wasi_set_stream(wasi, 1, give, &other, count_end)), "");
  skerry_wasi_inherit_stdio(wasi, true, true, true);  // in its place
  EXPECT_EQ(other.finalized, 1);
  EXPECT_NE(said(skerry_wasi_set_stream(wasi, 3, give, &other, count_end)), "");
  EXPECT_EQ(other.finalized, 2);
  EXPECT_NE(said(skerry_wasi_set_stream(nullptr, 1, give, &other, count_end)), "");
  EXPECT_EQ(other.finalized, 3);
  EXPECT_EQ(said(skerry_wasi_set_stream(wasi, 2, give, &other, count_end)), "");
  skerry_wasi_delete(wasi);
  EXPECT_EQ(other.finalized, 4);
}

}  // namespace
}  // namespace skerry::test
