// Source: the bytes of a module as they were given, and the name they have in messages.
// ParsedModule: the Module made of them, with what is needed to point back into them.
// Not here: compiling (engine.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "binary/decoder.h"
#include "embed/report.h"
#include "text/parse.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace skerry::platform {
class MappedFile;
}

namespace skerry::embed {

class Source {
 public:
  // Large files are mapped, not read.
  static Reported<std::shared_ptr<const Source>> open(const std::string& path);
  static std::shared_ptr<const Source> of_bytes(std::string name, std::vector<uint8_t> bytes);

  const std::string& name() const { return name_; }
  Bytes bytes() const { return bytes_; }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  // Where the bytes are from; null if they were given.
  const std::shared_ptr<const platform::MappedFile>& file() const { return file_; }
  // Nobody else can change the bytes.
  bool is_ours() const;
  // The same in memory of our own.
  std::shared_ptr<const Source> copy() const;
  // By content: the text format unless the binary format's magic number stands at the start.
  bool is_text() const { return is_text_; }

 private:
  Source() = default;

  std::string name_;
  Bytes bytes_;
  std::shared_ptr<const void> owner_;
  std::shared_ptr<const platform::MappedFile> file_;
  bool is_text_ = false;
};

struct ParsedModule {
  std::shared_ptr<const Source> source;
  std::shared_ptr<const Module> module;
  std::shared_ptr<const text::SourceMap> source_map;  // modules made from text only
  // `module` lacks its data segments, which are here.
  std::optional<DataSection> datas_left_out;
};

Reported<ParsedModule> parse(std::shared_ptr<const Source> source, Features features);
// The same, but data segments may be left out; only the binary format's are. Such a module is good
// for looking up what is known about it. To be validated it needs read_datas().
Reported<ParsedModule> parse_without_datas(std::shared_ptr<const Source> source, Features features);
// Nobody else may have the module yet.
Reported<void> read_datas(ParsedModule& parsed, Features features);

Reported<ValidatedModule> validate(const ParsedModule& parsed, Features features,
                                   std::shared_ptr<TypeRegistry> registry);

// The report of an error that validation, or anything behind it that reads bodies, has found.
std::unexpected<Report> invalid_module(const ParsedModule& parsed, const Error& error);

// Where an offset of the module's code is: "main.wat:3:5" with `snippet` filled, else
// "main.wasm, offset 0x1f".
struct Place {
  std::string name;
  std::string snippet;  // source line and caret; may be empty
};
Place locate(const ParsedModule& parsed, uint64_t position);

}  // namespace skerry::embed
