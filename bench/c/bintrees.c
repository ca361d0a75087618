// Binary trees built and torn down node by node: malloc, free, and pointer chasing. Each side uses
// its own C library's allocator, as programs do.
#include "kernel.h"

struct Node {
  struct Node *left, *right;
  uint32_t value;
};

static struct Node* build(int depth, uint32_t value) {
  struct Node* node = malloc(sizeof *node);
  if (!node) abort();
  node->value = value;
  node->left = depth ? build(depth - 1, value * 2) : NULL;
  node->right = depth ? build(depth - 1, value * 2 + 1) : NULL;
  return node;
}

static uint64_t total(const struct Node* node) {
  if (!node) return 0;
  return node->value + 3 * total(node->left) + total(node->right);
}

static void release(struct Node* node) {
  if (!node) return;
  release(node->left);
  release(node->right);
  free(node);
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 90);
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  struct Node* kept = build(16, 1);
  for (int r = 0; r < repeats; r++) {
    for (int depth = 4; depth <= 14; depth += 2) {
      for (int i = 0; i < 1 << (14 - depth); i++) {
        struct Node* tree = build(depth, (uint32_t)(r + i));
        sum = mix(sum, total(tree));
        release(tree);
      }
    }
  }
  sum = mix(sum, total(kept));
  release(kept);
  kernel_end(begin, sum);
  return 0;
}
