// Threads take funcs from one list, the largest first, so that they end together; the results are
// put together in the order of the funcs.
#include "embed/ahead_of_time.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <numeric>

#include "binary/encoder.h"
#include "code/compiler_library.h"
#include "embed/code_section.h"
#include "embed/data_image.h"
#include "platform/threads.h"

namespace skerry::embed {
namespace {

// What compilers that have no thread of their own need at most.
constexpr uint64_t kStackBytes = uint64_t{1} << 20;
constexpr std::string_view kSignedFor = "skerry artifact 1\n";

struct FuncResult {
  std::optional<FuncCode> code, resumption;
};

class Compilation {
 public:
  Compilation(const Engine& engine, const LoadedModule& loaded, const AheadOfTimeOptions& options)
      : compiler_(engine.runtime()->compiler()),
        code_options_(engine.runtime()->options().code),
        module_(loaded.code->validated()),
        layout_(loaded.code->layout()),
        progress_(options.progress),
        order_(module_.module().bodies.size()),
        results_(order_.size()) {
    std::iota(order_.begin(), order_.end(), 0u);
    std::ranges::stable_sort(order_, std::ranges::greater(), [this](uint32_t index) {
      return module_.module().bodies[index].code.size();
    });
    for (const FuncBody& body : module_.module().bodies) total_bytes_ += body.code.size();
  }

  void run(unsigned jobs) {
    if (jobs == 0) jobs = platform::hardware_threads();
    std::vector<platform::Thread> threads;
    for (unsigned i = 0; i + 1 < std::min<size_t>(jobs, order_.size()); ++i) {
      auto thread = platform::Thread::start([this] { work(); }, kStackBytes);
      if (!thread) break;  // those that run do all the work
      threads.push_back(std::move(*thread));
    }
    work();
    for (platform::Thread& thread : threads) thread.join();
  }

  std::vector<FuncResult>& results() { return results_; }

 private:
  void work() {
    for (;;) {
      const size_t next = next_.fetch_add(1, std::memory_order_relaxed);
      if (next >= order_.size()) return;
      const uint32_t index = order_[next];
      compile(index);
      if (!progress_) continue;
      const std::lock_guard lock(progress_mutex_);
      done_bytes_ += module_.module().bodies[index].code.size();
      progress_(static_cast<double>(done_bytes_) / static_cast<double>(total_bytes_));
    }
  }

  void compile(uint32_t index) {
    const uint32_t func = module_.module().imported_funcs + index;
    FuncResult& result = results_[index];
    // What cannot be compiled says so when it is called.
    if (auto code = compiler_.compile(module_, layout_, func, code_options_))
      result.code = std::move(*code);
    if (!result.code || !result.code->passes_on) return;
    if (auto code = compiler_.compile_resumption(module_, layout_, func, code_options_))
      result.resumption = std::move(*code);
  }

  const Compiler& compiler_;
  const CodeOptions code_options_;
  const ValidatedModule& module_;
  const ContextLayout& layout_;
  const std::function<void(double)>& progress_;
  std::vector<uint32_t> order_;
  std::vector<FuncResult> results_;
  std::atomic<size_t> next_ = 0;
  std::mutex progress_mutex_;
  uint64_t total_bytes_ = 1, done_bytes_ = 0;
};

}  // namespace

Reported<ParsedModule> parse_without_code(std::shared_ptr<const Source> source, Features features) {
  auto parsed = parse(source, features);
  if (!parsed) return parsed;
  const Bytes bytes = source->bytes();
  const auto plain = without_code_section(*parsed->module, bytes);
  if (!source->is_text() && plain.before.size() == bytes.size()) return parsed;
  std::vector<uint8_t> binary;
  if (source->is_text()) {
    binary = encode_module(*parsed->module);
  } else {
    binary.assign(plain.before.begin(), plain.before.end());
    binary.insert(binary.end(), plain.after.begin(), plain.after.end());
  }
  return parse(Source::of_bytes(source->name(), std::move(binary)), features);
}

Result<AheadOfTime> compile_ahead_of_time(const Engine& engine, const LoadedModule& module,
                                          const AheadOfTimeOptions& options) {
  Compilation compilation(engine, module, options);
  compilation.run(options.jobs);
  AheadOfTime result{ArtifactWriter(
      artifact_facts(engine, module_digest(*module.parsed.module, module.parsed.source->bytes())))};
  for (FuncResult& func : compilation.results()) {
    const auto view = [](const std::optional<FuncCode>& code) {
      return code ? CodeView(*code) : CodeView();
    };
    TRY(result.writer.add(view(func.code), view(func.resumption)));
    ++result.func_count;
    if (!func.code) ++result.missing_count;
    func = {};  // a large module's code need not be there twice
  }
  TRY(add_data_image(result.writer, module));
  return result;
}

ArtifactFacts artifact_facts(const Engine& engine, const Digest& module) {
  ArtifactFacts facts;
  facts.code_abi = code_abi_id();
  facts.cpu = engine.compiler_options().cpu;
  facts.options = engine.runtime()->options().code;
  facts.wasm_features = engine.features().bits();
  facts.compiler = engine.runtime()->compiler().name();
  facts.module = module;
  return facts;
}

std::vector<uint8_t> signed_message(Bytes sealed) {
  std::vector<uint8_t> message(kSignedFor.begin(), kSignedFor.end());
  const Digest all = digest({sealed});
  message.insert(message.end(), all.begin(), all.end());
  return message;
}

Digest artifact_mac(const MacKey& own, Bytes sealed, const ArtifactSeal& seal) {
  return keyed_digest(own, {sealed, seal.signer, seal.signature});
}

void seal_artifact(std::vector<uint8_t>& artifact, const std::optional<MacKey>& own,
                   const std::optional<SigningKey>& signer) {
  const std::span<uint8_t> place = seal_of(artifact);
  const Bytes sealed(artifact.data(), artifact.size() - place.size());
  ArtifactSeal seal;
  if (signer) {
    seal.signer = signer->public_key();
    seal.signature = signer->sign(signed_message(sealed));
  }
  if (own) seal.mac = artifact_mac(*own, sealed, seal);
  std::memcpy(place.data(), &seal, sizeof(seal));
}

}  // namespace skerry::embed
