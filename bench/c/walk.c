// Walks a tree of 10,000 files in 100 folders: lists each folder, asks each file for its
// attributes.
#include <dirent.h>

#include "data.h"

enum { kFolders = 100, kFilesEach = 100 };

static char path[4096];

static void make_tree(const char* root) {
  if (mkdir(root, 0755) != 0) return;  // of an earlier run
  for (int i = 0; i < kFolders; i++) {
    int length = snprintf(path, sizeof path, "%s/%d", root, i);
    must(mkdir(path, 0755) == 0, path);
    for (int j = 0; j < kFilesEach; j++) {
      snprintf(path + length, sizeof path - (size_t)length, "/file-%d", j);
      int file = open(path, O_WRONLY | O_CREAT, 0644);
      must(file >= 0 && write(file, path, (size_t)(j + 1)) == j + 1 && close(file) == 0, path);
    }
  }
}

// The bytes of all files below a folder.
static uint64_t walk(size_t length) {
  DIR* folder = opendir(path);
  must(folder != NULL, path);
  uint64_t bytes = 0;
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    size_t longer =
        length + (size_t)snprintf(path + length, sizeof path - length, "/%s", entry->d_name);
    struct stat attributes;
    must(lstat(path, &attributes) == 0, path);
    bytes += S_ISDIR(attributes.st_mode) ? walk(longer) : (uint64_t)attributes.st_size;
    path[length] = 0;
  }
  closedir(folder);
  return bytes;
}

int main(int argc, char** argv) {
  static char root[4096];
  strcpy(root, data_path(argc, argv, "tree"));
  make_tree(root);
  int repeats = kernel_repeats(argc, argv, 20);
  uint64_t sum = 0;
  uint64_t begin = 0;
  for (int i = -1; i < repeats; i++) {
    if (i == 0) begin = kernel_begin();
    strcpy(path, root);
    sum = mix(sum, walk(strlen(root)));
  }
  kernel_end(begin, sum);
  return 0;
}
