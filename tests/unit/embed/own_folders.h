// A folder for one test, which the user's settings and caches are in while it runs: tests leave
// alone what the user has. Gone afterwards.
#pragma once

#include <stdlib.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace skerry::embed {

class OwnFolders {
 public:
  OwnFolders()
      : root_(std::filesystem::temp_directory_path() /
              ("skerry-unit-" + std::to_string(std::random_device()()))) {
    std::filesystem::create_directories(root_);
    use_settings("config");
    set("XDG_CACHE_HOME", "cache");
    set("LOCALAPPDATA", "cache");
  }
  ~OwnFolders() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  OwnFolders(const OwnFolders&) = delete;
  OwnFolders& operator=(const OwnFolders&) = delete;

  const std::filesystem::path& root() const { return root_; }
  // Another user, as far as keys go.
  void use_settings(const std::string& name) {
    set("XDG_CONFIG_HOME", name);
    set("APPDATA", name);
  }

 private:
  // putenv() is there on Windows too; the text has to stay.
  void set(const std::string& variable, const std::string& name) {
    static auto& kept = *new std::deque<std::string>();  // also when the program ends
    ::putenv(kept.emplace_back(variable + "=" + (root_ / name).string()).data());
  }
  std::filesystem::path root_;
};

inline std::vector<uint8_t> bytes_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::filesystem::path& path, const std::vector<uint8_t>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

}  // namespace skerry::embed
